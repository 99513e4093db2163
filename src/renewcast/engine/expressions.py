"""What measures add and filter by, computed for rows of Arrow: once a dictionary where one text says it, else by DuckDB."""

import ibis
import ibis.expr.operations as ops
import numpy as np

from renewcast.engine import visibility
from renewcast.engine.keys import Codes


class Expressions:
    """The values that rows bring to summaries.

    Parameters
    ----------
    table : ibis.Table
        What ``value`` and ``where`` of the summaries are expressions over.
    summaries : list of tuple (kind, value, where)
        Kinds "sum" and "days".

    Attributes
    ----------
    columns : set of str
        The columns that are read.
    """

    def __init__(self, table, summaries: list[tuple]):
        self._computed = _Computed(table.schema())
        conditions: dict[str, _Conditions] = {}
        self._ways = {summary: self._way(table, conditions, *summary[1:]) for summary in summaries}
        self._computed.prepare()
        self.columns = set().union(*(way.columns for way in self._ways.values()))

    def _way(self, table, conditions: dict, value, where):
        """Choose the cheapest way to compute a value."""
        used = visibility.columns_of(where(table), table) if where is not None else set()
        name = next(iter(used)) if len(used) == 1 else None
        if value is None and where is None:
            return _Rows()
        if value is None and name is not None and (table[name].type().is_string() or table[name].type().is_boolean()):
            found = conditions.setdefault(name, _Conditions(table, name))
            return _Flag(found, found.add(where))
        if where is None and _is_number(value(table)):
            return _Column(value(table).get_name())
        return self._computed.add(value, where)

    def values(self, batch) -> dict:
        """Compute what each row brings.

        Parameters
        ----------
        batch : Batch

        Returns
        -------
        dict of tuple (kind, value, where) to array, shape (n_rows,)
            float64 for sums, uint8 bits for days.
        """
        found = {}
        for summary, way in self._ways.items():
            value = way.values(batch)
            found[summary] = np.where(value > 0, batch.bits(), 0).astype("uint8") if summary[0] == "days" else value
        return found

    def totals(self, batch) -> dict:
        """Compute what the rows bring to each place of the grid.

        Parameters
        ----------
        batch : Batch

        Returns
        -------
        dict of tuple (kind, value, where) to array, shape (n_places,)
            Whole numbers or float64 for sums, uint8 bits for days.
        """
        return {summary: way.days(batch) if summary[0] == "days" else way.sums(batch) for summary, way in self._ways.items()}


def _is_number(expression) -> bool:
    """Tell whether an expression is a column that rounds like an array of doubles; decimals round halves in another way."""
    kind = expression.type()
    return isinstance(expression.op(), ops.Field) and (kind.is_integer() or kind.is_floating())


class _Way:
    """A way to compute a value: of each row, and so the sums and days of a batch's places."""

    columns: frozenset = frozenset()

    def sums(self, batch):
        return batch.sums(self.values(batch))

    def days(self, batch):
        return batch.days(self.values(batch) > 0)


class _Rows(_Way):
    """Every row counts."""

    def values(self, batch):
        return np.ones(len(batch.week))

    def sums(self, batch):
        return batch.counts()

    def days(self, batch):
        return batch.days()


class _Column(_Way):
    """A column of numbers, rounded to whole ones."""

    def __init__(self, name: str):
        self._name, self.columns = name, frozenset({name})

    def values(self, batch):
        column = batch.rows[self._name].chunk(0)
        column = column.fill_null(0) if column.null_count else column
        return np.rint(column.to_numpy(), dtype="float64")


class _Conditions:
    """Conditions on one text or boolean column, computed for its different values as they are met."""

    def __init__(self, table, name: str):
        self.name = name
        self._backend = table.get_backend()
        self._codes = Codes(table[name].type().to_pyarrow())
        self._conditions: list = []
        self._holds = None
        self._last = None, None

    def add(self, where) -> int:
        """Take one more condition and return its number."""
        self._conditions.append(where)
        return len(self._conditions) - 1

    def holds(self, different):
        """Tell which conditions hold for different values, and at the end for NULL; bool, conditions x values."""
        if different is not self._last[0]:
            self._last = different, self._look_up(different)
        return self._last[1]

    def _look_up(self, different):
        import pyarrow as pa

        kind = self._codes.values.type
        values = pa.concat_arrays([different.cast(kind), pa.nulls(1, kind)])
        before = len(self._codes.values)
        number = self._codes.numbers(values)
        if before < len(self._codes.values):
            order = f"{self.name} in order"
            known = pa.table({self.name: self._codes.values[before:], order: range(before, len(self._codes.values))})
            known = ibis.memtable(known)
            wanted = {f"holds{place}": where(known) for place, where in enumerate(self._conditions)}
            found = self._backend.to_pyarrow(known.mutate(**wanted)).sort_by(order)
            new = np.array([found[name].fill_null(False).to_numpy() for name in wanted], dtype=bool)
            self._holds = np.concatenate([self._holds, new], axis=1) if before else new
        return self._holds[:, number]


class _Flag(_Way):
    """One of the conditions on a column."""

    def __init__(self, conditions: _Conditions, number: int):
        self._conditions, self._number = conditions, number
        self.columns = frozenset({conditions.name})

    def values(self, batch):
        different, code = batch.codes(self._conditions.name)
        return self._conditions.holds(different)[self._number].astype("float64")[code]

    def sums(self, batch):
        tally = batch.tally(self._conditions.name)
        if tally is None:
            return super().sums(batch)
        different, _ = batch.codes(self._conditions.name)
        return tally[self._conditions.holds(different)[self._number]].sum(axis=0)


class _Computed:
    """Values that DuckDB computes, all of them in one query a batch."""

    def __init__(self, schema):
        self._rows = ibis.table(schema, name="rows")
        self._chosen: dict = {}
        self._used: set[str] = set()
        self._last = None, None

    def add(self, value, where) -> "_ComputedOne":
        """Take one more value."""
        rows = self._rows
        brought = (ibis.literal(1) if value is None else value(rows)).cast("int64")
        brought = brought if where is None else ibis.ifelse(where(rows), brought, ibis.null("int64"))
        name = f"c{len(self._chosen)}"
        self._chosen[name] = ibis.coalesce(brought, 0).cast("float64")
        self._used |= visibility.columns_of(brought, rows)
        return _ComputedOne(self, name)

    def prepare(self) -> None:
        """Make the query, when all values are there."""
        if self._chosen:
            import duckdb

            # What reads no column is still computed for every row.
            self.columns = frozenset(self._used or {"account_id"})
            self._sql = ibis.to_sql(self._rows.select(**self._chosen), dialect="duckdb")
            self._duckdb = duckdb.connect(config={"threads": 1, "enable_external_access": False})

    def of(self, batch, name: str):
        """Return one of the values of each row."""
        if self._last[0] is not batch:
            self._duckdb.register("rows", batch.rows.select(sorted(self.columns)))
            self._last = batch, self._duckdb.execute(self._sql).to_arrow_table()
        return self._last[1][name].to_numpy()


class _ComputedOne(_Way):
    def __init__(self, computed: _Computed, name: str):
        self._computed, self._name = computed, name

    @property
    def columns(self) -> frozenset:
        return self._computed.columns

    def values(self, batch):
        return self._computed.of(batch, self._name)
