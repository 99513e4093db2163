"""The interval of a share of money: what is left of the opening revenue, when another draw of customers could have had it."""

import numpy as np

_Z = 1.6448536269514722
"""The standard normal's 95 % point: intervals hold 90 %."""


def ratio_interval(part, whole) -> tuple[float, float, float]:
    """Estimate the ratio of two sums over customers, with its 90 % interval.

    Parameters
    ----------
    part, whole : array of float, shape (n,)
        Of each customer, for example revenue at the end and at the beginning.

    Returns
    -------
    tuple of float
        Ratio, low (at least 0), high; NaN where the whole is nothing, and no interval with fewer than two customers.

    References
    ----------
    Cochran, Sampling Techniques (1977), equation 6.13: the ratio estimator's variance by linearisation.

    Examples
    --------
    >>> [round(one, 3) for one in ratio_interval(np.array([1.0, 0.0, 1.0, 1.0]), np.ones(4))]
    [0.75, 0.339, 1.161]
    """
    part, whole = np.asarray(part, dtype=np.float64), np.asarray(whole, dtype=np.float64)
    if not whole.sum() > 0:
        return float("nan"), float("nan"), float("nan")
    ratio, n = part.sum() / whole.sum(), len(whole)
    if n < 2:
        return float(ratio), float("nan"), float("nan")
    residual = part - ratio * whole
    error = np.sqrt((residual**2).sum() / (n - 1) / n) / whole.mean()
    return float(ratio), float(max(ratio - _Z * error, 0.0)), float(ratio + _Z * error)
