"""Publish a week's list, all or nothing: what it is made of; how it comes into force is in `revisions`."""

from pathlib import Path

from renewcast.publishing.facts import ListFacts, Published
from renewcast.publishing.lists import LISTS
from renewcast.publishing.manifest import LIST_FILES, content_digest, manifest_bytes
from renewcast.publishing.revisions import Publication, publish_revision
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
    from renewcast.publishing.readback import check_readback
    from renewcast.publishing.rows import as_table, check_conservation

    table, supplement = as_table(rows), supplement or Supplement()
    counts = check_conservation(table, about.as_of)
    content = content_digest(table, about, beside_tables(supplement))
    publication = Publication(
        name=about.week,
        is_same=lambda manifest: manifest["run_key"] == about.run_key or manifest["content_sha256"] == content,
        render=lambda: render(table, about, supplement),
        check=lambda on_disk: check_readback(on_disk, table, about, supplement),
        manifest=lambda revision, on_disk: manifest_bytes(
            about=about, revision=revision, counts=counts, content=content, files=on_disk
        ),
    )
    found = publish_revision(LISTS, Path(directory), publication)
    return Published(found.name, found.revision, found.folder, found.status)


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
