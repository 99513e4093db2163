"""The canonical tables as Parquet: their columns and types, and how a file is put in place whole or not at all."""

import contextlib
import os
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from renewcast.errors import RenewcastError
from renewcast.simulate.calendar import Calendar

_TEXT, _TIME, _DAY = pa.string(), pa.timestamp("us"), pa.date32()
_MONEY, _NUMBER, _WHOLE, _BOOL = pa.decimal128(18, 2), pa.float64(), pa.int64(), pa.bool_()

_COLUMNS = {
    "accounts": {
        "account_id": _TEXT,
        "name": _TEXT,
        "signed_up_at": _TIME,
        "industry": _TEXT,
        "company_size": _TEXT,
        "region": _TEXT,
        "country": _TEXT,
        "acquisition_channel": _TEXT,
        "acquisition_cost": _MONEY,
        "parent_account_id": _TEXT,
        "owner": _TEXT,
        "known_at": _TIME,
    },
    "contracts": {
        "contract_id": _TEXT,
        "account_id": _TEXT,
        "product": _TEXT,
        "starts_on": _DAY,
        "ends_on": _DAY,
        "mrr": _MONEY,
        "currency": _TEXT,
        "seats": _WHOLE,
        "quota": _NUMBER,
        "billing_months": _WHOLE,
        "auto_renews": _BOOL,
        "notice_days": _WHOLE,
        "discount": _NUMBER,
        "known_at": _TIME,
    },
    "usage": {
        "account_id": _TEXT,
        "user_id": _TEXT,
        "occurred_at": _TIME,
        "known_at": _TIME,
        "module": _TEXT,
        "action": _TEXT,
        "is_value_action": _BOOL,
        "quantity": _NUMBER,
        "duration_s": _NUMBER,
        "event_id": _TEXT,
    },
    "users": {
        "user_id": _TEXT,
        "account_id": _TEXT,
        "role": _TEXT,
        "department": _TEXT,
        "joined_at": _TIME,
        "left_at": _TIME,
        "known_at": _TIME,
    },
    "tickets": {
        "ticket_id": _TEXT,
        "account_id": _TEXT,
        "opened_at": _TIME,
        "first_response_at": _TIME,
        "resolved_at": _TIME,
        "severity": _TEXT,
        "channel": _TEXT,
        "picked_up": _BOOL,
        "first_contact_resolved": _BOOL,
        "csat": _NUMBER,
        "known_at": _TIME,
    },
    "invoices": {
        "invoice_id": _TEXT,
        "account_id": _TEXT,
        "issued_on": _DAY,
        "due_on": _DAY,
        "paid_on": _DAY,
        "amount": _MONEY,
        "known_at": _TIME,
    },
    "feedback": {
        "account_id": _TEXT,
        "user_id": _TEXT,
        "kind": _TEXT,
        "score": _NUMBER,
        "occurred_at": _TIME,
        "comment": _TEXT,
        "known_at": _TIME,
    },
    "touchpoints": {
        "account_id": _TEXT,
        "occurred_at": _TIME,
        "kind": _TEXT,
        "owner": _TEXT,
        "willingness": _WHOLE,
        "note": _TEXT,
        "known_at": _TIME,
    },
    "milestones": {
        "account_id": _TEXT,
        "milestone": _TEXT,
        "kind": _TEXT,
        "due_on": _DAY,
        "achieved_at": _TIME,
        "known_at": _TIME,
    },
    "plays": {
        "play_id": _TEXT,
        "account_id": _TEXT,
        "play": _TEXT,
        "started_at": _TIME,
        "due_on": _DAY,
        "finished_at": _TIME,
        "verdict": _TEXT,
        "owner": _TEXT,
        "known_at": _TIME,
    },
    "truth": {"account_id": _TEXT, "as_of": _TIME, "p_churn_90d": _NUMBER},
    "truth_terms": {
        "contract_id": _TEXT,
        "account_id": _TEXT,
        "ends_on": _DAY,
        "p_renew": _NUMBER,
        "renewed": _BOOL,
        "reason": _TEXT,
    },
}
SCHEMAS = {name: pa.schema(list(columns.items())) for name, columns in _COLUMNS.items()}


def times(calendar: Calendar, days: np.ndarray) -> pa.Array:
    """Turn days since day 0 (with fractions; NaN is empty) into timestamps of whole seconds."""
    days = np.asarray(days, dtype=np.float64)
    empty = np.isnan(days)
    origin = np.datetime64(calendar.start, "us").astype(np.int64)
    # Floor, not round: a moment just before the end of the data must not land on it.
    micros = np.floor(np.where(empty, 0, days) * 86_400).astype(np.int64) * 1_000_000 + origin
    return pa.array(micros, mask=empty).cast(_TIME)


def dates(calendar: Calendar, days: np.ndarray) -> pa.Array:
    """Turn whole days since day 0 (NaN is empty) into dates."""
    days = np.asarray(days, dtype=np.float64)
    empty = np.isnan(days)
    origin = np.datetime64(calendar.start, "D").astype(np.int64)
    return pa.array((np.where(empty, 0, np.floor(days)).astype(np.int64) + origin).astype(np.int32), mask=empty).cast(_DAY)


def money(cents: np.ndarray) -> pa.Array:
    """Turn integer cents into DECIMAL(18, 2) without passing through floating point."""
    low = np.asarray(cents, dtype=np.int64)
    words = np.stack([low, low >> 63], axis=1)
    return pa.Array.from_buffers(_MONEY, len(low), [None, pa.py_buffer(np.ascontiguousarray(words).tobytes())])


def texts(labels, codes: np.ndarray) -> pa.Array:
    """Look codes up in a list of labels; a negative code is empty."""
    codes = np.asarray(codes, dtype=np.int64)
    return pa.array(labels, type=_TEXT).take(pa.array(codes, mask=codes < 0))


def numbered(prefix: str, count: int, *, digits: int, first: int = 1) -> pa.Array:
    """Write ids such as A00001, counting up from ``first``.

    Examples
    --------
    >>> numbered("A", 2, digits=5).to_pylist()
    ['A00001', 'A00002']
    """
    return pa.array([f"{prefix}{number:0{digits}d}" for number in range(first, first + count)], type=_TEXT)


def table(name: str, columns: dict) -> pa.Table:
    """Build a canonical table from its columns, in the canonical order and types."""
    schema = SCHEMAS[name]
    return pa.table(
        {
            field.name: pa.array(columns[field.name], from_pandas=True).cast(field.type)
            if not isinstance(columns[field.name], (pa.Array, pa.ChunkedArray))
            else columns[field.name]
            for field in schema
        },
        schema=schema,
    )


def write(directory: Path, name: str, pieces) -> int:
    """Write one table under a temporary name, then move it into place in one step.

    Parameters
    ----------
    directory : pathlib.Path
        Made when it does not exist.
    name : str
        One of the ten canonical tables, ``truth`` or ``truth_terms``.
    pieces : iterable of pyarrow.Table
        Written one after the other, so that only one piece is in memory.

    Returns
    -------
    int
        Rows written.

    Raises
    ------
    RenewcastError
        "... cannot be written", when the disk or the rights do not allow it.
    """
    final, part = directory / f"{name}.parquet", directory / f".{name}.parquet.part"
    rows = 0
    try:
        directory.mkdir(parents=True, exist_ok=True)
        with pq.ParquetWriter(part, SCHEMAS[name], compression="zstd") as writer:
            for piece in pieces:
                writer.write_table(piece)
                rows += piece.num_rows
        with part.open("rb+") as handle:
            os.fsync(handle.fileno())
        os.replace(part, final)
    except OSError as refused:
        raise RenewcastError(
            f"{final} cannot be written ({refused.strerror or refused}); give a directory with room and the right to write."
        ) from None
    finally:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
    return rows
