"""Lifetime value against acquisition cost: worked by hand, limits of shrinkage, chances that add up, planted channels."""

import datetime as dt
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from revenue_histories import section

from renewcast.economics.behaviour import common_behaviour, holm
from renewcast.economics.customers import customers, monthly_churn, steady_value
from renewcast.economics.ratios import ratio_of_cells
from renewcast.economics.shrinkage import chance_of_best, shrink
from renewcast.economics.value_for_cost import signed_up_in, value_for_cost
from renewcast.params.sections import LifetimeSection
from renewcast.revenue.ledger import build_ledger

LIFETIME = LifetimeSection(gross_margin=0.8, annual_discount_rate=0.0, limit_months=60)


def rows_of(
    accounts: int, seed: int, channels=(("search", 5, 100.0, 800.0), ("referral", 2, 60.0, 900.0), ("paid", 3, 400.0, 700.0))
):
    """Customers of channels of which is known how many come, what each costs and what it is worth, in the mean."""
    rng = np.random.default_rng(seed)
    weight = np.array([channel[1] for channel in channels], dtype=float)
    which = rng.choice(len(channels), accounts, p=weight / weight.sum())
    cost = np.array([channel[2] for channel in channels])[which] * rng.lognormal(-0.08, 0.4, accounts)
    value = np.array([channel[3] for channel in channels])[which] * rng.lognormal(-0.18, 0.6, accounts)
    return pd.DataFrame(
        {
            "account_id": [f"A{number:05d}" for number in range(accounts)],
            "acquisition_channel": np.array([channel[0] for channel in channels], dtype=object)[which],
            "cost": cost.round(2),
            "value_ahead": value.round(2),
            "is_customer": True,
            "monthly_margin": value.round(2) / 50,
            "earned": 100.0,
            "is_modelled": True,
        }
    )


def test_one_cell_by_hand():
    rows = pd.DataFrame(
        {
            "account_id": ["a", "b", "c", "d"],
            "channel": ["x", "x", "x", None],
            "cost": [100.0, 300.0, 200.0, 50.0],
            "value_ahead": [800.0, 400.0, 0.0, 100.0],
            "is_customer": [True, True, False, True],
            "monthly_margin": [20.0, 30.0, 0.0, 5.0],
            "earned": [10.0, 20.0, 30.0, 40.0],
        }
    )
    found = value_for_cost(rows, ["channel"], seed=0).set_index("channel")
    assert found.index.tolist() in (["x", "unknown"], ["unknown", "x"])
    x = found.loc["x"]
    assert (x["customers"], x["mean_value"], x["mean_cost"], x["ratio"]) == (2, 600.0, 200.0, 3.0)
    assert x["payback_months"] == 8.0  # 400 over 50 a month
    assert x["won"] == 3 and x["whole_ratio"] == pytest.approx((60 + 1200) / 600)
    assert x["low"] == pytest.approx(400 / 300) and x["high"] == pytest.approx(8.0)


def test_the_planted_channels_are_told_apart():
    found = value_for_cost(rows_of(1500, 3), ["acquisition_channel"], seed=0).set_index("acquisition_channel")
    assert found.index.tolist() == ["referral", "search", "paid"]
    assert found["customers"].idxmax() == "search" and found["mean_cost"].idxmax() == "paid"
    assert found.loc["referral", "best_probability"] > 0.99 and found.loc["paid", "worst_probability"] > 0.99
    for name, truth in {"referral": 15.0, "search": 8.0, "paid": 1.75}.items():
        assert found.loc[name, "shrunken_ratio"] == pytest.approx(truth, rel=0.12)
    assert (found["shrunken_ratio"] / found["ratio"] - 1).abs().max() < 0.05


def test_chances_add_up_among_those_compared():
    rows = rows_of(300, 5).assign(year=lambda frame: np.where(np.arange(len(frame)) % 3 == 0, "2024", "2025"))
    found = value_for_cost(rows, ["year", "acquisition_channel"], seed=1, within="year")
    for name in ("best_probability", "worst_probability"):
        assert found.groupby("year")[name].sum().round(12).tolist() == [1.0, 1.0]
    alone = value_for_cost(rows, ["acquisition_channel"], seed=1)
    assert alone["best_probability"].sum() == pytest.approx(1) and alone["worst_probability"].sum() == pytest.approx(1)


def test_a_seed_repeats_to_the_last_bit():
    rows = rows_of(200, 6)
    one, same = (value_for_cost(rows, ["acquisition_channel"], seed=4) for _ in range(2))
    assert one.equals(same)


def test_nothing_known_is_told_as_nothing():
    rows = rows_of(50, 7).assign(cost=0.0)
    found = value_for_cost(rows, ["acquisition_channel"], seed=0)
    assert found["ratio"].isna().all() and found["best_probability"].isna().all() and (found["customers"] > 0).all()
    gone = value_for_cost(rows_of(50, 7).assign(is_customer=False, value_ahead=0.0), ["acquisition_channel"], seed=0)
    assert gone["ratio"].isna().all() and gone["whole_ratio"].notna().all()


@pytest.mark.parametrize(("noise", "wanted"), [(1e-6, [0.0, 1.0, 2.0]), (1e4, [1.0, 1.0, 1.0])])
def test_shrinkage_at_its_limits(noise, wanted):
    assert shrink([0.0, 1.0, 2.0], [noise] * 3).mean == pytest.approx(wanted, abs=1e-3)


def test_shrinkage_draws_the_uncertain_more_and_nothing_beyond_the_others():
    found = shrink([0.0, 0.1, -0.1, 2.0, 2.0], [0.1, 0.1, 0.1, 0.1, 1.5])
    assert found.mean[3] > found.mean[4] > found.centre and found.deviation[4] > found.deviation[3]
    assert np.all((found.mean >= -0.11) & (found.mean <= 2.0))
    nothing = shrink([1.0, np.nan], [0.2, np.nan])
    assert nothing.mean[0] == 1.0 and np.isnan(nothing.mean[1])


def test_equal_groups_have_equal_chances():
    best, worst = chance_of_best(shrink([1.0, 1.0, 1.0, 1.0], [0.5] * 4), seed=0)
    assert np.abs(best - 0.25).max() < 0.03 and worst.sum() == pytest.approx(1)
    best, _ = chance_of_best(shrink([1.0, 1.0], [0.0, 0.0]), seed=0)
    assert best == pytest.approx([0.5, 0.5], abs=0.05)


def test_shrinkage_has_less_error_than_the_estimates_and_intervals_that_hold():
    rng = np.random.default_rng(0)
    truth = rng.normal(1.0, 0.3, (300, 8))
    error = rng.uniform(0.1, 0.8, (300, 8))
    seen = truth + error * rng.standard_normal(truth.shape)
    told = [shrink(y, s) for y, s in zip(seen, error, strict=True)]
    mean, deviation = np.array([one.mean for one in told]), np.array([one.deviation for one in told])
    assert ((mean - truth) ** 2).mean() < 0.5 * ((seen - truth) ** 2).mean()
    inside = (np.abs(mean - truth) <= 1.6448536 * deviation).mean()
    assert 0.86 < inside < 0.95
    # Who is said to be best with so much certainty is it that often.
    chances = np.array([chance_of_best(one, seed=1, draws=500)[0] for one in told])
    first = np.take_along_axis(chances, chances.argmax(axis=1)[:, None], axis=1).mean()
    assert abs(first - (chances.argmax(axis=1) == truth.argmax(axis=1)).mean()) < 0.08


def test_an_interval_of_a_ratio_holds_its_truth_nine_times_in_ten():
    rng = np.random.default_rng(2)
    inside = []
    for seed in range(2):
        value, cost = rng.lognormal(0, 0.5, (40, 60)), rng.lognormal(0, 0.5, (40, 60))
        found = ratio_of_cells(np.repeat(np.arange(40), 60), value.ravel(), cost.ravel(), cells=40, seed=seed)
        inside.append((found["low"] < 1) & (found["high"] > 1))
    assert 0.8 <= np.mean(inside) <= 0.97


def test_large_cells_are_drawn_in_blocks_with_the_same_interval():
    rng = np.random.default_rng(9)
    value, cost = rng.lognormal(0, 0.8, 20_000), rng.lognormal(0, 0.3, 20_000)
    found = ratio_of_cells(np.zeros(20_000, dtype=int), value, cost, cells=1, seed=0).iloc[0]
    residual = value - found["ratio"] * cost
    by_delta = residual.std() / np.sqrt(20_000) / value.mean()
    assert found["log_deviation"] == pytest.approx(by_delta, rel=0.1)


def ledger_of(*terms):
    day = pd.to_datetime
    frame = pd.DataFrame(terms, columns=["contract_id", "starts_on", "ends_on", "cents"]).assign(
        account_id=lambda one: one["contract_id"]
    )
    frame = frame.assign(starts_on=day(frame["starts_on"]), ends_on=day(frame["ends_on"]), product=None, superseded_at=pd.NaT)
    frame["known_at"] = frame["starts_on"]
    return build_ledger(frame.astype({"superseded_at": "datetime64[us]"}), dt.date(2025, 7, 1), section(), zone="UTC")


def test_customers_by_hand():
    ledger = ledger_of(("A", "2025-01-01", "2026-01-01", 10000), ("B", "2025-01-01", "2025-04-01", 20000))
    accounts = pd.DataFrame({"acquisition_cost": [500.0, 800.0, 10.0, None]}, index=["A", "B", "C", "D"])
    found = customers(accounts, ledger, LIFETIME, pd.DataFrame({"account_id": ["A"], "lifetime_value": [3000.0]}))
    assert found["account_id"].tolist() == ["A", "B", "C"]
    assert found["monthly_margin"].tolist() == [80.0, 0.0, 0.0] and found["value_ahead"].tolist() == [3000.0, 0.0, 0.0]
    assert found["earned"].tolist() == [480.0, 480.0, 0.0] and found["is_customer"].tolist() == [True, False, False]
    # Eleven months' beginnings of customers, and one left.
    assert monthly_churn(ledger) == pytest.approx(1 / 8)
    plain = customers(accounts, ledger, LIFETIME)
    assert plain["value_ahead"].iloc[0] == pytest.approx(80 * steady_value(1 / 8, LIFETIME))
    assert steady_value(0.0, LIFETIME) == 60 and not plain["is_modelled"].any()


def test_years_of_sign_up_are_text():
    accounts = pd.DataFrame({"signed_up_at": pd.to_datetime(["2024-12-31", None])})
    assert signed_up_in(accounts).tolist() == ["2024", "unknown"]


def spec(name, driver="usage", is_categorical=False):
    return SimpleNamespace(name=name, driver=driver, is_categorical=is_categorical)


def test_behaviour_that_goes_with_value_is_found_and_noise_is_not():
    rng = np.random.default_rng(4)
    rows = rows_of(800, 4)
    best = (rows["value_ahead"] / rows["cost"]).rank(pct=True).to_numpy() > 0.75
    features = pd.DataFrame(
        {
            "logins": rng.poisson(np.where(best, 30, 10)),
            "nothing": rng.normal(size=800),
            "constant": 1.0,
            "mrr": np.where(best, 2.0, 1.0) + rng.normal(0, 0.1, 800),
            "plan": "basic",
        },
        index=rows["account_id"],
    )
    specs = [
        spec("logins"),
        spec("nothing"),
        spec("constant"),
        spec("mrr", "contract"),
        spec("plan", "usage", True),
        spec("absent"),
    ]
    found = common_behaviour(rows, features, specs)
    assert found["feature"].tolist() == ["logins", "nothing"]
    logins, nothing = found.iloc[0], found.iloc[1]
    assert logins["difference"] > 1 and logins["probability"] < 1e-6 and logins["low"] < logins["difference"] < logins["high"]
    assert nothing["probability"] > 0.05 and nothing["low"] < 0 < nothing["high"]
    assert common_behaviour(rows.head(5), features, specs).empty


def test_holm_never_reverses_an_order_and_never_exceeds_one():
    given = np.array([0.001, 0.5, 0.9, 0.02])
    corrected = holm(given)
    assert corrected.tolist() == [0.004, 1.0, 1.0, 0.06] and (np.diff(corrected[np.argsort(given)]) >= 0).all()
