"""Weeks, months, quarters and years as whole numbers, and their names."""

import datetime as dt

import numpy as np

from renewcast.errors import RenewcastError
from renewcast.revenue.day_numbers import first_day, month_of

PERIODS = ("week", "month", "quarter", "year")
_MONTHS = {"month": 1, "quarter": 3, "year": 12}
_MONDAY = 3
"""1970-01-01 was a Thursday: the week of day 0 began three days before it."""


def number_of(day, period: str) -> np.ndarray:
    """Return the number of the period in which each numbered day lies.

    Raises
    ------
    RenewcastError
        "... is no period".

    Examples
    --------
    >>> [int(number_of(31, period)) for period in PERIODS]
    [4, 1, 0, 0]
    """
    if period not in PERIODS:
        raise RenewcastError(f"{period!r} is no period; take one of {', '.join(PERIODS)}.")
    if period == "week":
        return (np.asarray(day) + _MONDAY) // 7
    return month_of(day) // _MONTHS[period]


def starts(number, period: str) -> np.ndarray:
    """Return the number of the first day of each numbered period.

    Examples
    --------
    >>> starts(np.array([4]), "week").astype("datetime64[D]").astype(str).tolist()
    ['1970-01-26']
    """
    if period == "week":
        return np.asarray(number) * 7 - _MONDAY
    return first_day(np.asarray(number) * _MONTHS[period])


def name_of(number: int, period: str) -> str:
    """Name a numbered period: 2026-W05, 2026-02, 2026-Q1, 2026.

    Examples
    --------
    >>> [name_of(int(number_of(31, period)), period) for period in PERIODS]
    ['1970-W05', '1970-02', '1970-Q1', '1970']
    """
    day = starts(np.array([number]), period).astype("datetime64[D]")[0].astype(object)
    if period == "week":
        year, week, _ = day.isocalendar()
        return f"{year}-W{week:02d}"
    return {"month": f"{day:%Y-%m}", "quarter": f"{day:%Y}-Q{(day.month + 2) // 3}", "year": f"{day:%Y}"}[period]


def last_over(as_of: dt.date, period: str, zone: str) -> int:
    """Return the number of the last period that was over in the zone at midnight (UTC) of a day.

    Examples
    --------
    >>> [last_over(dt.date(1970, 3, 1), "month", zone) for zone in ("Asia/Shanghai", "UTC", "America/New_York")]
    [1, 1, 0]
    """
    from zoneinfo import ZoneInfo

    local = dt.datetime(as_of.year, as_of.month, as_of.day, tzinfo=dt.UTC).astimezone(ZoneInfo(zone)).date()
    return int(number_of(np.datetime64(local, "D").astype(np.int64), period)) - 1
