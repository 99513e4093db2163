"""A discrete-time hazard: the chance of ending in each period for those who reach it, by the blend, period by period exact."""

import json

import numpy as np
import pandas as pd

from renewcast.estimators._definition import TrainingRows
from renewcast.estimators.blend import Blend
from renewcast.estimators.boosted import Trees
from renewcast.estimators.calibration import Shape, fit_level
from renewcast.estimators.fitting import Tuning, tune
from renewcast.estimators.logit import logit, sigmoid
from renewcast.estimators.person_period import life_table
from renewcast.estimators.splits import slices_by_group

# Three of the five folds of groups are enough to see where boosting should stop.
FOLDS_LOOKED_AT = 3
CERTAIN = 30.0


class Hazard:
    """Predict for each person-period whether it is the last one.

    The blend of trees and logistic regressions is fitted on person-periods as on any labelled rows; bags and folds draw whole
    groups. A level of each period then makes the mean hazard of those at risk the one that was seen, so that the model's
    curve for everybody together is that of Kaplan and Meier.

    Parameters
    ----------
    specs : iterable of objects with ``name``, ``driver`` and ``is_categorical``
        The columns of the person-periods, what is known of the period itself included.
    trees : Trees
    max_rounds : int
        Most rounds of boosting; how many are used is found on folds of groups.
    tuning : Tuning, optional
        Rounds and calibration that were found elsewhere; then nothing is looked for.

    References
    ----------
    Singer and Willett, It's about time: using discrete-time survival analysis, Journal of Educational Statistics 18, 1993.
    """

    def __init__(self, specs=(), trees: Trees | None = None, max_rounds: int = 0, tuning: Tuning | None = None):
        self.specs, self.trees, self.max_rounds, self.tuning = tuple(specs), trees, max_rounds, tuning
        self.blend, self.rate, self.levels = None, None, None

    def fit(self, rows: TrainingRows, period: np.ndarray, n_periods: int) -> "Hazard":
        """Learn from person-periods.

        Parameters
        ----------
        rows : TrainingRows
            ``label`` says that the period was the last one; ``unit`` and ``as_of`` together name the row.
        period : array of int, shape (n_person_periods,)
        n_periods : int

        Returns
        -------
        Hazard
        """
        # Sums must not depend on the order in which the rows came.
        order = np.lexsort((rows.as_of, rows.unit, rows.account_id))
        rows, period = rows.take(order), period[order]
        rate = life_table(period, rows.label, rows.weight, n_periods)
        self.rate, self.blend = float(rows.rate()), None
        if 0 < self.rate < 1:
            tuning = self.tuning
            if tuning is None:
                slices = slices_by_group(rows, self.trees.seed)[:FOLDS_LOOKED_AT]
                tuning = tune(rows, slices, self.specs, self.trees, self.max_rounds)
            self.blend = Blend(self.specs, self.trees, tuning.rounds, tuning.shape, tuning.strength, tuning.shares).fit(rows)
        z = self._log_odds(rows.features[self.sees(rows.gated)], rows.gated)
        self.levels = np.full(n_periods, -CERTAIN)
        for one in np.flatnonzero(rate > 0):
            at = period == one
            whole = rate[one] >= 1
            self.levels[one] = CERTAIN if whole else fit_level(z[at], rate[one], Shape(), rows.weight[at])
        return self

    def predict(self, features: pd.DataFrame, period: np.ndarray, gated: np.ndarray | None = None) -> np.ndarray:
        """Return the hazard of each person-period, array of float in (0, 1), shape (n_person_periods,).

        Parameters
        ----------
        features : pandas.DataFrame
        period : array of int
        gated : array of bool, optional
            Where structure says that nothing ends; nowhere by default.
        """
        gated = np.zeros(len(features), dtype=bool) if gated is None else gated
        return self.predict_seen(features[self.sees(gated)], period, gated)

    def sees(self, gated: np.ndarray) -> np.ndarray:
        """Tell which person-periods the members need to see: most steps of most accounts are behind the gate."""
        return ~gated if self.blend is not None and self.blend.gate.used else np.full(len(gated), self.blend is not None)

    def predict_seen(self, features: pd.DataFrame, period: np.ndarray, gated: np.ndarray) -> np.ndarray:
        """Return the same as :meth:`predict`, from the features of those person-periods only that :meth:`sees` names."""
        return sigmoid(np.clip(self._log_odds(features, gated) + self.levels[period], -CERTAIN, CERTAIN))

    def _log_odds(self, features: pd.DataFrame, gated: np.ndarray) -> np.ndarray:
        if self.blend is None:
            return np.zeros(len(gated))
        seen = self.sees(gated)
        z = np.full(len(gated), logit(np.array([self.blend.gate.rate]))[0])
        z[seen] = logit(self.blend.predict(features, gated[seen]))
        return z

    def to_state(self) -> dict[str, bytes]:
        """Return ``hazard.json`` and the blend's files: JSON and Booster text."""
        content = {"rate": self.rate, "levels": self.levels.tolist(), "has_blend": self.blend is not None}
        state = {"hazard.json": json.dumps(content).encode()}
        return state if self.blend is None else state | self.blend.to_state()

    @classmethod
    def from_state(cls, state: dict[str, bytes]) -> "Hazard":
        """Rebuild from its files."""
        content = json.loads(state["hazard.json"])
        hazard = cls()
        hazard.rate, hazard.levels = content["rate"], np.array(content["levels"])
        hazard.blend = Blend.from_state(state) if content["has_blend"] else None
        return hazard
