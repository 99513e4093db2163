"""The cells of every pass, wherever they lie, read for some accounts."""

import dataclasses
import datetime as dt
from collections.abc import Callable

import ibis
import numpy as np

from renewcast.engine import visibility
from renewcast.engine.facts import FOREVER, Facts
from renewcast.engine.rollup import Basis, Measure, Pass, owner, plan


@dataclasses.dataclass(frozen=True)
class MeasureCells:
    """The cells of one measure for some owners.

    Attributes
    ----------
    facts : Facts
        Owned by owners, or by keys where there are any.
    value : array of float64, shape (n_facts,)
    owner_of_key : array of int, or None
        For measures that count different keys: the owner of each key, ascending.
    """

    facts: Facts
    value: np.ndarray
    owner_of_key: np.ndarray | None


class RollUp:
    """Staged tables, rolled up for a set of measures.

    Parameters
    ----------
    tables : dict of str to ibis.Table
        Staged and derived tables; each has account_id, known_at and superseded_at.
    contracts : dict of str to TableContract
    origin : datetime.datetime
        First snapshot of the calendar.
    measures : iterable of Measure
        What will be asked for, so that measures that go together share a pass; others may be asked for too.
    bases : dict of str to Basis, optional
        How derived tables rest on staged ones.
    cells : callable, optional
        Gives the ibis.Table with the cells of a pass; by default they are computed from ``tables`` at the first request.
    """

    def __init__(
        self,
        tables: dict,
        contracts: dict,
        origin: dt.datetime,
        measures=(),
        *,
        bases: dict[str, Basis] | None = None,
        cells: Callable | None = None,
    ):
        self.tables, self.contracts, self.origin = tables, contracts, origin
        self.bases = bases or {}
        self._places = plan(measures, tables, contracts, self.bases)
        self._cells = cells or self._from_tables
        self._tables_of_cells: dict[Pass, ibis.Table] = {}
        self._numbered: dict[Pass, NumberedKeys] = {}

    def passes(self) -> list[Pass]:
        """List the passes of the measures that were named at the beginning."""
        return list(dict.fromkeys(found for found, _ in self._places.values()))

    def _from_tables(self, one: Pass):
        return one.cells(self.tables[one.table], self.contracts[one.table], self.origin).cache()

    def _place(self, measure: Measure):
        if measure not in self._places:
            self._places |= plan([measure], self.tables, self.contracts, self.bases)
        return self._places[measure]

    def read(self, measure: Measure, owners, n_snapshots: int, kept: dict) -> MeasureCells:
        """Read the cells of a measure that a number of snapshots can see.

        Parameters
        ----------
        measure : Measure
        owners : ibis.Table
            owner_id (text) and owner (int32): account ids, or account and key together for a derived table of that kind.
        n_snapshots : int
        kept : dict
            What was read for these owners before; more is put there.

        Returns
        -------
        MeasureCells
        """
        one, column = self._place(measure)
        basis = self.bases.get(measure.source)
        if one not in self._tables_of_cells:
            self._tables_of_cells[one] = self._cells(one)
        cells = self._tables_of_cells[one]
        cells = cells.filter(cells.enter < n_snapshots, cells.enter < cells.gone)
        if basis is not None and basis.beside is not None:
            return self._beside(measure, cells, basis, column, owners, n_snapshots)
        is_keyed = measure.kind == "distinct"
        by_key = basis is not None
        if (one, is_keyed, by_key) not in kept:
            if is_keyed:
                if one not in self._numbered:
                    self._numbered[one] = NumberedKeys(self._tables_of_cells[one], len(one.summaries))
                kept[one, is_keyed, by_key] = self._numbered[one].read(owners, n_snapshots)
            else:
                kept[one, is_keyed, by_key] = _read(cells, owners, by_key, len(one.summaries))
        facts, values, owner_of_key = kept[one, is_keyed, by_key]
        return _of_measure(measure, facts, values[column], owner_of_key)

    def _beside(self, measure: Measure, cells, basis: Basis, column: int, owners, n_snapshots: int) -> MeasureCells:
        """Join keyed cells with the versions of their keys, as both were known."""
        versions, origin = self.tables[basis.beside], self.origin
        if measure.where is not None:
            versions = versions.filter(measure.where(versions))
        versions = versions.select(
            v_account_id="account_id",
            v_key=versions[basis.key].cast("string"),
            v_enter=(visibility.cell(versions.known_at, origin) + 1).cast("int32"),
            v_gone=ibis.coalesce(visibility.cell(versions.superseded_at, origin) + 1, int(FOREVER)).cast("int32"),
            counted=versions[measure.column].cast("string") if measure.column else ibis.null("string"),
        )
        joined = cells.join(versions, (cells.account_id == versions.v_account_id) & (cells.key == versions.v_key))
        joined = joined.mutate(enter=ibis.greatest(joined.enter, joined.v_enter), gone=ibis.least(joined.gone, joined.v_gone))
        joined = joined.filter(joined.enter < joined.gone)
        is_keyed = measure.kind == "distinct"
        if is_keyed:
            joined = joined.filter(joined.counted.notnull()).mutate(key=joined.counted)
        chosen = joined.select("account_id", "key", "happened", "enter", "gone", m0=joined[f"m{column}"])
        read = NumberedKeys(chosen, 1).read(owners, n_snapshots) if is_keyed else _read(chosen, owners, False, 1)
        facts, values, owner_of_key = read
        return _of_measure(measure, facts, values[0], owner_of_key)


class NumberedKeys:
    """The cells of a keyed pass with whole numbers for keys, those of one account together; numbered once, read part by part.

    Parameters
    ----------
    cells : ibis.Table
    n_columns : int
        Summaries: the columns m0, m1, ...
    """

    def __init__(self, cells, n_columns: int):
        keys = cells.select("account_id", "key").distinct()
        self._keys = keys.mutate(number=ibis.row_number().over(order_by=[keys.account_id, keys.key]).cast("int32")).cache()
        numbered = self._keys.select(k_account_id="account_id", k_key="key", number="number")
        joined = cells.join(numbered, (cells.account_id == numbered.k_account_id) & (cells.key == numbered.k_key))
        self._names = [f"m{i}" for i in range(n_columns)]
        self._cells = joined.select("number", "happened", "enter", "gone", *self._names).cache()

    def read(self, owners, n_snapshots: int):
        """Read the cells of some owners' keys; see :meth:`RollUp.read`.

        Returns
        -------
        tuple of Facts, list of pyarrow.ChunkedArray, array of int
            Facts belong to keys numbered from 0; the columns; the owner of each key.
        """
        mine = self._keys.join(owners, self._keys.account_id == owners.owner_id)
        mine = mine.select("owner", "number").order_by("number").to_pyarrow()
        number, owner_of_key = mine["number"].to_numpy(), mine["owner"].to_numpy()
        low, high = (int(number[0]), int(number[-1])) if len(number) else (0, -1)
        cells = self._cells
        cells = cells.filter(cells.number.between(low, high), cells.enter < n_snapshots, cells.enter < cells.gone)
        found = cells.to_pyarrow()
        place = np.full(high - low + 1, -1, dtype="int32")
        place[number - low] = np.arange(len(number))
        key = place[found["number"].to_numpy() - low]
        facts = Facts(key, *(found[name].to_numpy() for name in ("happened", "enter", "gone")))
        if (key < 0).any():
            facts, found = facts.take(key >= 0), found.filter(key >= 0)
        return facts, [found[name] for name in self._names], owner_of_key


def _read(cells, owners, by_key: bool, n_columns: int):
    """Bring cells into Python as numbers: what owner they belong to, when they count, what they bring."""
    owner_id = owner(cells.account_id, cells.key) if by_key else cells.account_id
    owned = cells.mutate(cell_owner=owner_id).join(owners, ibis._.cell_owner == owners.owner_id)
    names = [f"m{i}" for i in range(n_columns)]
    found = owned.select("owner", "happened", "enter", "gone", *names).to_pyarrow()
    facts = Facts(*(found[name].to_numpy() for name in ("owner", "happened", "enter", "gone")))
    return facts, [found[name] for name in names], None


def _of_measure(measure: Measure, facts: Facts, column, owner_of_key) -> MeasureCells:
    """Leave out the groups to which a measure brings nothing; what adds up has 0 there, and keeps the pass's facts."""
    if measure.kind in ("sum", "level", "days"):
        return MeasureCells(facts, column.fill_null(0).to_numpy(), owner_of_key)
    value = column.to_numpy()
    if column.null_count == 0:
        return MeasureCells(facts, value, owner_of_key)
    counts = np.isfinite(value)
    return MeasureCells(facts.take(counts), value[counts], owner_of_key)
