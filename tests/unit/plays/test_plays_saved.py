"""What a play may still save: bounds, directions, and an oracle that walks through the ends of the terms."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from renewcast.plays.saved import CURVE_DAYS, expected_saving, horizon_needed, lowered, read, share_that_can_act

PROBABILITY = st.floats(0, 1)


@settings(deadline=None, derandomize=True)
@given(PROBABILITY, st.floats(-3, 0))
def test_what_is_lowered_lies_between_nothing_and_all(probability, effect):
    fall = float(lowered(np.array([probability]), effect)[0])
    assert -1e-12 <= fall <= probability + 1e-12


@settings(deadline=None, derandomize=True)
@given(st.floats(0.001, 0.999), st.floats(-3, 3))
def test_lowering_moves_the_log_odds_by_the_effect(probability, effect):
    left = probability - float(lowered(np.array([probability]), effect)[0])
    assert np.log(left / (1 - left)) == pytest.approx(np.log(probability / (1 - probability)) + effect, abs=1e-6)


@settings(deadline=None, derandomize=True)
@given(st.floats(0, 400), st.floats(0, 90), st.integers(1, 120))
def test_a_shorter_play_and_an_earlier_start_are_felt_at_least_as_much(days, notice, play):
    def share(left, length):
        return float(share_that_can_act(np.array([left]), np.array([notice]), length)[0])

    assert 0 <= share(days, play) <= 1
    assert share(days, play) <= share(days, max(play - 1, 1)) + 1e-12
    assert share(days, play) <= share(days + 7, play) + 1e-12


@settings(deadline=None, derandomize=True)
@given(st.lists(st.floats(0, 0.3), min_size=12, max_size=12), st.floats(1, 350), st.floats(0, 90), st.floats(-2, 0))
def test_no_more_is_saved_than_may_be_lost_inside_the_horizon(steps, left, notice, effect):
    curve = (1 - np.cumprod(1 - np.array(steps)))[None]
    saved = expected_saving(curve, np.array([left]), np.array([notice]), effect=effect, play_days=30, longest_play_days=120)[0]
    assert 0 <= saved <= read(curve, horizon_needed(np.array([notice]), 120))[0] + 1e-12


def test_a_yearly_account_is_worth_nothing_now_where_its_end_is_beyond_the_horizon():
    curve = np.array([[0.0] * 11 + [0.6]])
    given_ = {"effect": -0.5, "play_days": 30, "longest_play_days": 120}
    assert expected_saving(curve, np.array([350.0]), np.array([30.0]), **given_)[0] == 0


def test_a_monthly_account_is_worth_its_later_ends_when_the_next_is_too_near():
    hazard = 0.05
    curve = (1 - (1 - hazard) ** np.arange(1, len(CURVE_DAYS) + 1))[None]
    given_ = {"effect": -0.5, "play_days": 30, "longest_play_days": 120}
    near = expected_saving(curve, np.array([1.0]), np.array([3.0]), **given_)[0]
    whole = lowered(read(curve, np.array([150])), -0.5)[0]
    first = lowered(read(curve, np.array([30])), -0.5)[0]
    assert near == pytest.approx(whole - first * (1 - 0.5 * 1 / 30))


@pytest.mark.parametrize(("notice", "days"), [(np.nan, 150), (0.0, 150), (23.0, 150), (24.0, 180), (90.0, 240), (400.0, 360)])
def test_the_horizon_holds_the_longest_play_the_notice_and_the_week_to_the_next_list(notice, days):
    assert horizon_needed(np.array([notice]), 120)[0] == days
