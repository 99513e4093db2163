"""The outcome window, the one place where labels cut time.

At the snapshot instant ``T`` the window holds the instants in ``(T + lead, T + lead + horizon]``. A *day* fact (a term's end)
lies inside its day, which is over at the next midnight; so a day ``D`` is inside when ``T + lead <= D < T + lead + horizon``.
"""


def holds_day(day, as_of, lead_days: int, horizon_days: int):
    """Tell which days lie in the outcome windows of their snapshots.

    Parameters
    ----------
    day, as_of : pandas.Series of datetime64, shape (n,)
    lead_days, horizon_days : int

    Returns
    -------
    pandas.Series of bool, shape (n,)

    Examples
    --------
    >>> import pandas as pd
    >>> as_of = pd.Series(pd.to_datetime(["2026-06-29"] * 4))
    >>> day = pd.Series(pd.to_datetime(["2026-06-28", "2026-06-29", "2026-09-26", "2026-09-27"]))
    >>> holds_day(day, as_of, 0, 90).tolist()
    [False, True, True, False]
    """
    import pandas as pd

    start = as_of + pd.Timedelta(days=lead_days)
    return (day >= start) & (day < start + pd.Timedelta(days=horizon_days))


def finished_days(days: list, data_end, wait_days: int) -> list:
    """Keep the snapshot days whose outcome was finished, and known, when the data end.

    Parameters
    ----------
    days : list of datetime.date
    data_end : datetime.datetime
    wait_days : int
        Lead + horizon + grace.

    Returns
    -------
    list of datetime.date
    """
    import datetime as dt

    from renewcast.days import midnight

    return [day for day in days if midnight(day) + dt.timedelta(days=wait_days) <= data_end]
