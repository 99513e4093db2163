"""The review as an Excel workbook: what it says, a sheet for each table with its charts beside it, what every column means.

All text is written as text, as in the list's workbooks: no formula and no link comes from data.
"""

import re

from renewcast.publishing.sheet_text import sheet_text
from renewcast.publishing.sheet_writer import SheetWriter
from renewcast.publishing.text import visible
from renewcast.review.facts import ReviewFacts
from renewcast.review.shown import shown
from renewcast.review.wording import WORDING

MOST_ROWS = 5_000
"""So many rows of a table stand in the workbook; its Parquet file has them all."""
FIRST_ROW = 4
"""Of the values, counted from 0: title, note, what is left out and headings stand above."""
_NATIVE = {
    "line": {"type": "line"},
    "bar": {"type": "column"},
    "stacked": {"type": "column", "subtype": "stacked"},
}
_COLOURS = ("#3556C8", "#D9691E", "#0C8368", "#8450B8", "#A77A07", "#58667E")
_MOST_POINTS = 120


def to_xlsx(parts, tables: dict, about: ReviewFacts) -> bytes:
    """Write the workbook; the same parts and facts give the same bytes.

    Parameters
    ----------
    parts : list of Part
    tables : dict of str to pyarrow.Table
        From `renewcast.review.publish.arrow_tables`.
    about : ReviewFacts

    Returns
    -------
    bytes
        The first sheet says what the page says in figures and sentences; then a sheet a table, of at most `MOST_ROWS` rows, with
        the charts that spreadsheets draw themselves beside it; then what every column means.
    """
    words, language = WORDING[about.language], about.language
    writer = SheetWriter(about, f"{words['title']} {about.as_of.isoformat()}")
    names = sheet_names(parts, language)
    _first_sheet(writer, parts, about, words)
    for part in parts:
        for table in part.tables:
            _table_sheet(writer, names[table.name], part, table, tables[table.name], words)
    _columns_sheet(writer, parts, names, words)
    return writer.finished()


def sheet_names(parts, language: str) -> dict:
    """Name a sheet for each table: its title, as far as sheets may be named so, each once.

    Returns
    -------
    dict of str to str
        By name of table.
    """
    words, found = WORDING[language], {}
    taken = {words[word].lower() for word in ("title", "columns")}
    for part in parts:
        for table in part.tables:
            name = (
                re.sub(r"[\[\]:*?/\\\x00-\x1f]", " ", visible(table.title[language])).strip("' ")[:31].strip("' ")
                or table.name[:31]
            )
            number = 2
            while name.lower() in taken or name.lower() == "history":
                tail = f" {number}"
                name, number = name[: 31 - len(tail)].removesuffix(f" {number - 1}") + tail, number + 1
            taken.add(name.lower())
            found[table.name] = name
    return found


def cells_of(table, arrow, language: str) -> list[list]:
    """Return the rows as they stand in the workbook: codes as their words, texts with controls visible, numbers as they are."""
    words, columns = table.words or {}, []
    for column in table.columns:
        values, said = arrow[column.name].to_pylist(), words.get(column.name)
        if column.kind == "text" or said:
            cut = WORDING[language]["cut"]
            known = {
                value: None if value is None else sheet_text(shown(value, column.kind, language, said), cut)
                for value in set(values)
            }
            values = [known[value] for value in values]
        elif column.kind not in ("day", "integer"):
            values = [None if value is None or abs(value) == float("inf") else value for value in values]
        columns.append(values)
    return [list(row) for row in zip(*columns, strict=True)]


def _first_sheet(writer, parts, about, words):
    sheet = writer.sheet(words["title"], [34, 22, 90])
    writer.text(sheet, 0, 0, f"{visible(about.project)} · {words['title']} {about.as_of.isoformat()}", writer.title)
    writer.text(sheet, 1, 0, words["currency"].format(currency=about.currency), writer.label)
    row = 3
    for part in parts:
        writer.text(sheet, row, 0, part.title[about.language], writer.head)
        row += 1
        if part.missing is not None:
            writer.text(sheet, row, 0, part.missing[about.language], writer.label)
            row += 1
        for figure in part.figures:
            note = None if figure.note is None else figure.note[about.language]
            writer.text(sheet, row, 0, figure.label[about.language])
            writer.value(sheet, row, 1, _plain(figure.value), figure.kind)
            writer.value(sheet, row, 2, note, "text", writer.wrapped)
            row += 1
        for said in part.says:
            sheet.merge_range(row, 0, row, 2, "")
            writer.text(sheet, row, 0, said[about.language], writer.wrapped)
            writer.high_enough(sheet, row, [(said[about.language], 140)])
            row += 1
        row += 1
    writer.printed(sheet)


def _table_sheet(writer, name, part, table, arrow, words):
    language, rows = writer.about.language, arrow.slice(0, MOST_ROWS)
    cells = cells_of(table, rows, language)
    sheet = writer.sheet(name, [_width(column, position, cells, language) for position, column in enumerate(table.columns)])
    writer.text(sheet, 0, 0, table.title[language], writer.title)
    if table.note is not None:
        writer.text(sheet, 1, 0, table.note[language], writer.label)
    if arrow.num_rows > MOST_ROWS:
        writer.text(sheet, 2, 0, words["rows_cut"].format(n=f"{MOST_ROWS:,}", m=f"{arrow.num_rows:,}"), writer.label)
    writer.headings(sheet, FIRST_ROW - 1, [column.heading[language] for column in table.columns])
    for number, row in enumerate(cells, start=FIRST_ROW):
        for column, (value, declared) in enumerate(zip(row, table.columns, strict=True)):
            if value is not None:
                writer.value(sheet, number, column, value, declared.kind)
    sheet.freeze_panes(FIRST_ROW, 1)
    sheet.autofilter(FIRST_ROW - 1, 0, FIRST_ROW - 1 + max(len(cells), 1), len(table.columns) - 1)
    writer.printed(sheet, repeat=FIRST_ROW - 1)
    place = 0
    for chart in part.charts:
        if chart.table == table.name and chart.kind in _NATIVE and chart.group is None and 1 < len(cells) <= _MOST_POINTS:
            drawn = _chart(writer, name, chart, table, len(cells))
            sheet.insert_chart(FIRST_ROW - 1 + 17 * place, len(table.columns) + 1, drawn)
            place += 1


def _chart(writer, sheet, chart, table, count):
    """Draw a chart as the spreadsheet does it: it reads the cells of the table, so that it stays true when they are filtered."""
    language, at = writer.about.language, {column.name: position for position, column in enumerate(table.columns)}
    drawn, last = writer.book.add_chart(_NATIVE[chart.kind]), FIRST_ROW + count - 1
    for order, y in enumerate(chart.y):
        colour = _COLOURS[order % len(_COLOURS)]
        drawn.add_series(
            {
                "name": [sheet, FIRST_ROW - 1, at[y]],
                "categories": [sheet, FIRST_ROW, at[chart.x], last, at[chart.x]],
                "values": [sheet, FIRST_ROW, at[y], last, at[y]],
                "line" if chart.kind == "line" else "fill": {"color": colour},
            }
        )
    drawn.set_title({"name": " " + visible(chart.title[language]), "name_font": {"size": 11}})
    if _is_backwards(table.frame[chart.x]):
        drawn.set_x_axis({"reverse": True})
    drawn.set_legend({"position": "bottom"} if len(chart.y) > 1 else {"none": True})
    drawn.set_y_axis({"major_gridlines": {"visible": True, "line": {"color": "#E1E5EC"}}})
    drawn.set_size({"width": 560, "height": 310})
    return drawn


def _is_backwards(values) -> bool:
    return str(values.dtype).startswith("datetime") and len(values) > 1 and values.iloc[0] > values.iloc[-1]


def _columns_sheet(writer, parts, names, words):
    sheet = writer.sheet(words["columns"], [30, 30, 100])
    writer.headings(sheet, 0, [words["table"], words["what"], words["meaning"]])
    row, language = 1, writer.about.language
    for part in parts:
        for table in part.tables:
            for column in table.columns:
                writer.text(sheet, row, 0, names[table.name])
                writer.text(sheet, row, 1, column.heading[language])
                writer.text(sheet, row, 2, column.meaning[language], writer.wrapped)
                writer.high_enough(sheet, row, [(column.meaning[language], 100)])
                row += 1
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(row - 1, 1), 2)
    writer.printed(sheet, repeat=0)


def _width(column, position, cells, language):
    """As wide as the words of the heading and the first values need, within reason."""
    heading = max((_wide(word) for word in column.heading[language].split()), default=8)
    values = max((_wide(str(row[position])) for row in cells[:200] if isinstance(row[position], str)), default=0)
    least = {"money": 14, "day": 12, "text": 10}.get(column.kind, 10)
    return min(max(least, heading + 3, values + 3, _wide(column.heading[language]) / 2 + 3), 60)


def _wide(text):
    return sum(2 if letter > "\u2e7f" else 1 for letter in text)


def _plain(value):
    from renewcast.review.shown import is_missing

    if is_missing(value) or (isinstance(value, float) and abs(value) == float("inf")):
        return None
    return value.item() if hasattr(value, "item") else value
