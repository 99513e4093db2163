"""Roll up a Parquet file by scattering its rows onto the dense grid of accounts x weeks as they are read.

The same weeks and late facts as a GROUP BY and the kernel's first step would give (:mod:`renewcast.engine.cells`), without a hash
table: Parquet stores text as numbers of a dictionary, so that accounts and keys are found once a dictionary and not once a row,
and rows are counted by those numbers (:mod:`renewcast.engine.batch`). What a measure adds or filters by is still said in Ibis:
over one text or boolean column it is computed for its different values, otherwise by DuckDB over the rows.
"""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from renewcast.engine import visibility
from renewcast.engine.batch import Batch
from renewcast.engine.expressions import Expressions
from renewcast.engine.facts import EARLIEST, FOREVER, Facts, MeasureCells, Weeks
from renewcast.engine.keys import Codes, Keys, grown, with_spare
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
    """

    def __init__(self, path, table, origin: dt.datetime, passes: list[Pass], threads: int = 2):
        import pyarrow.parquet as pq

        self._origin, self.passes, self._table = origin, passes, table
        self._backend = table.get_backend()
        self._at = passes[0].at
        text = [name for name, kind in table.schema().items() if kind.is_string()]
        self._file = pq.ParquetFile(path, read_dictionary=text)
        self._accounts = Codes()
        self._n_accounts = 0  # that the grids have room for
        self._summaries = list(dict.fromkeys(summary for one in passes if one.key is None for summary in one.summaries))
        self._expressions = Expressions(table, self._summaries)
        columns = {"account_id", self._at, "known_at", *(one.key for one in passes if one.key)} | self._expressions.columns
        self._is_replaced = not _is_empty(self._file, "superseded_at")
        self._columns = sorted(columns | ({"superseded_at"} if self._is_replaced else set()))
        self._span()
        self._late: list[dict] = []
        self._late_columns: dict = {}
        self._grids = {
            one: np.zeros((self._width, 0), dtype="uint8" if one[0] == "days" else "float64") for one in self._summaries
        }
        self._keys = {one.key: Keys(self._width) for one in passes if one.key}
        self._read_all(threads)
        # What was read last need not stay in memory.
        del self._expressions, self._file

    def _span(self) -> None:
        span = _span_of(self._file, self._at)
        if span is None:
            at = self._table[self._at]
            span = self._table.aggregate(first=at.min(), last=at.max()).to_pyarrow().to_pylist()[0].values()
        first, last = ((end - self._origin).days // 7 if end is not None else 0 for end in span)
        self._first = min(max(first, EARLIEST), 0)
        self._width = max(min(last, LATEST) - self._first + 1, 1)

    def _read_all(self, threads: int) -> None:
        groups = [place for place in range(self._file.num_row_groups) if self._file.metadata.row_group(place).num_rows]

        def read(together):
            rows = self._file.read_row_groups(together, columns=self._columns, use_threads=threads > 1)
            return rows.unify_dictionaries().combine_chunks()

        if threads == 1:
            while groups:
                self._take(read(self._next(groups)))
            return
        with ThreadPoolExecutor(1) as ahead:
            coming = ahead.submit(read, self._next(groups)) if groups else None
            while coming is not None:
                rows = coming.result()
                coming = ahead.submit(read, self._next(groups)) if groups else None
                self._take(rows)

    def _next(self, groups: list[int]) -> list[int]:
        """Take row groups off a list, as many as are best read together, so that their dictionaries are looked up together."""
        texts = max([len(self._accounts.values), *(keys.texts for keys in self._keys.values())])
        together, size = [], 0
        while groups and size < (ROWS_A_BATCH if texts > FEW_TEXTS else 1):
            together.append(groups.pop(0))
            size += self._file.metadata.row_group(together[-1]).num_rows
        return together

    def _take(self, rows) -> None:
        """Scatter rows that were read together."""
        if rows["account_id"].null_count:
            rows = rows.filter(rows["account_id"].is_valid()).combine_chunks()
        if not rows.num_rows:
            return
        day = visibility.days_of(_instants(rows[self._at]), self._origin)
        known = visibility.days_of(_instants(rows["known_at"]), self._origin)
        week, entered = day // 7, known // 7
        is_prompt = (entered <= week) & (week >= self._first) & (week < self._first + self._width)
        if self._is_replaced:
            is_prompt &= np.asarray(rows["superseded_at"].is_null())
        apart = np.flatnonzero(~is_prompt)
        account = self._number_accounts(rows["account_id"].chunk(0))
        column = week - np.int32(self._first)
        column[apart] = self._width
        batch = Batch(rows, account, column, day - 7 * week, apart, self._n_accounts)
        if len(apart) < len(week):
            self._lay(batch)
        late = apart[day[apart] != visibility.NO_DAY]
        if len(late):
            self._keep_late(batch.take(late), week[late], entered[late])

    def _lay(self, batch: Batch) -> None:
        """Add prompt rows to the grids."""
        for summary, totals in self._expressions.totals(batch).items():
            grid = self._grids[summary].reshape(-1)
            if summary[0] == "days":
                grid[batch.where] |= totals
            else:
                grid[batch.where] += totals
        for name, keys in self._keys.items():
            code, account, week = batch.sights(name)
            number = keys.number(batch.codes(name)[0], code, account, self._n_accounts)
            keys.mark(number[code], account, week)

    def _number_accounts(self, column):
        """Return the number of each row's account, int32, and make room for new ones."""
        number = self._accounts.numbers(column.dictionary)
        if len(self._accounts.values) > self._n_accounts:
            self._n_accounts = with_spare(self._n_accounts, len(self._accounts.values))
            self._grids = {one: grown(grid, 1, self._n_accounts) for one, grid in self._grids.items()}
        return number[column.indices.to_numpy()]

    def _keep_late(self, batch: Batch, happened, entered) -> None:
        gone = np.full(len(happened), FOREVER, dtype="int32")
        if self._is_replaced:
            days = visibility.days_of(_instants(batch.rows["superseded_at"]), self._origin)
            gone = np.where(days == visibility.NO_DAY, gone, days // 7 + 1)
        kept = {"owner": batch.account, "happened": happened, "enter": np.maximum(happened, entered) + 1, "gone": gone}
        kept |= {("value", summary): value for summary, value in self._expressions.values(batch).items()}
        for name, keys in self._keys.items():
            different, code = batch.codes(name)
            there = code < len(different)
            number = np.full(len(code), -1, dtype="int32")
            number[there] = keys.number(different, code[there], batch.account[there], self._n_accounts)[code[there]]
            kept["key", name] = number
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
        grid = self._grids[summary]
        weeks = np.zeros((n_owners, self._width), dtype=grid.dtype)
        chosen = np.flatnonzero(local >= 0)
        weeks[local[chosen]] = grid[:, chosen].T
        return MeasureCells(Weeks(self._first, weeks), late, self._late_column(("value", summary))[seen])

    def _local(self, owners):
        """Return the place of each of our accounts among the owners, -1 for the others."""
        listed = self._backend.to_pyarrow(owners)
        place = self._accounts.places(listed["owner_id"].combine_chunks())
        local = np.full(self._n_accounts + 1, -1, dtype="int64")
        local[place] = listed["owner"].to_numpy()
        return local[:-1]

    def _late_facts(self, key: str | None, local, n_snapshots: int):
        """Return the late facts that the owners' snapshots can see, which they are, and for keys their owners and weeks."""
        times = {name: self._late_column(name) for name in ("owner", "happened", "enter", "gone")}
        seen = (times["enter"] < n_snapshots) & (times["enter"] < times["gone"]) & (local[times["owner"]] >= 0)
        if key is None:
            seen, owner, rest = np.flatnonzero(seen), local[times["owner"]], ()
            owner = owner[seen]
        else:
            number = self._late_column(("key", key))
            seen = np.flatnonzero(seen & (number >= 0))
            owner, *rest = self._keys[key].of(local, number[seen], times["owner"][seen])
        return Facts(owner, *(times[name][seen] for name in ("happened", "enter", "gone"))), seen, rest


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

    return column.chunk(0).cast(pa.timestamp("us")).to_numpy(zero_copy_only=False)
