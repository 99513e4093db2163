"""The weekly calendar."""

import datetime as dt

import pytest

from renewcast.errors import RenewcastError
from renewcast.snapshots.calendar import Calendar

FIRST = dt.date(2026, 6, 1)
WEEK = dt.timedelta(days=7)


def test_days_stand_a_week_apart_from_the_first_to_the_last_one_asked_for():
    assert Calendar(FIRST, None).days(FIRST + 3 * WEEK) == [FIRST + number * WEEK for number in range(4)]
    assert Calendar(FIRST, None).days(FIRST + 3 * WEEK - dt.timedelta(days=1)) == [FIRST + number * WEEK for number in range(3)]


def test_no_day_lies_before_the_first_or_after_the_last():
    assert Calendar(FIRST, None).days(FIRST - dt.timedelta(days=1)) == []
    assert Calendar(FIRST, FIRST + WEEK).days(FIRST + 10 * WEEK) == [FIRST, FIRST + WEEK]


@pytest.mark.parametrize("every", [1, 2, 3, 4, 7])
def test_every_nth_week_counts_back_from_the_newest(every):
    days = Calendar(FIRST, None).days(FIRST + 9 * WEEK, every)
    assert days[-1] == FIRST + 9 * WEEK and days == sorted(days)
    assert {later - earlier for earlier, later in zip(days, days[1:], strict=False)} <= {every * WEEK}
    assert days[0] - every * WEEK < FIRST


def test_a_day_off_the_calendar_is_refused_with_its_neighbours():
    with pytest.raises(RenewcastError, match="use 2026-06-15 or 2026-06-22"):
        Calendar(FIRST, None).number(dt.date(2026, 6, 21))
    with pytest.raises(RenewcastError, match="before the first snapshot, 2026-06-01"):
        Calendar(FIRST, None).number(dt.date(2026, 5, 25))


def test_the_newest_day_is_asked_for_with_data_that_begin_too_late():
    assert Calendar(FIRST, None).latest(FIRST + 2 * WEEK + dt.timedelta(days=6)) == FIRST + 2 * WEEK
    with pytest.raises(RenewcastError, match="no snapshot day up to 2026-05-31"):
        Calendar(FIRST, None).latest(dt.date(2026, 5, 31))
