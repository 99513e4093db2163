"""One-way drift of the base rate: believed only where year on year, season by season, the level moves one way."""

import numpy as np

from renewcast.estimators.groups import error_of_sum
from renewcast.estimators.logit import TINIEST, sigmoid

# The same season a year earlier, in whole weeks.
A_YEAR = np.timedelta64(364, "D")
# How many standard errors over groups the change must show, and how many are held back from it.
PROOF, CAUTION = 2.5, 1.0
# The pairs of dates are cut into so many spans, in each of which the level must have moved the same way.
SPANS = 3
# More than this is an upheaval, which history cannot carry on.
MOST_DRIFT = 0.7


def fit_drift(log_odds: np.ndarray, label: np.ndarray, as_of: np.ndarray, group: np.ndarray) -> float:
    """Say how far the level at the end of the training rows lies from their mean level, where it drifts one way.

    Every date is compared with the one 364 days earlier, so that a season is set against the same season. What is compared is
    the log odds by which outcomes exceed the calibrated predictions: what the features explain is no drift. The yearly change
    must be at least 2.5 standard errors over groups, and have one sign in each of three spans of the paired dates. One standard
    error is held back, and the rest is carried from the mean date of the rows to their last one, not beyond.

    Parameters
    ----------
    log_odds : array of float, shape (n,)
        As they are shown without drift.
    label : array of bool, shape (n,)
    as_of : array of datetime64[s], shape (n,)
    group : array of str, shape (n,)

    Returns
    -------
    float
        In [-0.7, 0.7], to be added to the level; 0 where drift is not shown, and always with less than a year and three dates
        of history.

    References
    ----------
    Steyerberg, Clinical Prediction Models, 2nd ed. 2019, chapter 20: updating the intercept.

    Examples
    --------
    >>> days = np.repeat(np.datetime64("2024-01-01", "s") + np.arange(30) * np.timedelta64(28, "D"), 500)
    >>> rising = np.random.default_rng(0).random(15000) < 0.1 + 0.2 * np.arange(15000) / 15000
    >>> names = np.arange(15000).astype(str)
    >>> bool(fit_drift(np.full(15000, -1.386), rising, days, names) > 0.2)
    True
    >>> fit_drift(np.full(15000, -1.386), np.random.default_rng(0).random(15000) < 0.2, days, names)
    0.0
    """
    dates, at = np.unique(as_of, return_inverse=True)
    earlier = np.searchsorted(dates, dates - A_YEAR)
    later = np.flatnonzero(dates[np.minimum(earlier, len(dates) - 1)] == dates - A_YEAR)
    if len(later) < SPANS:
        return 0.0
    p = sigmoid(log_odds)
    information = np.maximum(np.bincount(at, weights=p * (1 - p)), TINIEST)
    moved = np.bincount(at, weights=label - p) / information
    change = moved[later] - moved[earlier[later]]
    yearly = change.mean()
    if any(np.sign(span.mean()) != np.sign(yearly) for span in np.array_split(change, SPANS)):
        return 0.0
    share = (np.bincount(later, minlength=len(dates)) - np.bincount(earlier[later], minlength=len(dates))) / len(later)
    weight = (share / information)[at] * (label - p)
    error = error_of_sum(weight, group)
    if abs(yearly) < PROOF * error:
        return 0.0
    ahead = float((dates[-1] - dates[0]) / A_YEAR) - float(np.mean((as_of - dates[0]) / A_YEAR))
    return float(np.clip(np.sign(yearly) * (abs(yearly) - CAUTION * error) * ahead, -MOST_DRIFT, MOST_DRIFT))
