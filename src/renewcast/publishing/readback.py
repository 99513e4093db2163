"""Open every file of a staged list as its reader will, and compare it with the rows. No list is published unread."""

import io
import json

import pyarrow as pa
import python_calamine

from renewcast.errors import RenewcastError
from renewcast.publishing._page_rows import expected_rows, rows_of_page
from renewcast.publishing.beside import beside_tables
from renewcast.publishing.columns import COLUMN_NAMES
from renewcast.publishing.csv import csv_text, from_csv
from renewcast.publishing.facts import ListFacts
from renewcast.publishing.owners import FOLDER, owners_lists
from renewcast.publishing.parquet import any_from_parquet, from_parquet
from renewcast.publishing.supplement import Supplement
from renewcast.publishing.text import visible
from renewcast.publishing.workbook_list import list_sheets
from renewcast.publishing.workbook_owner import HEADING_ROW

_ID, _PROBABILITY = COLUMN_NAMES.index("account_id"), COLUMN_NAMES.index("churn_probability")


def check_readback(files: dict, table: pa.Table, about: ListFacts, supplement: Supplement) -> None:
    """Read each format and compare the accounts, their order, their number and their probabilities with the rows.

    Parameters
    ----------
    files : dict of str to bytes
        The content of each file as it lies on the disk, by name.
    table : pyarrow.Table
        The rows that were to be written.
    about : ListFacts
        Its language names the workbook's sheets.
    supplement : Supplement

    Raises
    ------
    RenewcastError
        "risk_list.... cannot be read back" or "risk_list.... differs from the rows".
    """
    ids = table["account_id"].to_pylist()
    probabilities = table["churn_probability"].to_pylist()
    shown = [visible(account) for account in ids]
    # Each reader gives (account, probability) in its own format, and says what they ought to be.
    readers = {
        "risk_list.parquet": (_parquet, list(zip(ids, probabilities, strict=True))),
        "risk_list.csv": (_csv, [(csv_text(a), "" if p is None else repr(p)) for a, p in zip(ids, probabilities, strict=True)]),
        "risk_list.xlsx": (
            lambda content: _xlsx(content, len(ids), about.language),
            list(zip(shown, probabilities, strict=True)),
        ),
        "risk_list.html": (rows_of_page, expected_rows(table)),
    }
    for name, (read, expected) in readers.items():
        try:
            found = read(files[name])
        except Exception as broken:
            raise RenewcastError(f"{name} cannot be read back ({broken}); nothing was published, run again.") from broken
        if found != expected:
            raise RenewcastError(f"{name} differs from the rows ({_first_difference(found, expected)}); nothing was published.")
    if not from_parquet(files["risk_list.parquet"]).equals(table):
        raise RenewcastError("risk_list.parquet differs from the rows in another column; nothing was published.")
    _check_beside(files, beside_tables(supplement))
    _check_owners(files, table)


def _check_beside(files, tables):
    """Compare what stands beside the rows with what was to be written, value by value."""
    for part, wanted in tables.items():
        name = f"{part}.json" if isinstance(wanted, list) else f"{part}.parquet"
        try:
            found = json.loads(files[name]) if isinstance(wanted, list) else any_from_parquet(files[name])
        except Exception as broken:
            raise RenewcastError(f"{name} cannot be read back ({broken}); nothing was published, run again.") from broken
        if not (found == wanted if isinstance(wanted, list) else found.equals(wanted)):
            raise RenewcastError(f"{name} differs from what was to be published; nothing was published.")


def _check_owners(files, table):
    """Hold every owner's workbook to the rows of that owner, none more, none less, in their order."""
    expected = {one.file: [visible(account) for account in one.rows["account_id"].to_pylist()] for one in owners_lists(table)}
    if set(expected) != {name for name in files if name.startswith(f"{FOLDER}/")}:
        raise RenewcastError("The owners' files are not those of the list's owners; nothing was published.")
    for name, wanted in expected.items():
        try:
            rows = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(files[name])).get_sheet_by_index(0)
            found = [row[1] for row in rows.to_python(skip_empty_area=False)[HEADING_ROW + 1 :]]
        except Exception as broken:
            raise RenewcastError(f"{name} cannot be read back ({broken}); nothing was published, run again.") from broken
        if found != wanted:
            raise RenewcastError(f"{name} differs from the rows of its owner; nothing was published.")


def _parquet(content):
    table = from_parquet(content)
    return list(zip(table["account_id"].to_pylist(), table["churn_probability"].to_pylist(), strict=True))


def _csv(content):
    return [(row["account_id"], row["churn_probability"]) for row in from_csv(content)]


def _xlsx(content, rows, language):
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
    found = []
    for name, _ in list_sheets(rows, language):
        for row in book.get_sheet_by_name(name).to_python(skip_empty_area=False)[1:]:
            probability = row[_PROBABILITY]
            found.append((row[_ID], None if probability == "" else probability))
    return found


def _first_difference(found, expected):
    if len(found) != len(expected):
        return f"{len(found)} rows, not {len(expected)}"
    row = next(i for i, pair in enumerate(zip(found, expected, strict=True)) if pair[0] != pair[1])
    return f"row {row + 1}: {found[row]} instead of {expected[row]}"
