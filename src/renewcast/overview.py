"""A company's tables seen as a whole: rows by week, accounts and revenue by snapshot, how late rows become known."""

import datetime as dt

from renewcast.days import midnight
from renewcast.engine import portable, visibility

LATE_STEPS_HOURS = (1, 3, 6, 12, 24, 48, 72, 168, 336, 672)
"""The delays, in hours, for which :func:`delays` counts the rows that were still unknown."""


def weekly_activity(view):
    """Count the rows of every event table, and the accounts they belong to, by the week in which they happened.

    Parameters
    ----------
    view : datasets.view.View

    Returns
    -------
    pandas.DataFrame
        table, week (its first day, datetime64), rows, accounts; whole weeks of the snapshot calendar only.
    """
    import pandas as pd

    origin, parts = view.calendar.origin, []
    for name in _event_tables(view):
        table = view.store.tables[name]
        table = table.mutate(cell=visibility.cell(table[view.store.contracts[name].event_time], origin))
        counted = table.group_by("cell").aggregate(rows=table.count(), accounts=table.account_id.nunique())
        parts.append(counted.to_pandas().assign(table=name))
    if not parts:
        return pd.DataFrame(columns=["table", "week", "rows", "accounts"])
    frame = pd.concat(parts, ignore_index=True).dropna(subset=["cell"])
    frame["week"] = pd.Timestamp(origin) + pd.to_timedelta(7 * frame["cell"].astype("int64"), unit="D")
    # A week that the data do not cover to its end would look like a fall.
    is_whole = frame["week"] + pd.Timedelta(days=7) <= pd.Timestamp(view.data_end) + pd.Timedelta(days=1)
    return frame.loc[is_whole, ["table", "week", "rows", "accounts"]].sort_values(["table", "week"], ignore_index=True)


def history(view, days: list[dt.date]):
    """Count the accounts in scope, and their recurring revenue, on snapshot days, as it was known on each of them.

    Parameters
    ----------
    view : datasets.view.View
    days : list of datetime.date

    Returns
    -------
    pandas.DataFrame
        as_of (datetime64), in_scope, scored, gated, arr (currency units, 0 without contracts); one row a day.
    """
    frame = view.population(days)
    frame["arr"] = (12 * frame["mrr"]).where(frame["is_eligible"]).fillna(0.0)
    frame["is_gated"] = frame["gated"].astype(bool) & frame["is_eligible"].astype(bool)
    grouped = frame.groupby("as_of", as_index=False)
    return grouped.agg(
        in_scope=("account_id", "size"), scored=("is_eligible", "sum"), gated=("is_gated", "sum"), arr=("arr", "sum")
    )


def delays(view):
    """Say of every event table how long after its rows happened they became known.

    Parameters
    ----------
    view : datasets.view.View

    Returns
    -------
    pandas.DataFrame
        table, rows, replaced (rows that a later version replaced), median_hours, longest_hours, and for each step of
        `LATE_STEPS_HOURS` a column ``unknown_after_<hours>h``: the share of rows still unknown that long after they happened.
    """
    import pandas as pd

    parts = []
    for name in _event_tables(view):
        table = view.store.tables[name]
        happened = portable.seconds(table[view.store.contracts[name].event_time])
        table = table.mutate(hours=(portable.seconds(table.known_at) - happened).cast("float64") / 3600)
        steps = {f"unknown_after_{step}h": (table.hours > step).cast("float64").mean() for step in LATE_STEPS_HOURS}
        row = table.aggregate(
            rows=table.count(),
            replaced=table.superseded_at.notnull().sum(),
            median_hours=table.hours.median(),
            longest_hours=table.hours.max(),
            **steps,
        )
        parts.append(row.to_pandas().assign(table=name))
    frame = pd.concat(parts, ignore_index=True)
    return frame[["table", *frame.columns.drop("table")]]


def known_rows(view, name: str, as_of: dt.date):
    """Return the rows of a table that a snapshot sees, columns that were filled in later masked.

    Parameters
    ----------
    view : datasets.view.View
    name : str
        A table of the project.
    as_of : datetime.date

    Returns
    -------
    pandas.DataFrame
        The columns of the table; empty in a later column what nobody could have known yet.
    """
    import ibis

    accounts = view.store.tables["accounts"].view()
    snapshots = accounts.select("account_id").distinct().mutate(as_of=ibis.literal(midnight(as_of)).cast("timestamp"))
    rows = visibility.visible_rows(view.store.tables[name], snapshots, view.store.contracts[name])
    return rows.drop("as_of").to_pandas()


def _event_tables(view) -> list[str]:
    """Name the project's own event tables, the largest families first as the contracts list them."""
    from renewcast.sources import CONTRACTS

    own = [name for name in CONTRACTS if name in view.store.tables]
    return [name for name in own if CONTRACTS[name].kind == "event" and CONTRACTS[name].event_time is not None]
