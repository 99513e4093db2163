"""Staged tables drawn to be awkward: every canonical table, odd texts, times at every edge, values that round both ways."""

import datetime as dt
import random
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from hostile_texts import FORMULAS, LETTERS

from renewcast.sources import CONTRACTS

ORIGIN = dt.datetime(2025, 3, 3)
ARROW = {
    "text": pa.string(), "timestamp": pa.timestamp("us"), "date": pa.date32(), "money": pa.decimal128(18, 2),
    "number": pa.float64(), "integer": pa.int64(), "boolean": pa.bool_(),
}  # fmt: skip
# Half a surrogate pair is not text, so no Parquet file holds one.
ODD_TEXTS = [text for text in (*FORMULAS, *LETTERS) if "\ud800" not in text]
ACCOUNTS = [
    "00123", "123", "A-1", "a-1", "A-1 ", " A-1", "A", "À", "A\u0300", "ß", "ss", "İ", "i", "ı", "NULL", "null", "None", "nan",
    "\\N", "\\.", "'", "''", '"', '""', "x'y", 'x"y', "`x`", "$1", "%s", "{0}", "--", "/*", ";", "\\", "\\\\", "a\\b",
    "tab\there", "line\nbreak", "a\x00b", "ab", "a\x1ab", "a\x1a0b", "\x1f", "a\x1fb", "👩‍👩‍👧‍👦", "北京", "شركة", "\u202eevil",
    "\u200b", "\u3000", "\xa0", "true", "1e5", "100000.0", "-1", "x" * 3000,
]  # fmt: skip
PRODUCTS = ["core", "Core", "core ", "analytics", "x'y", "北京", "\x1f", "a\x1fb"]
CHOICES = {
    "account_id": ACCOUNTS,
    "product": PRODUCTS,
    "module": PRODUCTS,
    "user_id": ["u1", "U1", "u1 ", "01", "1", "ü", "u\u0308", "👤", "'"],
    "role": ["key_user", "executive", "administrator", "member"],
    "department": ["Sales", "sales", "Ventes", "販売"],
    "action": ["view", "edit", "View", "👁"],
    "severity": ["low", "medium", "high", "urgent", "critical", "hİgh"],
    "willingness": [-2, -1, 0, 1, 2],
    "seats": [0, 1, 7, 10_000],
    "score": [0.0, 0.005, 0.015, 6.0, 6.5, 9.99, 10.0],
    "csat": [1.0, 1.005, 2.675, 4.5, 5.0],
    "quota": [0.0, 1.0, 0.1, 1000.0, 36_500.0, 123_456.789],
    "duration_s": [0.0, 0.5, 1.5, 2.5, 0.49999999999999994, 59.999, 86_400.0],
    "quantity": [0.0, 0.005, 0.015, 0.025, 1.005, 2.675, -0.005, -1.5, 0.1, 1e13, 123_456.785],
}
KINDS = {
    "feedback": ["nps", "csat"],
    "touchpoints": ["call", "executive_meeting", "business_review", "other"],
    "milestones": ["functional", "customer"],
}
EDGES = [dt.timedelta(microseconds=number) for number in (0, 1, -1, 500_000, 18_000_000, 54_000_000)]
FAR = [
    dt.datetime(1955, 11, 5, 6, 15, 0, 500_000), dt.datetime(1969, 12, 31, 23, 59, 59, 999_999), dt.datetime(1970, 1, 1),
    dt.datetime(2038, 1, 19, 3, 14, 8), dt.datetime(2099, 12, 31, 23, 59, 59, 999_999),
]  # fmt: skip


def write_tables(folder: Path, *, seed: int, rows: int = 300) -> dict[str, Path]:
    """Write every canonical table as staged Parquet.

    The rows need not make sense together: a unit test of arithmetic wants edges, not a likely company.
    """
    rng = random.Random(seed)
    paths = {}
    for name, contract in CONTRACTS.items():
        drawn = [_row(rng, contract, name, number) for number in range(rows)]
        columns = {
            column: pa.array([row[column] for row in drawn], ARROW[kind]) for column, kind in contract.staged_columns.items()
        }
        paths[name] = folder / f"{name}.parquet"
        pq.write_table(pa.table(columns), paths[name])
    return paths


def mapped_columns() -> dict[str, set[str]]:
    """Every column of every table."""
    return {name: set(contract.columns) for name, contract in CONTRACTS.items()}


def _row(rng: random.Random, contract, table: str, number: int) -> dict:
    row = {}
    for column, kind in contract.staged_columns.items():
        names_the_row = column in contract.key and column != "account_id" and column not in CHOICES
        row[column] = f"{column} {number}" if names_the_row else _value(rng, column, kind, table)
        required = column in contract.required_columns or column in ("account_id", "known_at")
        if not required and rng.random() < (0.8 if column == "superseded_at" else 0.2):
            row[column] = None
    if row["superseded_at"] is not None and row["superseded_at"] <= row["known_at"]:
        row["superseded_at"] = row["known_at"] + dt.timedelta(days=rng.randint(1, 90))
    return row


def _value(rng: random.Random, column: str, kind: str, table: str):
    if column == "kind":
        return rng.choice(KINDS[table])
    if column == "account_id" and rng.random() < 0.4:
        # A few accounts have many facts, so that cells add up.
        return rng.choice(ACCOUNTS[:4])
    if column in CHOICES:
        return rng.choice(CHOICES[column])
    if kind == "timestamp":
        return _instant(rng)
    if kind == "date":
        return _instant(rng).date()
    if kind == "money":
        return Decimal(rng.choice([0, 1, -1, 5, 99_999_999_999_999, rng.randint(-(10**6), 10**6)])).scaleb(-2)
    if kind == "integer":
        return rng.randint(0, 24)
    if kind == "number":
        return rng.choice([0.0, 0.05, 1.0])
    return rng.random() < 0.5 if kind == "boolean" else rng.choice(ODD_TEXTS)


def _instant(rng: random.Random) -> dt.datetime:
    if rng.random() < 0.05:
        return rng.choice(FAR)
    reach = rng.choice([3, 60])
    week = ORIGIN + dt.timedelta(days=7 * rng.randint(-reach, reach))
    if rng.random() < 0.5:
        return week + rng.choice(EDGES)
    return week + dt.timedelta(seconds=rng.randint(0, 7 * 86_400), microseconds=rng.choice([0, 1, 500_000, 999_999]))
