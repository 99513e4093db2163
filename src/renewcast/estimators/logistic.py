"""Logistic regression with an L2 penalty: the baseline that is hardest to beat, and half of the blend."""

import json
from typing import Literal

import numpy as np
import pandas as pd

from renewcast.estimators._definition import TrainingRows
from renewcast.estimators.encoding import Encoding
from renewcast.estimators.logit import add_up, logit, sigmoid
from renewcast.estimators.one_thread import one_thread
from renewcast.estimators.prior import jeffreys

# Beyond these training quantiles a number counts as the quantile: an outlier or a new scale cannot explode a score.
CLIP = (0.005, 0.995)
# scikit-learn's inverse penalty for one row an account. Weekly rows of one account repeat each other, so the
# penalty is set by accounts: it is multiplied by accounts per row.
DEFAULT_STRENGTH = 0.5


class Logistic:
    """Predict churn by logistic regression on standardised inputs, on raw numbers or on signed logs.

    Empty numbers become the training median and raise a flag of their own; categories become one column a level, one for
    "empty" and one for rare or unknown levels.

    Parameters
    ----------
    specs : iterable of objects with ``name``, ``driver`` and ``is_categorical``
    transform : {"raw", "signed_log"}
        ``signed_log`` is sign(x) log(1 + abs(x)), for long tails.
    strength : float > 0
        The inverse of the L2 penalty, for one row an account; where there is little to learn from, less is better.

    Examples
    --------
    >>> from renewcast.estimators._definition import InputSpec
    >>> usage, names = pd.DataFrame({"events": [0.0, 1.0, 8.0, 9.0] * 5}), [str(row) for row in range(20)]
    >>> rows = TrainingRows(usage, [True, True, False, False] * 5, names, names, ["2026-06-29"] * 20, [False] * 20)
    >>> model = Logistic([InputSpec("events", "usage", False)]).fit(rows)
    >>> bool(model.predict(usage, rows.gated)[0] > 0.8)
    True
    """

    def __init__(self, specs=(), transform: Literal["raw", "signed_log"] = "raw", strength: float = DEFAULT_STRENGTH):
        self.specs = tuple(specs)
        self.transform = transform
        self.strength = strength
        self.name = _name(transform)
        self.encoding = None
        self.base = None
        self.numeric = {}
        self.terms = []

    def fit(self, rows: TrainingRows) -> "Logistic":
        """Learn medians, quantiles, scales, levels and weights from the rows given, and from nothing else."""
        rows = rows.in_order()
        self._solve(self._begin(rows), rows, self.strength)
        return self

    def path(self, rows: TrainingRows, features: pd.DataFrame, strengths: tuple[float, ...]) -> np.ndarray:
        """Fit with each strength in turn and return the log odds of other rows, shape (n_strengths, n)."""
        rows = rows.in_order()
        design = self._begin(rows)
        path = []
        for strength in strengths:
            self._solve(design, rows, strength)
            path.append(self.log_odds(features))
        return np.array(path)

    def _begin(self, rows: TrainingRows) -> np.ndarray:
        """Learn everything but the weights and return the design, shape (n, n_terms)."""
        self.encoding = Encoding.learn(rows.features, self.specs)
        self.numeric, self.terms = {}, []
        for spec in self.encoding.specs:
            terms_of = self._categorical_terms if spec.is_categorical else self._numeric_terms
            self.terms += terms_of(rows, spec.name)
        if rows.label.all() or not rows.label.any():
            self.terms = []
        return np.column_stack([np.empty((len(rows), 0)), *(column for _, column in self._columns(rows.features))])

    def _solve(self, design: np.ndarray, rows: TrainingRows, strength: float) -> None:
        from sklearn.linear_model import LogisticRegression

        if not self.terms:
            self.base = float(logit(np.array([jeffreys(rows.rate(), len(rows))]))[0])
            return
        accounts_per_row = len(np.unique(rows.group)) / len(rows)
        # Newton's method with an exact Hessian converges in a dozen steps; there is nothing to warn about.
        solver = LogisticRegression(C=strength * accounts_per_row, solver="newton-cholesky", tol=1e-6, max_iter=200)
        with one_thread():
            solver.fit(design, rows.label, sample_weight=rows.weight)
        self.base = float(solver.intercept_[0])
        for term, weight in zip(self.terms, solver.coef_[0], strict=True):
            term["weight"] = float(weight)

    def _numeric_terms(self, rows: TrainingRows, name: str) -> list[dict]:
        values = self.encoding.numbers(rows.features, name)
        known = values[~np.isnan(values)]
        if not len(known):
            return []
        weight = rows.weight[~np.isnan(values)]
        low, middle, high = np.quantile(known, (CLIP[0], 0.5, CLIP[1]), weights=weight, method="inverted_cdf").tolist()
        # A count that is nearly always zero would be clipped away altogether.
        low, high = (low if low < middle else float(known.min())), (high if high > middle else float(known.max()))
        self.numeric[name] = {"median": middle, "low": low, "high": high}
        filled = self._filled(values, name)
        mean = float(np.average(filled, weights=rows.weight))
        scale = float(np.sqrt(np.average((filled - mean) ** 2, weights=rows.weight)))
        terms = [{"feature": name, "kind": "value", "mean": mean, "scale": scale}]
        share = float(np.average(np.isnan(values), weights=rows.weight))
        terms.append({"feature": name, "kind": "empty", "mean": share, "scale": 1.0})
        return [term for term in terms if _varies(term)]

    def _categorical_terms(self, rows: TrainingRows, name: str) -> list[dict]:
        codes = self.encoding.codes(rows.features, name)
        levels = range(-2, len(self.encoding.levels[name]))
        shares = {code: float(np.average(codes == code, weights=rows.weight)) for code in levels}
        terms = [{"feature": name, "kind": "level", "code": code, "mean": mean, "scale": 1.0} for code, mean in shares.items()]
        return [term for term in terms if _varies(term)]

    def _filled(self, values: np.ndarray, name: str) -> np.ndarray:
        rule = self.numeric[name]
        filled = np.clip(np.where(np.isnan(values), rule["median"], values), rule["low"], rule["high"])
        return np.sign(filled) * np.log1p(np.abs(filled)) if self.transform == "signed_log" else filled

    def _columns(self, features: pd.DataFrame):
        """Yield each term with its centred and scaled column."""
        read, last = None, None
        for term in self.terms:
            name, kind = term["feature"], term["kind"]
            if name != last:
                read, last = (self.encoding.codes if kind == "level" else self.encoding.numbers)(features, name), name
            if kind == "level":
                column = (read == term["code"]).astype(float)
            elif kind == "empty":
                column = np.isnan(read).astype(float)
            else:
                column = self._filled(read, name)
            yield term, (column - term["mean"]) / term["scale"]

    def contributions(self, features: pd.DataFrame, gated: np.ndarray) -> tuple[np.ndarray, pd.DataFrame]:
        """Return the log odds of the mean training row, and what each feature's departure from it adds."""
        parts = np.zeros((len(features), len(self.encoding.names)))
        position = {name: at for at, name in enumerate(self.encoding.names)}
        for term, column in self._columns(features):
            parts[:, position[term["feature"]]] += term["weight"] * column
        return np.full(len(features), self.base), pd.DataFrame(parts, columns=self.encoding.names, index=features.index)

    def log_odds(self, features: pd.DataFrame) -> np.ndarray:
        """Return the log odds of churn, shape (n,)."""
        base, parts = self.contributions(features, np.zeros(len(features), dtype=bool))
        return add_up(base, parts.to_numpy())

    def predict(self, features: pd.DataFrame, gated: np.ndarray) -> np.ndarray:
        """Return the churn probability, shape (n,)."""
        return sigmoid(self.log_odds(features))

    def to_state(self) -> dict[str, bytes]:
        """Return ``logistic.json`` or ``logistic_signed_log.json``."""
        content = {
            "transform": self.transform,
            "strength": self.strength,
            "base": self.base,
            "numeric": self.numeric,
            "terms": self.terms,
            "specs": self.encoding.specs,
            "levels": self.encoding.levels,
        }
        return {f"{self.name}.json": json.dumps(content).encode()}

    @classmethod
    def from_state(cls, state: dict[str, bytes], transform: str = "raw") -> "Logistic":
        """Rebuild from its JSON file."""
        content = json.loads(state[f"{_name(transform)}.json"])
        estimator = cls(content["specs"], content["transform"], content["strength"])
        estimator.encoding = Encoding.of(content["specs"], content["levels"])
        estimator.specs = estimator.encoding.specs
        estimator.base, estimator.numeric, estimator.terms = content["base"], content["numeric"], content["terms"]
        return estimator


def _name(transform: str) -> str:
    return "logistic" if transform == "raw" else f"logistic_{transform}"


def _varies(term: dict) -> bool:
    """Tell whether a column is more than a constant: a spread for numbers, neither nobody nor everybody for flags."""
    return term["scale"] > 1e-9 * (1 + abs(term["mean"])) if term["kind"] == "value" else 0 < term["mean"] < 1
