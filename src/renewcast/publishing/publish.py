"""Publish a week's list, all or nothing.

All files are staged in a hidden folder beside their final place, read back, sealed by a manifest, and appear at once by one
rename; then one small file, current.json, is replaced to point at the newest week. A run may die between any two
of these steps: what was in force stays in force, and the next run clears up and goes on. The order is what makes it safe,
so it is all in this file.
"""

import re
from pathlib import Path

from renewcast import filesystem
from renewcast.errors import RenewcastError
from renewcast.publishing.facts import ListFacts, Published
from renewcast.publishing.lists import POINTER, published_lists, read_manifest, verify_list, week_folders
from renewcast.publishing.manifest import LIST_FILES, MANIFEST, content_digest, json_bytes, manifest_bytes, sha256
from renewcast.publishing.supplement import Supplement


def publish_list(directory: Path, rows, about: ListFacts, supplement: Supplement | None = None) -> Published:
    """Publish one week's risk list as Parquet, CSV, Excel and a page, and all that stands beside it; all of them or none.

    Parameters
    ----------
    directory : pathlib.Path
        Where the lists live; made if absent.
    rows : pandas.DataFrame, shape (n_accounts, n_columns)
        The columns of `renewcast.publishing.columns.LIST_COLUMNS`, ordered by rank; every account in scope exactly once,
        scored or with the reason why not.
    about : ListFacts
    supplement : Supplement, optional
        What is published beside the rows; parts that are there become files of their own.

    Returns
    -------
    Published
        Status "unchanged" where the week's latest revision has the same run key or the same content: nothing is rewritten.
        Otherwise the next revision; earlier ones stay as they are.

    Raises
    ------
    RenewcastError
        What the rows lack; "... differs from the rows", if a file cannot be read back as written; "... could not be
        published", if the disk refused; "Another run has been publishing". The list in force before is still in force.

    Notes
    -----
    current.json names the newest week, whatever was published last: a backfill does not take its place.

    Examples
    --------
    >>> import datetime as dt, tempfile
    >>> import pandas as pd
    >>> from renewcast.publishing.columns import COLUMN_NAMES
    >>> row = dict.fromkeys(COLUMN_NAMES) | {
    ...     "rank": 1, "account_id": "A1", "arr": 1200.0, "churn_probability": 0.25, "arr_at_risk": 300.0, "status": "scored",
    ...     "model_version": "3", "as_of": dt.date(2026, 6, 29)}
    >>> about = ListFacts(project="demo", week="2026-W27", as_of=dt.date(2026, 6, 29), language="en", currency="USD",
    ...                   target="churn", run_key="digest of the inputs")
    >>> folder = Path(tempfile.mkdtemp())
    >>> first = publish_list(folder, pd.DataFrame([row]), about)
    >>> first.revision, first.status, publish_list(folder, pd.DataFrame([row]), about).status
    (1, 'published', 'unchanged')
    """
    from renewcast.publishing.beside import beside_tables
    from renewcast.publishing.rows import as_table, check_conservation

    table, supplement = as_table(rows), supplement or Supplement()
    counts = check_conservation(table, about.as_of)
    content = content_digest(table, about, beside_tables(supplement))
    directory = Path(directory)
    try:
        filesystem.make_folder(directory)
        with filesystem.locked(directory / ".lock"):
            _clear_staging(directory)
            latest = _latest(directory, about.week)
            if latest is not None and _is_same(latest.list_dir, about, content):
                published = Published(about.week, latest.revision, latest.list_dir, "unchanged")
            else:
                published = _publish_revision(directory, table, about, supplement, counts, content)
            _point_to_newest(directory)
            return published
    except OSError as refused:
        raise RenewcastError(
            f"The list of {about.week} could not be published to {directory}: {refused.strerror or refused}; "
            "the list in force is intact, make room or restore access and run again."
        ) from refused


def render(table, about: ListFacts, supplement: Supplement | None = None) -> dict:
    """Return the content of every file of the list by its path inside the list's folder."""
    from renewcast.publishing.beside import beside_tables, to_files
    from renewcast.publishing.csv import to_csv
    from renewcast.publishing.digest import digest, to_json, to_markdown
    from renewcast.publishing.owners import owners_lists
    from renewcast.publishing.page import to_html
    from renewcast.publishing.parquet import to_parquet
    from renewcast.publishing.workbook import to_owner_xlsx, to_xlsx

    supplement = supplement or Supplement()
    made = (to_parquet(table), to_csv(table), to_xlsx(table, about, supplement), to_html(table, about, supplement))
    beside = beside_tables(supplement)
    owned = {one.file: to_owner_xlsx(one, about, beside) for one in owners_lists(table)}
    said = digest(table, about, supplement)
    short = {"digest.md": to_markdown(said), "digest.json": to_json(said)}
    return dict(zip(LIST_FILES, made, strict=True)) | to_files(supplement) | short | owned


def _publish_revision(directory, table, about, supplement, counts, content):
    from renewcast.publishing.readback import check_readback

    week = directory / about.week
    revision = _next_revision(week)
    final, staged = week / f"r{revision}", week / f".staging-r{revision}"
    files = render(table, about, supplement)
    filesystem.make_folder(week)
    filesystem.make_folder(staged)
    try:
        for name, file in files.items():
            filesystem.make_folder((staged / name).parent)
            filesystem.create_file(staged / name, file)
        on_disk = {name: filesystem.read_file(staged / name) for name in files}
        check_readback(on_disk, table, about, supplement)
        manifest = manifest_bytes(about=about, revision=revision, counts=counts, content=content, files=on_disk)
        filesystem.create_file(staged / MANIFEST, manifest)
        for folder in sorted({(staged / name).parent for name in files}):
            filesystem.settle_folder(folder)
        filesystem.move_folder(staged, final)  # from here on the revision exists
    except (OSError, RenewcastError):
        _try_to_remove(staged)
        raise
    return Published(about.week, revision, final, "published")


def _clear_staging(directory):
    """Remove what a run that died left behind. It was never renamed, so nobody was told of it; we hold the lock."""
    for week in week_folders(directory):
        for path in week.iterdir():
            if re.fullmatch(r"\.staging-r[0-9]+", path.name):
                filesystem.remove_folder(path)


def _try_to_remove(staged):
    try:
        if staged.is_dir():
            filesystem.remove_folder(staged)
    except OSError:
        pass  # the disk is in trouble; the next run clears it


def _latest(directory, week):
    revisions = [one for one in published_lists(directory) if one.week == week]
    return revisions[-1] if revisions else None


def _next_revision(week):
    """One more than any revision that ever had a folder, whatever is left of it."""
    taken = [int(path.name[1:]) for path in week.iterdir() if re.fullmatch(r"r[0-9]{1,9}", path.name)] if week.is_dir() else []
    return max(taken, default=0) + 1


def _is_same(list_dir, about, content):
    """Tell whether this very list is there and whole; a damaged revision is never "unchanged", the week gets a new one."""
    try:
        manifest = verify_list(list_dir)
    except RenewcastError:
        return False
    return manifest["run_key"] == about.run_key or manifest["content_sha256"] == content


def _point_to_newest(directory):
    """Make current.json name the latest revision of the newest week, unless it does already."""
    newest = None
    for one in published_lists(directory):
        try:
            read_manifest(one.list_dir)
        except RenewcastError:
            continue  # damaged; whoever reads it is told, but it must not become the list in force
        newest = one
    said = json_bytes(
        {
            "week": newest.week,
            "revision": newest.revision,
            "path": f"{newest.week}/r{newest.revision}",
            "manifest_sha256": sha256(filesystem.read_file(newest.list_dir / MANIFEST)),
        }
    )
    pointer = directory / POINTER
    try:
        if filesystem.read_file(pointer) == said:
            return
    except FileNotFoundError:
        pass
    filesystem.replace_file(pointer, said)
