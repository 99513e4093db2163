"""The typical account of a list, with which the others are compared."""

import numpy as np
import pandas as pd


def typical_row(features: pd.DataFrame) -> pd.DataFrame:
    """Take of each feature the middle of the known values, or the most frequent text.

    Parameters
    ----------
    features : pandas.DataFrame, shape (n, n_features)

    Returns
    -------
    pandas.DataFrame, shape (1, n_features)
        Medians; of texts the most frequent one, the first by name where several are; empty where nothing is known.

    Examples
    --------
    >>> rows = pd.DataFrame({"seats": [1.0, 3.0, None, 9.0], "region": ["south", "north", "south", None]})
    >>> typical_row(rows).to_dict("records")
    [{'seats': 3.0, 'region': 'south'}]
    """
    middle = {}
    for name in features.columns:
        column = features[name]
        if pd.api.types.is_numeric_dtype(column) or pd.api.types.is_bool_dtype(column):
            values = column.to_numpy(dtype=float, na_value=np.nan)
            known = values[~np.isnan(values)]
            middle[name] = pd.Series([np.median(known) if len(known) else np.nan])
        else:
            counts = column.dropna().value_counts()
            first = min((-rows, text) for text, rows in counts.items())[1] if len(counts) else None
            middle[name] = pd.Series([first], dtype=object)
    return pd.DataFrame(middle)
