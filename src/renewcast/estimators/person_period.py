"""Durations as person-periods: a row for each period that somebody was seen to enter, and whether it ended there."""

from dataclasses import dataclass

import numpy as np

TINY = 1e-300


@dataclass(frozen=True)
class Periods:
    """The ends of the periods into which time is cut.

    Parameters
    ----------
    ends : array of float, shape (n_periods,), ascending
        In the unit of the durations. Period k is (ends[k - 1], ends[k]]; the first begins at 0.
    exact : bool
        True where the ends are all the times at which anything ended: survival then is a staircase with these steps, and somebody
        censored between two ends was not seen to reach the second. False where periods hold several times: the hazard is
        constant inside a period, and somebody censored inside it was seen for that share of it.

    Examples
    --------
    >>> periods = Periods.learn(np.array([1.0, 2.0, 2.0, 4.0]), np.array([True, True, False, True]), most=10)
    >>> periods.ends.tolist(), periods.exact
    ([1.0, 2.0, 4.0], True)
    """

    ends: np.ndarray
    exact: bool

    @classmethod
    def learn(cls, duration: np.ndarray, event: np.ndarray, most: int) -> "Periods":
        """Take every time at which something ended; with more than ``most`` of them, as many quantiles."""
        times = np.unique(duration[event])
        if len(times) <= most:
            return cls(times, True)
        shares = np.linspace(0, 1, most + 1)[1:]
        return cls(np.unique(np.quantile(duration[event], shares, method="inverted_cdf")), False)

    @property
    def starts(self) -> np.ndarray:
        """Where each period begins, shape (n_periods,)."""
        return np.r_[0.0, self.ends[:-1]]

    def expand(self, duration: np.ndarray, event: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """Expand durations into person-periods.

        Parameters
        ----------
        duration : array of float >= 0, shape (n,)
        event : array of bool, shape (n,)
            False where nothing had ended yet when the duration was cut off (right-censored).

        Returns
        -------
        row, period : array of int, shape (n_person_periods,)
        died : array of bool
        exposure : array of float in (0, 1]
            The share of the period for which the row was seen; 1 where it ended.

        References
        ----------
        Allison, Discrete-time methods for the analysis of event histories, Sociological Methodology 13, 1982.

        Examples
        --------
        >>> row, period, died, _ = Periods(np.array([1.0, 2.0]), True).expand(np.array([2.0, 1.0]), np.array([True, False]))
        >>> row.tolist(), period.tolist(), died.tolist()
        ([0, 1, 0], [0, 0, 1], [False, False, True])
        """
        ended_in = np.where(event, np.searchsorted(self.ends, duration), len(self.ends))
        rows, periods, shares = [], [], []
        for period, (start, end) in enumerate(zip(self.starts, self.ends, strict=True)):
            seen = np.clip((duration - start) / max(end - start, TINY), 0.0, 1.0)
            share = np.where(duration >= end, 1.0, 0.0 if self.exact else seen)
            share = np.where(ended_in == period, 1.0, np.where(ended_in < period, 0.0, share))
            at = np.flatnonzero(share > 0)
            rows.append(at)
            periods.append(np.full(len(at), period))
            shares.append(share[at])
        row, period = np.concatenate(rows), np.concatenate(periods)
        return row, period, ended_in[row] == period, np.concatenate(shares)

    def survival(self, hazard: np.ndarray, times: np.ndarray) -> np.ndarray:
        """Return the survival at any times, given the hazard of each period.

        Parameters
        ----------
        hazard : array of float in [0, 1], shape (n, n_periods)
        times : array of float >= 0, shape (n_times,)
            After the last end the curve stays where it is: nothing is known of what follows.

        Returns
        -------
        array of float in [0, 1], shape (n, n_times)
            Never rising where ``times`` ascend.
        """
        curve = np.hstack([np.ones((len(hazard), 1)), np.cumprod(1 - hazard, axis=1)])
        reached = np.searchsorted(self.ends, times, side="right")
        if self.exact:
            return curve[:, reached]
        next_one = np.minimum(reached, len(self.ends) - 1)
        share = np.clip((times - self.starts[next_one]) / (self.ends - self.starts)[next_one], 0.0, 1.0)
        return np.where(reached < len(self.ends), curve[:, reached] * (1 - hazard[:, next_one]) ** share, curve[:, reached])

    def mean_lifetime(self, hazard: np.ndarray, limit: float, *, discount: float = 0.0) -> np.ndarray:
        """Return the area under each survival curve from 0 to ``limit``, discounted: the integral of S(t) exp(-discount t).

        Undiscounted it is the restricted mean lifetime; times a margin per unit of time it is the customer lifetime value.

        Parameters
        ----------
        hazard : array of float in [0, 1], shape (n, n_periods)
        limit : float
        discount : float >= 0
            Continuous rate per unit of time: log(1 + yearly rate) / units a year.

        Returns
        -------
        array of float, shape (n,)

        References
        ----------
        Royston and Parmar, Restricted mean survival time, BMC Medical Research Methodology 13, 2013.
        Gupta and Lehmann, Customers as assets, Journal of Interactive Marketing 17, 2003: the value is the sum of
        m r^t / (1 + i)^t, here with the margin flowing all the time instead of once a period.

        Examples
        --------
        >>> Periods(np.array([1.0, 2.0]), True).mean_lifetime(np.array([[0.5, 0.0]]), 2.0).tolist()
        [1.5]
        """
        knots = np.unique(np.r_[0.0, self.ends[self.ends < limit], limit])
        curve, widths = self.survival(hazard, knots), np.diff(knots)
        after = curve[:, :-1] if self.exact else curve[:, 1:]
        # Within a period survival times discount falls at a constant rate; the area under that is its mean times the width.
        fall = np.log(np.maximum(curve[:, :-1], TINY) / np.maximum(after, TINY)) + discount * widths
        mean = np.where(fall > 1e-9, -np.expm1(-fall) / np.where(fall > 1e-9, fall, 1.0), 1.0 - fall / 2)
        return (curve[:, :-1] * np.exp(-discount * knots[:-1]) * mean * widths).sum(axis=1)


def life_table(period: np.ndarray, died: np.ndarray, weight: np.ndarray, n_periods: int) -> np.ndarray:
    """Return the hazard of each period over everybody at risk: that of Kaplan and Meier, shape (n_periods,).

    References
    ----------
    Kaplan and Meier, Nonparametric estimation from incomplete observations, JASA 53, 1958.

    Examples
    --------
    >>> life_table(np.array([0, 0, 1]), np.array([True, False, True]), np.ones(3), 2).tolist()
    [0.5, 1.0]
    """
    at_risk = np.bincount(period, weights=weight, minlength=n_periods)
    return np.bincount(period, weights=weight * died, minlength=n_periods) / np.where(at_risk > 0, at_risk, 1.0)
