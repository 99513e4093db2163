"""Tiers over time: kept by a margin, replayed over quarters from what was known, counted without a person lost."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from renewcast.datasets.revenue_at import revenue_at, revenue_over
from renewcast.datasets.some_features import some_features
from renewcast.params import TiersSection
from renewcast.segments.tier_history import quarter_days, tier_history, tiers_on
from renewcast.segments.tiers import arr_growth, tier
from renewcast.segments.transitions import conversion, steps, transition_matrix
from renewcast.segments.upgrade import FEWEST_EACH, USED, upgrades

POLICY = TiersSection(benchmark_min_arr=1000, benchmark_min_advocacy=1, value_add_min_arr_growth=0.1, keep_margin=0.1)
DAY = dt.date(2025, 12, 29)


@pytest.fixture(scope="module")
def history(company):
    return tier_history(company.view, DAY)


@pytest.mark.parametrize(
    ("arr", "growth", "advocacy", "before", "expected"),
    [
        (950, 0.0, 1, "benchmark", "benchmark"),
        (950, 0.0, 1, "ordinary", "ordinary"),
        (950, 0.0, 1, None, "ordinary"),
        (899, 0.0, 1, "benchmark", "ordinary"),
        (950, 0.0, 0, "benchmark", "ordinary"),
        (950, 0.2, 0, "benchmark", "value_add"),
        (10, 0.095, 0, "value_add", "value_add"),
        (10, 0.089, 0, "value_add", "ordinary"),
        (10, 0.095, 0, "benchmark", "ordinary"),
        (10, np.nan, 0, "value_add", "ordinary"),
        (1000, 0.0, 1, "value_add", "benchmark"),
    ],
)
def test_a_tier_is_lost_only_beyond_the_margin(arr, growth, advocacy, before, expected):
    assert tier([arr], [growth], [advocacy], POLICY, [before]).tolist() == [expected]


def test_without_a_margin_the_past_does_not_count():
    rng = np.random.default_rng(0)
    arr, growth, advocacy = rng.uniform(0, 2000, 500), rng.normal(0.1, 0.1, 500), rng.integers(0, 3, 500)
    before = rng.choice(["benchmark", "value_add", "ordinary"], 500)
    bare = POLICY.model_copy(update={"keep_margin": 0.0})
    assert (tier(arr, growth, advocacy, bare, before) == tier(arr, growth, advocacy, bare)).all()


def test_revenue_of_a_day_is_that_of_the_population_and_of_the_features(company):
    population = company.view.population([DAY])
    features = company.view.features(population)
    found = revenue_at(company.view, DAY).set_index("account_id")
    live = population[population["mrr"] > 0].set_index("account_id")["mrr"]
    assert found["arr"].tolist() == (12 * live).round(2).reindex(found.index).tolist() and len(found) == len(live)
    growth = pd.Series(np.asarray(arr_growth(features)), population["account_id"]).reindex(found.index)
    np.testing.assert_array_equal(found["arr_growth"].to_numpy(), growth.to_numpy())
    # Days that are read together are those of each alone.
    days = [DAY - dt.timedelta(weeks=13), DAY]
    together, alone = revenue_over(company.view, days), pd.concat([revenue_at(company.view, day).assign(day=day) for day in days])
    assert (together["day"].dt.date == alone["day"].to_numpy()).all()
    pd.testing.assert_frame_equal(together.drop(columns="day"), alone.drop(columns="day").reset_index(drop=True))
    some = some_features(company.view, population[["account_id", "as_of"]], USED)
    pd.testing.assert_frame_equal(some, features[list(some.columns)])


def test_quarters_begin_on_the_same_days_whatever_week_one_asks_in(company):
    calendar = company.view.calendar
    asked = [quarter_days(calendar, DAY - dt.timedelta(weeks=back))[:-1] for back in range(6)]
    assert all(days == asked[0] for days in asked) and all(day.month in (1, 4, 7, 10) and day.day <= 7 for day in asked[0])
    assert quarter_days(calendar, asked[0][-1])[-2:] == asked[0][-2:]


def test_a_history_replays_what_was_known_then(company, history):
    """The tiers of an earlier day do not know what came later."""
    earlier = tier_history(company.view, dt.date(2025, 7, 7))
    both = history[history["day"].isin(earlier["day"].unique())]
    merged = earlier.merge(both, on=["day", "account_id"], suffixes=("", "_later"))
    assert len(merged) == len(earlier) and (merged["tier"] == merged["tier_later"]).all()


def test_the_list_shows_the_last_day_of_the_history(company, history):
    accounts = pd.Series(["nobody", *history["account_id"].unique()[:40]])
    shown = dict(zip(accounts, tiers_on(company.view, accounts, DAY), strict=True))
    now = history[history["day"] == pd.Timestamp(DAY)].set_index("account_id")["tier"].to_dict()
    assert shown == {account: now.get(account, "ordinary") for account in accounts}


def test_every_account_of_a_quarter_is_somewhere_a_quarter_later(history):
    moves = steps(history)
    days = sorted(history["day"].unique())
    assert sorted(moves["quarter"].unique()) == days[:-2]  # the quarter of the last day is not over
    for day, after in zip(days[:-2], days[1:-1], strict=True):
        mine = moves[moves["quarter"] == day]
        there = set(history.loc[history["day"] == after, "account_id"])
        assert set(mine["account_id"]) == set(history.loc[history["day"] == day, "account_id"])
        assert (mine["next_tier"] == "gone").sum() == len(set(mine["account_id"]) - there)
    matrix = transition_matrix(moves)
    sums = matrix.groupby("tier")["share"].sum()
    assert matrix["accounts"].sum() == len(moves) and sums[sums > 0].round(9).eq(1).all()
    assert (matrix["low"] <= matrix["share"].fillna(0)).all() and (matrix["share"].fillna(0) <= matrix["high"]).all()
    by_quarter = conversion(moves)
    converted = matrix[(matrix["tier"] == "ordinary") & (matrix["next_tier"] == "value_add")]
    assert by_quarter["converted"].sum() == converted["accounts"].item()


def test_intervals_are_as_wide_as_quarters_differ():
    even = pd.DataFrame(
        {"quarter": np.repeat([1, 2, 3, 4], 100), "tier": "ordinary", "next_tier": (["value_add"] * 10 + ["ordinary"] * 90) * 4}
    )
    uneven = even.assign(next_tier=["value_add"] * 40 + ["ordinary"] * 360)
    wide = [transition_matrix(one).query("tier == 'ordinary' and next_tier == 'value_add'").iloc[0] for one in (even, uneven)]
    assert wide[0]["share"] == wide[1]["share"] == 0.1
    assert wide[1]["high"] - wide[1]["low"] > 3 * (wide[0]["high"] - wide[0]["low"])


def made_up(signal: float, seed: int = 0, accounts: int = 400):
    """Quarters of accounts of whom nothing else is known; who recommended us rises more often, by so many log odds each."""
    rng = np.random.default_rng(seed)
    ids = np.array([f"A{one:04d}" for one in range(accounts)], dtype=object)
    days = pd.date_range("2024-07-01", periods=7, freq="91D").as_unit("us")
    parts = []
    for _ in days:
        advocacy = rng.integers(0, 4, accounts)
        parts.append(
            pd.DataFrame({"account_id": ids, "arr": rng.uniform(1e3, 9e3, accounts), "arr_growth": 0.0, "advocacy": advocacy})
        )
    for place, part in enumerate(parts):
        part["day"] = days[place]
        earlier = parts[place - 1]["advocacy"].to_numpy() if place else np.zeros(accounts)
        rises = rng.random(accounts) < 1 / (1 + np.exp(2.0 - signal * (earlier - 1.5)))
        part["tier"] = np.where(rises, "value_add", "ordinary")
    return pd.concat(parts, ignore_index=True)


def told(company, signal):
    history = made_up(signal)
    return upgrades(company.view, history, pd.DataFrame(index=history["account_id"].unique()))


def test_a_chance_that_depends_on_what_is_known_is_learnt(company):
    one = told(company, 1.0)
    assert one.has_skill and one.gain > 2 * one.gain_error and next(iter(one.weights)) == "advocacy"
    chance = one.accounts["upgrade_probability"]
    assert chance.is_monotonic_decreasing and (one.accounts["low"] < chance).all() and (chance < one.accounts["high"]).all()
    assert one.expected[0] <= one.expected[1] <= one.expected[2]


def test_without_skill_everybody_carries_the_base_rate(company):
    one = told(company, 0.0)
    assert not one.has_skill and one.accounts["upgrade_probability"].nunique() == 1 and not one.weights
    assert one.accounts["low"].iloc[0] < one.base_rate < one.accounts["high"].iloc[0]


def test_with_too_few_upgrades_nothing_is_fitted(company, history):
    first = history[history["day"] <= sorted(history["day"].unique())[1]]
    one = upgrades(company.view, first, pd.DataFrame(index=first["account_id"].unique()))
    assert one.learnt_from == 0 and not one.has_skill and FEWEST_EACH > 0
