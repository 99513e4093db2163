"""How certain a number is: the bootstrap over accounts, because the weekly rows of one account are not independent."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np


class Interval(NamedTuple):
    """An estimate with the bounds between which 95 % of the resampled estimates lie."""

    estimate: float
    low: float
    high: float


def account_bootstrap(
    group: np.ndarray, statistic: Callable[[np.ndarray], float], *, resamples: int = 200, seed: int, level: float = 0.95
) -> Interval:
    """Draw whole accounts with replacement and return the percentile interval of a statistic.

    Parameters
    ----------
    group : array of str, shape (n,)
        The account, or the parent, of each row: the unit that is drawn.
    statistic : callable
        Takes a weight a row (how often its group was drawn), shape (n,), and returns a number. A ValueError means
        "undefined here" and the resample is dropped.
    resamples : int
    seed : int
        0 is a seed like any other.
    level : float in (0, 1)

    Returns
    -------
    Interval
        Both bounds are NaN when fewer than half of the resamples are defined.

    Notes
    -----
    Shocks that hit all accounts in the same week are not in the interval.

    References
    ----------
    Efron, Tibshirani, An Introduction to the Bootstrap, 1993, section 13.3 (percentile). Field, Welsh, Bootstrapping
    clustered data, Journal of the Royal Statistical Society B 69, 2007 (whole clusters).

    Examples
    --------
    >>> churned = np.array([1.0, 0.0, 1.0, 0.0])
    >>> share = lambda weight: float((churned * weight).sum() / weight.sum())
    >>> account_bootstrap(np.array(list("ABCD")), share, seed=7)
    Interval(estimate=0.5, low=0.0, high=1.0)
    """
    names, position = np.unique(np.asarray(group), return_inverse=True)
    generator, drawn = np.random.default_rng(seed), []
    for _ in range(resamples):
        times = np.bincount(generator.integers(0, len(names), len(names)), minlength=len(names))
        try:
            drawn.append(statistic(times[position].astype(float)))
        except ValueError:
            continue
    estimate = float(statistic(np.ones(len(position))))
    if 2 * len(drawn) < resamples:
        return Interval(estimate, float("nan"), float("nan"))
    low, high = np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2])
    return Interval(estimate, float(low), float(high))
