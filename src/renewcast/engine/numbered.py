"""Keyed cells with whole numbers for keys: text is compared once, and every part of the accounts is read by number."""

import ibis
import numpy as np
from ibis.util import gen_name

from renewcast.engine.facts import Facts
from renewcast.engine.rollup import owner


class NumberedKeys:
    """Cells of numbered keys.

    Parameters
    ----------
    keys : ibis.Table
        account_id, key (text), number (int32); the numbers of one account follow each other.
    cells : ibis.Table
        number, happened, enter, gone and what the cells bring.
    names : list of str
        The columns that they bring.
    """

    def __init__(self, keys, cells, names: list[str]):
        self._keys, self._cells, self._names = keys, cells, names

    @classmethod
    def of(cls, backend, cells, names: list[str]) -> "NumberedKeys":
        """Give the keys of a pass's cells numbers; done once, however many parts of the accounts are read.

        Cells that came from another engine are of no backend: what is kept of them stands in ``backend``, beside the tables.
        """
        keys = backend.create_table(gen_name("keys"), _numbered(cells.select("account_id", "key")), temp=True)
        return cls(keys, _with_numbers(cells, keys).select("number", "happened", "enter", "gone", *names).cache(), names)

    def beside(self, versions, name: str, is_counted: bool) -> "NumberedKeys":
        """Join the cells with the versions of their keys, as both were known.

        Parameters
        ----------
        versions : ibis.Table
            account_id, key, v_enter, v_gone and counted (text).
        name : str
            The column that is wanted of the cells; afterwards it is m0.
        is_counted : bool
            The keys are then the different texts of ``counted``, NULL left out; otherwise they stay.
        """
        keys = self._keys
        versions = _with_numbers(versions, keys).select("account_id", "counted", "v_enter", "v_gone", of_cells="number")
        if is_counted:
            versions = versions.filter(versions.counted.notnull()).rename(key="counted")
            keys = _numbered(versions.select("account_id", "key")).cache()
            versions = _with_numbers(versions, keys)
        else:
            versions = versions.mutate(number=versions.of_cells)
        versions = versions.select("of_cells", "v_enter", "v_gone", v_number="number").cache()
        joined = self._cells.join(versions, self._cells.number == versions.of_cells)
        both = joined.select(
            "happened",
            number="v_number",
            enter=ibis.greatest(joined.enter, joined.v_enter),
            gone=ibis.least(joined.gone, joined.v_gone),
            m0=name,
        )
        return NumberedKeys(keys, both, ["m0"])

    def read(self, owners, n_snapshots: int):
        """Read the cells of some owners' keys; see :meth:`renewcast.engine.cells.RollUp.read`.

        Returns
        -------
        tuple of Facts, list of pyarrow.ChunkedArray, array of int
            Facts belong to keys numbered from 0; the columns; the owner of each key.
        """
        number, owner_of_key = self._find(owners, self._keys.account_id)
        return *self._read(number, np.arange(len(number), dtype="int32"), n_snapshots), owner_of_key

    def read_owners(self, owners, n_snapshots: int, *, are_keys: bool = False):
        """Read the cells of all keys of some owners as facts of the owners, or of owners that are account and key together."""
        keys = self._keys
        number, place = self._find(owners, owner(keys.account_id, keys.key) if are_keys else keys.account_id)
        return *self._read(number, place, n_snapshots), None

    def _find(self, owners, named):
        """Return the numbers of some owners' keys, ascending, and the owner of each."""
        keys = self._keys.mutate(named=named)
        mine = keys.join(owners, keys.named == owners.owner_id).select("owner", "number").order_by("number").to_pyarrow()
        return mine["number"].to_numpy(), mine["owner"].to_numpy()

    def _read(self, number, row, n_snapshots: int):
        """Read the cells of numbered keys as facts of given rows."""
        low, high = (int(number[0]), int(number[-1])) if len(number) else (0, -1)
        cells = self._cells
        cells = cells.filter(cells.number.between(low, high), cells.enter < n_snapshots, cells.enter < cells.gone)
        found = cells.to_pyarrow()
        place = np.full(high - low + 1, -1, dtype="int32")
        place[number - low] = row
        row = place[found["number"].to_numpy() - low]
        facts, values = Facts(row, *(found[name].to_numpy() for name in ("happened", "enter", "gone"))), found.select(self._names)
        if (row < 0).any():
            facts, values = facts.take(row >= 0), values.filter(row >= 0)
        return facts, values.columns


def _numbered(pairs):
    """Give the different pairs of account and key numbers, in their order."""
    pairs = pairs.distinct()
    return pairs.mutate(number=ibis.row_number().over(order_by=[pairs.account_id, pairs.key]).cast("int32"))


def _with_numbers(rows, keys):
    """Add the number of each row's account and key."""
    numbers = keys.select(k_account_id="account_id", k_key="key", number="number")
    return rows.join(numbers, (rows.account_id == numbers.k_account_id) & (rows.key == numbers.k_key))
