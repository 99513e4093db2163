"""Raw values become canonical ones: text by declared format, times in UTC, money to the cent; the rest is unreadable."""

import re
from typing import NamedTuple

import ibis
import ibis.expr.datatypes as dt

from renewcast.errors import RenewcastError
from renewcast.sources._contract import Column

TIMESTAMP = dt.Timestamp(scale=6)
INSTANT = dt.Timestamp(timezone="UTC", scale=6)
ARROW_TYPES = {
    "text": dt.string, "timestamp": TIMESTAMP, "date": dt.date, "money": dt.Decimal(18, 2), "number": dt.float64,
    "integer": dt.int64, "boolean": dt.boolean,
}  # fmt: skip
MISSING_WORDS = ("null", "nan", "none", "nat", "<na>", r"\\n")
LONGEST_MISSING_WORD = 4
_MISSING = rf"(?i)^\s*({'|'.join(MISSING_WORDS)})\s*$"
TRUE_WORDS = ("true", "t", "yes", "y", "1")
FALSE_WORDS = ("false", "f", "no", "n", "0")
UNIX_FORMATS = {"unix_seconds": 1_000_000, "unix_milliseconds": 1_000}
# A number format shows how 1234.56 is written; a mark for thousands may be absent, but not misplaced.
NUMBER_FORMATS = {
    "1234.56": ("", "."), "1,234.56": (",", "."), "1234,56": ("", ","), "1.234,56": (".", ","), "1 234,56": (" ", ","),
}  # fmt: skip
_ISO = r"^\d{4}-\d{2}-\d{2}([ T]\d{2}:\d{2}(:\d{2}(\.\d+)?)?( ?(Z|UTC|[+-]\d{2}(:?\d{2})?))?)?$"
_DAY = r"^\d{4}-\d{2}-\d{2}$"
_DIRECTIVE = r"%-?([A-Za-z%])"
_DAY_DIRECTIVES = frozenset("aAwdbBhmyYjUWxGVu%")
_OFFSET = r":\d{2}(\.\d+)? ?(Z|UTC|[+-]\d{2}(:?\d{2})?)$"


@ibis.udf.scalar.builtin(name="timezone")
def _instant_of(zone: str, local: TIMESTAMP) -> INSTANT: ...


@ibis.udf.scalar.builtin(name="timezone")
def _local_of(zone: str, moment: INSTANT) -> TIMESTAMP: ...


@ibis.udf.scalar.builtin(name="try_strptime")
def _naive_by_format(text: str, pattern: str) -> TIMESTAMP: ...


@ibis.udf.scalar.builtin(name="try_strptime")
def _aware_by_format(text: str, pattern: str) -> INSTANT: ...


@ibis.udf.scalar.builtin(name="make_timestamp")
def _since_1970(microseconds: int) -> TIMESTAMP: ...


class Parsed(NamedTuple):
    """A canonical value, whether a raw one was there but could not be read, whether a time carried an offset or was a bare day.

    ``is_day`` is None where no value is a bare day, or where it makes no difference because the zone is UTC.
    """

    value: ibis.Value
    is_unreadable: ibis.Value | None
    is_aware: ibis.Value | None = None
    is_day: ibis.Value | None = None


def parse(raw: ibis.Value, column: Column, formats: tuple[str, ...], zone: str, where: str) -> Parsed:
    """Read one raw column as its canonical type.

    Parameters
    ----------
    raw : ibis.Value
        Any type.
    column : Column
    formats : tuple of str
        Formats of dates (``%d-%m-%Y``, ``unix_seconds``) or of numbers (``1.234,56``), tried in turn; ISO when empty.
    zone : str
        Zone of naive times that have a time of day. A local time that a clock change skipped moves forward by the change; one
        that occurs twice is taken as the later, so that nothing is known too early.
    where : str
        For messages.

    Returns
    -------
    Parsed
        Blank text, "NULL", "nan", "none" and NaN are missing; free text keeps such words.

    Raises
    ------
    RenewcastError
        The raw type can never be read as the canonical one, or a format is not known.

    Notes
    -----
    A day is a day, in no zone: a date, or text without a time of day, becomes midnight of that same day whatever the zone.
    Shifted to UTC, the days of an eastern zone would begin in the day before, and a snapshot would see what its own day
    brought. A raw timestamp always has a time of day, midnight too: cast it to a date in ``sql`` where it means the day.
    """
    kind = raw.type()
    if kind.is_null():
        return Parsed(ibis.null(ARROW_TYPES[column.type]), None)
    if column.type == "text":
        return _text(raw, column, where)
    if column.type in ("timestamp", "date"):
        return _time(raw, column.type, formats, zone, where)
    if column.type == "boolean":
        return _boolean(raw, where)
    return _number(raw, column.type, formats, where)


def _cleaned(raw: ibis.Value) -> ibis.Value:
    """Trim, and turn the usual words for "missing" into null."""
    # Most values are longer than such a word and have no blank at either end: only the others are worth the work. The branch
    # names ``raw`` once, because DuckDB computes an expression that occurs twice for every row, whatever the condition.
    known = raw.re_replace(_MISSING, "").strip().nullif("")
    return (_has_blank_end(raw) | (raw.length() <= LONGEST_MISSING_WORD)).ifelse(known, raw)


def _trimmed(raw: ibis.Value) -> ibis.Value:
    return _has_blank_end(raw).ifelse(raw.strip().nullif(""), raw)


def _has_blank_end(raw: ibis.Value) -> ibis.Value:
    return (raw.left(1) <= " ") | (raw.right(1) <= " ")


def _refuse(raw: ibis.Value, column_type: str, where: str, hint: str = "cast it in sql"):
    raise RenewcastError(f"{where}: a raw column of type {raw.type()} cannot be read as {column_type}; {hint}.")


def _text(raw: ibis.Value, column: Column, where: str) -> Parsed:
    kind = raw.type()
    if kind.is_string():
        if column.is_id:
            return Parsed(_cleaned(raw), None)
        value = _trimmed(raw)
        if column.allowed or column.usual:
            value = value.lower().re_replace(r"[ -]+", "_")
        return Parsed(value, None)
    if kind.is_floating() or kind.is_decimal():
        # An id that passed through a floating type reads 13085.0; the number itself is 13085, exact below 2**53.
        whole = raw.cast("float64")
        is_exact = (whole % 1 == 0) & (whole.abs() < 2**53)
        value = ibis.ifelse(is_exact, raw.try_cast("int64").cast("string"), raw.cast("string"))
        value = whole.isnan().fill_null(True).ifelse(ibis.null("string"), value)
        return Parsed(value, (~is_exact & ~whole.isnan()).fill_null(False) if column.is_id else None)
    if kind.is_binary() or kind.is_nested():
        _refuse(raw, "text", where)
    return Parsed(raw.cast("string"), None)


def _time(raw: ibis.Value, wanted: str, formats: tuple[str, ...], zone: str, where: str) -> Parsed:
    kind = raw.type()
    unix = [name for name in formats if name in UNIX_FORMATS]
    if unix or kind.is_integer():
        if not unix:
            _refuse(raw, wanted, where, "if it counts from 1970, give the format unix_seconds or unix_milliseconds")
        count = _cleaned(raw).try_cast("int64") if kind.is_string() else raw.try_cast("int64")
        utc = _since_1970(ibis.ifelse(count.abs() < 10**14, count, ibis.null("int64")) * UNIX_FORMATS[unix[0]])
        there = _cleaned(raw).notnull() if kind.is_string() else raw.notnull()
        value = utc if wanted == "timestamp" else _in_zone(utc, zone).date()
        return Parsed(value, there & count.isnull())
    if kind.is_date():
        return Parsed(raw if wanted == "date" else raw.cast(TIMESTAMP), None, is_day=_noted(ibis.literal(True), zone))
    if kind.is_timestamp() and kind.timezone is not None:
        utc = _local_of("UTC", raw.cast(INSTANT))
        return Parsed(utc if wanted == "timestamp" else _in_zone(utc, zone).date(), None, ibis.literal(True))
    if kind.is_timestamp():
        local = raw.cast(TIMESTAMP)
        return Parsed(_to_utc(local, zone) if wanted == "timestamp" else local.date(), None)
    if not kind.is_string():
        _refuse(raw, wanted, where)
    text, is_day = _cleaned(raw), None
    # DuckDB reads "infinity" and "epoch" as times and drops an offset when it casts to a naive one: so by hand.
    is_aware = text.re_search(_OFFSET)
    if formats:
        aware = [_local_of("UTC", _aware_by_format(text, one)) for one in formats if "%z" in one]
        naive = [_naive_by_format(text, one) for one in formats if "%z" not in one]
        if wanted == "date":
            utc = ibis.coalesce(*[_in_zone(one, zone) for one in aware], *naive).date()
        else:
            are_days = [_is_of_days(one) for one in formats if "%z" not in one]
            moments = [one if is_day else _to_utc(one, zone) for one, is_day in zip(naive, are_days, strict=True)]
            utc = ibis.coalesce(*aware, *moments)
            # The first format that fits decides, as it does for the value.
            fits = [(one.notnull(), False) for one in aware]
            fits += [(one.notnull(), is_day) for one, is_day in zip(naive, are_days, strict=True)]
            is_day = _noted(ibis.cases(*fits, else_=False), zone) if any(are_days) else None
        value = text.re_search(r"\d").ifelse(utc, ibis.null(utc.type()))
        is_aware = None
    else:
        shown = ibis.ifelse(text.re_search(_ISO), _local_of("UTC", text.try_cast(INSTANT)), ibis.null(TIMESTAMP))
        if wanted == "date":
            value = (is_aware.ifelse(_in_zone(shown, zone), shown) if zone != "UTC" else shown).date()
        else:
            is_day = _noted(text.re_search(_DAY), zone)
            value = (is_aware | is_day).ifelse(shown, _to_utc(shown, zone)) if zone != "UTC" else shown
    return Parsed(value, text.notnull() & value.isnull(), is_aware, is_day)


def _is_of_days(pattern: str) -> bool:
    """Whether a format tells a day and nothing finer.

    Examples
    --------
    >>> _is_of_days("%d.%m.%Y"), _is_of_days("%d.%m.%Y %H:%M")
    (True, False)
    """
    return set(re.findall(_DIRECTIVE, pattern)) <= _DAY_DIRECTIVES


def _noted(is_day: ibis.Value, zone: str) -> ibis.Value | None:
    return None if zone == "UTC" else is_day


def local_day(utc: ibis.Value, zone: str) -> ibis.Value:
    """Return the day that the calendar of a zone shows at an instant."""
    return _in_zone(utc, zone).date()


def _to_utc(local: ibis.Value, zone: str) -> ibis.Value:
    return local if zone == "UTC" else _local_of("UTC", _instant_of(zone, local))


def _in_zone(utc: ibis.Value, zone: str) -> ibis.Value:
    return utc if zone == "UTC" else _local_of(zone, _instant_of("UTC", utc))


def _boolean(raw: ibis.Value, where: str) -> Parsed:
    kind = raw.type()
    if kind.is_boolean():
        return Parsed(raw, None)
    if not (kind.is_string() or kind.is_integer()):
        _refuse(raw, "boolean", where)
    text = (_cleaned(raw) if kind.is_string() else raw.cast("string")).lower()
    value = ibis.cases((text.isin(TRUE_WORDS), True), (text.isin(FALSE_WORDS), False))
    return Parsed(value, text.notnull() & value.isnull())


def _number(raw: ibis.Value, wanted: str, formats: tuple[str, ...], where: str) -> Parsed:
    kind, target = raw.type(), ARROW_TYPES[wanted]
    if kind.is_string():
        text = _cleaned(raw)
        value = ibis.coalesce(*[_number_by_format(text, one, target, where) for one in formats or ("1234.56",)])
        missing = text.isnull()
    elif kind.is_boolean() or not kind.is_numeric():
        _refuse(raw, wanted, where)
    else:
        missing = raw.isnull() | raw.isnan() if kind.is_floating() else raw.isnull()
        # Through text, whose digits are the shortest that give the number back: 1.005 is 1.01 in CSV and in Parquet.
        source = raw.cast("string") if wanted == "money" and kind.is_floating() else raw
        value = missing.ifelse(ibis.null(target), source.try_cast(target))
    if wanted == "integer" and (kind.is_floating() or kind.is_decimal()):
        value = (raw % 1 == 0).ifelse(value, ibis.null(target))  # floor() would fail on NaN
    if wanted == "number":
        value = value + 0.0  # -0.0 becomes 0.0
        value = value.isinf().ifelse(ibis.null(target), value)
    return Parsed(value, ~missing & value.isnull())


def _number_by_format(text: ibis.Value, shape: str, target, where: str) -> ibis.Value:
    if shape not in NUMBER_FORMATS:
        known = ", ".join(NUMBER_FORMATS)
        raise RenewcastError(f"{where}: {shape!r} is not a number format; show how 1234.56 is written: {known}.")
    thousands, decimal = NUMBER_FORMATS[shape]
    whole = r"\d+" if not thousands else rf"(\d+|\d{{1,3}}(\{thousands}\d{{3}})+)"
    exponent = "" if thousands or target == dt.int64 else r"([eE][+-]?\d+)?"
    fraction = rf"(\{decimal}0*)?" if target == dt.int64 else rf"(\{decimal}\d*)?"
    plain = text
    if thousands:
        plain = plain.replace(thousands, "")
    if decimal != ".":
        plain = plain.replace(decimal, ".")
    is_number = text.re_search(rf"^[+-]?{whole}{fraction}{exponent}$")
    return is_number.ifelse(plain.try_cast(target), ibis.null(target))
