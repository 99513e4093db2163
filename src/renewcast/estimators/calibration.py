"""The map from a blend's log odds to the probability shown: its shape is learnt on slices, its level on the training rows.

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
    """How log odds z are stretched and bent: p = floor + (ceiling - floor) sigmoid(curve(level + stretched z)).

    Parameters
    ----------
    slope : float
        In [0.3, 1.2] where nothing else is chosen; up to 1.6 otherwise.
    floor, ceiling : float in [0, 1]
        Risk that even the safest keep, and that even the riskiest do not exceed; 0 and 1 unless proved on the slices.
    slope_above : float, optional
        Slope on the risky side, z far above 0, where it differs from that on the safe side (beta calibration).
    knots : tuple of (float, float)
        Points of an increasing curve in log odds, straight between them and with slope 1 beyond (isotonic calibration).
    offset : float, optional
        How far the level lies above that of the training rows (sigmoid calibration); by default it is theirs.

    Examples
    --------
    >>> Shape(slope=0.5).stretch(np.array([-2.0, 2.0])).tolist()
    [-1.0, 1.0]
    >>> Shape(knots=((-1.0, -2.0), (1.0, 1.0))).bend(np.array([-3.0, 0.0, 2.0])).tolist()
    [-4.0, -0.5, 2.0]
    """

    slope: float = 1.0
    floor: float = 0.0
    ceiling: float = 1.0
    slope_above: float | None = None
    knots: tuple[tuple[float, float], ...] = ()
    offset: float | None = None

    def __post_init__(self):
        object.__setattr__(self, "knots", tuple((float(u), float(v)) for u, v in self.knots))

    @property
    def is_straight(self) -> bool:
        """Whether the shown log odds are a straight line in those of the blend."""
        return (self.floor, self.ceiling, self.slope_above, self.knots) == (0.0, 1.0, None, ())

    def stretch(self, log_odds: np.ndarray) -> np.ndarray:
        """Return the log odds times the slope, or the two slopes that run into each other at even odds."""
        z = np.asarray(log_odds, dtype=float)
        if self.slope_above is None:
            return self.slope * z
        return self.slope_above * np.logaddexp(0, z) - self.slope * np.logaddexp(0, -z)

    def bend(self, u: np.ndarray) -> np.ndarray:
        """Return the log odds of floor + (ceiling - floor) sigmoid(curve(u)).

        Examples
        --------
        >>> Shape(floor=0.25, ceiling=0.75).bend(np.array([-99.0, 0.0])).round(4).tolist()
        [-1.0986, 0.0]
        """
        u = np.asarray(u, dtype=float)
        if self.knots:
            at, value = np.array(self.knots).T
            u = np.interp(u, at, value) + np.minimum(u - at[0], 0) + np.maximum(u - at[-1], 0)
        if (self.floor, self.ceiling) == (0.0, 1.0):
            return u
        return logit(self.floor + (self.ceiling - self.floor) * sigmoid(u))


def fit_slope(
    log_odds: np.ndarray,
    label: np.ndarray,
    slice_of: np.ndarray,
    weight: np.ndarray | None = None,
    *,
    ratio: np.ndarray | float = 1.0,
) -> float:
    """Fit one slope over pooled slices, each with its own intercept, and keep it within 0.3 to 1.2.

    The model is logit P(churn) = a_k + (1 - d r_k) z, with z the log odds predicted for a row of slice k by a model that never
    saw it; the slope is 1 - d. Over-confidence falls with the accounts that a model learnt from. A slice's model learnt
    from fewer than the one that is to be calibrated, by the ratio r_k, so its over-confidence counts as so much less.

    Parameters
    ----------
    log_odds : array of float, shape (n,)
    label : array of bool, shape (n,)
    slice_of : array of int, shape (n,)
        The slice of each row.
    weight : array of float, shape (n,), optional
    ratio : array of float >= 1, shape (n,), or float
        Accounts of the rarer outcome that the calibrated model learns from, over those that the slice's model learnt from.

    Returns
    -------
    float
        1 where there is nothing to learn from: no rows, one class, or log odds without spread.

    References
    ----------
    Cox, Two further applications of a model for binary regression, Biometrika 45, 1958.
    Platt, Probabilistic Outputs for Support Vector Machines, 1999 (there with a free level).
    Van Houwelingen, Le Cessie, Predictive value of statistical models, Statistics in Medicine 9, 1990: the slope falls short of 1
    by degrees of freedom over information, so in proportion to 1 / n.

    Examples
    --------
    >>> z, label, slices = np.array([-8.0, 8.0] * 50), np.array([False, True] * 48 + [True, False] * 2), np.zeros(100)
    >>> round(fit_slope(z, label, slices), 3), round(fit_slope(z, label, slices, ratio=2.0), 3)
    (0.397, 0.699)
    """
    if not len(label) or label.all() or not label.any():
        return 1.0
    centred, dummies = by_slice(log_odds, slice_of)
    if centred.std() < 1e-9:
        return 1.0
    lacking = fit_logistic(np.column_stack([-centred * ratio, dummies]), label, weight=weight, offset=centred)[0]
    return float(np.clip(1.0 - lacking, LEAST_SLOPE, MOST_SLOPE))


def fit_level(log_odds: np.ndarray, rate: float, shape: Shape, weight: np.ndarray | None = None) -> float:
    """Find the level a for which the mean probability over the fitted rows is their churn rate.

    A slope below 1 would pull every probability toward one half; the level undoes that: it solves
    mean(p(a + stretched z)) = rate over the training rows, which is the level the fitted model's own intercept had. Where the
    shape has an offset of its own, the level is that beside the training rows' rate.

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
    >>> round(fit_level(np.array([0.0, 0.0]), 0.2, Shape(offset=0.1)), 4)
    0.1
    """
    if shape.offset is not None:
        return float(shape.offset + (1 - shape.slope) * logit(np.array([rate]))[0])
    stretched, span = shape.stretch(log_odds), shape.ceiling - shape.floor
    wanted = shape.floor + span * np.clip((rate - shape.floor) / span, TINIEST, 1 - TINIEST)
    reach = 40.0 + max((abs(u - v) for u, v in shape.knots), default=0.0)
    low, high = -stretched.max() - reach, -stretched.min() + reach
    for _ in range(200):
        middle = (low + high) / 2
        if middle in (low, high):
            break
        mean = np.average(sigmoid(shape.bend(middle + stretched)), weights=weight)
        low, high = (low, middle) if mean >= wanted else (middle, high)
    return float((low + high) / 2)


@dataclass(frozen=True)
class Calibration:
    """The map from a blend's log odds z to those that are shown: bend(level + drift + stretched z).

    Parameters
    ----------
    shape : Shape
    level : float
    drift : float
        How far the level has moved since the training rows, where that is shown (``estimators.drift``).

    Examples
    --------
    >>> Calibration(Shape(slope=0.5), level=-1.0).apply(np.array([2.0])).tolist()
    [0.0]
    """

    shape: Shape
    level: float
    drift: float = 0.0

    def apply(self, log_odds: np.ndarray) -> np.ndarray:
        """Return the log odds that are shown."""
        return self.shape.bend(self.level + self.drift + self.shape.stretch(log_odds))

    def carry(self, base: np.ndarray, log_odds: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the shown base, and the factor that carries contributions over: the slope of the secant.

        With z = z0 + sum c_j, the shown log odds are apply(z0) + sum c_j factor.
        """
        start, change = self.apply(base), log_odds - base
        if self.shape.is_straight:
            return start, np.full(len(base), self.shape.slope)
        small, middle = np.abs(change) < NEARLY_NOTHING, (base + log_odds) / 2
        tangent = (self.apply(middle + NEARLY_NOTHING) - self.apply(middle - NEARLY_NOTHING)) / (2 * NEARLY_NOTHING)
        return start, np.where(small, tangent, (self.apply(log_odds) - start) / np.where(small, 1.0, change))


def by_slice(columns: np.ndarray, slice_of: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return columns centred within their slice, and one column of zeros and ones a slice."""
    slices = np.unique(slice_of)
    centred, dummies = np.array(columns, dtype=float), (np.asarray(slice_of)[:, None] == slices).astype(float)
    for one in slices:
        centred[slice_of == one] -= centred[slice_of == one].mean(axis=0)
    return centred, dummies
