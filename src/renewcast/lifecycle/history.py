"""Stages month by month: who moved where, how long accounts stay in a stage, and what each stage costs in customers."""

import datetime as dt

from renewcast.lifecycle.stages import STAGES, stages_over

MONTHS = 12
NEW, LEFT = "new", "left"


def month_starts(view, as_of: dt.date, months: int = MONTHS) -> list[dt.date]:
    """Return the first days of the last months that are over, and the day on which the last of them was over, in order.

    Months before the first snapshot are left out; a business without contracts is looked at on the snapshot day on or before.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> from renewcast.snapshots.calendar import Calendar
    >>> view = SimpleNamespace(calendar=Calendar(dt.date(2026, 4, 6), None), store=SimpleNamespace(tables={"contracts": None}))
    >>> [str(day) for day in month_starts(view, dt.date(2026, 6, 29))]
    ['2026-05-01', '2026-06-01']
    """
    number = as_of.year * 12 + as_of.month - 1
    days = [dt.date((number - back) // 12, (number - back) % 12 + 1, 1) for back in range(months, -1, -1)]
    days = [day for day in days if day >= view.calendar.first]
    if "contracts" not in view.store.tables:
        days = [view.calendar.latest(day) for day in days]
    return days


def stage_history(view, days: list[dt.date], terms=None):
    """Return the stage of each account on each day, as it was known on that day.

    Parameters
    ----------
    view : datasets.view.View
    days : list of datetime.date
    terms : lifecycle.stages.Terms, optional
        Of these days, and others, where they were read before.

    Returns
    -------
    pandas.DataFrame, indexed by account_id (sorted; everybody who was a customer on any of the days)
        One column a day (datetime64, ascending), int8: the number of the stage in :data:`renewcast.lifecycle.stages.STAGES`, -1
        where the account was no customer.
    """
    import pandas as pd

    days = sorted(set(days))
    names, places = stages_over(view, days, terms)
    columns = pd.Index([pd.Timestamp(day) for day in days])
    return pd.DataFrame(places, index=pd.Index(names, name="account_id", dtype="str"), columns=columns)


def transitions(history):
    """Count who moved from which stage to which in each month.

    Parameters
    ----------
    history : pandas.DataFrame
        See :func:`stage_history`.

    Returns
    -------
    pandas.DataFrame, sorted by month, from and to
        month (its first day), from_stage (a stage, or "new": no customer at the month's beginning), to_stage (a stage, or
        "left"), accounts.
    """
    import numpy as np
    import pandas as pd

    codes, days = history.to_numpy(), history.columns
    size = len(STAGES) + 1
    before, after = (*STAGES, NEW), (*STAGES, LEFT)
    rows = []
    for month in range(len(days) - 1):
        # -1 is the last place of both: new before, left after.
        pair = (codes[:, month].astype(np.int64) % size) * size + codes[:, month + 1].astype(np.int64) % size
        counts = np.bincount(pair, minlength=size * size).reshape(size, size)
        counts[-1, -1] = 0
        rows += [(days[month], before[a], after[b], int(counts[a, b])) for a, b in np.argwhere(counts > 0)]
    return pd.DataFrame(rows, columns=["month", "from_stage", "to_stage", "accounts"])


def moves(history):
    """Return where the accounts of each stage were a month later, over all months.

    Parameters
    ----------
    history : pandas.DataFrame
        See :func:`stage_history`.

    Returns
    -------
    pandas.DataFrame, sorted by from and to (in the order of the stages)
        from_stage, to_stage (a stage, or "left"), moves, account_months (in the first stage at a month's beginning), share, low,
        high (90 %, over accounts). Ways that nobody went are left out, but for leaving.
    """
    import numpy as np
    import pandas as pd

    from renewcast.lifecycle.ratios import shares

    codes = history.to_numpy()
    account, month = np.nonzero(codes[:, :-1] >= 0)
    frame = pd.DataFrame({"account_id": account, "place": codes[account, month], "account_months": 1})
    after = codes[account, month + 1]
    parts = []
    for place, name in (*enumerate(STAGES), (-1, LEFT)):
        table = shares(frame.assign(moves=(after == place).astype(np.int64)), ["place"], "moves", "account_months")
        table = table[(table["moves"] > 0) | (name == LEFT)]
        parts.append(table.assign(to_stage=name, order=place % (len(STAGES) + 1)))
    found = pd.concat(parts, ignore_index=True).sort_values(["place", "order"], ignore_index=True)
    found["from_stage"] = [STAGES[place] for place in found["place"]]
    return found[["from_stage", "to_stage", "moves", "account_months", "share", "low", "high"]]


def time_in_stage(history):
    """Estimate how long accounts stay in a stage, in whole months, from those that were seen to enter it.

    Returns
    -------
    pandas.DataFrame, sorted by stage (in order) and month
        stage, month (1: it was in the stage at one month's end only), at_risk, share (that stays longer), low, high (90 %).

    Notes
    -----
    An account that was in the stage on the first day is left out, since nobody knows since when; one that is in it on the last
    day was seen until then (right-censored). An account may enter a stage more than once.
    """
    import numpy as np
    import pandas as pd

    from renewcast.revenue.survival import life_table

    codes = history.to_numpy()
    parts = []
    for place, stage in enumerate(STAGES):
        inside = codes == place
        before = np.pad(inside, ((0, 0), (1, 0)))[:, :-1]
        entries = inside & ~before
        account, start = np.nonzero(entries)
        after = np.pad(inside, ((0, 0), (0, 1)))[:, 1:]
        _, end = np.nonzero(inside & ~after)
        duration = end - start + 1
        is_over, is_seen = end < inside.shape[1] - 1, start > 0
        if not is_seen.any():
            continue
        table = life_table(duration[is_seen], is_over[is_seen])
        table = table[["age", "at_risk", "survival", "low", "high"]].rename(columns={"age": "month", "survival": "share"})
        table.insert(0, "stage", stage)
        parts.append(table)
    if not parts:
        return pd.DataFrame({name: [] for name in ("stage", "month", "at_risk", "share", "low", "high")})
    return pd.concat(parts, ignore_index=True)
