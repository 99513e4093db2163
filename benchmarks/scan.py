"""The bare Parquet scan: every column that the measures read is decoded once and looked at, and nothing is kept.

Three readers do so, each in a way that it cannot answer from the file's statistics; the fastest of them is the yardstick.
"""

import duckdb
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
from task import COLUMNS, Task

TEXTS = ("account_id", "user_id", "module", "action")


def with_duckdb(task: Task) -> None:
    """Read by DuckDB: hashes of the columns, which are what it computes fastest without comparing texts."""
    con = duckdb.connect(config={"threads": task.threads})
    con.execute("set enable_progress_bar = false")
    looked_at = ", ".join(f"bit_xor(hash({name}))" for name in COLUMNS)
    con.read_parquet(task.path).aggregate(looked_at).fetchall()


def with_arrow(task: Task) -> None:
    """Read by Arrow: batches of all columns, texts as dictionaries."""
    pa.set_cpu_count(task.threads)
    file = pq.ParquetFile(task.path, read_dictionary=list(TEXTS))
    for _ in file.iter_batches(columns=list(COLUMNS), batch_size=250_000, use_threads=task.threads > 1):
        pass


def with_polars(task: Task) -> None:
    """Read by polars' streaming engine: the largest of each column."""
    pl.scan_parquet(task.path).select(pl.col(COLUMNS).max()).collect(engine="streaming")
