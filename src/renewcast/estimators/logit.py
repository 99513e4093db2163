"""The logit scale, on which models are averaged, calibrated and explained."""

import numpy as np

from renewcast.estimators.one_thread import one_thread

# Probabilities are kept this far from 0 and 1: nobody is certain to stay, and log loss must be finite.
TINIEST = 1e-6


def logit(probability: np.ndarray) -> np.ndarray:
    """Return the log odds of probabilities, which are first kept within [1e-6, 1 - 1e-6].

    Examples
    --------
    >>> float(logit(np.array([0.5]))[0])
    0.0
    """
    kept = np.clip(np.asarray(probability, dtype=float), TINIEST, 1 - TINIEST)
    return np.log(kept) - np.log1p(-kept)


def sigmoid(log_odds: np.ndarray) -> np.ndarray:
    """Return the probabilities of log odds, without overflow.

    Examples
    --------
    >>> sigmoid(np.array([-800.0, 0.0, 800.0])).tolist()
    [0.0, 0.5, 1.0]
    """
    log_odds = np.asarray(log_odds, dtype=float)
    shrunk = np.exp(-np.abs(log_odds))
    return np.where(log_odds >= 0, 1.0, shrunk) / (1.0 + shrunk)


def add_up(base: np.ndarray, parts: np.ndarray) -> np.ndarray:
    """Add the columns of parts to the base one by one.

    A matrix product may round a row differently with its place in the batch; column by column it never does.

    Examples
    --------
    >>> add_up(np.array([1.0]), np.array([[2.0, 3.0]])).tolist()
    [6.0]
    """
    total = np.array(base, dtype=float)
    for column in range(parts.shape[1]):
        total += parts[:, column]
    return total


def own_levels(log_odds: np.ndarray, label: np.ndarray, slice_of: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Find the level of each slice that suits it best: the level of one season says nothing of the next.

    Parameters
    ----------
    log_odds : array of float, shape (n,)
    label : array of bool, shape (n,)
    slice_of : array of int from 0 on, shape (n,)
    weight : array of float, shape (n,)

    Returns
    -------
    array of float, shape (n_slices,)
        The a_k with the least log loss of sigmoid(a_k + log odds), by Newton's method.

    Examples
    --------
    >>> own_levels(np.array([3.0, 3.0]), np.array([True, False]), np.array([0, 0]), np.ones(2)).round(6).tolist()
    [-3.0]
    """
    levels = np.zeros(slice_of.max() + 1)
    for _ in range(60):
        p = sigmoid(log_odds + levels[slice_of])
        gradient = np.bincount(slice_of, weights=weight * (label - p))
        curvature = np.bincount(slice_of, weights=weight * p * (1 - p))
        step = np.clip(gradient / np.maximum(curvature, TINIEST), -1, 1)
        levels += step
        if np.abs(step).max() < 1e-6:
            break
    return levels


@one_thread()
def fit_logistic(
    design: np.ndarray,
    label: np.ndarray,
    *,
    ridge: float = 1e-6,
    rounds: int = 100,
    weight: np.ndarray | None = None,
    offset: np.ndarray | float = 0.0,
) -> np.ndarray:
    """Fit a logistic regression on a handful of columns by Newton's method.

    Parameters
    ----------
    design : array of float, shape (n, n_columns)
        With its own column of ones where an intercept is wanted.
    label : array of bool, shape (n,)
    ridge : float
        A trace of L2 penalty, so that separated classes still have an answer.
    weight : array of float, shape (n,), optional
        How much each row counts; 1 by default.
    offset : array of float, shape (n,), or float
        Log odds that every row starts from.

    Returns
    -------
    array of float, shape (n_columns,)

    References
    ----------
    Hastie, Tibshirani, Friedman, The Elements of Statistical Learning, 2nd ed. 2009, eq. 4.26 to 4.28.

    Examples
    --------
    >>> fit_logistic(np.ones((4, 1)), np.array([True, False, False, False])).round(4).tolist()
    [-1.0986]
    """
    weights, counts = np.zeros(design.shape[1]), np.ones(len(label)) if weight is None else weight

    def loss(candidate):
        z = offset + design @ candidate
        return np.sum(counts * (np.logaddexp(0, z) - label * z)) + 0.5 * ridge * candidate @ candidate

    now = loss(weights)
    for _ in range(rounds):
        p = sigmoid(offset + design @ weights)
        gradient = design.T @ (counts * (p - label)) + ridge * weights
        curvature = (design * (counts * p * (1 - p))[:, None]).T @ design + ridge * np.eye(len(weights))
        step = np.linalg.solve(curvature, gradient)
        share = 1.0
        while share > 1e-8 and loss(weights - share * step) > now:
            share /= 2
        weights = weights - share * step
        before, now = now, loss(weights)
        if before - now < 1e-10 * (1 + abs(now)):
            break
    return weights
