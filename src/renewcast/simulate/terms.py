"""Terms while they are drawn: what was signed, what was changed afterwards, and when an account has cover."""

from dataclasses import dataclass, field

import numpy as np

from renewcast.simulate.versions import Change

_NUMBERS = ("account", "product", "starts", "ends", "known", "seats", "cents", "quota", "discount")
_WHOLE = {"account", "product", "starts", "ends", "seats", "cents"}


@dataclass(frozen=True)
class Cover:
    """When each account has a contract, as days from day 0 (infinity: not in sight), arrays of shape (accounts,).

    Cover runs from ``first`` to ``churned``, and for a few accounts again from ``returned`` to ``churned_again``.
    """

    first: np.ndarray
    churned: np.ndarray
    returned: np.ndarray
    churned_again: np.ndarray

    def holds(self, account: np.ndarray, day: np.ndarray) -> np.ndarray:
        """Return where ``account`` has cover on ``day`` (NaN: never)."""
        found = (day >= self.first[account]) & (day < self.churned[account])
        if np.isfinite(self.returned).any():
            found |= (day >= self.returned[account]) & (day < self.churned_again[account])
        return found

    def live_at(self, day: int) -> np.ndarray:
        """Return the accounts with a term that began before the instant ``day`` and ends on it or later."""
        again = (self.returned < day) & (self.churned_again >= day)
        return np.flatnonzero(((self.first < day) & (self.churned >= day)) | again)


@dataclass
class TermRows:
    """The terms as they come to be, in batches; ``finish`` puts the batches together.

    Attributes
    ----------
    changes : list of Change
        Amendments: what a row says after it, and when that became known.
    planned_ends : list of (rows, days)
        Ends that were agreed at first and amended later; the rows carry the final ones.
    upgrades : list of dict
        More seats within a row, to be billed from the day on which they were added.
    """

    batches: list = field(default_factory=list)
    size: int = 0
    changes: list = field(default_factory=list)
    planned_ends: list = field(default_factory=list)
    upgrades: list = field(default_factory=list)

    def add(self, **columns) -> np.ndarray:
        """Add a batch and return the numbers of its rows."""
        count = len(columns["account"])
        self.batches.append([np.broadcast_to(np.asarray(columns[name], dtype=np.float64), count) for name in _NUMBERS])
        self.size += count
        return np.arange(self.size - count, self.size)

    def amend(self, row: np.ndarray, known: np.ndarray, **values) -> None:
        """Say what some columns of rows are from ``known`` on."""
        self.changes.append(Change(row, known, values))

    def extend(self, row: np.ndarray, planned: np.ndarray, known: np.ndarray, ends: np.ndarray) -> None:
        """Say that rows were agreed until ``planned`` at first and go on until ``ends``."""
        self.planned_ends.append((row, planned))
        self.amend(row, known, ends=ends)

    def finish(self) -> dict[str, np.ndarray]:
        """Return one array per column, in the order of the row numbers."""
        parts = [np.concatenate(column) for column in zip(*self.batches, strict=True)]
        return {name: part.astype(np.int64) if name in _WHOLE else part for name, part in zip(_NUMBERS, parts, strict=True)}

    def first_ends(self, rows: dict[str, np.ndarray]) -> np.ndarray:
        """Return the end that each row was first signed for."""
        ends = rows["ends"].copy()
        for row, planned in self.planned_ends:
            ends[row] = planned
        return ends

    def billed(self, rows: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        """Return account, starts, ends, known and cents a month of everything that is billed, upgrades included."""
        names = ("account", "starts", "ends", "known", "cents")
        return {
            name: np.concatenate([rows[name], *(upgrade[name] for upgrade in self.upgrades)]).astype(rows[name].dtype)
            for name in names
        }
