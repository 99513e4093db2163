"""The files of a company: written side by side, piece by piece, and put in place together or not at all."""

import contextlib
import os
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from renewcast.errors import RenewcastError


class TableFiles:
    """Parquet files that grow under temporary names until ``finish`` gives them theirs; use it as a context manager.

    Parameters
    ----------
    directory : pathlib.Path
        Made when it does not exist.

    Notes
    -----
    A file holds no more than one piece in memory. Left without ``finish``, nothing is changed and nothing is left behind.
    """

    def __init__(self, directory: Path):
        self.directory = directory
        self.rows: dict[str, int] = {}
        self._writers: dict[str, pq.ParquetWriter] = {}

    def __enter__(self) -> "TableFiles":
        return self

    def __exit__(self, *_) -> None:
        for name, writer in self._writers.items():
            with contextlib.suppress(OSError):
                writer.close()
            with contextlib.suppress(OSError):
                self._part(name).unlink(missing_ok=True)

    def append(self, name: str, piece: pa.Table) -> int:
        """Add rows to one table and return how many it has now.

        Raises
        ------
        RenewcastError
            "... cannot be written", when the disk or the rights do not allow it.
        """
        with self._told(name):
            if name not in self._writers:
                self.directory.mkdir(parents=True, exist_ok=True)
                # Without the Arrow schema coded texts are read back as plain ones.
                self._writers[name] = pq.ParquetWriter(
                    self._part(name), piece.schema, compression="zstd", compression_level=1, store_schema=False
                )
            self._writers[name].write_table(piece)
        self.rows[name] = self.rows.get(name, 0) + piece.num_rows
        return self.rows[name]

    def finish(self) -> None:
        """Put every file in place; each is on the disk before the first takes its name.

        Raises
        ------
        RenewcastError
            As for ``append``.
        """
        for name, writer in self._writers.items():
            with self._told(name):
                writer.close()
                with self._part(name).open("rb+") as handle:
                    os.fsync(handle.fileno())
        for name in self._writers:
            with self._told(name):
                os.replace(self._part(name), self._final(name))

    def _final(self, name: str) -> Path:
        return self.directory / f"{name}.parquet"

    def _part(self, name: str) -> Path:
        return self.directory / f".{name}.parquet.part"

    @contextlib.contextmanager
    def _told(self, name: str):
        """Turn what the disk reports into one sentence."""
        try:
            yield
        except OSError as refused:
            raise RenewcastError(
                f"{self._final(name)} cannot be written ({refused.strerror or refused}); "
                "give a directory with room and the right to write."
            ) from None
