"""A loaded model: the estimator that ranks the list, its baselines, and the features it must be given."""

import copy
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from renewcast.estimators._definition import Estimator, InputSpec
from renewcast.estimators.doubt import judge
from renewcast.estimators.encoding import Encoding
from renewcast.estimators.explanation import Explanation, explain


@dataclass(frozen=True, eq=False)
class Scorer:
    """Predict with the estimator that won; refuse features that are not those of the training.

    Parameters
    ----------
    ranked_by : str
        The name of the estimator that ranks the list.
    estimators : dict of str to Estimator
        All that were saved.
    specs : tuple of InputSpec
    levels : dict of str to tuple of str
        Known levels of each categorical feature.
    companions : dict
        What is said beside the probability, by name: see ``estimators.companions``, and "survival" (a TermHazard).
    """

    ranked_by: str
    estimators: dict[str, Estimator]
    specs: tuple[InputSpec, ...]
    levels: dict[str, tuple[str, ...]]
    companions: dict = field(default_factory=dict)

    @classmethod
    def of(cls, signature: dict, estimators: dict[str, Estimator], companions: dict) -> "Scorer":
        """Rebuild from a signature and what was saved.

        Raises
        ------
        ValueError
            Where the signature is not one.
        """
        listed = signature["features"]
        texts = [text for one in listed for text in (one["name"], one["driver"], *one.get("levels", ()))]
        is_whole = all(isinstance(text, str) for text in texts) and signature["ranked_by"] in estimators
        if not is_whole or not {one["kind"] for one in listed} <= {"numeric", "categorical"}:
            raise ValueError("signature")
        specs = tuple(InputSpec(one["name"], one["driver"], one["kind"] == "categorical") for one in listed)
        levels = {one["name"]: tuple(one["levels"]) for one in listed if "levels" in one}
        return cls(signature["ranked_by"], estimators, specs, levels, companions)

    @property
    def name(self) -> str:
        """The name of the estimator that ranks the list."""
        return self.ranked_by

    @property
    def signature(self) -> dict:
        """What must be given: name, driver and kind of each feature, and the levels of the categorical ones."""
        listed = []
        for spec in self.specs:
            one = {"name": spec.name, "driver": spec.driver, "kind": "categorical" if spec.is_categorical else "numeric"}
            listed.append(one | ({"levels": list(self.levels[spec.name])} if spec.is_categorical else {}))
        return {"ranked_by": self.ranked_by, "features": listed}

    def predict(self, features: pd.DataFrame, gated: np.ndarray) -> np.ndarray:
        """Return the churn probability in (0, 1) of each row; columns are found by name and may be more.

        Raises
        ------
        RenewcastError
            "The features lack ..." or "Feature ... holds ...", when a column is missing or of another kind.
        """
        return self.estimators[self.ranked_by].predict(self._checked(features), np.asarray(gated, dtype=bool))

    def contributions(self, features: pd.DataFrame, gated: np.ndarray) -> tuple[np.ndarray, pd.DataFrame]:
        """Return base and parts of the log odds, from the estimator that ranks the list."""
        return self.estimators[self.ranked_by].contributions(self._checked(features), np.asarray(gated, dtype=bool))

    def calibrated_as(self, other: "Scorer") -> "Scorer | None":
        """Return this model with the calibration of another: what a new calibration alone changes lies between the two.

        Returns
        -------
        Scorer or None
            This one where both are calibrated alike; None where the two are not calibrated in the same way (another kind of
            estimator ranks, or one that has no calibration), so that no such step can be told apart.
        """
        mine, theirs = (one.estimators[one.ranked_by] for one in (self, other))
        if type(mine) is not type(theirs) or getattr(mine, "calibration", None) is None:
            return None
        if mine.calibration == theirs.calibration:
            return self
        lent = copy.copy(mine)
        lent.calibration = theirs.calibration
        return replace(self, estimators=self.estimators | {self.ranked_by: lent})

    def explain(self, features: pd.DataFrame, gated: np.ndarray, typical: pd.DataFrame | None = None) -> Explanation:
        """Take the log odds of the estimator that ranks the list apart; see :func:`renewcast.estimators.explanation.explain`."""
        return explain(self.estimators[self.ranked_by], self._checked(features), np.asarray(gated, dtype=bool), typical)

    def interval(self, features: pd.DataFrame, gated: np.ndarray, level: float = 0.9) -> tuple[np.ndarray, np.ndarray]:
        """Return low and high of each row's probability, shape (n,); low <= probability <= high.

        Of accounts with these features the interval holds the churn probability; see :mod:`renewcast.estimators.doubt`. It is
        wider where there was less to learn from, where calibration had to move the log odds far, and where the bagged fits
        disagree.

        Parameters
        ----------
        features : pandas.DataFrame, shape (n, n_features)
        gated : array of bool, shape (n,)
        level : float in (0, 1)
            The share of accounts whose conditional probability should lie inside.

        Returns
        -------
        tuple of arrays of float in [0, 1]
        """
        return self.judge(features, gated, level)[1:]

    def judge(self, features: pd.DataFrame, gated: np.ndarray, level: float = 0.9) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return what :meth:`predict` and :meth:`interval` do, the trees being asked once: probability, low and high."""
        estimator, doubt = self.estimators[self.ranked_by], self.estimators["blend"].doubt
        return judge(estimator, doubt, self._checked(features), np.asarray(gated, dtype=bool), level)

    def _checked(self, features: pd.DataFrame) -> pd.DataFrame:
        Encoding(self.specs, self.levels).check(features)
        return features


def records_of(features: pd.DataFrame, specs: tuple[InputSpec, ...]) -> list[dict]:
    """Turn rows of features into plain JSON, empty values as null.

    Examples
    --------
    >>> records_of(pd.DataFrame({"seats": [None, 5.0]}), (InputSpec("seats", "contract", False),))
    [{'seats': None}, {'seats': 5.0}]
    """

    def plain(value, spec):
        return None if pd.isna(value) else value if spec.is_categorical else float(value)

    columns = {spec.name: [plain(value, spec) for value in features[spec.name]] for spec in specs}
    return [{name: columns[name][row] for name in columns} for row in range(len(features))]


def frame_of(records: list[dict], specs: tuple[InputSpec, ...]) -> pd.DataFrame:
    """Turn them back.

    Examples
    --------
    >>> frame_of([{"seats": None}, {"seats": 5.0}], (InputSpec("seats", "contract", False),))["seats"].tolist()
    [nan, 5.0]
    """
    columns = {}
    for spec in specs:
        columns[spec.name] = pd.Series([one[spec.name] for one in records], dtype=object if spec.is_categorical else float)
    return pd.DataFrame(columns)
