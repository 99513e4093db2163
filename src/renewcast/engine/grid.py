"""Rolled-up measures laid over the dense grid of owners x snapshots, read at the rows of a panel."""

import functools

import numpy as np

from renewcast.engine import accumulate
from renewcast.engine.cells import RollUp
from renewcast.engine.extremes import extreme_at, running_extreme
from renewcast.engine.facts import LAST_VALUES
from renewcast.engine.rollup import Measure
from renewcast.engine.visibility import DAY_SECONDS, EPOCH


class Grid:
    """Windows of measures at given (account, snapshot) rows.

    Parameters
    ----------
    rollup : RollUp
    account_id : array of str, shape (n_rows,)
        Or account and key together, for measures of a derived table that is kept by key.
    number : array of int, shape (n_rows,)
        Snapshot numbers of the rows, 0 is the calendar's first.
    """

    def __init__(self, rollup: RollUp, account_id, number):
        import ibis
        import pandas as pd

        self._rollup = rollup
        self._row, accounts = pd.factorize(np.asarray(account_id, dtype=object), sort=True)
        self._number = np.asarray(number, dtype="int64")
        self._snapshots, self._column = np.unique(self._number, return_inverse=True)
        self._size = len(accounts), int(self._number.max()) + 1 if len(self._number) else 1
        self._origin_seconds = int((rollup.origin - EPOCH).total_seconds())
        listed = pd.DataFrame({"owner_id": accounts.astype(str), "owner": np.arange(len(accounts), dtype="int32")})
        self._owners = ibis.memtable(listed)
        self._kept: dict = {}
        self._windows: dict[Measure, object] = {}

    def read_all(self, uses):
        """Read many uses, measure by measure, and let go of what a measure, or a pass, needed after its last one.

        Parameters
        ----------
        uses : iterable of tuple
            What :meth:`read` takes: (measure, window_days), or with the days skipped as a third.

        Yields
        ------
        tuple
            The use, and what it reads; those of one pass follow each other.
        """
        by_pass: dict = {}
        for use in uses:
            by_pass.setdefault(self._rollup.pass_of(use[0]), {}).setdefault(use[0], {})[use] = None
        for by_measure in by_pass.values():
            for measure, wanted in by_measure.items():
                for use in wanted:
                    yield use, self.read(*use)
                self._windows.pop(measure, None)
            self._rollup.let_go(measure, self._kept)

    def read(self, measure: Measure, window_days: int | None = None, skip_days: int = 0):
        """Return a measure over a window at each row.

        Parameters
        ----------
        measure : Measure
        window_days : int or None
            A multiple of 7; None is the whole known past. Levels have no window.
        skip_days : int
            A multiple of 7: the window ends so long before the snapshot. What it sees is still what was known at the snapshot.

        Returns
        -------
        array of float64, shape (n_rows,)
            Sums and counts: 0 where nothing is visible. "latest" and "earliest": days before the snapshot, "last" and "first":
            the value; NaN where nothing is visible.
        """
        if not len(self._row):
            return np.zeros(0)
        if measure not in self._windows:
            self._windows[measure] = self._open(measure)
        found = self._windows[measure]
        if measure.kind in ("latest", "earliest", "last", "first"):
            extreme = found[self._row, self._column if self._is_one else self._number]
            extreme = np.where(np.isneginf(extreme), np.nan, extreme if measure.kind in ("latest", "last") else -extreme)
            if measure.kind in ("last", "first"):
                return np.mod(extreme, LAST_VALUES)
            return (self._origin_seconds + 7 * DAY_SECONDS * self._number - extreme) / DAY_SECONDS
        weeks = None if window_days is None or measure.kind == "level" else window_days // 7
        windows = found.read(self._snapshots, weeks, skip_days // 7)
        if self._is_dense:
            read = windows.ravel()
            return read if measure.per == 1 else read / measure.per
        return windows[self._row, self._column] / measure.per

    @functools.cached_property
    def _is_dense(self) -> bool:
        """Tell whether the rows are every account with every snapshot, in order, so that nothing need be looked up."""
        width = len(self._snapshots)
        return (
            len(self._row) == self._size[0] * width
            and bool((self._row.reshape(-1, width) == np.arange(self._size[0])[:, None]).all())
            and bool((self._column.reshape(-1, width) == np.arange(width)).all())
        )

    def _open(self, measure: Measure):
        """Lay a measure over the grid, once for all of its windows."""
        cells = self._rollup.read(measure, self._owners, *self._size, self._kept)
        if measure.kind == "distinct":
            return accumulate.Distincts(cells.weeks, cells.late, cells.owner_of_key, *self._size)
        made = {"days": accumulate.Days, "sum": accumulate.Sums, "level": accumulate.Sums}
        if measure.kind not in made and self._is_one:
            number = int(self._snapshots[0])
            return extreme_at(cells.weeks, cells.late, cells.late_value, self._size[0], number)[:, None]
        return made.get(measure.kind, running_extreme)(cells.weeks, cells.late, cells.late_value, *self._size)

    @property
    def _is_one(self) -> bool:
        """Tell whether one snapshot is asked for, so that nothing need be run over the others."""
        return len(self._snapshots) == 1
