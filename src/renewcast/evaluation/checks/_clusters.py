"""Errors of sums over test rows: the rows of one account are not independent, so whole groups are what is counted."""

import numpy as np

from renewcast.estimators.logit import fit_logistic, logit, sigmoid

# A model is only refused on a difference that noise brings about once in a hundred healthy models.
TAIL = 0.005
Z99 = 2.5758293035489004


def sums(values: np.ndarray, group: np.ndarray) -> np.ndarray:
    """Add values up by group.

    Examples
    --------
    >>> sums(np.array([1.0, 2.0, 4.0]), np.array([0, 0, 1])).tolist()
    [3.0, 4.0]
    """
    return np.bincount(group, weights=values, minlength=int(group.max()) + 1)


def design_effect(label: np.ndarray, probability: np.ndarray, group: np.ndarray) -> float:
    """How many times the variance of the summed residuals exceeds that of independent rows; at least 1.

    References
    ----------
    Kish, Survey Sampling, 1965, section 8.2.
    """
    independent = float((probability * (1 - probability)).sum())
    return max(1.0, float((sums(label - probability, group) ** 2).sum()) / independent) if independent > 0 else 1.0


def level_shift(label, probability, group) -> tuple[float, float]:
    """How far the log odds stand too low (+) or too high (-) on these rows, and the standard error over groups.

    Returns
    -------
    tuple of float
        The a of logit P(y) = a + logit(p), and its cluster-robust standard error.

    References
    ----------
    Steyerberg, Clinical Prediction Models, 2nd ed. 2019, chapter 15: calibration in the large. Liang, Zeger, Longitudinal data
    analysis using generalized linear models, Biometrika 73, 1986: the error over groups.

    Examples
    --------
    >>> label = np.array([True, False] * 50)
    >>> round(level_shift(label, np.full(100, 0.2), np.arange(100))[0], 4)
    1.3863
    """
    z, a = logit(probability), 0.0
    label = np.asarray(label, dtype=float)
    for _ in range(100):
        p = sigmoid(z + a)
        step = (label - p).sum() / max((p * (1 - p)).sum(), 1e-12)
        a += float(np.clip(step, -1, 1))
        if abs(step) < 1e-10:
            break
    p = sigmoid(z + a)
    return a, float(np.sqrt((sums(label - p, group) ** 2).sum()) / max((p * (1 - p)).sum(), 1e-12))


def slope(label, probability, group) -> tuple[float, float]:
    """Return the slope of the outcomes on the log odds, 1 where they are as far apart as they should be, and its error.

    References
    ----------
    Cox, Two further applications of a model for binary regression, Biometrika 45, 1958; errors as in :func:`level_shift`.

    Examples
    --------
    >>> p = np.repeat([0.1, 0.9], 50)
    >>> label = np.r_[np.arange(50) < 5, np.arange(50) < 45]
    >>> round(slope(label, p, np.arange(100))[0], 4)
    1.0
    """
    design = np.column_stack([np.ones(len(label)), logit(probability)])
    found = fit_logistic(design, np.asarray(label, dtype=bool))
    p = sigmoid(design @ found)
    bread = np.linalg.pinv((design * (p * (1 - p))[:, None]).T @ design)
    scores = np.column_stack([sums(column * (label - p), group) for column in design.T])
    return float(found[1]), float(np.sqrt((bread @ (scores.T @ scores) @ bread)[1, 1]))
