"""The roll-up on PostgreSQL: staged tables are copied into temporary tables, cells are grouped there and come back as Arrow.

Nothing is left behind: temporary tables are gone with the connection, and no other right than TEMPORARY is needed. Rows travel
both ways through COPY as CSV, in which PostgreSQL itself reads and writes every value exactly.
"""

import contextlib
import io
from pathlib import Path

import ibis

from renewcast.errors import RenewcastError

_BATCH_ROWS = 100_000
_BLOCK_BYTES = 1 << 24
# PostgreSQL's text has no room for the character NUL. These replacements are undone on the way back; they keep equal texts equal,
# different ones different, and do not care where texts are joined together, so that no expression notices.
_MARK = "\x1a"
_REPLACED = ((_MARK, _MARK + "1"), ("\x00", _MARK + "0"))


class PostgresTables:
    """Staged tables that were copied into a database, for as long as the connection lasts.

    Attributes
    ----------
    tables : dict of str to ibis.Table
    """

    def __init__(self, connection, tables: dict[str, Path]):
        self._connection = connection
        self._backend = ibis.postgres.from_connection(connection)
        # Compiling a query to machine code takes longer than the roll-up of one pass.
        connection.execute("SELECT set_config('jit', 'off', false), set_config('DateStyle', 'ISO, YMD', false)")
        self.tables = {name: self._copied(f"renewcast_{name}", Path(path)) for name, path in tables.items()}

    def _copied(self, name: str, path: Path) -> ibis.Table:
        import pyarrow.parquet as pq
        from psycopg import sql

        with pq.ParquetFile(path) as file:
            schema = ibis.Schema.from_pyarrow(file.schema_arrow)
            table = self._backend.create_table(name, schema=schema, temp=True)
            load = sql.SQL("COPY {} FROM STDIN (FORMAT csv, ENCODING 'UTF8')").format(sql.Identifier(name))
            with self._connection.cursor() as cursor, cursor.copy(load) as copy:
                for batch in file.iter_batches(_BATCH_ROWS):
                    copy.write(_as_csv(batch))
        # Without it the planner takes every table for a small one.
        self._connection.execute(sql.SQL("ANALYZE {}").format(sql.Identifier(name)))
        return table

    def to_arrow(self, expression: ibis.Table):
        """Compute a table in the database and bring it back.

        Parameters
        ----------
        expression : ibis.Table
            Over ``tables``; text, whole numbers, doubles, decimals, days, instants and booleans.

        Returns
        -------
        pyarrow.Table
            In no particular order unless the expression asks for one.

        Raises
        ------
        RenewcastError
            The database refuses the query.
        """
        import psycopg
        from psycopg import sql

        query = sql.SQL(self._backend.compile(expression))
        unload = sql.SQL("COPY ({}) TO STDOUT (FORMAT csv, HEADER true, ENCODING 'UTF8')").format(query)
        received = io.BytesIO()
        try:
            with self._connection.cursor() as cursor, cursor.copy(unload) as rows:
                for block in rows:
                    received.write(block)
        except psycopg.Error as broken:
            raise RenewcastError(
                f"engine: PostgreSQL cannot roll up: {_sentence(broken)}; check its log and your rights."
            ) from None
        received.seek(0)
        return _from_csv(received, expression.schema().to_pyarrow())

    def close(self) -> None:
        """Drop the tables and close the connection; left to itself, the server would drop them a moment after."""
        import psycopg

        with contextlib.suppress(psycopg.Error):  # a broken connection drops them on the server's side
            self._connection.execute("DISCARD TEMP")
        self._connection.close()

    def __enter__(self) -> "PostgresTables":
        return self

    def __exit__(self, *_) -> None:
        self.close()


def open_postgres(tables: dict[str, Path], address: str) -> PostgresTables:
    """Copy staged tables into temporary tables of a PostgreSQL database.

    Parameters
    ----------
    tables : dict of str to pathlib.Path
        Staged Parquet files by name.
    address : str
        What libpq takes: ``postgresql://user@host:port/database`` or ``host=... dbname=...``. Passwords belong in PGPASSFILE.

    Returns
    -------
    PostgresTables
        To be closed, or used in a ``with``.

    Raises
    ------
    RenewcastError
        psycopg is not installed; the database cannot be reached, or does not let us make temporary tables.
    """
    try:
        import psycopg
    except ImportError:
        raise RenewcastError(
            "engine: the roll-up on PostgreSQL needs psycopg, which is not installed; run pip install 'renewcast[postgres]'."
        ) from None
    try:
        connection = psycopg.connect(address, connect_timeout=20, autocommit=True)
    except psycopg.ProgrammingError:
        # Its message may quote what was written, a password too.
        raise RenewcastError(
            "engine: the address of PostgreSQL is not one; write postgresql://user@host:port/database."
        ) from None
    except psycopg.Error as broken:
        raise RenewcastError(
            f"engine: PostgreSQL cannot be reached: {_sentence(broken)}; check the address and that it is running."
        ) from None
    try:
        return PostgresTables(connection, tables)
    except psycopg.Error as broken:
        connection.close()
        raise RenewcastError(
            f"engine: the tables cannot be copied to PostgreSQL: {_sentence(broken)}; the user needs the right TEMPORARY."
        ) from None
    except BaseException:
        connection.close()
        raise


def _sentence(broken: Exception) -> str:
    return " ".join(str(broken).split()).rstrip(".")


def _as_csv(batch) -> bytes:
    """Write a batch of rows as CSV in which NULL is empty and every other text is quoted."""
    import pyarrow as pa
    import pyarrow.csv as pa_csv

    columns = [_with_texts(column, _REPLACED) if pa.types.is_string(column.type) else column for column in batch.columns]
    target = io.BytesIO()
    style = pa_csv.WriteOptions(include_header=False, quoting_style="all_valid")
    pa_csv.write_csv(pa.RecordBatch.from_arrays(columns, names=batch.schema.names), target, style)
    return target.getvalue()


def _from_csv(received: io.BytesIO, schema):
    import pyarrow as pa
    import pyarrow.csv as pa_csv

    table = pa_csv.read_csv(
        received,
        pa_csv.ReadOptions(column_names=schema.names, skip_rows=1, block_size=_BLOCK_BYTES),
        pa_csv.ParseOptions(newlines_in_values=True, ignore_empty_lines=False),
        pa_csv.ConvertOptions(
            column_types=schema,
            null_values=[""],
            true_values=["t"],
            false_values=["f"],
            strings_can_be_null=True,
            quoted_strings_can_be_null=False,
        ),
    )
    undo = tuple((new, old) for old, new in reversed(_REPLACED))
    columns = [_with_texts(column, undo) if pa.types.is_string(column.type) else column for column in table.columns]
    return pa.table(columns, schema=schema)


def _with_texts(column, replaced):
    import pyarrow.compute as pc

    for old, new in replaced:
        column = pc.replace_substring(column, old, new)
    return column
