"""When facts count: the cells of a pass as arrays, and what all measures of the pass share of them, worked out once.

A fact that happened in cell ``o``, entered what was known at snapshot ``e`` and left it at snapshot ``g`` (replaced, or never:
``FOREVER``) is visible to a window of ``W`` weeks at the snapshots ``[e, min(o + W + 1, g))``.
"""

import dataclasses
import functools

import numpy as np

FOREVER = np.int32(2**31 - 1)
LAST_VALUES = 2**20
"""Values of "last" and "first" lie below it, so that second and value fit into one number below 2**53."""
EARLIEST = -520
"""Weeks before the first snapshot that the grid of prompt facts reaches back; what lies further back is handled one by one."""


@dataclasses.dataclass(frozen=True)
class Weeks:
    """What prompt facts bring, on the dense grid of owners x weeks.

    Attributes
    ----------
    first : int
        Week of the first column, 0 at the most.
    values : array, shape (n_owners, n_weeks)
        Totals, extremes (-inf: none), days as bits, or 1 where a key was there.
    """

    first: int
    values: np.ndarray

    def take(self, owners) -> "Weeks":
        """Choose rows."""
        return Weeks(self.first, self.values[owners])

    def shown(self, snapshot: int, length: int | None, skip: int):
        """Return the weeks that a window shows at a snapshot, so long (None: all before) and ending ``skip`` weeks before it."""
        last = max(snapshot - skip - self.first, 0)
        return self.values[:, 0 if length is None else max(last - length, 0) : last]


@dataclasses.dataclass(frozen=True)
class Facts:
    """Cells of one pass: parallel arrays, one entry a group. What the measures of a pass share is worked out once.

    Attributes
    ----------
    owner : array of int, shape (n_facts,)
        Row of the grid, 0 .. n_owners - 1: an account, or a key of one.
    happened, enter, gone : array of int, shape (n_facts,)
        Cell in which it happened; first snapshot that sees it; first that no longer does (``FOREVER``: none).
    """

    owner: np.ndarray
    happened: np.ndarray
    enter: np.ndarray
    gone: np.ndarray

    def take(self, chosen) -> "Facts":
        """Choose facts by a mask or by positions."""
        return Facts(self.owner[chosen], self.happened[chosen], self.enter[chosen], self.gone[chosen])

    @functools.cached_property
    def is_prompt(self):
        """Tell which facts were known in the week in which they happened, and were never replaced."""
        return (self.enter == self.happened + 1) & (self.gone == FOREVER) & (self.happened >= EARLIEST)

    @functools.cached_property
    def prompt(self) -> "Facts":
        """Return the prompt facts."""
        return self.take(self.is_prompt)

    @functools.cached_property
    def late(self) -> "Facts":
        """Return the other facts: known later, or replaced one day."""
        return self.take(~self.is_prompt)

    @functools.cached_property
    def first(self) -> int:
        """Return the first cell of the grid: that of the earliest fact, 0 at the most."""
        return int(self.happened.min(initial=0))

    @functools.cached_property
    def _places(self) -> dict:
        return {}

    def weeks(self, kind: str, value, n_owners: int, n_snapshots: int) -> Weeks:
        """Lay prompt facts over the grid of owners x weeks; only weeks before the last snapshot matter.

        Parameters
        ----------
        kind : {"sum", "any", "days", "largest", "smallest"}
            How several facts of one owner and week come together.
        value : array, shape (n_facts,)
        n_owners, n_snapshots : int
        """
        width = n_snapshots - self.first
        if n_snapshots not in self._places:
            self._places[n_snapshots] = self.owner.astype("int64") * width + (self.happened - self.first)
        place = self._places[n_snapshots]
        if kind == "sum":
            grid = np.bincount(place, value, n_owners * width).astype("float64", copy=False)
        elif kind in ("largest", "smallest"):
            grid = np.full(n_owners * width, -np.inf)
            np.maximum.at(grid, place, value if kind == "largest" else -value)
        else:
            grid = np.zeros(n_owners * width, dtype="uint8")
            np.bitwise_or.at(grid, place, np.asarray(value, dtype="uint8"))
        return Weeks(self.first, grid.reshape(n_owners, width))

    def interval(self, weeks: int | None, skip: int, n_snapshots: int):
        """Return where in a flat grid of owners x (n_snapshots + 1) facts enter a window, where they leave, and which facts do.

        The window is so many weeks long and ends ``skip`` weeks before the snapshot; None weeks is the whole past.
        """
        asked = weeks, skip, n_snapshots
        if asked not in self._places:
            enter = np.maximum(np.maximum(self.enter, self.happened + (skip + 1)) if skip else self.enter, 0)
            leave = self.gone if weeks is None else np.minimum(self.happened.astype("int64") + (weeks + skip + 1), self.gone)
            shown = np.flatnonzero((enter < leave) & (enter < n_snapshots))
            row = self.owner[shown].astype("int64") * (n_snapshots + 1)
            self._places[asked] = row + enter[shown], row + np.minimum(leave[shown], n_snapshots), shown
        return self._places[asked]

    def seen_at(self, weeks: int | None, skip: int, snapshot: int):
        """Return which facts a window shows at one snapshot; see :meth:`interval`."""
        asked = weeks, skip, snapshot, "seen"
        if asked not in self._places:
            seen = (np.maximum(self.enter, self.happened + (skip + 1)) if skip else self.enter) <= snapshot
            seen &= self.gone > snapshot
            if weeks is not None:
                seen &= self.happened >= snapshot - (weeks + skip)
            self._places[asked] = np.flatnonzero(seen)
        return self._places[asked]


@dataclasses.dataclass(frozen=True)
class MeasureCells:
    """The cells of one measure for some owners.

    Attributes
    ----------
    weeks : Weeks
        What prompt facts bring: a row an owner, or a key where there are any.
    late : Facts
        The others.
    late_value : array, shape (n_late_facts,)
        What they bring; for the smallest of values, their negative.
    owner_of_key : array of int, or None
        For measures that count different keys: the owner of each key; keys of one owner stand together.
    """

    weeks: Weeks
    late: Facts
    late_value: np.ndarray
    owner_of_key: np.ndarray | None = None
