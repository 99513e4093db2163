"""The cells of every pass, wherever they lie, read for some accounts."""

import datetime as dt
from collections.abc import Callable

import ibis
import numpy as np

from renewcast.engine import scatter, visibility
from renewcast.engine.facts import FOREVER, Facts, MeasureCells
from renewcast.engine.keys import UnfitKeys
from renewcast.engine.numbered import NumberedKeys
from renewcast.engine.rollup import Basis, Measure, Pass, plan


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
        Gives the ibis.Table with the cells of a pass, or None where it has none; by default, and then, they are computed from
        ``tables`` at the first request.
    files : dict of str to pathlib.Path, optional
        Parquet files of staged tables; what fits is then rolled up as they are read, see :mod:`renewcast.engine.scatter`.
    threads : int
        For reading ``files``.
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
        files: dict | None = None,
        threads: int = 2,
    ):
        self.tables, self.contracts, self.origin = tables, contracts, origin
        self.bases, self._files, self._threads = bases or {}, files or {}, threads
        self._places = plan(measures, tables, contracts, self.bases, apart=bool(self._files))
        self._scattered: dict[str, scatter.Scattered | None] = {}
        self._cells = cells or self._from_tables
        self._tables_of_cells: dict[Pass, ibis.Table] = {}
        self._numbered: dict[Pass, NumberedKeys] = {}
        self._besides: dict[Measure, NumberedKeys] = {}
        self._replaced: dict[str, bool] = {}

    def passes(self) -> list[Pass]:
        """List the passes of the measures that were named at the beginning."""
        return list(dict.fromkeys(found for found, _ in self._places.values()))

    @property
    def measures(self) -> list[Measure]:
        """What is rolled up: the measures that were named at the beginning, and those asked for since."""
        return list(self._places)

    def cells_of(self, one: Pass):
        """Return the cells of a pass as an Ibis table; see :meth:`renewcast.engine.rollup.Pass.cells`."""
        if one not in self._tables_of_cells:
            given = self._cells(one)
            self._tables_of_cells[one] = self._from_tables(one) if given is None else given
        return self._tables_of_cells[one]

    def _from_tables(self, one: Pass):
        table, contract = self.tables[one.table], self.contracts[one.table]
        is_replaced = self._is_replaced(one.table)
        return one.cells(table, contract, self.origin, is_replaced=is_replaced).cache()

    def _is_replaced(self, name: str) -> bool:
        if name not in self._replaced:
            self._replaced[name] = bool(self.tables[name].superseded_at.count().execute())
        return self._replaced[name]

    def _place(self, measure: Measure):
        if measure not in self._places:
            self._places |= plan([measure], self.tables, self.contracts, self.bases)
        return self._places[measure]

    def pass_of(self, measure: Measure) -> Pass:
        """Return the pass that a measure is rolled up in."""
        return self._place(measure)[0]

    def let_go(self, measure: Measure, kept: dict) -> None:
        """Forget what was read of a measure's pass for some owners."""
        one = self.pass_of(measure)
        for asked in [asked for asked in kept if isinstance(asked, tuple) and asked[0] == one]:
            del kept[asked]

    def read(self, measure: Measure, owners, n_owners: int, n_snapshots: int, kept: dict) -> MeasureCells:
        """Read the cells of a measure that a number of snapshots can see.

        Parameters
        ----------
        measure : Measure
        owners : ibis.Table
            owner_id (text) and owner (int32): account ids, or account and key together for a derived table of that kind.
        n_owners, n_snapshots : int
        kept : dict
            What was read for these owners before; more is put there.

        Returns
        -------
        MeasureCells
        """
        one, column = self._place(measure)
        basis = self.bases.get(measure.source)
        scattered = self._scatter(one) if basis is None else None
        if scattered is not None:
            return scattered.read(one, column, owners, n_owners, n_snapshots, kept)
        is_keyed = measure.kind == "distinct"
        if basis is not None and basis.beside is not None:
            keys = self._beside(measure, one, basis, column)
            facts, values, owner_of_key = keys.read(owners, n_snapshots) if is_keyed else keys.read_owners(owners, n_snapshots)
            return _of_measure(measure, facts, values[0], owner_of_key, n_owners, n_snapshots)
        asked = one, is_keyed, basis is not None
        if asked not in kept:
            if is_keyed:
                kept[asked] = self._numbers(one).read(owners, n_snapshots)
            elif basis is not None:
                kept[asked] = self._numbers(one).read_owners(owners, n_snapshots, are_keys=True)
            else:
                kept[asked] = _read(self.cells_of(one), owners, n_snapshots, len(one.summaries))
        facts, values, owner_of_key = kept[asked]
        return _of_measure(measure, facts, values[column], owner_of_key, n_owners, n_snapshots)

    def _scatter(self, one: Pass):
        """Return the scattered rows of a pass's table; None where the pass, or the file, does not fit."""
        if one.table not in self._files:
            return None
        if one.table not in self._scattered:
            table = self.tables[one.table]
            mine = [other for other in self.passes() if other.table == one.table and scatter.fits(other, table)]
            mine = [other for other in mine if other.at == mine[0].at]
            try:
                found = scatter.Scattered(self._files[one.table], table, self.origin, mine, self._threads) if mine else None
            except UnfitKeys:
                found = None
            self._scattered[one.table] = found
        found = self._scattered[one.table]
        return found if found is not None and one in found.passes else None

    def _numbers(self, one: Pass) -> NumberedKeys:
        """Return the numbered keys of a pass."""
        if one not in self._numbered:
            names = [f"m{i}" for i in range(len(one.summaries))]
            self._numbered[one] = NumberedKeys.of(ibis.get_backend(self.tables[one.table]), self.cells_of(one), names)
        return self._numbered[one]

    def _beside(self, measure: Measure, one: Pass, basis: Basis, column: int) -> NumberedKeys:
        """Return a pass's keyed cells joined with the versions of their keys, as both were known."""
        if measure not in self._besides:
            versions, origin = self.tables[basis.beside], self.origin
            if measure.where is not None:
                versions = versions.filter(measure.where(versions))
            versions = versions.select(
                "account_id",
                key=versions[basis.key].cast("string"),
                v_enter=(visibility.cell(versions.known_at, origin) + 1).cast("int32"),
                v_gone=ibis.coalesce(visibility.cell(versions.superseded_at, origin) + 1, int(FOREVER)).cast("int32"),
                counted=versions[measure.column].cast("string") if measure.column else ibis.null("string"),
            )
            self._besides[measure] = self._numbers(one).beside(versions, f"m{column}", measure.kind == "distinct")
        return self._besides[measure]


def _read(cells, owners, n_snapshots: int, n_columns: int):
    """Bring cells into Python as numbers: what owner they belong to, when they count, what they bring."""
    cells = cells.filter(cells.enter < n_snapshots, cells.enter < cells.gone)
    owned = cells.join(owners, cells.account_id == owners.owner_id)
    names = [f"m{i}" for i in range(n_columns)]
    found = owned.select("owner", "happened", "enter", "gone", *names).to_pyarrow()
    facts = Facts(*(found[name].to_numpy() for name in ("owner", "happened", "enter", "gone")))
    return facts, [found[name] for name in names], None


TOGETHER = {
    "distinct": "any",
    "days": "days",
    "latest": "largest",
    "last": "largest",
    "earliest": "smallest",
    "first": "smallest",
}
"""How the facts of one owner and week come together for a kind of measure; the others add up."""


def _of_measure(measure: Measure, facts: Facts, column, owner_of_key, n_owners: int, n_snapshots: int) -> MeasureCells:
    """Leave out the groups to which a measure brings nothing; what adds up has 0 there, and keeps the pass's facts."""
    together = TOGETHER.get(measure.kind, "sum")
    value = column.fill_null(0).to_numpy() if together in ("sum", "days") else column.to_numpy()
    if together not in ("sum", "days") and column.null_count:
        counts = np.isfinite(value)
        facts, value = facts.take(counts), value[counts]
    rows = n_owners if owner_of_key is None else len(owner_of_key)
    weeks = facts.prompt.weeks(together, value[facts.is_prompt], rows, n_snapshots)
    late_value = value[~facts.is_prompt]
    return MeasureCells(weeks, facts.late, -late_value if together == "smallest" else late_value, owner_of_key)
