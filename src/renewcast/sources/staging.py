"""Stage a project's tables: every source becomes a canonical Parquet table under ``data/work/tables``, or a reason to stop."""

import datetime as dt
import hashlib
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from renewcast.engine.connect import open_unsealed, seal
from renewcast.errors import RenewcastError
from renewcast.params import TABLES, Params
from renewcast.sources import CONTRACTS
from renewcast.sources._data_end import find_data_end
from renewcast.sources._findings import add_findings
from renewcast.sources._kept import SCRATCH_PREFIX, cache_key, lock, publish, reusable, sweep, table_paths
from renewcast.sources._origins import Origin, find_origins
from renewcast.sources._report import CheckReport, TableReport
from renewcast.sources._table import Workbench, stage_table


@dataclass(frozen=True)
class Staged:
    """The staged tables of a project.

    Parameters
    ----------
    tables : dict of str to pathlib.Path
        One Parquet file per mapped table.
    reports : list of TableReport
        In the order of the canonical tables.
    fingerprint : str
        SHA-256 in hex over the rows of all tables; the same rows give the same one, in any order and from any kind of source.
        It rests on DuckDB's ``hash()``, so another version of DuckDB may give another one.
    mapped_columns : dict of str to set of str
        Canonical columns that are filled in at least one row.
    data_end : datetime.datetime or None
        Naive UTC: how far the data go, whatever is booked ahead; see :func:`renewcast.sources._data_end.find_data_end`.
    stops : list of str
        Reasons not to go on.
    known_days : dict of str to dict of int to str
        For each table, a digest of the rows that became known on each day since 1970.
    """

    tables: dict[str, Path]
    reports: list[TableReport]
    fingerprint: str
    mapped_columns: dict[str, set[str]]
    data_end: dt.datetime | None
    stops: list[str]
    known_days: dict[str, dict[int, str]] = field(default_factory=dict)


def stage(
    params: Params, directory: Path, *, progress: Callable[[int, int, str], None] | None = None, raise_on_stop: bool = True
) -> Staged:
    """Turn the sources of ``params`` into canonical tables.

    Parameters
    ----------
    params : Params
    directory : pathlib.Path
        The project; relative paths start here, and the results go to its ``data/work``.
    progress : callable, optional
        Called as ``progress(done, total, text)`` before each table.
    raise_on_stop : bool
        Raise the first reason to stop rather than return it.

    Returns
    -------
    Staged

    Raises
    ------
    RenewcastError
        The first reason to stop: a table cannot be read or mapped, is empty, or most of its rows were set aside.

    Notes
    -----
    Files are staged again only when the mapping, a file (its place in the project, size, time of change), this package or
    DuckDB's version differs; databases are always read again. The tables of one content lie in one folder, named by the
    fingerprint; the newest two folders stay, so that a command goes on reading what it opened. One run at a time stages; a stage
    that did not finish is never used, and the next one sweeps it away. Rows that were set aside stand in
    ``data/work/quarantine/<table>.parquet`` as text, with ``row`` (counted from 1), ``reason`` and ``column``.

    Examples
    --------
    >>> from renewcast.params import load_params
    >>> staged = stage(load_params(Path("demo/params.yaml")), Path("demo"))  # doctest: +SKIP
    >>> staged.tables["usage"]  # doctest: +SKIP
    PosixPath('demo/data/work/tables/5d3f0e9a7c1b2468/usage.parquet')
    """
    directory = Path(directory)
    work = directory / "data" / "work"
    work.mkdir(parents=True, exist_ok=True)
    stops: list[str] = []
    origins: dict[str, dict[str, Origin]] = {}
    for name in (table for table in TABLES if table in params.sources):
        try:
            origins[name] = find_origins(params.sources[name], f"sources.{name}", directory)
        except RenewcastError as refused:
            stops.append(str(refused))
    key = None if stops else cache_key(params, origins, directory)
    content = reusable(work, key)
    if content is None:
        with lock(work):
            # Another run may have staged the same while this one waited.
            content = reusable(work, key)
            if content is None:
                sweep(work)
                content = _stage_all(params, origins, work, key, stops, progress)
    if raise_on_stop and content["stops"]:
        raise RenewcastError(content["stops"][0])
    return _staged(content, work)


def check(params: Params, directory: Path) -> CheckReport:
    """Say what is wrong with a project's data, all of it at once.

    Parameters
    ----------
    params : Params
    directory : pathlib.Path

    Returns
    -------
    CheckReport
        ``to_dict()`` for programs, ``render()`` for people; ``stops`` is empty when a run may go on.

    Examples
    --------
    >>> report = check(load_params(Path("demo/params.yaml")), Path("demo"))  # doctest: +SKIP
    >>> report.stops  # doctest: +SKIP
    []
    """
    staged = stage(params, directory, raise_on_stop=False)
    return CheckReport(staged.reports, staged.stops, staged.data_end.isoformat() if staged.data_end else None)


def _stage_all(params: Params, origins: dict, work: Path, key: str | None, stops: list[str], progress) -> dict:
    """Stage into a scratch folder, then move everything into place; ``staged.json`` comes last."""
    scratch = Path(tempfile.mkdtemp(prefix=SCRATCH_PREFIX, dir=work))
    try:
        for part in ("tables", "quarantine"):
            (scratch / part).mkdir()
        folders = {path.parent for found in origins.values() for origin in found.values() for path in origin.files}
        backend = open_unsealed(
            params.engine.memory_gb, params.engine.threads, scratch / "spill", allowed=[scratch, *sorted(folders)]
        )
        bench = Workbench(seal(backend), params, scratch)
        reports = []
        for done, (name, found) in enumerate(origins.items()):
            if progress is not None:
                progress(done, len(origins), f"staging {name}")
            try:
                reports.append(stage_table(bench, CONTRACTS[name], found, stops))
            except RenewcastError as refused:
                stops.append(str(refused))
                reports.append(TableReport(name))
        data_end = find_data_end(bench, reports, stops)
        add_findings(bench, reports, data_end, stops)
        backend.disconnect()
        digest = hashlib.sha256("".join(sorted(f"{one.name}:{one.fingerprint}\n" for one in reports)).encode()).hexdigest()
        content = {
            "key": key,
            "fingerprint": digest,
            "data_end": data_end.isoformat() if data_end else None,
            "stops": stops,
            "tables": [one.to_dict() for one in reports],
            "known_days": {name: list(days.items()) for name, days in bench.known_days.items()},
        }
        return publish(scratch, work, content)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _staged(content: dict, work: Path) -> Staged:
    reports = [TableReport.from_dict(one) for one in content["tables"]]
    return Staged(
        tables=table_paths(work, content),
        reports=reports,
        fingerprint=content["fingerprint"],
        mapped_columns={one.name: set(one.mapped) for one in reports if one.name in content["sizes"]},
        data_end=dt.datetime.fromisoformat(content["data_end"]) if content["data_end"] else None,
        stops=list(content["stops"]),
        known_days={name: dict(days) for name, days in content["known_days"].items()},
    )
