"""Calibration on pooled time slices: slope-only, and where the slices prove it, a floor and a ceiling.

Over- or under-confidence is mended; the level of one season is never learnt. Every map here is increasing: the ranking
is the blend's.
"""

from dataclasses import dataclass

import numpy as np

from renewcast.estimators.logit import TINIEST, fit_logistic, logit, sigmoid

# A slope outside these bounds says that the slices are odd, not that the model is.
LEAST_SLOPE, MOST_SLOPE = 0.3, 1.2
# Below this change of the log odds the secant is computed as the tangent at the middle.
NEARLY_NOTHING = 1e-4


@dataclass(frozen=True)
class Shape:
    """How log odds are stretched: p = floor + (ceiling - floor) sigmoid(level + slope z).

    Parameters
    ----------
    slope : float
        In [0.3, 1.2] where floor and ceiling are 0 and 1; up to 1.6 otherwise.
    floor, ceiling : float in [0, 1]
        Risk that even the safest keep, and that even the riskiest do not exceed; 0 and 1 unless proved on the slices.
    """

    slope: float = 1.0
    floor: float = 0.0
    ceiling: float = 1.0

    def bend(self, u: np.ndarray) -> np.ndarray:
        """Return the log odds of floor + (ceiling - floor) sigmoid(u).

        Examples
        --------
        >>> Shape(floor=0.25, ceiling=0.75).bend(np.array([-99.0, 0.0])).round(4).tolist()
        [-1.0986, 0.0]
        """
        if (self.floor, self.ceiling) == (0.0, 1.0):
            return np.asarray(u, dtype=float)
        return logit(self.floor + (self.ceiling - self.floor) * sigmoid(u))


def fit_slope(log_odds: np.ndarray, label: np.ndarray, slice_of: np.ndarray, weight: np.ndarray | None = None) -> float:
    """Fit one slope over pooled slices, each with its own intercept, and keep it within 0.3 to 1.2.

    The model is logit P(churn) = a_k + s z, with z the log odds predicted for a row of slice k by a model that never
    saw it. Only s is kept.

    Parameters
    ----------
    log_odds : array of float, shape (n,)
    label : array of bool, shape (n,)
    slice_of : array of int, shape (n,)
        The slice of each row.
    weight : array of float, shape (n,), optional

    Returns
    -------
    float
        1 where there is nothing to learn from: no rows, one class, or log odds without spread.

    References
    ----------
    Cox, Two further applications of a model for binary regression, Biometrika 45, 1958.
    Platt, Probabilistic Outputs for Support Vector Machines, 1999 (there with a free level).

    Examples
    --------
    >>> round(fit_slope(np.array([-8.0, 8.0] * 50), np.array([False, True] * 48 + [True, False] * 2), np.zeros(100)), 3)
    0.397
    """
    if not len(label) or label.all() or not label.any():
        return 1.0
    centred, dummies = _by_slice(log_odds, slice_of)
    if centred.std() < 1e-9:
        return 1.0
    return float(np.clip(fit_logistic(np.column_stack([centred, dummies]), label, weight=weight)[0], LEAST_SLOPE, MOST_SLOPE))


def fit_level(log_odds: np.ndarray, rate: float, shape: Shape, weight: np.ndarray | None = None) -> float:
    """Find the level a for which the mean probability over the fitted rows is their churn rate.

    A slope below 1 would pull every probability toward one half; the level undoes that: it solves
    mean(floor + (ceiling - floor) sigmoid(a + slope z)) = rate over the training rows, which is the level the fitted
    model's own intercept had.

    Parameters
    ----------
    log_odds : array of float, shape (n,)
    rate : float in (0, 1)
    shape : Shape
    weight : array of float, shape (n,), optional

    Returns
    -------
    float

    References
    ----------
    Steyerberg, Clinical Prediction Models, 2nd ed. 2019, chapter 15: calibration in the large.

    Examples
    --------
    >>> round(fit_level(np.array([0.0, 0.0]), 0.2, Shape(slope=0.7)), 4)
    -1.3863
    """
    scaled = shape.slope * np.asarray(log_odds, dtype=float)
    inner = np.clip((rate - shape.floor) / (shape.ceiling - shape.floor), TINIEST, 1 - TINIEST)
    low, high = -scaled.max() - 40.0, -scaled.min() + 40.0
    for _ in range(200):
        middle = (low + high) / 2
        if middle in (low, high):
            break
        low, high = (low, middle) if np.average(sigmoid(middle + scaled), weights=weight) >= inner else (middle, high)
    return float((low + high) / 2)


@dataclass(frozen=True)
class Calibration:
    """The map from a blend's log odds z to those that are shown: bend(level + slope z).

    Examples
    --------
    >>> Calibration(Shape(slope=0.5), level=-1.0).apply(np.array([2.0])).tolist()
    [0.0]
    """

    shape: Shape
    level: float

    def apply(self, log_odds: np.ndarray) -> np.ndarray:
        """Return the log odds that are shown."""
        return self.shape.bend(self.level + self.shape.slope * log_odds)

    def carry(self, base: np.ndarray, log_odds: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the shown base, and the factor that carries contributions over: the slope of the secant.

        With z = z0 + sum c_j, the shown log odds are apply(z0) + sum c_j factor.
        """
        start, change = self.apply(base), log_odds - base
        if (self.shape.floor, self.shape.ceiling) == (0.0, 1.0):
            return start, np.full(len(base), self.shape.slope)
        small, middle = np.abs(change) < NEARLY_NOTHING, (base + log_odds) / 2
        tangent = (self.apply(middle + NEARLY_NOTHING) - self.apply(middle - NEARLY_NOTHING)) / (2 * NEARLY_NOTHING)
        return start, np.where(small, tangent, (self.apply(log_odds) - start) / np.where(small, 1.0, change))


def _by_slice(log_odds: np.ndarray, slice_of: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the log odds centred within their slice, and one column of zeros and ones a slice."""
    slices = np.unique(slice_of)
    centred, dummies = np.array(log_odds, dtype=float), (np.asarray(slice_of)[:, None] == slices).astype(float)
    for one in slices:
        centred[slice_of == one] -= centred[slice_of == one].mean()
    return centred, dummies
