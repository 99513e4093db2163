"""Rolled-up measures laid over the dense grid of owners x snapshots, read at the rows of a panel."""

import numpy as np

from renewcast.engine import accumulate
from renewcast.engine.cells import RollUp
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
        self._size = len(accounts), int(self._number.max()) + 1 if len(self._number) else 1
        self._origin_seconds = int((rollup.origin - EPOCH).total_seconds())
        listed = pd.DataFrame({"owner_id": accounts.astype(str), "owner": np.arange(len(accounts), dtype="int32")})
        self._owners = ibis.memtable(listed)
        self._kept: dict = {}
        self._windows: dict[Measure, object] = {}

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
            extreme = found[self._row, self._number]
            if measure.kind in ("last", "first"):
                return np.mod(extreme, LAST_VALUES)
            return (self._origin_seconds + 7 * DAY_SECONDS * self._number - extreme) / DAY_SECONDS
        weeks = None if window_days is None or measure.kind == "level" else window_days // 7
        return found.read(self._row, self._number, weeks, skip_days // 7) / measure.per

    def _open(self, measure: Measure):
        """Lay a measure over the grid, once for all of its windows."""
        cells = self._rollup.read(measure, self._owners, self._size[1], self._kept)
        if measure.kind in ("latest", "earliest", "last", "first"):
            largest = measure.kind in ("latest", "last")
            return accumulate.running_extreme(cells.facts, cells.value, *self._size, largest=largest)
        if measure.kind == "distinct":
            return accumulate.Distincts(cells.facts, cells.owner_of_key, *self._size)
        made = accumulate.Days if measure.kind == "days" else accumulate.Sums
        return made(cells.facts, cells.value, *self._size)
