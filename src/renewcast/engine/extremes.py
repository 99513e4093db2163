"""The kernel of what is the last or the first, the largest or the smallest: running maxima over the grid."""

import numpy as np

from renewcast.engine.facts import Facts, Weeks


def running_extreme(weeks: Weeks, late: Facts, value, n_owners: int, n_snapshots: int):
    """Return the largest value visible at each snapshot; for the smallest, give negative values.

    Facts that never leave are a running maximum; the few that do leave are written into each snapshot of their interval.

    Parameters
    ----------
    weeks : Weeks
        Largest value of prompt facts; -inf where there are none.
    late : Facts
        The others.
    value : array of whole numbers, shape (n_late_facts,)
        Below 2**53 in size.
    n_owners, n_snapshots : int

    Returns
    -------
    array of float64, shape (n_owners, n_snapshots)
        -inf where nothing is visible.

    Examples
    --------
    >>> from renewcast.engine.facts import FOREVER
    >>> facts = Facts(np.array([0, 0]), np.array([0, 1]), np.array([1, 2]), np.full(2, FOREVER))
    >>> running_extreme(facts.prompt.weeks("largest", np.array([5.0, 3.0]), 1, 3), facts.late, np.zeros(0), 1, 3)
    array([[-inf,   5.,   5.]])
    """
    grid = np.full((n_owners, n_snapshots), -np.inf)
    shown = weeks.values[:, : n_snapshots - 1 - weeks.first]
    if weeks.first < 0:
        grid[:, 0] = np.max(shown[:, : -weeks.first], axis=1, initial=-np.inf)
    ahead = shown[:, -weeks.first :]
    grid[:, 1 : ahead.shape[1] + 1] = ahead
    grid = grid.ravel()
    owner, enter, leave = late.owner.astype("int64"), np.maximum(late.enter, 0), late.gone
    value = np.asarray(value, dtype="float64")
    stays = (leave >= n_snapshots) & (enter < n_snapshots)
    np.maximum.at(grid, owner[stays] * n_snapshots + enter[stays], value[stays])
    grid = np.maximum.accumulate(grid.reshape(n_owners, n_snapshots), axis=1).ravel()
    leaves = (leave < n_snapshots) & (enter < leave)
    length = (leave - enter)[leaves].astype("int64")
    offset = np.arange(length.sum()) - np.repeat(np.cumsum(length) - length, length)
    place = np.repeat(owner[leaves] * n_snapshots + enter[leaves], length) + offset
    np.maximum.at(grid, place, np.repeat(value[leaves], length))
    return grid.reshape(n_owners, n_snapshots)


def extreme_at(weeks: Weeks, late: Facts, value, n_owners: int, snapshot: int):
    """Return the largest value visible at one snapshot; see :func:`running_extreme`.

    Returns
    -------
    array of float64, shape (n_owners,)

    Examples
    --------
    >>> from renewcast.engine.facts import FOREVER
    >>> facts = Facts(np.array([0, 0]), np.array([0, 1]), np.array([1, 2]), np.full(2, FOREVER))
    >>> extreme_at(facts.prompt.weeks("largest", np.array([5.0, 3.0]), 1, 3), facts.late, np.zeros(0), 1, 2)
    array([5.])
    """
    largest = weeks.shown(snapshot, None, 0).max(axis=1, initial=-np.inf)
    seen = late.seen_at(None, 0, snapshot)
    np.maximum.at(largest, late.owner[seen], np.asarray(value, dtype="float64")[seen])
    return largest
