"""Asking the engine for the first days only gives what is left of all days; the interval of a ratio is that of the bootstrap."""

import numpy as np
import pandas as pd
import pytest

from renewcast.revenue.cohort_members import active_days, first_active_day
from renewcast.revenue.ratio_interval import ratio_interval


@pytest.mark.parametrize("within_days", [7, 90])
def test_the_first_days_are_those_of_all_days(company, within_days):
    as_of = company.day(None)
    every = active_days(company.view, "usage", as_of)
    assert first_active_day(company.view, "usage", as_of) == every["day"].min()
    began = every.groupby("account_id")["day"].min().rename("began").reset_index()
    began["began"] += np.arange(len(began)) % 5 - 2
    joined = every.merge(began, on="account_id")
    wanted = joined[(joined["day"] >= joined["began"]) & (joined["day"] < joined["began"] + within_days)]
    found = active_days(company.view, "usage", as_of, began=began, within_days=within_days)
    pd.testing.assert_frame_equal(found, wanted[["account_id", "day"]].reset_index(drop=True))


def test_the_interval_of_a_ratio_is_that_of_drawing_customers_again():
    rng = np.random.default_rng(5)
    start = rng.lognormal(8, 1, 400)
    end = start * rng.choice([0.0, 0.9, 1.0, 1.4], 400, p=[0.15, 0.1, 0.6, 0.15])
    ratio, low, high = ratio_interval(end, start)
    drawn = rng.integers(0, 400, (4000, 400))
    again = np.percentile(end[drawn].sum(axis=1) / start[drawn].sum(axis=1), [5, 95])
    assert ratio == pytest.approx(end.sum() / start.sum())
    assert [low, high] == pytest.approx(again, abs=0.1 * (high - low))


@pytest.mark.parametrize(("part", "whole"), [([], []), ([0.0], [0.0])])
def test_the_ratio_of_nothing_is_not_told(part, whole):
    assert all(np.isnan(one) for one in ratio_interval(part, whole))
