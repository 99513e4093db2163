"""The cells of every pass, wherever they lie, read for some accounts."""

import dataclasses
import datetime as dt
from collections.abc import Callable

import ibis
import numpy as np

from renewcast.engine import visibility
from renewcast.engine.accumulate import FOREVER, Facts
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
            return self._beside(measure, cells, basis, column, owners)
        is_keyed = measure.kind == "distinct"
        by_key = basis is not None
        if (one, is_keyed, by_key) not in kept:
            kept[one, is_keyed, by_key] = _read(cells, owners, is_keyed, by_key, len(one.summaries))
        facts, values, owner_of_key = kept[one, is_keyed, by_key]
        return _of_measure(measure, facts, values[column], owner_of_key)

    def _beside(self, measure: Measure, cells, basis: Basis, column: int, owners) -> MeasureCells:
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
        facts, values, owner_of_key = _read(chosen, owners, is_keyed, False, 1)
        return _of_measure(measure, facts, values[0], owner_of_key)


def _read(cells, owners, is_keyed: bool, by_key: bool, n_columns: int):
    """Bring cells into Python as numbers: what owner (or key) they belong to, when they count, what they bring."""
    owner_id = owner(cells.account_id, cells.key) if by_key else cells.account_id
    owned = cells.mutate(cell_owner=owner_id).join(owners, ibis._.cell_owner == owners.owner_id)
    owner_of_key, number = None, "owner"
    if is_keyed:
        keys = owned.select("owner", "key").distinct()
        keys = keys.mutate(number=ibis.row_number().over(order_by=[keys.owner, keys.key]).cast("int32")).cache()
        numbered = keys.select(k_owner="owner", k_key="key", number="number")
        owned = owned.join(numbered, (owned.owner == numbered.k_owner) & (owned.key == numbered.k_key))
        listed = keys.select("owner", "number").to_pyarrow()
        owner_of_key = np.empty(listed.num_rows, dtype="int32")
        owner_of_key[listed["number"].to_numpy()] = listed["owner"].to_numpy()
        number = "number"
    names = [f"m{i}" for i in range(n_columns)]
    found = owned.select(number, "happened", "enter", "gone", *names).to_pyarrow()
    facts = Facts(*(found[name].to_numpy() for name in (number, "happened", "enter", "gone")))
    return facts, [found[name] for name in names], owner_of_key


def _of_measure(measure: Measure, facts: Facts, column, owner_of_key) -> MeasureCells:
    """Leave out the groups to which a measure brings nothing; a time of zero is still a time."""
    value = column.to_numpy().astype("float64")
    counts = np.isfinite(value)
    if measure.kind in ("sum", "level", "days"):
        counts &= value != 0
    return MeasureCells(facts.take(counts), value[counts], owner_of_key)
