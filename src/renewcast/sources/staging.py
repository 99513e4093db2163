"""Stage a project's tables: every source becomes a canonical Parquet table in ``data/work/tables``, or a reason to stop."""

import datetime as dt
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from renewcast.engine.connect import open_unsealed, seal
from renewcast.errors import RenewcastError
from renewcast.params import TABLES, Params
from renewcast.sources import CONTRACTS
from renewcast.sources._findings import add_findings
from renewcast.sources._origins import Origin, find_origins
from renewcast.sources._report import CheckReport, TableReport
from renewcast.sources._table import Workbench, stage_table

_FORMAT = 1
"""Raise it when staging the same files gives other rows, so that tables staged before are not used again."""


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
    mapped_columns : dict of str to set of str
        Canonical columns that are filled in at least one row.
    data_end : datetime.datetime or None
        Naive UTC: the latest time at which a row of contracts or usage was known. Contracts whose time of knowing is only
        derived from their start count only when there is no usage, because a term may be booked long before it starts.
    stops : list of str
        Reasons not to go on.
    """

    tables: dict[str, Path]
    reports: list[TableReport]
    fingerprint: str
    mapped_columns: dict[str, set[str]]
    data_end: dt.datetime | None
    stops: list[str]


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
    Files are staged again only when the mapping or a file (path, size, time of change) differs; databases are always read
    again. A stage that did not finish is never used. Rows that were set aside stand in ``data/work/quarantine/<table>.parquet``
    as text, with ``row`` (counted from 1), ``reason`` and ``column``.

    Examples
    --------
    >>> from renewcast.params import load_params
    >>> staged = stage(load_params(Path("demo/params.yaml")), Path("demo"))  # doctest: +SKIP
    >>> staged.tables["usage"]  # doctest: +SKIP
    PosixPath('demo/data/work/tables/usage.parquet')
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
    key = None if stops else _cache_key(params, origins)
    content = _reusable(work, key)
    if content is None:
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
    """Stage into a scratch folder, then move everything into place; ``staged.json`` goes first and comes last."""
    scratch = Path(tempfile.mkdtemp(prefix="staging-", dir=work))
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
        data_end = _data_end(bench, reports)
        add_findings(bench, reports, data_end, stops)
        backend.disconnect()
        digest = hashlib.sha256("".join(sorted(f"{one.name}:{one.fingerprint}\n" for one in reports)).encode()).hexdigest()
        content = {
            "key": key,
            "fingerprint": digest,
            "data_end": data_end.isoformat() if data_end else None,
            "stops": stops,
            "sizes": {path.stem: path.stat().st_size for path in sorted((scratch / "tables").iterdir())},
            "tables": [one.to_dict() for one in reports],
        }
        _move_into_place(scratch, work, content)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return content


def _data_end(bench: Workbench, reports: list[TableReport]) -> dt.datetime | None:
    latest = {one.name: one.latest_known_at for one in reports if one.latest_known_at is not None}
    counted = [name for name in ("usage", "contracts") if name in latest]
    if len(counted) == 2 and bench.mappings["contracts"].known_at.column is None:
        counted = ["usage"]
    return max((dt.datetime.fromisoformat(latest[name]) for name in counted), default=None)


def _move_into_place(scratch: Path, work: Path, content: dict) -> None:
    summary = work / "staged.json"
    summary.unlink(missing_ok=True)
    for part in ("tables", "quarantine"):
        (work / part).mkdir(exist_ok=True)
        fresh = sorted((scratch / part).iterdir())
        for old in set(path.name for path in (work / part).iterdir()) - {path.name for path in fresh}:
            (work / part / old).unlink()
        for path in fresh:
            _flush(path)
            os.replace(path, work / part / path.name)
    partial = scratch / summary.name
    partial.write_text(json.dumps(content, indent=1, ensure_ascii=False), encoding="utf-8")
    _flush(partial)
    os.replace(partial, summary)


def _flush(path: Path) -> None:
    with open(path, "rb+") as file:
        os.fsync(file.fileno())


def _cache_key(params: Params, origins: dict[str, dict[str, Origin]]) -> str | None:
    """Digest everything that the staged rows depend on; None when a database is among it."""
    found = [origin for parts in origins.values() for origin in parts.values()]
    if any(origin.database is not None for origin in found):
        return None
    files = [[str(path), path.stat().st_size, path.stat().st_mtime_ns] for origin in found for path in origin.files]
    depends = {
        "format": _FORMAT,
        "contracts": repr(CONTRACTS),
        "sources": {name: section.model_dump(mode="json") for name, section in params.sources.items()},
        "project": [params.project.time_zone, params.project.currency],
        "files": files,
    }
    return hashlib.sha256(json.dumps(depends, sort_keys=True).encode()).hexdigest()


def _reusable(work: Path, key: str | None) -> dict | None:
    """Return the last stage when it rests on the same inputs and all of its tables are whole."""
    summary = work / "staged.json"
    if key is None or not summary.exists():
        return None
    try:
        content = json.loads(summary.read_text(encoding="utf-8"))
        sizes = {name: (work / "tables" / f"{name}.parquet").stat().st_size for name in content["sizes"]}
        return content if content["key"] == key and sizes == content["sizes"] else None
    except (OSError, ValueError, KeyError):
        return None


def _staged(content: dict, work: Path) -> Staged:
    reports = [TableReport.from_dict(one) for one in content["tables"]]
    return Staged(
        tables={name: work / "tables" / f"{name}.parquet" for name in content["sizes"]},
        reports=reports,
        fingerprint=content["fingerprint"],
        mapped_columns={one.name: set(one.mapped) for one in reports if one.name in content["sizes"]},
        data_end=dt.datetime.fromisoformat(content["data_end"]) if content["data_end"] else None,
        stops=list(content["stops"]),
    )
