"""A few accounts as they would have looked, had everything that happened been known at once."""

import contextlib
import dataclasses
import datetime as dt
import io
import tempfile
from pathlib import Path

from renewcast.days import midnight
from renewcast.filesystem import create_file

MODULES = "\x1emodules"
"""The account under which it is kept since when each module is known; no account of a company is named so."""


@contextlib.contextmanager
def known_at_once(view, staged, accounts, as_of: dt.date):
    """Open a view on some accounts in which every event is known when it happens, and find the days on which that matters.

    Parameters
    ----------
    view : renewcast.datasets.view.View
    staged : renewcast.sources.Staged
    accounts : iterable of str
    as_of : datetime.date
        What became known at this day or later is left out.

    Yields
    ------
    renewcast.datasets.view.View
        Its files lie in a temporary folder. States (contracts, users, milestones) are known when they were.
    pandas.DataFrame
        account_id, table, happened, known: the events that were known later than they happened, the gap holding a midnight.
    """
    import pandas as pd

    from renewcast.datasets.view import View

    chosen = sorted(set(accounts))
    with tempfile.TemporaryDirectory(prefix="renewcast-regret-") as folder:
        paths, late = {}, []
        for name, path in staged.tables.items():
            rows = _rows(path, chosen, midnight(as_of))
            column = view.store.contracts[name].event_time
            if view.store.contracts[name].kind == "event" and column is not None:
                rows, found = _at_once(rows, column)
                late.append(found.assign(table=name))
            if name == "usage" and "module" in staged.mapped_columns.get("usage", ()):
                rows = _with_modules(rows, path, midnight(as_of))
            paths[name] = Path(folder) / f"{name}.parquet"
            create_file(paths[name], _as_parquet(rows))
        opened = View(view.params, dataclasses.replace(staged, tables=paths), Path(folder) / "spill")
        columns = ["account_id", "table", "happened", "known"]
        late = pd.concat(late, ignore_index=True)[columns] if late else pd.DataFrame(columns=columns)
        yield opened, late


def late_on(late, keys):
    """Say for which snapshots an event had happened and was not known, and in which tables.

    Parameters
    ----------
    late : pandas.DataFrame
        account_id, table, happened, known.
    keys : pandas.DataFrame
        account_id and as_of.

    Returns
    -------
    pandas.DataFrame
        account_id, as_of, what (names of tables, joined by commas); snapshots of which nothing was late are left out.

    Examples
    --------
    >>> import pandas as pd
    >>> late = pd.DataFrame({"account_id": ["A"], "table": ["tickets"], "happened": pd.to_datetime(["2026-01-03"]),
    ...     "known": pd.to_datetime(["2026-01-20"])})
    >>> keys = pd.DataFrame({"account_id": "A", "as_of": pd.to_datetime(["2026-01-05", "2026-01-26"])})
    >>> late_on(late, keys)["what"].tolist()
    ['tickets']
    """
    rows = keys[["account_id", "as_of"]].drop_duplicates().merge(late, on="account_id")
    rows = rows[(rows["happened"] < rows["as_of"]) & (rows["known"] >= rows["as_of"])]
    rows = rows.drop_duplicates(["account_id", "as_of", "table"]).sort_values(["account_id", "as_of", "table"])
    return rows.groupby(["account_id", "as_of"], as_index=False)["table"].agg(", ".join).rename(columns={"table": "what"})


def _rows(path, accounts: list[str], instant):
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    rows = pq.read_table(path, filters=[("account_id", "in", accounts)]).replace_schema_metadata(None)
    rows = rows.filter(pc.less(rows["known_at"], pa.scalar(instant, rows["known_at"].type)))
    ended = rows["superseded_at"]
    unknown = pc.greater_equal(ended, pa.scalar(instant, ended.type))
    ended = pc.if_else(pc.fill_null(unknown, False), pa.scalar(None, ended.type), ended)
    return rows.set_column(rows.column_names.index("superseded_at"), rows.schema.field("superseded_at"), ended)


def _at_once(rows, column: str):
    """Let every event be known when it happened; of several versions only the last one ever was."""
    import pyarrow.compute as pc

    known = rows["known_at"]
    happened = rows[column].cast(known.type)
    moved = pc.if_else(pc.fill_null(pc.less(happened, known), False), happened, known)
    ended = rows["superseded_at"]
    gone = pc.if_else(pc.is_valid(ended), moved, ended)
    frame = rows.select(["account_id"]).append_column("happened", happened).append_column("known", known).to_pandas()
    is_late = frame["happened"].notna() & (frame["happened"].dt.normalize() < frame["known"].dt.normalize())
    for name, values in (("known_at", moved), ("superseded_at", gone)):
        rows = rows.set_column(rows.column_names.index(name), rows.schema.field(name), values)
    return rows, frame[is_late]


def _with_modules(rows, path, instant):
    """Add since when the use of each module, by anyone, is known: a module counts as one from then on."""
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    usage = pq.read_table(path, columns=["module", "known_at"])
    usage = usage.filter(pc.and_(pc.is_valid(usage["module"]), pc.less(usage["known_at"], pa.scalar(instant))))
    first = usage.group_by("module").aggregate([("known_at", "min")]).sort_by("module").to_pylist()
    facts = [
        {"account_id": MODULES, "module": row["module"], "occurred_at": row["known_at_min"], "known_at": row["known_at_min"]}
        for row in first
    ]
    return pa.concat_tables([rows, pa.Table.from_pylist(facts, schema=rows.schema)])


def _as_parquet(rows) -> bytes:
    import pyarrow.parquet as pq

    content = io.BytesIO()
    pq.write_table(rows, content)
    return content.getvalue()
