"""Rules that look at one row: read its values, tell when it was known, and give a code to a row that must be set aside."""

import datetime as dt
from dataclasses import dataclass

import ibis

from renewcast.errors import RenewcastError
from renewcast.params import KnownAt
from renewcast.sources._contract import LARGEST_NUMBER, Column, TableContract
from renewcast.sources._mapping import Mapping
from renewcast.sources._parse import TIMESTAMP, Parsed, local_day, parse

BEGINNING = dt.datetime(1900, 1, 1)
"""When a static row without an event time counts as known."""
_KNOWN_AT = Column("timestamp", "when the row could first have been known", required=True)


@dataclass
class ParsedRows:
    """The parsed table and what its ``_code`` means: code ``n`` is ``reasons[n - 1]``, a (reason, column) pair; 0 is fine."""

    table: ibis.Table
    reasons: list[tuple[str, str]]


def parse_rows(backend, raw: ibis.Table, mapping: Mapping, where: str, name: str) -> ParsedRows:
    """Create the table ``name`` of parsed rows.

    Parameters
    ----------
    backend : ibis.backends.duckdb.Backend
    raw : ibis.Table
        A stored table with canonical column names (and ``known_at`` where a column tells it) and raw values.
    mapping : Mapping
    where : str
    name : str

    Returns
    -------
    ParsedRows
        Columns: those that the mapping fills, ``known_at``, ``_told_at`` (as the source told it), ``_row`` (its number in
        ``raw``), ``_code``, ``_placeholders`` (dates emptied) and ``_raised`` (known before it happened).
    """
    contract = mapping.contract
    columns = {column: contract.columns[column] for column in mapping.filled}
    if isinstance(mapping.known_at, KnownAt) and mapping.known_at.column is not None:
        columns["known_at"] = _KNOWN_AT
    # A column without any value may have any type ("null as ends_on" is an integer): its type must not stop the run.
    filled = backend.to_pyarrow(raw.aggregate(**{column: raw[column].count() for column in columns})).to_pylist()[0]
    values = {column: raw[column] if filled[column] else ibis.null() for column in columns}
    parsed = {
        column: parse(values[column], spec, mapping.formats.get(column, ()), mapping.zone, f"{where}: {contract.name}.{column}")
        for column, spec in columns.items()
    }
    _refuse_mixed_zones(backend, raw, parsed, mapping, where)
    _end_no_earlier_than_its_day(parsed, contract, mapping.zone)
    flags = {f"_unreadable_{column}": one.is_unreadable for column, one in parsed.items() if one.is_unreadable is not None}
    rows = raw.select(_row=raw.rowid(), **{column: one.value for column, one in parsed.items()}, **flags)
    dates = [column for column, spec in columns.items() if spec.type in ("timestamp", "date")]
    placeholder = {column: _is_placeholder(rows[column], mapping.zone) for column in dates}
    emptied = [placeholder[column].cast("int64") for column in dates if not columns[column].required]
    rows = rows.mutate(
        **{column: flag.ifelse(ibis.null(rows[column].type()), rows[column]) for column, flag in placeholder.items()},
        **{f"_placeholder_{column}": flag for column, flag in placeholder.items() if columns[column].required},
        _placeholders=sum(emptied, ibis.literal(0, "int64")),
    )
    rows = _with_knowledge(rows, mapping)
    cases, reasons = [], []
    for reason, column, is_bad in _row_rules(rows, columns, contract):
        reasons.append((reason, column))
        cases.append((is_bad, ibis.literal(len(reasons), "int16")))
    rows = rows.mutate(_code=ibis.cases(*cases, else_=ibis.literal(0, "int16")) if cases else ibis.literal(0, "int16"))
    wanted = [*mapping.filled, "known_at", "_told_at", "_row", "_code", "_placeholders", "_raised"]
    return ParsedRows(backend.create_table(name, rows.select(*wanted), temp=True), reasons)


def _end_no_earlier_than_its_day(parsed: dict[str, Parsed], contract: TableContract, zone: str) -> None:
    """Lift an end with a time of day to its start where that is the same day, told without a time.

    The start stands at midnight in no zone; 03:00 of that day in Shanghai is an instant of the day before in UTC.
    """
    for start, end in contract.in_order:
        first, last = parsed.get(start), parsed.get(end)
        if first is None or last is None or first.is_day is None or not last.value.type().is_timestamp():
            continue
        timed = ~last.is_day if last.is_day is not None else ibis.literal(True)
        is_same = first.is_day & timed & (local_day(last.value, zone) == first.value.date()) & (last.value < first.value)
        parsed[end] = last._replace(value=is_same.fill_null(False).ifelse(first.value, last.value))


def _is_placeholder(value: ibis.Value, zone: str) -> ibis.Value:
    """Tell 1970-01-01, 1900-01-01, 0001-01-01 and 9999-12-31; in another zone they lie within a day of that."""
    slack = 1 if value.type().is_timestamp() and zone != "UTC" else 0
    day = dt.timedelta(days=1)

    def moment(year: int, month: int, number: int, days: int):
        found = dt.datetime(year, month, number) + days * day
        return ibis.literal(found if value.type().is_timestamp() else found.date(), value.type())

    is_far = (value < moment(1900, 1, 2, slack)) | (value >= moment(2201, 1, 1, -slack))
    is_epoch = (value >= moment(1970, 1, 1, -slack)) & (value < moment(1970, 1, 2, slack))
    return (is_far | is_epoch).fill_null(False)


def _with_knowledge(rows: ibis.Table, mapping: Mapping) -> ibis.Table:
    """Add known_at: from its column, a lag after the event, or the event itself for static rows."""
    contract, rule = mapping.contract, mapping.known_at
    has_event = contract.event_time is not None and contract.event_time in rows.columns
    event = rows[contract.event_time].cast(TIMESTAMP) if has_event else ibis.null(TIMESTAMP)
    if rule == "static":
        known = event.fill_null(ibis.literal(BEGINNING, TIMESTAMP))
    elif rule.lag_days is not None:
        known = event + ibis.interval(seconds=round(rule.lag_days * 86_400))
    else:
        known = rows.known_at
    is_early = ((known < event) if contract.kind == "event" else ibis.literal(False)).fill_null(False)
    return rows.mutate(known_at=is_early.ifelse(event, known), _told_at=known, _raised=is_early)


def _row_rules(rows: ibis.Table, columns: dict[str, Column], contract: TableContract):
    """Yield (reason, column, is bad), the first that applies wins."""
    for column in columns:
        if f"_unreadable_{column}" in rows.columns:
            yield "unreadable_value", column, rows[f"_unreadable_{column}"]
    for column, spec in columns.items():
        if f"_placeholder_{column}" in rows.columns:
            yield "placeholder_date", column, rows[f"_placeholder_{column}"]
        if spec.required:
            yield "missing_value", column, rows[column].isnull()
    for column, spec in columns.items():
        value = rows[column]
        if spec.lowest is not None:
            yield "out_of_range", column, value < spec.lowest
        if spec.highest is not None or spec.type == "number":
            highest = LARGEST_NUMBER if spec.highest is None else spec.highest
            yield "out_of_range", column, (value if spec.lowest is not None else value.abs()) > highest
        if spec.allowed:
            yield "not_allowed", column, ~value.isin(spec.allowed)
    for start, end in contract.in_order:
        if start in columns and end in columns:
            yield "end_before_start", end, rows[end] < rows[start]


def _refuse_mixed_zones(backend, raw: ibis.Table, parsed: dict, mapping: Mapping, where: str) -> None:
    """Stop when one text column holds times with and without an offset and nobody said what the bare ones mean."""
    if mapping.zone_is_declared:
        return
    texts = {column: one for column, one in parsed.items() if raw[column].type().is_string()}
    doubtful = {column: one.is_aware for column, one in texts.items() if one.is_aware is not None}
    if not doubtful:
        return
    sums = {f"{column}_aware": flag.sum() for column, flag in doubtful.items()}
    sums |= {f"{column}_bare": (raw[column].re_search(r":\d{2}") & ~flag).sum() for column, flag in doubtful.items()}
    counted = backend.to_pyarrow(raw.aggregate(**sums)).to_pylist()[0]
    for column in doubtful:
        if counted[f"{column}_aware"] and counted[f"{column}_bare"]:
            aware, bare = counted[f"{column}_aware"], counted[f"{column}_bare"]
            raise RenewcastError(
                f"{where}: {column} holds {aware} times with an offset and {bare} without; declare {where}.time_zone for those."
            )
