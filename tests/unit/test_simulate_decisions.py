"""The renewal decision: each cause raises the risk, and the bends are where they are said to be."""

import dataclasses

import numpy as np
import pytest

from renewcast.simulate.decisions import (
    REASONS,
    Causes,
    contributions,
    dominant_reason,
    renewal_probability,
    unexplained_share,
)

CALM = {
    "decline": 0.0,
    "key_gap": 0.0,
    "narrow": 0.0,
    "few_departments": 0.0,
    "unused": 0.0,
    "pain": 0.0,
    "missed": 0.0,
    "outcome_missing": 0.0,
    "burn": 1.0,
    "shrunk": 0.0,
    "late": 0.0,
    "mood": 0.3,
    "tenure_days": 900.0,
    "size": 1,
    "seats_per_user": 1.2,
    "price": 0.0,
    "stress": 0.0,
}


def _parts(**changes) -> np.ndarray:
    return contributions(Causes(**{name: np.array([value]) for name, value in (CALM | changes).items()}))


def _risk(**changes) -> float:
    return float(1 - renewal_probability(np.array([12]), _parts(**changes))[0])


def test_the_calm_account_names_every_cause():
    assert set(CALM) == {field.name for field in dataclasses.fields(Causes)}


@pytest.mark.parametrize(
    "cause",
    [
        {"decline": 0.6, "narrow": 1.0},
        {"key_gap": 1.0},
        {"unused": 1.0},
        {"pain": 2.0},
        {"missed": 1.0},
        {"outcome_missing": 1.0},
        {"burn": 0.2},
        {"shrunk": 0.7},
        {"late": 1.0},
        {"mood": -1.5},
        {"seats_per_user": 3.0},
        {"price": 0.08},
        {"stress": 1.0},
    ],
    ids=lambda cause: "-".join(cause),
)
def test_each_cause_raises_the_risk(cause):
    """By its log-odds: in an account that is otherwise calm, what nobody can see outweighs any single mild cause."""
    assert _parts(**cause).sum() > _parts().sum() + 0.7
    assert _risk(**cause) > _risk()


def test_a_decline_matters_only_where_the_account_hangs_by_a_thread():
    assert _risk(decline=0.6) == _risk()
    assert _risk(decline=0.6, key_gap=1.0) > 5 * _risk(key_gap=1.0)


def test_support_pain_counts_above_a_threshold_and_most_in_the_first_year():
    assert _risk(pain=0.6, tenure_days=100.0) == _risk(tenure_days=100.0)
    assert _risk(pain=1.8, tenure_days=100.0) > 3 * _risk(pain=1.8)


def test_large_accounts_shrug_off_late_payment():
    assert _risk(late=1.0, size=3) == _risk(size=3)


def test_a_small_rise_of_the_price_and_a_short_squeeze_are_no_risk():
    assert _risk(price=0.02) == _risk() == _risk(stress=0.15)


def test_the_shift_moves_the_odds_of_leaving_and_nothing_else():
    """Of what can be explained: the odds of a leaver with a play of effect -1 are e times smaller."""
    months, parts = np.array([12]), _parts(mood=-1.5)
    most = 1 - unexplained_share(months)
    odds = [most / renewal_probability(months, parts, shift) - 1 for shift in (0.0, -1.0)]
    assert odds[1] == pytest.approx(odds[0] * np.exp(-1))


def test_a_quota_used_up_early_is_no_risk():
    assert _risk(burn=1.5) < _risk()


def test_the_reason_is_the_largest_contribution_or_none():
    parts = np.zeros((11, 2))
    parts[1, 0], parts[4, 0], parts[2, 1] = 2.0, 1.0, 0.2
    assert [REASONS[code] for code in dominant_reason(parts)] == ["key_user_left", "none"]
