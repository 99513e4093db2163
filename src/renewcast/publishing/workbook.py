"""The list as Excel workbooks: one for the leader, with a sheet per owner, and one for each owner alone.

All text is written as text: no formula, no link, whatever it looks like. Ids stay text, so that 00123 and 1E5 survive. Owners
answer on their sheets; `renewcast.publishing.verdict_file` reads the answers back.
"""

import pyarrow as pa
import pyarrow.compute as pc

from renewcast.publishing.beside import beside_tables
from renewcast.publishing.facts import ListFacts
from renewcast.publishing.owners import OwnersList, owners_lists, sheet_names
from renewcast.publishing.sheet_rows import with_rows
from renewcast.publishing.sheet_writer import SheetWriter
from renewcast.publishing.supplement import Supplement
from renewcast.publishing.workbook_list import list_sheet, list_sheets
from renewcast.publishing.workbook_owner import owner_sheet
from renewcast.publishing.workbook_pages import about_sheet, opportunities_sheet, plays_sheet
from renewcast.publishing.workbook_summary import summary_sheet

MOST_OWNER_SHEETS = 25


def to_xlsx(table: pa.Table, about: ListFacts, supplement: Supplement | None = None) -> bytes:
    """Write the leader's workbook; the same rows and facts give the same bytes.

    Parameters
    ----------
    table : pyarrow.Table
        From `as_table`.
    about : ListFacts
    supplement : Supplement, optional

    Returns
    -------
    bytes
        The leader's sheet, the whole list, a sheet for each of the `MOST_OWNER_SHEETS` owners with most ARR at risk on theirs,
        opportunities and plays where there are any, and what it all means.
    """
    supplement = supplement or Supplement()
    beside, writer, owners = beside_tables(supplement), SheetWriter(about, f"{about.project} {about.week}"), owners_lists(table)
    shown, words = owners[:MOST_OWNER_SHEETS], writer.words
    summary_sheet(writer, table, supplement, {one.owner: one.file for one in owners}, len(shown))
    sheets = {}
    parts = list_sheets(table.num_rows, about.language)
    ends = [start for _, start in parts[1:]] + [table.num_rows]
    for number, ((name, start), end) in enumerate(zip(parts, ends, strict=True), start=2):
        rows = table.slice(start, end - start)
        sheets[number] = rows, list_sheet(writer, name, rows.num_rows), words["cut"]
    others = [words[word] for word in ("sheet_summary", "sheet_opportunities", "sheet_plays", "sheet_about")]
    others += [name for name, _ in parts]
    plays = beside.get("plays", [])
    for one, name in zip(shown, sheet_names([one.owner for one in shown], words["nobody"], others).values(), strict=True):
        owner_sheet(writer, name, one, _plays_range(words, plays))
    _last_sheets(writer, beside.get("opportunities"), plays)
    return with_rows(writer.finished(), sheets)


def to_owner_xlsx(one: OwnersList, about: ListFacts, beside: dict) -> bytes:
    """Write one owner's workbook; nothing of anybody else's accounts is in it.

    Parameters
    ----------
    one : OwnersList
    about : ListFacts
    beside : dict
        Opportunities and plays, of everybody, from `renewcast.publishing.beside.beside_tables`.

    Returns
    -------
    bytes
    """
    writer = SheetWriter(about, f"{about.project} {about.week}")
    words, plays = writer.words, beside.get("plays", [])
    others = [words[word] for word in ("sheet_opportunities", "sheet_plays", "sheet_about")]
    (name,) = sheet_names([one.owner], words["nobody"], others).values()
    owner_sheet(writer, name, one, _plays_range(words, plays))
    opportunities = beside.get("opportunities")
    if opportunities is not None:
        owned = pc.is_null(opportunities["owner"]) if one.owner is None else pc.equal(opportunities["owner"], one.owner)
        opportunities = opportunities.filter(pc.fill_null(owned, False))
    _last_sheets(writer, opportunities, plays)
    return writer.finished()


def _plays_range(words, plays):
    return f"='{words['sheet_plays']}'!$A$2:$A${len(plays) + 1}" if plays else None


def _last_sheets(writer, opportunities, plays):
    if opportunities is not None and opportunities.num_rows:
        opportunities_sheet(writer, opportunities)
    if plays:
        plays_sheet(writer, plays)
    about_sheet(writer)
