"""How any table becomes features: numbers and categories by dtype, names by column, and what is refused."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from renewcast.errors import RenewcastError
from renewcast.estimators._definition import InputSpec


class UnfitTable(RenewcastError, ValueError):
    """A table that cannot be fitted or predicted; scikit-learn expects a ValueError."""


@dataclass(frozen=True)
class Columns:
    """The columns of a table as they stood when a model was fitted.

    Parameters
    ----------
    numeric, categorical : tuple of str

    Examples
    --------
    >>> table = pd.DataFrame({"plan": ["pro", None], "seats": ["5", " "], "is_trial": [True, False]})
    >>> columns = Columns.learn(table)
    >>> columns.numeric, columns.categorical
    (('is_trial', 'seats'), ('plan',))
    >>> columns.read(table)["seats"].tolist()
    [5.0, nan]
    """

    numeric: tuple[str, ...]
    categorical: tuple[str, ...]

    @classmethod
    def learn(cls, table: pd.DataFrame) -> "Columns":
        """Find each column's kind: numbers, booleans, dates and numbers written as text are numeric, all else is a category."""
        kinds = {name: _is_numeric(table[name]) for name in sorted(table.columns)}
        return cls(tuple(name for name in kinds if kinds[name]), tuple(name for name in kinds if not kinds[name]))

    @property
    def specs(self) -> tuple[InputSpec, ...]:
        """One input a column; each is a driver of its own."""
        numbers = [InputSpec(name, name, False) for name in self.numeric]
        return tuple(numbers + [InputSpec(name, name, True) for name in self.categorical])

    def read(self, table: pd.DataFrame) -> pd.DataFrame:
        """Return float64 with NaN and text with None, columns in order of their names, rows as they come.

        Raises
        ------
        UnfitTable
            "Column ... is infinite ..." or "Column ... held numbers ...".
        """
        table = table.reset_index(drop=True)
        read = {name: _numbers(table[name]) for name in self.numeric}
        read |= {name: _texts(table[name]) for name in self.categorical}
        return pd.DataFrame({name: read[name] for name in sorted(read)})


def as_table(data) -> pd.DataFrame:
    """Return a DataFrame of anything two-dimensional; the columns of an array are called x0, x1, ...

    Raises
    ------
    ValueError
        As scikit-learn says it, where the data are not two-dimensional, sparse, complex or empty.
    """
    from sklearn.utils import check_array

    if hasattr(data, "to_pandas"):
        data = data.to_pandas()
    if not isinstance(data, pd.DataFrame):
        array = check_array(data, dtype=None, ensure_all_finite=False, estimator="ChurnClassifier")
        data = pd.DataFrame(array, columns=[f"x{at}" for at in range(array.shape[1])])
    twice = data.columns[data.columns.duplicated()]
    if len(twice):
        raise UnfitTable(f"Column {twice[0]} stands twice in X; keep one column of that name.")
    if not data.shape[1] or not len(data):
        rows, columns = data.shape
        what = f"{columns} feature(s) (shape=({rows}, {columns}))" if rows else f"{rows} sample(s) (shape=({rows}, {columns}))"
        raise UnfitTable(f"Found array with {what} while a minimum of 1 is required; give a table with rows and columns.")
    return data.set_axis([str(name) for name in data.columns], axis=1).reset_index(drop=True)


def _is_numeric(column: pd.Series) -> bool:
    kinds = pd.api.types
    if isinstance(column.dtype, pd.CategoricalDtype):
        return False
    if kinds.is_numeric_dtype(column) or kinds.is_bool_dtype(column):
        return True
    if kinds.is_datetime64_any_dtype(column) or kinds.is_timedelta64_dtype(column):
        return True
    known = _known(column)
    return pd.to_numeric(known, errors="coerce").notna().all() if all(map(_is_number_or_text, known)) else False


def _is_number_or_text(value) -> bool:
    return isinstance(value, (str, bool, int, float, np.number, np.bool_))


def _known(column: pd.Series) -> pd.Series:
    """Leave out what is empty: nothing, or a text of blanks."""
    known = column.dropna()
    return known[[not (isinstance(value, str) and not value.strip()) for value in known]]


def _numbers(column: pd.Series) -> np.ndarray:
    kinds = pd.api.types
    if kinds.is_datetime64_any_dtype(column):
        moment = pd.to_datetime(column, utc=True).dt.tz_localize(None)
        return ((moment - pd.Timestamp("1970-01-01")) / pd.Timedelta(days=1)).to_numpy(dtype=float, na_value=np.nan)
    if kinds.is_timedelta64_dtype(column):
        return (column / pd.Timedelta(days=1)).to_numpy(dtype=float, na_value=np.nan)
    if not (kinds.is_numeric_dtype(column) or kinds.is_bool_dtype(column)):
        known = _known(column)
        read = pd.to_numeric(known, errors="coerce")
        if read.isna().any():
            raise UnfitTable(
                f"Column {column.name} held numbers when the model was fitted and now holds {known[read.isna()].iloc[0]!r}; "
                "mend the value or fit again."
            )
        column = read.astype(float).reindex(column.index)
    # Adding 0 makes the negative zero the usual one: both mean the same and must be drawn alike.
    values = column.to_numpy(dtype=float, na_value=np.nan) + 0.0
    if np.isinf(values).any():
        raise UnfitTable(f"Column {column.name} is infinite in {int(np.isinf(values).sum())} rows; replace infinity by a number.")
    return values


def _texts(column: pd.Series) -> pd.Series:
    texts = pd.Series(None, index=column.index, dtype=object)
    known = _known(column.astype(object))
    texts[known.index] = [value if isinstance(value, str) else str(value) for value in known]
    return texts
