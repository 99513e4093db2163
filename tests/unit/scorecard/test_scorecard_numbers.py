"""Cover, load, renewals, losses and pits, against worked examples, and tests that must be silent where nothing is."""

import copy
import dataclasses
import os

import numpy as np
import pandas as pd
import pytest
from spec.signals_example import T, company

from renewcast.datasets.known import Known
from renewcast.scorecard._definition import Series
from renewcast.scorecard.ahead import ahead, lead_of
from renewcast.scorecard.key_accounts import cover, cover_by_owner, key_accounts
from renewcast.scorecard.load import effort, load, new_customers, shrunk_rates
from renewcast.scorecard.months import Months
from renewcast.scorecard.owners import left_by_owner
from renewcast.scorecard.pits import between_owners, play_worth, reactive
from renewcast.scorecard.readiness import readiness
from renewcast.scorecard.renewals import at_risk, lost_at, lost_at_rates, own_loss, renewal_share

DEEP = os.environ.get("RENEWCAST_DEEP") == "1"


def known_of(view, as_of=T):
    return Known(view, as_of, view.population([as_of]))


# -- C12 -------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def small():
    """A, B and C are key accounts; D is small. 2026-03-31 is 90 days before the day, 2026-03-30 is 91."""
    view = company(
        contracts="""
            account | starts_on  | ends_on    | mrr
            A       | 2024-01-01 | 2027-01-01 | 2000
            B       | 2024-01-01 | 2027-01-01 | 3000
            C       | 2024-01-01 | 2027-01-01 | 2500
            D       | 2024-01-01 | 2027-01-01 | 100
            """,
        touchpoints="""
            account | occurred_at | kind
            A       | 2026-03-31  | call
            B       | 2026-03-30  | call
            D       | 2024-03-30  | call
            D       | 2026-05-02  | call
            D       | 2026-05-11  | call
            D       | 2026-05-12  | call
            """,
        tickets="""
            account | opened_at
            D       | 2026-05-01
            D       | 2026-05-04
            A       | 2026-06-01
            """,
    )
    return known_of(view)


def test_key_accounts_are_overdue_from_the_day_after_their_rhythm(small):
    listed = key_accounts(small, pd.Series({"A": "Ann", "B": "Ann", "C": "Bo"}))
    assert listed[["account_id", "owner", "overdue_days"]].values.tolist() == [
        ["C", "Bo", float("inf")], ["B", "Ann", 1.0], ["A", "Ann", 0.0]
    ]  # fmt: skip
    assert cover(listed) == {"key_accounts": 3, "met": 1, "overdue": 2, "share": 1 / 3, "arr_overdue": 66000.0}
    assert cover_by_owner(listed)[["owner", "key_accounts", "met", "share"]].values.tolist() == [
        ["Bo", 1, 0, 0.0],
        ["Ann", 2, 1, 0.5],
    ]


def test_without_touchpoints_nothing_is_said_of_cover_or_of_answers(small):
    view = copy.copy(small.view)
    kept = {name: rows for name, rows in view.store.tables.items() if name != "touchpoints"}
    view.store = dataclasses.replace(view.store, tables=kept)
    known = Known(view, T, small.accounts)
    assert key_accounts(known) is None and reactive(known) is None


# -- C14, C15 --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("revenue", "lost"), [(10_000_000, 1_000_000), (100_000_000, 10_000_000)])
def test_a_tenth_of_churn_takes_a_tenth_of_revenue(revenue, lost):
    assert lost_at(revenue, 0.1) == lost
    table = lost_at_rates(revenue, 0.07).set_index("rate")
    assert table.loc[0.1, "lost"] == lost and table.loc[0.1, "new_a_month"] == pytest.approx(lost / 12)
    assert table["is_own"].tolist() == [False, False, True, False, False, False]


def test_the_parts_of_revenue_add_up_to_the_cent(company):
    ledger = company.ledger(company.snapshot_days(4)[-1])
    table = renewal_share(ledger)
    assert len(table) == len(ledger.months) - 12
    assert (table["renewed_cents"] + table["expanded_cents"] + table["new_cents"] == table["total_cents"]).all()
    assert (table[["renewed_cents", "expanded_cents", "new_cents"]] >= 0).all(axis=None)
    last = table.iloc[-1]
    was = ledger.is_customer[:, -13]
    assert last["renewed_cents"] == np.minimum(ledger.cents[was, -1], ledger.cents[was, -13]).sum()
    loss = own_loss(ledger)
    assert loss["opening"] - loss["churned"] - loss["contracted"] + loss["expanded"] + loss["arrived"] == pytest.approx(
        loss["arr"]
    )
    assert loss["opening"] - loss["churned"] - loss["contracted"] == pytest.approx(last["renewed_cents"] * 12 / 100)


def test_revenue_at_risk_holds_what_chance_and_doubt_make_of_it():
    """With no doubt the interval is that of independent accounts; with one account of all the revenue it spans nearly all."""
    even = pd.DataFrame({"mrr": 100.0, "churn_probability": [0.2] * 400, "churn_low": 0.2, "churn_high": 0.2})
    found = at_risk(even, 91)
    assert found["expected"] == pytest.approx(0.2 * 400 * 1200) and found["share"] == pytest.approx(0.2)
    left = np.random.default_rng(1).binomial(400, 0.2, 4000) * 1200.0
    assert ((left >= found["low"]) & (left <= found["high"])).mean() == pytest.approx(0.9, abs=0.03)
    assert found["new_a_month"] == pytest.approx(found["expected"] / 91 * 30.4375)
    doubted = at_risk(even.assign(churn_low=0.1, churn_high=0.4), 91)
    assert doubted["low"] < found["low"] and doubted["high"] > found["high"]
    assert at_risk(even.assign(mrr=np.nan), 91) is None and at_risk(even.assign(churn_probability=np.nan), 91) is None


# -- C11, C80 --------------------------------------------------------------------------------------------------------


def test_effort_is_drawn_to_the_mean_the_less_was_seen():
    found = shrunk_rates(np.array([0.0, 1000.0, 90.0]), np.array([2.0, 500.0, 30.0]))
    mean = 1090 / 532
    assert mean * 0.9 < found["expected"][0] < mean and found["expected"][1] == pytest.approx(2.0, abs=0.02)
    assert mean < found["expected"][2] < 3.0
    assert (found["low"] < found["expected"]).all() and (found["expected"] < found["high"]).all()


def test_load_adds_up_and_lists_shorten_with_effort(company):
    day = company.snapshot_days(4)[-1]
    known = known_of(company.view, day)
    accounts = company.view.attributes(day).reset_index()[["account_id"]].sort_values("account_id")
    months = Months(Known(company.view, day, accounts), company.ledger(day))
    cells, expected = effort(known, months)
    assert list(expected.index) == known.accounts["account_id"].tolist() and (expected > 0).all()
    contacts = company.table("touchpoints", as_of=day)
    looks = [day - pd.Timedelta(days=28 * back) for back in range(1, 13)]
    counted, scope = 0, company.view.population(looks)
    for look in pd.to_datetime(looks):
        mine = contacts["occurred_at"].between(look, look + pd.Timedelta(days=28), inclusive="left")
        counted += (mine & contacts["account_id"].isin(scope.loc[scope["as_of"] == look, "account_id"])).sum()
    assert (cells["contacts"] * cells["months"]).sum() == pytest.approx(counted)
    owner, arr = company.view.attributes(day)["owner"], 12 * known.accounts.set_index("account_id")["mrr"]
    table = load(expected, owner, arr, 5)
    assert table["accounts"].sum() == len(expected) and table["effort"].sum() == pytest.approx(expected.sum())
    assert (table["places"] <= table["accounts"]).all()
    twice = load(expected * np.where(owner.reindex(expected.index) == table["owner"][0], 3.0, 1.0), owner, arr, 5)
    assert twice.set_index("owner").loc[table["owner"][0], "places"] < 5
    new = new_customers(company.ledger(day), owner)
    assert new["new_a_month"].sum() * 12 == (company.ledger(day).movement[:, -12:] == 1).sum()


# -- C81 -------------------------------------------------------------------------------------------------------------


def test_contacts_within_a_week_after_a_ticket_are_reactive(small):
    """Of the year's five contacts two follow: D's of 2 and 11 May; its third is eight days after the second ticket."""
    found = reactive(small)
    assert (found["contacts"], found["reactive"], found["share"]) == (5, 2, 0.4)
    # Tickets of D cover 1 to 11 May, that of A 1 to 8 June: three contacts with 10 days of the year, one with 7, one with none.
    assert found["chance"] == pytest.approx((3 * 10 + 7) / 5 / 364)


def made_up(spread, *, seed, owners=20, accounts=60):
    rng = np.random.default_rng(seed)
    owner = np.repeat(np.arange(owners), accounts)
    stratum = rng.integers(0, 4, owners * accounts)
    z = np.array([-2.5, -1.5, -0.8, 0.0])[stratum] + spread * rng.normal(size=owners)[owner]
    frame = pd.DataFrame({"owner": [f"O{number:02d}" for number in owner], "stratum": stratum})
    return frame.assign(left=rng.random(len(frame)) < 1 / (1 + np.exp(-z)))


def test_owners_that_differ_are_told_from_owners_that_do_not():
    table, found = between_owners(made_up(0.8, seed=1), seed=0)
    assert found["p_value"] < 0.01 and found["low"] < 0.8 < found["high"] and found["low"] > 0.2
    assert table["left"].sum() == pytest.approx(table["expected"].sum())
    assert ((table["drawn"] - 1).abs() <= (table["ratio"] - 1).abs() + 1e-12).all()
    _, silent = between_owners(made_up(0.0, seed=2), seed=0)
    assert silent["p_value"] > 0.05 and silent["low"] == 0.0


def test_the_spread_between_owners_holds_its_promise():
    seeds = 200 if DEEP else 6
    wrong = held = 0
    for seed in range(seeds):
        wrong += between_owners(made_up(0.0, seed=seed), seed=seed, draws=199)[1]["p_value"] < 0.05
        told = between_owners(made_up(0.5, seed=1000 + seed), seed=seed, draws=19)[1]
        held += told["low"] <= 0.5 <= told["high"]
    assert wrong <= (0.09 * seeds if DEEP else 3)
    assert held >= (0.8 if DEEP else 0.6) * seeds


def test_accounts_of_other_strata_do_not_make_an_owner_bad():
    """One owner has only accounts of the worst stratum, and as many leave as do there."""
    rng = np.random.default_rng(5)
    frame = pd.DataFrame({"owner": np.repeat(["a", "b", "c", "d"], 200), "stratum": np.repeat([0, 0, 0, 1], 200)})
    rest = pd.DataFrame({"owner": np.tile(["a", "b", "c"], 100), "stratum": 1})
    frame = pd.concat([frame, rest], ignore_index=True)
    frame["left"] = rng.random(len(frame)) < np.where(frame["stratum"] == 1, 0.5, 0.1)
    table, found = between_owners(frame, seed=0)
    assert found["p_value"] > 0.05
    assert table.set_index("owner").loc["d", "ratio"] == pytest.approx(1.0, abs=0.2)


def test_who_left_is_judged_by_what_was_known_a_year_ago(company):
    day = company.snapshot_days(4)[-1]
    frame = left_by_owner(company.view, day, company.view.population([day]))
    then = company.view.population([day - pd.Timedelta(days=364)])
    now = company.view.population([day])
    assert set(frame["account_id"]) == set(then.loc[then["is_eligible"], "account_id"])
    stays = set(now.loc[now["is_eligible"], "account_id"])
    assert (frame["left"] == ~frame["account_id"].isin(stays)).all() and frame["left"].any()
    assert left_by_owner(company.view, company.snapshot_days()[10], company.view.population([day])) is None


def test_too_few_owners_are_not_compared():
    table, found = between_owners(pd.DataFrame({"owner": ["a", "b"], "stratum": 0, "left": [True, False]}), seed=0)
    assert np.isnan(found["spread"]) and table["ratio"].isna().all()


def test_a_play_is_worth_what_it_takes_off_the_probability(company):
    from renewcast.plays.known import known_plays

    day = company.snapshot_days(4)[-1]
    known, library, effects = known_of(company.view, day), company.plays_library(), company.play_effects(day)
    probability = pd.Series(0.2, index=known.accounts["account_id"])
    table = play_worth(known_plays(company.view, day), library, effects, known, probability).set_index("play")
    for play in library.plays:
        row, odds = table.loc[play.id], 0.25 * np.exp(-effects[play.id]["effect"])
        assert row["saved"] == pytest.approx(row["arr"] * (odds / (1 + odds) - 0.2))
        assert row["low"] <= row["saved"] <= row["high"] and row["hours"] == play.effort_hours * row["begun"]
    nothing = {name: {**one, "effect": 0.0} for name, one in effects.items()}
    assert (play_worth(known_plays(company.view, day), library, nothing, known, probability)["saved"] == 0).all()


# -- 5-star metrics before the others --------------------------------------------------------------------------------


def test_a_planted_lead_is_found_in_the_right_direction():
    rng = np.random.default_rng(3)
    first = rng.normal(size=36)
    then = np.concatenate([rng.normal(size=2), first[:-2]]) + 0.4 * rng.normal(size=36)
    assert lead_of(first, then, seed=1)["p_value"] < 0.01
    found = lead_of(then, first, seed=1)
    assert found["p_value"] > 0.05 and found["behind"] > found["lead"]
    assert lead_of(first, -then, sign=-1, seed=1)["p_value"] < 0.01


def test_series_that_only_drift_together_do_not_lead():
    seeds = 400 if DEEP else 40
    wrong = 0
    for seed in range(seeds):
        rng = np.random.default_rng(seed)
        walks = rng.normal(size=(2, 36)).cumsum(axis=1) + np.arange(36)
        wrong += lead_of(walks[0], walks[1], seed=seed, draws=199)["p_value"] < 0.05
    assert wrong <= (0.08 if DEEP else 0.15) * seeds


def test_short_series_are_called_short_and_verdicts_repeat():
    rng = np.random.default_rng(0)
    short = {"trainings": Series(rng.normal(size=12)), "ordinary_renewal_rate": Series(rng.normal(size=12))}
    assert ahead(short, seed=0)["verdict"].tolist() == ["too_short"]
    first = rng.normal(size=36)
    then = np.concatenate([rng.normal(size=1), first[:-1]]) + 0.2 * rng.normal(size=36)
    long = {"trainings": Series(first), "ordinary_renewal_rate": Series(then), "churn_rate": Series(then)}
    found = ahead(long, seed=0)
    assert found["verdict"].tolist() == ["leads"] and found["then"].tolist() == ["ordinary_renewal_rate"]
    pd.testing.assert_frame_equal(found, ahead(long, seed=0))


# -- C57 -------------------------------------------------------------------------------------------------------------


def test_readiness_follows_its_rules(company):
    day = company.snapshot_days(4)[-1]
    known, features = known_of(company.view, day), company.features(day).set_index("account_id")
    probability = pd.Series(np.linspace(0, 1, len(features)), index=features.index)
    found = readiness(known, features, probability).set_index("account_id")
    assert set(found.index) == set(features.index)
    assert (found["has_value"].reindex(features.index) == (customer_milestones(company, day, features.index) > 0)).all()
    assert found["stays"].mean() == pytest.approx(0.5, abs=0.02) and found["is_used"].mean() == pytest.approx(0.5, abs=0.1)
    ready = found[found["step"] == "campaign"]
    assert ready[["has_value", "is_used", "stays", "promotes"]].all(axis=None) and (ready["score"] == 4).all()
    assert not found.loc[found["step"] == "not_yet", "has_value"].any()
    assert readiness(known, features.drop(columns=[c for c in features if "usage_events" in c or "value_actions" in c])) is None


def customer_milestones(company, day, ids):
    reached = company.table("milestones", as_of=day)
    reached = reached[reached["kind"].eq("customer") & reached["achieved_at"].notna()]
    return reached.groupby("account_id").size().reindex(ids).fillna(0)
