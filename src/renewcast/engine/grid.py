"""Rolled-up measures laid over the dense grid of accounts x snapshots, read at the rows of a panel."""

import datetime as dt

import numpy as np

from renewcast.engine import accumulate
from renewcast.engine.rollup import Measure, roll_up

DAY_SECONDS = 86_400


class Grid:
    """Windows of measures at given (account, snapshot) rows.

    Parameters
    ----------
    tables : dict of str to ibis.Table
    contracts : dict of str to TableContract
    measures : iterable of Measure
    origin : datetime.datetime
        First snapshot of the calendar.
    account_id : array of str, shape (n_rows,)
    number : array of int, shape (n_rows,)
        Snapshot numbers of the rows, 0 is the calendar's first.
    """

    def __init__(self, tables, contracts, measures, origin: dt.datetime, account_id, number):
        import pandas as pd

        self._codes, self._accounts = pd.factorize(np.asarray(account_id, dtype=object), sort=True)
        self._number = np.asarray(number, dtype="int64")
        self._n_snapshots = int(self._number.max()) + 1 if len(self._number) else 1
        self._origin_seconds = int((origin - dt.datetime(1970, 1, 1)).total_seconds())
        self._rolled = roll_up(tables, contracts, sorted(set(measures), key=repr), origin)
        self._index = pd.Index(self._accounts)
        self._seen: dict = {}

    def _facts(self, measure: Measure):
        """Return the facts of a measure that the rows can see: their accounts' codes, the cells, and which cells those are."""
        if measure not in self._seen:
            rolled = self._rolled[measure]
            place = self._index.get_indexer(rolled.account)
            known = (place >= 0) & (rolled.enter < self._n_snapshots)
            self._seen[measure] = place[known].astype("int64"), rolled, known
        return self._seen[measure]

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
            Sums and counts: 0 where nothing is visible. "latest" and "earliest": days before the snapshot, NaN where nothing is.
        """
        account, rolled, known = self._facts(measure)
        gone, happened = rolled.gone[known], rolled.happened[known] + skip_days // 7
        enter = np.maximum(rolled.enter[known], happened + 1) if skip_days else rolled.enter[known]
        weeks = None if window_days is None else window_days // 7
        size = (len(self._accounts), self._n_snapshots)
        if measure.kind in ("latest", "earliest"):
            grid = accumulate.running_extreme(account, enter, gone, rolled.value[known], *size, latest=measure.kind == "latest")
            seconds = grid[self._codes, self._number]
            return (self._origin_seconds + 7 * DAY_SECONDS * self._number - seconds) / DAY_SECONDS
        leave = gone if measure.kind == "level" else accumulate.exits(happened, gone, weeks)
        if measure.kind == "distinct":
            grid = accumulate.distinct(account, rolled.key[known], enter, leave, *size)
        else:
            grid = accumulate.running_sum(account, enter, leave, rolled.value[known], *size)
        return grid[self._codes, self._number] / measure.per
