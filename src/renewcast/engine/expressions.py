"""What measures add and filter by, computed for rows of Arrow: once a dictionary where one text says it, else by DuckDB."""

import ibis
import ibis.expr.operations as ops
import numpy as np

from renewcast.engine import visibility

_BITS = 2 ** np.arange(7, dtype="uint8")


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
        self._schema = table.schema()
        self._ways, computed, different = {}, {}, {}
        for place, (kind, value, where) in enumerate(summaries):
            used = visibility.columns_of(where(table), table) if where is not None else set()
            name = next(iter(used)) if len(used) == 1 else None
            if value is None and where is None:
                way = ("all", None)
            elif value is None and name is not None and (self._schema[name].is_string() or self._schema[name].is_boolean()):
                if name not in different:
                    different[name] = table.select(name).distinct().to_pyarrow()
                way = ("flag", _Flags(different[name], name, where))
            elif where is None and _is_number(value(table)):
                way = ("column", value(table).get_name())
            else:
                computed[f"c{place}"] = (value, where)
                way = ("computed", f"c{place}")
            self._ways[kind, value, where] = way
        self._sql, used = self._query(computed)
        self.columns = used | {way[1].name for way in self._ways.values() if way[0] == "flag"}
        self.columns |= {way[1] for way in self._ways.values() if way[0] == "column"}
        self._computed_columns = sorted(used)
        self._duckdb = None

    def _query(self, computed: dict):
        if not computed:
            return None, set()
        rows = ibis.table(self._schema, name="rows")
        chosen, used = {}, set()
        for name, (value, where) in computed.items():
            brought = ibis.literal(1) if value is None else value(rows)
            brought = (
                brought.cast("int64") if where is None else ibis.ifelse(where(rows), brought.cast("int64"), ibis.null("int64"))
            )
            chosen[name] = ibis.coalesce(brought, 0).cast("float64")
            used |= visibility.columns_of(brought, rows)
        # What reads no column is still computed for every row.
        return ibis.to_sql(rows.select(**chosen), dialect="duckdb"), used or {"account_id"}

    def read(self, rows, day) -> dict:
        """Compute the values of rows.

        Parameters
        ----------
        rows : pyarrow.Table
            Text columns are dictionaries.
        day : array of float64, shape (n_rows,)
            Day of the week, 0 to 6.

        Returns
        -------
        dict of tuple (kind, value, where) to array or None
            float64 for sums (None: 1 each), uint8 bits for days.
        """
        computed = self._compute(rows)
        values = {}
        for (kind, *rest), (way, what) in self._ways.items():
            if way == "all":
                value = None
            elif way == "flag":
                value = what.of(rows[what.name])
            elif way == "column":
                column = rows[what]
                value = (column.fill_null(0) if column.null_count else column).to_numpy().astype("float64")
                np.rint(value, out=value)
            else:
                value = computed[what].to_numpy()
            if kind == "days":
                # A day of week that is not known belongs to a row that does not count.
                bits = _BITS[np.nan_to_num(day).astype("int8")]
                value = bits if value is None else np.where(value > 0, bits, 0).astype("uint8")
            values[kind, *rest] = value
        return values

    def _compute(self, rows):
        if self._sql is None:
            return {}
        if self._duckdb is None:
            import duckdb

            self._duckdb = duckdb.connect(config={"threads": 1, "enable_external_access": False})
        self._duckdb.register("rows", rows.select(self._computed_columns))
        return self._duckdb.execute(self._sql).to_arrow_table()


def _is_number(expression) -> bool:
    """Tell whether an expression is a column that rounds like an array of doubles; decimals round halves in another way."""
    kind = expression.type()
    return isinstance(expression.op(), ops.Field) and (kind.is_integer() or kind.is_floating())


class _Flags:
    """A condition on one text or boolean column, computed for its different values."""

    def __init__(self, different, name: str, where):
        self.name = name
        known = ibis.memtable(different)
        found = known.mutate(holds=where(known)).to_pyarrow()
        self._holds = dict(zip(found[name].to_pylist(), found["holds"].to_pylist(), strict=True))

    def of(self, column):
        """Return 1.0 where the condition holds."""
        import pyarrow as pa

        null = float(self._holds.get(None) is True)
        parts = []
        for chunk in column.chunks:
            if pa.types.is_boolean(chunk.type):
                yes, no = (float(self._holds.get(value) is True) for value in (True, False))
                part = np.where(chunk.fill_null(False).to_numpy(zero_copy_only=False), yes, no)
                valid = chunk
            else:
                holds = np.array([float(self._holds.get(text) is True) for text in chunk.dictionary.to_pylist()] or [0.0])
                valid = chunk.indices
                part = holds[(valid.fill_null(0) if valid.null_count else valid).to_numpy()]
            parts.append(np.where(np.asarray(valid.is_valid()), part, null) if valid.null_count else part)
        return np.concatenate(parts) if len(parts) != 1 else parts[0]
