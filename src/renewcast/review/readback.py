"""Open every file of a staged review as its reader will, and compare it with what was to be written."""

import datetime as dt
import html.parser
import io
import math

from renewcast.errors import RenewcastError
from renewcast.review.facts import ReviewFacts


def check_readback(files: dict, parts, tables: dict, about: ReviewFacts) -> None:
    """Compare the Parquet files with the tables, the workbook's cells with their values, the page's texts with its figures.

    Parameters
    ----------
    files : dict of str to bytes
        As they lie on the disk, by name.
    parts : list of Part
    tables : dict of str to pyarrow.Table
    about : ReviewFacts

    Raises
    ------
    RenewcastError
        "... cannot be read back" or "... differs from ...".
    """
    from renewcast.publishing.parquet import any_from_parquet
    from renewcast.review.page import expected_texts
    from renewcast.review.publish import PAGE, WORKBOOK

    for name, table in tables.items():
        if not _read(f"{name}.parquet", files, any_from_parquet).equals(table):
            raise RenewcastError(f"{name}.parquet differs from its table; nothing was published.")
    found, wanted = _read(PAGE, files, texts_of_page), expected_texts(parts, about)
    if found != wanted:
        place = next(
            (i for i, (one, other) in enumerate(zip(found, wanted, strict=False)) if one != other), min(len(found), len(wanted))
        )
        raise RenewcastError(f"{PAGE} differs from the review in its text {place + 1} of {len(wanted)}; nothing was published.")
    _check_workbook(_read(WORKBOOK, files, _book), parts, tables, about)


def texts_of_page(content: bytes) -> list[str]:
    """Return what stands in the figures and the cells of tables of a page, in order."""
    reader = _Texts()
    reader.feed(content.decode())
    reader.close()
    return reader.found


class _Texts(html.parser.HTMLParser):
    """Collects the text of every element that carries data-value."""

    def __init__(self):
        super().__init__()
        self.found, self._open = [], None

    def handle_starttag(self, tag, attrs):
        if self._open is None and any(name == "data-value" for name, _ in attrs):
            self._open = tag
            self.found.append("")

    def handle_data(self, data):
        if self._open is not None:
            self.found[-1] += data

    def handle_endtag(self, tag):
        if tag == self._open:
            self._open = None


def _read(name, files, read):
    try:
        return read(files[name])
    except Exception as broken:
        raise RenewcastError(f"{name} cannot be read back ({broken}); nothing was published, run again.") from broken


def _book(content):
    import python_calamine

    return python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))


def _check_workbook(book, parts, tables, about):
    from renewcast.review.workbook import FIRST_ROW, MOST_ROWS, cells_of, sheet_names

    names = sheet_names(parts, about.language)
    for part in parts:
        for table in part.tables:
            wanted = cells_of(table, tables[table.name].slice(0, MOST_ROWS), about.language)
            rows = book.get_sheet_by_name(names[table.name]).to_python(skip_empty_area=False)[FIRST_ROW:]
            empty = [""] * len(table.columns)  # what holds nothing at the end is not there at all
            found = [(row + empty)[: len(table.columns)] for row in (rows + [empty] * len(wanted))[: len(wanted)]]
            if len(found) != len(wanted) or not all(map(_same_row, found, wanted)):
                raise RenewcastError(f"business_review.xlsx differs from the table {table.name}; nothing was published.")


def _same_row(found, wanted):
    return all(map(_is_same, map(_plain, found), map(_plain, wanted)))


def _is_same(found, wanted):
    """Compare two cells; spreadsheets keep sixteen digits of a number."""
    if isinstance(found, float) and isinstance(wanted, float):
        return math.isclose(found, wanted, rel_tol=1e-14, abs_tol=0.0)
    return found == wanted


def _plain(cell):
    """Bring a cell to one form: no value is an empty text, days are days, whole numbers are numbers."""
    if cell is None:
        return ""
    if isinstance(cell, dt.datetime):
        return cell.date()
    if isinstance(cell, dt.date) and cell < dt.date(1900, 3, 1):  # written as text, see SheetWriter.value
        return cell.isoformat()
    return float(cell) if isinstance(cell, int | float) and not isinstance(cell, bool) else cell
