"""Every metric against scikit-learn or a count by hand, and the intervals against what theory says."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics as reference

from renewcast.evaluation import metrics
from renewcast.evaluation.intervals import account_bootstrap
from renewcast.evaluation.metrics import ece
from renewcast.evaluation.reliability import ece_interval, reliability
from renewcast.evaluation.skill import judge_skill

worlds = st.integers(0, 10_000).map(lambda seed: _world(seed))


def _world(seed):
    generator = np.random.default_rng(seed)
    n = int(generator.integers(4, 80))
    label = generator.random(n) < 0.4
    label[:2] = True, False
    return label, generator.random(n).round(int(generator.integers(1, 4)))


@given(worlds)
def test_metrics_agree_with_scikit_learn_ties_included(world):
    label, p = world
    assert metrics.auc(label, p) == pytest.approx(reference.roc_auc_score(label, p), abs=1e-12)
    assert metrics.average_precision(label, p) == pytest.approx(reference.average_precision_score(label, p), abs=1e-12)
    assert metrics.brier(label, p) == pytest.approx(reference.brier_score_loss(label, p), abs=1e-12)
    kept = np.clip(p, 0.01, 0.99)
    assert metrics.log_loss(label, kept) == pytest.approx(reference.log_loss(label, kept), abs=1e-12)


@given(worlds)
def test_a_weight_is_as_good_as_that_many_rows(world):
    label, p = world
    times = np.arange(len(p)) % 3
    times[:2] = 1
    again = np.repeat(np.arange(len(p)), times)
    assert metrics.auc(label, p, times) == pytest.approx(metrics.auc(label[again], p[again]), abs=1e-12)
    assert metrics.log_loss(label, p, times) == pytest.approx(metrics.log_loss(label[again], p[again]), abs=1e-12)


def test_calibration_error_by_hand():
    label = np.array([0, 0, 0, 1, 0, 1, 1, 1], dtype=bool)
    p = np.array([0.1, 0.1, 0.2, 0.2, 0.6, 0.6, 0.9, 0.9])
    assert metrics.ece(label, p, bins=2) == pytest.approx(0.5 * abs(0.15 - 0.25) + 0.5 * abs(0.75 - 0.75))


def test_lift_of_a_constant_is_one_and_of_a_perfect_list_the_most_possible():
    label = np.arange(100) % 10 == 0
    assert metrics.lift_at(label, np.full(100, 0.1), 0.1) == pytest.approx(1.0)
    assert metrics.lift_at(label, label.astype(float), 0.1) == pytest.approx(10.0)


@pytest.mark.parametrize("function", [metrics.auc, metrics.average_precision, lambda y, p: metrics.lift_at(y, p, 0.1)])
def test_one_class_is_refused_in_words(function):
    with pytest.raises(ValueError, match="one class|no churn"):
        function([False, False], [0.1, 0.2])


def test_a_probability_that_is_no_number_is_refused():
    with pytest.raises(ValueError, match="not a number"):
        metrics.brier([True, False], [0.1, float("nan")])


def test_weekly_rows_of_one_account_do_not_make_an_interval_narrower():
    value = np.random.default_rng(1).normal(size=60)
    names = np.arange(60).astype(str)
    once = account_bootstrap(names, lambda w: float((value * w).sum() / w.sum()), seed=0)
    often = np.repeat(value, 20)
    weekly = account_bootstrap(np.repeat(names, 20), lambda w: float((often * w).sum() / w.sum()), seed=0)
    assert weekly.high - weekly.low == pytest.approx(once.high - once.low)


def test_intervals_cover_the_truth_about_as_often_as_they_say():
    generator, hits = np.random.default_rng(2), 0
    for world in range(150):
        value = generator.normal(size=80)
        interval = account_bootstrap(np.arange(80).astype(str), lambda w, v=value: float((v * w).sum() / w.sum()), seed=world)
        hits += interval.low <= 0 <= interval.high
    assert 0.88 <= hits / 150 <= 0.99


def test_noise_has_no_skill_and_signal_has():
    generator = np.random.default_rng(4)
    label, names = generator.random(2000) < 0.2, np.repeat(np.arange(200).astype(str), 10)
    base = np.full(2000, 0.2)
    assert not judge_skill(label, np.clip(base + generator.normal(0, 0.05, 2000), 0.01, 1), base, names, seed=0).has_skill
    assert judge_skill(label, np.where(label, 0.3, 0.18), base, names, seed=0).has_skill


def test_the_reliability_diagram_counts_every_row_once():
    generator = np.random.default_rng(6)
    p = generator.random(103)
    points = reliability(generator.random(103) < p, p)
    assert points.rows.sum() == 103 and points.predicted.is_monotonic_increasing and points.rows.max() - points.rows.min() <= 1
    assert ((points.seen_low <= points.seen) & (points.seen <= points.seen_high)).all()


def clustered(seed, accounts=150, rows=8, bend=1.0):
    """Draw accounts whose rows share most of their luck; ``bend`` other than 1 makes the told probabilities wrong."""
    generator = np.random.default_rng(seed)
    p = np.repeat(generator.beta(1, 4, accounts), rows)
    luck = np.repeat(generator.random(accounts), rows)
    return luck < p, p**bend, np.repeat(np.arange(accounts).astype(str), rows)


def test_the_intervals_of_the_reliability_diagram_cover_over_accounts_and_wilsons_alone_do_not():
    hits, as_if_independent = [], []
    for seed in range(150):
        label, p, group = clustered(seed)
        hits += reliability(label, p, group=group).agrees.tolist()
        as_if_independent += reliability(label, p).agrees.tolist()
    assert 0.9 <= np.mean(hits) <= 0.99 and np.mean(as_if_independent) < 0.75


def test_a_tenth_in_which_nobody_churned_is_as_uncertain_as_its_accounts_are_few():
    label, p, group = np.zeros(200, dtype=bool), np.linspace(0.01, 0.02, 200), np.repeat(np.arange(10), 20)
    points = reliability(label, p, bins=1, group=group)
    assert points.seen_low[0] == 0 and points.seen_high[0] == pytest.approx(0.278, abs=1e-3) and points.accounts[0] == 10


def test_the_calibration_error_of_a_calibrated_model_is_not_told_from_none_and_that_of_a_wrong_one_is():
    right = [ece_interval(*clustered(seed), seed=seed, resamples=100).low for seed in range(40)]
    wrong = [ece_interval(*clustered(seed, accounts=600, bend=0.5), seed=seed, resamples=100) for seed in range(20)]
    label, told, _ = clustered(99, accounts=100_000, rows=1, bend=0.5)
    truth = ece(label, told)
    assert np.mean(np.array(right) == 0) >= 0.9
    assert all(one.low > 0 for one in wrong) and np.mean([one.low <= truth <= one.high for one in wrong]) >= 0.95
