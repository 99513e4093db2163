"""The base rate: every account gets the churn rate of the training rows. Whoever cannot beat it knows nothing."""

import json

import numpy as np
import pandas as pd

from renewcast.estimators._definition import TrainingRows
from renewcast.estimators.logit import logit, sigmoid


class Prior:
    """Predict the share of training rows that churned, for everybody.

    With k of n rows the rate is (k + 1/2) / (n + 1), the mean under Jeffreys' prior: it is never 0 or 1, also where nobody
    churned yet.

    References
    ----------
    Jeffreys, Theory of Probability, 3rd ed. 1961. Brown, Cai, DasGupta, Interval Estimation for a Binomial Proportion,
    Statistical Science 16, 2001.

    Examples
    --------
    >>> rows = TrainingRows(pd.DataFrame(index=range(4)), [True, False, False, False], list("ABCD"), list("ABCD"),
    ...                     ["2026-06-29"] * 4, [False] * 4)
    >>> prior = Prior().fit(rows)
    >>> prior.predict(rows.features, rows.gated).round(6).tolist()
    [0.3, 0.3, 0.3, 0.3]
    >>> [round(float(bound), 2) for bound in prior.interval()]
    [0.05, 0.65]
    """

    name = "base_rate"

    def __init__(self, specs=()):
        self.rate, self.events, self.exposure = None, 0.0, 0.0

    def fit(self, rows: TrainingRows) -> "Prior":
        """Learn the rate, and on how many churned accounts it rests."""
        self.rate = jeffreys(rows.rate(), len(rows))
        self.events, self.exposure = evidence(rows)
        return self

    def interval(self, level: float = 0.9) -> tuple[float, float]:
        """Return between which rates the true one lies with probability ``level``.

        The quantiles of Beta(k + 1/2, n - k + 1/2), in accounts instead of rows (see ``evidence``): the fewer churned, the wider.
        """
        from scipy.stats import beta

        low, high = beta.ppf([(1 - level) / 2, (1 + level) / 2], self.events + 0.5, self.exposure - self.events + 0.5)
        return float(low), float(high)

    def log_odds(self, features: pd.DataFrame) -> np.ndarray:
        """Return the log odds of the rate, shape (n,)."""
        return np.full(len(features), float(logit(np.array([self.rate]))[0]))

    def predict(self, features: pd.DataFrame, gated: np.ndarray) -> np.ndarray:
        """Return the rate, shape (n,)."""
        return sigmoid(self.log_odds(features))

    def contributions(self, features: pd.DataFrame, gated: np.ndarray) -> tuple[np.ndarray, pd.DataFrame]:
        """Return the log odds of the rate, and no parts."""
        return self.log_odds(features), pd.DataFrame(index=features.index)

    def to_state(self) -> dict[str, bytes]:
        """Return ``prior.json``."""
        content = {"rate": self.rate, "events": self.events, "exposure": self.exposure}
        return {"prior.json": json.dumps(content).encode()}

    @classmethod
    def from_state(cls, state: dict[str, bytes]) -> "Prior":
        """Rebuild from ``prior.json``."""
        prior, content = cls(), json.loads(state["prior.json"])
        prior.rate, prior.events, prior.exposure = content["rate"], content["events"], content["exposure"]
        return prior


def jeffreys(share: float, rows: float) -> float:
    """Return the mean of a rate under Jeffreys' prior, half a churned row in one row more.

    Examples
    --------
    >>> jeffreys(0.0, 99)
    0.005
    """
    return (share * rows + 0.5) / (rows + 1)


def evidence(rows: TrainingRows) -> tuple[float, float]:
    """Count what a rate rests on: churned groups, and the rows in units of which one churned group is one.

    The rows of one account repeat each other: a churned account with three positive rows is one event, so three rows are one
    unit. Where nobody churned, a group is one unit.

    Returns
    -------
    events, exposure : float

    Examples
    --------
    >>> rows = TrainingRows(pd.DataFrame(index=range(6)), [True] * 2 + [False] * 4, list("AABBCC"), list("AABBCC"),
    ...                     ["2026-06-22", "2026-06-29"] * 3, [False] * 6)
    >>> evidence(rows)
    (1.0, 3.0)
    """
    if not rows.label.any():
        return 0.0, float(len(np.unique(rows.group)))
    events = len(np.unique(rows.group[rows.label]))
    return float(events), events / rows.rate()
