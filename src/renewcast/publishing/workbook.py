"""The list as an Excel workbook: a summary with a chart, every row, and what it all means.

All text is written as text: no formula, no link, whatever it looks like. Ids stay text, so that 00123 and 1E5 survive.
"""

import io

import pyarrow as pa
import xlsxwriter

from renewcast.days import midnight
from renewcast.publishing._wording import WORDING
from renewcast.publishing.columns import COLUMN_NAMES, LIST_COLUMNS, heading, named_fact
from renewcast.publishing.facts import ListFacts, facts_as_json
from renewcast.publishing.summary import totals
from renewcast.publishing.supplement import Supplement
from renewcast.publishing.text import visible

MOST_CHARACTERS = 32_767
ROWS_PER_SHEET = 1_048_575  # a sheet's rows less the heading
CHART_OWNERS = 12
_NUMBER_FORMATS = {
    "integer": "0",
    "money": "#,##0.00",
    "share": "0.0%",
    "points": "+0.0%;-0.0%;0.0%",
    "day": "yyyy-mm-dd",
    "text": "@",
}
_WIDTHS = {
    "rank": 7,
    "account_id": 13,
    "account_name": 28,
    "owner": 18,
    "segment": 18,
    "tier": 12,
    "lifecycle_stage": 12,
    "renewal_date": 12,
    "days_to_renewal": 10,
    "arr": 15,
    "churn_probability": 12,
    "renewal_probability": 12,
    "arr_at_risk": 15,
    "churn_probability_last_list": 11,
    "lifetime_value": 15,
    **dict.fromkeys(("driver_1", "driver_2", "driver_3"), 48),
    "status": 12,
    "reason_not_scored": 36,
    "model_version": 18,
    "as_of": 12,
}


def to_xlsx(table: pa.Table, about: ListFacts, supplement: Supplement | None = None) -> bytes:
    """Write the workbook; the same rows and facts give the same bytes.

    Parameters
    ----------
    table : pyarrow.Table
        From `as_table`.
    about : ListFacts
    supplement : Supplement, optional

    Returns
    -------
    bytes
    """
    target = io.BytesIO()
    book = xlsxwriter.Workbook(
        target,
        {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )
    # The day of the list, not of the run: a rerun gives the same file.
    book.set_properties({"title": visible(f"{about.project} {about.week}"), "created": midnight(about.as_of)})
    words = WORDING[about.language]
    writer = _Writer(book, words)
    _summary(writer, table, about)
    for name, start in list_sheets(table.num_rows, about.language):
        _list(writer, name, table.slice(start, ROWS_PER_SHEET), about)
    _about(writer, about)
    book.close()
    return target.getvalue()


def list_sheets(rows: int, language: str) -> list:
    """Name the sheets that hold the rows, each with its first row: one sheet unless Excel's limit makes it several.

    Examples
    --------
    >>> list_sheets(12_000, "en"), list_sheets(2_000_000, "en")
    ([('Risk list', 0)], [('Risk list 1 of 2', 0), ('Risk list 2 of 2', 1048575)])
    """
    words = WORDING[language]
    starts = range(0, rows, ROWS_PER_SHEET)
    if len(starts) == 1:
        return [(words["sheet_list"], 0)]
    return [(words["sheet_part"].format(n=n, m=len(starts)), start) for n, start in enumerate(starts, start=1)]


def sheet_text(text: str, cut: str) -> str:
    """Return a text as it stands in a cell: controls visible, and cut, visibly, where Excel would cut it in silence."""
    text = visible(text)
    return text if len(text.encode("utf-16-le")) // 2 <= MOST_CHARACTERS else _cut_to(text, MOST_CHARACTERS - len(cut)) + cut


def _cut_to(text, units):
    """Excel counts UTF-16 units; never cut an emoji in two."""
    return text.encode("utf-16-le")[: 2 * units].decode("utf-16-le", errors="ignore")


class _Writer:
    """The open workbook, its formats, and the only way in which text reaches a cell."""

    def __init__(self, book, words):
        self.book, self.words = book, words
        self.title = book.add_format({"bold": True, "font_size": 18, "font_color": "#1F2937"})
        self.head = book.add_format({"bold": True, "font_size": 13, "font_color": "#1F2937", "top": 1, "top_color": "#CFD5E1"})
        self.column = book.add_format(
            {"bold": True, "bg_color": "#3451C6", "font_color": "#FFFFFF", "text_wrap": True, "valign": "vcenter"}
        )
        self.label = book.add_format({"font_color": "#667085", "valign": "top"})
        self.figure = book.add_format({"bold": True, "font_size": 13, "num_format": "#,##0", "align": "left"})
        self.money_figure = book.add_format({"bold": True, "font_size": 13, "num_format": "#,##0.00", "align": "left"})
        self.banner = book.add_format(
            {
                "bg_color": "#FFF2D6",
                "font_color": "#7A4B00",
                "bold": True,
                "text_wrap": True,
                "valign": "top",
                "border": 1,
            }
        )
        self.wrapped = book.add_format({"text_wrap": True, "valign": "top", "num_format": "@"})
        self.kinds = {kind: book.add_format({"num_format": number, "valign": "top"}) for kind, number in _NUMBER_FORMATS.items()}
        self.count = book.add_format({"num_format": "#,##0"})

    def text(self, sheet, row, column, text, style=None):
        sheet.write_string(row, column, sheet_text(text, self.words["cut"]), style)


def _summary(writer, table, about):
    words, sums = writer.words, totals(table)
    sheet = writer.book.add_worksheet(words["sheet_summary"])
    sheet.hide_gridlines(2)
    sheet.set_column(0, 0, 30)
    sheet.set_column(1, 6, 17)
    writer.text(sheet, 0, 0, f"{words['title']} {about.week}", writer.title)
    writer.text(sheet, 1, 0, f"{about.project} · {words['as_of']} {about.as_of} · {about.currency}", writer.label)
    row = 3
    for banner in about.banners:
        text = sheet_text(banner, words["cut"])
        sheet.merge_range(row, 0, row, 6, "", writer.banner)
        writer.text(sheet, row, 0, banner, writer.banner)
        sheet.set_row(row, 15 * min(20, 1 + len(text) // 110))
        row += 1
    row += 1 if about.banners else 0
    figures = [
        ("in_scope", sums.in_scope, writer.figure),
        ("scored", sums.scored, writer.figure),
        ("not_scored", sums.in_scope - sums.scored, writer.figure),
        ("arr", sums.arr, writer.money_figure),
        ("arr_at_risk", sums.arr_at_risk, writer.money_figure),
    ]
    for word, number, style in figures:
        writer.text(sheet, row, 0, words[word], writer.label)
        sheet.write_number(row, 1, number, style)
        row += 1
    row = _owners(writer, sheet, row + 1, sums)
    if about.model:
        writer.text(sheet, row + 1, 0, words["about_model"], writer.head)
        _facts(writer, sheet, row + 2, about)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)


def _owners(writer, sheet, row, sums):
    """Write the table per owner and, beside the figures, its chart; return the next free row."""
    words = writer.words
    writer.text(sheet, row, 0, words["per_owner"], writer.head)
    titles = ("owner", "accounts", "scored", "arr", "arr_at_risk", "mean")
    for column, word in enumerate(titles):
        writer.text(sheet, row + 1, column, words[word], writer.column)
    top = row + 2
    for place, one in enumerate(sums.owners):
        row = top + place
        writer.text(sheet, row, 0, words["nobody"] if one.owner is None else one.owner, writer.kinds["text"])
        sheet.write_number(row, 1, one.accounts, writer.count)
        sheet.write_number(row, 2, one.scored, writer.count)
        sheet.write_number(row, 3, one.arr, writer.kinds["money"])
        sheet.write_number(row, 4, one.arr_at_risk, writer.kinds["money"])
        if one.mean_probability is not None:
            sheet.write_number(row, 5, one.mean_probability, writer.kinds["share"])
    chart = writer.book.add_chart({"type": "bar"})
    last = min(top + CHART_OWNERS, top + len(sums.owners)) - 1
    chart.add_series(
        {
            "name": words["chart_owner"],
            "categories": [sheet.get_name(), top, 0, last, 0],
            "values": [sheet.get_name(), top, 4, last, 4],
            "fill": {"color": "#4663D6"},
            "gap": 45,
            "data_labels": {"value": True, "num_format": "#,##0"},
        }
    )
    chart.set_title({"name": words["chart_owner"], "name_font": {"size": 12}})
    chart.set_legend({"none": True})
    chart.set_y_axis({"reverse": True})
    chart.set_x_axis({"visible": False, "major_gridlines": {"visible": False}})
    chart.set_size({"width": 620, "height": 120 + 24 * (last - top + 1)})
    sheet.insert_chart(2, 8, chart)
    return top + len(sums.owners)


def _facts(writer, sheet, row, about):
    for name, value in facts_as_json(about)["model"].items():
        writer.text(sheet, row, 0, writer.words.get(name, name.replace("_", " ")), writer.label)
        writer.text(sheet, row, 1, named_fact(name, value, about), writer.kinds["text"])
        row += 1
    return row


def _list(writer, name, table, about):
    sheet = writer.book.add_worksheet(name)
    sheet.freeze_panes(1, 3)
    sheet.set_row(0, 32)
    rows = table.num_rows
    for place, column in enumerate(LIST_COLUMNS):
        style = writer.kinds[column.kind]
        sheet.set_column(place, place, _WIDTHS.get(column.name, 11), style)
        writer.text(sheet, 0, place, heading(column, about.language, about.target), writer.column)
    columns = [table[column.name].to_pylist() for column in LIST_COLUMNS]
    kinds = [column.kind for column in LIST_COLUMNS]
    for row, values in enumerate(zip(*columns, strict=True), start=1):
        for place, (value, kind) in enumerate(zip(values, kinds, strict=True)):
            if value is None:
                continue
            style = writer.kinds[kind]
            if kind == "text":
                writer.text(sheet, row, place, value, style)
            elif kind == "day":
                sheet.write_datetime(row, place, midnight(value), style)
            else:
                sheet.write_number(row, place, value, style)
    probability = COLUMN_NAMES.index("churn_probability")
    # Fixed ends, not the list's own: the same colour means the same risk every week.
    sheet.conditional_format(
        1,
        probability,
        max(rows, 1),
        probability,
        {
            "type": "3_color_scale",
            "min_type": "num",
            "min_value": 0,
            "mid_type": "num",
            "mid_value": 0.25,
            "max_type": "num",
            "max_value": 0.8,
            "min_color": "#FFFFFF",
            "mid_color": "#FCE3A6",
            "max_color": "#EE7B6C",
        },
    )
    sheet.autofilter(0, 0, rows, len(LIST_COLUMNS) - 1)
    sheet.repeat_rows(0)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)


def _about(writer, about):
    words = writer.words
    sheet = writer.book.add_worksheet(words["sheet_about"])
    sheet.hide_gridlines(2)
    sheet.set_column(0, 0, 30)
    sheet.set_column(1, 1, 32)
    sheet.set_column(2, 2, 90)
    writer.text(sheet, 0, 0, words["about"], writer.title)
    row = 2
    for word in (f"about_probability_{about.target}", "about_at_risk", "about_reasons"):
        writer.text(sheet, row, 0, words[word])
        row += 1
    for text in about.notes or ():
        writer.text(sheet, row, 0, text)
        row += 1
    row += 1
    for place, word in enumerate(("column", "name", "meaning")):
        writer.text(sheet, row, place, words[word], writer.column)
    for column in LIST_COLUMNS:
        row += 1
        writer.text(sheet, row, 0, heading(column, about.language, about.target), writer.wrapped)
        writer.text(sheet, row, 1, column.name, writer.wrapped)
        writer.text(sheet, row, 2, column.meaning[about.language], writer.wrapped)
    row += 2
    for place, word in enumerate(("fact", "value")):
        writer.text(sheet, row, place, words[word], writer.column)
    row += 1
    for name in ("project", "week", "as_of", "currency"):
        writer.text(sheet, row, 0, words[name], writer.label)
        writer.text(sheet, row, 1, str(getattr(about, name)), writer.kinds["text"])
        row += 1
    _facts(writer, sheet, row, about)
