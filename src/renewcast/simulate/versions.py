"""Versions of a row: what was first told, and every later correction with the time at which it became known."""

from dataclasses import dataclass

import numpy as np

# Two versions of one key never share a known_at, which is told to the second.
_APART_DAYS = 60 / 86_400


@dataclass(frozen=True)
class Change:
    """One kind of correction, arrays of shape (n,): which ``row``, ``known`` from which day, the ``values`` after it by column.

    A NaN in ``values`` means that the correction empties the cell; columns that it does not name stay as they were.
    """

    row: np.ndarray
    known: np.ndarray
    values: dict[str, np.ndarray]


def with_versions(
    known: np.ndarray, first: dict[str, np.ndarray], changes: list[Change], until: float
) -> tuple[np.ndarray, np.ndarray, dict[str, np.ndarray]]:
    """Lay out every version of every row, a row's versions one after the other.

    Parameters
    ----------
    known : array of float, shape (rows,)
        Day on which the first version became known.
    first : dict of str to array of shape (rows,)
        Columns that may be corrected, as they were first told (numbers; codes and dates are numbers too).
    changes : list of Change
        Any order; each version keeps what the earlier ones said.
    until : float
        Versions that became known on this day or later are left out.

    Returns
    -------
    row : array of int, shape (versions,)
        Which row each is a version of.
    known : array of float, shape (versions,)
        Strictly increasing within a row.
    columns : dict of str to array of float, shape (versions,)

    Examples
    --------
    >>> seats = Change(np.array([1]), np.array([9.0]), {"seats": np.array([12])})
    >>> row, known, columns = with_versions(np.array([1.0, 2.0]), {"seats": np.array([5, 10])}, [seats], 100.0)
    >>> row.tolist(), known.tolist(), columns["seats"].tolist()
    ([0, 1, 1], [1.0, 2.0, 9.0], [5.0, 10.0, 12.0])
    """
    row = np.concatenate([np.arange(len(known)), *(change.row for change in changes)]).astype(np.int64)
    is_first = np.arange(len(row)) < len(known)
    known = np.concatenate([known, *(change.known for change in changes)]).astype(np.float64)
    order = np.lexsort((known, ~is_first, row))
    row, known = row[order], known[order]
    begins = np.flatnonzero(np.diff(row, prepend=-1))
    turn = np.arange(len(row)) - np.repeat(begins, np.diff(begins, append=len(row)))
    for step in range(1, int(turn.max(initial=0)) + 1):
        later = np.flatnonzero(turn == step)
        known[later] = np.maximum(known[later], known[later - 1] + _APART_DAYS)
    keep = np.flatnonzero(known < until)
    columns = {name: _carried_forward(name, values, changes, order)[keep] for name, values in first.items()}
    return row[keep], known[keep], columns


def _carried_forward(name: str, first: np.ndarray, changes: list[Change], order: np.ndarray) -> np.ndarray:
    """Give each version the latest value told by it or by an earlier version of the same row."""
    told = [np.ones(len(first), dtype=bool), *(np.full(len(change.row), name in change.values) for change in changes)]
    values = [first, *(change.values.get(name, np.zeros(len(change.row))) for change in changes)]
    told, values = np.concatenate(told)[order], np.concatenate(values).astype(np.float64)[order]
    # Every row begins with a told value, so the last told place never lies in the row before.
    return values[np.maximum.accumulate(np.where(told, np.arange(len(order)), 0))]
