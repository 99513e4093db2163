"""How long from the first contact to the first purchase, where many have not bought yet (right-censoring), by segment.

Days are whole and end at ``limit``: whoever bought later counts as not having bought by then.
"""

import numpy as np

LIMIT_DAYS = 365


def counts(days, bought, group, groups: int, *, limit: int, weight=None):
    """Count who is waiting on each day and who buys on it.

    Parameters
    ----------
    days : array of int >= 0, shape (n,)
        Days from the first contact to the purchase, or to today.
    bought : array of bool, shape (n,)
    group : array of int, shape (n,)
        From 0 to ``groups - 1``.
    groups, limit : int
    weight : array of float, shape (n,), optional
        How often each counts, for the bootstrap.

    Returns
    -------
    tuple of array of float, shape (groups, limit + 1)
        Waiting at the beginning of day 0, 1, ..., ``limit``; buying on that day.

    Examples
    --------
    >>> waiting, buying = counts(np.array([0, 2, 3]), np.array([True, True, False]), np.zeros(3, dtype=int), 1, limit=3)
    >>> waiting.tolist(), buying.tolist()
    ([[3.0, 2.0, 2.0, 1.0]], [[1.0, 0.0, 1.0, 0.0]])
    """
    width = limit + 1
    place = group * width + np.minimum(days, limit)
    counted = np.ones(len(place)) if weight is None else np.asarray(weight, dtype=np.float64)
    seen = np.bincount(place, weights=counted, minlength=groups * width).reshape(groups, width)
    inside = bought & (days <= limit)
    buying = np.bincount(place, weights=counted * inside, minlength=groups * width).reshape(groups, width)
    return np.cumsum(seen[:, ::-1], axis=1)[:, ::-1], buying


def still_waiting(waiting, buying):
    """Return the share that has not bought by the end of each day (Kaplan and Meier 1958), shape as the counts."""
    hazard = np.divide(buying, waiting, out=np.zeros_like(buying), where=waiting > 0)
    return np.cumprod(1 - hazard, axis=1)


def mean_days(waiting, buying):
    """Return the mean settle cycle, days after ``limit`` not counted; NaN for a group with nobody in it.

    References
    ----------
    The restricted mean: the area under the curve up to the limit. Royston and Parmar (2013).

    Examples
    --------
    >>> mean_days(*counts(np.array([1, 3]), np.array([True, True]), np.zeros(2, dtype=int), 1, limit=10)).tolist()
    [2.0]
    """
    area = still_waiting(waiting, buying)[:, :-1].sum(axis=1)
    return np.where(waiting[:, 0] > 0, area, np.nan)


def median_days(waiting, buying):
    """Return the first day by whose end half has bought; NaN where that is not reached within the limit.

    Examples
    --------
    >>> median_days(*counts(np.array([4, 6, 9]), np.array([True, True, False]), np.zeros(3, dtype=int), 1, limit=10)).tolist()
    [6.0]
    """
    by_half = still_waiting(waiting, buying) <= 0.5 + 1e-12
    reached = by_half.any(axis=1) & (waiting[:, 0] > 0)
    return np.where(reached, by_half.argmax(axis=1).astype(np.float64), np.nan)


def faster_than_the_rest(waiting, buying):
    """Test each group against all others of its stratum together: standard normal, positive where the group buys faster.

    Parameters
    ----------
    waiting, buying : array of float, shape (groups, strata, limit + 1)
        Like is compared with like: an account that tries the product by itself never with one that sales has called.

    Returns
    -------
    array of float, shape (groups,)
        NaN where nobody bought at all, or all are in one group.

    References
    ----------
    The stratified log-rank test, Mantel (1966).
    """
    all_waiting, all_buying = waiting.sum(axis=0), buying.sum(axis=0)
    share = np.divide(waiting, all_waiting, out=np.zeros_like(waiting), where=all_waiting > 0)
    left = np.divide(all_waiting - all_buying, all_waiting - 1, out=np.zeros_like(all_waiting), where=all_waiting > 1)
    variance = (all_buying * share * (1 - share) * left).sum(axis=(1, 2))
    surplus = (buying - all_buying * share).sum(axis=(1, 2))
    return np.divide(surplus, np.sqrt(variance), out=np.full(len(surplus), np.nan), where=variance > 1e-12)
