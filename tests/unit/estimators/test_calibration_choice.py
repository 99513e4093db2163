"""The choice of a calibration: what is planted is mended, what is a season is not learnt, and no map ever turns a rank round."""

import json
from dataclasses import asdict

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from renewcast.estimators.calibration import Calibration, Shape, fit_level, fit_slope
from renewcast.estimators.curves import fit_beta, fit_isotonic, fit_sigmoid
from renewcast.estimators.logit import logit, sigmoid
from renewcast.estimators.saturation import fit_saturated
from renewcast.estimators.shape_choice import FEWEST_ISOTONIC_ROWS, fit_shape
from renewcast.evaluation.metrics import auc, log_loss

FITS = {"beta": fit_beta, "isotonic": fit_isotonic, "saturated": fit_saturated}
SLICES = np.repeat([0, 1, 2], 3000)
GROUP = np.tile(np.arange(1500), 6).astype(str)


def world(seed, risk, spread=1.5):
    """Draw log odds and outcomes: ``risk`` maps log odds and slice to the true probability."""
    generator = np.random.default_rng(seed)
    z = generator.normal(-1.5, spread, len(SLICES))
    return z, generator.random(len(z)) < risk(z, SLICES)


def shapes():
    finite = {"allow_nan": False, "allow_infinity": False}
    knots = st.lists(st.tuples(st.floats(0.05, 3, **finite), st.floats(0.05, 3, **finite)), min_size=1, max_size=8).map(
        lambda steps: tuple(map(tuple, np.cumsum([(-4.0, -5.0), *steps], axis=0).tolist()))
    )
    return st.one_of(
        st.builds(Shape, st.floats(0.3, 1.6), st.floats(0, 0.2), st.floats(0.7, 1)),
        st.builds(Shape, slope=st.floats(0.3, 1.6), slope_above=st.floats(0.3, 1.6)),
        st.builds(Shape, slope=st.floats(0.3, 1.2), knots=knots),
        st.builds(Shape, slope=st.floats(0.3, 1.2), offset=st.floats(-1, 1)),
    )


@given(shapes(), st.floats(-2, 2), st.lists(st.integers(-600, 600), min_size=2, max_size=40, unique=True))
def test_every_map_is_increasing_so_no_rank_is_ever_turned_round(shape, level, hundredths):
    z = np.sort(np.array(hundredths) / 100.0)
    assert (np.diff(Calibration(shape, level).apply(z)) > 0).all()


@given(shapes(), st.floats(-2, 2), st.floats(-6, 6), st.floats(-6, 6), st.floats(-0.5, 0.5))
def test_contributions_add_up_through_every_map(shape, level, base, z, drift):
    calibration = Calibration(shape, level, drift)
    start, factor = calibration.carry(np.array([base]), np.array([z]))
    assert start + (z - base) * factor == pytest.approx(calibration.apply(np.array([z])), abs=1e-9)


@given(shapes(), st.floats(0.25, 0.6))
def test_the_level_keeps_the_rate_of_the_training_rows_whatever_the_shape(shape, rate):
    z = np.linspace(-5, 4, 200)
    if shape.offset is None:
        assert sigmoid(Calibration(shape, fit_level(z, rate, shape)).apply(z)).mean() == pytest.approx(rate, abs=1e-6)
    else:
        assert fit_level(logit(np.array([rate])), rate, shape) + shape.slope * logit(np.array([rate]))[0] == pytest.approx(
            logit(np.array([rate]))[0] + shape.offset
        )


@given(shapes(), st.floats(-2, 2), st.floats(-1, 1))
def test_every_map_survives_json_exactly(shape, level, drift):
    kept = json.loads(json.dumps(asdict(Calibration(shape, level, drift)), allow_nan=False))
    assert Calibration(**kept | {"shape": Shape(**kept["shape"])}) == Calibration(shape, level, drift)


@pytest.mark.parametrize("seed", range(4))
def test_a_model_that_is_calibrated_is_left_as_it_is(seed):
    z, label = world(seed, lambda z, _: sigmoid(z))
    shape = fit_shape(z, label, SLICES, GROUP, fitted_rate=np.full(len(z), label.mean()))
    assert shape.is_straight and shape.offset is None and shape.slope == pytest.approx(1, abs=0.06)


def test_planted_over_confidence_is_mended_by_the_slope_alone():
    z, label = world(1, lambda z, _: sigmoid(0.5 * z - 0.75), spread=2.5)
    shape = fit_shape(z, label, SLICES, GROUP)
    assert shape.is_straight and shape.slope == pytest.approx(0.5, abs=0.04)


def test_twice_the_churn_in_the_last_slice_moves_neither_slope_nor_level():
    z, label = world(2, lambda z, _: sigmoid(z))
    _, doubled = world(2, lambda z, slice_of: sigmoid(z + np.where(slice_of == 2, np.log(4.0), 0.0)))
    assert doubled[SLICES == 2].mean() > 1.9 * label[SLICES == 2].mean()
    before, after = fit_shape(z, label, SLICES, GROUP), fit_shape(z, doubled, SLICES, GROUP)
    assert after.is_straight and after.offset is None and after.slope == pytest.approx(before.slope, abs=0.04)
    rate = float(label[SLICES < 2].mean())
    assert fit_level(z, rate, after) == pytest.approx(fit_level(z, rate, before), abs=0.06)


def test_christmas_in_every_slice_is_learnt_only_where_the_slices_have_seen_all_seasons():
    z, label = world(3, lambda z, _: sigmoid(z + 0.6))
    rate = np.full(len(z), sigmoid(z).mean())
    season = fit_shape(z, label, SLICES, GROUP)
    years = fit_shape(z, label, SLICES, GROUP, fitted_rate=rate)
    assert season.offset is None and years.offset == pytest.approx(0.6, abs=0.1)


def test_an_offset_that_only_one_slice_shows_is_no_offset():
    z, label = world(4, lambda z, slice_of: sigmoid(z + np.where(slice_of == 2, 0.8, 0.0)))
    assert fit_shape(z, label, SLICES, GROUP, fitted_rate=np.full(len(z), sigmoid(z).mean())).offset is None


CURVED = {
    "two sides": lambda z, _: sigmoid(np.where(z < 0, 1.5 * z, 0.35 * z)),
    "a step": lambda z, _: np.where(z < -1.2, 0.03, 0.45),
    "floor and ceiling": lambda z, _: 0.12 + 0.6 * sigmoid(1.5 * z + 1.5),
}


@pytest.mark.parametrize("name", CURVED)
def test_a_curve_that_every_slice_shows_is_taken_and_brings_what_it_promised(name):
    z, label = world(5, CURVED[name], spread=2.0)
    shape = fit_shape(z, label, SLICES, GROUP)
    assert not shape.is_straight
    fresh, outcome = world(6, CURVED[name], spread=2.0)
    p = [
        sigmoid(Calibration(one, fit_level(z, float(label.mean()), one)).apply(fresh))
        for one in (Shape(fit_slope(z, label, SLICES)), shape)
    ]
    assert log_loss(outcome, p[1]) < log_loss(outcome, p[0]) - 0.002


def test_the_isotonic_curve_needs_rows_and_churned_groups():
    z, label = world(5, CURVED["a step"])
    few = np.arange(len(z)) % 10 == 0
    assert few.sum() < FEWEST_ISOTONIC_ROWS and fit_shape(z[few], label[few], SLICES[few], GROUP[few]).knots == ()
    rarer = ~label | (np.char.find(GROUP, "77") == 0)
    assert fit_shape(z[rarer], label[rarer], SLICES[rarer], GROUP[rarer]).knots == ()


@pytest.mark.parametrize("name", FITS)
@pytest.mark.parametrize("seed", range(3))
def test_no_curve_changes_the_ranking_or_makes_ties(name, seed):
    z, label = world(seed, lambda z, _: sigmoid(0.8 * z))
    shape = FITS[name](z, label, SLICES)
    p = sigmoid(Calibration(shape, fit_level(z, float(label.mean()), shape)).apply(z))
    assert auc(label, p) == pytest.approx(auc(label, z), abs=0.002)
    assert len(np.unique(p)) >= 0.99 * len(np.unique(z))
    assert (p > 0).all() and (p < 1).all()


def test_the_sigmoid_is_bounded_where_the_slices_are_odd():
    z, label = world(7, lambda z, _: sigmoid(-3 * z))
    shape = fit_sigmoid(z, label, SLICES, np.full(len(z), 0.5))
    assert 0.3 <= shape.slope <= 1.2 and -1 <= shape.offset <= 1


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 1000), st.floats(1, 5))
def test_over_confidence_of_a_model_that_learnt_from_fewer_counts_as_so_much_less(seed, ratio):
    z, label = world(seed, lambda z, _: sigmoid(0.7 * z))
    straight, less = fit_slope(z, label, SLICES), fit_slope(z, label, SLICES, ratio=ratio)
    assert 1 - less == pytest.approx((1 - straight) / ratio, abs=1e-6)


def test_two_slices_of_differently_taught_models_agree_on_one_slope():
    generator = np.random.default_rng(9)
    z, slice_of = generator.normal(0, 2, 60_000), np.repeat([0, 1], 30_000)
    ratio = np.array([4.0, 1.5])[slice_of]
    label = generator.random(len(z)) < sigmoid((1 - 0.1 * ratio) * z)
    assert fit_slope(z, label, slice_of, ratio=ratio) == pytest.approx(0.9, abs=0.01)
