"""The rows of a long sheet, written a column at a time: four million cells take seconds, not minutes.

XlsxWriter makes the sheet with its heading, formats and filters; the rows are put into it as it goes into the final archive.
"""

import io
import re
import zipfile

import pyarrow as pa
import pyarrow.compute as pc

from renewcast.publishing.sheet_text import CELL_TEXT, CELL_TEXT_END, in_xml, letters, sheet_text

_BLOCK = 10_000
_FIRST_DAY = 25_569  # 1970-01-01 as spreadsheets count days
_EARLIEST = pa.scalar(-25_508, pa.int32())  # 1900-03-01: before it, spreadsheets do not agree on the day
# Texts that need more than the three escapes of XML; anything longer than this could be too long for a cell.
_SPECIAL = "[\\x{00}-\\x{08}\\x{0b}-\\x{1f}\\x{7f}-\\x{9f}\\x{fdd0}-\\x{fdef}\\x{fffe}\\x{ffff}]|_x[0-9A-Fa-f]{4}_"
_LONG = 16_000


def with_rows(book: bytes, sheets: dict) -> bytes:
    """Put rows into sheets that have only their heading, and pack the workbook anew.

    Parameters
    ----------
    book : bytes
        An .xlsx file.
    sheets : dict of int to tuple
        By the sheet's number from 1: its rows (pyarrow.Table of text, numbers and days), the number of each column's format, and
        what is put at the end of a text that had to be cut.

    Returns
    -------
    bytes
        The same rows give the same bytes.
    """
    target = io.BytesIO()
    parts = {f"xl/worksheets/sheet{number}.xml": content for number, content in sheets.items()}
    with zipfile.ZipFile(io.BytesIO(book)) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=4) as new:
        for part in old.infolist():
            info = zipfile.ZipInfo(part.filename, (1980, 1, 1, 0, 0, 0))
            info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
            if part.filename in parts:
                table, formats, cut = parts[part.filename]
                with new.open(info, "w", force_zip64=True) as out:
                    _write_rows(out, old.read(part), table, formats, cut)
            else:
                new.writestr(info, old.read(part))
    return target.getvalue()


def _write_rows(out, sheet, table, formats, cut):
    last = f"{letters(table.num_columns - 1)}{table.num_rows + 1}".encode()
    sheet = re.sub(rb'<dimension ref="A1[^"]*"/>', b'<dimension ref="A1:' + last + b'"/>', sheet, count=1)
    before, end, after = sheet.partition(b"</sheetData>")
    out.write(before)
    for start in range(0, table.num_rows, _BLOCK):
        out.write(_rows(table.slice(start, _BLOCK), start + 2, formats, cut))
    out.write(end + after)


def _rows(table, first, formats, cut):
    """Return some rows as XML; ``first`` is the number of the first one's row in the sheet."""
    numbers = pc.cast(pa.array(range(first, first + table.num_rows), pa.int64()), pa.string())
    cells = [pc.binary_join_element_wise('<row r="', numbers, '">', "")]
    for position, (column, style) in enumerate(zip(table.columns, formats, strict=True)):
        values, is_text = _values(column.combine_chunks(), cut)
        head, middle, end = f'<c r="{letters(position)}', f'" s="{style}"><v>', "</v></c>"
        if is_text:
            middle, end = f'" s="{style}" {CELL_TEXT}', CELL_TEXT_END
        cell = pc.binary_join_element_wise(head, numbers, middle, values, end, "")
        cells.append(pc.fill_null(cell, ""))
    rows = pc.binary_join_element_wise(*cells, "</row>", "")
    return "".join(rows.to_pylist()).encode()


def _values(column, cut):
    """Return a column as the text of its cells, and whether it is text."""
    if pa.types.is_string(column.type):
        return _texts(column, cut), True
    if pa.types.is_date(column.type):
        days = column.cast(pa.int32())
        if pc.any(pc.less(days, _EARLIEST)).as_py():
            return column.cast(pa.string()), True
        return pc.cast(pc.add(days, _FIRST_DAY), pa.string()), False
    return pc.cast(column, pa.string()), False


def _texts(column, cut):
    special = pc.or_(pc.match_substring_regex(column, _SPECIAL), pc.greater(pc.utf8_length(column), _LONG))
    escaped = column
    for mark, written in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
        escaped = pc.replace_substring(escaped, mark, written)
    special = pc.fill_null(special, False)
    if not pc.any(special).as_py():
        return escaped
    wanted = column.filter(special).to_pylist()
    return pc.replace_with_mask(escaped, special, pa.array([in_xml(sheet_text(one, cut)) for one in wanted], pa.string()))
