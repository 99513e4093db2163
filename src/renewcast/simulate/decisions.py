"""The renewal decision: a known probability, from the hidden causes at the time of the decision.

``p_renew = (1 - unexplained) * sigmoid(-log_odds)`` with ``log_odds = base + the sum of the contributions below + shift``. The
rules bend on purpose, because real ones do: a decline of usage matters only where the key user is gone or few departments and
modules are in use; support pain counts above a threshold and mostly in the first year; a missed milestone matters to those
who are in doubt anyway; low willingness counts, high willingness hardly; large accounts shrug off late payment; a higher price
drives away only those who mind prices. The shift is what is no cause: the inertia of contracts that renew by themselves, and
the known effects of the plays that were run.
"""

from dataclasses import dataclass

import numpy as np

REASONS = (
    "usage_decline",
    "key_user_left",
    "modules_unused",
    "support_pain",
    "milestones_missed",
    "quota_unused",
    "departments_lost",
    "late_payment",
    "low_willingness",
    "price_increase",
    "budget_stress",
    "none",
)
# By length of term in months: log-odds without any cause, and the share of terms that end for reasons nobody sees.
_BASE = {1: -8.3, 3: -7.2, 12: -5.9, 24: -5.6}
#: What a contract that renews by itself adds to the log-odds of leaving; monthly ones all do.
INERTIA = -0.4
_UNEXPLAINED = {1: 0.004, 3: 0.009, 12: 0.032, 24: 0.04}
# A contribution below this does not deserve to be called the reason.
_WORTH_NAMING = 0.7


@dataclass(frozen=True)
class Causes:
    """The hidden causes at the time of the decision, arrays of one shape.

    ``decline``, ``key_gap``, ``unused``, ``missed``, ``outcome_missing``, ``shrunk`` are shares in [0, 1]; ``narrow`` is 1
    where at most two departments and one add-on are in use, ``few_departments`` where the first holds; ``pain`` and
    ``late`` are 0 and up; ``burn`` is the quota used over the share of the term gone (1 is as bought); ``mood`` is
    willingness over the last 120 days; ``size`` is 0 (small) to 3; ``seats_per_user`` counts the seats paid for over the people
    at work; ``price`` is the announced rise of the price (0.1 is 10 %) times the account's sensitivity (0 to 1); ``stress`` is
    how tight the group's budget is, 0 to about 1.2.
    """

    decline: np.ndarray
    key_gap: np.ndarray
    narrow: np.ndarray
    few_departments: np.ndarray
    unused: np.ndarray
    pain: np.ndarray
    missed: np.ndarray
    outcome_missing: np.ndarray
    burn: np.ndarray
    shrunk: np.ndarray
    late: np.ndarray
    mood: np.ndarray
    tenure_days: np.ndarray
    size: np.ndarray
    seats_per_user: np.ndarray
    price: np.ndarray
    stress: np.ndarray


def contributions(causes: Causes) -> np.ndarray:
    """Return what each cause adds to the log-odds of leaving.

    Parameters
    ----------
    causes : Causes
        Arrays of shape (n,).

    Returns
    -------
    array of float, shape (11, n)
        In the order of ``REASONS`` without "none"; positive is riskier.
    """
    fragile = np.maximum(causes.key_gap, causes.narrow)
    felt = np.clip(causes.decline - 0.15, 0, 0.6)
    is_young = causes.tenure_days < 365
    is_small = causes.size <= 1
    unsure = causes.mood < 0.5
    return np.stack(
        [
            10.0 * felt * fragile,
            np.where(causes.few_departments > 0, 3.2, 0.8) * causes.key_gap,
            np.where(is_small, 2.7, 0.8) * causes.unused,
            np.clip(causes.pain - 0.7, 0, 1.2) * np.where(is_young, 3.6, 0.9),
            np.where(unsure, 2.4, 0.3) * causes.missed + np.where(unsure, 1.0, 0.2) * causes.outcome_missing,
            3.0 * np.clip(0.55 - causes.burn, 0, 0.35) / 0.35
            - 0.9 * np.clip(causes.burn - 1.1, 0, 0.5) / 0.5
            + 0.8 * np.clip(causes.seats_per_user - 1.8, 0, 1),
            5.2 * causes.shrunk,
            np.array([3.6, 3.0, 1.0, 0.0])[causes.size.astype(np.int64)] * np.clip(causes.late - 0.2, 0, 1),
            2.6 * np.clip(-0.1 - causes.mood, 0, 1.2) - 0.25 * causes.mood,
            50.0 * np.clip(causes.price - 0.025, 0, 0.06),
            2.2 * np.clip(causes.stress - 0.2, 0, 1),
        ]
    )


def renewal_probability(months: np.ndarray, parts: np.ndarray, shift: np.ndarray | float = 0.0) -> np.ndarray:
    """Return the probability of renewing, given the length of the term and the contributions of the causes.

    Parameters
    ----------
    months : array of int, shape (n,)
        1, 3, 12 or 24.
    parts : array of float, shape (11, n)
    shift : array of float, shape (n,), or float
        Added to the log-odds of leaving.

    Returns
    -------
    array of float in (0, 1), shape (n,)

    Examples
    --------
    >>> calm = np.zeros((11, 1))
    >>> [float(renewal_probability(np.array([months]), calm)[0].round(3)) for months in (1, 12)]
    [0.996, 0.965]
    """
    return (1 - unexplained_share(months)) / (1 + np.exp(_by_months(_BASE, months) + parts.sum(axis=0) + shift))


def unexplained_share(months: np.ndarray) -> np.ndarray:
    """Return the share of terms of this length that end for no visible reason, shape (n,)."""
    return _by_months(_UNEXPLAINED, months)


def _by_months(values: dict, months: np.ndarray) -> np.ndarray:
    return np.select([months == key for key in values], list(values.values()))


def dominant_reason(parts: np.ndarray) -> np.ndarray:
    """Return the code in ``REASONS`` of the largest contribution, or of "none" where none is worth naming."""
    return np.where(parts.max(axis=0) >= _WORTH_NAMING, parts.argmax(axis=0), len(REASONS) - 1)
