"""From log odds to points: how many percentage points each feature, and each driver, adds to the probability shown.

The only module, beside the trees themselves, that touches SHAP values.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from renewcast.errors import RenewcastError
from renewcast.estimators.explanation import explain
from renewcast.estimators.gate_by_term import GATE_DRIVER, GATE_FEATURE
from renewcast.estimators.logit import add_up, sigmoid

# Below this change of the log odds the secant is computed as the tangent at the middle, which agrees to 1e-13.
NEARLY_NOTHING = 1e-4
# Base plus points must be the probability that the model says, to this.
TOLERANCE = 1e-9


@dataclass(frozen=True, eq=False)
class Attribution:
    """Probabilities and what they are made of.

    Parameters
    ----------
    base_probability : array of float in (0, 1), shape (n,)
        What would be said of an account of which nothing is known: the model's mean training row.
    probability : array of float in (0, 1), shape (n,)
    points : pandas.DataFrame, shape (n, n_features)
        Probability points of each feature, positive is riskier; base_probability + row sum = probability, to 1e-9. The
        contract gate appears as ``term_outlasts_horizon``.
    falls : array of float, shape (n, n_features), or None
        Probability points that fall away if that feature alone stands at its typical value (below 0: that are added).
    fits : array of float, shape (n_fits, n_drivers, n), or None
        Probability points of each driver as each bagged fit sees them, but for what is the same in all fits.
    drivers : tuple of str
        By name, those of ``fits``.
    typical : pandas.DataFrame, shape (1, n_features), or None
        Where ``falls`` moves a feature to.
    """

    base_probability: np.ndarray
    probability: np.ndarray
    points: pd.DataFrame
    falls: np.ndarray | None = None
    fits: np.ndarray | None = None
    drivers: tuple[str, ...] = ()
    typical: pd.DataFrame | None = None


def attribute(estimator, features: pd.DataFrame, gated: np.ndarray, typical: pd.DataFrame | None = None) -> Attribution:
    """Split each churn probability into points by feature.

    With base log odds z0, contributions c_j and z = z0 + sum c_j, feature j gets
    points_j = c_j (p - p0) / (z - z0), where p = sigmoid(z) and p0 = sigmoid(z0): every contribution is carried over with the
    slope of the secant, so signs and proportions stay and the points sum to p - p0. Where z = z0 the slope is p (1 - p).

    Parameters
    ----------
    estimator : Estimator or Scorer
    features : pandas.DataFrame, shape (n, n_features)
    gated : array of bool, shape (n,)
    typical : pandas.DataFrame, shape (1, n_features), optional
        A typical account, for ``falls``; see :func:`renewcast.explanation.typical.typical_row`.

    Returns
    -------
    Attribution

    References
    ----------
    Lundberg, Lee, A Unified Approach to Interpreting Model Predictions, NeurIPS 2017 (additive attributions; linear models:
    corollary 1). Lundberg et al., Nature Machine Intelligence 2, 2020 (trees). The secant is Aumann and Shapley's average
    slope along the straight path from base to row.

    Examples
    --------
    >>> class Always:
    ...     def contributions(self, features, gated):
    ...         return np.zeros(1), pd.DataFrame({"usage_events_trend_28d": [2.0], "open_tickets": [-1.0]})
    >>> attribute(Always(), pd.DataFrame(index=[0]), np.array([False])).points.round(3).values.tolist()
    [[0.462, -0.231]]
    """
    base, parts, moved, fits, drivers = explain(estimator, features, gated, typical)
    z = add_up(base, parts.to_numpy())
    change = z - base
    small = np.abs(change) < NEARLY_NOTHING
    middle = sigmoid((z + base) / 2)
    slope = np.where(small, middle * (1 - middle), (sigmoid(z) - sigmoid(base)) / np.where(small, 1.0, change))
    probability = sigmoid(z)
    for at in range(moved.shape[1]) if moved is not None else ():
        # In place: there are as many numbers as in the features.
        moved[:, at] = probability - sigmoid(moved[:, at])
    return Attribution(sigmoid(base), probability, parts.mul(slope, axis=0), moved, fits * slope, drivers, typical)


def check_sums(attribution: Attribution, predicted: np.ndarray) -> None:
    """Hold every row to the law that base plus points is the probability that the model says, to 1e-9.

    Parameters
    ----------
    attribution : Attribution
    predicted : array of float in (0, 1), shape (n,)
        What the model itself says of the same rows.

    Raises
    ------
    RenewcastError
        "The points of ... accounts do not add up ...".

    Examples
    --------
    >>> check_sums(Attribution(np.array([0.5]), np.array([0.6]), pd.DataFrame({"seats": [0.1]})), np.array([0.61]))
    Traceback (most recent call last):
    renewcast.errors.RenewcastError: The points of 1 accounts do not add up to their probability (apart by 1.0e-02); train again.
    """
    summed = add_up(attribution.base_probability, attribution.points.to_numpy())
    apart = np.maximum(np.abs(summed - predicted), np.abs(attribution.probability - predicted))
    if not (apart <= TOLERANCE).all():
        raise RenewcastError(
            f"The points of {int((~(apart <= TOLERANCE)).sum())} accounts do not add up to their probability "
            f"(apart by {apart.max():.1e}); train again."
        )


def driver_points(attribution: Attribution, specs) -> pd.DataFrame:
    """Sum the points of the features of each driver.

    Parameters
    ----------
    attribution : Attribution
    specs : iterable of objects with ``name`` and ``driver``

    Returns
    -------
    pandas.DataFrame, shape (n, n_drivers)
        One column a driver, in the order in which the specs first name them; the contract gate counts as "contract".

    Raises
    ------
    KeyError
        When a feature has no spec.

    Examples
    --------
    >>> from renewcast.estimators._definition import InputSpec
    >>> points = pd.DataFrame({"logins_7d": [0.1], "logins_28d": [0.2], "term_outlasts_horizon": [-0.4]})
    >>> specs = [InputSpec("logins_7d", "usage", False), InputSpec("logins_28d", "usage", False)]
    >>> driver_points(Attribution(np.array([0.5]), np.array([0.4]), points), specs).round(1).to_dict("records")
    [{'usage': 0.3, 'contract': -0.4}]
    """
    driver_of = {spec.name: spec.driver for spec in specs} | {GATE_FEATURE: GATE_DRIVER}
    drivers = list(dict.fromkeys(driver_of.values() if GATE_FEATURE in attribution.points else [spec.driver for spec in specs]))
    summed = {driver: np.zeros(len(attribution.points)) for driver in drivers}
    for feature in attribution.points.columns:
        summed[driver_of[feature]] = summed[driver_of[feature]] + attribution.points[feature].to_numpy()
    return pd.DataFrame(summed, index=attribution.points.index)
