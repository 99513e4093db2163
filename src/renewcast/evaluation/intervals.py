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
    drawn = []
    for weight in _draws(group, resamples, seed):
        try:
            drawn.append(statistic(weight))
        except ValueError:
            continue
    estimate = float(statistic(np.ones(len(group))))
    return _percentiles(estimate, drawn, resamples, level)


def account_bootstraps(
    group: np.ndarray,
    statistics: Callable[[np.ndarray], dict[str, float]],
    *,
    resamples: int = 200,
    seed: int,
    level: float = 0.95,
) -> dict[str, Interval]:
    """Return the percentile interval of several statistics of the same draws, as :func:`account_bootstrap` does of one.

    Parameters
    ----------
    group : array of str, shape (n,)
    statistics : callable
        Takes a weight a row and returns numbers by name, the same names each time; NaN means "undefined here".
    resamples, seed, level
        As in :func:`account_bootstrap`.

    Returns
    -------
    dict of str to Interval

    Examples
    --------
    >>> churned = np.array([1.0, 0.0, 1.0, 0.0])
    >>> both = lambda weight: {"share": float((churned * weight).sum() / weight.sum()), "none": float("nan")}
    >>> found = account_bootstraps(np.array(list("ABCD")), both, seed=7)
    >>> found["share"], found["none"].low
    (Interval(estimate=0.5, low=0.0, high=1.0), nan)
    """
    estimates = statistics(np.ones(len(group)))
    drawn = [statistics(weight) for weight in _draws(group, resamples, seed)]
    return {
        name: _percentiles(float(value), [one[name] for one in drawn if np.isfinite(one[name])], resamples, level)
        for name, value in estimates.items()
    }


def _draws(group: np.ndarray, resamples: int, seed: int):
    """Yield for each resample how often every row's group was drawn, array of float, shape (n,)."""
    names, position = np.unique(np.asarray(group), return_inverse=True)
    generator = np.random.default_rng(seed)
    for _ in range(resamples):
        times = np.bincount(generator.integers(0, len(names), len(names)), minlength=len(names))
        yield times[position].astype(float)


def _percentiles(estimate: float, drawn: list[float], resamples: int, level: float) -> Interval:
    if 2 * len(drawn) < resamples:
        return Interval(estimate, float("nan"), float("nan"))
    # The k-th of B sorted resamples bounds a share k / (B + 1) of them; numpy's own rule lies further inside.
    low, high = np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2], method="weibull")
    return Interval(estimate, float(low), float(high))
