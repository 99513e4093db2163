"""DuckDB whose answers become DataFrames column by column, not cell by cell."""

from ibis.backends.duckdb import Backend
from ibis.backends.duckdb.converter import DuckDBPandasData


class DuckDB(Backend):
    """The backend of Ibis, but that a column with a missing value does not travel as one Python object a cell.

    Ibis takes that way because a column of nothing but NULL literals comes as whole numbers; only such a column needs it. Days
    come as numbers too.

    Examples
    --------
    >>> backend = DuckDB().connect()
    >>> frame = backend.sql("SELECT * FROM (VALUES (1, DATE '2026-06-29'), (NULL, NULL)) t(seats, ends_on)").to_pandas()
    >>> frame.dtypes.astype(str).tolist(), int(frame["ends_on"].isna().sum())
    (['float64', 'datetime64[s]'], 1)
    """

    def execute(self, expr, /, *, params=None, limit=None, **options):
        """Execute an expression; see :meth:`ibis.backends.duckdb.Backend.execute`."""
        import pandas as pd
        import pyarrow.types as kinds

        rows = expr.as_table()
        table = self.to_pyarrow(rows, params=params, limit=limit, **options)

        def read(column):
            by_cell = kinds.is_nested(column.type) or kinds.is_dictionary(column.type) or column.null_count == len(column)
            return column.to_pylist() if by_cell else column.to_pandas(date_as_object=False)

        frame = pd.DataFrame({name: read(column) for name, column in zip(table.column_names, table.columns, strict=True)})
        converted = _Converted.convert_table(frame, rows.schema())
        # Ibis would convert a table once more.
        return converted if rows is expr else expr.__pandas_result__(converted)


class _Converted(DuckDBPandasData):
    @classmethod
    def convert_Decimal(cls, column, dtype, pandas_type):
        """Leave decimals alone: they come with the scale of their column."""
        return column
