"""A few accounts of a company with all of their facts: small enough to be built again and again under attack.

A feature row rests on the facts of its own account, with one exception: a product counts as a module from when its use, by
anyone, was first known. So a slice keeps, under an account of its own, one fact a module that says since when it is known.
"""

import contextlib
import dataclasses
import datetime as dt
import functools
import io
import tempfile
from pathlib import Path

from renewcast.filesystem import create_file

VOCABULARY = "\x1evocabulary"
"""The account under which a slice keeps since when each module is known; no account of a company is named so."""


@dataclasses.dataclass(frozen=True)
class CompanySlice:
    """Staged tables cut down to some accounts.

    Attributes
    ----------
    params : Params
    staged : renewcast.sources.Staged
        Of the whole company; what is not about rows (mapped columns, data end) holds for the slice too.
    tables : dict of str to pyarrow.Table
        Canonical columns with known_at and superseded_at.
    """

    params: object
    staged: object
    tables: dict

    @functools.cached_property
    def rows(self) -> dict:
        """The rows as plain values: table -> account -> list of (place in the table, dict)."""
        found: dict = {}
        for name, table in self.tables.items():
            by_account = found.setdefault(name, {})
            for place, row in enumerate(table.to_pylist()):
                by_account.setdefault(row["account_id"], []).append((place, row))
        return found

    def known_modules(self) -> dict[str, dt.datetime]:
        """Return since when the use of each module, by anyone, is known."""
        rows = [row for _, row in self.rows.get("usage", {}).get(VOCABULARY, [])]
        return {row["module"]: row["known_at"] for row in rows}

    @contextlib.contextmanager
    def opened(self, changes: dict | None = None):
        """Open a :class:`renewcast.datasets.view.View` on the slice, some of its tables replaced.

        Parameters
        ----------
        changes : dict of str to pyarrow.Table, optional

        Yields
        ------
        View
            Until the end of the block: its files lie in a temporary folder, never in the project.
        """
        from renewcast.datasets.view import View

        with tempfile.TemporaryDirectory(prefix="renewcast-audit-") as folder:
            folder = Path(folder)
            paths = {}
            for name, table in (self.tables | (changes or {})).items():
                paths[name] = folder / f"{name}.parquet"
                create_file(paths[name], _as_parquet(table))
            yield View(self.params, dataclasses.replace(self.staged, tables=paths), folder / "spill")

    def replaced(self, name: str, removed: set[int], added: list[dict]):
        """Return a table without some of its rows (by place) and with others."""
        import numpy as np
        import pyarrow as pa

        table = self.tables[name]
        stays = np.ones(table.num_rows, dtype=bool)
        stays[sorted(removed)] = False
        return pa.concat_tables([table.filter(pa.array(stays)), pa.Table.from_pylist(added, schema=table.schema)])


def cut(params, staged, accounts) -> CompanySlice:
    """Cut every staged table down to some accounts.

    Parameters
    ----------
    params : Params
    staged : renewcast.sources.Staged
    accounts : iterable of str

    Returns
    -------
    CompanySlice
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    chosen = sorted(set(accounts))
    tables = {}
    for name, path in staged.tables.items():
        tables[name] = pq.read_table(path, filters=[("account_id", "in", chosen)]).replace_schema_metadata(None)
    if "module" in staged.mapped_columns.get("usage", ()):
        since = _module_facts(pq.read_table(staged.tables["usage"], columns=["module", "known_at"]), tables["usage"].schema)
        tables["usage"] = pa.concat_tables([tables["usage"], since])
    return CompanySlice(params, staged, tables)


def _module_facts(usage, schema):
    import pyarrow as pa
    import pyarrow.compute as pc

    used = usage.filter(pc.is_valid(usage["module"])).group_by("module").aggregate([("known_at", "min")])
    facts = [
        {"account_id": VOCABULARY, "module": row["module"], "occurred_at": row["known_at_min"], "known_at": row["known_at_min"]}
        for row in used.sort_by("module").to_pylist()
    ]
    return pa.Table.from_pylist(facts, schema=schema)


def _as_parquet(table) -> bytes:
    import pyarrow.parquet as pq

    content = io.BytesIO()
    pq.write_table(table, content, compression="none")
    return content.getvalue()
