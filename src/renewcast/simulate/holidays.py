"""Public holidays by country: days on which little is used, and which say nothing about anybody's wish to stay."""

import datetime as dt
from functools import cache

import numpy as np

from renewcast.simulate.calendar import Calendar

#: What is left of a day's usage: on a holiday, on the days around it, in the quiet week after Christmas.
OFF, HALF, QUIET = 0.10, 0.55, 0.40
# Chinese New Year's day and Diwali (the day of Lakshmi Puja), 2015 to 2035, as announced or computed by the almanacs.
_LUNAR_NEW_YEAR = (
    "2015-02-19 2016-02-08 2017-01-28 2018-02-16 2019-02-05 2020-01-25 2021-02-12 2022-02-01 2023-01-22 2024-02-10 2025-01-29 "
    "2026-02-17 2027-02-06 2028-01-26 2029-02-13 2030-02-03 2031-01-23 2032-02-11 2033-01-31 2034-02-19 2035-02-08"
)
_DIWALI = (
    "2015-11-11 2016-10-30 2017-10-19 2018-11-07 2019-10-27 2020-11-14 2021-11-04 2022-10-24 2023-11-12 2024-11-01 2025-10-20 "
    "2026-11-08 2027-10-29 2028-10-17 2029-11-05 2030-10-26 2031-11-14 2032-11-02 2033-10-22 2034-11-10 2035-10-30"
)
_FIXED = {
    "DE": ((5, 1), (10, 3)),
    "FR": ((5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11)),
    "NL": ((4, 27),),
    "NO": ((5, 1), (5, 17)),
    "PL": ((5, 1), (5, 3), (8, 15), (11, 1), (11, 11)),
    "US": ((6, 19), (7, 4)),
    "CA": ((7, 1),),
    "BR": ((4, 21), (5, 1), (9, 7), (10, 12), (11, 2), (11, 15)),
    "MX": ((5, 1), (9, 16)),
    "CN": ((1, 1), *((5, day) for day in range(1, 6)), *((10, day) for day in range(1, 8))),
    "JP": ((1, 1), (1, 2), (1, 3), (4, 29), (5, 3), (5, 4), (5, 5), (8, 11), (11, 3), (11, 23), (12, 31)),
    "SG": ((1, 1), (5, 1), (8, 9), (12, 25)),
    "AU": ((1, 26), (4, 25)),
    "IN": ((1, 26), (8, 15), (10, 2)),
}
# Month, weekday (Monday is 0), which one (-1 is the last), how many days.
_WEEKDAYS = {
    "GB": ((5, 0, 1, 1), (5, 0, -1, 1), (8, 0, -1, 1)),
    "US": ((1, 0, 3, 1), (5, 0, -1, 1), (9, 0, 1, 1), (11, 3, 4, 2)),
    "CA": ((9, 0, 1, 1), (10, 0, 2, 1)),
    "MX": ((11, 0, 3, 1),),
    "AU": ((6, 0, 2, 1),),
}
# Days after Easter Sunday.
_EASTER = {
    "DE": (-2, 1, 39, 50),
    "FR": (1, 39, 50),
    "GB": (-2, 1),
    "NL": (1, 39, 50),
    "NO": (-3, -2, 1, 39, 50),
    "PL": (1, 60),
    "CA": (-2,),
    "BR": (-48, -47, -2),
    "AU": (-2, 1),
}
_KEEPS_CHRISTMAS = ("DE", "FR", "GB", "NL", "NO", "PL", "US", "CA", "BR", "MX", "AU")
_CHRISTMAS = {(12, 24): HALF, (12, 25): OFF, (12, 26): OFF, (12, 31): QUIET, (1, 1): OFF, (1, 2): HALF}
_CHRISTMAS |= {(12, day): QUIET for day in range(27, 31)}


@cache
def daily_share(calendar: Calendar, countries: tuple[str, ...]) -> np.ndarray:
    """Return what is left of a normal day's usage on every day: 1, less on holidays.

    Parameters
    ----------
    calendar : Calendar
    countries : tuple of str
        Two-letter codes.

    Returns
    -------
    array of float in (0, 1], shape (countries, 7 * calendar.latent_weeks)
        Shared by all who ask, so it must not be written to.

    Examples
    --------
    >>> calendar = Calendar(dt.date(2025, 1, 27), 2)
    >>> daily_share(calendar, ("CN", "US"))[:, :8].tolist()
    [[0.55, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1], [1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0]]
    """
    days = 7 * calendar.latent_weeks
    share = np.ones((len(countries), days))
    last = calendar.start + dt.timedelta(days=days)
    for row, country in enumerate(countries):
        for year in range(calendar.start.year, last.year + 1):
            for day, left in _holidays(country, year).items():
                place = (day - calendar.start).days
                if 0 <= place < days:
                    share[row, place] = min(share[row, place], left)
    share.flags.writeable = False
    return share


def _holidays(country: str, year: int) -> dict[dt.date, float]:
    """Return the holidays of one country and year with what is left of their usage."""
    found = {dt.date(year, month, day): OFF for month, day in _FIXED.get(country, ())}
    for month, weekday, which, length in _WEEKDAYS.get(country, ()):
        first = _nth_weekday(year, month, weekday, which)
        found |= {first + dt.timedelta(days=step): OFF for step in range(length)}
    found |= {easter(year) + dt.timedelta(days=step): OFF for step in _EASTER.get(country, ())}
    if country in _KEEPS_CHRISTMAS:
        found |= {dt.date(year, month, day): left for (month, day), left in _CHRISTMAS.items()}
    if country in ("CN", "SG"):
        around = range(-3, 11) if country == "CN" else range(0, 2)
        closed = range(-1, 7) if country == "CN" else around
        new_year = _moving(_LUNAR_NEW_YEAR, year)
        found |= {new_year + dt.timedelta(days=step): OFF if step in closed else HALF for step in around}
    if country in ("IN", "SG"):
        around = range(-1, 2) if country == "IN" else range(0, 1)
        found |= {_moving(_DIWALI, year) + dt.timedelta(days=step): OFF for step in around}
    return found


def _moving(dates: str, year: int) -> dt.date:
    """Look a moving day up; outside the table the moon's 19 years bring it within a day or two."""
    listed = {int(text[:4]): dt.date.fromisoformat(text) for text in dates.split()}
    known = year
    while known not in listed:
        known += 19 if known < min(listed) else -19
    return listed[known].replace(year=year)


def _nth_weekday(year: int, month: int, weekday: int, which: int) -> dt.date:
    if which > 0:
        first = dt.date(year, month, 1)
        return first + dt.timedelta(days=(weekday - first.weekday()) % 7 + 7 * (which - 1))
    last = dt.date(year + month // 12, month % 12 + 1, 1) - dt.timedelta(days=1)
    return last - dt.timedelta(days=(last.weekday() - weekday) % 7)


def easter(year: int) -> dt.date:
    """Return Easter Sunday of the Gregorian calendar.

    Examples
    --------
    >>> easter(2024), easter(2025)
    (datetime.date(2024, 3, 31), datetime.date(2025, 4, 20))
    """
    golden, century = year % 19, year // 100
    shift = century - century // 4 - (8 * century + 13) // 25
    moon = (19 * golden + shift + 15) % 30
    moon -= (moon // 28) * (1 - (moon // 28) * (29 // (moon + 1)) * ((21 - golden) // 11))
    weekday = (year + year // 4 + moon + 2 - century + century // 4) % 7
    day = moon - weekday
    month = 3 + (day + 40) // 44
    return dt.date(year, month, day + 28 - 31 * (month // 4))
