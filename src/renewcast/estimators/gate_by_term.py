"""The contract gate: an account whose current contract outlasts the horizon cannot churn inside it.

Structure beats learning: the model is fitted on the terms that end inside the horizon only, and the others get the
small rate that was seen among them.
"""

from dataclasses import dataclass

import numpy as np

from renewcast.estimators._definition import TrainingRows
from renewcast.estimators.logit import TINIEST, logit

# The gate is used where churn behind it is at most this share of churn before it.
MOST_OF_OPEN_RATE = 0.1
# The name under which the gate's share of a log odds appears; its driver is "contract".
GATE_FEATURE = "term_outlasts_horizon"
GATE_DRIVER = "contract"


@dataclass(frozen=True)
class TermGate:
    """Whether gated rows are set apart, and the churn rate they get.

    Parameters
    ----------
    used : bool
    rate : float in (0, 1)
        Smoothed rate of the gated training rows, (churned + 1/2) / (rows + 1).
    rows, churned : int
        Gated training rows and the churned among them.
    open_rate : float
        Churn rate of the rows that are not gated.

    References
    ----------
    Jeffreys, Theory of Probability, 3rd ed. 1961: the prior behind the halves.

    Examples
    --------
    >>> gate = TermGate(used=True, rate=0.001, rows=499, churned=0, open_rate=0.2)
    >>> gate.apply(np.zeros(2), np.array([True, False])).round(2).tolist()
    [-6.91, 0.0]
    """

    used: bool
    rate: float
    rows: int
    churned: int
    open_rate: float

    @classmethod
    def learn(cls, rows: TrainingRows) -> "TermGate":
        """Use the gate where the smoothed gated rate is at most a tenth of the rate of the open rows."""
        behind, before = rows.label[rows.gated], rows.label[~rows.gated]
        rate = max((int(behind.sum()) + 0.5) / (len(behind) + 1), TINIEST)
        open_rate = float(before.mean()) if len(before) else 0.0
        both_classes = 0 < open_rate < 1
        used = bool(len(behind) and both_classes and rate <= MOST_OF_OPEN_RATE * open_rate)
        return cls(used=used, rate=float(rate), rows=len(behind), churned=int(behind.sum()), open_rate=open_rate)

    def open(self, rows: TrainingRows) -> TrainingRows:
        """Return the rows on which the model behind the gate is fitted."""
        return rows.take(~rows.gated) if self.used else rows

    def apply(self, log_odds: np.ndarray, gated: np.ndarray) -> np.ndarray:
        """Replace the log odds of gated rows by those of the gated rate."""
        if not self.used:
            return log_odds
        return np.where(gated, logit(np.array([self.rate]))[0], log_odds)
