"""Months and their ends in the zones of the world, against the standard library."""

import datetime as dt
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from renewcast.revenue.day_numbers import first_day, month_ends, month_of
from renewcast.revenue.periods import PERIODS, last_over, name_of, number_of, starts

# Where clocks are changed at midnight, some months begin an hour late or twice.
ZONES = [
    "UTC",
    "Asia/Shanghai",
    "America/New_York",
    "Europe/London",
    "America/Asuncion",
    "Africa/Cairo",
    "Asia/Beirut",
    "Asia/Kolkata",
]


@pytest.mark.parametrize("zone", ZONES)
def test_a_month_is_over_at_midnight_there(zone):
    months = np.arange(30 * 12, 60 * 12)
    found = month_ends(months, zone)
    for month, over in zip(months.tolist(), found.tolist(), strict=True):
        local = dt.datetime(1970 + (month + 1) // 12, (month + 1) % 12 + 1, 1, tzinfo=ZoneInfo(zone))
        assert over == local.astimezone(dt.UTC).replace(tzinfo=None)


@pytest.mark.parametrize("period", PERIODS)
def test_every_day_lies_in_its_period_and_names_sort_in_time(period):
    day = np.arange(10_000, 22_000)
    number = number_of(day, period)
    assert (starts(number, period) <= day).all() and (day < starts(number + 1, period)).all()
    names = [name_of(int(one), period) for one in np.unique(number)]
    assert names == sorted(names) and len(set(names)) == len(names)
    assert (first_day(month_of(day)) <= day).all()


@pytest.mark.parametrize("zone", ZONES)
def test_the_last_period_is_over_at_the_day(zone):
    for day in (dt.date(2026, 3, 1), dt.date(2026, 3, 2), dt.date(2026, 4, 1)):
        last = last_over(day, "month", zone)
        ends = month_ends(np.array([last, last + 1]), zone)
        assert ends[0] <= np.datetime64(day, "us") < ends[1]
