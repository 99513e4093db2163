"""A part's tables as they are stored: the columns that they declare, in the types of their kinds."""

import math

from renewcast.errors import RenewcastError
from renewcast.publishing.text import storable
from renewcast.review.shown import code, day_of, is_missing


def as_arrow(table):
    """Return a table of the review as Arrow, one column for each that it declares.

    Parameters
    ----------
    table : renewcast.review.part.Table

    Returns
    -------
    pyarrow.Table
        text as string, integer as int64, day as date32, the rest as double; no value and NaN are null.

    Raises
    ------
    RenewcastError
        "table ... lacks", "table ..., column ..., cannot be written".
    """
    import pyarrow as pa

    columns = {}
    for column in table.columns:
        if column.name not in table.frame.columns:
            raise RenewcastError(f"table {table.name} lacks the column {column.name} that it declares.")
        try:
            columns[column.name] = _as_column(table.frame[column.name], column.kind)
        except (ValueError, TypeError, OverflowError, pa.ArrowException) as refused:
            raise RenewcastError(
                f"table {table.name}, column {column.name}, cannot be written as {column.kind}: {refused}."
            ) from None
    return pa.table(columns)


def _as_column(values, kind):
    import numpy as np
    import pyarrow as pa

    if kind in ("money", "share", "points", "number"):
        numbers = values.astype("float64").to_numpy()
        return pa.array(numbers, mask=np.isnan(numbers))
    entries = values.astype(object).tolist()
    if kind == "integer":
        return pa.array([None if is_missing(one) else _whole(one) for one in entries], pa.int64())
    if kind == "day":
        return pa.array([None if is_missing(one) else day_of(one) for one in entries], pa.date32())
    return pa.array([None if is_missing(one) else storable(code(one)) for one in entries], pa.string())


def _whole(value) -> int:
    if isinstance(value, float) and (math.isinf(value) or value != math.floor(value)):
        raise ValueError(f"{value} is no whole number")
    return int(value)
