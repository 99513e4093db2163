"""Activity over time, the profile of those who stayed, and what runs ahead of what."""

import os

import numpy as np
import pandas as pd
import pytest

from renewcast.activity.healthy import distances, healthy, profiles
from renewcast.activity.lagged import correlate, lagged
from renewcast.activity.looks import EARLIER_DAYS, LOOKS, short_window
from renewcast.activity.over_time import over_time, panel
from renewcast.activity.readings import drawn_population
from renewcast.datasets.known import Known

DEEP = os.environ.get("RENEWCAST_DEEP") == "1"
DAYS = pd.to_datetime("2026-06-29") - pd.to_timedelta(91 * np.arange(4, -1, -1), unit="D")


@pytest.fixture(scope="module")
def known(company):
    day = company.snapshot_days(4)[-1]
    return Known(company.view, day, company.view.population([day]))


def test_the_past_year_is_made_of_the_rows_of_its_days(company, known):
    found = panel(known)
    window = short_window(known)
    assert found["as_of"].nunique() == LOOKS and window == 28
    day = sorted(found["as_of"].unique())[-1]  # the rows of the same day as elsewhere, computed in full
    row = company.features(pd.Timestamp(day).date()).set_index("account_id")
    then = found[found["as_of"] == day].set_index("account_id")
    assert list(then.index) == list(row.index)
    for stem in ("usage_events", "active_users", "active_days", "value_actions"):
        np.testing.assert_array_equal(then[stem], row[f"{stem}_28d"])
    added = over_time(found, window).set_index("as_of").loc[day]
    assert added["daily_active"] == pytest.approx(row["active_days_28d"].sum() / 28)
    assert added["active"] == (row["usage_events_28d"] > 0).sum()


def test_accounts_that_stand_for_all_have_the_rows_that_they_have_among_all(company, known):
    day = known.as_of.date()
    few = drawn_population(company.view, [day], most=40)
    whole = known.accounts[known.accounts["account_id"].isin(few["account_id"])].reset_index(drop=True)
    pd.testing.assert_frame_equal(few, whole)
    assert 15 < len(few) <= 40 and company.view.rollup.tables["accounts"].count().execute() > 100


def planted(effect, *, accounts=400, seed=0):
    """Made-up numbers in which what we did in one quarter moves what the customer does in the next by ``effect``."""
    rng = np.random.default_rng(seed)
    process = rng.poisson(4.0, (accounts, 5)).astype(float)
    noise = rng.normal(0, 0.5, (accounts, 5))
    follows = np.exp(3 + noise + effect * np.log1p(np.column_stack([np.full(accounts, 4.0), process[:, :-1]])))
    rows = pd.DataFrame(
        {
            "account_id": np.repeat([f"A{number:04d}" for number in range(accounts)], 5),
            "as_of": np.tile(DAYS, accounts),
            "stratum": 0,
            "did": process.ravel(),
            "follows": follows.ravel(),
            "apart": rng.poisson(20.0, accounts * 5).astype(float),
        }
    )
    return correlate(rows, ["did"], ["follows", "apart"])


def test_a_planted_lead_is_found_and_what_stands_apart_is_not():
    found = planted(0.8).set_index("predictive")
    assert found.loc["follows", "verdict"] == "moves" and found.loc["apart", "verdict"] == "not_shown"
    assert found.loc["follows", "low"] > 0.1 and found.loc["follows", "accounts"] == 400
    assert planted(-0.8).set_index("predictive").loc["follows", "verdict"] == "moves_against"


def test_where_nothing_leads_little_is_said_to():
    seeds = 400 if DEEP else 10
    wrong = sum((planted(0.0, accounts=120, seed=seed)["verdict"] != "not_shown").any() for seed in range(seeds))
    assert wrong <= (0.08 * seeds if DEEP else 3)


def test_a_shock_that_hits_all_accounts_moves_nobody():
    rows = pd.DataFrame({"account_id": np.repeat([f"A{n:03d}" for n in range(80)], 5), "as_of": np.tile(DAYS, 80), "stratum": 0})
    rng = np.random.default_rng(4)
    common = np.tile([1.0, 5.0, 2.0, 9.0, 3.0], 80)
    rows["did"] = common * 10 + rng.poisson(5, 400)
    rows["follows"] = np.roll(common, 1) * 30 + rng.poisson(5, 400)
    assert correlate(rows, ["did"], ["follows"])["verdict"].tolist() == ["not_shown"]


def test_few_accounts_and_constant_numbers_are_not_judged():
    rows = pd.DataFrame({"account_id": ["A"] * 5, "as_of": DAYS, "stratum": 0, "did": 1.0, "follows": range(5)})
    found = correlate(rows, ["did"], ["follows"])
    assert found["correlation"].isna().all() and found["verdict"].tolist() == ["not_shown"]
    many = pd.concat([rows.assign(account_id=f"A{n}") for n in range(60)])
    assert correlate(many, ["did"], ["follows"])["correlation"].isna().all()


def test_lags_of_a_company_are_sorted_and_inside_their_intervals(known):
    first = lagged(known)
    assert len(first) == 24
    assert (first["adjusted_p_value"].fillna(2).diff().dropna() >= 0).all()
    assert ((first["low"] <= first["correlation"]) & (first["correlation"] <= first["high"])).all()


def test_the_profile_is_that_of_who_stayed(company, known):
    found = healthy(known)
    before = company.view.population([known.as_of.date() - pd.Timedelta(days=EARLIER_DAYS)])
    staying = set(before.loc[before["is_eligible"], "account_id"])
    staying &= set(known.accounts.loc[known.accounts["is_eligible"], "account_id"])
    judged = found.then[found.then["stayed"]]
    assert set(judged["account_id"]) <= staying and len(judged) > 0.9 * len(staying)
    assert found.now["distance"].between(0, 1).all()
    assert found.profile.loc[found.profile["peers"] == "", "accounts"].max() <= len(staying)


def test_distances_by_hand():
    """Twenty peers use a and b alike; A uses a alone though it has b, B only has a, C uses what nobody else does."""
    peers = [(f"P{n:02d}", "", module, 0.5, True) for n in range(20) for module in "ab"]
    columns = ["account_id", "peers", "module", "share", "stayed"]
    staying = pd.DataFrame(peers, columns=columns)
    profile = profiles(staying)
    assert profile[["module", "share", "accounts"]].values.tolist() == [["a", 0.5, 20], ["b", 0.5, 20]]
    rows = [("A", "", "a", 1.0), ("A", "", "b", 0.0), ("B", "", "a", 1.0), ("C", "", "z", 1.0)]
    found = distances(pd.DataFrame(rows, columns=columns[:4]), profile).set_index("account_id")["distance"]
    assert found.to_dict() == {"A": 0.5, "B": 0.0, "C": pytest.approx(np.nan, nan_ok=True)}
    assert distances(staying, profile)["distance"].tolist() == [0.0] * 20


def test_whoever_stayed_is_not_held_against_himself():
    """One of two peers uses a alone, the other b alone: each is as far from the other as can be."""
    staying = pd.DataFrame(
        {"account_id": ["P", "P", "Q", "Q"], "peers": "", "module": list("abab"), "share": [1.0, 0.0, 0.0, 1.0], "stayed": True}
    )
    assert distances(staying, profiles(staying))["distance"].tolist() == [1.0, 1.0]
