"""The roll-up on Spark: staged tables are read, rolled up and computed on by Spark; no panel comes to the driver.

Cells are grouped by Spark SQL. What follows is local to an account, so the rows of every frame are brought together by account
(one shuffle) and a function of plain Arrow tables is called once for each partition of accounts.
"""

import os
import re
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import ibis

from renewcast.engine import long_rows
from renewcast.errors import RenewcastError


class SparkTables:
    """Staged tables opened in a Spark session.

    Attributes
    ----------
    session : pyspark.sql.SparkSession
        Its time zone is set to UTC.
    tables : dict of str to ibis.Table
    """

    def __init__(self, session, tables: dict[str, Path]):
        self.session = session
        self._backend = ibis.pyspark.connect(session)
        self.tables = {}
        for name, path in tables.items():
            session.read.parquet(_as_pattern(path)).createOrReplaceTempView(f"renewcast_{name}")
            self.tables[name] = self._backend.table(f"renewcast_{name}")

    def frame(self, expression: ibis.Table):
        """Return the Spark DataFrame of an expression over ``tables``; nothing is computed yet.

        Returns
        -------
        pyspark.sql.DataFrame
        """
        return self.session.sql(self._backend.compile(expression))

    def to_arrow(self, expression: ibis.Table):
        """Compute a table and bring it to the driver: for what is small, and for tests.

        Returns
        -------
        pyarrow.Table
        """
        # Ibis would go through pandas, which has no whole numbers with NULLs.
        found = self.frame(expression).toArrow()
        return found.cast(expression.schema().to_pyarrow())


def as_address(path: Path) -> str:
    """Write a path so that Spark takes it for one of this machine's, whatever its own file system is."""
    return f"file://{Path(path).resolve()}"


def _as_pattern(path: Path) -> str:
    """Write the path of a file that is read so that Spark takes none of its letters for a pattern."""
    return re.sub(r"([\\{}\[\]*?])", r"\\\1", as_address(path))


def open_spark(tables: dict[str, Path], session=None) -> SparkTables:
    """Open staged tables in Spark.

    Parameters
    ----------
    tables : dict of str to pathlib.Path
        Staged Parquet files by name; on a cluster they lie where every worker can read them.
    session : pyspark.sql.SparkSession, optional
        The active session when absent, or one that is started with Spark's own settings (``spark-submit``, ``SPARK_CONF_DIR``).

    Returns
    -------
    SparkTables

    Raises
    ------
    RenewcastError
        PySpark or Java is not installed, or Spark does not start.
    """
    try:
        from pyspark.sql import SparkSession
    except ImportError:
        raise RenewcastError(
            "engine: the roll-up on Spark needs PySpark, which is not installed; run pip install 'renewcast[spark]'."
        ) from None
    session = session or SparkSession.getActiveSession() or _started(SparkSession)
    return SparkTables(session, tables)


def _started(spark_session):
    if "PYSPARK_GATEWAY_PORT" not in os.environ:
        # Not under spark-submit: Spark runs in a process of ours, and its workers run our Python.
        home = os.environ.get("JAVA_HOME")
        if shutil.which("java", path=f"{home}/bin" if home else None) is None:
            raise RenewcastError(
                "engine: Spark needs Java 17, and there is no java; install openjdk-17-jre-headless or set JAVA_HOME."
            )
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    try:
        return spark_session.builder.appName("renewcast").getOrCreate()
    except Exception as broken:
        reason = " ".join(str(broken).split()).rstrip(".")
        raise RenewcastError(f"engine: Spark does not start: {reason}; Java 17 is needed.") from None


def map_partitions(frames: dict, function: Callable, schema, partitions: int):
    """Call a function once for each partition of accounts, with the rows that every frame has for these accounts.

    Parameters
    ----------
    frames : dict of str to pyspark.sql.DataFrame
        Each with a column account_id, never NULL. Columns are text, whole numbers, doubles, decimals of up to 18 digits, days,
        instants (in microseconds) or booleans.
    function : callable
        Takes {name: pyarrow.Table} with the columns of each frame, account_id first, rows in any order; returns a pyarrow.Table.
        It is sent to the workers, so what it refers to must be importable there, or small. A partition to which no row belongs is
        passed over; a frame that has no rows in a partition is an empty table.
    schema : pyarrow.Schema
        Of what the function returns.
    partitions : int
        Of accounts. A worker holds one at a time, as Arrow, in memory.

    Returns
    -------
    pyspark.sql.DataFrame
        Nothing is computed yet, and nothing is collected.
    """
    from functools import reduce

    from pyspark.sql.pandas.types import from_arrow_schema

    layouts = [long_rows.layout(name, frame) for name, frame in frames.items()]
    packed = [
        long_rows.packed(frame, layout, number)
        for number, (frame, layout) in enumerate(zip(frames.values(), layouts, strict=True))
    ]
    # Hashed by account into as many tasks as partitions: a task is a partition, and adaptive execution leaves it at that.
    together = reduce(lambda one, other: one.union(other), packed).repartition(partitions, "account_id")

    def call(batches):
        import pyarrow as pa

        arrived = list(batches)
        if not any(batch.num_rows for batch in arrived):
            return
        result = function(long_rows.unpacked(pa.Table.from_batches(arrived), layouts))
        yield from result.select(schema.names).cast(schema).to_batches()

    return together.mapInArrow(call, from_arrow_schema(schema, prefer_timestamp_ntz=True))
