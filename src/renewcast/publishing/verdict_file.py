"""Read what owners filled in, from a workbook that went through other hands and other programs.

Rows may have been sorted, moved or deleted, columns added or moved, headings may be in either language. What cannot be
understood refuses the whole file, with the sheet and the cell: a verdict is never dropped in silence.
"""

import datetime as dt
import re
import unicodedata
import warnings
import zipfile
from dataclasses import dataclass
from pathlib import Path

from renewcast.errors import RenewcastError
from renewcast.publishing._wording_workbook import WORKBOOK_WORDING
from renewcast.publishing.sheet_text import from_xml, letters

ANSWER_HEADINGS = ("verdict", "verdict_reason", "verdict_play", "next_on", "note")
_ROWS_TO_HEADING = 50
_LARGEST_FILE, _LARGEST_CONTENT = 200_000_000, 4_000_000_000  # bytes: more is no workbook of ours, or an attack
_WEEK = re.compile(r"(?<![0-9])[0-9]{4}-W(?:0[1-9]|[1-4][0-9]|5[0-3])(?![0-9])")
_DAY = re.compile(r"([0-9]{4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?")
_SERIALS = range(20_000, 80_000)  # 1954 to 2119


@dataclass(frozen=True)
class Cell:
    """A cell's content and where it stands."""

    value: object
    where: str
    is_formula: bool = False

    @property
    def text(self) -> str:
        """What it says, without blanks around it; empty where it says nothing."""
        return plain_text(self.value)


@dataclass(frozen=True)
class Answer:
    """What was filled in for one account: a `Cell` for each heading that the sheet has."""

    week: str
    account: Cell
    given: dict


def read_answers(path: Path) -> list:
    """Read the rows in which anything was filled in.

    Parameters
    ----------
    path : pathlib.Path
        The workbook of a list, or an owner's file.

    Returns
    -------
    list of Answer

    Raises
    ------
    RenewcastError
        "... does not exist", "... is not an Excel workbook", "... has no sheet to answer on", "... does not say which week", or
        one sentence that names sheet and cell.
    """
    sheets = _sheets(path)
    weeks = {name: _week(rows[:heading]) for name, rows, heading, _ in sheets if heading is not None}
    if not weeks:
        english = WORKBOOK_WORDING["en"]
        raise RenewcastError(
            f"{path} has no sheet to answer on, with the columns {english['account_id']} and {english['verdict']}; "
            "give a list's workbook or an owner's file."
        )
    anywhere = {week for _, rows, _, _ in sheets for week in _weeks(rows[: 4 * _ROWS_TO_HEADING])}
    answers = []
    for name, rows, heading, columns in sheets:
        if heading is None:
            continue
        week = weeks[name] or (min(anywhere) if len(anywhere) == 1 else None)
        for row in rows[heading + 1 :]:
            given = {word: row[place] for word, place in columns.items() if place < len(row)}
            account = given.pop("account_id", None)
            if not any(cell.text for cell in given.values()):
                continue
            for cell in given.values():
                if cell.is_formula:
                    raise RenewcastError(f"{cell.where} holds a formula; type the value itself.")
            if account is None or not account.text:
                cell = next(cell for cell in given.values() if cell.text)
                raise RenewcastError(
                    f"{cell.where} is filled in, but its row has no account id; put the id back, or clear the row."
                )
            if week is None:
                raise RenewcastError(
                    f"{path}, sheet {name}, does not say which week it answers; put 2026-W27 or so into cell A1."
                )
            answers.append(Answer(week, account, given))
    return answers


def plain_text(value) -> str:
    r"""Return what a cell says as text, without blanks around it; a whole number has no decimals.

    Examples
    --------
    >>> plain_text(123.0), plain_text(" At risk \u3000"), plain_text(None), plain_text("_x005F_x0041_")
    ('123', 'At risk', '', '_x0041_')
    """
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return from_xml(value).strip() if isinstance(value, str) else str(value)


def alike(text: str) -> str:
    """Return a text as it is compared: case, width and blanks make no difference.

    Examples
    --------
    >>> alike("  Will  RENEW "), alike("Ａｔ risk")
    ('will renew', 'at risk')
    """
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def day_of(cell: Cell) -> dt.date | None:
    """Read a day however a spreadsheet keeps it: a date, a serial number, or text that begins with the year; else None.

    Examples
    --------
    >>> day_of(Cell("2026/7/5", "A1")), day_of(Cell(46208, "A1")), day_of(Cell("5/7/26", "A1"))
    (datetime.date(2026, 7, 5), datetime.date(2026, 7, 5), None)
    """
    value = cell.value
    if isinstance(value, dt.datetime):
        return value.date() if value.time() == dt.time() else None
    if isinstance(value, dt.date):
        return value
    text = cell.text
    if re.fullmatch(r"[0-9]{5}", text) and int(text) in _SERIALS:
        return dt.date(1899, 12, 30) + dt.timedelta(int(text))
    found = _DAY.fullmatch(text.removesuffix(" 00:00:00").removesuffix("T00:00:00"))
    try:
        return dt.date(*map(int, found.groups())) if found else None
    except ValueError:
        return None


def _sheets(path):
    """Read name, rows of cells, the row of the headings and their columns of each sheet."""
    import openpyxl

    try:
        if path.stat().st_size > _LARGEST_FILE:
            raise RenewcastError(
                f"{path} is larger than {_LARGEST_FILE // 1_000_000} MB; give a list's workbook or an owner's file."
            )
        with zipfile.ZipFile(path) as parts:
            content = sum(part.file_size for part in parts.infolist())
        if content > _LARGEST_CONTENT:
            raise RenewcastError(f"{path} unpacks to {content / 1e9:,.0f} GB; give a list's workbook or an owner's file.")
        book = openpyxl.load_workbook(path, read_only=True)
    except FileNotFoundError:
        raise RenewcastError(f"{path} does not exist; give the file that was filled in.") from None
    except RenewcastError:
        raise
    except Exception as broken:
        raise RenewcastError(f"{path} is not an Excel workbook ({broken}); save it as .xlsx.") from broken
    try:
        with warnings.catch_warnings():
            warnings.simplefilter(
                "ignore", UserWarning
            )  # openpyxl tells of formats that it does not know; values are all we want
            return [_sheet(path, sheet) for sheet in book.worksheets]
    finally:
        book.close()


def _sheet(path, sheet):
    """Read the first rows to find the headings, and the rest only where there are any."""
    sheet.reset_dimensions()  # some programs write them wrongly
    rows, heading, columns = [], None, {}
    try:
        for number, cells in enumerate(sheet.iter_rows()):
            row = [_cell(path, sheet.title, cell, number, place) for place, cell in enumerate(cells)]
            rows.append(row)
            if heading is None:
                columns = _headings(row)
                heading = number if columns else None
                if heading is None and number > 4 * _ROWS_TO_HEADING:
                    break
    except RenewcastError:
        raise
    except Exception as broken:
        raise RenewcastError(f"{path}, sheet {sheet.title}, cannot be read ({broken}); save it anew as .xlsx.") from broken
    return sheet.title, rows, heading, columns


def _cell(path, sheet, cell, row, place):
    value = getattr(cell, "value", None)
    return Cell(value, f"{path.name}, sheet {sheet}, cell {letters(place)}{row + 1}", getattr(cell, "data_type", "n") == "f")


def _headings(row):
    """Find the columns by their headings, in either language; none where the row is not the one."""
    found = {}
    for place, cell in enumerate(row):
        word = _WORDS.get(alike(cell.text))
        if word in found:
            raise RenewcastError(f"{cell.where} repeats the heading {cell.text!r}; delete one of the two columns.")
        if word is not None:
            found[word] = place
    if not set(found) & {"verdict", "verdict_reason", "verdict_play", "next_on"}:
        return {}
    if "account_id" not in found:
        where = row[min(found.values())].where
        raise RenewcastError(
            f"{where} stands in a row without the heading {WORKBOOK_WORDING['en']['account_id']}; put that column back."
        )
    return found


def _weeks(rows):
    return {found for row in rows for cell in row if isinstance(cell.value, str) for found in _WEEK.findall(cell.value)}


def _week(rows):
    found = _weeks(rows)
    return found.pop() if len(found) == 1 else None


_WORDS = {alike(words[word]): word for words in WORKBOOK_WORDING.values() for word in ("account_id", *ANSWER_HEADINGS)}
