"""Tiers over time: the rule run over past quarters in order, so that who held a tier keeps it for a while."""

import datetime as dt

from renewcast.segments.tiers import tier

QUARTERS = 8
"""Quarters that the rule looks back; what an account was before does not count."""


def quarter_days(calendar, as_of: dt.date, quarters: int = QUARTERS) -> list[dt.date]:
    """List the first snapshot day of each of the last quarters, oldest first, then the day itself.

    The days of a quarter are the same from week to week, so that a tier does not depend on the week in which one asks.

    Parameters
    ----------
    calendar : renewcast.snapshots.calendar.Calendar
    as_of : datetime.date
        A snapshot day.
    quarters : int

    Returns
    -------
    list of datetime.date
        The last one is ``as_of``; fewer where the calendar begins later.

    Examples
    --------
    >>> from renewcast.snapshots.calendar import Calendar
    >>> days = quarter_days(Calendar(dt.date(2026, 1, 5), None), dt.date(2026, 7, 13), 2)
    >>> [day.isoformat() for day in days]
    ['2026-04-06', '2026-07-06', '2026-07-13']
    """
    first = {}
    for day in calendar.days(as_of):
        first.setdefault((day.year, (day.month - 1) // 3), day)
    return [day for day in first.values() if day < as_of][-quarters:] + [as_of]


def tier_history(view, as_of: dt.date, quarters: int = QUARTERS):
    """Run the rule over the last quarters, each seen as it was known then.

    Parameters
    ----------
    view : renewcast.datasets.view.View
    as_of : datetime.date
        A snapshot day.
    quarters : int

    Returns
    -------
    pandas.DataFrame
        day (datetime64), account_id, arr, arr_growth, advocacy, tier: one row for each day and account with recurring revenue.

    Notes
    -----
    An account begins without a tier on the oldest day, and again whenever it was without a live term on a day in between.
    What was published is never asked.
    """
    import numpy as np
    import pandas as pd

    from renewcast.datasets.revenue_at import revenue_over

    found = revenue_over(view, quarter_days(view.calendar, as_of, quarters))
    account, names = pd.factorize(found["account_id"])
    tiers, held = np.full(len(found), None, dtype=object), np.full(len(names), None, dtype=object)
    for rows in found.groupby("day", sort=True).indices.values():
        day, mine = found.iloc[rows], account[rows]
        tiers[rows] = tier(day["arr"], day["arr_growth"], day["advocacy"], view.params.segments.tiers, held[mine])
        held[:] = None
        held[mine] = tiers[rows]
    return found.assign(tier=tiers)[["day", "account_id", "arr", "arr_growth", "advocacy", "tier"]]


def tiers_on(view, account_id, as_of: dt.date):
    """Return the tier of some accounts on a snapshot day, array of object; "ordinary" without recurring revenue.

    Parameters
    ----------
    view : renewcast.datasets.view.View
    account_id : pandas.Series
    as_of : datetime.date
    """
    import pandas as pd

    history = tier_history(view, as_of)
    now = history[history["day"] == pd.Timestamp(as_of)].set_index("account_id")["tier"]
    return account_id.astype(str).map(now).astype(object).fillna("ordinary").to_numpy(dtype=object)
