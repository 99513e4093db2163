"""By how much revenue changes, where it changes: bagged trees on the log of the ratio, only where they beat the plain mean."""

import json

import numpy as np
import pandas as pd

from renewcast.estimators._definition import TrainingRows
from renewcast.estimators.boosted import hashed_share
from renewcast.estimators.encoding import Encoding

FOLDS = 4
# Fewer groups than this say a mean, and nothing about single accounts.
FEWEST_GROUPS = 60
MOST_ROUNDS, STEP = 120, 10
# Out-of-fold squared error must fall by this share before trees replace the mean.
LEAST_GAIN = 0.02


class Amount:
    """Predict the ratio of new to old revenue.

    Parameters
    ----------
    specs : iterable of objects with ``name``, ``driver`` and ``is_categorical``
    seed : int
        0 is a seed like any other.

    Attributes
    ----------
    mean : float
        Mean log ratio of the training rows.
    smear : float
        Mean of exp(residual), out of fold: brings the mean of logs back to the mean of ratios.
    spread : tuple of float
        5 % and 95 % quantiles of the out-of-fold residuals of the log ratio.

    References
    ----------
    Duan, Smearing Estimate: A Nonparametric Retransformation Method, JASA 78, 1983.

    Examples
    --------
    >>> from renewcast.estimators._definition import InputSpec
    >>> seats, names = pd.DataFrame({"seats": [5.0, 50.0] * 100}), [str(row) for row in range(200)]
    >>> rows = TrainingRows(seats, [True] * 200, names, names, ["2026-06-29"] * 200, [False] * 200)
    >>> model = Amount([InputSpec("seats", "contract", False)], seed=0).fit(rows, np.array([1.5, 1.1] * 100))
    >>> model.predict(seats.head(2)).round(1).tolist()
    [1.5, 1.1]
    """

    def __init__(self, specs=(), seed: int = 0):
        self.specs, self.seed = tuple(specs), seed
        self.encoding, self.booster = None, None
        self.mean, self.smear, self.spread = 0.0, 1.0, (0.0, 0.0)

    def fit(self, rows: TrainingRows, ratio: np.ndarray) -> "Amount":
        """Learn from rows in which revenue changed.

        Parameters
        ----------
        rows : TrainingRows
            Their label is not used.
        ratio : array of float > 0, shape (n,)

        Raises
        ------
        ValueError
            "no ratios", without rows.
        """
        order = np.lexsort((rows.as_of, rows.unit, rows.account_id))
        rows, target = rows.take(order), np.log(np.asarray(ratio, dtype=float)[order])
        if not len(target):
            raise ValueError("no ratios: nothing changed in the training rows")
        self.encoding = Encoding.learn(rows.features, self.specs)
        self.mean = float(target.mean())
        predicted, rounds = self._out_of_fold(self.encoding.matrix(rows.features), target, rows.group)
        residual = target - predicted
        self.smear = float(np.exp(residual).mean())
        self.spread = tuple(float(q) for q in np.quantile(residual, (0.05, 0.95)))
        self.booster = self._grow(self.encoding.matrix(rows.features), target, rounds) if rounds else None
        return self

    def _out_of_fold(self, matrix, target, group):
        """Return predictions by trees that did not see the group, and how many rounds are worth it: 0 is the plain mean."""
        plain = np.full(len(target), self.mean)
        names, position = np.unique(group, return_inverse=True)
        if len(names) < FEWEST_GROUPS:
            return plain, 0
        fold = np.floor(hashed_share(names, f"{self.seed}:amount") * FOLDS).astype(int)[position]
        curves = np.tile(plain[:, None], (1, MOST_ROUNDS // STEP))
        for one in range(FOLDS):
            out = fold == one
            if out.any() and not out.all():
                booster = self._grow(matrix[~out], target[~out], MOST_ROUNDS)
                for column in range(curves.shape[1]):
                    curves[out, column] = booster.predict(matrix[out], num_iteration=(column + 1) * STEP, num_threads=1)
        errors = ((target[:, None] - curves) ** 2).mean(axis=0)
        best = int(errors.argmin())
        if errors[best] > (1 - LEAST_GAIN) * ((target - plain) ** 2).mean():
            return plain, 0
        return curves[:, best], (best + 1) * STEP

    def _grow(self, matrix, target, rounds: int):
        import lightgbm

        categorical = [at for at, spec in enumerate(self.encoding.specs) if spec.is_categorical]
        parameters = {
            "objective": "regression",
            "num_leaves": 7,
            "learning_rate": 0.06,
            "min_data_in_leaf": 20,
            "lambda_l2": 5.0,
            "feature_fraction": 0.5,
            "seed": self.seed,
            "deterministic": True,
            "force_row_wise": True,
            "num_threads": 1,
            "verbosity": -1,
        }
        data = lightgbm.Dataset(matrix, label=target, categorical_feature=categorical, params=parameters)
        return lightgbm.Booster(model_str=lightgbm.train(parameters, data, num_boost_round=rounds).model_to_string())

    def predict(self, features: pd.DataFrame) -> np.ndarray:
        """Return the expected ratio of new to old revenue, shape (n,)."""
        return np.exp(self._log_ratio(features)) * self.smear

    def interval(self, features: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
        """Return the bounds between which 90 % of the ratios of such accounts lie, each of shape (n,)."""
        middle = self._log_ratio(features)
        return np.exp(middle + self.spread[0]), np.exp(middle + self.spread[1])

    def _log_ratio(self, features: pd.DataFrame) -> np.ndarray:
        if self.booster is None or not len(features):
            return np.full(len(features), self.mean)
        return self.booster.predict(self.encoding.matrix(features), num_threads=1)

    def to_state(self) -> dict[str, bytes]:
        """Return ``amount.json`` and, where trees won, ``amount.txt`` in LightGBM's text form."""
        content = {"mean": self.mean, "smear": self.smear, "spread": self.spread, "has_trees": self.booster is not None}
        content |= {"specs": self.encoding.specs, "levels": self.encoding.levels}
        state = {"amount.json": json.dumps(content).encode()}
        return state | ({"amount.txt": self.booster.model_to_string().encode()} if self.booster is not None else {})

    @classmethod
    def from_state(cls, state: dict[str, bytes]) -> "Amount":
        """Rebuild from its files. LightGBM's reader trusts its input: check the digests first."""
        content = json.loads(state["amount.json"])
        model = cls(content["specs"])
        model.encoding = Encoding.of(content["specs"], content["levels"])
        model.specs = model.encoding.specs
        model.mean, model.smear, model.spread = content["mean"], content["smear"], tuple(content["spread"])
        if content["has_trees"]:
            import lightgbm

            model.booster = lightgbm.Booster(model_str=state["amount.txt"].decode())
        return model
