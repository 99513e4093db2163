"""Survival curves of accounts: horizons that never contradict each other, closed forms of lifetime and value, terms that gate."""

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from renewcast.estimators._definition import InputSpec, TrainingRows
from renewcast.estimators.boosted import Trees
from renewcast.estimators.calibration import Shape
from renewcast.estimators.fitting import Tuning
from renewcast.estimators.survival_curves import DAYS_A_YEAR, SurvivalCurves
from renewcast.estimators.term_hazard import STEP_DAYS, STEPS, TermHazard

YEARS_5 = 5 * DAYS_A_YEAR


@settings(max_examples=200, deadline=None, derandomize=True)
@given(
    arrays(float, (3, STEPS), elements=st.floats(1e-13, 1 - 1e-13)),
    arrays(float, 3, elements=st.floats(1e-6, 1 - 1e-6)),
    st.sampled_from([7, 30, 45, 60, 90, 180, 365, 2000]),
)
def test_a_longer_horizon_is_never_safer_and_the_champion_is_kept_to_the_last_bit(hazard, probability, horizon):
    curves = SurvivalCurves.through(hazard, STEP_DAYS, probability, horizon, limit_days=YEARS_5)
    days = sorted({1, 29, 30, 31, 90, 180, 365, 1080, 1500, horizon})
    found = np.array([curves.probability_by(day) for day in days])
    assert ((found >= 0) & (found <= 1)).all() and (np.diff(found, axis=0) >= 0).all()
    assert np.array_equal(curves.probability_by(horizon), probability)
    # The curve itself passes there too; nothing has to be bent afterwards.
    survival = curves.periods.survival(curves.hazard, np.array([float(horizon)]))[:, 0]
    assert survival == pytest.approx(1 - probability, rel=1e-6, abs=1e-9)
    assert (curves.lifetime_days(YEARS_5) <= YEARS_5 + 1e-6).all()


@pytest.mark.parametrize("hazard", [0.005, 0.03, 0.2])
@pytest.mark.parametrize("rate", [0.0, 0.1, 0.3])
def test_under_a_constant_hazard_lifetime_and_value_have_their_closed_forms(hazard, rate):
    falls = -np.log1p(-hazard) / STEP_DAYS
    agreed = np.array([1 - np.exp(-falls * 90)])
    curves = SurvivalCurves.through(np.full((1, STEPS), hazard), STEP_DAYS, agreed, 90, limit_days=YEARS_5)
    assert curves.lifetime_days(YEARS_5)[0] == pytest.approx((1 - np.exp(-falls * YEARS_5)) / falls)
    both = falls + np.log1p(rate) / DAYS_A_YEAR
    wanted = 12_000 / DAYS_A_YEAR * (1 - np.exp(-both * YEARS_5)) / both
    assert curves.lifetime_value(np.array([12_000.0]), rate, YEARS_5)[0] == pytest.approx(wanted, abs=0.005)
    # Without a limit it is margin over hazard plus discount, as Gupta and Lehmann have it.
    for_ever = SurvivalCurves.through(np.full((1, STEPS), hazard), STEP_DAYS, agreed, 90, limit_days=400 * DAYS_A_YEAR)
    value = for_ever.lifetime_value(np.array([12_000.0]), rate, 400 * DAYS_A_YEAR)[0]
    assert value == pytest.approx(12_000 / DAYS_A_YEAR / both, abs=0.01)


def test_what_never_ends_is_worth_a_perpetuity_and_money_is_in_cents():
    curves = SurvivalCurves.through(np.full((1, STEPS), 1e-13), STEP_DAYS, np.array([1e-12]), 90, limit_days=YEARS_5)
    assert curves.lifetime_days(YEARS_5)[0] == pytest.approx(YEARS_5)
    assert curves.lifetime_value(np.array([100.0]), 0.0, YEARS_5)[0] == 500.0
    assert curves.lifetime_value(np.array([0.0]), 0.1, YEARS_5)[0] == 0.0


def test_after_the_last_step_the_curve_falls_as_in_the_year_before_it():
    hazard = np.tile(np.r_[np.full(11, 1e-9), 0.3], 3)[None]
    curves = SurvivalCurves.through(hazard, STEP_DAYS, np.array([1e-6]), 90, limit_days=5 * 360)
    years = [1 - curves.probability_by(days)[0] for days in (360, 720, 1080, 1440, 1800)]
    assert np.diff(np.log(years)) == pytest.approx(np.log(0.7), rel=1e-4)


# -- the hazard of terms ---------------------------------------------------------------------------------------------

SPECS = (InputSpec("mood", "usage", False), InputSpec("term_length_days", "contract", False))
TREES = Trees(seed=0, fits=2, num_leaves=7, min_rows_per_leaf=20, learning_rate=0.1)
TUNING = Tuning(40, Shape(), 0, 0, 0, ())


def yearly_accounts(n=8000, *, seed=1, known=1000):
    """Accounts with terms of 360 days, at whose ends the unhappy leave with 0.5 and the happy with 0.1."""
    generator = np.random.default_rng(seed)
    mood, cover = generator.integers(0, 2, n).astype(float), generator.integers(1, 361, n).astype(float)
    leaves = np.where(mood == 1, 0.1, 0.5)
    terms = generator.geometric(leaves) - 1
    days, known_days = cover + 360 * terms, generator.integers(0, known, n)
    ended = days <= known_days
    durations = pd.DataFrame({"days": np.where(ended, days, known_days).astype(int), "ended": ended, "known_days": known_days})
    names = np.array([f"A{number:05d}" for number in range(n)])
    features = pd.DataFrame({"mood": mood, "term_length_days": 360.0})
    never = np.zeros(n, dtype=bool)
    return TrainingRows(features, never, names, names, np.full(n, "2026-06-29"), never), durations, cover


@pytest.fixture(scope="module")
def hazard():
    rows, durations, cover = yearly_accounts()
    return TermHazard(SPECS, TREES, TUNING, grace_days=30).fit(rows, durations, cover)


def test_churn_sits_at_term_ends_and_the_moods_are_told_apart(hazard):
    features = pd.DataFrame({"mood": [0.0, 1.0], "term_length_days": 360.0})
    found = hazard.predict(features, np.array([100.0, 100.0]))
    ends = [3, 15]
    assert found[:, ends] == pytest.approx(np.array([[0.5, 0.5], [0.1, 0.1]]), abs=0.08)
    elsewhere = np.delete(found, [3, 4, 15, 16, 27, 28], axis=1)
    assert elsewhere.max() < 0.002


def test_the_mean_curve_is_that_of_kaplan_and_meier_on_whole_steps(hazard):
    from sksurv.nonparametric import kaplan_meier_estimator

    rows, durations, cover = yearly_accounts()
    whole, step = durations["known_days"] // STEP_DAYS, -(-durations["days"] // STEP_DAYS)
    ended = durations["ended"] & (step <= whole)
    steps, survival = kaplan_meier_estimator(ended.to_numpy(), np.where(ended, step, whole).astype(float))
    predicted, duration = hazard.predict(rows.features, cover), np.where(ended, step, whole)
    at_risk = duration[:, None] >= np.arange(1, STEPS + 1)
    mean = np.cumprod(1 - (predicted * at_risk).sum(axis=0) / np.maximum(at_risk.sum(axis=0), 1))
    wanted = dict(zip(steps, survival, strict=True))
    assert hazard.seen_steps > 20
    for one in range(1, hazard.seen_steps + 1):
        assert mean[one - 1] == pytest.approx(wanted[one], abs=1e-6)


def test_cover_that_outlasts_a_horizon_is_safe_until_it_ends_and_not_after(hazard):
    features = pd.DataFrame({"mood": [0.0], "term_length_days": 360.0})
    probability = np.array([0.001])
    curves = SurvivalCurves.through(hazard.predict(features, np.array([130.0])), STEP_DAYS, probability, 90, limit_days=YEARS_5)
    assert curves.probability_by(30)[0] <= 0.001 and curves.probability_by(120)[0] < 0.01
    assert curves.probability_by(180)[0] == pytest.approx(0.5, abs=0.08)


def test_accounts_that_were_seen_for_less_do_not_bias_the_curve():
    """Steps that are decided in part count for nobody: else whoever left early in them would count and the others not."""
    rows, durations, cover = yearly_accounts(12_000, known=200)
    short = TermHazard(SPECS, TREES, TUNING, grace_days=30).fit(rows, durations, cover)
    features = pd.DataFrame({"mood": [0.0, 1.0], "term_length_days": 360.0})
    assert short.predict(features, np.full(2, 75.0))[:, 2] == pytest.approx([0.5, 0.1], abs=0.06)


def test_without_a_term_length_or_an_end_every_later_step_may_be_one(hazard):
    unknown = pd.DataFrame({"mood": [0.0, 0.0], "term_length_days": [np.nan, 360.0]})
    found = hazard.predict(unknown, np.array([40.0, np.nan]))
    assert np.isfinite(found).all() and ((found > 0) & (found < 1)).all()
    assert found[0, 0] < 0.002 and found[0, 2:].min() > 0.01 and found[1].min() > 0.002


def test_the_hazard_comes_back_from_json_and_booster_text_to_the_last_bit(hazard):
    rows, _, cover = yearly_accounts(300)
    state = hazard.to_state()
    for name, content in state.items():
        assert content.startswith(b"tree\n") if name.endswith(".txt") else json.loads(content)
    again = TermHazard.from_state(state)
    assert np.array_equal(again.predict(rows.features, cover), hazard.predict(rows.features, cover))


def test_rows_stand_alone_and_their_order_never_matters(hazard):
    rows, durations, cover = yearly_accounts()
    shuffled = np.random.default_rng(5).permutation(len(rows))
    other = TermHazard(SPECS, TREES, TUNING, grace_days=30)
    other.fit(rows.take(shuffled), durations.iloc[shuffled].reset_index(drop=True), cover[shuffled])
    assert other.to_state() == hazard.to_state()
    whole = hazard.predict(rows.features, cover)
    assert np.array_equal(hazard.predict(rows.features[7:8], cover[7:8])[0], whole[7])
