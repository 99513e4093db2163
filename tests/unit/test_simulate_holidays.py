"""Public holidays: on the right days, in the right countries, also outside the table."""

import datetime as dt

import numpy as np
import pytest

from renewcast.simulate.accounts import COUNTRIES
from renewcast.simulate.calendar import Calendar
from renewcast.simulate.holidays import HALF, OFF, QUIET, daily_share, easter


def left(country: str, day: str) -> float:
    """Return what is left of a normal day's usage."""
    date = dt.date.fromisoformat(day)
    return float(daily_share(Calendar(date, 1), (country,))[0, 0])


@pytest.mark.parametrize(
    ("country", "day", "expected"),
    [
        ("CN", "2025-01-29", OFF),
        ("CN", "2025-01-28", OFF),
        ("CN", "2025-02-04", OFF),
        ("CN", "2025-02-05", HALF),
        ("CN", "2025-02-09", 1.0),
        ("CN", "2026-02-17", OFF),
        ("CN", "2033-01-31", OFF),
        ("SG", "2025-01-30", OFF),
        ("US", "2025-01-29", 1.0),
        ("CN", "2024-10-01", OFF),
        ("CN", "2024-10-07", OFF),
        ("CN", "2024-10-08", 1.0),
        ("CN", "2024-12-25", 1.0),
        ("US", "2024-07-04", OFF),
        ("DE", "2024-07-04", 1.0),
        ("US", "2024-11-28", OFF),
        ("US", "2025-11-28", OFF),
        ("US", "2025-11-20", 1.0),
        ("CA", "2025-10-13", OFF),
        ("GB", "2025-08-25", OFF),
        ("DE", "2024-12-25", OFF),
        ("DE", "2024-12-28", QUIET),
        ("FR", "2025-07-14", OFF),
        ("NO", "2025-04-17", OFF),
        ("IN", "2025-10-20", OFF),
        ("JP", "2025-05-05", OFF),
    ],
)
def test_a_holiday_is_where_it_belongs(country, day, expected):
    assert left(country, day) == expected


@pytest.mark.parametrize(
    ("year", "expected"),
    [(2000, "2000-04-23"), (2019, "2019-04-21"), (2024, "2024-03-31"), (2025, "2025-04-20"), (2038, "2038-04-25")],
)
def test_easter_is_when_the_church_says(year, expected):
    assert easter(year) == dt.date.fromisoformat(expected)


@pytest.mark.parametrize(("year", "day"), [(2014, "2014-01-31"), (2012, "2012-01-23"), (2037, "2037-02-15")])
def test_outside_the_table_the_lunar_new_year_is_within_its_week(year, day):
    assert left("CN", day) == OFF


def test_most_days_of_every_country_are_no_holidays():
    share = daily_share(Calendar(dt.date(2025, 1, 1), 52), COUNTRIES)[:, :365]
    assert ((share < 1).sum(axis=1) >= 5).all() and ((share == 1).mean(axis=1) > 0.9).all()
    assert set(np.unique(share)) == {OFF, QUIET, HALF, 1.0}
