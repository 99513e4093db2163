"""Small groups are drawn towards the mean of all, by as much as they are uncertain; and which of them is best, and how surely."""

import dataclasses

import numpy as np

DRAWS, GRID = 4000, 200
Z_90 = 1.6448536269514722


@dataclasses.dataclass(frozen=True)
class Shrunken:
    """Groups after shrinkage, on the scale on which they were given.

    Parameters
    ----------
    mean, deviation : array of float, shape (n,)
        Posterior mean and standard deviation; NaN where a group says nothing.
    centre, between : float
        Posterior mean of the mean of all groups, and of how far true groups lie apart (standard deviation).
    spreads, chances : array of float, shape (n_grid,)
        Values of how far they may lie apart, and the probability of each.
    estimate, noise : array of float, shape (n,)
        What was given; the noise as a variance.
    """

    mean: np.ndarray
    deviation: np.ndarray
    centre: float
    between: float
    spreads: np.ndarray
    chances: np.ndarray
    estimate: np.ndarray
    noise: np.ndarray


def shrink(estimate, deviation) -> Shrunken:
    """Draw estimates towards their common mean, by as much as they are uncertain against how far the groups lie apart.

    How far they lie apart is itself uncertain with few groups: every value that the estimates allow counts by its probability,
    where all values up to twice the range of the estimates are as likely beforehand. With many groups it is James and Stein's
    estimator.

    Parameters
    ----------
    estimate : array of float, shape (n,)
        For example logs of ratios; NaN is left out.
    deviation : array of float >= 0, shape (n,)
        Standard error of each.

    Returns
    -------
    Shrunken

    References
    ----------
    Gelman et al., Bayesian Data Analysis (3rd ed., 2013), equations 5.17 to 5.21; Efron and Morris, Stein's Estimation Rule and
    Its Competitors, JASA 68 (1973), for the limit.

    Examples
    --------
    >>> shrink([0.0, 1.0, 2.0], [0.0, 0.0, 0.0]).mean.round(6).tolist()
    [0.0, 1.0, 2.0]
    >>> shrink([0.0, 1.0, 2.0], [99.0, 99.0, 99.0]).mean.round(2).tolist()
    [1.0, 1.0, 1.0]
    """
    estimate, deviation = np.asarray(estimate, dtype=float), np.asarray(deviation, dtype=float)
    known = np.isfinite(estimate) & np.isfinite(deviation)
    noise = np.where(known, np.maximum(np.where(known, deviation, 1.0), 1e-9) ** 2, np.nan)
    mean, spread = np.full(len(estimate), np.nan), np.full(len(estimate), np.nan)
    if not known.any():
        return Shrunken(mean, spread, np.nan, np.nan, np.zeros(1), np.ones(1), estimate, noise)
    y, variance = estimate[known], noise[known]
    # Halves of steps: at exactly 0 no group has anything of its own.
    spreads = (np.arange(GRID) + 0.5) / GRID * 2 * np.ptp(y) if len(y) > 1 and np.ptp(y) > 0 else np.zeros(1)
    precision = 1.0 / (variance + spreads[:, None] ** 2)
    centres = (precision * y).sum(axis=1) / precision.sum(axis=1)
    logs = 0.5 * np.log(precision).sum(axis=1) - 0.5 * np.log(precision.sum(axis=1))
    logs -= 0.5 * (precision * (y - centres[:, None]) ** 2).sum(axis=1)
    chances = np.exp(logs - logs.max())
    chances /= chances.sum()
    pull = variance * precision
    means = centres[:, None] + (1.0 - pull) * (y - centres[:, None])
    variances = variance * (1.0 - pull) + pull**2 / precision.sum(axis=1)[:, None]
    mean[known] = chances @ means
    spread[known] = np.sqrt(np.maximum(chances @ (variances + means**2) - mean[known] ** 2, 0.0))
    return Shrunken(mean, spread, float(chances @ centres), float(chances @ spreads), spreads, chances, estimate, noise)


def chance_of_best(found: Shrunken, *, seed: int, within=None, draws: int = DRAWS):
    """Return how likely each group is to be the highest, and the lowest, of those that it is compared with.

    Parameters
    ----------
    found : Shrunken
    seed : int
    within : array, shape (n,), optional
        Groups with the same entry are compared; by default all are.
    draws : int

    Returns
    -------
    tuple of two arrays of float in [0, 1], shape (n,)
        Best and worst; each adds up to 1 among those compared. NaN where a group says nothing.

    Notes
    -----
    Posterior draws: how far groups lie apart, then their centre, which they share, then each group of its own. Who is equal in a
    draw shares it.

    Examples
    --------
    >>> best, worst = chance_of_best(shrink([0.0, 1.0, 5.0], [0.1, 0.1, 0.1]), seed=0)
    >>> best.tolist(), worst.tolist()
    ([0.0, 0.0, 1.0], [1.0, 0.0, 0.0])
    """
    rng = np.random.default_rng(seed)
    count, known = len(found.mean), np.isfinite(found.mean)
    best, worst = np.full(count, np.nan), np.full(count, np.nan)
    if not known.any():
        return best, worst
    y, variance = found.estimate[known], found.noise[known]
    between = rng.choice(found.spreads, draws, p=found.chances)[:, None] ** 2
    precision = 1.0 / (variance + between)
    centre = (precision * y).sum(axis=1) / precision.sum(axis=1)
    centre = (centre + rng.standard_normal(draws) / np.sqrt(precision.sum(axis=1)))[:, None]
    pull = variance * precision
    drawn = np.full((draws, count), np.nan)
    drawn[:, known] = (
        centre + (1.0 - pull) * (y - centre) + np.sqrt(variance * (1.0 - pull)) * rng.standard_normal((draws, len(y)))
    )
    names = np.zeros(count, dtype=int)
    if within is not None:
        names = np.unique(np.asarray(within, dtype=object).astype(str), return_inverse=True)[1]
    for name in np.unique(names):
        at = np.flatnonzero((names == name) & known)
        if len(at):
            best[at] = _shared(drawn[:, at], drawn[:, at].max(axis=1))
            worst[at] = _shared(drawn[:, at], drawn[:, at].min(axis=1))
    return best, worst


def _shared(drawn, extreme):
    """Return how often each column is the extreme one; columns that are equal in a draw share it."""
    hits = drawn == extreme[:, None]
    return (hits / hits.sum(axis=1, keepdims=True)).mean(axis=0)
