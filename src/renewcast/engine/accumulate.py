"""The kernel: every window of every measure from rolled-up cells, by visibility intervals and cumulative sums.

A fact that happened in cell ``o``, entered what was known at snapshot ``e`` and left it at snapshot ``g`` (replaced, or never:
``FOREVER``) is visible to a window of ``W`` weeks at the snapshots ``[e, min(o + W + 1, g))``. It adds its value on entry and
takes it away on exit; a running sum over the grid of accounts x snapshots is the window at every snapshot, late and restated
facts included.

Most facts are *prompt*: known in the week in which they happened (``e = o + 1``) and never replaced. For them one running sum
over the weeks serves every window, as the difference of two of its columns; only the others pay for an interval of their own
in each window. Values are whole numbers below 2**53, so float64 sums are exact and their order never matters.
"""

import dataclasses

import numpy as np

FOREVER = np.int32(2**31 - 1)
LAST_VALUES = 2**20
"""Values of "last" and "first" lie below it, so that second and value fit into one number below 2**53."""
EARLIEST = -520
"""Weeks before the first snapshot that the grid of prompt facts reaches back; what lies further back is handled one by one."""


@dataclasses.dataclass(frozen=True)
class Facts:
    """Cells of one measure: parallel arrays, one entry a group.

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

    @property
    def prompt(self):
        """Tell which facts were known in the week in which they happened, and were never replaced."""
        return (self.enter == self.happened + 1) & (self.gone == FOREVER) & (self.happened >= EARLIEST)

    def interval(self, weeks: int | None, skip: int):
        """Return the first snapshot at which each fact is in a window, and the first at which it no longer is.

        The window is so many weeks long and ends ``skip`` weeks before the snapshot; None weeks is the whole past.
        """
        enter = np.maximum(self.enter, self.happened + skip + 1) if skip else self.enter
        if weeks is None:
            return enter, self.gone
        return enter, np.minimum(self.happened.astype("int64") + (weeks + skip + 1), self.gone)


def running_sum(owner, enter, leave, value, n_owners: int, n_snapshots: int):
    """Sum the values that are visible at each snapshot.

    Parameters
    ----------
    owner : array of int, shape (n_facts,)
        Row of the grid, 0 .. n_owners - 1.
    enter, leave : array of int, shape (n_facts,)
        Visible at the snapshots enter <= k < leave; enter may be negative (before the calendar).
    value : array of whole numbers, shape (n_facts,)
    n_owners, n_snapshots : int

    Returns
    -------
    array of float64, shape (n_owners, n_snapshots)

    Examples
    --------
    >>> one = np.array([0])
    >>> running_sum(one, np.array([1]), np.array([3]), np.array([5]), 1, 4)
    array([[0., 5., 5., 0.]])
    """
    enter = np.maximum(enter, 0)
    shown = (enter < leave) & (enter < n_snapshots)
    width = n_snapshots + 1
    row = owner[shown].astype("int64") * width
    weights = np.asarray(value)[shown].astype("float64")
    grid = np.bincount(row + enter[shown], weights, n_owners * width)
    grid -= np.bincount(row + np.minimum(leave[shown], n_snapshots), weights, n_owners * width)
    return np.cumsum(grid.reshape(n_owners, width), axis=1)[:, :n_snapshots]


class Sums:
    """Windows of a measure that adds up.

    Parameters
    ----------
    facts : Facts
    value : array of whole numbers, shape (n_facts,)
    n_owners, n_snapshots : int

    Examples
    --------
    >>> facts = Facts(np.array([0, 0]), np.array([0, 1]), np.array([1, 3]), np.array([FOREVER, FOREVER]))
    >>> Sums(facts, np.array([5, 7]), 1, 5).read(np.zeros(5, int), np.arange(5), 2).tolist()
    [0.0, 5.0, 5.0, 7.0, 0.0]
    """

    def __init__(self, facts: Facts, value, n_owners: int, n_snapshots: int):
        self._size = n_owners, n_snapshots
        prompt = facts.prompt
        self._late, self._late_value = facts.take(~prompt), value[~prompt]
        facts, value = facts.take(prompt), value[prompt]
        self._first = int(facts.happened.min(initial=0))
        # One column more on the left, so that a window is always the difference of two columns.
        width = n_snapshots - self._first + 1
        place = facts.owner.astype("int64") * width + (facts.happened.astype("int64") - self._first + 1)
        grid = np.bincount(place, value.astype("float64"), n_owners * width).reshape(n_owners, width)
        self._upto = np.cumsum(grid, axis=1)

    def read(self, owner, number, weeks: int | None, skip: int = 0):
        """Return the window at given (owner, snapshot) rows; None weeks is the whole past.

        Returns
        -------
        array of float64, shape (n_rows,)
        """
        last = number - skip - self._first
        total = self._upto[owner, np.maximum(last, 0)]
        if weeks is not None:
            total = total - self._upto[owner, np.maximum(last - weeks, 0)]
        if len(self._late.owner):
            enter, leave = self._late.interval(weeks, skip)
            total = total + running_sum(self._late.owner, enter, leave, self._late_value, *self._size)[owner, number]
        return total


class Distincts:
    """Windows of a count of different keys (users, modules) of which at least one fact is visible.

    Parameters
    ----------
    facts : Facts
        Of keys: ``owner`` is the key's number.
    owner_of_key : array of int, shape (n_keys,)
        Ascending: the keys of one owner stand together.
    n_owners, n_snapshots : int

    Examples
    --------
    >>> facts = Facts(np.array([0, 0, 1]), np.array([0, 1, 1]), np.array([1, 2, 2]), np.full(3, FOREVER))
    >>> Distincts(facts, np.array([0, 0]), 1, 4).read(np.zeros(4, int), np.arange(4), 1).tolist()
    [0.0, 1.0, 2.0, 0.0]
    """

    def __init__(self, facts: Facts, owner_of_key, n_owners: int, n_snapshots: int):
        self._n_owners, self._n_snapshots = n_owners, n_snapshots
        self._first_key = np.flatnonzero(np.r_[True, owner_of_key[1:] != owner_of_key[:-1]]) if len(owner_of_key) else None
        self._owner_of_key = owner_of_key
        prompt = facts.prompt
        self._late = facts.take(~prompt)
        facts = facts.take(prompt)
        self._first = int(facts.happened.min(initial=0))
        width = n_snapshots - self._first + 1
        used = np.zeros((len(owner_of_key), width), dtype="uint8")
        used[facts.owner, facts.happened.astype("int64") - self._first + 1] = 1
        self._upto = np.cumsum(used, axis=1, dtype="int16")

    def read(self, owner, number, weeks: int | None, skip: int = 0):
        """Return the count at given (owner, snapshot) rows; None weeks is the whole past.

        Returns
        -------
        array of float64, shape (n_rows,)
        """
        if self._first_key is None:
            return np.zeros(len(owner))
        snapshots, column = np.unique(number, return_inverse=True)
        last = snapshots - skip - self._first
        visible = self._upto[:, np.maximum(last, 0)]
        visible = visible > (0 if weeks is None else self._upto[:, np.maximum(last - weeks, 0)])
        if len(self._late.owner):
            enter, leave = self._late.interval(weeks, skip)
            keys, key = np.unique(self._late.owner, return_inverse=True)
            ones = np.ones(len(key))
            visible[keys] |= running_sum(key, enter, leave, ones, len(keys), self._n_snapshots)[:, snapshots] > 0
        counts = np.zeros((self._n_owners, len(snapshots)))
        counts[self._owner_of_key[self._first_key]] = np.add.reduceat(visible, self._first_key, axis=0, dtype="int32")
        return counts[owner, column]


class Days:
    """Windows of a count of different calendar days, from the days of each cell as bits.

    A day lies in one week only, so the days of prompt facts add up. Of other facts only those days count one by one that no
    prompt fact of their week shows already.

    Parameters
    ----------
    facts : Facts
    bits : array of int, shape (n_facts,)
        1, 2, 4, ... 64 for the first to the seventh day of the week, added up.
    n_owners, n_snapshots : int

    Examples
    --------
    >>> facts = Facts(np.array([0, 0]), np.array([0, 0]), np.array([1, 2]), np.full(2, FOREVER))
    >>> Days(facts, np.array([3, 6]), 1, 4).read(np.zeros(4, int), np.arange(4), None).tolist()
    [0.0, 2.0, 3.0, 3.0]
    """

    def __init__(self, facts: Facts, bits, n_owners: int, n_snapshots: int):
        bits = np.asarray(bits, dtype="int64")
        prompt = facts.prompt
        first = int(facts.happened[prompt].min(initial=0))
        shown = np.zeros((n_owners, n_snapshots - first), dtype="uint8")
        there = facts.owner[prompt], facts.happened[prompt] - first
        np.bitwise_or.at(shown, there, bits[prompt].astype("uint8"))
        owner, week = np.nonzero(shown)
        once = Facts(owner, week + first, week + first + 1, np.full(len(owner), FOREVER))
        self._prompt = Sums(once, np.bitwise_count(shown[owner, week]), n_owners, n_snapshots)
        late, bits = facts.take(~prompt), bits[~prompt]
        inside = (late.happened >= first) & (late.happened < n_snapshots)
        already = np.where(inside, shown[late.owner, np.where(inside, late.happened - first, 0)], 0)
        which, day = np.nonzero((bits & ~already.astype("int64"))[:, None] & (1 << np.arange(7)))
        key = (late.owner[which].astype("int64") * 2**20 + late.happened[which] + 2**19) * 7 + day
        keys, number = np.unique(key, return_inverse=True)
        apart = late.take(which)
        apart = Facts(number, apart.happened, apart.enter, apart.gone)
        self._late = Distincts(apart, keys // (7 * 2**20), n_owners, n_snapshots) if len(keys) else None

    def read(self, owner, number, weeks: int | None, skip: int = 0):
        """Return the count at given (owner, snapshot) rows; None weeks is the whole past.

        Returns
        -------
        array of float64, shape (n_rows,)
        """
        total = self._prompt.read(owner, number, weeks, skip)
        return total if self._late is None else total + self._late.read(owner, number, weeks, skip)


def running_extreme(facts: Facts, value, n_owners: int, n_snapshots: int, *, largest: bool):
    """Return the largest (or smallest) value visible at each snapshot.

    Facts that never leave are a running maximum; the few that do leave are written into each snapshot of their interval.

    Parameters
    ----------
    facts : Facts
    value : array of whole numbers, shape (n_facts,)
        Below 2**53 in size.
    n_owners, n_snapshots : int
    largest : bool
        True for the maximum, False for the minimum.

    Returns
    -------
    array of float64, shape (n_owners, n_snapshots)
        NaN where nothing is visible.

    Examples
    --------
    >>> facts = Facts(np.array([0, 0]), np.array([0, 1]), np.array([1, 2]), np.full(2, FOREVER))
    >>> running_extreme(facts, np.array([5, 3]), 1, 3, largest=True)
    array([[nan,  5.,  5.]])
    """
    sign = 1.0 if largest else -1.0
    grid = np.full(n_owners * n_snapshots, -np.inf)
    owner, enter, leave = facts.owner.astype("int64"), np.maximum(facts.enter, 0), facts.gone
    signed = sign * np.asarray(value, dtype="float64")
    stays = (leave >= n_snapshots) & (enter < n_snapshots)
    np.maximum.at(grid, owner[stays] * n_snapshots + enter[stays], signed[stays])
    grid = np.maximum.accumulate(grid.reshape(n_owners, n_snapshots), axis=1).ravel()
    leaves = (leave < n_snapshots) & (enter < leave)
    length = (leave - enter)[leaves].astype("int64")
    offset = np.arange(length.sum()) - np.repeat(np.cumsum(length) - length, length)
    place = np.repeat(owner[leaves] * n_snapshots + enter[leaves], length) + offset
    np.maximum.at(grid, place, np.repeat(signed[leaves], length))
    grid = grid.reshape(n_owners, n_snapshots)
    return np.where(np.isneginf(grid), np.nan, sign * grid)
