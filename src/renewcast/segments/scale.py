"""Features as the clusters see them: on a signed log scale, in spreads from the typical account, far values drawn in."""

import numpy as np

FAR = 2.0
"""Spreads from the typical account beyond which a value is drawn in."""


def on_scale(values, logged):
    """Return sign(x) log(1 + |x|) of the columns that are taken on the log scale, the others as they are; NaN stays NaN.

    Parameters
    ----------
    values : array of float, shape (n_accounts, n_features)
    logged : sequence of bool, shape (n_features,)

    Returns
    -------
    array of float, same shape

    Examples
    --------
    >>> on_scale(np.array([[np.e - 1, 5.0]]), [True, False]).round(6).tolist()
    [[1.0, 5.0]]
    """
    values = np.asarray(values, dtype="float64")
    return np.where(np.asarray(logged, dtype=bool), np.sign(values) * np.log1p(np.abs(values)), values)


def drawn_in(spreads):
    """Let distances of more than two spreads grow with their logarithm, so that a few odd accounts never make a cluster.

    Cutting them off would pile them up at the cut, and a pile is what a cluster looks like; this keeps one peak one peak.

    Parameters
    ----------
    spreads : array of float
        Distances from the typical account; NaN stays NaN.

    Returns
    -------
    array of float, same shape

    Examples
    --------
    >>> drawn_in(np.array([1.0, -2.0, 12.0])).round(3).tolist()
    [1.0, -2.0, 4.398]
    """
    size = np.abs(spreads)
    return np.sign(spreads) * np.where(size > FAR, FAR + np.log1p(np.maximum(size - FAR, 0.0)), size)


def measured(values):
    """Find the typical account: the median of each feature and half the distance between its 10th and 90th percentile.

    Parameters
    ----------
    values : array of float, shape (n_accounts, n_features)
        On the log scale; NaN where missing.

    Returns
    -------
    centre, spread : array of float, shape (n_features,)
        The spread is 1 where eight accounts in ten have the same value.

    Examples
    --------
    >>> [one.tolist() for one in measured(np.array([[0.0], [1.0], [2.0]]))]
    [[1.0], [0.8]]
    """
    low, centre, high = np.nanpercentile(values, [10, 50, 90], axis=0)
    return centre, np.where(high > low, (high - low) / 2, 1.0)


def smeared(values, generator):
    """Spread whole numbers over the unit that they stand for, so that the steps between them are no gaps.

    A feature with the values 1 and 2 falls into two heaps whatever accounts do; only what is left when each heap fills its
    unit tells that they behave differently.

    Parameters
    ----------
    values : array of float, shape (n_accounts, n_features)
        As they are, NaN where missing.
    generator : numpy.random.Generator

    Returns
    -------
    array of float, same shape
        Columns of whole numbers with a uniform amount from -0.5 to 0.5 added; others untouched.

    References
    ----------
    Denuit, M. and Lambert, P. (2005). Constraints on concordance measures in bivariate discrete data. J. Multivariate Anal. 93,
    40-57: the jittered version of a count has a density and loses nothing, since rounding gives the count back.

    Examples
    --------
    >>> smeared(np.array([[1.0, 0.25], [2.0, 0.5]]), np.random.default_rng(0)).round(2).tolist()
    [[1.14, 0.25], [1.77, 0.5]]
    """
    values = np.array(values, dtype="float64")
    whole = np.all(np.isnan(values) | (values == np.round(values)), axis=0)
    values[:, whole] += generator.uniform(-0.5, 0.5, (len(values), int(whole.sum())))
    return values
