"""A digest of everything that a snapshot sees, by table and month of knowledge: it tells whether anybody rewrote history.

Rows that become known later never change it; a row of the past that is changed, added or removed does.
"""

import datetime as dt
import hashlib

from renewcast.days import midnight
from renewcast.engine.visibility import known_by


def known_state(view, as_of: dt.date) -> dict[str, dict[str, str]]:
    """Digest what was known at a snapshot day.

    Parameters
    ----------
    view : renewcast.datasets.view.View
    as_of : datetime.date

    Returns
    -------
    dict of str to dict of str to str
        table -> month of knowledge ("2026-06") -> the number of rows, a dash, a digest that does not depend on their order.
        Columns that are filled in later than their row count only where the snapshot sees them.

    Notes
    -----
    Reads every table once. The digest rests on DuckDB's ``hash()``, so another version of DuckDB may give another one.
    """
    return {name: _by_month(view.known_days_of(_as_seen(view, name, as_of))) for name in sorted(view.files)}


def known_digests(view, days: list[dt.date]) -> list[str]:
    """Digest what was known on each of several days, in one pass over the tables.

    Parameters
    ----------
    view : renewcast.datasets.view.View
    days : list of datetime.date
        Snapshot days.

    Returns
    -------
    list of str
        In the order of ``days``. Two equal ones, of two states of the data, mean that the snapshots of these days see the same
        rows. Rows, the end of a version and the columns that are filled in later count each from the day they were told.

    Notes
    -----
    Rests on DuckDB's ``hash()``, as :func:`known_state` does.
    """
    numbers = [(day - dt.date(1970, 1, 1)).days for day in days]
    digests = [hashlib.sha256() for _ in days]
    for name in sorted(view.files):
        for part, told in enumerate(_told(view, name)):
            by_day = view.known_days_of(told)
            for number, digest in zip(numbers, digests, strict=True):
                known = [f"{day}:{by_day[day]}" for day in by_day if day < number]
                digest.update(f"{name}/{part} {' '.join(known)}\n".encode())
    return [digest.hexdigest() for digest in digests]


def _told(view, name: str):
    """Yield what is told of a table's rows at different times, each dated by ``known_at``: the row, its end, later columns."""
    import ibis

    table, declared = view.store.tables[name], view.store.contracts[name].columns
    later = {column: told.revealed_by for column, told in declared.items() if told.revealed_by and column in table.columns}
    row = table.drop("superseded_at", *later)
    yield row
    ended = table.filter(table.superseded_at.notnull())
    yield ended.select(*row.columns, "superseded_at").mutate(first_known_at=ended.known_at, known_at=ended.superseded_at)
    for reveal in sorted(set(later.values())):
        told = table.filter(table[reveal].notnull())
        columns = sorted(column for column, by in later.items() if by == reveal)
        at = ibis.greatest(told[reveal].cast("timestamp"), told.known_at)
        yield told.select(*row.columns, *columns).mutate(first_known_at=told.known_at, known_at=at)


def _as_seen(view, name: str, as_of: dt.date):
    import ibis

    table, instant = view.store.tables[name], ibis.literal(midnight(as_of))
    masked = {}
    for column, told in view.store.contracts[name].columns.items():
        if told.revealed_by is not None and column in table.columns:
            reveal = table[told.revealed_by].cast("timestamp")
            masked[column] = ibis.ifelse(reveal < instant, table[column], ibis.null(table[column].type()))
    # Whether a later version will replace a row is no part of what was known.
    return known_by(table, midnight(as_of)).mutate(**masked).drop("superseded_at")


def _by_month(days: dict[int, str]) -> dict[str, str]:
    """Gather the digests of days, numbered since 1970, into one a month.

    Examples
    --------
    >>> {month: digest[:6] for month, digest in _by_month({0: "2-a1", 3: "1-b2", 40: "5-c3"}).items()}
    {'1970-01': '3-93c5', '1970-02': '5-71ec'}
    """
    months: dict[str, list[str]] = {}
    for day in sorted(days):
        months.setdefault(f"{dt.date(1970, 1, 1) + dt.timedelta(days=day):%Y-%m}", []).append(days[day])
    return {
        month: f"{sum(int(part.split('-')[0]) for part in parts)}-{hashlib.sha256(chr(10).join(parts).encode()).hexdigest()[:16]}"
        for month, parts in months.items()
    }
