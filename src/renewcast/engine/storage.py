"""The stored roll-up: cells are kept from run to run, by week of knowledge, and only weeks whose rows changed are made again.

A row belongs to the week in which it became known. Staging digests the rows of every day; a week whose digest is the stored one
has the cells that are stored. So a weekly run rolls up the new week, with the late facts in it that reach back, and the weeks in
which a restated row was first known, and ends with the cells of a full rebuild, row for row.
"""

import datetime as dt
import functools
import hashlib
import json
import operator
import os
from pathlib import Path

import duckdb
import ibis

from renewcast.engine.rollup import Pass
from renewcast.filesystem import locked, make_folder, replace_file, settle_folder

BEFORE = -1
"""The week that stands for all the time before the first snapshot's week."""
ROWS_A_STEP = 25_000_000
"""Rows that one GROUP BY of a rebuild takes at most, so that its memory does not grow with the history."""
MOST_SEGMENTS = 16
"""Files of one pass, beyond which its small ones are put together."""


class StoredCells:
    """The cells of passes, kept in a folder.

    Parameters
    ----------
    folder : pathlib.Path
        Each pass has a folder in it, named by the query that defines it.
    backend : ibis.backends.duckdb.Backend
        May read and write in ``folder``; reads the cells, and computes them unless ``compute`` does.
    tables : dict of str to ibis.Table
        Of ``backend``.
    contracts : dict of str to TableContract
    origin : datetime.datetime
        First snapshot of the calendar.
    known_days : dict of str to dict of int to str
        For each staged table, the digest of the rows that became known on each day since 1970. Cells of other tables are computed
        anew in each run.
    compute : callable, optional
        ``compute(pass, cut)`` returns the cells, as an ibis.Table of ``backend``, of the rows that ``cut`` leaves of the pass's
        table; another engine's roll-up, for example.

    Notes
    -----
    Segments are immutable and named by the rows they were made from; ``manifest.json`` names those that count and is replaced
    as a whole. The segments of the manifest before it stay, for whoever is reading them.
    """

    def __init__(
        self, folder: Path, backend, tables: dict, contracts: dict, origin: dt.datetime, known_days: dict, *, compute=None
    ):
        self._folder, self._backend, self._tables, self._contracts = folder, backend, tables, contracts
        self._origin, self._known_days = origin, known_days
        self._compute = compute or self._roll_up
        self._fresh_rows: dict[tuple, ibis.Table] = {}
        self._keys: dict[Pass, str] = {}
        self.rolled_up_weeks = 0

    def __call__(self, one: Pass) -> ibis.Table:
        """Return the cells of a pass, brought up to date."""
        if one.table not in self._known_days:
            return self._roll_up(one, None).cache()
        folder = self._folder / self.key(one)
        weeks = _weeks(self._known_days[one.table], self._origin)
        digests = {week: digest for week, (digest, _) in weeks.items()}
        manifest = _manifest(folder)
        if manifest["weeks"] != digests:
            make_folder(folder)
            with locked(folder / "lock"):
                manifest = self._update(one, folder, _manifest(folder), weeks, digests)
        if not manifest["segments"]:
            return self._roll_up(one, None).limit(0)
        paths = [str(folder / segment["file"]) for segment in manifest["segments"]]
        return self._backend.read_parquet(paths, table_name=f"cells_{folder.name}")

    def key(self, one: Pass) -> str:
        """Name the folder of a pass by what defines its cells: the query, the first snapshot, DuckDB's version."""
        if one not in self._keys:
            query = ibis.to_sql(self._roll_up(one, None), dialect="duckdb")
            self._keys[one] = hashlib.sha256(f"{duckdb.__version__}\n{self._origin}\n{query}".encode()).hexdigest()[:16]
        return self._keys[one]

    def sweep(self, passes: list[Pass]) -> None:
        """Forget passes that neither this plan nor the one before it has."""
        record = self._folder / "plans.json"
        keys = sorted(self.key(one) for one in passes if one.table in self._known_days)
        plans = json.loads(record.read_text()) if record.exists() else []
        if plans[:1] == [keys]:
            return
        plans = [keys, *plans[:1]]
        for folder in self._folder.iterdir() if self._folder.is_dir() else ():
            if folder.is_dir() and not any(folder.name in plan for plan in plans):
                for file in folder.iterdir():
                    file.unlink(missing_ok=True)
                folder.rmdir()
        replace_file(record, json.dumps(plans).encode())

    def _roll_up(self, one: Pass, cut) -> ibis.Table:
        table = self._tables[one.table]
        return one.cells(table if cut is None else self._cut_rows(one.table, cut), self._contracts[one.table], self._origin)

    def _cut_rows(self, name: str, cut):
        """Return the rows of a few weeks, read once for all passes over their table."""
        if (name, cut) not in self._fresh_rows:
            table = self._tables[name]
            self._fresh_rows[name, cut] = table.filter(known_in(table.known_at, cut, self._origin)).cache()
        return self._fresh_rows[name, cut]

    def _update(self, one: Pass, folder: Path, manifest: dict, weeks: dict, digests: dict) -> dict:
        """Bring the segments of a pass up to date; the manifest comes last."""
        stored = manifest["weeks"]
        fresh = sorted(week for week in digests if stored.get(week) != digests[week])
        gone = {week for week in stored if stored[week] != digests.get(week)}
        segments = []
        for segment in manifest["segments"]:
            left = [week for week in segment["weeks"] if week not in gone]
            if len(left) == len(segment["weeks"]):
                segments.append(segment)
            elif left:
                segments.append(self._kept(folder, [segment], left, stored))
        self.rolled_up_weeks = max(self.rolled_up_weeks, len(fresh))
        is_rebuild = not stored
        for step in _steps(fresh, {week: rows for week, (_, rows) in weeks.items()}):
            whole = is_rebuild and len(step) == len(digests)
            file = _name(step, digests)
            self._write(self._compute(one, None if whole else tuple(step)), folder / file)
            segments.append({"file": file, "weeks": step})
        small = [segment for segment in segments if len(segment["weeks"]) <= MOST_SEGMENTS]
        if len(segments) > MOST_SEGMENTS and len(small) > 1:
            together = sorted(week for segment in small for week in segment["weeks"])
            segments = [segment for segment in segments if segment not in small]
            segments.append(self._kept(folder, small, together, digests))
        segments.sort(key=lambda segment: segment["weeks"][0])
        before = [segment["file"] for segment in manifest["segments"]]
        stay = {segment["file"] for segment in segments} | set(before)
        made = {"weeks": digests, "segments": segments}
        replace_file(folder / "manifest.json", json.dumps(made).encode())
        for path in folder.glob("*.parquet"):
            if path.name not in stay:
                path.unlink(missing_ok=True)
        return made

    def _kept(self, folder: Path, segments: list[dict], weeks: list[int], digests: dict) -> dict:
        """Write the cells that segments hold of some weeks into one segment."""
        file = _name(weeks, digests)
        cells = self._backend.read_parquet([str(folder / segment["file"]) for segment in segments])
        self._write(cells.filter(ibis.greatest(cells.known, BEFORE).isin(weeks)), folder / file)
        return {"file": file, "weeks": weeks}

    def _write(self, cells: ibis.Table, path: Path) -> None:
        staged = path.with_suffix(".staged")
        self._backend.to_parquet(cells, str(staged), compression="snappy")
        handle = os.open(staged, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
        os.replace(staged, path)
        settle_folder(path.parent)


def known_days(backend, table) -> dict[int, str]:
    """Digest the rows that became known on each day since 1970; the same for any order of rows.

    Parameters
    ----------
    backend : ibis.backends.duckdb.Backend
    table : ibis.Table
        Of ``backend``, with known_at.

    Returns
    -------
    dict of int to str
        Days ascending; the number of rows, a dash, and the sum of their hashes.
    """
    backend.create_view("to_digest", table, overwrite=True)
    found = backend.con.execute(
        "SELECT epoch_us(known_at) // 86400000000 AS day, count(*), sum(hash(one)) FROM to_digest AS one GROUP BY 1 ORDER BY 1"
    ).fetchall()
    return {day: f"{rows}-{int(total):x}" for day, rows, total in found}


def known_in(known_at, weeks: tuple[int, ...], origin: dt.datetime):
    """Tell which rows became known in some weeks, as a condition on ranges that lets a reader skip the others."""
    ranges = []
    for week in sorted(weeks):
        if ranges and ranges[-1][1] == week:
            ranges[-1][1] = week + 1
        else:
            ranges.append([week, week + 1])
    parts = []
    for low, high in ranges:
        part = known_at < ibis.literal(origin + dt.timedelta(weeks=high))
        if low > BEFORE:
            part = part & (known_at >= ibis.literal(origin + dt.timedelta(weeks=low)))
        parts.append(part)
    return functools.reduce(operator.or_, parts)


def _weeks(days: dict[int, str], origin: dt.datetime) -> dict[int, tuple[str, int]]:
    """Gather the digests of days into one digest, and a number of rows, for each week of knowledge."""
    first = (origin - dt.datetime(1970, 1, 1)).days
    by_week: dict[int, list] = {}
    for day in sorted(days):
        by_week.setdefault(max((day - first) // 7, BEFORE), []).append(days[day])
    return {
        week: (hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32], sum(int(part.split("-")[0]) for part in parts))
        for week, parts in by_week.items()
    }


def _steps(weeks: list[int], rows: dict[int, int]) -> list[list[int]]:
    """Cut weeks into steps of bounded size."""
    steps: list[list[int]] = []
    size = 0
    for week in weeks:
        if steps and size + rows[week] <= ROWS_A_STEP:
            steps[-1].append(week)
            size += rows[week]
        else:
            steps.append([week])
            size = rows[week]
    return steps


def _name(weeks: list[int], digests: dict) -> str:
    return hashlib.sha256("\n".join(f"{week} {digests[week]}" for week in weeks).encode()).hexdigest()[:16] + ".parquet"


def _manifest(folder: Path) -> dict:
    """Read what is stored; nothing where the record is absent or damaged, or a segment is missing."""
    try:
        content = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        content["weeks"] = {int(week): digest for week, digest in content["weeks"].items()}
        if all((folder / segment["file"]).is_file() for segment in content["segments"]):
            return content
    except (OSError, ValueError, KeyError, TypeError):
        pass
    return {"weeks": {}, "segments": []}
