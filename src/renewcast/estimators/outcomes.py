"""Which of several outcomes holds, given that one does: how a renewed term is renewed, why an account that leaves does so."""

import json

import numpy as np
import pandas as pd

from renewcast.estimators._definition import TrainingRows
from renewcast.estimators.logistic import Logistic

# With fewer groups that show an outcome (or do not), its share is said to be the same for everybody.
FEWEST_GROUPS = 25


class Outcomes:
    """Share one among outcomes that exclude each other.

    Each outcome has a logistic regression of its own against all others, where enough groups show it, or the smoothed share
    (rows + 1/2) / (all rows + outcomes / 2) otherwise; the answers are then divided by their sum.

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
    >>> split = split.fit(rows, np.array(["flat", "expanded"] * 60))
    >>> split.predict(usage.head(2)).round(1).to_dict("records")
    [{'flat': 1.0, 'expanded': 0.0}, {'flat': 0.0, 'expanded': 1.0}]
    """

    def __init__(self, specs=(), outcomes: tuple[str, ...] = ()):
        self.specs, self.outcomes = tuple(specs), tuple(outcomes)
        self.shares: dict[str, float] = {}
        self.models: dict[str, Logistic] = {}

    def fit(self, rows: TrainingRows, outcome: np.ndarray) -> "Outcomes":
        """Learn from rows in which one of the outcomes held.

        Parameters
        ----------
        rows : TrainingRows
            Their own label is not used.
        outcome : array of str, shape (n,)

        Raises
        ------
        ValueError
            "unknown outcome ...", for one that was not announced.
        """
        outcome = np.asarray(outcome, dtype=object)
        unknown = sorted(set(outcome) - set(self.outcomes))
        if unknown:
            raise ValueError(f"unknown outcome {unknown[0]}")
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
        open_gate = np.zeros(len(features), dtype=bool)
        same = {name: np.full(len(features), share) for name, share in self.shares.items()}
        told = same | {name: model.predict(features, open_gate) for name, model in self.models.items()}
        frame = pd.DataFrame(told, index=features.index, columns=list(self.outcomes))
        return frame.div(frame.sum(axis=1), axis=0)

    def to_state(self) -> dict[str, bytes]:
        """Return ``outcomes.json`` and one ``NAME.logistic.json`` an outcome that has a model of its own."""
        content = {"outcomes": self.outcomes, "shares": {name: float(share) for name, share in self.shares.items()}}
        content |= {"models": list(self.models)}
        state = {"outcomes.json": json.dumps(content).encode()}
        for name, model in self.models.items():
            state |= {f"{name}.{file}": data for file, data in model.to_state().items()}
        return state

    @classmethod
    def from_state(cls, state: dict[str, bytes]) -> "Outcomes":
        """Rebuild from its files."""
        content = json.loads(state["outcomes.json"])
        split = cls(outcomes=content["outcomes"])
        split.shares = content["shares"]
        for name in content["models"]:
            files = {file.removeprefix(f"{name}."): data for file, data in state.items() if file.startswith(f"{name}.")}
            split.models[name] = Logistic.from_state(files)
        return split
