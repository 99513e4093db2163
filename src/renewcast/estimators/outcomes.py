"""Which of several outcomes holds, given that one does: how a renewed term is renewed, why an account that leaves does so."""

import json

import numpy as np
import pandas as pd

from renewcast.estimators._definition import TrainingRows
from renewcast.estimators.logistic import Logistic

# With fewer groups that show an outcome (or do not), its share is said to be the same for everybody.
FEWEST_GROUPS = 25
WEIGHTS = np.linspace(0, 1, 21)
UNPROVED_WEIGHT = 0.5
SLICES = 3


class Outcomes:
    """Share one among outcomes that exclude each other.

    Each outcome has a logistic regression of its own against all others, where enough groups show it, or the smoothed share
    (rows + 1/2) / (all rows + outcomes / 2) otherwise; the answers are divided by their sum. They are trusted as far as they
    deserve: weight w goes to them and 1 - w to the shares, with the w in [0, 1] of least mean log loss on up to three slices of
    the later half of the dates, as told by fits that end an embargo before each. Without such dates w is 1/2.

    Parameters
    ----------
    specs : iterable of objects with ``name``, ``driver`` and ``is_categorical``
    outcomes : tuple of str
        In the order of the columns.

    References
    ----------
    Begg, Gray, Calculation of polychotomous logistic regression parameters using individualized regressions, Biometrika 71, 1984.

    Examples
    --------
    >>> from renewcast.estimators._definition import InputSpec
    >>> usage, names = pd.DataFrame({"events": [1.0, 9.0] * 60}), [str(row) for row in range(120)]
    >>> rows = TrainingRows(usage, [True] * 120, names, names, ["2026-06-29"] * 120, [False] * 120)
    >>> split = Outcomes([InputSpec("events", "usage", False)], ("flat", "expanded"))
    >>> split = split.fit(rows, np.array(["flat", "expanded"] * 60), embargo_days=0)
    >>> split.predict(usage.head(2)).round(1).to_dict("records")
    [{'flat': 0.7, 'expanded': 0.3}, {'flat': 0.3, 'expanded': 0.7}]
    """

    def __init__(self, specs=(), outcomes: tuple[str, ...] = ()):
        self.specs, self.outcomes = tuple(specs), tuple(outcomes)
        self.shares: dict[str, float] = {}
        self.weight = UNPROVED_WEIGHT
        self.models: dict[str, Logistic] = {}

    def fit(self, rows: TrainingRows, outcome: np.ndarray, embargo_days: int) -> "Outcomes":
        """Learn from rows in which one of the outcomes held.

        Parameters
        ----------
        rows : TrainingRows
            Their own label is not used.
        outcome : array of str, shape (n,)
        embargo_days : int
            So long after a snapshot its outcome is known.

        Raises
        ------
        ValueError
            "unknown outcome ...", for one that was not announced.
        """
        outcome = np.asarray(outcome, dtype=object)
        unknown = sorted(set(outcome) - set(self.outcomes))
        if unknown:
            raise ValueError(f"unknown outcome {unknown[0]}")
        self.weight = self._trust(rows, outcome, embargo_days)
        return self._learn(rows, outcome)

    def _trust(self, rows: TrainingRows, outcome: np.ndarray, embargo_days: int) -> float:
        """Find how far models deserve trust beside the shares, on dates that they have not seen."""
        dates, gains = np.unique(rows.as_of), []
        for span in np.array_split(dates[-(len(dates) // 2) :], SLICES):
            looked = np.isin(rows.as_of, span)
            if not len(span):
                continue
            before = (rows.as_of + np.timedelta64(embargo_days, "D") <= span[0]) & (rows.as_of < span[0])
            if len(np.unique(rows.group[before])) >= FEWEST_GROUPS:
                rehearsal = Outcomes(self.specs, self.outcomes)._learn(rows.take(before), outcome[before])
                gains.append(rehearsal._losses(rows.take(looked).features, outcome[looked]))
        return float(WEIGHTS[np.mean(gains, axis=0).argmin()]) if gains else UNPROVED_WEIGHT

    def _losses(self, features: pd.DataFrame, outcome: np.ndarray) -> list[float]:
        """Return the log loss at each weight of the models."""
        at = (np.arange(len(outcome)), pd.Index(self.outcomes).get_indexer(outcome))
        told, share = self._told(features)[at], np.array([self.shares[name] for name in outcome])
        return [-np.log(weight * told + (1 - weight) * share).mean() for weight in WEIGHTS]

    def _learn(self, rows: TrainingRows, outcome: np.ndarray) -> "Outcomes":
        self.shares, self.models = {}, {}
        for name in self.outcomes:
            held = outcome == name
            self.shares[name] = (held.sum() + 0.5) / (len(held) + len(self.outcomes) / 2)
            groups = min(len(np.unique(rows.group[held])), len(np.unique(rows.group[~held])))
            if groups >= FEWEST_GROUPS:
                self.models[name] = Logistic(self.specs).fit(rows.relabelled(held))
        return self

    def predict(self, features: pd.DataFrame) -> pd.DataFrame:
        """Return the probability of each outcome, shape (n, n_outcomes); each row sums to 1."""
        share = np.array([self.shares[name] for name in self.outcomes])
        mixed = self.weight * self._told(features) + (1 - self.weight) * share / share.sum()
        return pd.DataFrame(mixed, index=features.index, columns=list(self.outcomes))

    def _told(self, features: pd.DataFrame) -> np.ndarray:
        """Return what the models alone say, shape (n, n_outcomes)."""
        open_gate, told = np.zeros(len(features), dtype=bool), np.empty((len(features), len(self.outcomes)))
        for at, name in enumerate(self.outcomes):
            told[:, at] = self.models[name].predict(features, open_gate) if name in self.models else self.shares[name]
        return told / told.sum(axis=1, keepdims=True)

    def to_state(self) -> dict[str, bytes]:
        """Return ``outcomes.json`` and one ``NAME.logistic.json`` an outcome that has a model of its own."""
        content = {"outcomes": self.outcomes, "shares": {name: float(share) for name, share in self.shares.items()}}
        content |= {"models": list(self.models), "weight": self.weight}
        state = {"outcomes.json": json.dumps(content).encode()}
        for name, model in self.models.items():
            state |= {f"{name}.{file}": data for file, data in model.to_state().items()}
        return state

    @classmethod
    def from_state(cls, state: dict[str, bytes]) -> "Outcomes":
        """Rebuild from its files."""
        content = json.loads(state["outcomes.json"])
        split = cls(outcomes=content["outcomes"])
        split.shares, split.weight = content["shares"], content["weight"]
        for name in content["models"]:
            files = {file.removeprefix(f"{name}."): data for file, data in state.items() if file.startswith(f"{name}.")}
            split.models[name] = Logistic.from_state(files)
        return split
