"""What stands beside the rows of a list, in strict tables and as files: Parquet, and CSV too where people work on it."""

import json

import pyarrow as pa

from renewcast.errors import RenewcastError
from renewcast.publishing.csv import to_csv
from renewcast.publishing.manifest import json_bytes
from renewcast.publishing.parquet import any_from_parquet, to_parquet
from renewcast.publishing.supplement import EVENT_COLUMNS, GONE_COLUMNS, OPPORTUNITY_COLUMNS, WEEK_COLUMNS, Supplement
from renewcast.publishing.text import storable

_COLUMNS = {
    "opportunities": OPPORTUNITY_COLUMNS,
    "explanations": ("account_id", "base_probability", "churn_probability"),
    "gone": GONE_COLUMNS,
    "weeks": WEEK_COLUMNS,
    "events": EVENT_COLUMNS,
}
_CARDS = ("signals", "plays")
_DAYS = ("renewal_date", "due_on", "as_of", "day")
_COUNTS = ("events", "active_users", "open_tickets")
_NUMBERS = ("arr", "base_probability", "churn_probability", "churn_probability_last_list", "churn_low", "churn_high")


def beside_tables(supplement: Supplement) -> dict:
    """Bring each part that is there into exact columns and types.

    Parameters
    ----------
    supplement : Supplement

    Returns
    -------
    dict
        By part: a pyarrow.Table of opportunities, explanations, gone, weeks and events; a list of plain JSON values of signals
        and plays. Parts that are absent or empty are left out.

    Raises
    ------
    RenewcastError
        "The supplement's ... lacks the column ..." or "... cannot be written".

    Examples
    --------
    >>> import pandas as pd
    >>> gone = pd.DataFrame([("G1", "Acme", None, 900.0, 0.5, "churned")], columns=GONE_COLUMNS)
    >>> beside_tables(Supplement(gone=gone))["gone"].column_names == list(GONE_COLUMNS)
    True
    """
    found = {}
    for part, columns in _COLUMNS.items():
        frame = getattr(supplement, part)
        if frame is not None and len(frame):
            found[part] = _table(part, frame, columns)
    for part in _CARDS:
        if getattr(supplement, part):
            found[part] = _plain(part, getattr(supplement, part))
    return found


def to_files(supplement: Supplement) -> dict:
    """Write each part that is there; the same parts give the same bytes.

    Returns
    -------
    dict of str to bytes
        By name: Parquet files, opportunities.csv, signals.json and plays.json.

    Examples
    --------
    >>> sorted(to_files(Supplement(plays=[{"play": "usage_review", "version": 1}])))
    ['plays.json']
    """
    files = {}
    for part, content in beside_tables(supplement).items():
        if isinstance(content, list):
            files[f"{part}.json"] = json_bytes(content)
            continue
        files[f"{part}.parquet"] = to_parquet(content)
        if part == "opportunities":
            files[f"{part}.csv"] = to_csv(content)
    return files


def is_beside(name: str) -> bool:
    """Tell whether a file of a list is one from which `from_files` reads.

    Examples
    --------
    >>> is_beside("gone.parquet"), is_beside("risk_list.parquet"), is_beside("opportunities.csv")
    (True, False, False)
    """
    part, _, kind = name.rpartition(".")
    return (kind == "parquet" and part in _COLUMNS) or (kind == "json" and part in _CARDS)


def from_files(files: dict) -> Supplement:
    """Read the parts back.

    Parameters
    ----------
    files : dict of str to bytes
        Those of `is_beside`.

    Returns
    -------
    Supplement
        Days are datetime.date.
    """
    found = {}
    for name, content in files.items():
        part, _, kind = name.rpartition(".")
        found[part] = json.loads(content) if kind == "json" else any_from_parquet(content).to_pandas(date_as_object=True)
    return Supplement(**found)


def _table(part, frame, columns):
    absent = [name for name in columns if name not in frame.columns]
    if absent:
        raise RenewcastError(f"The supplement's {part} lacks the column {absent[0]}; give all of publishing.supplement's.")
    names = list(columns) + [name for name in frame.columns if name not in columns]
    arrays = [_array(part, name, frame[name]) for name in names]
    return pa.table(arrays, names=names)


def _array(part, name, values):
    kind = _kind(part, name)
    try:
        return pa.array(values, type=kind, from_pandas=True)
    except UnicodeEncodeError:  # a lone surrogate
        return pa.array([storable(text) if isinstance(text, str) else None for text in values], type=kind)
    except (pa.ArrowException, TypeError, ValueError) as refused:
        raise RenewcastError(f"The supplement's {part}, column {name}, cannot be written: {refused}.") from refused


def _kind(part, name):
    if name in _DAYS:
        return pa.date32()
    if part == "weeks" and name in _COUNTS:
        return pa.int64()
    return pa.float64() if name in _NUMBERS or name.endswith("_points") else pa.string()


def _plain(part, cards):
    """Return the cards as they will be read from JSON: text made storable, tuples lists, days text."""
    try:
        return _storable(json.loads(json.dumps(cards, default=_as_json, allow_nan=False)))
    except (TypeError, ValueError) as refused:
        raise RenewcastError(f"The supplement's {part} cannot be written as JSON: {refused}.") from refused


def _storable(value):
    if isinstance(value, dict):
        return {storable(key): _storable(entry) for key, entry in value.items()}
    if isinstance(value, list):
        return [_storable(entry) for entry in value]
    return storable(value) if isinstance(value, str) else value


def _as_json(value):
    if hasattr(value, "item"):  # a numpy scalar
        return value.item()
    if hasattr(value, "isoformat"):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} is not a JSON value")
