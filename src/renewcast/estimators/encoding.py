"""How a frame of features becomes numbers: columns by name, categories by the levels seen in training."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from renewcast.errors import RenewcastError
from renewcast.estimators._definition import InputSpec, input_specs

# A level carried by fewer training rows than this, or beyond the most frequent ones, counts as unseen.
RAREST_LEVEL_ROWS = 5
MOST_LEVELS = 30


@dataclass(frozen=True)
class Encoding:
    """Names, kinds and category levels, as they stood in training.

    Parameters
    ----------
    specs : tuple of InputSpec
        In the order of the names; this order, not the frame's, is the model's.
    levels : dict of str to tuple of str
        The known levels of each categorical feature; code i is the i-th level.

    Examples
    --------
    >>> frame = pd.DataFrame({"seats": [5.0, None], "region": ["north", None]})
    >>> specs = [InputSpec("region", "tenure", True), InputSpec("seats", "contract", False)]
    >>> Encoding.of(input_specs(specs), {"region": ("north",)}).matrix(frame).tolist()
    [[0.0, 5.0], [nan, nan]]
    """

    specs: tuple[InputSpec, ...]
    levels: dict[str, tuple[str, ...]]

    @classmethod
    def of(cls, specs, levels) -> "Encoding":
        """Build from plain JSON content."""
        return cls(tuple(InputSpec(*spec) for spec in specs), {name: tuple(known) for name, known in levels.items()})

    @classmethod
    def learn(cls, features: pd.DataFrame, specs) -> "Encoding":
        """Learn the levels of every categorical feature: the 30 most frequent that 5 rows or more carry."""
        specs = input_specs(specs)
        levels = {}
        for spec in specs:
            if spec.is_categorical:
                counts = _texts(features, spec.name).dropna().value_counts()
                frequent = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))[:MOST_LEVELS]
                levels[spec.name] = tuple(sorted(level for level, rows in frequent if rows >= RAREST_LEVEL_ROWS))
        return cls(specs, levels)

    @property
    def names(self) -> tuple[str, ...]:
        """The features, in the model's order."""
        return tuple(spec.name for spec in self.specs)

    def numbers(self, features: pd.DataFrame, name: str) -> np.ndarray:
        """Read a numeric feature as float64, NaN where empty."""
        column = _column(features, name)
        if column.isna().all():
            return np.full(len(column), np.nan)
        if not (pd.api.types.is_numeric_dtype(column) or pd.api.types.is_bool_dtype(column)):
            raise RenewcastError(
                f"Feature {name} holds {column.dtype} values, but the model was trained on numbers; "
                "rebuild the features with the params.yaml of the model, or train again."
            )
        values = column.to_numpy(dtype=float, na_value=np.nan)
        if np.isinf(values).any():
            rows = int(np.isinf(values).sum())
            raise RenewcastError(f"Feature {name} is infinite in {rows} rows; mend the feature's definition.")
        return values

    def codes(self, features: pd.DataFrame, name: str) -> np.ndarray:
        """Read a categorical feature as positions among its levels; -1 where empty, -2 where the level is not known."""
        texts = _texts(features, name)
        if isinstance(texts.dtype, pd.CategoricalDtype):
            of_category = pd.Index(self.levels[name], dtype=object).get_indexer(texts.cat.categories.astype(object))
            of_category = np.append(np.where(of_category < 0, -2, of_category), -1)
            return of_category[texts.cat.codes.to_numpy()]
        codes = pd.Index(self.levels[name], dtype=object).get_indexer(texts.to_numpy(dtype=object, na_value=None))
        return np.where(texts.isna(), -1, np.where(codes < 0, -2, codes))

    def matrix(self, features: pd.DataFrame) -> np.ndarray:
        """Return all features as float64, shape (n, n_features); empty and unknown categories are NaN."""
        encoded = np.empty((len(features), len(self.specs)))
        for position, spec in enumerate(self.specs):
            if spec.is_categorical:
                codes = self.codes(features, spec.name)
                encoded[:, position] = np.where(codes < 0, np.nan, codes)
            else:
                encoded[:, position] = self.numbers(features, spec.name)
        return encoded

    def check(self, features: pd.DataFrame) -> None:
        """Refuse a frame in which a feature is missing or of another kind.

        Raises
        ------
        RenewcastError
            "The features lack ...", "Feature ... holds ...", or "Feature ... is infinite ...".
        """
        missing = [name for name in self.names if name not in features.columns]
        if missing:
            more = f" (and {len(missing) - 1} more)" if len(missing) > 1 else ""
            raise RenewcastError(
                f"The features lack {missing[0]}{more}, on which the model was trained; "
                "rebuild them with the params.yaml of the model, or train again."
            )
        self.matrix(features)


def _column(features: pd.DataFrame, name: str) -> pd.Series:
    if name not in features.columns:
        raise RenewcastError(
            f"The features lack {name}, on which the model was trained; "
            "rebuild them with the params.yaml of the model, or train again."
        )
    column = features[name]
    if isinstance(column, pd.DataFrame):
        raise RenewcastError(f"The features hold {name} twice; keep one column of that name.")
    return column


def _texts(features: pd.DataFrame, name: str) -> pd.Series:
    column = _column(features, name)
    is_categorical = isinstance(column.dtype, pd.CategoricalDtype)
    known = column.cat.categories if is_categorical else column.dropna().unique()
    if not all(isinstance(value, str) for value in known):
        raise RenewcastError(
            f"Feature {name} holds {column.dtype} values, but the model was trained on categories written as text; "
            "rebuild the features with the params.yaml of the model, or train again."
        )
    return column
