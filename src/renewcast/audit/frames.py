"""Compare feature frames bit for bit."""

import numpy as np


def differing(left, right) -> dict[str, np.ndarray]:
    """Say which cells of two frames with the same columns and rows differ.

    Parameters
    ----------
    left, right : pandas.DataFrame
        Rows are compared by position.

    Returns
    -------
    dict of str to array of bool, shape (n_rows,)
        Only the columns in which anything differs. Numbers are compared by their bits, so that missing equals missing; a
        column that only one of them has differs everywhere.

    Examples
    --------
    >>> import pandas as pd
    >>> left = pd.DataFrame({"a": [1.0, float("nan")], "b": ["x", None]})
    >>> differing(left, left.assign(a=[1.0, 0.0]))
    {'a': array([False,  True])}
    """
    found = {}
    for name in dict.fromkeys([*left.columns, *right.columns]):
        if name not in left.columns or name not in right.columns:
            found[name] = np.ones(len(left), dtype=bool)
            continue
        wrong = ~same(left[name], right[name])
        if wrong.any():
            found[name] = wrong
    return found


def same(left, right) -> np.ndarray:
    """Say which entries of two columns are the same."""
    if left.dtype == "float64" and right.dtype == "float64":
        return left.to_numpy().view("int64") == right.to_numpy().view("int64")
    pairs = zip(left.tolist(), right.tolist(), strict=True)
    return np.array([(_is_missing(a) and _is_missing(b)) or bool(a == b) for a, b in pairs], dtype=bool)


def _is_missing(value) -> bool:
    """Tell None, NaN and NaT: which of them stands for missing depends on what else is in the column."""
    return value is None or value != value
