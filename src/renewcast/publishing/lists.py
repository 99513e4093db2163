"""Reading what was published: the current list, an earlier one, all of them; each checked against its manifest."""

from pathlib import Path

from renewcast.publishing.facts import WEEK, Published
from renewcast.publishing.manifest import LIST_FILES, check_digest
from renewcast.publishing.shelf import Shelf

LISTS = Shelf("list", key="week", period="week", pattern=WEEK, files=LIST_FILES, example="lists/2026-W27/r1")


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
    >>> from renewcast.errors import RenewcastError
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
    return LISTS.verify(list_dir)


def list_files(list_dir: Path) -> list:
    """Name every file of a published list as its manifest does, in order: paths inside the folder, the manifest left out.

    Raises
    ------
    RenewcastError
        As `read_manifest`.

    Examples
    --------
    >>> from renewcast.errors import RenewcastError
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
    return LISTS.read_manifest(list_dir)


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
    return LISTS.current(directory)


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
    return [Published(one.name, one.revision, one.folder, one.status) for one in LISTS.revisions(directory)]


def content_of(list_dir, name):
    """Read a file of a published list, or say in one sentence that it is not there."""
    return LISTS.content_of(list_dir, name)
