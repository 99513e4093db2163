"""What every estimator is given and what it owes: rows of labelled snapshots in, probabilities and their parts out."""

import itertools
from dataclasses import dataclass, fields, replace
from typing import NamedTuple, Protocol

import numpy as np
import pandas as pd

from renewcast.estimators.groups import rarer_groups


class InputSpec(NamedTuple):
    """What a model must know of a feature: its name, its driver (the family it belongs to), its kind, and where its risk goes.

    ``direction`` is 1 where more is agreed to be riskier, -1 where it is safer, 0 otherwise.
    """

    name: str
    driver: str
    is_categorical: bool
    direction: int = 0


def input_specs(specs) -> tuple[InputSpec, ...]:
    """Keep of each feature definition what a model needs, in the order of the names.

    Parameters
    ----------
    specs : iterable of objects with ``name``, ``driver`` and ``is_categorical``

    Returns
    -------
    tuple of InputSpec
        Sorted by name, so that the order in which features are registered never changes a model.

    Raises
    ------
    ValueError
        "two features are called ...", when a name stands twice.

    Examples
    --------
    >>> [spec.name for spec in input_specs([InputSpec("seats", "contract", False), InputSpec("industry", "tenure", True)])]
    ['industry', 'seats']
    """
    kept = sorted(_input_spec(spec) for spec in specs)
    for one, other in itertools.pairwise(kept):
        if one.name == other.name:
            raise ValueError(f"two features are called {one.name}")
    return tuple(kept)


def _input_spec(spec) -> InputSpec:
    return InputSpec(str(spec.name), str(spec.driver), bool(spec.is_categorical), int(getattr(spec, "direction", 0)))


@dataclass(frozen=True, eq=False)
class TrainingRows:
    """Labelled snapshots: one row per (account_id, as_of), every column of the same length.

    Parameters
    ----------
    features : pandas.DataFrame, shape (n_snapshots, n_features)
        Numeric features are float64 with NaN for "empty"; categorical ones hold text with None for "empty".
    label : array of bool, shape (n_snapshots,)
        True where the account churned inside the horizon.
    account_id : array of str, shape (n_snapshots,)
    group : array of str, shape (n_snapshots,)
        The account or its parent; bags and intervals draw whole groups.
    as_of : array of datetime64[s], shape (n_snapshots,)
    gated : array of bool, shape (n_snapshots,)
        True where the current contract outlasts the horizon.
    is_good_outcome : bool
        True where the label is good news (a renewal, an expansion), so that a healthier account is likelier to carry it.
    unit : array of str, shape (n_snapshots,), optional
        What a row speaks of where an account has several rows at one as_of (a term); the account by default.
    weight : array of float > 0, shape (n_snapshots,), optional
        How much a row counts beside the others; 1 by default.

    Raises
    ------
    ValueError
        "... has ... rows", when the lengths differ.

    Examples
    --------
    >>> rows = TrainingRows(pd.DataFrame({"seats": [5.0, 7.0]}), [True, False], ["B", "A"], ["B", "A"],
    ...                     ["2026-06-29", "2026-06-29"], [False, False])
    >>> rows.in_order().account_id.tolist()
    ['A', 'B']
    """

    features: pd.DataFrame
    label: np.ndarray
    account_id: np.ndarray
    group: np.ndarray
    as_of: np.ndarray
    gated: np.ndarray
    is_good_outcome: bool = False
    unit: np.ndarray | None = None
    weight: np.ndarray | None = None

    def __post_init__(self):
        if self.unit is None:
            object.__setattr__(self, "unit", self.account_id)
        if self.weight is None:
            object.__setattr__(self, "weight", np.ones(len(self.features)))
        kinds = {"label": bool, "account_id": str, "group": str, "as_of": "datetime64[s]", "gated": bool, "unit": str}
        kinds["weight"] = float
        for name, kind in kinds.items():
            object.__setattr__(self, name, np.asarray(getattr(self, name)).astype(kind))
            if len(getattr(self, name)) != len(self.features):
                raise ValueError(f"{name} has {len(getattr(self, name))} rows, features have {len(self.features)}")

    def __len__(self) -> int:
        return len(self.features)

    def take(self, mask: np.ndarray) -> "TrainingRows":
        """Return the rows under a mask, or at the given positions."""
        at = np.flatnonzero(mask) if np.asarray(mask).dtype == bool else np.asarray(mask)
        arrays = {field.name: value[at] for field in fields(self) if isinstance(value := getattr(self, field.name), np.ndarray)}
        return replace(self, features=self.features.iloc[at].reset_index(drop=True), **arrays)

    def in_order(self) -> "TrainingRows":
        """Return the rows by (account_id, unit, as_of), so that the order in which they came never changes a fit.

        Raises
        ------
        ValueError
            "account ... has two rows at ...", when the order would not be unique.
        """
        order = np.lexsort((self.as_of, self.unit, self.account_id))
        same = np.logical_and.reduce(
            [array[order][1:] == array[order][:-1] for array in (self.account_id, self.unit, self.as_of)]
        )
        if same.any():
            at = order[np.flatnonzero(same)[0]]
            raise ValueError(f"account {self.account_id[at]} has two rows at {self.as_of[at]}")
        return self if np.array_equal(order, np.arange(len(self))) else self.take(order)

    def rate(self) -> float:
        """Return the share of the rows, by weight, whose label is true."""
        return float(np.average(self.label, weights=self.weight))

    def relabelled(self, label: np.ndarray) -> "TrainingRows":
        """Return the same rows with another label."""
        return replace(self, label=label)

    def positive_groups(self) -> int:
        """Count the groups with at least one of the rarer outcome: what there is to learn from."""
        return rarer_groups(self.label, self.group)


class Estimator(Protocol):
    """What can be fitted, asked for probabilities, taken apart on the logit scale, and kept without pickle."""

    name: str

    def fit(self, rows: TrainingRows) -> "Estimator":
        """Learn from labelled snapshots and return self."""

    def predict(self, features: pd.DataFrame, gated: np.ndarray) -> np.ndarray:
        """Return the churn probability in (0, 1) of each row; higher is riskier."""

    def contributions(self, features: pd.DataFrame, gated: np.ndarray) -> tuple[np.ndarray, pd.DataFrame]:
        """Return the base and the parts whose sum is the logit of the probability, row by row."""

    def to_state(self) -> dict[str, bytes]:
        """Return what was learnt as named JSON and text files."""

    @classmethod
    def from_state(cls, state: dict[str, bytes]) -> "Estimator":
        """Rebuild the estimator from its files."""
