"""How many segments there are: the largest number whose clusters all have gaps between them and all come back, or none."""

from dataclasses import dataclass

import numpy as np

from renewcast.segments.gaps import DEEPEST_P, DEEPEST_RATIO, gap, k_means
from renewcast.segments.stability import LEAST, stability

ROUNDS = 3
"""Times that features are weighed and clusters drawn again."""


@dataclass(frozen=True, eq=False)
class Trial:
    """What came of one number of clusters.

    Attributes
    ----------
    number : int
    gap_p, gap_ratio : float
        Of the shallowest gap between two clusters; see :func:`renewcast.segments.gaps.gap`.
    stability : array of float in [0, 1], shape (number,)
        See :func:`renewcast.segments.stability.stability`.
    weights : array of float in [0, 1], shape (n_features,)
    centres : array of float, shape (number, n_features)
        Of the weighted features.
    assigned : array of int, shape (n_accounts,)
    """

    number: int
    gap_p: float
    gap_ratio: float
    stability: np.ndarray
    weights: np.ndarray
    centres: np.ndarray
    assigned: np.ndarray

    @property
    def holds(self) -> bool:
        """Whether every pair of clusters has a gap between them and every cluster comes back."""
        return self.gap_p < DEEPEST_P and self.gap_ratio < DEEPEST_RATIO and float(self.stability.min()) >= LEAST


def trials(values, numbers: list[int], seed: int) -> list[Trial]:
    """Try each number of clusters.

    A feature counts by the share of its variance that lies between the clusters, so that features in which accounts do not differ
    by kind do not drown those in which they do. As that depends on where one begins, one begins with those features that fall
    into two heaps by themselves, once a little and once sharply; the clusters with the deeper gaps are tried.

    Parameters
    ----------
    values : array of float, shape (n_accounts, n_features)
        Scaled, nothing missing, in an order that does not depend on how accounts came.
    numbers : list of int
    seed : int

    Returns
    -------
    list of Trial

    References
    ----------
    Witten, D. M. and Tibshirani, R. (2010). A framework for feature selection in clustering. J. Amer. Statist. Assoc. 105,
    713-726, for the weights: here the share of variance between clusters itself, without a penalty.
    """
    from renewcast.estimators.one_thread import one_thread

    found = []
    with one_thread():
        heaps = two_heaps(values)
        for number in numbers:
            drawn = []
            for first in (heaps, heaps**4):
                weights = _weights(values, number, seed, first)
                centres, assigned = k_means(values * weights, number, seed, starts=10)
                drawn.append((*gap(values * weights, centres, seed), weights, centres, assigned))
            p, ratio, weights, centres, assigned = min(drawn, key=lambda one: one[1])
            comes_back = stability(values * weights, centres, assigned, seed)
            found.append(Trial(number, p, ratio, comes_back, weights, centres, assigned))
    return found


def chosen(found: list[Trial]) -> Trial | None:
    """Return the trial of the largest number that holds, or None."""
    return max((one for one in found if one.holds), key=lambda one: one.number, default=None)


def two_heaps(values):
    """Weigh each feature by how much better two heaps tell it than they would tell a normal distribution.

    Parameters
    ----------
    values : array of float, shape (n_accounts, n_features)

    Returns
    -------
    array of float in (0, 1], shape (n_features,)
        1 for a feature that takes two values; 2 / pi of the variance of a normal one lies between its halves, and it gets 0.2.

    Examples
    --------
    >>> values = np.random.default_rng(0).normal(0, 1, (1000, 2))
    >>> values[:500, 1] += 8
    >>> two_heaps(values).round(2).tolist()
    [0.2, 0.92]
    """
    weights = np.zeros(values.shape[1])
    for at, column in enumerate(values.T):
        column = np.sort(column)
        size, total = np.arange(1, len(column)), column.sum()
        left = np.cumsum(column)[:-1]
        between = (left / size - total / len(column)) ** 2 * size * len(column) / (len(column) - size) / len(column)
        variance = column.var()
        share = float(between.max()) / variance if variance > 0 else 0.0
        weights[at] = max((share - 2 / np.pi) / (1 - 2 / np.pi), 0.04)
    return np.sqrt(np.minimum(weights, 1.0))


def _weights(values, number: int, seed: int, weights):
    """Weigh features by the share of their variance between clusters; on squared distances, so as square roots."""
    total = values.var(axis=0)
    for _ in range(ROUNDS):
        _, assigned = k_means(values * weights, number, seed)
        within = np.zeros(values.shape[1])
        for one in range(number):
            members = values[assigned == one]
            within += members.var(axis=0) * len(members) if len(members) else 0.0
        between = np.where(total > 0, 1 - within / len(values) / np.where(total > 0, total, 1.0), 0.0)
        between = np.maximum(between, 0.0)
        weights = np.sqrt(between / between.max()) if between.max() > 0 else np.ones(values.shape[1])
    return weights
