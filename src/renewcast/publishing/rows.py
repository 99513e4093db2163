"""The rows of a list in one strict form, from which every file is written, and the law that no account is lost."""

import datetime as dt
import math
import numbers

import pyarrow as pa
import pyarrow.compute as pc

from renewcast.errors import RenewcastError
from renewcast.publishing.columns import LIST_COLUMNS, check_columns
from renewcast.publishing.text import storable

_ARROW = {
    "text": pa.string(),
    "integer": pa.int64(),
    "money": pa.float64(),
    "share": pa.float64(),
    "points": pa.float64(),
    "day": pa.date32(),
}
# Whole numbers only as far as a float holds each of them.
_ENDS = {"integer": (-(2.0**53), 2.0**53), "money": (-1.7e308, 1.7e308), "share": (0.0, 1.0), "points": (-1.0, 1.0)}
SCHEMA = pa.schema([pa.field(column.name, _ARROW[column.kind]) for column in LIST_COLUMNS])


def as_table(rows) -> pa.Table:
    """Bring the rows into the list's exact columns and types.

    Parameters
    ----------
    rows : pandas.DataFrame, shape (n_accounts, n_columns)
        The columns of `LIST_COLUMNS`, in their order; anything missing is None, NaN, NaT or NA.

    Returns
    -------
    pyarrow.Table
        Of `SCHEMA`; missing values are null.

    Raises
    ------
    RenewcastError
        "The risk list lacks the column ...", or one sentence that names column, account and value.

    Examples
    --------
    >>> import pandas as pd
    >>> from renewcast.publishing.columns import COLUMN_NAMES
    >>> as_table(pd.DataFrame(columns=COLUMN_NAMES)).num_rows
    0
    """
    check_columns(rows.columns)
    ids = list(rows["account_id"])
    arrays = []
    for column in LIST_COLUMNS:
        array = _whole_column(rows[column.name], column)
        if array is None:  # something is out of the ordinary: find out what, cell by cell
            values = [_value(value, column, ids[i]) for i, value in enumerate(rows[column.name])]
            array = pa.array(values, type=_ARROW[column.kind])
        arrays.append(array)
    return pa.Table.from_arrays(arrays, schema=SCHEMA)


def check_conservation(table: pa.Table, as_of: dt.date) -> dict:
    """Hold the list to its law: every account once, and each either scored or not scored for a stated reason.

    Parameters
    ----------
    table : pyarrow.Table
        From `as_table`.
    as_of : datetime.date
        The list's day, which every row must carry.

    Returns
    -------
    dict of str to int
        in_scope, scored and not_scored; the first is the sum of the other two.

    Raises
    ------
    RenewcastError
        "The risk list is empty", "... stands on the risk list twice", "... has the status", "... is scored but",
        "... is not scored, but", "... ranks".

    Examples
    --------
    >>> check_conservation(SCHEMA.empty_table(), dt.date(2026, 6, 29))
    Traceback (most recent call last):
    renewcast.errors.RenewcastError: The risk list is empty; look at the population of 2026-06-29 before publishing.
    """
    if not table.num_rows:
        raise RenewcastError(f"The risk list is empty; look at the population of {as_of} before publishing.")
    names = ("account_id", "rank", "status", "churn_probability", "reason_not_scored", "as_of")
    seen, last_rank, scored = set(), -math.inf, 0
    for account, rank, status, probability, reason, day in zip(*(table[name].to_pylist() for name in names), strict=True):
        if account in seen:
            raise RenewcastError(f"Account {account!r} stands on the risk list twice; each account has one row.")
        seen.add(account)
        if rank <= last_rank:
            raise RenewcastError(f"Account {account!r} has rank {rank} after rank {last_rank:.0f}; order the rows by rank.")
        last_rank = rank
        if day != as_of:
            raise RenewcastError(f"Account {account!r} is as of {day}, the list as of {as_of}; score all rows as of one day.")
        if status == "scored":
            scored += 1
            if probability is None:
                raise RenewcastError(f"Account {account!r} is scored but has no churn_probability; score it or state a reason.")
            if reason is not None:
                raise RenewcastError(f"Account {account!r} is scored but also has a reason_not_scored; keep one of them.")
        elif status == "not_scored":
            if probability is not None:
                raise RenewcastError(f"Account {account!r} is not scored, but has a churn_probability; remove it.")
            if reason is None or not reason.strip():
                raise RenewcastError(f"Account {account!r} is not scored, but nobody said why; fill in reason_not_scored.")
        else:
            raise RenewcastError(f"Account {account!r} has the status {status!r}; it is scored or not_scored.")
    return {"in_scope": table.num_rows, "scored": scored, "not_scored": table.num_rows - scored}


def _whole_column(values, column):
    """Bring a column over in one go where every value is plainly right; None where the cells have to be looked at."""
    import numpy as np
    import pandas as pd

    kind = pd.api.types.infer_dtype(values, skipna=True)
    try:
        if column.kind == "text" and kind in ("string", "empty"):
            array = pa.array(values, pa.string(), from_pandas=True)
        elif column.kind == "day" and kind in ("date", "empty"):
            array = pa.array(values, pa.date32(), from_pandas=True)
        elif column.kind not in ("text", "day") and kind in ("floating", "integer", "mixed-integer-float", "empty"):
            numbers = values.to_numpy(dtype="float64", na_value=np.nan)
            known = numbers[~np.isnan(numbers)]
            low, high = _ENDS[column.kind]
            if not ((known >= low) & (known <= high)).all() or (column.kind == "integer" and (known % 1).any()):
                return None
            array = pa.array(numbers, from_pandas=True).cast(_ARROW[column.kind])
        else:
            return None
    except (pa.ArrowException, UnicodeEncodeError, TypeError, ValueError):
        return None
    blank = column.name == "account_id" and pc.any(pc.equal(pc.utf8_trim_whitespace(array), "")).as_py()
    return None if blank or (column.required and array.null_count) else array


def _value(value, column, account):
    """One cell in Python's own type, or None."""
    # pandas has four ways to say "missing"; comparing NA with itself is an error, hence the names.
    if value is None or type(value).__name__ in ("NAType", "NaTType") or (isinstance(value, numbers.Real) and math.isnan(value)):
        if column.required:
            raise RenewcastError(f"Risk list, column {column.name}: account {account!r} has no value; fill it in.")
        return None
    result = _READERS[column.kind](value)
    if result is None or (column.name == "account_id" and not result.strip()):
        raise RenewcastError(f"Risk list, column {column.name}: account {account!r} has {value!r}; {_WANTED[column.kind]}.")
    return result


def _text(value):
    return storable(str(value)) if isinstance(value, str) else None


def _integer(value):
    whole = isinstance(value, numbers.Real) and not isinstance(value, bool) and math.isfinite(value) and value == int(value)
    return int(value) if whole else None


def _money(value):
    is_number = hasattr(value, "__float__") and not isinstance(value, (bool, str))
    return float(value) if is_number and math.isfinite(value) else None


def _share(value):
    number = _money(value)
    return number if number is not None and 0 <= number <= 1 else None


def _points(value):
    number = _money(value)
    return number if number is not None and -1 <= number <= 1 else None


def _day(value):
    if isinstance(value, dt.datetime):
        return value.date() if value.time() == dt.time() else None
    return value if isinstance(value, dt.date) else None


_READERS = {"text": _text, "integer": _integer, "money": _money, "share": _share, "points": _points, "day": _day}
_WANTED = {
    "text": "give text",
    "integer": "give a whole number",
    "money": "give a finite number",
    "share": "give a number in [0, 1]",
    "points": "give a number in [-1, 1]",
    "day": "give a day",
}
