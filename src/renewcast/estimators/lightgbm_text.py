"""LightGBM's text form, read strictly: LightGBM's own reader believes every number in it, and follows it out of its arrays.

What passes here has arrays of the right lengths, children that make a tree, features and categories that exist.
"""

import re
from dataclasses import dataclass

import numpy as np

from renewcast.errors import RenewcastError

CATEGORICAL = 1
"""The bit of decision_type that makes a split one of categories."""
MOST_LEAVES, MOST_COUNT = 131_072, 2**31 - 1

_INTEGER = re.compile(r"-?\d{1,10}", re.ASCII)
_NUMBER = re.compile(r"-?(\d+(\.\d+)?|\.\d+)(e[-+]?\d{1,3})?|-?inf", re.ASCII)
_TAIL = re.compile(
    r"end of trees\n(\nfeature_importances:\n([^\n=]+=\d+\n)*)?"
    r"\nparameters:\n(\[[a-z0-9_]+: [^\n]*\]\n)+\nend of parameters\n\npandas_categorical:null\n",
    re.ASCII,
)
_PER_SPLIT = {
    "split_feature": int, "split_gain": float, "threshold": float, "decision_type": int, "left_child": int, "right_child": int,
    "internal_value": float, "internal_weight": float, "internal_count": int,
}  # fmt: skip
_PER_LEAF = {"leaf_value": float, "leaf_weight": float, "leaf_count": int}


@dataclass(frozen=True, eq=False)
class TreeText:
    """One tree: an array a line, shape (n_splits,) or (n_leaves,); a tree of one leaf has no splits and may lack its counts.

    Parameters
    ----------
    numbers : dict of str to array
        By LightGBM's names: split_feature, threshold, decision_type, left_child, leaf_value, ...
    going_left : dict of int to array of float
        By split: the codes that a split of categories sends to the left.
    """

    numbers: dict[str, np.ndarray]
    going_left: dict[int, np.ndarray]


def read_trees(text: str) -> list[TreeText]:
    """Read the trees of a model for one class, without linear leaves.

    Parameters
    ----------
    text : str

    Returns
    -------
    list of TreeText

    Raises
    ------
    RenewcastError
        "The text of a LightGBM model is damaged: ...".

    Examples
    --------
    >>> read_trees("tree")
    Traceback (most recent call last):
    renewcast.errors.RenewcastError: The text of a LightGBM model is damaged: tree_sizes; restore the artefact or train again.
    """
    try:
        return _read(text)
    except (KeyError, ValueError) as damaged:
        place = damaged.args[0] if damaged.args and damaged.args[0] in _PER_SPLIT | _PER_LEAF | _HEADER else "a line of it"
        raise RenewcastError(f"The text of a LightGBM model is damaged: {place}; restore the artefact or train again.") from None


_HEADER = dict.fromkeys(
    ("num_class", "num_tree_per_iteration", "max_feature_idx", "feature_names", "feature_infos", "num_leaves", "tree_sizes")
)


def _read(text: str) -> list[TreeText]:
    begin = text.find("\n\nTree=0\n") + 2
    if begin < 2:
        raise ValueError("tree_sizes")
    header = dict(line.split("=", 1) for line in text[:begin].split("\n") if "=" in line)
    features = _integers(header, "max_feature_idx", 1)[0] + 1
    if any(header[name] != "1" for name in ("num_class", "num_tree_per_iteration")):
        raise ValueError("num_class")
    for name in ("feature_names", "feature_infos"):
        if len(header[name].split(" ")) != features:
            raise ValueError(name)
    sizes = _integers(header, "tree_sizes", len(header["tree_sizes"].split(" ")))
    # LightGBM jumps by the sizes without looking where it lands.
    ends = begin + np.cumsum(sizes)
    if sizes.min() < 1 or ends[-1] >= len(text) or not _TAIL.fullmatch(text[ends[-1] :].rstrip("\n") + "\n"):
        raise ValueError("tree_sizes")
    trees = []
    for number, (start, end) in enumerate(zip(ends - sizes, ends, strict=True)):
        first, *lines = text[start:end].rstrip("\n").split("\n")
        fields = dict(line.split("=", 1) for line in lines)
        if first != f"Tree={number}" or len(fields) != len(lines) or fields["is_linear"] != "0":
            raise ValueError("tree_sizes")
        _numbers(fields, "shrinkage", 1)
        trees.append(_tree(fields, features))
    return trees


def _tree(fields: dict[str, str], features: int) -> TreeText:
    leaves = int(_integers(fields, "num_leaves", 1)[0])
    if not 1 <= leaves <= MOST_LEAVES:
        raise ValueError("num_leaves")
    if leaves == 1:
        return TreeText({"leaf_value": _numbers(fields, "leaf_value", 1)}, {})
    splits = leaves - 1
    found = {}
    for lines, count in ((_PER_SPLIT, splits), (_PER_LEAF, leaves)):
        for name, kind in lines.items():
            found[name] = (_integers if kind is int else _numbers)(fields, name, count)
    if found["split_feature"].min() < 0 or found["split_feature"].max() >= features:
        raise ValueError("split_feature")
    if found["leaf_count"].min() < 1 or found["internal_count"].min() < 1:
        raise ValueError("leaf_count")
    if not 0 <= found["decision_type"].min() <= found["decision_type"].max() <= 11:
        raise ValueError("decision_type")
    _refuse_circles(found["left_child"], found["right_child"], leaves)
    return TreeText(found, _categories(fields, found))


def _refuse_circles(left: np.ndarray, right: np.ndarray, leaves: int) -> None:
    """Every leaf and every split but the root is a child once, and the root reaches them all."""
    if sorted([*left, *right]) != [*range(-leaves, 0), *range(1, leaves - 1)]:
        raise ValueError("left_child")
    waiting, seen = [0], 0
    while waiting:
        split = waiting.pop()
        seen += 1
        waiting += [child for child in (int(left[split]), int(right[split])) if child > 0]
    if seen != leaves - 1:
        raise ValueError("left_child")


def _categories(fields: dict[str, str], found: dict[str, np.ndarray]) -> dict[int, np.ndarray]:
    """Read which codes each split of categories sends to the left, from LightGBM's bit sets."""
    places = np.flatnonzero(found["decision_type"] & CATEGORICAL)
    if _integers(fields, "num_cat", 1)[0] != len(places):
        raise ValueError("decision_type")
    if not len(places):
        return {}
    bounds = _integers(fields, "cat_boundaries", len(places) + 1)
    if bounds[0] != 0 or np.diff(bounds).min() < 1:
        raise ValueError("decision_type")
    words = _integers(fields, "cat_threshold", bounds[-1])
    if words.min() < 0 or words.max() >= 2**32 or sorted(found["threshold"][places]) != [*range(len(places))]:
        raise ValueError("threshold")
    going_left = {}
    for split in places.tolist():
        at = int(found["threshold"][split])
        bits = np.unpackbits(words[bounds[at] : bounds[at + 1]].astype("<u4").view(np.uint8), bitorder="little")
        going_left[split] = np.flatnonzero(bits).astype(float)
    return going_left


def _integers(fields: dict[str, str], name: str, count: int) -> np.ndarray:
    parts = fields[name].split(" ")
    if len(parts) != count or not all(map(_INTEGER.fullmatch, parts)):
        raise ValueError(name)
    return np.array([int(part) for part in parts], dtype=np.int64)


def _numbers(fields: dict[str, str], name: str, count: int) -> np.ndarray:
    parts = fields[name].split(" ")
    if len(parts) != count or not all(map(_NUMBER.fullmatch, parts)):
        raise ValueError(name)
    numbers = np.array([float(part) for part in parts])
    if name == "leaf_value" and not np.isfinite(numbers).all():
        raise ValueError(name)
    return numbers
