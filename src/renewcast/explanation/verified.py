"""Read a sentence back: every number in it must be the account's own, to the digits shown, and its words must fit it."""

import math
import re
from functools import cache

from renewcast.explanation.phrases import is_missing, past_of
from renewcast.features.wording import TEMPLATES

# A number as it may stand in a sentence; nothing else in one may be a number, but for what the feature's name says.
_NUMBER = r"-?[\d,]+(?:\.\d+)?"


def is_true(text: str, spec, value, typical, language: str, currency: str, recent=None) -> bool:
    """Check a sentence against the account's feature values.

    The sentence is parsed by a pattern in which only the names and the days of the feature stand fixed; each number found must
    lie within half a unit of its last digit of the one that was measured, and "fell", "below" or "not known" must be so.

    Parameters
    ----------
    text : str
        From :func:`renewcast.explanation.phrases.sentence`.
    spec : FeatureSpec
    value, typical, recent : float, str or None
        As given to the sentence.
    language : {"en", "zh"}
    currency : str

    Returns
    -------
    bool
        False: do not show it.

    Examples
    --------
    >>> from renewcast.features import FeatureSpec
    >>> words = ("open_tickets", "support", "open tickets", "未解决工单", "count")
    >>> spec = FeatureSpec(*words, "tickets", None, "0", "level", "kernel")
    >>> is_true("Open tickets: 4 (typical account: 0)", spec, 4.0, 0.0, "en", "USD")
    True
    >>> is_true("Open tickets: 5 (typical account: 0)", spec, 4.0, 0.0, "en", "USD")
    False
    """
    if is_missing(value):
        kind = {"trend": "no_past", "recency": "none"}.get(spec.form, "unknown")
        return _pattern(spec, kind, language, currency).fullmatch(text) is not None
    if spec.form == "trend":
        return _trend_is_true(text, spec, float(value), language, currency, recent)
    found = _pattern(spec, spec.form, language, currency).fullmatch(text)
    if found is None:
        return False
    told = found.groupdict()
    if spec.is_categorical or isinstance(value, str):
        return told["value"] == value
    compared = told.get("typical") is None or (not is_missing(typical) and _is(told["typical"], typical, spec.unit))
    return compared and _is(told["value"], value, spec.unit)


def _trend_is_true(text, spec, value, language, currency, recent) -> bool:
    if recent is None:
        percent = 100 * math.expm1(value)
        for kind, fits in (("below", percent < 0), ("above", percent > 0), ("same", round(percent) == 0)):
            found = _pattern(spec, kind, language, currency).fullmatch(text)
            if found is not None:
                return fits and (kind == "same" or _is(found["percent"], abs(percent), "percent"))
        return False
    past = past_of(value, recent)
    for kind, fits in (("fell", recent < past), ("rose", recent > past), ("flat", True)):
        found = _pattern(spec, kind, language, currency).fullmatch(text)
        if found is not None:
            told = found.groupdict()
            # "As before" means that the past, shown with as many digits, is the same number.
            return fits and _is(told["recent"], recent, "count") and _is(told.get("past", told["recent"]), past, "count")
    return False


def _is(written: str, value: float, unit: str) -> bool:
    """Say whether a number was written down right: to within half a unit of its last digit."""
    _, _, digits = written.partition(".")
    scale = 100 if unit == "share" else 1
    return abs(float(written.replace(",", "")) - scale * float(value)) <= 0.5 * 10.0 ** -len(digits) * (1 + 1e-9)


@cache
def _pattern(spec, kind: str, language: str, currency: str) -> re.Pattern:
    """Compile what a sentence of this kind looks like, its numbers as named groups."""
    words = TEMPLATES[language]
    meaning = spec.meaning if language == "en" else spec.meaning_zh
    days, window = spec.recent_days, spec.window_days
    pace = "" if days is None or window == 2 * days else words["pace"].format(days=days)
    fixed = {"window": window, "days": days, "before": window - days if days else None, "pace": pace}
    fixed |= {"over": words["over"].format(window=window) if window else "", "meaning": meaning}
    # The first letter is written large.
    fixed = {name: re.escape(str(text)) for name, text in fixed.items()}
    numbers = {name: f"(?P<{name}>{_NUMBER})" for name in ("recent", "past", "percent")}
    around = {"share": "{} %" if language == "en" else "{}%", "money": re.escape(currency) + " {}"}.get(spec.unit, "{}")
    numbers["value"] = "(?P<value>.*)" if spec.is_categorical else around.format(f"(?P<value>{_NUMBER})")
    typical = _escaped(words["typical"]).format(typical=around.format(f"(?P<typical>{_NUMBER})"))
    pattern = _escaped(words[kind]).format(**fixed, **numbers, typical=f"(?:{typical})?")
    return re.compile(pattern, re.IGNORECASE | re.DOTALL)


def _escaped(template: str) -> str:
    """Escape what stands between the gaps of a template."""
    return "".join(part if part.startswith("{") else re.escape(part) for part in re.split(r"(\{\w+\})", template))
