"""Boosted trees: native LightGBM, several fits bagged by account, their log odds averaged."""

import hashlib
import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import pandas as pd

from renewcast.estimators._definition import TrainingRows
from renewcast.estimators.encoding import Encoding
from renewcast.estimators.explanation import Explanation
from renewcast.estimators.lightgbm_text import read_trees
from renewcast.estimators.logit import add_up, sigmoid
from renewcast.estimators.tree_shap import compare_with_lightgbm, path_tree, values_and_moves

BAG_SHARE = 0.8
# Fits run side by side, each on one thread: no waiting at barriers, and the same sums whatever the machine does.
FITS_AT_ONCE = 2


@dataclass(frozen=True)
class Trees:
    """The shape of the trees and the number of fits.

    Parameters
    ----------
    seed : int
        0 is a seed like any other.
    fits, num_leaves, min_rows_per_leaf : int
        No fits, no trees: such a blend rests on rates alone.
    learning_rate : float in (0, 1]
    monotone : bool
        Whether the risk may only go the agreed way with features that have a direction.

    Examples
    --------
    >>> Trees(seed=0, fits=8, num_leaves=15, min_rows_per_leaf=40, learning_rate=0.04).parameters(fit=3)["seed"]
    3
    """

    seed: int
    fits: int
    num_leaves: int
    min_rows_per_leaf: int
    learning_rate: float
    monotone: bool = False

    @classmethod
    def chosen(cls, model) -> "Trees":
        """Read the shape from the model section of params.yaml."""
        return cls(model.seed, model.fits, model.num_leaves, model.min_rows_per_leaf, model.learning_rate, model.monotone)

    def parameters(self, fit: int, directions: tuple[int, ...] = ()) -> dict:
        """Return LightGBM's parameters of one fit; ``directions`` are those of the features, in their order."""
        held = {"monotone_constraints": list(directions)} if self.monotone and any(directions) else {}
        return held | {
            "objective": "binary",
            "num_leaves": self.num_leaves,
            "learning_rate": self.learning_rate,
            "min_data_in_leaf": self.min_rows_per_leaf,
            "lambda_l2": 2.0,
            # Drawn anew at each split: drawn once a tree, a table of two columns could never show how they act together.
            "feature_fraction_bynode": 0.6,
            "max_bin": 127,
            "cat_smooth": 20.0,
            "cat_l2": 20.0,
            # int32 in LightGBM: the sum must not overflow.
            "seed": (self.seed + fit) % (2**31 - 1),
            "deterministic": True,
            "force_row_wise": True,
            "num_threads": 1,
            "verbosity": -1,
        }


class Boosted:
    """Predict churn by bagged LightGBM; no class weights, categories by explicit codes, unknown ones count as empty.

    Each fit sees about 80 % of the groups, drawn by a hash of seed, fit and group, so that an account's membership
    does not depend on which others exist.

    Parameters
    ----------
    specs : iterable of objects with ``name``, ``driver`` and ``is_categorical``
    trees : Trees
    rounds : int
        Rounds of boosting in each fit.

    References
    ----------
    Ke et al., LightGBM: A Highly Efficient Gradient Boosting Decision Tree, NeurIPS 2017.
    Breiman, Bagging Predictors, Machine Learning 24, 1996.

    Examples
    --------
    >>> from renewcast.estimators._definition import InputSpec
    >>> usage, names = pd.DataFrame({"events": [0.0, 1.0, 8.0, 9.0] * 50}), [str(row) for row in range(200)]
    >>> rows = TrainingRows(usage, [True, True, False, False] * 50, names, names, ["2026-06-29"] * 200, [False] * 200)
    >>> trees = Trees(seed=7, fits=2, num_leaves=3, min_rows_per_leaf=5, learning_rate=0.2)
    >>> model = Boosted([InputSpec("events", "usage", False)], trees, rounds=30).fit(rows)
    >>> bool(model.predict(usage, rows.gated)[0] > 0.8)
    True
    """

    name = "boosted"

    def __init__(self, specs=(), trees: Trees | None = None, rounds: int = 0):
        self.specs = tuple(specs)
        self.trees = trees
        self.rounds = rounds
        self.encoding = None
        self.boosters = []
        self._paths = None

    def begin(self, rows: TrainingRows) -> "Boosted":
        """Learn the encoding and set up the fits without growing a tree yet; ``grow`` does that."""
        import lightgbm

        rows = rows.in_order()
        self.encoding, self.boosters, self._paths = Encoding.learn(rows.features, self.specs), [], None
        if not self.trees.fits:
            return self
        categorical = [at for at, spec in enumerate(self.encoding.specs) if spec.is_categorical]
        # Good news goes the other way; a category has no direction.
        sign = -1 if rows.is_good_outcome else 1
        directions = tuple(0 if spec.is_categorical else sign * spec.direction for spec in self.encoding.specs)
        whole = lightgbm.Dataset(
            self.encoding.matrix(rows.features),
            label=rows.label.astype(float),
            weight=None if (rows.weight == 1).all() else rows.weight,
            feature_name=[str(at) for at in range(len(self.specs))],
            categorical_feature=categorical,
            params=self.trees.parameters(0, directions),
            free_raw_data=True,
        ).construct()
        for fit in range(self.trees.fits):
            bag = whole.subset(np.flatnonzero(_in_bag(rows.group, self.trees.seed, fit)))
            self.boosters.append(lightgbm.Booster(params=self.trees.parameters(fit, directions), train_set=bag))
        return self

    def grow(self, rounds: int) -> None:
        """Add rounds of boosting to every fit."""
        grow_together([self], rounds)

    def fit(self, rows: TrainingRows) -> "Boosted":
        """Grow ``rounds`` trees in every fit."""
        self.begin(rows)
        self.grow(self.rounds)
        self.freeze()
        return self

    def freeze(self) -> None:
        """Go through the text form, so that what predicts now is what will be loaded later, and drop the training data."""
        self.boosters = [_read(booster.model_to_string(num_iteration=self.rounds)) for booster in self.boosters]

    def log_odds(self, features: pd.DataFrame, first: int = 0, rounds: int | None = None) -> np.ndarray:
        """Return the mean log odds over the fits, shape (n,), of ``rounds`` trees from tree ``first`` on."""
        return self.log_odds_of(self.encoding.matrix(features), first, rounds)

    def log_odds_of(self, encoded: np.ndarray, first: int = 0, rounds: int | None = None) -> np.ndarray:
        """Return the log odds, as ``log_odds`` does, of rows that ``encoding.matrix`` has read already."""
        total = np.zeros(len(encoded))
        if not len(encoded):
            return total
        span = {"start_iteration": first, "num_iteration": self.rounds if rounds is None else rounds, "num_threads": 1}
        for z in _side_by_side(lambda booster: booster.predict(encoded, raw_score=True, **span), self.boosters):
            total += z
        return total / len(self.boosters)

    def spread(self, features: pd.DataFrame) -> np.ndarray:
        """Return the standard deviation of the log odds over the fits, shape (n,); 0 with a single fit."""
        return self.log_odds_and_spread(features)[1]

    def log_odds_and_spread(self, features: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
        """Return the mean log odds over the fits, as :meth:`log_odds` does, and their standard deviation, in one pass."""
        encoded, fits = self.encoding.matrix(features), len(self.boosters)
        total, mean, squares = (np.zeros(len(encoded)) for _ in range(3))
        if not len(encoded):
            return total, squares
        span = {"num_iteration": self.rounds, "num_threads": 1}
        found = _side_by_side(lambda booster: booster.predict(encoded, raw_score=True, **span), self.boosters)
        for count, z in enumerate(found, start=1):
            total += z
            away = z - mean
            mean += away / count
            squares += away * (z - mean)
        return total / fits, np.sqrt(squares / (fits - 1)) if fits > 1 else np.zeros(len(encoded))

    def predict(self, features: pd.DataFrame, gated: np.ndarray) -> np.ndarray:
        """Return the churn probability, shape (n,)."""
        return sigmoid(self.log_odds(features))

    def contributions(self, features: pd.DataFrame, gated: np.ndarray) -> tuple[np.ndarray, pd.DataFrame]:
        """Return the mean log odds over the training rows, and each feature's SHAP value on the log-odds scale.

        References
        ----------
        Lundberg et al., From local explanations to global understanding with explainable AI for trees,
        Nature Machine Intelligence 2, 2020: path-dependent TreeSHAP, as LightGBM computes it, to 1e-9; some rows of every
        call are compared with LightGBM's own.
        """
        return self.explain(features, gated)[:2]

    def explain(self, features: pd.DataFrame, gated: np.ndarray, typical: pd.DataFrame | None = None) -> Explanation:
        """Return the contributions, what each fit says of each driver, and the log odds with each feature moved alone."""
        encoded = self.encoding.matrix(features)
        columns = np.ascontiguousarray(encoded.T)
        elsewhere = None if typical is None else self.encoding.matrix(typical)[0]
        if self._paths is None:
            texts = (booster.model_to_string(num_iteration=self.rounds) for booster in self.boosters)
            self._paths = [[path_tree(tree) for tree in read_trees(text)] for text in texts]
        driver_of = np.array([spec.driver for spec in self.encoding.specs])
        drivers = tuple(sorted(set(driver_of.tolist())))
        fits = np.zeros((len(self.boosters), len(drivers), len(features)))
        base, total, moved = 0.0, np.zeros(columns.shape), None if elsewhere is None else np.zeros(columns.shape)
        found = _side_by_side(lambda trees: values_and_moves(trees, columns, elsewhere), self._paths)
        for fit, (booster, (level, values, moves)) in enumerate(zip(self.boosters, found, strict=True)):
            compare_with_lightgbm(booster, self.rounds, encoded, level, values)
            base += level
            total += values
            if moved is not None:
                moved += moves
            for at, driver in enumerate(driver_of):
                fits[fit, drivers.index(driver)] += values[at]
        total /= len(self.boosters)
        parts = pd.DataFrame(total.T, columns=self.encoding.names, index=features.index)
        start = np.full(len(features), base / len(self.boosters))
        if moved is not None:
            moved = (moved / len(self.boosters)).T + add_up(start, total.T)[:, None]
        return Explanation(start, parts, moved, fits, drivers)

    def to_state(self) -> dict[str, bytes]:
        """Return ``boosted.json`` and one ``boosted.NN.txt`` a fit, in LightGBM's text form."""
        shape = {"fits": len(self.boosters), "rounds": self.rounds}
        content = {"specs": self.encoding.specs, "levels": self.encoding.levels, **shape}
        state = {"boosted.json": json.dumps(content).encode()}
        for fit, booster in enumerate(self.boosters):
            state[f"boosted.{fit:02d}.txt"] = booster.model_to_string(num_iteration=self.rounds).encode()
        return state

    @classmethod
    def from_state(cls, state: dict[str, bytes]) -> "Boosted":
        """Rebuild from its files. LightGBM's reader trusts its input: check the digests first."""
        content = json.loads(state["boosted.json"])
        estimator = cls(content["specs"], None, content["rounds"])
        estimator.encoding = Encoding.of(content["specs"], content["levels"])
        estimator.specs = estimator.encoding.specs
        estimator.boosters = [_read(state[f"boosted.{fit:02d}.txt"].decode()) for fit in range(content["fits"])]
        return estimator


def grow_together(several: list[Boosted], rounds: int) -> None:
    """Add rounds of boosting to every fit of several estimators, two fits at a time."""

    def grow(booster):
        for _ in range(rounds):
            booster.update()

    list(_side_by_side(grow, [booster for one in several for booster in one.boosters]))


def _side_by_side(work, boosters: list):
    """Yield the results of some work on each booster, in their order."""
    with ThreadPoolExecutor(FITS_AT_ONCE, initializer=_be_quiet) as pool:
        yield from pool.map(work, boosters)


def _be_quiet() -> None:
    """Silence LightGBM in this thread: its log level belongs to the thread, and any parameters set it."""
    # The number of threads is the process's: left out, it would change under another thread that predicts with buffers for one.
    import lightgbm

    lightgbm.Dataset(np.zeros((2, 1)), params={"verbosity": -1, "num_threads": 1}).construct()


def _read(text: str):
    import lightgbm

    return lightgbm.Booster(model_str=text)


def _in_bag(groups: np.ndarray, seed: int, fit: int) -> np.ndarray:
    """Draw about 80 % of the groups: those whose hash falls below the share."""
    names, position = np.unique(groups, return_inverse=True)
    return (hashed_share(names, f"{seed}:{fit}") < BAG_SHARE)[position]


def hashed_share(names: np.ndarray, salt: str) -> np.ndarray:
    """Map names to numbers in [0, 1) that look random and never change.

    Examples
    --------
    >>> hashed_share(np.array(["A", "B"]), "7:0").round(3).tolist() == hashed_share(np.array(["A", "B"]), "7:0").round(3).tolist()
    True
    """
    digests = (hashlib.blake2b(f"{salt}:{name}".encode(), digest_size=8).digest() for name in names)
    return np.fromiter((int.from_bytes(digest, "big") / 2**64 for digest in digests), dtype=float, count=len(names))
