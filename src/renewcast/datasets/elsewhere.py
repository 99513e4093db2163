"""The roll-up on another engine than DuckDB: cells are grouped there and come back; what follows is the same code."""

import itertools
import shutil
import tempfile
import weakref
from pathlib import Path

from renewcast.engine.storage import known_in


class RolledUpElsewhere:
    """Cells of passes over staged tables, grouped by PostgreSQL or Spark.

    Parameters
    ----------
    engine : renewcast.params.EngineSection
    files : dict of str to pathlib.Path
        Staged tables.
    contracts : dict of str to TableContract
    origin : datetime.datetime
        First snapshot of the calendar.
    backend : ibis.backends.duckdb.Backend
        Reads what comes back.
    scratch : pathlib.Path
        Where Spark leaves cells for ``backend``; both can read and write there.
    """

    def __init__(self, engine, files: dict[str, Path], contracts: dict, origin, backend, scratch: Path):
        self._engine, self._files, self._contracts, self._origin = engine, files, contracts, origin
        self._backend, self._scratch, self._count = backend, scratch, itertools.count()
        self._opened: dict[str, object] = {}
        self._folder: Path | None = None

    def __call__(self, one, cut=None):
        """Return the cells of a pass, of the weeks in ``cut`` or of all; None where its table is not a staged one."""
        if one.table not in self._files:
            return None
        opened = self._open(one.table)
        table = opened.tables[one.table]
        if cut is not None:
            table = table.filter(known_in(table.known_at, cut, self._origin))
        cells = one.cells(table, self._contracts[one.table], self._origin)
        if self._engine.backend == "postgres":
            import ibis

            return ibis.memtable(opened.to_arrow(cells))
        from renewcast.engine.spark import as_address

        if self._folder is None:
            # Its own, for another run of the project may be at work in the same place.
            self._folder = Path(tempfile.mkdtemp(prefix="cells-", dir=self._scratch))
            weakref.finalize(self, shutil.rmtree, self._folder, ignore_errors=True)
        folder = self._folder / str(next(self._count))
        opened.frame(cells).write.mode("overwrite").parquet(as_address(folder))
        return self._backend.read_parquet(sorted(str(part) for part in folder.glob("*.parquet")))

    def _open(self, name: str):
        """Open one table there, when it is first asked for."""
        if name not in self._opened:
            files = {name: self._files[name]}
            if self._engine.backend == "postgres":
                from renewcast.engine.postgres import open_postgres
                from renewcast.sources import database_address

                opened = open_postgres(files, database_address(self._engine.database, "engine"))
                # The copy of a table lasts as long as the connection, and that as long as somebody may ask for cells.
                weakref.finalize(self, opened.close)
            else:
                from renewcast.engine.spark import open_spark

                opened = open_spark(files)
            self._opened[name] = opened
        return self._opened[name]
