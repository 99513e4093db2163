"""Open DuckDB so that a query can neither leave the project nor depend on the machine it runs on."""

import contextlib
from collections.abc import Sequence
from pathlib import Path

import duckdb
from sqlglot import exp

from renewcast.engine.frames import DuckDB
from renewcast.errors import RenewcastError


def connect(memory_gb: float, threads: int, spill_directory: Path, *, readable: Sequence[Path] | None = None):
    """Open an in-memory DuckDB that computes in UTC and reads and writes only inside the given folders.

    Parameters
    ----------
    memory_gb : float
        Memory that DuckDB may take, in GB; what does not fit is spilled.
    threads : int
        At least 1.
    spill_directory : pathlib.Path
        Folder for what does not fit into memory; it is made when absent.
    readable : sequence of pathlib.Path, optional
        Folders whose files may be read and written. By default the folder that holds ``spill_directory``, which in a project
        is ``data/work``.

    Returns
    -------
    ibis.backends.duckdb.Backend
        Its configuration is locked: neither a query nor the caller can open it up again.

    Notes
    -----
    What is refused: files outside the folders (also through ``..`` or a symbolic link), ATTACH, INSTALL, LOAD, the network,
    and Python variables named like a table. ICU, JSON and Parquet are part of DuckDB's own package, so nothing is downloaded.
    A symbolic link inside a folder is refused too; give the folder it points to.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as work:
    ...     engine = connect(1, 1, Path(work) / "spill")
    ...     engine.sql("SELECT current_setting('TimeZone') AS zone").execute().zone[0]
    'UTC'
    """
    spill_directory = Path(spill_directory)
    folders = [spill_directory.parent] if readable is None else list(readable)
    backend = open_unsealed(memory_gb, threads, spill_directory, allowed=[*folders, spill_directory])
    return seal(backend)


def open_unsealed(memory_gb: float, threads: int, spill_directory: Path, *, allowed: Sequence[Path] = ()):
    """Open DuckDB with files still within reach, for loading inputs before :func:`seal`; never run foreign SQL on it.

    Parameters
    ----------
    memory_gb : float
    threads : int
    spill_directory : pathlib.Path
    allowed : sequence of pathlib.Path
        Folders that stay within reach after :func:`seal`.

    Returns
    -------
    ibis.backends.duckdb.Backend
    """
    if memory_gb <= 0 or threads < 1:
        raise RenewcastError(f"engine: memory_gb is {memory_gb} and threads is {threads}; both must be above 0.")
    spill_directory = Path(spill_directory)
    spill_directory.mkdir(parents=True, exist_ok=True)
    # Ibis sets TimeZone to UTC and python_enable_replacements to false when it opens the connection.
    backend = DuckDB().connect(
        memory_limit=f"{memory_gb}GB",
        threads=threads,
        temp_directory=str(spill_directory.resolve()),
        autoinstall_known_extensions=False,
        autoload_known_extensions=False,
        allow_community_extensions=False,
        preserve_insertion_order=True,
    )
    folders = exp.Array(expressions=[exp.Literal.string(str(Path(folder).resolve())) for folder in allowed])
    backend.raw_sql(exp.Command(this="SET", expression=f"allowed_directories = {folders.sql('duckdb')}").sql("duckdb"))
    # A progress bar would write into the terminal, and so into --json. In Jupyter without ipywidgets there is none to turn off,
    # and DuckDB refuses to hear of it.
    with contextlib.suppress(duckdb.InvalidInputException):
        backend.raw_sql("SET enable_progress_bar = false")
    return backend


def seal(backend):
    """Close off files outside the allowed folders, extensions and the network, and lock the configuration.

    Parameters
    ----------
    backend : ibis.backends.duckdb.Backend

    Returns
    -------
    ibis.backends.duckdb.Backend
        The same backend.
    """
    backend.raw_sql("SET enable_external_access = false")
    backend.raw_sql("SET lock_configuration = true")
    return backend
