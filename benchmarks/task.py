"""What every method must compute: 12 measures over 3 windows, for every account and weekly snapshot, as known at that snapshot.

An event is visible at a snapshot T if it occurred before T, was known before T and was not replaced by then; it lies in a window
of w days if it occurred at T - w days or later. The events span ``weeks`` weeks from ``START``; the last snapshot stands where
they end, and the first of the ``weeks - 13`` has a full window of 91 days behind it.
"""

import dataclasses
import datetime as dt

import numpy as np

START = dt.datetime(2023, 1, 2)
WINDOWS = (7, 28, 91)
COUNTED_MODULES = ("analytics", "billing", "crm")
COUNTED_ACTIONS = ("export", "share")
SUMS = ("events", "value_actions", "quantity", "seconds") + COUNTED_MODULES + COUNTED_ACTIONS
DISTINCT = ("users", "modules", "days")
MEASURES = SUMS + DISTINCT
FEATURES = tuple(f"{measure}_{window}" for measure in MEASURES for window in WINDOWS)
COLUMNS = (
    "account_id", "user_id", "occurred_at", "known_at", "module", "action", "is_value_action", "quantity", "duration_s",
    "superseded_at",
)  # fmt: skip


@dataclasses.dataclass(frozen=True)
class Task:
    """One file of events and the panel to compute from it.

    Attributes
    ----------
    path : str
        Parquet file of the events.
    accounts, weeks : int
    every : int
        1 takes every weekly snapshot, 4 every fourth; the last one is always among them.
    threads : int
    share : int
        The range join is computed for every ``share``-th account only; 1 is all of them.
    """

    path: str
    accounts: int
    weeks: int
    every: int = 1
    threads: int = 2
    share: int = 1

    @property
    def origin(self) -> dt.datetime:
        """Snapshot number 0."""
        return START + dt.timedelta(weeks=14)

    @property
    def numbers(self) -> np.ndarray:
        """Numbers of the snapshots, in weeks after ``origin``."""
        last = self.weeks - 14
        return np.arange(last % self.every, last + 1, self.every)

    @property
    def account_ids(self) -> list[str]:
        """All accounts, in order; the digits are the account's place."""
        return [account_id(place) for place in range(self.accounts)]

    def dense(self, places, numbers, columns: dict) -> np.ndarray:
        """Lay a method's rows out over all accounts x snapshots x features; what has no row is 0.

        Parameters
        ----------
        places, numbers : array of int, shape (n_rows,)
            Account and snapshot of each row.
        columns : dict of str to array, shape (n_rows,)
            Values of each feature.

        Returns
        -------
        array of int32, shape (n_accounts, n_snapshots, n_features)
        """
        cells = np.zeros((self.accounts, len(self.numbers), len(FEATURES)), dtype=np.int32)
        column = np.searchsorted(self.numbers, numbers)
        for i, name in enumerate(FEATURES):
            cells[places, column, i] = columns[name]
        return cells


def account_id(place: int) -> str:
    """Name an account by its place."""
    return f"A{place:06d}"
