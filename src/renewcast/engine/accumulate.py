"""The kernel: every window of every measure from rolled-up cells, by visibility intervals and cumulative sums.

A fact adds its value where it enters a window and takes it away where it leaves (:mod:`renewcast.engine.facts`); a running
sum over the grid of accounts x snapshots is the window at every snapshot, late and restated facts included.

Most facts are *prompt*: known in the week in which they happened and never replaced. For them one running sum over the weeks
serves every window, as the difference of two of its columns; only the others pay for an interval of their own in each window.
Values are whole numbers below 2**53, so float64 sums are exact and their order never matters.
"""

import numpy as np

from renewcast.engine.facts import FOREVER, Facts


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
        self._late, self._late_value = facts.late, value[~facts.is_prompt]
        self._first, width = prompt.first, prompt.width(n_snapshots)
        grid = np.bincount(prompt.place(n_snapshots), value[facts.is_prompt], n_owners * width)
        self._upto = np.cumsum(grid.reshape(n_owners, width), axis=1, dtype="float64")

    def read(self, owner, number, weeks: int | None, skip: int = 0):
        """Return the window at given (owner, snapshot) rows; None weeks is the whole past.

        Returns
        -------
        array of float64, shape (n_rows,)
        """
        last = number - (skip + self._first)
        total = self._upto[owner, np.maximum(last, 0)]
        if weeks is not None:
            total -= self._upto[owner, np.maximum(last - weeks, 0)]
        if len(self._late.owner):
            total += running_sum(self._late, self._late_value, weeks, skip, *self._size)[owner, number]
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
        self._starts = np.flatnonzero(np.diff(owner_of_key, prepend=-1))
        self._owners_with_keys = owner_of_key[self._starts]
        late, prompt = facts.late, facts.prompt
        self._late_keys, key = np.unique(late.owner, return_inverse=True)
        self._late = Facts(key, late.happened, late.enter, late.gone)
        self._first, width = prompt.first, prompt.width(n_snapshots)
        used = np.zeros(len(owner_of_key) * width, dtype="int16")
        used[prompt.place(n_snapshots)] = 1
        self._upto = used.reshape(len(owner_of_key), width)
        np.cumsum(self._upto, axis=1, out=self._upto)

    def read(self, owner, number, weeks: int | None, skip: int = 0):
        """Return the count at given (owner, snapshot) rows; None weeks is the whole past.

        Returns
        -------
        array of float64, shape (n_rows,)
        """
        snapshots, column = np.unique(number, return_inverse=True)
        last = snapshots - (skip + self._first)
        upto = self._upto[:, _evenly(np.maximum(last, 0))]
        visible = upto > (0 if weeks is None else self._upto[:, _evenly(np.maximum(last - weeks, 0))])
        if len(self._late_keys):
            visible[self._late_keys] |= self._late_visible(weeks, skip)[:, _evenly(snapshots)]
        counts = np.zeros((self._n_owners, len(snapshots)))
        if len(self._starts):
            counts[self._owners_with_keys] = np.add.reduceat(visible, self._starts, axis=0, dtype="int32")
        return counts[owner, column]

    def _late_visible(self, weeks: int | None, skip: int):
        """Tell which keys have a late fact in a window, at each snapshot."""
        width = self._n_snapshots + 1
        start, stop, _ = self._late.interval(weeks, skip, self._n_snapshots)
        change = np.zeros(len(self._late_keys) * width, dtype="int32")
        np.add.at(change, start, 1)
        np.subtract.at(change, stop, 1)
        return np.cumsum(change.reshape(-1, width), axis=1, dtype="int32") > 0


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
        bits = np.asarray(bits, dtype="uint8")
        prompt, late = facts.prompt, facts.late
        first, width = prompt.first, prompt.width(n_snapshots)
        shown = np.zeros(n_owners * width, dtype="uint8")
        np.bitwise_or.at(shown, prompt.place(n_snapshots), bits[facts.is_prompt])
        place = np.flatnonzero(shown)
        week = place % width + (first - 1)
        once = Facts(place // width, week, week + 1, np.full(len(place), FOREVER))
        self._prompt = Sums(once, np.bitwise_count(shown[place]), n_owners, n_snapshots)
        inside = (late.happened >= first) & (late.happened < n_snapshots)
        beside = np.where(inside, late.owner.astype("int64") * width + (late.happened - (first - 1)), 0)
        new = bits[~facts.is_prompt] & ~np.where(inside, shown[beside], 0)
        which, day = np.nonzero(new[:, None] & (1 << np.arange(7, dtype="uint8")))
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
