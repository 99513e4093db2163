"""Exact SHAP values of LightGBM's trees for many rows at once: rows that fall alike share one computation.

LightGBM walks every tree once a row. Here each tree sorts the rows by the answers to its splits (a tree of 15 leaves tells a
few hundred kinds of row apart, however many there are), works the values out once a kind, and hands them to the rows.
"""

from dataclasses import dataclass

import numpy as np

from renewcast.errors import RenewcastError
from renewcast.estimators.lightgbm_text import CATEGORICAL, TreeText

# LightGBM's other bits of decision_type, and what it takes for zero.
DEFAULT_LEFT, MISSING_IS_ZERO, MISSING_IS_NAN = 2, 4, 8
ZERO = 1e-35
# The values must be LightGBM's own to this; so many rows of every call are compared.
TOLERANCE, COMPARED_ROWS = 1e-9, 64


@dataclass(frozen=True, eq=False)
class PathTree:
    """One tree as its paths from the root to the leaves.

    Parameters
    ----------
    feature, threshold, kind : arrays, shape (n_splits,)
        Position of the feature, threshold, LightGBM's decision_type.
    going_left : dict of int to array of float
        The codes that a categorical split sends to the left, by split.
    feature_of, zero_share : arrays, shape (n_leaves, n_slots)
        Each leaf has a slot a different feature on its path: the feature (-1: an unused slot) and the share of the training
        rows that stay on the path where that feature is not known (1 for an unused slot).
    answers : array of int, shape (n_leaves, n_slots, n_answers)
        What must hold for the row to stay on the path as far as the feature is concerned: s for "split s goes left",
        n_splits + s for "split s goes right", 2 n_splits for "nothing".
    leaf_value : array of float, shape (n_leaves,)
    base : float
        The mean value over the training rows.
    """

    feature: np.ndarray
    threshold: np.ndarray
    kind: np.ndarray
    going_left: dict[int, np.ndarray]
    feature_of: np.ndarray
    zero_share: np.ndarray
    answers: np.ndarray
    leaf_value: np.ndarray
    base: float

    def goes_left(self, columns: np.ndarray) -> np.ndarray:
        """Answer every split for every row as LightGBM does, array of bool, shape (n_splits, n_rows)."""
        left = np.empty((len(self.feature), columns.shape[1]), dtype=bool)
        for split, feature in enumerate(self.feature):
            values, kind, out = columns[feature], self.kind[split], left[split]
            if kind & CATEGORICAL:
                out[:] = np.isin(values, self.going_left[split])
                continue
            threshold = self.threshold[split]
            np.less_equal(values, threshold, out=out)
            if kind & MISSING_IS_ZERO:
                out[np.isnan(values) | (np.abs(values) <= ZERO)] = bool(kind & DEFAULT_LEFT)
            elif kind & MISSING_IS_NAN:
                if kind & DEFAULT_LEFT:
                    out |= np.isnan(values)
            elif threshold >= 0:
                out |= np.isnan(values)  # no missing values were seen in training, so LightGBM reads them as 0
        return left

    def values(self, left: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Work out the SHAP values of kinds of row.

        With o_k = 1 where the path agrees with the row's feature k and 0 elsewhere, z_k the zero share and v the leaf's value,
        feature j gets from the leaf v (o_j - z_j) times the Shapley weights m! (d-1-m)! / d! over the subsets of the others,
        which is an integral: of prod_k (z_k (1-t) + o_k t), k != j, over t from 0 to 1. It is a polynomial of degree below d,
        so Gauss and Legendre's rule with d/2 points is exact, and every term is positive.

        Parameters
        ----------
        left : array of bool, shape (n_splits, n_kinds)

        Returns
        -------
        tuple of arrays
            The features that the tree uses, shape (n_used,), and their values, shape (n_used, n_kinds).
        """
        agrees = self._agrees(left)
        zero, weight = self.zero_share[:, :, None], np.zeros(agrees.shape)
        points, shares = np.polynomial.legendre.leggauss((agrees.shape[1] + 1) // 2)
        for point, share in zip((points + 1) / 2, shares / 2, strict=True):
            factor = np.where(agrees, zero * (1 - point) + point, zero * (1 - point))
            whole = np.full((agrees.shape[0], agrees.shape[2]), share)
            for slot in range(agrees.shape[1]):
                whole *= factor[:, slot]
            weight += whole[:, None] / factor
        weight *= (agrees - zero) * self.leaf_value[:, None, None]
        used = np.unique(self.feature_of[self.feature_of >= 0])
        summed = np.zeros((len(used), left.shape[1]))
        for leaf, slot in np.argwhere(self.feature_of >= 0):
            summed[np.searchsorted(used, self.feature_of[leaf, slot])] += weight[leaf, slot]
        return used, summed

    def moved(self, left: np.ndarray, left_elsewhere: np.ndarray) -> np.ndarray:
        """Say by how much the tree's value changes when one feature alone answers as another row does.

        Parameters
        ----------
        left : array of bool, shape (n_splits, n_kinds)
        left_elsewhere : array of bool, shape (n_splits, 1)
            The other row's answers.

        Returns
        -------
        array of float, shape (n_used, n_kinds)
            For each feature that the tree uses, in the order of :meth:`values`.
        """
        agrees, elsewhere = self._agrees(left), self._agrees(left_elsewhere)
        # A leaf is reached where nothing on its path disagrees; a feature has at most one slot on it.
        against = (~agrees).sum(axis=1)
        now = self._reached(against)
        used = np.unique(self.feature_of[self.feature_of >= 0])
        changes = np.empty((len(used), left.shape[1]))
        for place, feature in enumerate(used):
            leaf, slot = np.nonzero(self.feature_of == feature)
            then = against.copy()
            then[leaf] += agrees[leaf, slot].astype(int) - elsewhere[leaf, slot]
            changes[place] = self._reached(then) - now
        return changes

    def _agrees(self, left: np.ndarray) -> np.ndarray:
        """Say whether the path agrees with the row's feature, array of bool, shape (n_leaves, n_slots, n_kinds)."""
        stays = np.concatenate([left, ~left, np.ones((1, left.shape[1]), dtype=bool)])
        agrees = stays[self.answers[:, :, 0]]
        for more in range(1, self.answers.shape[2]):
            agrees &= stays[self.answers[:, :, more]]
        return agrees

    def _reached(self, against: np.ndarray) -> np.ndarray:
        """Return the value of the one leaf that nothing stands against, shape (n_kinds,)."""
        return self.leaf_value[(against == 0).argmax(axis=0)]


def path_tree(tree: TreeText) -> PathTree:
    """Lay a tree out as its paths."""
    value = tree.numbers["leaf_value"]
    if len(value) == 1:
        none, no_slots = np.zeros(0, dtype=int), np.zeros((1, 0))
        return PathTree(none, no_slots[0], none, {}, no_slots, no_slots, np.zeros((1, 0, 1), dtype=int), value, float(value[0]))
    feature, threshold, kind, counts, inner, left, right = (
        tree.numbers[name]
        for name in ("split_feature", "threshold", "decision_type", "leaf_count", "internal_count", "left_child", "right_child")
    )
    paths = _walk(np.column_stack([left, right]), feature, counts, inner)
    slots = max(len(path) for path in paths)
    most = max(len(passed) for path in paths for _, passed in path.values())
    feature_of, zero_share = np.full((len(value), slots), -1), np.ones((len(value), slots))
    answers = np.full((len(value), slots, most), 2 * len(feature))
    for leaf, path in enumerate(paths):
        for slot, (which, (share, passed)) in enumerate(path.items()):
            feature_of[leaf, slot], zero_share[leaf, slot] = which, share
            answers[leaf, slot, : len(passed)] = passed
    base = float((value * (counts / inner[0])).sum())
    return PathTree(feature, threshold, kind, tree.going_left, feature_of, zero_share, answers, value, base)


def tree_shap(trees: list[PathTree], columns: np.ndarray) -> tuple[float, np.ndarray]:
    """Return the base and every feature's SHAP value, path-dependent as LightGBM's own.

    Parameters
    ----------
    trees : list of PathTree
    columns : array of float, shape (n_features, n_rows)
        The model's inputs, a feature a row of the array, NaN where missing.

    Returns
    -------
    tuple of float and array of float, shape (n_features, n_rows)
        Base plus the sum over the features is the raw score. A row's values do not depend on which others stand beside it.

    References
    ----------
    Lundberg et al., From local explanations to global understanding with explainable AI for trees, Nature Machine
    Intelligence 2, 2020: path-dependent TreeSHAP. Owen, Multilinear Extensions of Games, Management Science 18, 1972: the
    Shapley value as an integral over t.
    """
    return values_and_moves(trees, columns, None)[:2]


def values_and_moves(trees: list[PathTree], columns: np.ndarray, elsewhere: np.ndarray | None):
    """Return what :func:`tree_shap` does and, for each feature, the change of the raw score if it alone stood elsewhere.

    Parameters
    ----------
    trees : list of PathTree
    columns : array of float, shape (n_features, n_rows)
    elsewhere : array of float, shape (n_features,), or None
        The value that each feature in turn is moved to; None: nothing is moved.

    Returns
    -------
    tuple of float, array and array (or None), both of shape (n_features, n_rows)
    """
    values = np.zeros(columns.shape)
    moves = None if elsewhere is None else np.zeros(columns.shape)
    for tree in trees:
        if not len(tree.feature) or not columns.shape[1]:
            continue
        left = tree.goes_left(columns)
        first, kind_of = _kinds(left)
        used, of_kind = tree.values(left[:, first])
        for feature, value in zip(used, of_kind, strict=True):
            values[feature] += value[kind_of]
        if moves is not None:
            for feature, change in zip(used, tree.moved(left[:, first], tree.goes_left(elsewhere[:, None])), strict=True):
                moves[feature] += change[kind_of]
    return float(sum(tree.base for tree in trees)), values, moves


def compare_with_lightgbm(booster, rounds: int, encoded: np.ndarray, base: float, values: np.ndarray) -> None:
    """Compare a few rows, spread over the batch, with LightGBM's own values.

    Raises
    ------
    RenewcastError
        "... are not LightGBM's own ...".
    """
    if not len(encoded):
        return
    at = np.unique(np.linspace(0, len(encoded) - 1, COMPARED_ROWS).astype(int))
    own = booster.predict(encoded[at], pred_contrib=True, num_iteration=rounds, num_threads=1)
    apart = max(np.abs(own[:, :-1] - values[:, at].T).max(), np.abs(own[:, -1] - base).max())
    if not apart <= TOLERANCE:
        raise RenewcastError(
            f"The contributions of the trees are not LightGBM's own (apart by {apart:.1e}); "
            "install the LightGBM of requirements.lock or train again."
        )


def _kinds(left: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Find rows that answer every split alike: the first row of each kind, and each row's kind."""
    packed = np.packbits(left, axis=0).T
    wide = next((size for size in (2, 8) if packed.shape[1] <= size), packed.shape[1])
    codes = np.zeros((len(packed), wide), dtype=np.uint8)
    codes[:, : packed.shape[1]] = packed
    kind = {2: np.uint16, 8: np.uint64}.get(wide, np.dtype((np.void, wide)))
    _, first, kind_of = np.unique(codes.view(kind)[:, 0], return_index=True, return_inverse=True)
    return first, kind_of


def _walk(children: np.ndarray, feature: np.ndarray, counts: np.ndarray, inner: np.ndarray) -> list[dict]:
    """Return for each leaf {feature: (zero share, answers that keep a row on the path)}."""
    splits, paths = len(feature), [{} for _ in counts]
    waiting = [(0, {})]
    while waiting:
        split, path = waiting.pop()
        for side, child in enumerate(children[split].tolist()):
            rows = counts[~child] if child < 0 else inner[child]
            share, passed = path.get(feature[split], (1.0, ()))
            longer = path | {feature[split]: (share * rows / inner[split], (*passed, split + side * splits))}
            if child < 0:
                paths[~child] = longer
            else:
                waiting.append((child, longer))
    return paths
