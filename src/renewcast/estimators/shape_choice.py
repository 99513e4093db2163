"""Which calibration: the plain slope, unless a challenger proves itself on slices that did not choose it."""

import numpy as np

from renewcast.estimators.calibration import LEAST_SLOPE, MOST_SLOPE, Shape, fit_slope
from renewcast.estimators.curves import fit_beta, fit_isotonic, fit_sigmoid
from renewcast.estimators.groups import error_of_sum, rarer_groups
from renewcast.estimators.logit import logit, sigmoid
from renewcast.estimators.saturation import fit_saturated

# Out-of-slice gain in log loss, in standard errors over groups, that a challenger must show.
PROOF = 2.5
# With fewer rows, or fewer groups of the rarer outcome, the isotonic curve follows noise.
FEWEST_ISOTONIC_ROWS, FEWEST_ISOTONIC_GROUPS = 1000, 100


def fit_shape(
    log_odds: np.ndarray,
    label: np.ndarray,
    slice_of: np.ndarray,
    group: np.ndarray,
    *,
    ratio: np.ndarray | None = None,
    fitted_rate: np.ndarray | None = None,
) -> Shape:
    """Choose between a plain slope, a floor and ceiling, beta, isotonic and sigmoid calibration.

    All are fitted on all slices but one and compared on the one left out, where each may choose its level (the sigmoid, which
    has one, may not). A challenger is taken when its mean gain in log loss over the slope is at least 2.5 standard errors over
    groups and no slice loses; of several, the one that gains most. With one slice there is no proof, so it is the slope.

    Parameters
    ----------
    log_odds : array of float, shape (n,)
        Predicted by models that did not see the row.
    label : array of bool, shape (n,)
    slice_of : array of int, shape (n,)
    group : array of str, shape (n,)
    ratio : array of float, shape (n,), optional
        See ``calibration.fit_slope``; 1 by default.
    fitted_rate : array of float, shape (n,), optional
        The churn rate of the rows that the slice's model was fitted on: give it where the slices cover all seasons, as whole
        years or folds of one date do. Without it there is no sigmoid: the level of a season is never learnt.

    Returns
    -------
    Shape

    References
    ----------
    Niculescu-Mizil, Caruana, Predicting good probabilities with supervised learning, ICML 2005: isotonic calibration needs 1,000
    rows and more.

    Examples
    --------
    >>> z, slices = np.array([-2.0, 2.0] * 50), np.repeat([0, 1], 50)
    >>> fit_shape(z, np.array([False, True] * 50), slices, np.arange(100).astype(str)).ceiling
    1.0
    """
    ratio = np.ones(len(label)) if ratio is None else ratio
    plain, slices = Shape(fit_slope(log_odds, label, slice_of, ratio=ratio)), np.unique(slice_of)
    parts = [label[slice_of == one] for one in slices] + [label[slice_of != one] for one in slices]
    if len(slices) < 2 or any(part.all() or not part.any() for part in parts):
        return plain
    challengers = {"saturated": fit_saturated, "beta": fit_beta}
    if len(label) >= FEWEST_ISOTONIC_ROWS and rarer_groups(label, group) >= FEWEST_ISOTONIC_GROUPS:
        challengers["isotonic"] = fit_isotonic
    gains = {}
    for name, fit in challengers.items():
        gains[name] = np.empty(len(label))
        for one in slices:
            out = slice_of == one
            straight = _slope_for(log_odds, label, slice_of, ratio, out)
            bent = fit(log_odds[~out], label[~out], slice_of[~out])
            gains[name][out] = _losses(log_odds[out], label[out], straight) - _losses(log_odds[out], label[out], bent)
    if fitted_rate is not None:
        gains["sigmoid"] = np.empty(len(label))
        for one in slices:
            out = slice_of == one
            straight, centre = _slope_for(log_odds, label, slice_of, ratio, out), logit(fitted_rate[out])
            moved = fit_sigmoid(log_odds[~out], label[~out], slice_of[~out], fitted_rate[~out])
            plain_u, moved_u = (centre + s.slope * (log_odds[out] - centre) for s in (straight, moved))
            gains["sigmoid"][out] = _row_losses(plain_u, label[out]) - _row_losses(moved_u + moved.offset, label[out])
    proved = [name for name, gain in gains.items() if _is_proved(gain, slice_of, group)]
    if not proved:
        return plain
    best = max(proved, key=lambda name: gains[name].sum())
    if best == "sigmoid":
        return fit_sigmoid(log_odds, label, slice_of, fitted_rate)
    return challengers[best](log_odds, label, slice_of)


def _slope_for(log_odds, label, slice_of, ratio, out) -> Shape:
    """Fit the slope on the other slices, for a model that learnt from as little as that of the slice left out."""
    slope = fit_slope(log_odds[~out], label[~out], slice_of[~out], ratio=ratio[~out])
    return Shape(float(np.clip(1 - (1 - slope) * ratio[out][0], LEAST_SLOPE, MOST_SLOPE)))


def _is_proved(gain: np.ndarray, slice_of: np.ndarray, group: np.ndarray) -> bool:
    if any(gain[slice_of == one].mean() <= 0 for one in np.unique(slice_of)):
        return False
    return bool(gain.sum() >= PROOF * error_of_sum(gain - gain.mean(), group))


def _losses(log_odds: np.ndarray, label: np.ndarray, shape: Shape) -> np.ndarray:
    """Return the log loss of each row at the level that suits these rows best."""
    stretched = shape.stretch(log_odds)
    levels = np.linspace(-4, 4, 81) - stretched.mean()
    losses = _row_losses(shape.bend(levels[:, None] + stretched), label)
    return losses[losses.mean(axis=1).argmin()]


def _row_losses(u: np.ndarray, label: np.ndarray) -> np.ndarray:
    p = np.clip(sigmoid(u), 1e-9, 1 - 1e-9)
    return -np.where(label, np.log(p), np.log1p(-p))
