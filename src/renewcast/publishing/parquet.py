"""The list as Parquet: the exact rows, for other programs and for next week's run."""

import io

import pyarrow as pa
import pyarrow.parquet as pq

from renewcast.publishing.rows import SCHEMA


def to_parquet(table: pa.Table) -> bytes:
    """Write the rows; the same rows give the same bytes.

    Examples
    --------
    >>> from_parquet(to_parquet(SCHEMA.empty_table())).num_rows
    0
    """
    target = io.BytesIO()
    pq.write_table(table, target, compression="zstd")
    return target.getvalue()


def from_parquet(content: bytes) -> pa.Table:
    """Read the rows back."""
    return pq.read_table(io.BytesIO(content), schema=SCHEMA, use_threads=False)


def any_from_parquet(content: bytes) -> pa.Table:
    """Read a table that stands beside the rows, in the types in which it was written."""
    return pq.read_table(io.BytesIO(content), use_threads=False)


def as_frame(table: pa.Table):
    """Return the rows as pandas: days as datetime.date, days_to_renewal as Int64, so that no whole number turns into 12.0.

    Returns
    -------
    pandas.DataFrame, shape (n_accounts, n_columns)

    Examples
    --------
    >>> str(as_frame(SCHEMA.empty_table())["days_to_renewal"].dtype)
    'Int64'
    """
    frame = table.to_pandas(date_as_object=True)
    return frame.assign(days_to_renewal=frame["days_to_renewal"].astype("Int64"))
