"""Publish a review by the same steps as a list: all of it or nothing, and never the same one twice."""

import dataclasses
from pathlib import Path

from renewcast.publishing.manifest import digest_of, json_bytes, sha256
from renewcast.publishing.revisions import Publication, publish_revision
from renewcast.publishing.shelf import Revision, Shelf
from renewcast.review.facts import ReviewFacts
from renewcast.review.part import Part

PAGE, WORKBOOK = "business_review.html", "business_review.xlsx"
REVIEWS = Shelf(
    "review",
    key="as_of",
    period="day",
    pattern=r"[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])",
    files=(PAGE, WORKBOOK),
    example="reviews/2026-06-29/r1",
)


def publish_review(directory: Path, parts: list[Part], about: ReviewFacts) -> Revision:
    """Publish a review as a page, a workbook and a Parquet file for each table; all of them or none.

    Parameters
    ----------
    directory : pathlib.Path
        Where the reviews live; made if absent.
    parts : list of Part
    about : ReviewFacts

    Returns
    -------
    Revision
        Status "unchanged" where the day's latest revision says the same: nothing is rewritten.

    Raises
    ------
    RenewcastError
        "... differs from ..." if a file cannot be read back as written; "... could not be published", if the disk refused;
        "Another run has been publishing". The review in force before is still in force.
    """
    from renewcast.review.readback import check_readback

    tables = arrow_tables(parts)
    content = content_digest(parts, tables, about)
    counts = {name: table.num_rows for name, table in tables.items()}

    def manifest(revision, on_disk):
        files = {name: {"bytes": len(file), "sha256": sha256(file)} for name, file in on_disk.items()}
        said = {"revision": revision, "rows": counts, "content_sha256": content, "files": files, "parts": _outcomes(parts)}
        return json_bytes(about.as_json() | said)

    publication = Publication(
        name=about.as_of.isoformat(),
        is_same=lambda manifest: manifest["content_sha256"] == content,
        render=lambda: render(parts, tables, about),
        check=lambda on_disk: check_readback(on_disk, parts, tables, about),
        manifest=manifest,
    )
    return publish_revision(REVIEWS, Path(directory), publication)


def render(parts: list[Part], tables: dict, about: ReviewFacts) -> dict:
    """Return the content of every file of a review by its name."""
    import io

    import pyarrow.parquet as pq

    from renewcast.review.page import to_html
    from renewcast.review.workbook import to_xlsx

    files = {PAGE: to_html(parts, about), WORKBOOK: to_xlsx(parts, tables, about)}
    for name, table in tables.items():
        target = io.BytesIO()
        pq.write_table(table, target, compression="zstd")
        files[f"{name}.parquet"] = target.getvalue()
    return files


def arrow_tables(parts: list[Part]) -> dict:
    """Return every table of a review as Arrow, by name, in reading order."""
    from renewcast.review.tables import as_arrow

    return {table.name: as_arrow(table) for part in parts for table in part.tables}


def content_digest(parts: list[Part], tables: dict, about: ReviewFacts) -> str:
    """Digest everything that a reader sees: words, figures, charts, tables; not what the review was made from."""
    import json

    facts = {key: value for key, value in about.as_json().items() if key != "made_from"}
    words = [json.loads(json.dumps(_told(part), default=str)) for part in parts]
    return digest_of(facts, [("parts", words), *tables.items()])


def _told(part):
    """Return everything of a part but the rows of its tables."""
    tables = [
        {
            field.name: getattr(table, field.name)
            for field in dataclasses.fields(table)
            if field.name not in ("frame", "columns", "words")
        }
        | {
            "columns": [dataclasses.asdict(column) for column in table.columns],
            "words": [[name, [[str(code), said] for code, said in found.items()]] for name, found in (table.words or {}).items()],
        }
        for table in part.tables
    ]
    told = {name: getattr(part, name) for name in ("name", "title", "says", "missing")}
    return told | {
        "figures": [dataclasses.asdict(figure) for figure in part.figures],
        "charts": [dataclasses.asdict(chart) for chart in part.charts],
        "tables": tables,
    }


def _outcomes(parts):
    return {part.name: "made" if part.missing is None else "missing" for part in parts}
