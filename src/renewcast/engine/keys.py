"""Accounts and keys (users, modules) as numbers, from the dictionaries in which Parquet keeps text."""

import numpy as np

SHARED_KEYS = 64
"""Most different keys that are kept apart for every account, where one belongs to several."""


class UnfitKeys(Exception):
    """A key belongs to several accounts, and there are too many keys to keep each apart for every account."""


class Codes:
    """Numbers for values, in the order in which they are met.

    Parameters
    ----------
    kind : pyarrow.DataType, optional
        Text when absent.

    Examples
    --------
    >>> import pyarrow as pa
    >>> codes = Codes()
    >>> codes.numbers(pa.array(["b", "a"])), codes.numbers(pa.array(["c", "a"])), len(codes.values)
    (array([0, 1], dtype=int32), array([2, 1], dtype=int32), 3)
    """

    def __init__(self, kind=None):
        import pyarrow as pa

        self.values = pa.array([], type=kind or pa.string())

    def places(self, values):
        """Return the number of each value, -1 for those that were not met; int32."""
        import pyarrow.compute as pc

        return pc.index_in(values.cast(self.values.type), self.values).fill_null(-1).to_numpy()

    def numbers(self, values):
        """Return the number of each value; those that were not met get the next ones. int32."""
        import pyarrow as pa

        place = self.places(values)
        missing = np.flatnonzero(place < 0)
        if len(missing):
            new = values.cast(self.values.type).take(pa.array(missing)).dictionary_encode(null_encoding="encode")
            place = place.copy()
            place[missing] = len(self.values) + new.indices.to_numpy()
            self.values = pa.concat_arrays([self.values, new.dictionary])
        return place


class Keys:
    """Numbers for the keys of accounts, and the weeks in which each was there.

    A key, such as a user, belongs to the account in which it was met first. As soon as one is met in a second, all of them are
    kept apart for every account, which is possible where they are few, such as modules.

    Parameters
    ----------
    width : int
        Weeks of the grid.
    """

    def __init__(self, width: int):
        self._codes = Codes()
        self._last = None, None
        self._is_shared = False
        self._owner = np.zeros(0, dtype="int32")
        # Weeks x keys x accounts; the last is one as long as every key has one account. One more week is for what is on no grid.
        self._weeks = np.zeros((width + 1, 0, 1), dtype="uint8")

    @property
    def texts(self) -> int:
        """How many different keys were met."""
        return len(self._codes.values)

    def number(self, different, code, account, n_accounts: int):
        """Return the number of each different key, int32, and remember whose they are.

        Parameters
        ----------
        different : pyarrow.Array
        code, account : array of int, shape (n_rows,)
            A place among the different keys, and an account in which it is.
        n_accounts : int

        Raises
        ------
        UnfitKeys
        """
        if different is not self._last[0]:
            self._last = different, self._codes.numbers(different)
        number = self._last[1]
        self._make_room(n_accounts)
        if not self._is_shared and not self._belong(number, code, account):
            self._share(n_accounts)
        if self._is_shared and self.texts > SHARED_KEYS:
            raise UnfitKeys
        return number

    def _make_room(self, n_accounts: int) -> None:
        if self.texts > len(self._owner):
            room = with_spare(len(self._owner), self.texts)
            self._owner, self._weeks = grown(self._owner, 0, room, -1), grown(self._weeks, 1, room)
        if self._is_shared:
            self._weeks = grown(self._weeks, 2, n_accounts)

    def _belong(self, number, code, account) -> bool:
        """Tell whether all keys belong to one account each, and remember it."""
        owner = self._owner[number]
        other = np.flatnonzero(owner[code] != account)
        if not len(other):
            return True
        number, account = number[code[other]], account[other]
        if (self._owner[number] >= 0).any():
            return False
        self._owner[number] = account
        return bool((self._owner[number] == account).all())

    def _share(self, n_accounts: int) -> None:
        if self.texts > SHARED_KEYS:
            raise UnfitKeys
        owned = np.flatnonzero(self._owner >= 0)
        weeks = np.zeros((*self._weeks.shape[:2], n_accounts), dtype="uint8")
        weeks[:, owned, self._owner[owned]] = self._weeks[:, owned, 0]
        self._weeks, self._is_shared = weeks, True

    def mark(self, number, account, week) -> None:
        """Remember that keys of accounts were there in weeks, or in the week after the last."""
        weeks = self._weeks
        place = week.astype("int64") * (weeks.shape[1] * weeks.shape[2]) + self._row(number, account)
        weeks.reshape(-1)[place] = 1

    def _row(self, number, account):
        """Return the row of a key of an account."""
        return number * np.int64(self._weeks.shape[2]) + account if self._is_shared else number

    def of(self, local, number, account):
        """Return the keys of some accounts.

        Parameters
        ----------
        local : array of int, shape (n_accounts,)
            The account's place among those asked for; -1 for the others.
        number, account : array of int, shape (n_rows,)
            Keys, and whose they are.

        Returns
        -------
        tuple of three arrays
            The place of each row's key among the keys, -1 for the others; the account's place of each key, ascending; the weeks.
        """
        n_keys, n_owners = self._weeks.shape[1:]
        owner = np.tile(np.arange(n_owners), n_keys) if self._is_shared else self._owner
        owner = np.where(owner >= 0, local[owner], -1)
        order = np.argsort(owner, kind="stable")
        order = order[np.searchsorted(owner[order], 0) :]
        rank = np.full(len(owner), -1, dtype="int64")
        rank[order] = np.arange(len(order))
        weeks = self._weeks[:-1].reshape(len(self._weeks) - 1, len(owner))
        return rank[self._row(number, account)], owner[order], weeks.T[order]


def with_spare(room: int, needed: int) -> int:
    """Return how much room to make where there is too little: some to spare, so that it is not made again and again."""
    return max(needed, room + room // 4)


def grown(array, axis: int, size: int, fill=0):
    """Return an array with room for so many along an axis; the same where it has."""
    if array.shape[axis] >= size:
        return array
    more = list(array.shape)
    more[axis] = size - array.shape[axis]
    return np.concatenate([array, np.full(more, fill, dtype=array.dtype)], axis=axis)
