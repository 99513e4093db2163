"""Roll up a Parquet file by scattering its rows onto the dense grid of accounts x weeks as they are read.

The same weeks and late facts as a GROUP BY and the kernel's first step would give (:mod:`renewcast.engine.cells`), without a hash
table: Parquet stores text as numbers of a dictionary, so that accounts and keys are found once a dictionary and not once a row.
What a measure adds or filters by is still said in Ibis: over one text or boolean column it is computed for its different values,
otherwise by DuckDB over the rows.
"""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from renewcast.engine import visibility
from renewcast.engine.expressions import Expressions
from renewcast.engine.facts import EARLIEST, FOREVER, Facts, MeasureCells, Weeks
from renewcast.engine.keys import Codes, Keys
from renewcast.engine.rollup import Pass

KINDS = ("sum", "any", "days")
FEW_TEXTS = 50_000
"""Up to so many accounts or keys, looking up a dictionary costs less than leaving the processor's cache."""
ROWS_A_BATCH = 1_000_000
"""Rows that are read and scattered at a time where there are more; else it is one row group."""
LATEST = 1040
"""Weeks after the first snapshot that the grid reaches at most: one wrong year must not widen it; see ``EARLIEST``."""


def fits(one: Pass, table) -> bool:
    """Tell whether a pass can be rolled up in this way: events, with keys that are text, whose columns add up."""
    if one.until is not None or one.reveals or not table[one.at].type().is_timestamp():
        return False
    if one.key is not None and (not table[one.key].type().is_string() or one.summaries != (("any", None, None),)):
        return False
    return all(kind in KINDS for kind, _, _ in one.summaries)


class Scattered:
    """The rows of one file, rolled up for some passes over it that share the time of their events.

    Parameters
    ----------
    path : pathlib.Path
        Parquet, with account_id, known_at and superseded_at.
    table : ibis.Table
        The same rows; measures are expressions over it.
    origin : datetime.datetime
        First snapshot of the calendar.
    passes : list of Pass
    threads : int
        Above 1, the next rows are read while the last are scattered.

    Attributes
    ----------
    accounts : array of str, shape (n_accounts,)
        All that have a row, sorted.
    """

    def __init__(self, path, table, origin: dt.datetime, passes: list[Pass], threads: int = 2):
        import pyarrow.parquet as pq

        self._origin, self.passes, self._table = origin, passes, table
        self._at = passes[0].at
        text = [name for name, kind in table.schema().items() if kind.is_string()]
        self._file = pq.ParquetFile(path, read_dictionary=text)
        self.accounts = np.sort(table.select("account_id").distinct().to_pyarrow()["account_id"].to_numpy(zero_copy_only=False))
        self._account_codes = Codes(self.accounts)
        self._summaries = list(dict.fromkeys(summary for one in passes if one.key is None for summary in one.summaries))
        self._expressions = Expressions(table, self._summaries)
        columns = {"account_id", self._at, "known_at", *(one.key for one in passes if one.key)} | self._expressions.columns
        self._is_replaced = not _is_empty(self._file, "superseded_at")
        self._columns = sorted(columns | ({"superseded_at"} if self._is_replaced else set()))
        self._span()
        self._late: list[dict] = []
        self._late_columns: dict = {}
        size = len(self.accounts) * self._width
        self._grids = {one: np.zeros(size, dtype="uint8" if one[0] == "days" else "float64") for one in self._summaries}
        self._keys = {one.key: Keys(table, one.key, len(self.accounts), self._width) for one in passes if one.key}
        self._read_all(threads)

    def _span(self) -> None:
        span = _span_of(self._file, self._at)
        if span is None:
            at = self._table[self._at]
            span = self._table.aggregate(first=at.min(), last=at.max()).to_pyarrow().to_pylist()[0].values()
        first, last = ((end - self._origin).days // 7 if end is not None else 0 for end in span)
        self._first = min(max(first, EARLIEST), 0)
        self._width = max(min(last, LATEST) - self._first + 1, 1)

    def _read_all(self, threads: int) -> None:
        texts = max([len(self.accounts), *(keys.texts for keys in self._keys.values())])
        batches = _batches(self._file, ROWS_A_BATCH if texts > FEW_TEXTS else 1)

        def read(groups):
            rows = self._file.read_row_groups(groups, columns=self._columns, use_threads=threads > 1)
            return rows.unify_dictionaries().combine_chunks()

        with ThreadPoolExecutor(1) as ahead:
            coming = [ahead.submit(read, groups) for groups in batches[:1]]
            for place in range(len(batches)):
                rows = coming.pop().result()
                coming += [ahead.submit(read, groups) for groups in batches[place + 1 : place + 2]]
                self._take(rows)

    def _take(self, rows) -> None:
        """Scatter the rows of one row group."""
        days = visibility.days_of(_instants(rows[self._at]), self._origin)
        known = visibility.days_of(_instants(rows["known_at"]), self._origin)
        week, entered = np.floor(days / 7), np.floor(known / 7)
        # Comparisons with NaN, a time that is not told, are false.
        happens = week == week
        is_prompt = (entered <= week) & (week >= self._first) & (week < self._first + self._width)
        if self._is_replaced:
            is_prompt &= ~np.asarray(rows["superseded_at"].is_valid())
        account = self._account_codes.of(rows["account_id"])
        values = self._expressions.read(rows, days - 7 * week)
        keys = {name: self._keys[name].number(rows[name], account) for name in self._keys}
        late = np.flatnonzero(happens & ~is_prompt)
        if len(late):
            self._keep_late(rows, late, account, week, entered, values, keys)
        prompt = slice(None) if is_prompt.all() else np.flatnonzero(is_prompt)
        column = (week[prompt] - self._first).astype("int64")
        by_week = column * len(self.accounts) + account[prompt]
        for summary, grid in self._grids.items():
            value = values[summary]
            _add(grid, by_week, value if value is None else value[prompt])
        for name, number in keys.items():
            self._keys[name].mark(number[prompt], column)

    def _keep_late(self, rows, late, account, week, entered, values, keys) -> None:
        gone = np.full(len(late), FOREVER, dtype="int32")
        if self._is_replaced:
            days = visibility.days_of(_instants(rows["superseded_at"])[late], self._origin)
            replaced = np.isfinite(days)
            gone[replaced] = np.floor(days[replaced] / 7) + 1
        kept = {
            "owner": account[late].astype("int32"),
            "happened": week[late].astype("int32"),
            "enter": (np.maximum(week[late], entered[late]) + 1).astype("int32"),
            "gone": gone,
        }
        ones = np.ones(len(late))
        kept |= {("value", key): ones if value is None else value[late] for key, value in values.items()}
        kept |= {("key", name): number[late].astype("int32") for name, number in keys.items()}
        self._late.append(kept)

    def _late_column(self, name):
        if name not in self._late_columns:
            parts = [part[name] for part in self._late]
            self._late_columns[name] = np.concatenate(parts) if parts else np.zeros(0, dtype="int32")
        return self._late_columns[name]

    def read(self, one: Pass, column: int, owners, n_owners: int, n_snapshots: int, kept: dict) -> MeasureCells:
        """Read a column of a pass for some owners; see :meth:`renewcast.engine.cells.RollUp.read`."""
        if self not in kept:
            kept[self] = self._local(owners)
        local = kept[self]
        if (self, one.key) not in kept:
            kept[self, one.key] = self._late_facts(one.key, local, n_snapshots)
        late, seen, rest = kept[self, one.key]
        if one.key is not None:
            return MeasureCells(Weeks(self._first, rest[1]), late, np.ones(len(seen)), rest[0])
        summary = one.summaries[column]
        grid = self._grids[summary].reshape(self._width, len(self.accounts))
        weeks = np.zeros((n_owners, self._width), dtype=grid.dtype)
        chosen = np.flatnonzero(local >= 0)
        weeks[local[chosen]] = grid[:, chosen].T
        return MeasureCells(Weeks(self._first, weeks), late, self._late_column(("value", summary))[seen])

    def _local(self, owners):
        """Return the place of each of our accounts among the owners, -1 for the others."""
        listed = owners.to_pyarrow()
        place = self._account_codes.places(listed["owner_id"].combine_chunks())
        local = np.full(len(self.accounts) + 1, -1, dtype="int64")
        local[place] = listed["owner"].to_numpy()
        return local[:-1]

    def _late_facts(self, key: str | None, local, n_snapshots: int):
        """Return the late facts that the owners' snapshots can see, which they are, and for keys their owners and weeks."""
        times = {name: self._late_column(name) for name in ("owner", "happened", "enter", "gone")}
        seen = (times["enter"] < n_snapshots) & (times["enter"] < times["gone"]) & (local[times["owner"]] >= 0)
        if key is None:
            seen, owner, rest = np.flatnonzero(seen), local[times["owner"]], ()
        else:
            number = self._late_column(("key", key))
            seen = np.flatnonzero(seen & (number >= 0))
            rank, *rest = self._keys[key].of(local)
            # Without a key the number is -1, which is the place added here.
            owner = np.append(rank, -1)[number]
        return Facts(owner[seen], *(times[name][seen] for name in ("happened", "enter", "gone"))), seen, rest


def _batches(file, least_rows: int) -> list[list[int]]:
    """Put row groups together, so that their dictionaries are looked up together."""
    batches, size = [], least_rows
    for group in range(file.metadata.num_row_groups):
        rows = file.metadata.row_group(group).num_rows
        if not rows:
            continue
        if size + rows > least_rows:
            batches.append([])
            size = 0
        batches[-1].append(group)
        size += rows
    return batches


def _column_statistics(file, name: str) -> list:
    """Return what the file says of a column in each of its row groups."""
    place = file.schema_arrow.get_field_index(name)
    groups = (file.metadata.row_group(group) for group in range(file.metadata.num_row_groups))
    return [(group.num_rows, group.column(place).statistics) for group in groups]


def _span_of(file, name: str):
    """Return the smallest and the largest instant of a column; None where the file does not say."""
    told = [one for _, one in _column_statistics(file, name)]
    if not told or not all(one is not None and one.has_min_max for one in told):
        return None
    return min(one.min for one in told), max(one.max for one in told)


def _is_empty(file, name: str) -> bool:
    """Tell whether the file says that a column is NULL everywhere."""
    told = _column_statistics(file, name)
    return all(one is not None and one.has_null_count and one.null_count == rows for rows, one in told)


def _instants(column):
    import pyarrow as pa

    return column.cast(pa.timestamp("us")).to_numpy()


def _add(grid, place, value) -> None:
    """Add values to places of a grid; 1 each where there is no value."""
    if not len(place):
        return
    if grid.dtype == "uint8":
        np.bitwise_or.at(grid, place, value)
        return
    low, high = int(place.min()), int(place.max()) + 1
    if high - low > 4 * len(place):
        np.add.at(grid, place, 1.0 if value is None else value)
    else:
        grid[low:high] += np.bincount(place - low, value, high - low)
