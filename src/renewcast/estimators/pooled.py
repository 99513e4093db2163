"""Rates by one kind of account, each drawn toward the rate of all: what a handful of churned accounts can support."""

import json
from dataclasses import asdict, dataclass

import numpy as np
import pandas as pd

from renewcast.estimators._definition import TrainingRows
from renewcast.estimators.encoding import Encoding
from renewcast.estimators.logit import add_up, logit, sigmoid
from renewcast.estimators.prior import evidence, jeffreys

# A number by which accounts may be pooled too, in thirds of the training rows.
TENURE = "tenure_days"
# How many accounts' worth of prior the rate of all may be; with more, every kind has the rate of all.
STRENGTHS = np.geomspace(1.0, 4096.0, 25)
# Kinds are used where their rates differ by more than noise at this level, shared among the features tried.
LEVEL = 0.05


@dataclass(frozen=True)
class Kinds:
    """The feature by which accounts are pooled, and what was counted for each kind.

    Parameters
    ----------
    feature : str
    edges : tuple of float
        Where a numeric feature is cut; empty for a categorical one.
    code : tuple of int
        The codes of the kinds: positions of levels or thirds, -1 where empty.
    events, exposure : tuple of float
        Churned accounts, and accounts' worth of rows, of each kind.
    strength : float
        How many accounts' worth of prior the rate of all is.
    """

    feature: str
    edges: tuple[float, ...]
    code: tuple[int, ...]
    events: tuple[float, ...]
    exposure: tuple[float, ...]
    strength: float


class Pooled:
    """Predict the churn rate of an account's kind, shrunk toward the rate of all by empirical Bayes.

    Every categorical feature, and tenure in thirds, is a candidate. For each, the rates of its kinds are taken as drawn from
    one Beta distribution around the rate of all, whose strength is that of the greatest likelihood. The candidate under which
    the rates differ most is used, where that is more than noise; otherwise everybody carries the rate of all.

    Parameters
    ----------
    specs : iterable of objects with ``name``, ``driver`` and ``is_categorical``

    References
    ----------
    Griffin, Krutchkoff, An Empirical Bayes Estimator for P[success] in the Binomial Distribution, Sankhya B 33, 1971.
    Self, Liang, Asymptotic properties of maximum likelihood estimators under nonstandard conditions, JASA 82, 1987: the
    likelihood ratio at the edge (no difference at all) is half a chi-square.

    Examples
    --------
    >>> from renewcast.estimators._definition import InputSpec
    >>> plan, names = pd.DataFrame({"plan": ["trial"] * 40 + ["paid"] * 160}), [str(row) for row in range(200)]
    >>> rows = TrainingRows(plan, [True] * 10 + [False] * 190, names, names, ["2026-06-29"] * 200, [False] * 200)
    >>> model = Pooled([InputSpec("plan", "contract", True)]).fit(rows)
    >>> model.predict(plan.iloc[[0, 199]], rows.gated[:2]).round(2).tolist()
    [0.24, 0.0]
    """

    name = "pooled_rates"

    def __init__(self, specs=()):
        self.specs = tuple(specs)
        self.encoding, self.rate, self.kinds = None, None, None

    def fit(self, rows: TrainingRows) -> "Pooled":
        """Learn the rate of all and, where they differ by more than noise, those of the kinds of one feature."""
        rows = rows.in_order()
        self.encoding = Encoding.learn(rows.features, self.specs)
        self.rate = jeffreys(rows.rate(), len(rows))
        self.kinds = self._kinds(rows)
        return self

    def _kinds(self, rows: TrainingRows) -> Kinds | None:
        from scipy.stats import chi2

        events, exposure = evidence(rows)
        if not 0 < events < exposure:
            return None
        unit, found = exposure / len(rows) * rows.weight / rows.weight.mean(), []
        names = [spec.name for spec in self.encoding.specs if spec.is_categorical or spec.name == TENURE]
        for name in names:
            edges = self._thirds(rows.features, name)
            code, position = np.unique(self._codes(rows.features, name, edges), return_inverse=True)
            per_kind = [np.bincount(position, weights=counted * unit) for counted in (rows.label, np.ones(len(rows)))]
            strength, gain = _strength(*per_kind, events / exposure)
            found.append((gain, Kinds(name, edges, *(tuple(part.tolist()) for part in (code, *per_kind)), strength)))
        gain, best = max(found, key=lambda pair: pair[0], default=(0.0, None))
        return best if best and 2 * gain > chi2.isf(min(1.0, 2 * LEVEL / len(names)), 1) else None

    def _thirds(self, features: pd.DataFrame, name: str) -> tuple[float, ...]:
        if name in self.encoding.levels:
            return ()
        known = self.encoding.numbers(features, name)
        known = known[~np.isnan(known)]
        return tuple(np.unique(np.quantile(known, (1 / 3, 2 / 3))).tolist()) if len(known) else ()

    def _codes(self, features: pd.DataFrame, name: str, edges: tuple[float, ...]) -> np.ndarray:
        if name in self.encoding.levels:
            return self.encoding.codes(features, name)
        values = self.encoding.numbers(features, name)
        return np.where(np.isnan(values), -1, np.searchsorted(edges, values, side="right"))

    def _counted(self, features: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
        """Return the parameters a and b of the Beta distribution of each row's rate; a kind never seen has the prior's."""
        one, code = self.kinds, self._codes(features, self.kinds.feature, self.kinds.edges)
        a, b = np.full(len(code), one.strength * self.rate), np.full(len(code), one.strength * (1 - self.rate))
        for kind, events, exposure in zip(one.code, one.events, one.exposure, strict=True):
            a[code == kind] += events
            b[code == kind] += exposure - events
        return a, b

    def interval(self, features: pd.DataFrame, level: float = 0.9) -> tuple[np.ndarray, np.ndarray]:
        """Return between which rates the true one of each row's kind lies with probability ``level``; without kinds, NaN."""
        from scipy.stats import beta

        if self.kinds is None:
            return np.full(len(features), np.nan), np.full(len(features), np.nan)
        a, b = self._counted(features)
        return beta.ppf((1 - level) / 2, a, b), beta.ppf((1 + level) / 2, a, b)

    def contributions(self, features: pd.DataFrame, gated: np.ndarray) -> tuple[np.ndarray, pd.DataFrame]:
        """Return the log odds of the rate of all, and what the account's kind adds."""
        base = np.full(len(features), float(logit(np.array([self.rate]))[0]))
        parts = np.zeros((len(features), len(self.encoding.names)))
        if self.kinds is not None:
            a, b = self._counted(features)
            parts[:, self.encoding.names.index(self.kinds.feature)] = logit(a / (a + b)) - base
        return base, pd.DataFrame(parts, columns=self.encoding.names, index=features.index)

    def log_odds(self, features: pd.DataFrame) -> np.ndarray:
        """Return the log odds of the rate of each row's kind, shape (n,)."""
        base, parts = self.contributions(features, np.zeros(len(features), dtype=bool))
        return add_up(base, parts.to_numpy())

    def predict(self, features: pd.DataFrame, gated: np.ndarray) -> np.ndarray:
        """Return the rate of each row's kind, shape (n,)."""
        return sigmoid(self.log_odds(features))

    def to_state(self) -> dict[str, bytes]:
        """Return ``pooled_rates.json``."""
        kinds = None if self.kinds is None else asdict(self.kinds)
        content = {"rate": self.rate, "kinds": kinds, "specs": self.encoding.specs, "levels": self.encoding.levels}
        return {"pooled_rates.json": json.dumps(content).encode()}

    @classmethod
    def from_state(cls, state: dict[str, bytes]) -> "Pooled":
        """Rebuild from ``pooled_rates.json``."""
        content = json.loads(state["pooled_rates.json"])
        pooled = cls(content["specs"])
        pooled.encoding, pooled.rate = Encoding.of(content["specs"], content["levels"]), content["rate"]
        pooled.specs = pooled.encoding.specs
        if content["kinds"] is not None:
            pooled.kinds = Kinds(**{name: tuple(one) if isinstance(one, list) else one for name, one in content["kinds"].items()})
        return pooled


def _strength(events: np.ndarray, exposure: np.ndarray, rate: float) -> tuple[float, float]:
    """Return the likeliest strength of the prior, and by how much it beats one rate for all, in log likelihood."""
    from scipy.special import betaln

    def log_likelihood(strength):
        a, b = strength * rate, strength * (1 - rate)
        return float((betaln(a + events, b + exposure - events) - betaln(a, b)).sum())

    one_rate = float((events * np.log(rate) + (exposure - events) * np.log1p(-rate)).sum())
    gains = [log_likelihood(strength) - one_rate for strength in STRENGTHS]
    return float(STRENGTHS[int(np.argmax(gains))]), max(gains)
