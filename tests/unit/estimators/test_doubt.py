"""Intervals: around the probability, wider where less is known, the same for a row whatever stands beside it."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from synthetic_panel import EMBARGO_DAYS, MODEL, SPECS, SPLITS, panel

from renewcast.errors import RenewcastError
from renewcast.estimators import artefact
from renewcast.estimators.boosted import Boosted, Trees
from renewcast.estimators.doubt import Doubt
from renewcast.estimators.logit import logit, sigmoid
from renewcast.evaluation.training import train

LOG_ODDS = st.floats(-20, 20)


@pytest.fixture(scope="module")
def rows():
    return panel(accounts=250, dates=12)[0]


@pytest.fixture(scope="module")
def scorer(rows, tmp_path_factory):
    folder = tmp_path_factory.mktemp("doubt") / "artefact"
    return artefact.load(folder, expected_sha256=artefact.save(train(rows, SPECS, MODEL, SPLITS, EMBARGO_DAYS), folder))


@given(LOG_ODDS, st.floats(-5, 5), st.floats(0, 5), st.integers(0, 100_000), st.floats(0.01, 0.99))
def test_the_probability_is_always_inside(shown, moved, spread, positives, level):
    low, high = Doubt(positives, 0).around(*(np.array([one]) for one in (shown, moved, spread)), level)
    assert 0 <= low[0] <= sigmoid(np.array([shown]))[0] <= high[0] <= 1


@given(st.floats(-6, 6), st.floats(0, 2), st.floats(0, 2), st.integers(20, 5000), st.floats(0.1, 0.9))
def test_the_interval_widens_with_every_doubt(shown, moved, spread, positives, level):
    def reach(positives, moved, spread, level):
        low, high = Doubt(positives, 0).around(*(np.array([one]) for one in (shown, moved, spread)), level)
        return (logit(high) - logit(low))[0]

    least = reach(positives, moved, spread, level)
    assert reach(positives // 2, moved, spread, level) > least - 1e-9
    assert reach(positives, moved + 1, spread, level) > least - 1e-9
    assert reach(positives, moved, spread + 1, level) > least - 1e-9
    assert reach(positives, moved, spread, level + 0.05) > least - 1e-9


def test_the_mean_of_what_the_interval_stands_for_is_the_probability_shown():
    """The centre is placed by an approximation (MacKay's); it is good to two points of a hundred."""
    doubt, normal = Doubt(200, 0), np.random.default_rng(0).normal(size=200_000)
    for p in (0.02, 0.1, 0.3, 0.5, 0.8):
        z = logit(np.array([p]))
        variance = doubt.variance(np.zeros(1), np.zeros(1))
        centre = z * np.sqrt(1 + np.pi * variance / 8)
        assert abs(sigmoid(centre + np.sqrt(variance) * normal).mean() - p) < 0.02


def test_the_scorers_interval_holds_its_probability_and_is_the_same_row_by_row(scorer, rows):
    p = scorer.predict(rows.features, rows.gated)
    low, high = scorer.interval(rows.features, rows.gated)
    assert (low <= p).all() and (p <= high).all() and (high > low).all() and low.min() >= 0 and high.max() <= 1
    turned = np.random.default_rng(1).permutation(len(rows))
    shuffled = scorer.interval(rows.features.iloc[turned], rows.gated[turned])
    assert np.array_equal(shuffled[0], low[turned]) and np.array_equal(shuffled[1], high[turned])
    narrow_low, narrow_high = scorer.interval(rows.features, rows.gated, level=0.5)
    assert (narrow_low >= low).all() and (narrow_high <= high).all()


def test_behind_the_gate_the_interval_begins_at_nothing(scorer, rows):
    blend = scorer.estimators["blend"]
    assert blend.gate.used
    low, high = scorer.interval(rows.features, rows.gated)
    assert set(low[rows.gated]) == {0.0} and len(set(high[rows.gated])) == 1
    assert blend.gate.rate < high[rows.gated][0] < 0.05
    assert low[~rows.gated].min() > 0


def test_every_estimator_that_may_rank_has_an_interval(scorer, rows):
    from dataclasses import replace

    for name in scorer.estimators:
        other = replace(scorer, ranked_by=name)
        p, (low, high) = other.predict(rows.features, rows.gated), other.interval(rows.features, rows.gated)
        assert (low <= p).all() and (p <= high).all() and (high > low).all()


def test_a_level_that_is_none_is_refused(scorer, rows):
    for level in (0.0, 1.0, -1, 90, float("nan")):
        with pytest.raises(RenewcastError, match="level of an interval"):
            scorer.interval(rows.features, rows.gated, level)


def test_the_interval_is_kept_as_plain_json(scorer):
    blend = scorer.estimators["blend"]
    kept = json.loads(blend.to_state()["blend.json"])["doubt"]
    assert kept["positives"] == blend.doubt.positives > 20 and kept["gated_groups"] == blend.doubt.gated_groups > 20
    assert Doubt(**kept) == blend.doubt


def test_a_company_of_few_accounts_has_wider_intervals():
    wide = train(panel(accounts=120, dates=14)[0], SPECS, MODEL, SPLITS, EMBARGO_DAYS).final["blend"].doubt
    narrow = train(panel(accounts=500, dates=14)[0], SPECS, MODEL, SPLITS, EMBARGO_DAYS).final["blend"].doubt
    assert wide.variance(np.zeros(1), np.zeros(1)) > narrow.variance(np.zeros(1), np.zeros(1))


def test_the_spread_is_the_standard_deviation_over_the_fits(rows):
    model = Boosted(SPECS, Trees(seed=7, fits=5, num_leaves=7, min_rows_per_leaf=10, learning_rate=0.1), rounds=20).fit(rows)
    encoded = model.encoding.matrix(rows.features)
    one_by_one = [booster.predict(encoded, raw_score=True, num_iteration=20) for booster in model.boosters]
    assert np.abs(model.spread(rows.features) - np.std(one_by_one, axis=0, ddof=1)).max() < 1e-12
    assert model.spread(rows.features.head(0)).shape == (0,)
    # Values beyond what most accounts show are where the fits disagree.
    unusual = rows.features["open_severe_tickets"] >= 3
    assert model.spread(rows.features)[unusual].mean() > model.spread(rows.features)[~unusual].mean()
