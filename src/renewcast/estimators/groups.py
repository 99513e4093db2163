"""Whole groups as the unit of evidence: the rows of one account, or of one family of companies, repeat each other."""

import numpy as np


def rarer_groups(label: np.ndarray, group: np.ndarray) -> int:
    """Count the groups with at least one row of the outcome that fewer groups show: what there is to learn from.

    Parameters
    ----------
    label : array of bool, shape (n,)
    group : array of str, shape (n,)

    Returns
    -------
    int

    Examples
    --------
    >>> rarer_groups(np.array([True, True, False, False]), np.array(["A", "A", "B", "C"]))
    1
    """
    return min(len(np.unique(group[label])), len(np.unique(group[~label])))


def error_of_sum(values: np.ndarray, group: np.ndarray) -> float:
    """Return the standard error of a sum of centred values, whose rows hang together within a group.

    The root of the sum over groups of (sum of the group's values)^2.

    Parameters
    ----------
    values : array of float, shape (n,)
        Deviations from their mean.
    group : array of str, shape (n,)

    Returns
    -------
    float

    References
    ----------
    Liang, Zeger, Longitudinal data analysis using generalized linear models, Biometrika 73, 1986.

    Examples
    --------
    >>> error_of_sum(np.array([1.0, 2.0, -3.0]), np.array(["A", "A", "B"])) == 18**0.5
    True
    """
    by_group = np.bincount(np.unique(group, return_inverse=True)[1], weights=values)
    return float(np.sqrt((by_group**2).sum()))
