"""Days and ISO weeks, at the turns of years."""

import datetime as dt

import pytest

from renewcast.days import iso_week, midnight, parse_day
from renewcast.errors import RenewcastError


@pytest.mark.parametrize("given", ["2026-06-29", dt.date(2026, 6, 29), dt.datetime(2026, 6, 29, 23, 59)])
def test_a_day_is_read_from_text_date_or_time(given):
    assert parse_day(given, what="--as-of") == dt.date(2026, 6, 29) and not isinstance(parse_day(given, what="x"), dt.datetime)


@pytest.mark.parametrize("given", ["29.06.2026", "2026-6-29", "2026-02-29", "today", "", "2026-06-29T00:00", None])
def test_what_is_not_a_day_is_refused_with_its_place_and_an_example(given):
    with pytest.raises(RenewcastError, match=r"^--as-of: .* is not a day; write it as YYYY-MM-DD"):
        parse_day(given, what="--as-of")


def test_a_leap_day_is_a_day():
    assert parse_day("2028-02-29", what="x") == dt.date(2028, 2, 29)


def test_midnight_is_the_beginning_of_the_day():
    assert midnight(dt.date(2026, 6, 29)) == dt.datetime(2026, 6, 29)


@pytest.mark.parametrize(
    ("day", "week"),
    [
        ("2025-12-28", "2025-W52"),
        ("2025-12-29", "2026-W01"),
        ("2026-12-28", "2026-W53"),
        ("2027-01-03", "2026-W53"),
        ("2027-01-04", "2027-W01"),
    ],
)
def test_the_first_days_of_a_year_may_belong_to_the_last_week_of_the_one_before(day, week):
    assert iso_week(dt.date.fromisoformat(day)) == week


def test_weeks_sort_as_text_in_the_order_of_their_days():
    days = [dt.date(2025, 12, 1) + dt.timedelta(days=7 * number) for number in range(120)]
    weeks = [iso_week(day) for day in days]
    assert weeks == sorted(set(weeks))
