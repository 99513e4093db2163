"""The kernel: every window of every measure from rolled-up cells, by visibility intervals and cumulative sums.

A fact adds its value where it enters a window and takes it away where it leaves (:mod:`renewcast.engine.facts`); a running
sum over the grid of accounts x snapshots is the window at every snapshot, late and restated facts included.

Most facts are *prompt*: known in the week in which they happened and never replaced. For them one running sum over the weeks
serves every window, as the difference of two of its columns; only the others pay for an interval of their own in each window.
Values are whole numbers below 2**53, so float64 sums are exact and their order never matters.
"""

import functools

import numpy as np

from renewcast.engine.facts import Facts, Weeks


def running_sum(facts: Facts, value, weeks: int | None, skip: int, n_owners: int, n_snapshots: int):
    """Sum the values that are visible at each snapshot, whenever they became known.

    Parameters
    ----------
    facts : Facts
    value : array of whole numbers, shape (n_facts,)
    weeks : int or None
        Length of the window; None is the whole past.
    skip : int
        Weeks between the window's end and the snapshot.
    n_owners, n_snapshots : int

    Returns
    -------
    array of float64, shape (n_owners, n_snapshots)

    Examples
    --------
    >>> from renewcast.engine.facts import FOREVER
    >>> fact = Facts(np.array([0]), np.array([0]), np.array([2]), np.array([FOREVER]))
    >>> running_sum(fact, np.array([5]), 2, 0, 1, 4)
    array([[0., 0., 5., 0.]])
    """
    start, stop, shown = facts.interval(weeks, skip, n_snapshots)
    size = n_owners * (n_snapshots + 1)
    value = value[shown]
    grid = np.bincount(start, value, size)
    grid -= np.bincount(stop, value, size)
    return np.cumsum(grid.reshape(n_owners, n_snapshots + 1), axis=1, dtype="float64")[:, :n_snapshots]


def upto(weeks: Weeks, n_snapshots: int, dtype: str):
    """Sum up the weeks before each column; one column more on the left, so that a window is the difference of two.

    Returns
    -------
    array, shape (n_owners, n_snapshots - first + 1)
    """
    width = n_snapshots - weeks.first
    shown = weeks.values[:, :width]
    total = np.zeros((len(shown), width + 1), dtype=dtype)
    np.cumsum(shown, axis=1, dtype=dtype, out=total[:, 1 : shown.shape[1] + 1])
    total[:, shown.shape[1] + 1 :] = total[:, shown.shape[1], None]
    return total


class Sums:
    """Windows of a measure that adds up.

    Parameters
    ----------
    weeks : Weeks
        Totals of prompt facts.
    late : Facts
        The others.
    value : array of whole numbers, shape (n_late_facts,)
    n_owners, n_snapshots : int

    Examples
    --------
    >>> from renewcast.engine.facts import FOREVER
    >>> facts = Facts(np.array([0, 0]), np.array([0, 1]), np.array([1, 3]), np.array([FOREVER, FOREVER]))
    >>> sums = Sums(facts.prompt.weeks("sum", np.array([5]), 1, 5), facts.late, np.array([7]), 1, 5)
    >>> sums.read(np.arange(5), 2)
    array([[0., 5., 5., 7., 0.]])
    """

    def __init__(self, weeks: Weeks, late: Facts, value, n_owners: int, n_snapshots: int):
        self._size = n_owners, n_snapshots
        self._late, self._late_value = late, value
        self._weeks = weeks

    @functools.cached_property
    def _upto(self):
        return upto(self._weeks, self._size[1], "float64")

    def read(self, snapshots, weeks: int | None, skip: int = 0):
        """Return the window at each owner and snapshot; None weeks is the whole past.

        Parameters
        ----------
        snapshots : array of int, shape (n_asked,)
            Their numbers, ascending.
        weeks : int or None
        skip : int
            Weeks between the window's end and the snapshot.

        Returns
        -------
        array of float64, shape (n_owners, n_asked)
        """
        if len(snapshots) == 1:
            return self._read_one(int(snapshots[0]), weeks, skip)[:, None]
        total = _window(self._upto, snapshots - (skip + self._weeks.first), weeks)
        if len(self._late.owner):
            total += running_sum(self._late, self._late_value, weeks, skip, *self._size)[:, _evenly(snapshots)]
        return total

    def _read_one(self, snapshot: int, weeks: int | None, skip: int):
        total = self._weeks.shown(snapshot, weeks, skip).sum(axis=1, dtype="float64")
        if len(self._late.owner):
            seen = self._late.seen_at(weeks, skip, snapshot)
            total += np.bincount(self._late.owner[seen], self._late_value[seen], self._size[0])
        return total


class Distincts:
    """Windows of a count of different keys (users, modules) of which at least one fact is visible.

    Parameters
    ----------
    weeks : Weeks
        1 where a key had a prompt fact; one row a key.
    late : Facts
        The others; ``owner`` is the key's number.
    owner_of_key : array of int, shape (n_keys,)
        The keys of one owner stand together.
    n_owners, n_snapshots : int

    Examples
    --------
    >>> from renewcast.engine.facts import FOREVER
    >>> facts = Facts(np.array([0, 0, 1]), np.array([0, 1, 1]), np.array([1, 2, 2]), np.full(3, FOREVER))
    >>> users = Distincts(facts.prompt.weeks("any", np.ones(3), 2, 4), facts.late, np.array([0, 0]), 1, 4)
    >>> users.read(np.arange(4), 1)
    array([[0., 1., 2., 0.]])
    """

    def __init__(self, weeks: Weeks, late: Facts, owner_of_key, n_owners: int, n_snapshots: int):
        self._n_owners, self._n_snapshots = n_owners, n_snapshots
        self._starts = np.flatnonzero(np.diff(owner_of_key, prepend=-1))
        self._owners_with_keys = owner_of_key[self._starts]
        self._facts, self._weeks = late, weeks

    @functools.cached_property
    def _upto(self):
        return upto(self._weeks, self._n_snapshots, "int16")

    @functools.cached_property
    def _late(self):
        """Return the keys that have late facts, and the facts with their places among them."""
        keys, key = np.unique(self._facts.owner, return_inverse=True)
        return keys, Facts(key, self._facts.happened, self._facts.enter, self._facts.gone)

    def read(self, snapshots, weeks: int | None, skip: int = 0):
        """Return the count at each owner and snapshot; see :meth:`Sums.read`."""
        if len(snapshots) == 1:
            visible = self._weeks.shown(int(snapshots[0]), weeks, skip).any(axis=1)[:, None]
            visible[self._facts.owner[self._facts.seen_at(weeks, skip, int(snapshots[0]))]] = True
        else:
            visible = _window(self._upto, snapshots - (skip + self._weeks.first), weeks) > 0
            if len(self._facts.owner):
                visible[self._late[0]] |= self._late_visible(weeks, skip)[:, _evenly(snapshots)]
        counts = np.zeros((self._n_owners, len(snapshots)))
        if len(self._starts):
            counts[self._owners_with_keys] = np.add.reduceat(visible, self._starts, axis=0, dtype="int32")
        return counts

    def _late_visible(self, weeks: int | None, skip: int):
        """Tell which keys have a late fact in a window, at each snapshot."""
        width = self._n_snapshots + 1
        keys, facts = self._late
        start, stop, _ = facts.interval(weeks, skip, self._n_snapshots)
        change = np.zeros(len(keys) * width, dtype="int32")
        np.add.at(change, start, 1)
        np.subtract.at(change, stop, 1)
        return np.cumsum(change.reshape(-1, width), axis=1, dtype="int32") > 0


def _window(upto, last, weeks: int | None):
    """Return the difference between the columns where a window ends and where it begins."""
    total = upto[:, _evenly(np.maximum(last, 0))]
    return total.copy() if weeks is None else total - upto[:, _evenly(np.maximum(last - weeks, 0))]


def _evenly(places):
    """Return ascending places as a slice where they stand evenly: a view costs nothing, a copy does."""
    steps = np.diff(places)
    if len(steps) and steps[0] > 0 and (steps == steps[0]).all():
        return slice(int(places[0]), int(places[-1]) + 1, int(steps[0]))
    return places


class Days:
    """Windows of a count of different calendar days, from the days of each cell as bits.

    A day lies in one week only, so the days of prompt facts add up. Of other facts only those days count one by one that no
    prompt fact of their week shows already.

    Parameters
    ----------
    weeks : Weeks
        Days of prompt facts: 1, 2, 4, ... 64 for the first to the seventh day of the week, added up.
    late : Facts
        The others.
    bits : array of int, shape (n_late_facts,)
        Their days.
    n_owners, n_snapshots : int

    Examples
    --------
    >>> from renewcast.engine.facts import FOREVER
    >>> facts = Facts(np.array([0, 0]), np.array([0, 0]), np.array([1, 2]), np.full(2, FOREVER))
    >>> days = Days(facts.prompt.weeks("days", np.array([3]), 1, 4), facts.late, np.array([6]), 1, 4)
    >>> days.read(np.arange(4), None)
    array([[0., 2., 3., 3.]])
    """

    def __init__(self, weeks: Weeks, late: Facts, bits, n_owners: int, n_snapshots: int):
        none = np.zeros(0, dtype="int64")
        counts = Weeks(weeks.first, np.bitwise_count(weeks.values))
        self._prompt = Sums(counts, Facts(none, none, none, none), none, n_owners, n_snapshots)
        column = late.happened - weeks.first
        inside = (column >= 0) & (column < weeks.values.shape[1])
        already = np.where(inside, weeks.values[late.owner, np.where(inside, column, 0)], 0) if weeks.values.shape[1] else 0
        new = np.asarray(bits, dtype="uint8") & ~np.asarray(already, dtype="uint8")
        which, day = np.nonzero(new[:, None] & (1 << np.arange(7, dtype="uint8")))
        key = (late.owner[which].astype("int64") * 2**20 + late.happened[which] + 2**19) * 7 + day
        keys, number = np.unique(key, return_inverse=True)
        apart = late.take(which)
        apart = Facts(number, apart.happened, apart.enter, apart.gone)
        nothing = Weeks(0, np.zeros((len(keys), 0), dtype="uint8"))
        self._late = Distincts(nothing, apart, keys // (7 * 2**20), n_owners, n_snapshots) if len(keys) else None

    def read(self, snapshots, weeks: int | None, skip: int = 0):
        """Return the count at each owner and snapshot; see :meth:`Sums.read`."""
        total = self._prompt.read(snapshots, weeks, skip)
        return total if self._late is None else total + self._late.read(snapshots, weeks, skip)
