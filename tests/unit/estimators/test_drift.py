"""Drift of the base rate: found where it goes one way, never mistaken for a season, and never carried beyond what is shown."""

import numpy as np
import pytest

from renewcast.estimators.drift import fit_drift
from renewcast.estimators.logit import logit, sigmoid

WEEKS = np.arange(0, 130, 4)
SEEDS = range(30)
LEVELS = {
    "nothing": 0.0 * WEEKS,
    "season": 0.8 * np.cos(2 * np.pi * WEEKS / 52),
    "christmas": 1.5 * (WEEKS % 52 > 46),
    "rising": 0.5 * WEEKS / 52,
    "falling": -0.5 * WEEKS / 52,
    "rising through the seasons": 0.8 * np.cos(2 * np.pi * WEEKS / 52) + 0.5 * WEEKS / 52,
    "there and back": 0.8 * np.sin(np.pi * WEEKS / 130),
}


def drift(name, seed, known=0.0, dates=33, accounts=400):
    """Fit the drift of accounts whose rows repeat each other; ``known`` is the part of the level that the features explain."""
    generator = np.random.default_rng(seed)
    level, weeks = LEVELS[name][:dates], min(dates, len(WEEKS))
    odds = -1.8 + level + generator.normal(0, 0.8, accounts)[:, None]
    luck = np.repeat(generator.random((accounts, weeks)), 3, axis=1)[:, :weeks]
    label = (luck < sigmoid(odds)).ravel()
    as_of = np.tile(np.datetime64("2024-01-01", "s") + WEEKS[:weeks] * np.timedelta64(7, "D"), accounts)
    told = np.tile(known * (level - level.mean()), accounts) + logit(np.array([label.mean()]))[0]
    return fit_drift(told, label, as_of, np.repeat(np.arange(accounts).astype(str), weeks))


@pytest.mark.parametrize("name", ["nothing", "season", "christmas"])
def test_what_comes_back_every_year_is_no_drift(name):
    assert np.mean([drift(name, seed) != 0 for seed in SEEDS]) <= 0.1


@pytest.mark.parametrize(("name", "sign"), [("rising", 1), ("falling", -1), ("rising through the seasons", 1)])
def test_a_level_that_goes_one_way_is_followed_to_the_last_date_and_not_beyond(name, sign):
    found = np.array([drift(name, seed) for seed in SEEDS]) * sign
    # Half a log odds a year, carried from the middle of two and a half years to their end, is 0.62.
    assert (found >= 0).all() and np.mean(found > 0) >= 0.9 and 0.3 <= np.mean(found) <= 0.62


def test_a_level_that_goes_there_and_back_is_not_carried_on():
    assert np.mean([drift("there and back", seed) != 0 for seed in SEEDS]) <= 0.2


def test_what_the_features_explain_is_no_drift():
    assert np.mean([drift("rising", seed, known=1.0) != 0 for seed in SEEDS]) <= 0.1


def test_a_year_of_history_or_less_shows_no_drift():
    assert all(drift("rising", seed, dates=14) == 0 for seed in SEEDS)
