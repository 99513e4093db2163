"""Outcomes that exclude each other sum to one, and models are trusted no further than they deserve."""

import json

import numpy as np
import pandas as pd
import pytest

from renewcast.estimators._definition import InputSpec, TrainingRows
from renewcast.estimators.amount import Amount
from renewcast.estimators.outcomes import Outcomes

SPECS = (InputSpec("seats", "contract", False), InputSpec("region", "tenure", True))
NAMES = ("late", "contracted", "flat", "expanded")


def rows(accounts: int, dates: int = 8, seed: int = 0) -> TrainingRows:
    generator = np.random.default_rng(seed)
    n = accounts * dates
    names = np.repeat([f"A{number:04d}" for number in range(accounts)], dates)
    as_of = np.datetime64("2025-01-06", "s") + np.tile(np.arange(dates), accounts) * np.timedelta64(28, "D")
    region = np.array(["north", "south", None], dtype=object)[generator.integers(0, 3, n)]
    features = pd.DataFrame({"seats": generator.normal(0, 1, n), "region": pd.Series(region, dtype=object)})
    return TrainingRows(features, np.ones(n, dtype=bool), names, names, as_of, np.zeros(n, dtype=bool))


def drawn(given: TrainingRows, strength: float, seed: int = 1) -> np.ndarray:
    """Draw outcomes whose log odds against "flat" follow the seats."""
    seats = given.features["seats"].to_numpy()
    z = np.column_stack([np.full(len(seats), -1.5), -1.5 - strength * seats, np.zeros(len(seats)), -1.0 + strength * seats])
    p = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
    at = (np.random.default_rng(seed).random(len(seats))[:, None] > p.cumsum(axis=1)).sum(axis=1)
    return np.array(NAMES, dtype=object)[np.minimum(at, 3)]


def loss(model, given, outcome) -> float:
    told = model.predict(given.features)
    return float(-np.log([told[name].iloc[row] for row, name in enumerate(outcome)]).mean())


@pytest.mark.parametrize("strength", [0.0, 1.0])
def test_they_sum_to_one_and_are_never_worse_than_the_shares_beyond_noise(strength):
    given, later = rows(200), rows(200, seed=5)
    outcome, came = drawn(given, strength), drawn(later, strength, seed=6)
    model = Outcomes(SPECS, NAMES).fit(given, outcome, embargo_days=56)
    told = model.predict(later.features)
    assert np.allclose(told.sum(axis=1), 1, atol=1e-12) and (told > 0).all(axis=None)
    shares = pd.Series(outcome).value_counts(normalize=True)
    plain = float(-np.log(shares[came]).mean())
    assert loss(model, later, came) < plain + (0.01 if strength == 0 else -0.05)


def test_an_outcome_that_hardly_anybody_shows_has_the_same_share_for_all():
    given = rows(100)
    outcome = np.where(np.isin(given.account_id, ["A0001", "A0002"]), "late", drawn(given, 1.0))
    outcome = np.where((outcome == "late") & ~np.isin(given.account_id, ["A0001", "A0002"]), "flat", outcome)
    model = Outcomes(SPECS, NAMES).fit(given, outcome, embargo_days=56)
    assert "late" not in model.models and {"flat", "expanded"} <= set(model.models)


@pytest.mark.parametrize("outcomes", [["flat"], ["flat", "flat", "expanded"]])
def test_a_handful_of_rows_is_enough(outcomes):
    few = rows(1, dates=len(outcomes))
    told = Outcomes(SPECS, NAMES).fit(few, np.array(outcomes), embargo_days=56).predict(few.features)
    assert np.allclose(told.sum(axis=1), 1) and told["flat"].iloc[0] > told["late"].iloc[0] > 0


def test_an_outcome_that_was_not_announced_is_refused():
    with pytest.raises(ValueError, match="unknown outcome lost"):
        Outcomes(SPECS, NAMES).fit(rows(1, dates=1), np.array(["lost"]), embargo_days=0)


def test_both_survive_their_files_to_the_bit():
    given = rows(150)
    split = Outcomes(SPECS, NAMES).fit(given, drawn(given, 1.0), embargo_days=56)
    ratio = np.exp(0.2 * given.features["seats"].to_numpy() + 0.1)
    amount = Amount(SPECS, seed=0).fit(given, ratio)
    assert all(name.endswith(".txt") or json.loads(data) for name, data in (split.to_state() | amount.to_state()).items())
    pd.testing.assert_frame_equal(Outcomes.from_state(split.to_state()).predict(given.features), split.predict(given.features))
    assert np.array_equal(Amount.from_state(amount.to_state()).predict(given.features), amount.predict(given.features))


def test_amounts_follow_what_moves_them_and_otherwise_are_the_mean():
    given, generator = rows(200), np.random.default_rng(3)
    seats = given.features["seats"].to_numpy()
    noise = generator.normal(0, 0.1, len(seats))
    model = Amount(SPECS, seed=0).fit(given, np.exp(0.3 * seats + noise))
    assert np.corrcoef(np.log(model.predict(given.features)), seats)[0, 1] > 0.95
    low, high = model.interval(given.features)
    inside = (np.exp(0.3 * seats + noise) >= low) & (np.exp(0.3 * seats + noise) <= high)
    assert 0.85 <= inside.mean() <= 0.99
    flat = Amount(SPECS, seed=0).fit(given, np.exp(0.2 + noise))
    assert flat.booster is None and flat.predict(given.features) == pytest.approx(np.exp(0.2 + noise).mean(), rel=1e-9)


def test_the_order_of_the_rows_never_changes_an_amount():
    given = rows(120)
    ratio = np.exp(0.3 * given.features["seats"].to_numpy())
    order = np.random.default_rng(0).permutation(len(given))
    again = Amount(SPECS, seed=0).fit(given.take(order), ratio[order])
    assert np.array_equal(again.predict(given.features), Amount(SPECS, seed=0).fit(given, ratio).predict(given.features))
