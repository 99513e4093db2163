"""The kernel: every window of every measure from rolled-up cells, by visibility intervals and cumulative sums.

A fact that happened in cell ``o``, entered what was known at snapshot ``e`` and left it at snapshot ``g`` (replaced, or never:
``FOREVER``) is visible to a window of ``W`` weeks at the snapshots ``[e, min(o + W + 1, g))``. It adds its value on entry and
takes it away on exit; a running sum over the grid of accounts x snapshots is the window at every snapshot, late and restated
facts included. Values are whole numbers below 2**53, so float64 sums are exact and their order never matters.
"""

import numpy as np

FOREVER = np.int64(2**31)


def exits(happened, gone, window_weeks: int | None):
    """Return the snapshot at which each fact leaves a window.

    Parameters
    ----------
    happened, gone : array of int64, shape (n_facts,)
        Cell in which it happened; snapshot from which it no longer counts.
    window_weeks : int or None
        None is the whole past.

    Returns
    -------
    array of int64, shape (n_facts,)
    """
    return gone if window_weeks is None else np.minimum(happened + window_weeks + 1, gone)


def running_sum(account, enter, leave, value, n_accounts: int, n_snapshots: int):
    """Sum the values that are visible at each snapshot.

    Parameters
    ----------
    account : array of int64, shape (n_facts,)
        Row of the grid, 0 .. n_accounts - 1.
    enter, leave : array of int64, shape (n_facts,)
        Visible at the snapshots enter <= k < leave; enter may be negative (before the calendar).
    value : array of int64 or float64 whole numbers, shape (n_facts,)
    n_accounts, n_snapshots : int

    Returns
    -------
    array of float64, shape (n_accounts, n_snapshots)

    Examples
    --------
    >>> import numpy as np
    >>> one = np.array([0])
    >>> running_sum(one, np.array([1]), np.array([3]), np.array([5]), 1, 4)
    array([[0., 5., 5., 0.]])
    """
    enter = np.maximum(enter, 0)
    shown = (enter < leave) & (enter < n_snapshots)
    width = n_snapshots + 1
    start = account[shown] * width + enter[shown]
    stop = account[shown] * width + np.minimum(leave[shown], n_snapshots)
    weights = np.asarray(value)[shown].astype("float64")
    grid = np.bincount(start, weights, n_accounts * width) - np.bincount(stop, weights, n_accounts * width)
    return np.cumsum(grid.reshape(n_accounts, width), axis=1)[:, :n_snapshots]


def distinct(account, key, enter, leave, n_accounts: int, n_snapshots: int):
    """Count the distinct keys (users, modules, days) of which at least one fact is visible.

    The intervals of one key are merged first, so that each key counts once; then they add one on entry and take it on exit.

    Parameters
    ----------
    account, key, enter, leave : array of int64, shape (n_facts,)
    n_accounts, n_snapshots : int

    Returns
    -------
    array of float64, shape (n_accounts, n_snapshots)

    Examples
    --------
    >>> import numpy as np
    >>> two = np.array([0, 0])
    >>> distinct(two, np.array([9, 9]), np.array([0, 1]), np.array([2, 3]), 1, 4)
    array([[1., 1., 1., 0.]])
    """
    shown = enter < leave
    account, key, enter, leave = account[shown], key[shown], enter[shown], leave[shown]
    order = np.lexsort((enter, key, account))
    account, key, enter, leave = account[order], key[order], enter[order], leave[order]
    if len(account) == 0:
        return np.zeros((n_accounts, n_snapshots))
    new_key = np.r_[True, (account[1:] != account[:-1]) | (key[1:] != key[:-1])]
    # One running maximum serves all keys when each key's intervals are lifted above those of the key before.
    lift = np.cumsum(new_key) * np.int64(2**33)
    reach = np.maximum.accumulate(leave + lift)
    opens = np.r_[True, (enter + lift)[1:] > reach[:-1]]
    first = np.flatnonzero(opens)
    last = np.r_[first[1:] - 1, len(opens) - 1]
    merged_leave = reach[last] - lift[last]
    return running_sum(account[first], enter[first], merged_leave, np.ones(len(first)), n_accounts, n_snapshots)


def running_extreme(account, enter, leave, value, n_accounts: int, n_snapshots: int, *, latest: bool):
    """Return the largest (or smallest) value visible at each snapshot.

    Facts that never leave are a running maximum; the few that do leave are written into each snapshot of their interval.

    Parameters
    ----------
    account, enter, leave : array of int64, shape (n_facts,)
    value : array of int64, shape (n_facts,)
        Below 2**53 in size; seconds since 1970, as a rule.
    n_accounts, n_snapshots : int
    latest : bool
        True for the maximum, False for the minimum.

    Returns
    -------
    array of float64, shape (n_accounts, n_snapshots)
        NaN where nothing is visible.

    Examples
    --------
    >>> import numpy as np
    >>> running_extreme(np.array([0, 0]), np.array([1, 2]), np.array([9, 9]), np.array([5, 3]), 1, 3, latest=True)
    array([[nan,  5.,  5.]])
    """
    sign = 1.0 if latest else -1.0
    grid = np.full(n_accounts * n_snapshots, -np.inf)
    enter = np.maximum(enter, 0)
    signed = sign * np.asarray(value, dtype="float64")
    stays = (leave >= n_snapshots) & (enter < n_snapshots)
    np.maximum.at(grid, account[stays] * n_snapshots + enter[stays], signed[stays])
    grid = np.maximum.accumulate(grid.reshape(n_accounts, n_snapshots), axis=1).ravel()
    leaves = (leave < n_snapshots) & (enter < leave)
    length = (leave - enter)[leaves]
    offset = np.arange(length.sum()) - np.repeat(np.cumsum(length) - length, length)
    place = np.repeat(account[leaves] * n_snapshots + enter[leaves], length) + offset
    np.maximum.at(grid, place, np.repeat(signed[leaves], length))
    grid = grid.reshape(n_accounts, n_snapshots)
    return np.where(np.isneginf(grid), np.nan, sign * grid)
