"""Text in a spreadsheet: always text, whole, and no more than a cell holds.

XlsxWriter keeps texts in a table that they share, and writes one that begins with ``<r>`` and ends with ``</r>`` as markup,
unescaped. So ours stand in their own cells, escaped here.
"""

import re
from typing import NamedTuple

from xlsxwriter.worksheet import Worksheet

from renewcast.publishing.text import visible

MOST_CHARACTERS = 32_767
CELL_TEXT = 't="inlineStr"><is><t xml:space="preserve">'
CELL_TEXT_END = "</t></is></c>"
# Excel reads _x0041_ as A, wherever it stands.
_ESCAPE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
# Spreadsheets escape controls and an underscore that could be taken for an escape; openpyxl undoes some of the latter itself.
_ESCAPED = re.compile("_x(00[01][0-9A-Fa-f]|005[Ff]|007[Ff])_")


def sheet_text(text: str, cut: str) -> str:
    """Return a text as it stands in a cell: controls visible, and cut, visibly, where Excel would cut it in silence.

    Examples
    --------
    >>> len(sheet_text("x" * 40_000, " [cut]")), sheet_text("=1+1", " [cut]")
    (32767, '=1+1')
    """
    text = visible(text)
    return text if len(text.encode("utf-16-le")) // 2 <= MOST_CHARACTERS else _cut_to(text, MOST_CHARACTERS - len(cut)) + cut


def in_xml(text: str) -> str:
    """Return a cell's text as it stands in the file.

    Examples
    --------
    >>> in_xml("<r>R&D</r>"), in_xml("_x0041_")
    ('&lt;r&gt;R&amp;D&lt;/r&gt;', '_x005F_x0041_')
    """
    return _ESCAPE.sub("_x005F_", text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"))


def from_xml(text: str) -> str:
    r"""Undo Excel's own escapes, which readers such as openpyxl leave as they are.

    Examples
    --------
    >>> from_xml("_x005F_x0041_"), from_xml("two_x000D_lines")
    ('_x0041_', 'two\rlines')
    """
    return _ESCAPED.sub(lambda found: chr(int(found.group(1), 16)), text)


def _cut_to(text, units):
    """Excel counts UTF-16 units; never cut an emoji in two."""
    return text.encode("utf-16-le")[: 2 * units].decode("utf-16-le", errors="ignore")


class _Text(NamedTuple):
    text: str
    format: object


class PlainSheet(Worksheet):
    """A worksheet whose texts stand in their own cells, as text and nothing else."""

    def write_plain(self, row: int, column: int, text: str, style) -> None:
        """Write a text that `sheet_text` has made fit."""
        self._check_dimensions(row, column)
        self.table[row][column] = _Text(text, style)

    def _write_cell(self, row, col, cell):
        if not isinstance(cell, _Text):
            super()._write_cell(row, col, cell)
            return
        style = "" if cell.format is None else f' s="{cell.format._get_xf_index()}"'
        self.fh.write(f'<c r="{place(row, col)}"{style} {CELL_TEXT}{in_xml(cell.text)}{CELL_TEXT_END}')


def letters(column: int) -> str:
    """Name a column as spreadsheets do, counted from 0.

    Examples
    --------
    >>> letters(0), letters(25), letters(26), letters(16_383)
    ('A', 'Z', 'AA', 'XFD')
    """
    name, column = "", column + 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def place(row: int, column: int) -> str:
    """Name a cell, both counted from 0.

    Examples
    --------
    >>> place(0, 0), place(9, 27)
    ('A1', 'AB10')
    """
    return f"{letters(column)}{row + 1}"
