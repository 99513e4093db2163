"""Accounts that try for free: motions, the 3F checks, the double funnel, the hand-over to sales, all by hand on a few."""

import numpy as np
import pandas as pd
import pytest

from renewcast.markets.double_funnel import free_stages, funnel
from renewcast.markets.free_panel import FreePanel, free_panel
from renewcast.markets.handover import handover
from renewcast.markets.motion import motion_rates, motions
from renewcast.markets.propensity import propensity
from renewcast.markets.three_f import three_f

DAY = pd.Timestamp("2026-01-01")
TODAY = DAY + pd.Timedelta(days=400)


def days(*numbers):
    found = [pd.NaT if number is None else DAY + pd.Timedelta(days=number) for number in numbers]
    return pd.Series(found, index=list("ABCDEFGH")[: len(numbers)], dtype="datetime64[us]")


def dates():
    return pd.DataFrame(
        {
            "signed_up": days(0, 0, 0, 0),
            "first_use": days(0.0001, 1, 5, 30),
            "first_value": days(10, 20, None, 30),
            "last_use": days(300, 30, 5, 390),
            "bought_on": days(100, None, None, 2),
        }
    )


def motion():
    return motions(dates()["signed_up"], dates()["first_use"], dates()["bought_on"])


def test_who_paid_before_using_was_sold_to():
    assert motion().tolist() == ["product_led"] * 3 + ["sales_led"]


def test_3f_by_hand():
    found = three_f(dates(), pd.Series({"A": 14, "B": 28}), motion(), TODAY).set_index(["motion", "check"])
    led = found.loc["product_led"]
    assert led.loc["frequency", ["accounts", "share"]].tolist() == [2, 0.75]
    assert led.loc["used_every_working_day", "share"] == 0.5
    assert led.loc["used_within_48_hours", "share"] == pytest.approx(2 / 3)
    # Nine seconds after the sign-up a machine may have done it.
    assert led.loc["used_after_a_minute", "share"] == pytest.approx(1 / 3)
    assert led.loc["value_within_90_days", "share"] == pytest.approx(2 / 3) and led.loc["free", "share"] == 1
    assert found.loc[("sales_led", "free"), "share"] == 0


def test_the_free_funnel_by_hand():
    stages = free_stages(dates(), motion(), TODAY)
    assert stages["activated"].notna().tolist() == [True, True, False]
    # B used it for the last time ten days after its first value, so it was not retained, and what comes after does not count.
    assert stages["retained"].notna().tolist() == [True, False, False]
    table = funnel(stages, "free", TODAY).set_index("stage")
    assert table["accounts"].tolist() == [3, 2, 1, 1]
    assert table.loc["activated", "in_time"] == pytest.approx(2 / 3) and table.loc["activated", "median_days"] == 20
    assert table.loc["revenue", "median_days"] == 100 - 38


def test_rates_of_motions_by_hand():
    outcomes = pd.DataFrame({"conversion": [1.0, 0.0, np.nan, 1.0], "renewal": [1.0, np.nan, np.nan, np.nan]}, index=list("ABCD"))
    found = motion_rates(motion(), outcomes).set_index(["motion", "measure"])
    assert found.loc[("product_led", "conversion"), ["seen", "reached", "rate"]].tolist() == [2, 1, 0.5]
    assert ("sales_led", "renewal") not in found.index


def test_the_panel_looks_back_from_today():
    used = pd.DataFrame({"account_id": ["A", "B", "D"], "block": [0, 3, 0], "days": [5, 2, 9]})
    company = pd.Series({"A": "A", "B": "A", "C": "C", "D": "D"})
    panel = free_panel(dates(), motion(), company, used, TODAY)
    assert panel.account_id.tolist() == ["A", "B", "C"] and panel.company_names.tolist() == ["A", "C"]
    assert panel.active_days[0, 0] == 5 and panel.active_days[1, 3] == 2
    assert panel.bought.tolist()[0] == 300 and np.isnan(panel.bought[1]) and panel.company_bought.tolist()[:2] == [300, 300]
    # 308 days ago A had not bought yet, 280 days ago it had, and so had the company of B.
    assert panel.is_free(11).tolist() == [True, True, True] and panel.is_free(10).tolist() == [False, False, True]


def crowd(seed=0, companies=600, threshold=3, blocks=17):
    """Companies whose active people stay what they are; from the threshold on they buy four times as often as below."""
    rng = np.random.default_rng(seed)
    people = 1 + rng.poisson(3, companies)
    company = np.repeat(np.arange(companies), people)
    active = np.repeat((rng.random(len(company)) < 0.5)[:, None], blocks, axis=1) * 5.0
    many = np.bincount(company, weights=active[:, 0], minlength=companies) / 5
    rate = np.where(many >= threshold, 0.4, 0.08)
    ago = np.where(rng.random(companies) < rate * 4 / 3, rng.uniform(0, 13 * 28, companies), np.nan)
    n = len(company)
    names = np.array([f"C{number:04d}" for number in range(companies)], dtype=object)
    ids = np.array([f"P{number:05d}" for number in range(n)], dtype=object)
    return FreePanel(ids, company, names, active, np.full(n, 900.0), np.full(n, np.nan), ago[company], np.full(n, np.nan))


def test_the_threshold_is_learned_and_the_chance_never_falls():
    found = handover(crowd(), seed=1, draws=40)
    assert abs(found.threshold - 3) <= 1 and found.threshold_low <= 3 <= found.threshold_high
    assert (np.diff(found.curve["probability"]) >= 0).all() and found.rate_above > found.rate_below
    assert (found.companies["is_to_hand_over"] == (found.companies["active_people"] >= found.threshold)).all()
    assert found.companies["probability"].is_monotonic_decreasing


def test_nothing_is_learned_from_a_handful_of_purchases():
    panel = crowd(companies=20)
    nobody = FreePanel(**{**panel.__dict__, "company_bought": np.full(len(panel.company), np.nan)})
    assert handover(nobody, seed=1) is None and propensity(nobody) is None


def test_who_uses_more_is_likelier_to_pay_where_that_was_so():
    rng = np.random.default_rng(3)
    n, blocks = 1500, 17
    active = rng.poisson(rng.gamma(1.0, 6.0, n)[:, None], (n, blocks)).clip(0, 28).astype(float)
    buys = rng.random(n) < np.minimum(0.03 * active.mean(axis=1), 0.9)
    bought = np.where(buys, rng.uniform(0, 13 * 28, n), np.nan)
    names = np.array([f"A{number:05d}" for number in range(n)], dtype=object)
    panel = FreePanel(names, np.arange(n), names, active, rng.uniform(500, 900, n), bought, bought, np.full(n, np.nan))
    found = propensity(panel)
    assert found.drivers.set_index("driver").loc["active_days", "low"] > 0
    assert found.area > 0.6 and found.expected == pytest.approx(found.bought, rel=0.35)
    assert found.accounts["probability"].between(0, 1).all() and (found.accounts["low"] <= found.accounts["probability"]).all()
