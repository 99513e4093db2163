"""The stored roll-up: whatever happened to the tables between two runs, its cells are those of a rebuild, row for row."""

import datetime as dt

import ibis
import numpy as np
import pandas as pd
import pytest

from renewcast.engine.cells import RollUp
from renewcast.engine.grid import Grid
from renewcast.engine.rollup import Measure
from renewcast.engine.storage import MOST_SEGMENTS, StoredCells, known_days
from renewcast.sources import CONTRACTS

ORIGIN = dt.datetime(2024, 1, 1)
WEEK = pd.Timedelta(days=7)
MEASURES = (
    Measure("usage", "sum"),
    Measure("usage", "sum", value=lambda t: t.quantity),
    Measure("usage", "distinct", column="user_id"),
    Measure("usage", "days"),
    Measure("usage", "latest"),
)


def usage_table(seed: int, weeks: int, rows: int = 400) -> pd.DataFrame:
    """Events of three accounts: some late, some restated, some known before the first snapshot."""
    rng = np.random.default_rng(seed)
    occurred = pd.Timestamp(ORIGIN) + pd.to_timedelta(rng.uniform(-3, weeks, rows) * 7 * 86_400, unit="s").round("us")
    late = np.where(rng.random(rows) < 0.3, rng.uniform(0, 30, rows), rng.uniform(0, 0.1, rows))
    known = occurred + pd.to_timedelta(late * 86_400, unit="s").round("us")
    replaced = known + pd.to_timedelta(rng.uniform(0.1, 40, rows) * 86_400, unit="s").round("us")
    frame = pd.DataFrame(
        {
            "account_id": rng.choice(["A", "b 'c'", "0"], rows),
            "user_id": rng.choice(["u", "v", "w"], rows),
            "occurred_at": occurred,
            "known_at": known,
            "quantity": rng.integers(1, 9, rows),
            "superseded_at": pd.Series(replaced).where(rng.random(rows) < 0.2),
        }
    )
    return frame.astype({name: "datetime64[us]" for name in ("occurred_at", "known_at", "superseded_at")})


def as_known_before(frame: pd.DataFrame, instant: pd.Timestamp) -> pd.DataFrame:
    """What a table held at an instant: no row that came later, no word of what was to replace one."""
    held = frame[frame["known_at"] < instant].copy()
    held["superseded_at"] = held["superseded_at"].where(held["superseded_at"] < instant)
    return held


class Kept:
    """A folder of stored cells, and tables that change from run to run."""

    def __init__(self, folder):
        self.folder = folder
        self.engine = ibis.duckdb.connect()

    def run(self, frame: pd.DataFrame) -> tuple[dict, StoredCells]:
        """Bring the store up to date with a table and return the cells of each pass, sorted, and the store."""
        table = self.engine.create_table("staged_usage", frame, overwrite=True)
        days = known_days(self.engine, table)
        tables = {"usage": table}
        stored = StoredCells(self.folder, self.engine, tables, CONTRACTS, ORIGIN, {"usage": days})
        self.rollup = RollUp(tables, CONTRACTS, ORIGIN, MEASURES, cells=stored)
        return {one.key: in_order(stored(one).to_pandas()) for one in self.rollup.passes()}, stored


def in_order(cells: pd.DataFrame) -> pd.DataFrame:
    return cells.sort_values(list(cells.columns), ignore_index=True)


def assert_same(found: dict, expected: dict) -> None:
    assert found.keys() == expected.keys()
    for key, cells in found.items():
        pd.testing.assert_frame_equal(cells, expected[key])


@pytest.mark.parametrize("seed", range(4))
def test_week_after_week_the_cells_are_those_of_a_rebuild(tmp_path, seed):
    frame, kept = usage_table(seed, weeks=30), Kept(tmp_path / "kept")
    for week in range(8, 31):
        held = as_known_before(frame, pd.Timestamp(ORIGIN) + week * WEEK)
        found, _ = kept.run(held)
        if week % 5 == 0 or week == 30:
            rebuilt, _ = Kept(tmp_path / f"anew-{week}").run(held)
            assert_same(found, rebuilt)
    segments = list((tmp_path / "kept").glob("*/*.parquet"))
    assert len(segments) < len(kept.rollup.passes()) * 2 * (MOST_SEGMENTS + 2)


@pytest.mark.parametrize(
    ("change", "weeks"),
    [
        (lambda f: f, 0),
        (lambda f: f.sample(frac=1, random_state=0), 0),
        (lambda f: f.drop(f.index[f["known_at"].argmax()]), 1),
        (lambda f: f.assign(quantity=f["quantity"].where(f.index != 7, 50)), 1),
        (lambda f: f.assign(account_id=f["account_id"].where(f["known_at"] < pd.Timestamp(ORIGIN), "new")), 21),
        (lambda f: f.iloc[:0], 0),
    ],
    ids=["nothing", "order", "a row deleted", "a value edited", "everything after the first week", "all rows gone"],
)
def test_only_weeks_whose_rows_changed_are_rolled_up_again(tmp_path, change, weeks):
    frame, kept = as_known_before(usage_table(9, weeks=20), pd.Timestamp(ORIGIN) + 20 * WEEK), Kept(tmp_path / "kept")
    kept.run(frame)
    changed = change(frame)
    found, stored = kept.run(changed)
    rebuilt, _ = Kept(tmp_path / "anew").run(changed)
    assert_same(found, rebuilt)
    assert stored.rolled_up_weeks <= weeks and (stored.rolled_up_weeks > 0) == (weeks > 0)


@pytest.mark.parametrize("damage", ["manifest", "segment", "half"])
def test_a_damaged_store_is_made_again(tmp_path, damage):
    frame, kept = usage_table(1, weeks=6), Kept(tmp_path / "kept")
    expected, _ = kept.run(frame)
    for folder in (path for path in (tmp_path / "kept").iterdir() if path.is_dir()):
        if damage == "segment":
            next(folder.glob("*.parquet")).unlink()
        else:
            whole = (folder / "manifest.json").read_bytes()
            (folder / "manifest.json").write_bytes(b"" if damage == "manifest" else whole[: len(whole) // 2])
    found, _ = kept.run(frame)
    assert_same(found, expected)


def test_windows_from_stored_cells_equal_windows_from_the_table(tmp_path):
    frame, kept = usage_table(5, weeks=20), Kept(tmp_path / "kept")
    for week in (10, 15, 30):
        held = as_known_before(frame, pd.Timestamp(ORIGIN) + week * WEEK)
        kept.run(held)
    accounts, numbers = np.repeat(["A", "b 'c'", "0"], 20), np.tile(np.arange(20), 3)
    stored = Grid(kept.rollup, accounts, numbers)
    direct = Grid(RollUp({"usage": ibis.memtable(held)}, CONTRACTS, ORIGIN, MEASURES), accounts, numbers)
    for measure in MEASURES:
        for window in (7, 28, None):
            np.testing.assert_array_equal(stored.read(measure, window), direct.read(measure, window))
