"""The naive oracle: replays rows one by one, with plain Python times, and knows nothing of cells, grids or Ibis windows.

Only the columns of a measure (its value, its filter, its key) come from the definition; every rule about time is written again.
"""

import datetime as dt
import math

import numpy as np
import pandas as pd

DAY = dt.timedelta(days=1)


def facts(table, contract, measure) -> pd.DataFrame:
    """Pull the rows of a measure with what its time rules need, as Python values."""
    at = measure.at or contract.event_time
    used = measure.columns(table) | {at}
    reveals = sorted({contract.columns[name].revealed_by for name in used if name in contract.columns} - {None})
    chosen = {
        "account_id": table.account_id,
        "at": table[at].cast("timestamp"),
        "known_at": table.known_at,
        "superseded_at": table.superseded_at,
    }
    chosen |= {f"reveal_{i}": table[name].cast("timestamp") for i, name in enumerate(reveals)}
    chosen["until"] = table[measure.until].cast("timestamp") if measure.until else table.known_at
    chosen["value"] = measure.value(table).cast("float64") if measure.value is not None else table.account_id.length() * 0.0 + 1.0
    chosen["counts"] = measure.where(table) if measure.where is not None else table.account_id.notnull()
    chosen["key"] = table[measure.column] if measure.column else table.account_id
    frame = table.select(**chosen).to_pandas()
    return frame.astype(object).where(frame.notna(), None)


def read(rows: list[dict], measure, as_of: dt.datetime, window_days: int | None, skip_days: int = 0):
    """Return the reading of one measure for one account's rows at one snapshot."""
    window_end = as_of - skip_days * DAY
    total, keys, times = 0.0, set(), []
    for row in rows:
        if row["at"] is None or not row["at"] < as_of or not row["known_at"] < as_of:
            continue
        if row["superseded_at"] is not None and row["superseded_at"] < as_of:
            continue
        reveals = [value for name, value in row.items() if name.startswith("reveal_")]
        if any(value is None or not value < as_of for value in reveals):
            continue
        if measure.until is not None and row["until"] is not None and row["until"] < as_of:
            continue
        has_window = window_days is not None and measure.kind in ("sum", "distinct", "days")
        if has_window and not window_end - window_days * DAY <= row["at"] < window_end:
            continue
        if row["counts"] is not True or (measure.kind == "distinct" and row["key"] is None):
            continue
        total += row["value"] if row["value"] is not None else 0.0
        keys.add(row["key"])
        times.append((row["at"], row["value"]))
    if measure.kind == "distinct":
        return float(len(keys))
    if measure.kind == "days":
        return float(len({at.date() for at, _ in times}))
    if measure.kind in ("latest", "earliest", "last", "first"):
        if not times:
            return math.nan
        chosen, value = max(times) if measure.kind in ("latest", "last") else min(times)
        if measure.kind in ("last", "first"):
            return value
        whole = chosen.replace(microsecond=0) if not isinstance(chosen, pd.Timestamp) else chosen.floor("s")
        return (as_of - whole).total_seconds() / 86_400
    return total / measure.per


def feature(store, feature, snapshots: pd.DataFrame) -> np.ndarray:
    """Return a kernel feature for every snapshot, the slow way."""
    readings = []
    for measure, *window in feature.uses:
        table = store.tables[measure.source]
        mine = table.filter(table.account_id.isin(sorted(set(snapshots["account_id"]))))
        frame = facts(mine, store.contracts[measure.source], measure)
        by_account = {account: group.to_dict("records") for account, group in frame.groupby("account_id")}
        window = window or [None]
        readings.append(
            np.array(
                [
                    read(by_account.get(row.account_id, []), measure, row.as_of.to_pydatetime(), *window)
                    for row in snapshots.itertuples()
                ]
            )
        )
    with np.errstate(all="ignore"):
        values = np.asarray(feature.combine(*readings), dtype=float)
    return np.where(np.isfinite(values), values, np.nan)
