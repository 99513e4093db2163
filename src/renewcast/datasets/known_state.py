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
