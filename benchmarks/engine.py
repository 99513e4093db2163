"""Our engine on the benchmark's measures: roll-up while the file is read, then every window from the cells, accounts in parts.

What touches the engine's entry points is in this file alone.
"""

import datetime as dt
import shutil
import time
from pathlib import Path

import ibis
import numpy as np
import pandas as pd  # noqa: F401
import pyarrow.dataset  # noqa: F401
import pyarrow.parquet  # noqa: F401
from task import COUNTED_ACTIONS, COUNTED_MODULES, FEATURES, WINDOWS, Task

from renewcast.engine.cells import RollUp
from renewcast.engine.grid import Grid
from renewcast.engine.rollup import Measure
from renewcast.engine.storage import StoredCells, known_days
from renewcast.sources import CONTRACTS

PART = 5_000  # accounts
DUCKDB = ibis.duckdb  # found and loaded at the first use, and imports are not timed
MEASURES = {
    "events": Measure("usage", "sum"),
    "value_actions": Measure("usage", "sum", where=lambda t: t.is_value_action),
    "quantity": Measure("usage", "sum", value=lambda t: t.quantity),
    "seconds": Measure("usage", "sum", value=lambda t: t.duration_s),
    **{name: Measure("usage", "sum", where=lambda t, name=name: t.module == name) for name in COUNTED_MODULES},
    **{name: Measure("usage", "sum", where=lambda t, name=name: t.action == name) for name in COUNTED_ACTIONS},
    "users": Measure("usage", "distinct", column="user_id"),
    "modules": Measure("usage", "distinct", column="module"),
    "days": Measure("usage", "days"),
}


def run(task: Task) -> dict:
    """Compute the panel.

    Returns
    -------
    dict of str to array of float64, shape (n_accounts * n_snapshots,)
        Each feature; accounts in order, and each one's snapshots in order.
    """
    usage = DUCKDB.connect(threads=task.threads).read_parquet(task.path)
    files = {"usage": Path(task.path)}
    rollup = RollUp({"usage": usage}, CONTRACTS, task.origin, MEASURES.values(), files=files, threads=task.threads)
    width = len(task.numbers)
    found = {name: np.empty(task.accounts * width) for name in FEATURES}
    for first in range(0, task.accounts, PART):
        ids = task.account_ids[first : first + PART]
        grid = Grid(rollup, np.repeat(np.asarray(ids, dtype=object), width), np.tile(task.numbers, len(ids)))
        rows = slice(first * width, (first + len(ids)) * width)
        for name, measure in MEASURES.items():
            for window in WINDOWS:
                found[f"{name}_{window}"][rows] = grid.read(measure, window)
    return found


def cells(task: Task, found: dict) -> np.ndarray:
    """Lay the result out for comparison; this is not timed."""
    shape = (task.accounts, len(task.numbers))
    return np.stack([found[name].astype(np.int32).reshape(shape) for name in FEATURES], axis=-1)


def rebuild(task: Task) -> float:
    """Make the kept roll-up from nothing and return the seconds; staging has digested the rows before."""
    return _kept(task, Path(task.path).parent / "kept-anew", None)[0]


def update(task: Task) -> float:
    """Take the last week of events into a roll-up that was kept without it and return the seconds.

    Raises
    ------
    ValueError
        The cells are not those of the rebuild, row for row.
    """
    folder = Path(task.path).parent / "kept"
    _kept(task, folder, task.origin + dt.timedelta(weeks=task.weeks - 15))
    seconds, updated = _kept(task, folder, None, clear=False)
    _, rebuilt = _kept(task, Path(task.path).parent / "kept-anew", None, clear=False)
    for one, cells in updated.items():
        twice = cells.union(rebuilt[one]).group_by(*cells.columns).aggregate(times=lambda t: t.count())
        if twice.filter(twice.times != 2).count().execute() or cells.count().execute() != rebuilt[one].count().execute():
            raise ValueError(f"the updated cells of {one.table} by {one.key} differ from the rebuilt ones")
    for made in ("kept", "kept-anew"):
        shutil.rmtree(folder.with_name(made))
    return seconds


def _kept(task: Task, folder: Path, until, *, clear: bool = True):
    """Bring a kept roll-up up to date with the rows that were known before an instant; return the seconds and the cells."""
    if clear:
        shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(exist_ok=True)
    backend = DUCKDB.connect(threads=task.threads, preserve_insertion_order=False)
    usage = backend.read_parquet(task.path, table_name="usage")
    if until is not None:
        usage = backend.create_view("usage_until", usage.filter(usage.known_at < ibis.literal(until)))
    days = known_days(backend, usage)
    # One name for both, since the name of a table is part of what defines a pass.
    usage = backend.create_view("staged_usage", usage, overwrite=True)
    started = time.perf_counter()
    stored = StoredCells(folder, backend, {"usage": usage}, CONTRACTS, task.origin, {"usage": days})
    rollup = RollUp({"usage": usage}, CONTRACTS, task.origin, MEASURES.values(), cells=stored)
    cells = {one: stored(one) for one in rollup.passes()}
    return time.perf_counter() - started, cells
