"""Reading what was published: the current list, an earlier one, all of them; each checked against its manifest."""

import json
import re
from pathlib import Path

from renewcast.errors import RenewcastError
from renewcast.filesystem import read_file
from renewcast.publishing.facts import Published, check_week
from renewcast.publishing.manifest import LIST_FILES, MANIFEST, check_digest, parse_manifest, sha256

POINTER = "current.json"


def read_list(list_dir: Path):
    """Read a published list from its Parquet file.

    Parameters
    ----------
    list_dir : pathlib.Path
        One revision's folder, for example lists/2026-W27/r1.

    Returns
    -------
    pandas.DataFrame, shape (n_accounts, n_columns)
        The columns of `LIST_COLUMNS`; days are datetime.date, days_to_renewal is Int64.

    Raises
    ------
    RenewcastError
        "... is not a published list", "... is not a manifest" or "... was changed after it was published".

    Examples
    --------
    >>> try:
    ...     read_list(Path("lists/2026-W27/r9"))
    ... except RenewcastError as refused:
    ...     print(str(refused).partition(";")[0])
    lists/2026-W27/r9 is not a published list, manifest.json is missing
    """
    from renewcast.publishing.parquet import as_frame, from_parquet

    name = LIST_FILES[0]
    manifest = read_manifest(list_dir)
    content = content_of(list_dir, name)
    check_digest(content, manifest, name, list_dir / name)
    return as_frame(from_parquet(content))


def verify_list(list_dir: Path) -> dict:
    """Check every file of a published list against its manifest and return the manifest.

    Raises
    ------
    RenewcastError
        As `read_list`, for any of the files.
    """
    manifest = read_manifest(list_dir)
    for name in manifest["files"]:
        check_digest(content_of(list_dir, name), manifest, name, list_dir / name)
    return manifest


def list_files(list_dir: Path) -> list:
    """Name every file of a published list as its manifest does, in order: paths inside the folder, the manifest left out.

    Raises
    ------
    RenewcastError
        As `read_manifest`.

    Examples
    --------
    >>> try:
    ...     list_files(Path("lists/2026-W27/r9"))
    ... except RenewcastError as refused:
    ...     print(str(refused).partition(";")[0])
    lists/2026-W27/r9 is not a published list, manifest.json is missing
    """
    return sorted(read_manifest(list_dir)["files"])


def read_beside(list_dir: Path):
    """Read what was published beside the rows of a list.

    Parameters
    ----------
    list_dir : pathlib.Path
        One revision's folder, for example lists/2026-W27/r1.

    Returns
    -------
    renewcast.publishing.supplement.Supplement
        Parts that were not published are None or empty.

    Raises
    ------
    RenewcastError
        As `read_list`, for any of the files.
    """
    from renewcast.publishing.beside import from_files, is_beside

    manifest, files = read_manifest(list_dir), {}
    for name in filter(is_beside, manifest["files"]):
        files[name] = content_of(list_dir, name)
        check_digest(files[name], manifest, name, list_dir / name)
    return from_files(files)


def read_manifest(list_dir: Path) -> dict:
    """Read the manifest of a published list, which must stand in the folder that it names.

    Raises
    ------
    RenewcastError
        "... is not a published list", "... is not a manifest" or "... belongs to".
    """
    manifest = parse_manifest(content_of(list_dir, MANIFEST), list_dir / MANIFEST)
    week, revision = manifest.get("week"), f"r{manifest.get('revision')}"
    if (week, revision) != (list_dir.parent.name, list_dir.name):
        raise RenewcastError(f"{list_dir / MANIFEST} belongs to {week}/{revision}; move the folder back to its place.")
    return manifest


def current_list(directory: Path) -> Path | None:
    """Return the folder of the list in force, or None before the first one.

    Parameters
    ----------
    directory : pathlib.Path
        Where the lists are published.

    Raises
    ------
    RenewcastError
        "... is damaged" or "... names a list that is not there", with what to do.

    Examples
    --------
    >>> current_list(Path("nowhere")) is None
    True
    """
    pointer = directory / POINTER
    try:
        content = read_file(pointer)
    except FileNotFoundError:
        return None
    try:
        said = json.loads(content)
        week, revision, digest = said["week"], said["revision"], said["manifest_sha256"]
        check_week(week)
        list_dir = directory / week / f"r{int(revision)}"
    except (ValueError, KeyError, TypeError, RenewcastError):
        raise RenewcastError(f"{pointer} is damaged; publish any week again, and it will be mended.") from None
    if sha256(content_of(list_dir, MANIFEST)) != digest:
        raise RenewcastError(f"{list_dir / MANIFEST} is not the one that was published; restore it or publish {week} again.")
    return list_dir


def published_lists(directory: Path) -> list:
    """List every published revision, by week and revision, oldest week first.

    Parameters
    ----------
    directory : pathlib.Path

    Returns
    -------
    list of Published

    Examples
    --------
    >>> published_lists(Path("nowhere"))
    []
    """
    if not directory.is_dir():
        return []
    found = [
        Published(week=week.name, revision=int(folder.name[1:]), list_dir=folder, status="published")
        for week in week_folders(directory)
        for folder in week.iterdir()
        if re.fullmatch(r"r[1-9][0-9]{0,8}", folder.name) and (folder / MANIFEST).is_file()
    ]
    return sorted(found, key=lambda one: (one.week, one.revision))


def week_folders(directory: Path) -> list:
    """Return the folders of the weeks, oldest first; other things in the directory are left alone."""
    return sorted(path for path in directory.iterdir() if re.fullmatch(r"[0-9]{4}-W[0-9]{2}", path.name) and path.is_dir())


def content_of(list_dir, name):
    """Read a file of a published list, or say in one sentence that it is not there."""
    try:
        return read_file(list_dir / name)
    except (FileNotFoundError, NotADirectoryError):
        raise RenewcastError(
            f"{list_dir} is not a published list, {name} is missing; give a folder such as lists/2026-W27/r1."
        ) from None
