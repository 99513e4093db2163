"""Floor and ceiling of the risk: used only where slices that did not choose them agree that they help.

Where churn has causes that no feature sees, even the riskiest accounts stay now and then and even the safest leave: seen
churn levels off where a straight line in log odds keeps rising. A floor and a ceiling say so.
"""

import numpy as np

from renewcast.estimators.calibration import LEAST_SLOPE, Shape
from renewcast.estimators.logit import fit_logistic, sigmoid
from renewcast.estimators.one_thread import one_thread

# A steeper slope than this makes the top of the list one flat plateau.
HIGHEST_FLOOR, LOWEST_CEILING, STEEPEST_SLOPE = 0.2, 0.7, 1.6


def fit_saturated(log_odds: np.ndarray, label: np.ndarray, slice_of: np.ndarray) -> Shape:
    """Fit slope, floor and ceiling, each slice with its own level; one pseudo-row each holds floor and ceiling at 0 and 1.

    Parameters
    ----------
    log_odds : array of float, shape (n,)
        Predicted by models that did not see the row.
    label : array of bool, shape (n,)
    slice_of : array of int, shape (n,)

    Returns
    -------
    Shape

    References
    ----------
    Copas, Binary regression models for contaminated data, Journal of the Royal Statistical Society B 50, 1988.

    Examples
    --------
    >>> z = np.linspace(-4, 4, 2000)
    >>> label = np.random.default_rng(0).random(2000) < 0.1 + 0.7 / (1 + np.exp(-1.4 * z))
    >>> round(fit_saturated(z, label, np.zeros(2000, dtype=int)).ceiling, 1)
    0.8
    """
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
