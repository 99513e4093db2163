"""Values as people read them, by kind: in tables, at the head of a part, on the axes of a chart."""

import datetime as dt
import re

from renewcast.publishing.numbers_as_text import money, percent, points, short_money
from renewcast.publishing.text import visible

DASH = "–"


def is_missing(value) -> bool:
    """Tell whether there is no value: None, NaN, NaT, or pandas' NA."""
    return value is None or type(value).__name__ in ("NAType", "NaTType") or (isinstance(value, float) and value != value)


def shown(value, kind: str, language: str = "en", words: dict | None = None) -> str:
    """Write one value of a table.

    Parameters
    ----------
    value : object
    kind : str
        text, integer, money, share, points, day or number.
    language : {"en", "zh"}
    words : dict, optional
        What people read instead of a code, by value and language.

    Returns
    -------
    str
        A dash where there is no value; infinities are written as such.

    Examples
    --------
    >>> [shown(value, kind) for value, kind in ((1234.5, "money"), (0.956, "share"), (-0.01, "points"), (None, "text"))]
    ['1,234', '95.6%', '−1.0', '–']
    """
    if is_missing(value):
        return DASH
    if words is not None and code(value) in words:
        return visible(words[code(value)][language])
    if kind == "text":
        return visible(code(value))
    if kind == "day":
        return day_of(value).isoformat()
    value = float(value)
    if value in (float("inf"), float("-inf")):
        return "∞" if value > 0 else "−∞"
    if kind == "number" and 0 < abs(value) < 0.1:
        return f"{value:.3f}".replace("-", "−") if abs(value) >= 0.0005 else "< 0.001" if value > 0 else "> −0.001"
    written = {"integer": "{:,.0f}".format, "money": money, "share": percent, "points": points, "number": "{:,.2f}".format}[kind]
    return written(value).replace("-", "−")


def large(value, kind: str, language: str) -> str:
    """Write a figure that stands large: money in three digits or so once it has six.

    Examples
    --------
    >>> large(1234567.0, "money", "en"), large(56_789, "money", "en"), large(0.9, "share", "en")
    ('1.23M', '56,789', '90.0%')
    """
    if kind == "money" and not is_missing(value) and 1e5 <= abs(value) < float("inf"):
        return short_money(float(value), language).replace("-", "−")
    return shown(value, kind, language)


def short(value: float, kind: str, language: str, step: float = 0.0) -> str:
    """Write a number on an axis or beside a mark, as short as it can be told; ``step`` is the distance of two ticks.

    Examples
    --------
    >>> short(0.85, "share", "en", 0.05), short(0.975, "share", "en", 0.025), short(25_000, "money", "en")
    ('85%', '97.5%', '25K')
    """
    if kind == "share":
        return f"{value * 100:.{0 if _is_whole(step * 100) else 1}f}%".replace("-", "−")
    if kind == "points":
        return f"{value * 100:+.{0 if _is_whole(step * 100) else 1}f}".replace("-", "−") if value else "0"
    if kind in ("money", "integer") and abs(value) >= (1e4 if language == "zh" else 1e3):
        text = short_money(value, language).replace("-", "−")
        return re.sub(r"\.?0+(?=\D*$)", "", text) if "." in text else text
    return f"{value:,.4g}".replace("-", "−")


def _is_whole(value):
    return value != 0 and abs(value - round(value)) < 1e-9


def day_of(value) -> dt.date:
    """Return the day of a date, a timestamp or numpy's."""
    if isinstance(value, dt.datetime):
        return value.date()
    if isinstance(value, dt.date):
        return value
    return value.astype("datetime64[D]").astype(object)


def code(value) -> str:
    """Write a code or name as text; True and False are true and false."""
    if isinstance(value, bool) or type(value).__name__ in ("bool_", "bool"):
        return "true" if value else "false"
    return str(value)
