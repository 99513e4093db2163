"""The base rate: every account gets the churn rate of the training rows. Whoever cannot beat it knows nothing."""

import json

import numpy as np
import pandas as pd

from renewcast.estimators._definition import TrainingRows
from renewcast.estimators.logit import logit, sigmoid


class Prior:
    """Predict the share of training rows that churned, for everybody.

    Examples
    --------
    >>> rows = TrainingRows(pd.DataFrame(index=range(4)), [True, False, False, False], list("ABCD"), list("ABCD"),
    ...                     ["2026-06-29"] * 4, [False] * 4)
    >>> Prior().fit(rows).predict(rows.features, rows.gated).round(6).tolist()
    [0.25, 0.25, 0.25, 0.25]
    """

    name = "base_rate"

    def __init__(self, specs=()):
        self.rate = None

    def fit(self, rows: TrainingRows) -> "Prior":
        """Learn the rate."""
        self.rate = rows.rate()
        return self

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
        return {"prior.json": json.dumps({"rate": self.rate}).encode()}

    @classmethod
    def from_state(cls, state: dict[str, bytes]) -> "Prior":
        """Rebuild from ``prior.json``."""
        prior = cls()
        prior.rate = json.loads(state["prior.json"])["rate"]
        return prior
