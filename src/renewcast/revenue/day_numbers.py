"""Days and months as whole numbers, which is what the ledger computes with."""

import numpy as np

FOREVER = int(np.datetime64("2262-01-01", "D").astype(np.int64))
"""Stands for the end of a term that has none."""


def days(column) -> np.ndarray:
    """Return the number of days since 1970-01-01 of each entry, ``FOREVER`` for none (int64).

    Examples
    --------
    >>> import pandas as pd
    >>> days(pd.Series(pd.to_datetime(["1970-01-02", None]))).tolist()[0]
    1
    """
    given = column.to_numpy(dtype="datetime64[us]")
    found = given.astype("datetime64[D]").astype(np.int64)
    return np.where(np.isnat(given), FOREVER, found)


def month_of(day) -> np.ndarray:
    """Return the number of months since 1970-01 of the month in which each numbered day lies.

    Examples
    --------
    >>> month_of(np.array([0, 30, 31])).tolist()
    [0, 0, 1]
    """
    return np.asarray(day).astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)


def first_day(month) -> np.ndarray:
    """Return the number of the first day of each numbered month.

    Examples
    --------
    >>> first_day(np.array([0, 1])).tolist()
    [0, 31]
    """
    return np.asarray(month).astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)


def local_days(instants, zone: str) -> np.ndarray:
    """Return the day on which each instant (naive UTC) falls in a zone.

    An instant at midnight stands for its day, as days do in every table, and is not shifted.

    Examples
    --------
    >>> import pandas as pd
    >>> told = pd.Series(pd.to_datetime(["2026-01-31 20:00", "2026-01-31 00:00"]))
    >>> local_days(told, "Asia/Shanghai").astype("datetime64[D]").astype(str).tolist()
    ['2026-02-01', '2026-01-31']
    """
    plain = instants.to_numpy(dtype="datetime64[us]")
    day = plain.astype("datetime64[D]")
    if zone != "UTC":
        shifted = instants.dt.tz_localize("UTC").dt.tz_convert(zone).dt.tz_localize(None)
        day = np.where(
            plain == day.astype("datetime64[us]"), day, shifted.to_numpy(dtype="datetime64[us]").astype("datetime64[D]")
        )
    return day.astype(np.int64)


def month_ends(months, zone: str) -> np.ndarray:
    """Return the instant (naive UTC) at which each numbered month is over in a zone.

    Examples
    --------
    >>> month_ends(np.array([0]), "Asia/Shanghai").astype(str).tolist()
    ['1970-01-31T16:00:00.000000']
    """
    import pandas as pd

    over = pd.Series((np.asarray(months) + 1).astype("datetime64[M]").astype("datetime64[us]"))
    if zone != "UTC":
        # Where clocks change at midnight the month is over at the first instant that there is.
        local = over.dt.tz_localize(zone, nonexistent="shift_forward", ambiguous=np.ones(len(over), dtype=bool))
        over = local.dt.tz_convert("UTC").dt.tz_localize(None)
    return over.to_numpy(dtype="datetime64[us]")
