"""Reasons in words: one sentence for one feature, with the number it rests on, in English or Chinese."""

import math

from renewcast.features.wording import TEMPLATES


def sentence(spec, value, typical, language: str, currency: str, recent=None) -> str:
    """Say one feature's value at the snapshot in a sentence.

    Parameters
    ----------
    spec : FeatureSpec
    value : float, str or None
        NaN or None: missing.
    typical : float, str or None
        The median over the accounts of the list, for comparison; None leaves it out.
    language : {"en", "zh"}
    currency : str
    recent : float, optional
        For a trend with a recent number beside it: that number.

    Returns
    -------
    str

    Examples
    --------
    >>> from renewcast.features import FeatureSpec
    >>> words = ("open_tickets", "support", "open tickets", "未解决工单", "count")
    >>> spec = FeatureSpec(*words, "tickets", None, "0", "level", "kernel")
    >>> sentence(spec, 4.0, 0.0, "en", "USD")
    'Open tickets: 4 (typical account: 0)'
    >>> sentence(spec, 4.0, 0.0, "zh", "USD")
    '未解决工单：4（典型客户：0）'
    """
    words = TEMPLATES[language]
    meaning = spec.meaning if language == "en" else spec.meaning_zh
    over = words["over"].format(window=spec.window_days) if spec.window_days else ""
    if is_missing(value):
        kind = {"trend": "no_past", "recency": "none"}.get(spec.form, "unknown")
        text = words[kind].format(meaning=meaning)
    elif spec.form == "trend":
        text = _trend(words, spec, meaning, float(value), recent)
    else:
        shown = _in(language, value, spec.unit, currency)
        compared = "" if is_missing(typical) or spec.is_categorical else _in(language, typical, spec.unit, currency)
        typical_text = words["typical"].format(typical=compared) if compared else ""
        text = words[spec.form].format(meaning=meaning, window=spec.window_days, value=shown, typical=typical_text, over=over)
    return text[0].upper() + text[1:]


def _trend(words, spec, meaning, value, recent) -> str:
    """Say a trend by its numbers: value = log((recent + 1) / (past + 1)), or log(now / then) without a recent one."""
    if recent is None:
        percent = round(100 * math.expm1(value))
        kind = "below" if percent < 0 else "above" if percent > 0 else "same"
        return words[kind].format(meaning=meaning, percent=abs(percent), window=spec.window_days)
    past = past_of(value, recent)
    shown = {"recent": number(recent, "count", ""), "past": number(round(past, 1), "count", "")}
    kind = "flat" if shown["recent"] == shown["past"] else "fell" if recent < past else "rose"
    before = spec.window_days - spec.recent_days
    pace = "" if before == spec.recent_days else words["pace"].format(days=spec.recent_days)
    return words[kind].format(meaning=meaning, days=spec.recent_days, before=before, pace=pace, **shown)


def past_of(value: float, recent: float) -> float:
    """Return the past number of a trend, which is log((recent + 1) / (past + 1)).

    Examples
    --------
    >>> round(past_of(math.log(3 / 11), 2.0), 9)
    10.0
    """
    return (recent + 1) / math.exp(value) - 1


def no_single_figure(driver: str, language: str) -> str:
    """Say that a driver rests on many features, none of which carries it alone.

    Examples
    --------
    >>> no_single_figure("Usage", "en")
    'Usage: many small signs, no single figure'
    """
    return TEMPLATES[language]["several"].format(driver=driver)


def _in(language: str, value, unit: str, currency: str) -> str:
    """Write a value in its unit; Chinese has no gap before the percent sign."""
    written = number(value, unit, currency)
    return written.replace(" %", "%") if unit == "share" and language == "zh" else written


def number(value, unit: str, currency: str) -> str:
    """Write a value in its unit.

    Examples
    --------
    >>> number(0.256, "share", "USD"), number(1234567.0, "money", "USD"), number(12.0, "count", "USD")
    ('26 %', 'USD 1,234,567', '12')
    """
    if isinstance(value, str):
        return value
    if unit == "share":
        return f"{round(100 * float(value))} %"
    if unit == "money":
        return f"{currency} {round(float(value)):,}"
    if unit == "days" or float(value) == round(float(value)) or abs(float(value)) >= 100:
        return f"{round(float(value)):,}"
    # Nothing is called minus zero.
    return f"{round(float(value), 1) + 0.0:,.1f}"


def is_missing(value) -> bool:
    """Say whether there is no value: None or NaN."""
    return value is None or (isinstance(value, float) and math.isnan(value))
