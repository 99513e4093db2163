"""Whose list has room for whom: never beyond capacity, key accounts met where they can be, names that stay, little given up."""

import os

import numpy as np
import pandas as pd
import pytest

from renewcast.plays.capacity import fill

DEEP = os.environ.get("RENEWCAST_DEEP") == "1"
SETTINGS = {"capacity": 50, "every_days": 90, "margin": 0.2}


def company(n: int, owners: int, seed: int, *, listed: float = 0.4, key: float = 0.1) -> pd.DataFrame:
    """Accounts with savings of long tails, of owners of unlike size."""
    rng = np.random.default_rng(seed)
    saving = np.exp(rng.normal(6, 2, n)) * (rng.random(n) < 0.9)
    saving[rng.random(n) < 0.05] = np.nan
    return pd.DataFrame(
        {
            "account_id": [f"A{number:06}" for number in rng.permutation(n)],
            "owner": np.where(
                rng.random(n) < 0.02, None, np.array([f"O{one}" for one in rng.integers(0, owners, n)], dtype=object)
            ),
            "saving": saving,
            "arr": np.exp(rng.normal(9, 1, n)),
            "is_key": rng.random(n) < key,
            "days_since_contact": np.where(rng.random(n) < 0.03, np.inf, rng.integers(0, 200, n)),
            "was_listed": rng.random(n) < listed,
        }
    )


def due(accounts: pd.DataFrame) -> pd.Series:
    return accounts["is_key"] & (accounts["days_since_contact"] + 7 > SETTINGS["every_days"])


@pytest.mark.parametrize("seed", range(8))
def test_no_list_is_longer_than_its_owner_has_time_and_its_places_count_from_one(seed):
    accounts = company(700, 5, seed)
    accounts["place"] = fill(accounts, **SETTINGS | {"capacity": 30})
    for _, part in accounts.dropna(subset="place").groupby("owner", dropna=False):
        assert sorted(part["place"]) == list(range(1, len(part) + 1)) and len(part) <= 30
        assert (part.sort_values("place")["saving"].fillna(0).diff().dropna() <= 0).all()


@pytest.mark.parametrize("seed", range(8))
def test_every_key_account_that_is_due_is_listed_where_there_is_room(seed):
    accounts = company(600, 4, seed, key=0.3)
    capacity = 25
    accounts["has_place"] = fill(accounts, **SETTINGS | {"capacity": capacity}).notna()
    for _, part in accounts.groupby(accounts["owner"].fillna("")):
        asked = part[due(part)]
        listed = asked[asked["has_place"]]
        assert len(listed) == min(len(asked), capacity)
        if len(listed) and len(listed) < len(asked):  # those who waited longest come first
            assert listed["days_since_contact"].min() >= asked.loc[~asked["has_place"], "days_since_contact"].max()


def test_who_saves_nothing_and_is_not_due_has_no_place():
    accounts = company(50, 1, 0).assign(saving=[0.0, np.nan] * 25, is_key=False)
    assert fill(accounts, **SETTINGS).isna().all()


@pytest.mark.parametrize(("newcomer", "stays"), [(100.0, True), (119.0, True), (121.0, False)])
def test_a_name_stays_unless_another_beats_it_by_the_margin(newcomer, stays):
    accounts = pd.DataFrame({"account_id": ["A", "B"], "owner": "Ann", "saving": [100.0, newcomer], "arr": 1.0})
    accounts = accounts.assign(is_key=False, days_since_contact=np.nan, was_listed=[True, False])
    assert (fill(accounts, **SETTINGS | {"capacity": 1}).notna().tolist() == [True, False]) == stays


@pytest.mark.parametrize("seed", range(6))
def test_savings_that_wobble_by_less_than_half_the_margin_change_no_name(seed):
    accounts = company(500, 4, seed, listed=0.0)
    accounts["is_key"] = False
    first = fill(accounts, **SETTINGS | {"capacity": 40}).notna()
    wobble = np.exp(np.random.default_rng(seed).uniform(-0.5, 0.5, len(accounts)) * np.log(1.2))
    again = accounts.assign(was_listed=first, saving=accounts["saving"] * wobble)
    pd.testing.assert_series_equal(fill(again, **SETTINGS | {"capacity": 40}).notna(), first)


def test_a_list_turns_over_by_little_from_week_to_week():
    """Savings drift by a tenth a week (one standard deviation, on the log): most names stay, more of them than without margin."""

    def turnover(margin):
        rng, accounts, gone = np.random.default_rng(3), company(1000, 5, 3, listed=0.0).assign(is_key=False), []
        for week in range(12):
            has_place = fill(accounts, capacity=50, every_days=90, margin=margin).notna()
            if week:
                gone.append(1 - (has_place & accounts["was_listed"]).sum() / has_place.sum())
            drift = np.exp(rng.normal(0, 0.1, len(accounts)))
            accounts = accounts.assign(was_listed=has_place, saving=accounts["saving"] * drift)
        return float(np.mean(gone))

    assert turnover(0.2) < 0.05
    assert turnover(0.2) < 0.7 * turnover(0.0)


@pytest.mark.parametrize("seed", range(40 if DEEP else 12))
def test_little_is_given_up_against_the_exact_optimum(seed):
    """An integer program without margins, over the same places and the same cover of key accounts; regret at most a tenth."""
    from scipy.optimize import Bounds, LinearConstraint, milp

    accounts, capacity = company(60, 3, seed, key=0.05), 8
    has_place = fill(accounts, **SETTINGS | {"capacity": capacity}).notna()
    saving, owner = accounts["saving"].fillna(0).to_numpy(), accounts["owner"].fillna("").to_numpy()
    whose = (owner[None, :] == np.unique(owner)[:, None]).astype(float)
    is_due = due(accounts).to_numpy()
    fewest = np.minimum(whose @ is_due, capacity)
    best = milp(
        -saving,
        constraints=[LinearConstraint(whose, -np.inf, capacity), LinearConstraint(whose * is_due, fewest, np.inf)],
        integrality=np.ones(len(saving)),
        bounds=Bounds(0, 1),
    )
    assert best.success
    assert (whose @ is_due <= capacity).all()  # else who is met goes by how long they waited, not by what they save
    assert saving[has_place].sum() >= 0.9 * -best.fun - 1e-9


def test_without_margin_it_is_the_exact_optimum():
    accounts = company(300, 3, 9).assign(is_key=False)
    saving = accounts["saving"].fillna(0)
    chosen = fill(accounts, capacity=20, every_days=90, margin=0.0).notna()
    best = saving.groupby(accounts["owner"].fillna("")).apply(lambda part: part.nlargest(20).sum()).sum()
    assert saving[chosen].sum() == pytest.approx(best)


def test_the_order_of_rows_changes_nothing():
    accounts = company(400, 4, 5)
    mixed = accounts.sample(frac=1, random_state=0)
    pd.testing.assert_series_equal(fill(mixed, **SETTINGS).sort_index(), fill(accounts, **SETTINGS))
