"""The shifted-beta-geometric model of retention: what a cohort alone tells of how many stay; the forecast's plainest rival."""

import dataclasses

import numpy as np


@dataclasses.dataclass(frozen=True)
class ShiftedBetaGeometric:
    """Customers whose chance of leaving at each renewal is their own, drawn from a beta distribution, and never changes.

    Parameters
    ----------
    alpha, beta : float > 0

    References
    ----------
    Fader and Hardie, How to Project Customer Retention, Journal of Interactive Marketing 21 (2007): equations 5 and 7.
    """

    alpha: float
    beta: float

    def retention(self, period) -> np.ndarray:
        """Return the share of those still there who renew for the so many-th time (1 is the first): rises with age.

        Examples
        --------
        >>> ShiftedBetaGeometric(0.668, 3.806).retention([1, 2, 12]).round(3).tolist()
        [0.851, 0.878, 0.957]
        """
        period = np.asarray(period, dtype=float)
        return (self.beta + period - 1.0) / (self.alpha + self.beta + period - 1.0)

    def survival(self, periods: int) -> np.ndarray:
        """Return the share that is left after 0, 1, ... ``periods`` renewals, shape (periods + 1,)."""
        return np.append(1.0, np.cumprod(self.retention(np.arange(1, periods + 1))))


def fit_sbg(at_risk, lost) -> ShiftedBetaGeometric:
    """Fit the model by maximum likelihood to how many came to each renewal and how many left at it.

    Parameters
    ----------
    at_risk, lost : arrays of float >= 0, shape (n_periods,)
        At the first, second, ... renewal. Cohorts of any age are added up; who has not come to a renewal yet is not counted.

    Returns
    -------
    ShiftedBetaGeometric
        Where nobody, or everybody, left, the chance is as good as the same for all.

    References
    ----------
    Fader and Hardie (2007), appendix A: the likelihood of a cohort is the product over renewals of the chance of what happened.

    Examples
    --------
    >>> left = 1000 * np.array([1, 0.869, 0.743, 0.653, 0.593, 0.551, 0.517, 0.491])  # their "high end" customers, seven years
    >>> found = fit_sbg(left[:-1], -np.diff(left))
    >>> round(found.alpha, 3), round(found.beta, 3)
    (0.668, 3.806)
    """
    from scipy.optimize import minimize

    at_risk, lost = np.asarray(at_risk, dtype=float), np.asarray(lost, dtype=float)
    period = np.arange(1, len(at_risk) + 1)

    def misfit(logs):
        kept = ShiftedBetaGeometric(*np.exp(logs)).retention(period)
        return -(lost * np.log1p(-kept) + (at_risk - lost) * np.log(kept)).sum() / max(at_risk.sum(), 1.0)

    rate = np.clip(lost.sum() / max(at_risk.sum(), 1.0), 1e-4, 1 - 1e-4)
    start = np.log([4 * rate, 4 * (1 - rate)])
    bounds = [(np.log(1e-4), np.log(1e4))] * 2
    exact = {"ftol": 1e-14, "gtol": 1e-10, "maxiter": 1000}
    found = minimize(misfit, start, method="L-BFGS-B", bounds=bounds, options=exact)
    return ShiftedBetaGeometric(*(float(value) for value in np.exp(found.x)))
