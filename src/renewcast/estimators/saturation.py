"""Floor and ceiling of the risk: used only where slices that did not choose them agree that they help.

Where churn has causes that no feature sees, even the riskiest accounts stay now and then and even the safest leave: seen
churn levels off where a straight line in log odds keeps rising. A floor and a ceiling say so. They are three numbers
fitted on few slices, so they must prove themselves out of slice before they replace the plain slope.
"""

import numpy as np

from renewcast.estimators.calibration import LEAST_SLOPE, Shape, fit_slope
from renewcast.estimators.logit import fit_logistic, sigmoid
from renewcast.estimators.one_thread import one_thread

# A steeper slope than this makes the top of the list one flat plateau.
HIGHEST_FLOOR, LOWEST_CEILING, STEEPEST_SLOPE = 0.2, 0.7, 1.6
# Out-of-slice gain in log loss, in standard errors over groups, that the shape must show.
PROOF = 2.5


def fit_shape(log_odds: np.ndarray, label: np.ndarray, slice_of: np.ndarray, group: np.ndarray) -> Shape:
    """Choose between a plain slope and a slope with floor and ceiling.

    Both are fitted on all slices but one and compared on the one left out, where each may choose its level. Floor and
    ceiling are taken when the mean gain in log loss over all groups is at least 2.5 standard errors and no slice loses.

    Parameters
    ----------
    log_odds : array of float, shape (n,)
        Predicted by models that did not see the row.
    label : array of bool, shape (n,)
    slice_of : array of int, shape (n,)
    group : array of str, shape (n,)

    Returns
    -------
    Shape

    References
    ----------
    Copas, Binary regression models for contaminated data, Journal of the Royal Statistical Society B 50, 1988.

    Examples
    --------
    >>> z, slices = np.array([-2.0, 2.0] * 50), np.repeat([0, 1], 50)
    >>> fit_shape(z, np.array([False, True] * 50), slices, np.arange(100).astype(str)).ceiling
    1.0
    """
    plain = Shape(fit_slope(log_odds, label, slice_of))
    slices = np.unique(slice_of)
    if len(slices) < 2:
        return plain
    gain = np.zeros(len(label))
    for one in slices:
        out = slice_of == one
        if not 0 < label[out].mean() < 1 or not 0 < label[~out].mean() < 1:
            return plain
        straight = Shape(fit_slope(log_odds[~out], label[~out], slice_of[~out]))
        bent = _saturated(log_odds[~out], label[~out], slice_of[~out])
        gain[out] = _losses(log_odds[out], label[out], straight) - _losses(log_odds[out], label[out], bent)
        if gain[out].mean() <= 0:
            return plain
    names, position = np.unique(group, return_inverse=True)
    by_group = np.bincount(position, weights=gain - gain.mean(), minlength=len(names))
    if gain.sum() < PROOF * np.sqrt((by_group**2).sum()):
        return plain
    return _saturated(log_odds, label, slice_of)


def _losses(log_odds: np.ndarray, label: np.ndarray, shape: Shape) -> np.ndarray:
    """Return the log loss of each row at the level that suits these rows best."""
    levels = np.linspace(-4, 4, 81) - shape.slope * log_odds.mean()
    p = np.clip(shape.floor + (shape.ceiling - shape.floor) * sigmoid(levels[:, None] + shape.slope * log_odds), 1e-9, 1 - 1e-9)
    losses = -np.where(label, np.log(p), np.log1p(-p))
    return losses[losses.mean(axis=1).argmin()]


def _saturated(log_odds: np.ndarray, label: np.ndarray, slice_of: np.ndarray) -> Shape:
    """Fit slope, floor and ceiling, each slice with its own level; one pseudo-row each holds floor and ceiling at 0 and 1."""
    from scipy.optimize import minimize

    slices, at = np.unique(slice_of, return_inverse=True)
    starts = [fit_logistic(np.ones(((at == k).sum(), 1)), label[at == k])[0] for k in range(len(slices))]
    centre = np.array([log_odds[at == k].mean() for k in range(len(slices))])

    def loss(t):
        floor, ceiling, slope, level = t[0], t[1], t[2], t[3:]
        s = sigmoid(level[at] + slope * (log_odds - centre[at]))
        p = np.clip(floor + (ceiling - floor) * s, 1e-12, 1 - 1e-12)
        bend = np.where(label, -1 / p, 1 / (1 - p))
        steep = bend * (ceiling - floor) * s * (1 - s)
        gradient = np.r_[
            (bend * (1 - s)).sum() + 1 / (1 - floor),
            (bend * s).sum() - 1 / ceiling,
            (steep * (log_odds - centre[at])).sum(),
            np.bincount(at, weights=steep, minlength=len(slices)),
        ]
        return -np.where(label, np.log(p), np.log1p(-p)).sum() - np.log1p(-floor) - np.log(ceiling), gradient

    bounds = [(0.0, HIGHEST_FLOOR), (LOWEST_CEILING, 1.0), (LEAST_SLOPE, STEEPEST_SLOPE)] + [(-20.0, 20.0)] * len(slices)
    with one_thread():
        best = minimize(loss, np.r_[0.01, 0.98, 1.0, starts], jac=True, method="L-BFGS-B", bounds=bounds).x
    return Shape(slope=float(best[2]), floor=float(best[0]), ceiling=float(best[1]))
