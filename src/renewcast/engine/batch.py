"""Rows that are read together, counted by their places on the grid of weeks x accounts.

Rows of a file lie near each other in time, so the places of one batch are few weeks of the grid, and what is counted there
stays in the processor's cache. What several measures ask of one column is counted once: its rows by place and code.
"""

import functools

import numpy as np

ROOM = 4
"""Cells that a table of counts has at most, for each row that is counted; beyond it, clearing costs more than counting."""


class Batch:
    """Rows, of which some belong onto the grid.

    Parameters
    ----------
    rows : pyarrow.Table
        One chunk a column; text columns are dictionaries.
    account : array of int32, shape (n_rows,)
    week, weekday : array of int32, shape (n_rows,)
        Columns of the grid, and days of the week, 0 to 6.
    apart : array of int, shape (n_apart,)
        The rows that do not belong onto the grid; their week is the column after the last.
    n_accounts : int
        Accounts of the grid.

    Examples
    --------
    >>> import pyarrow as pa
    >>> rows = pa.table({"action": pa.array(["view", "edit", "view", "view"]).dictionary_encode()})
    >>> account, week = np.array([0, 1, 1, 0], dtype="int32"), np.array([5, 5, 5, 6], dtype="int32")
    >>> batch = Batch(rows, account, week, np.zeros(4, dtype="int32"), np.array([3]), n_accounts=2)
    >>> batch.where, batch.tally("action").tolist()
    (slice(10, 12, None), [[1, 1], [0, 1], [0, 0]])
    """

    def __init__(self, rows, account, week, weekday, apart, n_accounts: int):
        self.rows, self.account, self.week, self.weekday = rows, account, week, weekday
        self._apart, self._n_accounts = apart, n_accounts
        self._codes: dict = {}
        self._tallies: dict = {}

    def take(self, chosen) -> "Batch":
        """Choose rows by their positions; what is known of the different values of their columns stays known."""
        rows = self.rows.take(chosen).combine_chunks()
        taken = Batch(rows, self.account[chosen], self.week[chosen], self.weekday[chosen], chosen[:0], self._n_accounts)
        taken._codes = {name: (different, code[chosen]) for name, (different, code) in self._codes.items()}
        return taken

    @functools.cached_property
    def _places(self):
        """Return which places of the grid there are, how many, and which of them each row has."""
        week, low = self.week, int(self.week.min())
        if len(self._apart):
            # Rows that stand apart must not widen the part of the grid that is looked at.
            week = week.copy()
            week[self._apart] = low
        size = (int(week.max()) + 1 - low) * self._n_accounts
        if size <= self._room:
            where = slice(low * self._n_accounts, low * self._n_accounts + size)
            place = (week - np.int32(low)) * np.int32(self._n_accounts) + self.account
        else:
            where, place = np.unique(week.astype("int64") * self._n_accounts + self.account, return_inverse=True)
            size = len(where)
        # Those that stand apart are counted in a place of their own, which costs less than leaving them out.
        place[self._apart] = size
        return where, size, place

    @property
    def where(self):
        """Return the places of the flat grid of weeks x accounts that rows of this batch have: a slice, or an array of int."""
        return self._places[0]

    @property
    def _size(self) -> int:
        return self._places[1]

    @property
    def _place(self):
        return self._places[2]

    @property
    def _room(self) -> int:
        return min(ROOM * (len(self.week) + 250), 2**31 - 1)

    def codes(self, name: str):
        """Return the different values of a text or boolean column, and which of them each row has.

        Returns
        -------
        tuple of pyarrow.Array, array of int32
            The code of NULL is the number of different values.
        """
        import pyarrow as pa

        if name not in self._codes:
            column = self.rows[name].chunk(0)
            if pa.types.is_boolean(column.type):
                different, code = pa.array([False, True]), column.cast("int32")
            else:
                different, code = column.dictionary, column.indices.cast("int32")
            code = code.fill_null(len(different)) if code.null_count else code
            self._codes[name] = different, code.to_numpy()
        return self._codes[name]

    def tally(self, name: str):
        """Count rows by the codes of a column and by place.

        Returns
        -------
        array of int, shape (n_different + 1, n_places), or None
            The last row is NULL's; None where there are too many different values.
        """
        if name not in self._tallies:
            different, code = self.codes(name)
            self._tallies[name] = self._count(code, len(different) + 1)
        return self._tallies[name]

    def _count(self, code, n_codes: int):
        size = self._size + 1
        if n_codes * size > self._room:
            return None
        counts = np.bincount(code * np.int32(size) + self._place, minlength=n_codes * size)
        return counts.reshape(n_codes, size)[:, :-1]

    @functools.cached_property
    def _by_day(self):
        return self._count(self.weekday, 7)

    def counts(self):
        """Count rows by place."""
        if self._by_day is not None:
            return self._by_day.sum(axis=0)
        return np.bincount(self._place, minlength=self._size + 1)[:-1]

    def sums(self, value):
        """Sum a value of each row by place."""
        return np.bincount(self._place, value, self._size + 1)[:-1]

    def days(self, counts=None):
        """Return the days of rows by place, as bits.

        Parameters
        ----------
        counts : array of bool, shape (n_rows,), optional
            Rows that count; all when absent.
        """
        if counts is None and self._by_day is not None:
            return np.packbits(self._by_day > 0, axis=0, bitorder="little")[0]
        bits = np.zeros(self._size + 1, dtype="uint8")
        chosen = slice(None) if counts is None else np.flatnonzero(counts)
        np.bitwise_or.at(bits, self._place[chosen], self.bits()[chosen])
        return bits[:-1]

    def bits(self):
        """Return 1, 2, 4, ... 64 for the day of the week of each row; uint8."""
        return (1 << self.weekday).astype("uint8")

    def sights(self, name: str):
        """Tell which values of a text column were there, and where.

        Returns
        -------
        tuple of three arrays
            Code, account, week; the same may be told several times, and rows that stand apart may be told with their week.
        """
        different, code = self.codes(name)
        tally = self.tally(name)
        if tally is not None:
            code, place = np.nonzero(tally[:-1])
            place = place + self.where.start if isinstance(self.where, slice) else self.where[place]
            week, account = np.divmod(place, self._n_accounts)
            return code, account, week
        if not self.rows[name].null_count:
            return code, self.account, self.week
        there = np.flatnonzero(code < len(different))
        return code[there], self.account[there], self.week[there]
