"""Accounts and keys (users, modules) as numbers, from the dictionaries in which Parquet keeps text."""

import numpy as np

SHARED_KEYS = 64
"""Most different keys that are kept apart for every account."""


class UnfitKeys(Exception):
    """A key belongs to several accounts, and there are too many keys to keep each apart for every account."""


class Codes:
    """The places of texts in a list of all of them."""

    def __init__(self, texts):
        import pyarrow as pa

        self._texts = pa.array(texts, type=pa.string())

    def places(self, texts):
        """Return the place of each text, -1 for those that are not there; int64."""
        import pyarrow.compute as pc

        return pc.index_in(texts.cast(self._texts.type), self._texts).fill_null(-1).to_numpy().astype("int64")

    def of(self, column):
        """Return the place of each row's text as int64, -1 for NULL."""
        parts = []
        for chunk in column.chunks:
            place, codes = self.places(chunk.dictionary), chunk.indices
            if codes.null_count:
                # One place more, for NULL; a dictionary may be empty.
                place, codes = np.append(place, -1), codes.cast("int64").fill_null(len(place))
            parts.append(place[codes.to_numpy()])
        return parts[0] if len(parts) == 1 else np.concatenate(parts)


class Keys:
    """Numbers for the keys of accounts, and the weeks in which each was there.

    Few keys, such as modules, are kept apart for every account; of many, such as users, each belongs to one account.
    """

    def __init__(self, table, name: str, n_accounts: int, width: int):
        texts = table.filter(table[name].notnull()).select(name).distinct().to_pyarrow()[name].to_numpy(zero_copy_only=False)
        self._codes, self._n_accounts, self._width = Codes(np.sort(texts)), n_accounts, width
        self.texts, self._is_shared = len(texts), len(texts) <= SHARED_KEYS
        rows = len(texts) * n_accounts if self._is_shared else len(texts)
        self._owner = np.tile(np.arange(n_accounts), len(texts)) if self._is_shared else np.full(len(texts), -1)
        self._weeks = np.zeros(rows * width, dtype="uint8")

    def number(self, column, account):
        """Return the number of each row's key of its account, -1 for NULL."""
        code = self._codes.of(column)
        if self._is_shared:
            number = code * self._n_accounts
            number += account
            return np.where(code >= 0, number, -1) if (code < 0).any() else number
        owner = self._owner[code]
        other = np.flatnonzero(owner != account)
        new = other[(owner[other] < 0) & (code[other] >= 0)]
        self._owner[code[new]] = account[new]
        other = other[code[other] >= 0]
        if (self._owner[code[other]] != account[other]).any():
            raise UnfitKeys
        return code

    def mark(self, number, column) -> None:
        """Remember that keys were there in the weeks of columns."""
        there = number >= 0
        if not there.all():
            number, column = number[there], column[there]
        self._weeks[number * self._width + column] = 1

    def of(self, local):
        """Return the keys of some accounts.

        Parameters
        ----------
        local : array of int, shape (n_accounts,)
            The account's place among those asked for; -1 for the others.

        Returns
        -------
        tuple of three arrays
            The place of each number among the keys, -1 for the others; the account's place of each key, ascending; the weeks.
        """
        owner = np.where(self._owner >= 0, local[self._owner], -1)
        order = np.argsort(owner, kind="stable")
        order = order[np.searchsorted(owner[order], 0) :]
        rank = np.full(len(owner), -1, dtype="int64")
        rank[order] = np.arange(len(order))
        return rank, owner[order], self._weeks.reshape(-1, self._width)[order]
