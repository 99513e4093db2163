"""Ranks of segments, the composite of their indicators, and the Pareto front: who is beaten by nobody in everything."""

import numpy as np

INDICATORS = ("settle_days", "willingness", "stickiness", "potential")
BETTER = {"settle_days": -1, "willingness": 1, "stickiness": 1, "potential": 1}
"""1 where more is better, -1 where less is."""


def ranks(values, better: int):
    """Rank along the last axis, 1 is best, equal ones share the better place, and what is not known comes last.

    Examples
    --------
    >>> ranks(np.array([3.0, 9.0, float("nan"), 9.0]), 1).tolist()
    [3.0, 1.0, 4.0, 1.0]
    """
    from scipy.stats import rankdata

    return rankdata(_worse(values, better), method="min", axis=-1).astype(np.float64)


def composite(values: dict, weights: dict):
    """Return the weighted mean of the places in each indicator, as a share: 1 is best in all of them, 0 is worst in all.

    Parameters
    ----------
    values : dict of str to array, shape (..., n_segments)
        By indicator.
    weights : dict of str to float
        Add up to one.

    Examples
    --------
    >>> values = {"settle_days": np.array([9.0, 5.0]), "potential": np.array([30.0, 20.0])}
    >>> composite(values, {"settle_days": 0.75, "potential": 0.25})
    array([0.25, 0.75])
    """
    from scipy.stats import rankdata

    total = 0.0
    for name, weight in weights.items():
        place = rankdata(_worse(values[name], BETTER[name]), method="average", axis=-1)
        total = total + weight * (1 - (place - 1) / max(place.shape[-1] - 1, 1))
    return total


def front(values: dict, names) -> np.ndarray:
    """Tell which segments are on the Pareto front: no other is at least as good in everything and better in something.

    Examples
    --------
    >>> values = {"settle_days": np.array([10.0, 20.0, 20.0]), "potential": np.array([5.0, 9.0, 4.0])}
    >>> front(values, ("settle_days", "potential")).tolist()
    [True, True, False]
    """
    points = np.stack([_worse(values[name], BETTER[name]) for name in names], axis=-1)
    no_worse = (points[:, None, :] <= points[None, :, :]).all(axis=-1)
    better = (points[:, None, :] < points[None, :, :]).any(axis=-1)
    return ~(no_worse & better).any(axis=0)


def _worse(values, better: int):
    """Turn values so that less is better, and what is not known is worst."""
    values = np.asarray(values, dtype=np.float64)
    return np.where(np.isfinite(values), -better * values, np.inf)
