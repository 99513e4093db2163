"""Survival curves that agree with the champion: probabilities at any horizon, expected lifetime, customer lifetime value."""

from dataclasses import dataclass

import numpy as np

from renewcast.estimators.person_period import Periods

# After the last step of the hazard the curve falls as it did over the twelve steps before: a year, so every yearly term once.
TAIL_STEPS = 12
DAYS_A_YEAR = 365.25


@dataclass(frozen=True, eq=False)
class SurvivalCurves:
    """A curve for each account, in days from the start of its outcome window.

    Parameters
    ----------
    periods : Periods
        In days; the hazard is constant inside each.
    hazard : array of float in [0, 1], shape (n, n_periods)
    horizon_days : int
    probability : array of float in (0, 1), shape (n,)
        The champion's, through which each curve passes at the horizon.

    Examples
    --------
    >>> monthly = np.full((1, 36), 0.02)
    >>> curves = SurvivalCurves.through(monthly, 30, np.array([0.25]), 90, limit_days=1826)
    >>> [round(float(curves.probability_by(days)[0]), 4) for days in (30, 90, 180)]
    [0.0914, 0.25, 0.2941]
    """

    periods: Periods
    hazard: np.ndarray
    horizon_days: int
    probability: np.ndarray

    @classmethod
    def through(
        cls, hazard: np.ndarray, step_days: int, probability: np.ndarray, horizon_days: int, *, limit_days: float
    ) -> "SurvivalCurves":
        """Raise each curve up to the horizon to the power that makes it pass through the champion's probability.

        Up to the horizon H the curve is S(t)^a with a = log(1 - p) / log S(H). After H the hazards go on as they are, so that
        what follows is S(H)^a S(t) / S(H): raised or not, the later renewals of those who stay are other decisions.

        Parameters
        ----------
        hazard : array of float in (0, 1), shape (n, n_steps)
        step_days : int
        probability : array of float in (0, 1), shape (n,)
            Of churn up to the horizon.
        horizon_days : int
        limit_days : float
            The curve goes on to here; after the last step by the tail rule, the mean hazard of the last twelve steps.

        Returns
        -------
        SurvivalCurves
        """
        steps = step_days * np.arange(1.0, hazard.shape[1] + 1)
        log_survival = np.hstack([np.zeros((len(hazard), 1)), np.cumsum(np.log1p(-hazard), axis=1)])
        last = min(TAIL_STEPS, len(steps))
        tail = (log_survival[:, -1] - log_survival[:, -1 - last]) / (last * step_days)
        far = max(limit_days, horizon_days, steps[-1])
        ends = np.unique(np.r_[steps, np.arange(steps[-1], far, step_days), far, horizon_days])
        knots, known = np.r_[0.0, ends], np.r_[0.0, steps]
        reached = np.minimum(np.searchsorted(known, knots, side="right") - 1, len(steps) - 1)
        share = np.clip((knots - known[reached]) / step_days, 0.0, 1.0)
        curve = log_survival[:, reached] + share * (log_survival[:, reached + 1] - log_survival[:, reached])
        curve += np.maximum(knots - steps[-1], 0.0) * tail[:, None]
        fall, inside = np.diff(curve, axis=1), ends <= horizon_days
        power = np.log1p(-probability) / fall[:, inside].sum(axis=1)
        fall = np.where(inside, fall * power[:, None], fall)
        return cls(Periods(ends, False), -np.expm1(fall), horizon_days, np.asarray(probability, dtype=float))

    def probability_by(self, days: int) -> np.ndarray:
        """Return the probability of churn within so many days, shape (n,); never less than within fewer.

        At the horizon it is the champion's, to the last bit.
        """
        found = 1 - self.periods.survival(self.hazard, np.array([float(days)]))[:, 0]
        if days == self.horizon_days:
            return self.probability.copy()
        return np.minimum(found, self.probability) if days < self.horizon_days else np.maximum(found, self.probability)

    def lifetime_days(self, limit_days: float) -> np.ndarray:
        """Return the expected days until churn, of which those after the limit do not count, shape (n,)."""
        return self.periods.mean_lifetime(self.hazard, limit_days)

    def lifetime_value(self, margin_a_year: np.ndarray, annual_discount_rate: float, limit_days: float) -> np.ndarray:
        """Return the expected discounted margin up to the limit, in whole cents (halves to the even cent), shape (n,).

        The margin flows evenly while the account stays: value = margin per day x integral of S(t) (1 + i)^(-t / 365.25).

        Parameters
        ----------
        margin_a_year : array of float, shape (n,)
            Recurring revenue of a year times the gross margin, in currency units.
        annual_discount_rate : float >= 0
        limit_days : float

        References
        ----------
        Gupta and Lehmann, Customers as assets, Journal of Interactive Marketing 17, 2003.
        Fader and Hardie, Customer-base valuation in a contractual setting, Marketing Science 29, 2010: renewal risk differs.
        """
        days = self.periods.mean_lifetime(self.hazard, limit_days, discount=np.log1p(annual_discount_rate) / DAYS_A_YEAR)
        return np.round(margin_a_year / DAYS_A_YEAR * days, 2)
