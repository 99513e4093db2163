"""The customer health score of 0 to 100 as customer-success teams build it by hand: a table of rules, no learning.

It stands beside the model so that anybody can see what the model adds to what the team already had.
"""

import json
from typing import NamedTuple

import numpy as np
import pandas as pd

from renewcast.estimators._definition import TrainingRows, input_specs
from renewcast.estimators.encoding import Encoding
from renewcast.estimators.logit import add_up, fit_logistic, logit, sigmoid
from renewcast.estimators.prior import jeffreys


class Rule(NamedTuple):
    """Full points at or beyond ``good``, none at or beyond ``bad``, in proportion between them."""

    feature: str
    bad: float
    good: float
    points: float
    driver: str


RULES = (
    Rule("usage_events_trend_28d", -0.7, 0.0, 15, "usage"),
    Rule("days_since_last_use", 28, 3, 10, "usage"),
    Rule("seat_utilization_28d", 0.2, 0.8, 10, "adoption"),
    Rule("active_users_28d", 0, 5, 5, "adoption"),
    Rule("active_users_trend_28d", -0.7, 0.0, 5, "adoption"),
    Rule("bought_modules_unused_91d", 3, 0, 5, "adoption"),
    Rule("value_action_share_28d", 0.0, 0.3, 5, "adoption"),
    Rule("key_user_inactive_days", 42, 7, 10, "people"),
    Rule("open_tickets", 5, 0, 3, "support"),
    Rule("open_severe_tickets", 2, 0, 5, "support"),
    Rule("csat_mean_91d", 2.5, 4.5, 5, "support"),
    Rule("invoices_overdue", 2, 0, 5, "billing"),
    Rule("nps_last", 3, 9, 5, "feedback"),
    Rule("willingness_last", -2, 1, 10, "relationship"),
    Rule("days_since_last_touchpoint", 120, 30, 3, "relationship"),
    Rule("milestones_overdue", 3, 0, 4, "milestones"),
    Rule("tenure_days", 90, 720, 5, "tenure"),
    Rule("days_to_term_end", 30, 180, 5, "contract"),
)
# What is not known speaks neither for nor against the account.
UNKNOWN_SHARE = 0.5


class HealthScore:
    """Add up points by the rules, scale them to 0 to 100, and read a probability off the score.

    Rules whose feature does not exist here are left out and the scale is stretched over the rest; a value that is empty
    for one account earns half of the rule's points. The probability is a logistic curve in the score, fitted on the
    training rows; where a better score would mean a higher risk, the curve is flat.

    Parameters
    ----------
    specs : iterable of objects with ``name``, ``driver`` and ``is_categorical``
        The features that exist.

    Examples
    --------
    >>> from renewcast.estimators._definition import InputSpec
    >>> score = HealthScore([InputSpec("open_severe_tickets", "support", False), InputSpec("nps_last", "feedback", False)])
    >>> score.score(pd.DataFrame({"open_severe_tickets": [0.0, 2.0], "nps_last": [9.0, None]})).tolist()
    [100.0, 25.0]
    """

    name = "health_score"

    def __init__(self, specs=()):
        numeric = {spec.name: spec for spec in input_specs(specs) if not spec.is_categorical}
        self.rules = tuple(rule for rule in RULES if rule.feature in numeric)
        self.encoding = Encoding(tuple(numeric[rule.feature] for rule in self.rules), {})
        self.curve = None

    def points(self, features: pd.DataFrame) -> np.ndarray:
        """Return the points of each rule on the 0-to-100 scale, shape (n, n_rules)."""
        earned = np.empty((len(features), len(self.rules)))
        whole = sum(rule.points for rule in self.rules)
        for position, rule in enumerate(self.rules):
            share = np.clip((self.encoding.numbers(features, rule.feature) - rule.bad) / (rule.good - rule.bad), 0, 1)
            earned[:, position] = np.where(np.isnan(share), UNKNOWN_SHARE, share) * (100 * rule.points / whole)
        return earned

    def score(self, features: pd.DataFrame) -> np.ndarray:
        """Return the score in [0, 100], higher is healthier; 50 for all where no rule applies."""
        if not self.rules:
            return np.full(len(features), 50.0)
        return add_up(np.zeros(len(features)), self.points(features))

    def fit(self, rows: TrainingRows) -> "HealthScore":
        """Fit the curve from score to probability; the rules themselves learn nothing."""
        rows = rows.in_order()
        means = self.points(rows.features).mean(axis=0)
        centred = (self.score(rows.features) - (means.sum() if self.rules else 50.0)) / 10
        level, slope = logit(np.array([jeffreys(float(np.mean(rows.label)), len(rows))]))[0], 0.0
        if rows.positive_groups():
            fitted = fit_logistic(np.column_stack([np.ones(len(rows)), centred]), rows.label)
            # A curve that contradicts the rules is not used.
            if (fitted[1] > 0) if rows.is_good_outcome else (fitted[1] < 0):
                level, slope = fitted
        self.curve = {"level": float(level), "slope": float(slope), "means": means.tolist()}
        return self

    def contributions(self, features: pd.DataFrame, gated: np.ndarray) -> tuple[np.ndarray, pd.DataFrame]:
        """Return the base and what each rule's feature adds to the log odds, against the mean training row."""
        parts = (self.points(features) - np.array(self.curve["means"])) * (self.curve["slope"] / 10)
        names = [rule.feature for rule in self.rules]
        return np.full(len(features), self.curve["level"]), pd.DataFrame(parts, columns=names, index=features.index)

    def predict(self, features: pd.DataFrame, gated: np.ndarray) -> np.ndarray:
        """Return the churn probability read off the score, shape (n,)."""
        base, parts = self.contributions(features, gated)
        return sigmoid(add_up(base, parts.to_numpy()))

    def to_state(self) -> dict[str, bytes]:
        """Return ``health_score.json``."""
        content = {"rules": self.rules, "specs": self.encoding.specs, "curve": self.curve}
        return {"health_score.json": json.dumps(content).encode()}

    @classmethod
    def from_state(cls, state: dict[str, bytes]) -> "HealthScore":
        """Rebuild from ``health_score.json``; the rules are those it was trained with."""
        content = json.loads(state["health_score.json"])
        estimator = cls()
        estimator.rules = tuple(Rule(*rule) for rule in content["rules"])
        estimator.encoding = Encoding.of(content["specs"], {})
        estimator.curve = content["curve"]
        return estimator
