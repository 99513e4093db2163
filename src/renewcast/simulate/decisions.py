"""The renewal decision: a known probability, from the hidden causes at the time of the decision.

``p_renew = (1 - unexplained) * sigmoid(-log_odds)`` with ``log_odds = base + the sum of the contributions below``. The rules
bend on purpose, because real ones do: a decline of usage matters only where the key user is gone or few departments and
modules are in use; support pain counts above a threshold and mostly in the first year; a missed milestone matters to those
who are in doubt anyway; low willingness counts, high willingness hardly; large accounts shrug off late payment.
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
    "none",
)
# By length of term in months: log-odds without any cause, and the share of terms that end for reasons nobody sees.
_BASE = {1: -8.1, 3: -7.0, 12: -5.8, 24: -5.5}
_UNEXPLAINED = {1: 0.003, 3: 0.007, 12: 0.025, 24: 0.035}
# A contribution below this does not deserve to be called the reason.
_WORTH_NAMING = 0.7


@dataclass(frozen=True)
class Causes:
    """The hidden causes at the time of the decision, arrays of one shape.

    ``decline``, ``key_gap``, ``unused``, ``missed``, ``outcome_missing``, ``shrunk`` are shares in [0, 1]; ``narrow`` is 1
    where at most two departments and one add-on are in use, ``few_departments`` where the first holds; ``pain`` and
    ``late`` are 0 and up; ``burn`` is the quota used over the share of the term gone (1 is as bought); ``mood`` is
    willingness over the last 120 days; ``size`` is 0 (small) to 3.
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


def contributions(causes: Causes) -> np.ndarray:
    """Return what each cause adds to the log-odds of leaving.

    Parameters
    ----------
    causes : Causes
        Arrays of shape (n,).

    Returns
    -------
    array of float, shape (9, n)
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
            3.0 * np.clip(0.55 - causes.burn, 0, 0.35) / 0.35 - 0.9 * np.clip(causes.burn - 1.1, 0, 0.5) / 0.5,
            5.2 * causes.shrunk,
            np.array([3.6, 3.0, 1.0, 0.0])[causes.size.astype(np.int64)] * np.clip(causes.late - 0.2, 0, 1),
            2.6 * np.clip(-0.1 - causes.mood, 0, 1.2) - 0.25 * causes.mood,
        ]
    )


def renewal_probability(months: np.ndarray, parts: np.ndarray) -> np.ndarray:
    """Return the probability of renewing, given the length of the term and the contributions of the causes.

    Parameters
    ----------
    months : array of int, shape (n,)
        1, 3, 12 or 24.
    parts : array of float, shape (9, n)

    Returns
    -------
    array of float in (0, 1), shape (n,)

    Examples
    --------
    >>> calm = np.zeros((9, 1))
    >>> [float(renewal_probability(np.array([months]), calm)[0].round(3)) for months in (1, 12)]
    [0.997, 0.972]
    """
    return (1 - unexplained_share(months)) / (1 + np.exp(_by_months(_BASE, months) + parts.sum(axis=0)))


def unexplained_share(months: np.ndarray) -> np.ndarray:
    """Return the share of terms of this length that end for no visible reason, shape (n,)."""
    return _by_months(_UNEXPLAINED, months)


def _by_months(values: dict, months: np.ndarray) -> np.ndarray:
    return np.select([months == key for key in values], list(values.values()))


def dominant_reason(parts: np.ndarray) -> np.ndarray:
    """Return the code in ``REASONS`` of the largest contribution, or of "none" where none is worth naming."""
    return np.where(parts.max(axis=0) >= _WORTH_NAMING, parts.argmax(axis=0), len(REASONS) - 1)
