"""The staged tables on the disk: one folder a content, ``staged.json`` names the one that counts, the one before it stays.

A command reads its tables lazily, for as long as it runs. So the rows of a folder never change: other rows go into
another folder, and only the newest two stay. Whoever stages holds the lock from the sweep to the last step.
"""

import filecmp
import functools
import hashlib
import json
import os
import re
import shutil
from importlib import resources
from pathlib import Path

import duckdb

from renewcast.filesystem import locked, make_folder, move_folder, replace_file, settle_folder
from renewcast.params import Params
from renewcast.sources._origins import Origin

SCRATCH_PREFIX = "staging-"
_FOLDER = re.compile(r"[0-9a-f]{16}")


def lock(work: Path):
    """Hold the right to stage; see :func:`renewcast.filesystem.locked`."""
    return locked(work / "staged.lock")


def sweep(work: Path) -> None:
    """Remove what stages left behind that were killed; call it under the lock, when none of them can be alive."""
    for left in work.glob(f"{SCRATCH_PREFIX}*"):
        shutil.rmtree(left, ignore_errors=True)


def table_paths(work: Path, content: dict) -> dict[str, Path]:
    """Return the Parquet file of each staged table."""
    return {name: work / "tables" / content["folder"] / f"{name}.parquet" for name in content["sizes"]}


def reusable(work: Path, key: str | None) -> dict | None:
    """Return the last stage when it rests on the same inputs and all of its tables are whole."""
    content = _summary(work)
    if key is None or content is None or content["key"] != key:
        return None
    try:
        sizes = {name: path.stat().st_size for name, path in table_paths(work, content).items()}
    except OSError:
        return None
    return content if sizes == content["sizes"] else None


def publish(scratch: Path, work: Path, content: dict) -> dict:
    """Give the tables and the quarantine in ``scratch`` their places, then let ``staged.json`` name them; hold the lock.

    Parameters
    ----------
    scratch : pathlib.Path
        Has the folders ``tables`` and ``quarantine``, on the same disk as ``work``.
    work : pathlib.Path
    content : dict
        What ``staged.json`` shall say; has the ``fingerprint``.

    Returns
    -------
    dict
        The content with ``folder``, ``kept`` and ``sizes``.
    """
    folder = content["fingerprint"][:16]
    before = _summary(work)
    earlier = [name for name in (before["kept"] if before else []) if name != folder]
    kept = [folder, *earlier[:1]]
    sizes = {path.stem: path.stat().st_size for path in sorted((scratch / "tables").iterdir())}
    content = content | {"folder": folder, "kept": kept, "sizes": sizes}
    _place_tables(scratch / "tables", work / "tables" / folder)
    _replace_files(scratch / "quarantine", work / "quarantine")
    replace_file(work / "staged.json", json.dumps(content, indent=1, ensure_ascii=False).encode())
    if before is not None:  # where the record is lost, nobody knows which folder is being read
        for other in (work / "tables").iterdir():
            if other.name not in kept:
                _remove(other)
    return content


def cache_key(params: Params, origins: dict[str, dict[str, Origin]], directory: Path) -> str | None:
    """Digest everything that the staged rows depend on; None when a database is among it.

    Files inside the project count by their place in it: whoever moves or copies a project with its times need not stage it anew.
    """
    found = [origin for parts in origins.values() for origin in parts.values()]
    if any(origin.database is not None for origin in found):
        return None
    home = directory.resolve()
    files = [
        [str(path.relative_to(home) if path.is_relative_to(home) else path), path.stat().st_size, path.stat().st_mtime_ns]
        for origin in found
        for path in origin.files
    ]
    depends = {
        "code": code_digest(),
        "duckdb": duckdb.__version__,
        "sources": {name: section.model_dump(mode="json") for name, section in params.sources.items()},
        "project": [params.project.time_zone, params.project.currency],
        "rates": {} if params.revenue is None else params.revenue.rates.per_unit,
        "last": str(params.snapshots.last),
        "files": files,
    }
    return hashlib.sha256(json.dumps(depends, sort_keys=True).encode()).hexdigest()


@functools.cache
def code_digest() -> str:
    """Digest the source files of this package: other code may stage the same files to other rows."""
    digest = hashlib.sha256()
    for file in sorted(resources.files("renewcast.sources").iterdir(), key=lambda one: one.name):
        if file.name.endswith(".py"):
            digest.update(f"{file.name}\n".encode() + hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


def _summary(work: Path) -> dict | None:
    """Read ``staged.json``; None where it is absent, damaged, or of a release that kept the tables elsewhere."""
    try:
        content = json.loads((work / "staged.json").read_text(encoding="utf-8"))
        is_sound = (
            all(_FOLDER.fullmatch(name) for name in (content["folder"], *content["kept"]))
            and {"key", "known_days"} <= content.keys()
        )
        return content if is_sound and isinstance(content["sizes"], dict) else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _place_tables(fresh: Path, final: Path) -> None:
    if not final.is_dir():
        make_folder(final.parent)
        for path in fresh.iterdir():
            _flush(path)
        settle_folder(fresh)
        move_folder(fresh, final)
    elif sorted(os.listdir(fresh)) != sorted(os.listdir(final)) or any(
        not filecmp.cmp(path, final / path.name, shallow=False) for path in fresh.iterdir()
    ):
        _replace_files(fresh, final)  # damaged: each file comes back whole, for whoever is reading here too


def _replace_files(fresh: Path, final: Path) -> None:
    """Bring files into a folder one by one, each whole, and take away those that are no longer there."""
    make_folder(final)
    names = {path.name for path in fresh.iterdir()}
    for name in sorted(names):
        _flush(fresh / name)
        os.replace(fresh / name, final / name)
    for old in final.iterdir():
        if old.name not in names:
            _remove(old)
    settle_folder(final)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def _flush(path: Path) -> None:
    with open(path, "rb+") as file:
        os.fsync(file.fileno())
