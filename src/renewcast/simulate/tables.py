"""The canonical tables and the truth: their columns and types, and how arrays become columns."""

import numpy as np
import pyarrow as pa

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
    "truth": {"account_id": _TEXT, "as_of": _TIME, "p_churn_90d": _NUMBER, "p_churn_90d_untreated": _NUMBER},
    "truth_terms": {
        "contract_id": _TEXT,
        "account_id": _TEXT,
        "ends_on": _DAY,
        "p_renew": _NUMBER,
        "renewed": _BOOL,
        "reason": _TEXT,
        "decided_on": _DAY,
        "p_renew_untreated": _NUMBER,
    },
    "truth_behaviours": {"account_id": _TEXT, "behaviour": _TEXT},
    "truth_plays": {"play": _TEXT, "effect_log_odds": _NUMBER, "lasts_days": _WHOLE},
    "truth_play_effects": {
        "play_id": _TEXT,
        "account_id": _TEXT,
        "play": _TEXT,
        "contract_id": _TEXT,
        "ends_on": _DAY,
        "p_renew": _NUMBER,
        "p_renew_without": _NUMBER,
    },
}
SCHEMAS = {name: pa.schema(list(columns.items())) for name, columns in _COLUMNS.items()}


def times(calendar: Calendar, days: np.ndarray) -> pa.Array:
    """Turn days since day 0 (with fractions; NaN is empty) into timestamps of whole seconds."""
    days = np.asarray(days, dtype=np.float64)
    empty = np.isnan(days)
    origin = np.datetime64(calendar.start, "us").astype(np.int64)
    # Floor, not round: a moment just before the end of the data must not land on it.
    micros = np.floor((np.where(empty, 0, days) if empty.any() else days) * 86_400).astype(np.int64) * 1_000_000 + origin
    return pa.array(micros, mask=empty if empty.any() else None).cast(_TIME)


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


def picked(values: pa.Array, codes: np.ndarray) -> pa.DictionaryArray:
    """Take ``values`` by number without copying any text; a negative number is empty."""
    codes = np.asarray(codes)
    if codes.dtype != np.int32:
        codes = codes.astype(np.int32)
    return pa.DictionaryArray.from_arrays(pa.array(codes, mask=codes < 0), values)


def texts(labels, codes: np.ndarray) -> pa.DictionaryArray:
    """Look codes up in a list of labels; a negative code is empty."""
    return picked(pa.array(labels, type=_TEXT), codes)


def numbered(prefix: str, count: int, *, digits: int, first: int = 1) -> pa.Array:
    """Write ids such as A00001, counting up from ``first``, with more digits where these do not suffice.

    Examples
    --------
    >>> numbered("A", 2, digits=5).to_pylist(), numbered("A", 2, digits=1, first=9).to_pylist()
    (['A00001', 'A00002'], ['A9', 'A10'])
    """
    last = first + count - 1
    width = max(digits, len(str(first)))
    if len(str(last)) > width:
        longer = 10**width
        parts = ((longer - first, first), (last - longer + 1, longer))
        return pa.concat_arrays([numbered(prefix, many, digits=digits, first=begin) for many, begin in parts])
    head = prefix.encode()
    letters = np.empty((count, len(head) + width), dtype=np.uint8)
    letters[:, : len(head)] = np.frombuffer(head, dtype=np.uint8)
    left = np.arange(first, first + count)
    for place in range(width - 1, -1, -1):
        left, digit = np.divmod(left, 10)
        letters[:, len(head) + place] = digit + ord("0")
    ends = np.arange(count + 1, dtype=np.int32) * letters.shape[1]
    return pa.Array.from_buffers(_TEXT, count, [None, pa.py_buffer(ends), pa.py_buffer(letters)])


def numbered_in_block(prefix: str, count: int, *, digits: int, block: int) -> pa.Array:
    """Write ids that no other block of accounts has: the block stands before the ``digits`` digits of the number.

    Examples
    --------
    >>> numbered_in_block("C", 1, digits=6, block=0).to_pylist(), numbered_in_block("C", 1, digits=6, block=12).to_pylist()
    (['C000001'], ['C12000001'])
    """
    return numbered(prefix, count, digits=digits, first=block * 10**digits + 1)


def table(name: str, columns: dict) -> pa.Table:
    """Build a table from its columns, in the order and types of ``SCHEMAS``; texts may stay coded, a reader sees plain ones."""
    built = []
    for field in SCHEMAS[name]:
        column = columns[field.name]
        if not isinstance(column, pa.Array):
            column = pa.array(column, from_pandas=True)
        is_coded = isinstance(column, pa.DictionaryArray) and column.type.value_type == field.type
        built.append(column if is_coded else column.cast(field.type))
    return pa.table(built, names=SCHEMAS[name].names)
