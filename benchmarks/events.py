"""Usage events as a warehouse would hold them: one Parquet file, appended in order of arrival, text ids, written batch by batch.

Each account has 8 to 12 users, some busier than others, and accounts differ in size. All but the late rows are known within the
hour; late ones 1 to 40 days later. One row in a hundred is stamped with midnight, and one is known at midnight, so that events
lie exactly on snapshots too.
"""

import os
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from task import START, account_id

MODULES = ("analytics", "billing", "crm", "delivery", "expenses")
ACTIONS = ("open", "view", "edit", "export", "share", "search", "comment", "import", "approve", "delete")
VALUE_ACTIONS = (2, 7, 8)
BATCH = 1_000_000
ROW_GROUP = 250_000
HOUR, DAY = 3_600_000_000, 86_400_000_000  # microseconds
SCHEMA = pa.schema(
    {
        "account_id": pa.string(), "user_id": pa.string(), "occurred_at": pa.timestamp("us"), "known_at": pa.timestamp("us"),
        "module": pa.string(), "action": pa.string(), "is_value_action": pa.bool_(), "quantity": pa.float64(),
        "duration_s": pa.float64(), "superseded_at": pa.timestamp("us"),
    }
)  # fmt: skip


def generate(folder: Path, events: int, accounts: int, weeks: int, late: float, restated: float = 0.0, seed: int = 0) -> Path:
    """Write the events, or find them written by an earlier run.

    Parameters
    ----------
    folder : pathlib.Path
    events, accounts, weeks : int
    late : float
        Share of rows known 1 to 40 days after they happened.
    restated : float
        Share of rows replaced 0 to 30 days after they were known.
    seed : int

    Returns
    -------
    pathlib.Path
        The Parquet file.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"events-{events}-{accounts}-{weeks}-{late:g}-{restated:g}-{seed}.parquet"
    if path.exists():
        return path
    unfinished = path.with_suffix(f".{os.getpid()}.part")
    rng = np.random.default_rng(seed)
    ids = pa.array([account_id(place) for place in range(accounts)])
    users = rng.integers(8, 13, accounts)
    first_user = np.cumsum(users) - users
    user_ids = pa.array([f"U{user:07d}" for user in range(users.sum())])
    # The schema of Arrow is left out of the file, or readers would meet dictionaries in place of texts.
    with pq.ParquetWriter(unfinished, SCHEMA, store_schema=False) as writer:
        for start in range(0, events, BATCH):
            stop = min(start + BATCH, events)
            span = [share / events * weeks * 7 * DAY for share in (start, stop)]
            table = _batch(rng, stop - start, span, late, restated, ids, user_ids, users, first_user)
            writer.write_table(table, row_group_size=ROW_GROUP)
    os.replace(unfinished, path)
    return path


def _batch(rng, size, span, late, restated, ids, user_ids, users, first_user) -> pa.Table:
    account = (len(ids) * rng.random(size) ** 1.5).astype(np.int32)
    user = first_user[account] + (users[account] * np.minimum(rng.random(size), rng.random(size))).astype(np.int32)
    action = rng.integers(0, len(ACTIONS), size, dtype=np.int32)
    known = np.sort(rng.uniform(*span, size)).astype(np.int64)
    delay = np.where(rng.random(size) < late, rng.uniform(DAY, 40 * DAY, size), rng.uniform(0, HOUR, size))
    occurred = known - delay.astype(np.int64)
    occurred = np.where(rng.random(size) < 0.01, occurred // DAY * DAY, occurred)
    known = np.where(rng.random(size) < 0.01, -(-known // DAY) * DAY, known)
    replaced = known + rng.uniform(0, 30 * DAY, size).astype(np.int64)
    base = np.datetime64(START, "us").astype(np.int64)
    columns = {
        "account_id": pa.DictionaryArray.from_arrays(account, ids).cast(pa.string()),
        "user_id": user_ids.take(pa.array(user)),
        "occurred_at": pa.array(occurred + base).cast(pa.timestamp("us")),
        "known_at": pa.array(known + base).cast(pa.timestamp("us")),
        "module": pa.array(MODULES).take(pa.array(rng.integers(0, len(MODULES), size))),
        "action": pa.array(ACTIONS).take(pa.array(action)),
        "is_value_action": pa.array(np.isin(action, VALUE_ACTIONS)),
        "quantity": pa.array(rng.integers(1, 9, size).astype(float)),
        "duration_s": pa.array(rng.integers(1, 601, size).astype(float)),
        "superseded_at": pa.array(replaced + base, mask=rng.random(size) >= restated).cast(pa.timestamp("us")),
    }
    return pa.table(columns, schema=SCHEMA)
