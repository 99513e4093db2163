"""The contract gate and the calibration: on only where the rows support them, and never beyond their bounds."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from synthetic_panel import SPECS, panel

from renewcast.estimators._definition import TrainingRows
from renewcast.estimators.blend import Blend
from renewcast.estimators.boosted import Trees
from renewcast.estimators.calibration import LEAST_SLOPE, MOST_SLOPE, Calibration, Shape, fit_level, fit_slope
from renewcast.estimators.gate_by_term import GATE_FEATURE, TermGate
from renewcast.estimators.logit import sigmoid
from renewcast.estimators.shape_choice import fit_shape

TREES = Trees(seed=7, fits=1, num_leaves=4, min_rows_per_leaf=10, learning_rate=0.1)


def test_rows_behind_the_gate_get_the_smoothed_rate_and_one_reason():
    rows, _ = panel(accounts=100, dates=6)
    blend = Blend(SPECS, TREES, rounds=10).fit(rows)
    behind = rows.gated
    assert blend.gate.used and np.allclose(blend.predict(rows.features, rows.gated)[behind], 0.5 / (behind.sum() + 1))
    _, parts = blend.contributions(rows.features, rows.gated)
    assert (parts.loc[behind].drop(columns=GATE_FEATURE) == 0).all(axis=None) and (parts.loc[~behind, GATE_FEATURE] == 0).all()


def test_the_model_behind_the_gate_never_sees_gated_rows():
    rows, _ = panel(accounts=100, dates=6)
    features = rows.features.copy()
    features.loc[rows.gated, "usage_events_trend_28d"] = 1e6
    other = TrainingRows(features, rows.label, rows.account_id, rows.group, rows.as_of, rows.gated)
    assert Blend(SPECS, TREES, rounds=10).fit(rows).to_state() == Blend(SPECS, TREES, rounds=10).fit(other).to_state()


def test_the_gate_stays_off_where_accounts_behind_it_churn_too():
    rows, _ = panel(accounts=100, dates=6)
    label = rows.label | (rows.gated & (np.arange(len(rows)) % 9 == 0))
    assert not TermGate.learn(TrainingRows(rows.features, label, rows.account_id, rows.group, rows.as_of, rows.gated)).used


def test_the_gate_stays_off_with_too_few_rows_behind_it():
    rows, _ = panel(accounts=100, dates=6, gated_share=0)
    rows.gated[np.flatnonzero(~rows.label)[:3]] = True
    assert not TermGate.learn(rows).used


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000), st.floats(-3, 3), st.integers(5, 60))
def test_the_slope_never_leaves_its_bounds(seed, truth, n):
    generator = np.random.default_rng(seed)
    z = generator.normal(size=n)
    slope = fit_slope(z, generator.random(n) < sigmoid(truth * z), generator.integers(0, 3, n))
    assert LEAST_SLOPE <= slope <= MOST_SLOPE


def test_an_overconfident_model_gets_the_slope_that_mends_it_whatever_the_level_of_each_slice():
    generator = np.random.default_rng(3)
    z, slice_of = generator.normal(0, 2, 30_000), np.repeat([0, 1, 2], 10_000)
    label = generator.random(30_000) < sigmoid(0.6 * z + np.array([-2.0, 0.0, 2.0])[slice_of])
    assert fit_slope(z, label, slice_of) == pytest.approx(0.6, abs=0.03)


@given(st.floats(0.02, 0.9), st.floats(0.3, 1.2))
def test_the_level_keeps_the_mean_probability_at_the_rate(rate, slope):
    z = np.linspace(-5, 3, 50)
    level = fit_level(z, rate, Shape(slope))
    assert sigmoid(Calibration(Shape(slope), level).apply(z)).mean() == pytest.approx(rate, abs=1e-9)


def test_floor_and_ceiling_are_found_where_they_are_and_left_out_where_they_are_not():
    generator = np.random.default_rng(5)
    z, slices, group = generator.normal(0, 3, 6000), np.repeat([0, 1, 2], 2000), np.arange(6000).astype(str)
    plain = fit_shape(z, generator.random(6000) < sigmoid(z), slices, group)
    bent = fit_shape(z, generator.random(6000) < 0.1 + 0.7 * sigmoid(1.4 * z), slices, group)
    assert (plain.floor, plain.ceiling) == (0.0, 1.0)
    assert bent.floor == pytest.approx(0.1, abs=0.03) and bent.ceiling == pytest.approx(0.8, abs=0.03)


@given(st.floats(-6, 6), st.floats(-6, 6), st.floats(0, 0.2), st.floats(0.7, 1))
def test_carried_contributions_add_up_through_floor_and_ceiling(base, z, floor, ceiling):
    calibration = Calibration(Shape(1.3, floor, ceiling), level=-0.4)
    start, factor = calibration.carry(np.array([base]), np.array([z]))
    assert start + (z - base) * factor == pytest.approx(calibration.apply(np.array([z])), abs=1e-9)
