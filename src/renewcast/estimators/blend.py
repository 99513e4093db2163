"""The model: about half bagged trees, a quarter each of two logistic regressions, gated by term and calibrated on slices."""

import json
from dataclasses import asdict, replace

import numpy as np
import pandas as pd

from renewcast.estimators._definition import TrainingRows
from renewcast.estimators.boosted import Boosted, Trees
from renewcast.estimators.calibration import Calibration, Shape, fit_level
from renewcast.estimators.doubt import Doubt
from renewcast.estimators.drift import fit_drift
from renewcast.estimators.explanation import Explanation, moves_of_a_sum
from renewcast.estimators.gate_by_term import GATE_FEATURE, TermGate
from renewcast.estimators.logistic import DEFAULT_STRENGTH, Logistic
from renewcast.estimators.logit import add_up, logit, sigmoid
from renewcast.estimators.pooled import Pooled
from renewcast.estimators.prior import jeffreys
from renewcast.estimators.shares import USUAL_SHARES, weights_for

# Without trees nothing is learnt account by account: rates by kind of account speak alone.
RATES_ONLY = {"boosted": 0.0, "logistic": 0.0, "logistic_signed_log": 0.0, "pooled_rates": 1.0}


class Blend:
    """Average trees and logistic regressions on the logit scale, behind the contract gate.

    Parameters
    ----------
    specs : iterable of objects with ``name``, ``driver`` and ``is_categorical``
    trees : Trees
        With no fits at all the blend is the pooled rates: what is used where too few churned to learn from.
    rounds : int
        Rounds of boosting, found on time-ordered slices.
    shape : Shape
        Slope of the calibration, and its floor and ceiling, found on the same slices.
    strength : float
        Of the logistic regressions, the inverse of their penalty, found there too.
    shares : tuple of float
        Of trees and the two logistic regressions, found there too.

    Notes
    -----
    Rows behind the gate never reach the members. The level of the calibration is that of the training rows, moved on where
    their base rate is shown to drift one way.

    Examples
    --------
    >>> from renewcast.estimators._definition import InputSpec
    >>> usage, names = pd.DataFrame({"events": [0.0, 1.0, 8.0, 9.0] * 50}), [str(row) for row in range(200)]
    >>> rows = TrainingRows(usage, [True, True, False, False] * 50, names, names, ["2026-06-29"] * 200, [False] * 200)
    >>> trees = Trees(seed=7, fits=2, num_leaves=3, min_rows_per_leaf=5, learning_rate=0.2)
    >>> model = Blend([InputSpec("events", "usage", False)], trees, rounds=30).fit(rows)
    >>> bool(model.predict(usage, rows.gated)[0] > 0.8)
    True
    """

    name = "blend"

    def __init__(
        self,
        specs=(),
        trees: Trees | None = None,
        rounds: int = 0,
        shape: Shape | None = None,
        strength: float = DEFAULT_STRENGTH,
        shares: tuple[float, ...] = USUAL_SHARES,
    ):
        self.shape = shape or Shape()
        self.shares = shares
        self.members = {
            "boosted": Boosted(specs, trees, rounds),
            "logistic": Logistic(specs, "raw", strength),
            "logistic_signed_log": Logistic(specs, "signed_log", strength),
            "pooled_rates": Pooled(specs),
        }
        self.gate, self.weights, self.calibration, self.doubt = None, None, None, None

    def fit(self, rows: TrainingRows) -> "Blend":
        """Fit the gate, the members, the level and its drift."""
        rows = rows.in_order()
        self.gate = TermGate.learn(rows)
        before = self.gate.open(rows)
        self.doubt = Doubt.learn(rows, before)
        fits = self.members["boosted"].trees.fits
        self.weights = weights_for(before.positive_groups(), self.shares) if fits else dict(RATES_ONLY)
        for member in self.members.values():
            member.fit(before)
        z = self.uncalibrated(before.features)
        # Where nobody churned, or everybody, the level is not that of never.
        rate = before.rate() if 0 < before.rate() < 1 else jeffreys(before.rate(), len(before))
        settled = Calibration(self.shape, fit_level(z, rate, self.shape, before.weight))
        self.calibration = replace(settled, drift=fit_drift(settled.apply(z), before.label, before.as_of, before.group))
        return self

    def uncalibrated(self, features: pd.DataFrame) -> np.ndarray:
        """Return the weighted mean of the members' log odds, before calibration and gate."""
        return self._weighted(lambda _, member: member.log_odds(features), len(features))

    def _weighted(self, log_odds_of, rows: int) -> np.ndarray:
        """Average over the members that have a weight."""
        total = np.zeros(rows)
        for name, member in self.members.items():
            if self.weights[name]:
                total += self.weights[name] * log_odds_of(name, member)
        return total

    def doubtful(self, features: pd.DataFrame) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return the shown log odds before the gate, how far calibration moved them, and how far the fits of the trees differ."""
        if not self.weights["boosted"]:
            z = self.uncalibrated(features)
            return self.calibration.apply(z), self.calibration.apply(z) - z, np.zeros(len(z))
        trees, spread = self.members["boosted"].log_odds_and_spread(features)
        z = self._weighted(lambda name, member: trees if name == "boosted" else member.log_odds(features), len(features))
        shown = self.calibration.apply(z)
        return shown, shown - z, self.weights["boosted"] * self.shape.slope * spread

    def contributions(self, features: pd.DataFrame, gated: np.ndarray) -> tuple[np.ndarray, pd.DataFrame]:
        """Return base and parts of the log odds; behind the gate the whole change is ``term_outlasts_horizon``."""
        return self.explain(features, gated)[:2]

    def explain(self, features: pd.DataFrame, gated: np.ndarray, typical: pd.DataFrame | None = None) -> Explanation:
        """Return base, parts, what each fit says, and the log odds with each feature moved alone; all of them as shown."""
        if not self.gate.used or not len(features):
            found = self._explain_open(features, typical)
            return found if not self.gate.used else found.with_part(GATE_FEATURE)
        closed = np.asarray(gated, dtype=bool)
        # The members are not heard behind the gate, so they are not asked; the base is the same for all.
        asked = np.flatnonzero(~closed) if not closed.all() else np.zeros(1, dtype=int)
        found = self._explain_open(features.iloc[asked], typical).with_part(GATE_FEATURE).spread_over(asked, features.index)
        return found.closed(closed, logit(np.array([self.gate.rate]))[0])

    def _explain_open(self, features: pd.DataFrame, typical: pd.DataFrame | None) -> Explanation:
        """Explain rows that no gate closes."""
        names, gated = self.members["boosted"].encoding.names, np.zeros(len(features), dtype=bool)
        z0, parts = np.zeros(len(features)), np.zeros((len(features), len(names)))
        moved = None if typical is None else np.zeros((len(features), len(names)))
        fits, drivers = np.zeros((0, 0, len(features))), ()
        for name, member in self.members.items():
            weight = self.weights[name]
            if not weight:
                continue
            if name == "boosted":
                level, share, there, fits, drivers = member.explain(features, gated, typical)
                change = None if moved is None else there - add_up(level, share.to_numpy())[:, None]
            else:
                level, share = member.contributions(features, gated)
                change = None if moved is None else moves_of_a_sum(member, share, typical)
            z0 += weight * level
            parts += weight * share.to_numpy()
            if moved is not None:
                moved += weight * change
        z = add_up(z0, parts)
        base, slope = self.calibration.carry(z0, z)
        parts *= slope[:, None]
        for at in range(len(names)) if moved is not None else ():
            moved[:, at] = self.calibration.apply(z + moved[:, at])
        # The other members say the same whichever fit is asked, so they do not show in the differences between fits.
        return Explanation(
            base,
            pd.DataFrame(parts, columns=names, index=features.index),
            moved,
            fits * (self.weights["boosted"] * slope),
            drivers,
        )

    def predict(self, features: pd.DataFrame, gated: np.ndarray) -> np.ndarray:
        """Return the calibrated churn probability, shape (n,)."""
        z = self.calibration.apply(self.uncalibrated(features))
        return sigmoid(self.gate.apply(z, np.asarray(gated, dtype=bool)))

    def to_state(self) -> dict[str, bytes]:
        """Return ``blend.json`` and the members' files."""
        content = {"weights": self.weights}
        content |= {name: asdict(getattr(self, name)) for name in ("gate", "calibration", "doubt")}
        state = {"blend.json": json.dumps(content).encode()}
        for member in self.members.values():
            state |= member.to_state()
        return state

    @classmethod
    def from_state(cls, state: dict[str, bytes]) -> "Blend":
        """Rebuild from its files."""
        content = json.loads(state["blend.json"])
        blend = cls()
        blend.weights, blend.gate = content["weights"], TermGate(**content["gate"])
        kept = content["calibration"]
        blend.calibration = Calibration(**kept | {"shape": Shape(**kept["shape"])})
        blend.shape, blend.doubt = blend.calibration.shape, Doubt(**content["doubt"])
        blend.members = {
            "boosted": Boosted.from_state(state),
            "logistic": Logistic.from_state(state),
            "logistic_signed_log": Logistic.from_state(state, "signed_log"),
            "pooled_rates": Pooled.from_state(state),
        }
        return blend
