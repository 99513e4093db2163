"""Challengers of the plain slope: beta, isotonic and sigmoid calibration, each strictly increasing and bounded.

They say how log odds are bent; the level stays that of the training rows, but for the sigmoid, which is for slices that cover
all seasons.
"""

import numpy as np

from renewcast.estimators.calibration import LEAST_SLOPE, MOST_SLOPE, Shape, by_slice, fit_level, fit_slope
from renewcast.estimators.logit import fit_logistic, logit

# Beyond this a side of the curve is a flat plateau or a cliff.
STEEPEST_SIDE = 1.6
# A step of the isotonic curve rests on so many rows at least, so that a streak of luck is no step.
FEWEST_STEP_ROWS = 100
# The least slope of the isotonic curve.
FLATTEST = 0.05


def fit_beta(log_odds: np.ndarray, label: np.ndarray, slice_of: np.ndarray) -> Shape:
    """Fit one slope for the safe side and one for the risky side, each slice with its own level.

    Parameters
    ----------
    log_odds : array of float, shape (n,)
    label : array of bool, shape (n,)
    slice_of : array of int, shape (n,)

    Returns
    -------
    Shape
        Both slopes within [0.3, 1.6].

    References
    ----------
    Kull, Silva Filho, Flach, Beta calibration, AISTATS 2017.

    Examples
    --------
    >>> z = np.linspace(-4, 4, 2000)
    >>> truth = 1 / (1 + np.exp(-np.where(z > 0, 0.5 * z, z)))
    >>> shape = fit_beta(z, np.random.default_rng(0).random(2000) < truth, np.zeros(2000))
    >>> shape.slope_above < shape.slope
    True
    """
    sides, dummies = by_slice(np.column_stack([-np.logaddexp(0, -log_odds), np.logaddexp(0, log_odds)]), slice_of)
    below, above = np.clip(fit_logistic(np.column_stack([sides, dummies]), label)[:2], LEAST_SLOPE, STEEPEST_SIDE)
    return Shape(slope=float(below), slope_above=float(above))


def fit_isotonic(log_odds: np.ndarray, label: np.ndarray, slice_of: np.ndarray) -> Shape:
    """Fit an increasing curve on the log odds that the plain slope gives, slices brought to one level.

    The steps of the isotonic regression become the knots of a curve that is straight in between, so that no two different
    log odds are shown as one.

    Parameters
    ----------
    log_odds : array of float, shape (n,)
    label : array of bool, shape (n,)
    slice_of : array of int, shape (n,)

    Returns
    -------
    Shape

    References
    ----------
    Zadrozny, Elkan, Transforming classifier scores into accurate multiclass probability estimates, KDD 2002.

    Examples
    --------
    >>> z = np.linspace(-3, 3, 4000)
    >>> label = np.random.default_rng(0).random(4000) < np.where(z > 0, 0.6, 0.1)
    >>> knots = np.array(fit_isotonic(z, label, np.zeros(4000)).knots)
    >>> bool((np.diff(knots, axis=0) > 0).all())
    True
    """
    from sklearn.isotonic import IsotonicRegression

    plain = Shape(fit_slope(log_odds, label, slice_of))
    u = np.empty(len(log_odds))
    for one in np.unique(slice_of):
        at = slice_of == one
        u[at] = fit_level(log_odds[at], float(label[at].mean()), plain) + plain.slope * log_odds[at]
    order = np.argsort(u, kind="stable")
    steps = np.array_split(order, max(1, len(order) // FEWEST_STEP_ROWS))
    middle = np.array([u[step].mean() for step in steps])
    share = np.array([(label[step].sum() + 0.5) / (len(step) + 1) for step in steps])
    sizes = np.array([len(step) for step in steps], dtype=float)
    level = IsotonicRegression().fit(middle, share, sample_weight=sizes).predict(middle)
    _, step_of = np.unique(level, return_inverse=True)
    rows = np.bincount(step_of, weights=sizes)
    at, risk = (np.bincount(step_of, weights=sizes * value) / rows for value in (middle, level))
    # Between two knots the curve may be flat, but never so flat that two accounts are shown as one.
    risen = FLATTEST * at + np.maximum.accumulate(logit(risk) - FLATTEST * at)
    return Shape(slope=plain.slope, knots=tuple(zip(at.tolist(), risen.tolist(), strict=True)))


def fit_sigmoid(log_odds: np.ndarray, label: np.ndarray, slice_of: np.ndarray, fitted_rate: np.ndarray) -> Shape:
    """Fit a slope and an offset from the level of the training rows, both the same for all slices.

    Parameters
    ----------
    log_odds : array of float, shape (n,)
    label : array of bool, shape (n,)
    slice_of : array of int, shape (n,)
    fitted_rate : array of float, shape (n,)
        The churn rate of the rows that the slice's model was fitted on.

    Returns
    -------
    Shape
        Slope within [0.3, 1.2], offset within [-1, 1].

    References
    ----------
    Platt, Probabilistic Outputs for Support Vector Machines, 1999.

    Examples
    --------
    >>> z = np.linspace(-4, 4, 2000)
    >>> label = np.random.default_rng(0).random(2000) < 1 / (1 + np.exp(-z - 0.5))
    >>> round(fit_sigmoid(z, label, np.zeros(2000), np.full(2000, 0.5)).offset, 1)
    0.4
    """
    centre = logit(fitted_rate)
    slope, offset = fit_logistic(np.column_stack([log_odds - centre, np.ones(len(label))]), label, offset=centre)
    return Shape(slope=float(np.clip(slope, LEAST_SLOPE, MOST_SLOPE)), offset=float(np.clip(offset, -1, 1)))
