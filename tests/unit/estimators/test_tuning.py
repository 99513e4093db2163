"""What is learnt on slices: shares that add up, nothing learnt from a season's level, a path that equals fresh fits."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from synthetic_panel import SPECS, panel

from renewcast.estimators.boosted import Trees
from renewcast.estimators.fitting import STRENGTHS, tune
from renewcast.estimators.logistic import Logistic
from renewcast.estimators.logit import own_levels, sigmoid
from renewcast.estimators.shares import USUAL_SHARES, learn_shares, weights_for
from renewcast.estimators.splits import slices_by_group, slices_by_time

TREES = Trees(seed=0, fits=2, num_leaves=7, min_rows_per_leaf=10, learning_rate=0.1)


def members(seed, n=300):
    """Return three members' log odds of different worth, labels, and three slices."""
    generator = np.random.default_rng(seed)
    z = generator.normal(0, 1.5, n)
    label = generator.random(n) < sigmoid(z - 1)
    noisy = np.array([z + generator.normal(0, spread, n) for spread in generator.uniform(0.1, 3, 3)])
    return noisy, label, np.arange(n) % 3


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.tuples(*[st.floats(-3, 3)] * 3))
def test_shares_add_up_and_a_season_never_moves_them(seed, season):
    z, label, slice_of = members(seed)
    shares = learn_shares(z, label, slice_of, np.ones(len(label)), 80)
    assert all(0 <= share <= 1 for share in shares) and sum(shares) == pytest.approx(1, abs=1e-9)
    moved = learn_shares(z + np.array(season)[slice_of], label, slice_of, np.ones(len(label)), 80)
    assert moved == pytest.approx(shares, abs=2e-3)


def test_the_better_member_gains_with_the_number_of_churned_accounts():
    generator = np.random.default_rng(3)
    z = generator.normal(0, 2, 4000)
    label = generator.random(4000) < sigmoid(z)
    three = np.array([generator.normal(0, 2, 4000), z, generator.normal(0, 2, 4000)])
    learnt = [learn_shares(three, label, np.zeros(4000, dtype=int), np.ones(4000), groups) for groups in (0, 10, 100, 1000)]
    assert learnt[0] == USUAL_SHARES
    assert [shares[1] for shares in learnt] == sorted(shares[1] for shares in learnt) and learnt[-1][1] > 0.95


@given(st.integers(0, 5000), st.tuples(st.floats(0, 1), st.floats(0, 1)))
def test_weights_of_any_shares_add_up(churned, cuts):
    low, high = sorted(cuts)
    weights = weights_for(churned, (low, high - low, 1 - high))
    assert sum(weights.values()) == pytest.approx(1, abs=1e-9) and min(weights.values()) >= -1e-9


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000))
def test_at_its_own_level_the_mean_probability_of_a_slice_is_its_rate(seed):
    z, label, slice_of = members(seed)
    p = sigmoid(z[0] + own_levels(z[0], label, slice_of, np.ones(len(label)))[slice_of])
    for one in range(3):
        assert p[slice_of == one].mean() == pytest.approx(label[slice_of == one].mean(), abs=1e-5)


@pytest.mark.parametrize("transform", ["raw", "signed_log"])
def test_the_path_equals_a_fresh_fit_of_each_strength(transform):
    rows, _ = panel(accounts=80, dates=6)
    path = Logistic(SPECS, transform).path(rows, rows.features, STRENGTHS)
    spreads = [z.std() for z in path]
    assert spreads == sorted(spreads, reverse=True), "a weaker strength must shrink the log odds"
    for strength, z in zip(STRENGTHS, path, strict=True):
        assert np.array_equal(Logistic(SPECS, transform, strength).fit(rows).log_odds(rows.features), z)


def test_less_strength_is_chosen_where_there_is_less_to_learn():
    trained = {}
    for strength in (0.0, 1.0):
        rows, _ = panel(accounts=200, dates=6, strength=strength, gated_share=0)
        trained[strength] = tune(rows, slices_by_group(rows, 0), SPECS, TREES, 60)
    assert trained[0.0].strength < trained[1.0].strength and trained[0.0].rounds < trained[1.0].rounds


def test_slices_of_time_never_look_back():
    rows, _ = panel(accounts=100, dates=14)
    for one in slices_by_time(rows, 56):
        assert rows.as_of[one.fit].max() + np.timedelta64(56, "D") <= rows.as_of[one.look].min()
