"""The open workbook: its formats, and the only ways in which anything reaches a cell."""

import datetime as dt
import io

import xlsxwriter

from renewcast.days import midnight
from renewcast.publishing._wording import WORDING
from renewcast.publishing._wording_workbook import WORKBOOK_WORDING
from renewcast.publishing.sheet_text import PlainSheet, sheet_text
from renewcast.publishing.text import visible

_NUMBER_FORMATS = {
    "integer": "0",
    "money": "#,##0.00",
    "share": "0.0%",
    "points": "+0.0%;-0.0%;0.0%",
    "number": "#,##0.00",
    "day": "yyyy-mm-dd",
    "text": "@",
}
_MOST_LINES = 20
_INK, _MUTED = "#1F2937", "#667085"


def _lines(text, width):
    """Count the lines that a text takes; Chinese letters are twice as wide as others."""
    lines = text[:5000].split("\n")
    widths = [len(line) if line.isascii() else len(line) + sum(letter > "\u2e7f" for letter in line) for line in lines]
    return sum(max(1, -(-one // width)) for one in widths)


class SheetWriter:
    """A workbook that is being written.

    Parameters
    ----------
    about : ListFacts or renewcast.review.facts.ReviewFacts
        Its language chooses the words; its day, not the run's, is the day of the file, so that a rerun gives the same bytes.
    title : str
    """

    def __init__(self, about, title: str):
        self.about, self.target = about, io.BytesIO()
        options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
        self.book = book = xlsxwriter.Workbook(self.target, options)
        book.set_properties({"title": visible(title), "created": midnight(about.as_of)})
        self.words = WORDING[about.language] | WORKBOOK_WORDING[about.language]
        self.title = book.add_format({"bold": True, "font_size": 18, "font_color": _INK})
        self.head = book.add_format({"bold": True, "font_size": 13, "font_color": _INK, "top": 1, "top_color": "#CFD5E1"})
        heading = {"bold": True, "text_wrap": True, "valign": "vcenter", "border": 1, "border_color": "#CFD5E1"}
        self.column = book.add_format(heading | {"bg_color": "#3451C6", "font_color": "#FFFFFF"})
        self.asked = book.add_format(heading | {"bg_color": "#FFE9A8", "font_color": _INK})
        self.label = book.add_format({"font_color": _MUTED, "valign": "top"})
        self.figure = book.add_format({"bold": True, "font_size": 13, "num_format": "#,##0", "align": "left"})
        self.money_figure = book.add_format({"bold": True, "font_size": 13, "num_format": "#,##0.00", "align": "left"})
        warning = {"bg_color": "#FFF2D6", "font_color": "#7A4B00", "bold": True, "text_wrap": True, "valign": "top", "border": 1}
        self.banner = book.add_format(warning)
        self.wrapped = book.add_format({"text_wrap": True, "valign": "top", "num_format": "@", "align": "left", "indent": 1})
        self.kinds = {kind: book.add_format({"num_format": number, "valign": "top"}) for kind, number in _NUMBER_FORMATS.items()}
        self.kinds["text"].set_align("left")
        self.kinds["text"].set_indent(1)  # a number that stands to the left of a text must not run into it
        answer = {
            "bg_color": "#FFFBEB",
            "text_wrap": True,
            "valign": "top",
            "border": 1,
            "border_color": "#E5D9A8",
            "locked": False,
        }
        self.answers = {kind: book.add_format(answer | {"num_format": _NUMBER_FORMATS[kind]}) for kind in ("text", "day")}
        self.count = book.add_format({"num_format": "#,##0"})
        mark = {"bold": True, "valign": "top", "align": "left", "indent": 1}
        # Each mark stands beside its colour, so that a black and white print says the same.
        self.marks = {
            "up": book.add_format(mark | {"font_color": "#B42318"}),
            "down": book.add_format(mark | {"font_color": "#067647"}),
            "new": book.add_format(mark | {"font_color": "#3451C6"}),
        }

    def sheet(self, name: str, widths):
        """Add a sheet with columns of these widths, in characters."""
        sheet = self.book.add_worksheet(name, worksheet_class=PlainSheet)
        for column, width in enumerate(widths):
            sheet.set_column(column, column, width)
        return sheet

    def text(self, sheet, row: int, column: int, text: str, style=None) -> None:
        """Write a text, whatever it looks like, as text."""
        sheet.write_plain(row, column, sheet_text(text, self.words["cut"]), style)

    def value(self, sheet, row: int, column: int, value, kind: str, style=None) -> None:
        """Write a text, number or day; nothing where there is none."""
        style = style or self.kinds[kind]
        if value is None:
            sheet.write_blank(row, column, None, style)
        elif isinstance(value, str):
            self.text(sheet, row, column, value, style)
        elif isinstance(value, dt.date):
            if value < dt.date(1900, 3, 1):  # before it, spreadsheets do not agree on the day
                self.text(sheet, row, column, value.isoformat(), style)
            else:
                sheet.write_datetime(row, column, midnight(value), style)
        else:
            sheet.write_number(row, column, value, style)

    def headings(self, sheet, row: int, titles, style=None) -> None:
        """Write a row of headings, high enough for two lines."""
        sheet.set_row(row, 32)
        for column, title in enumerate(titles):
            self.text(sheet, row, column, title, style or self.column)

    def high_enough(self, sheet, row: int, texts) -> None:
        """Make a row as high as its wrapped texts need; ``texts`` are pairs of text and column width, in characters."""
        lines = [_lines(text, width) for text, width in texts if isinstance(text, str)]
        sheet.set_row(row, 15 * min(_MOST_LINES, max(lines, default=1)))

    def printed(self, sheet, *, repeat: int | None = None, pages: int = 1) -> None:
        """Set the page up: A4, landscape, so many pages wide, the heading on every page, its number at the foot."""
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(pages, 0)
        sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        sheet.set_footer("&R&P / &N")
        if repeat is not None:
            sheet.repeat_rows(repeat)

    def bars(self, sheet, first: int, last: int, column: int, *, most: float | None, color: str = "#F3A79B") -> None:
        """Lay a bar behind each number; with fixed ends the same bar means the same risk every week, in any print."""
        ends = {"min_type": "num", "min_value": 0} | ({} if most is None else {"max_type": "num", "max_value": most})
        # The plain kind of bar: solid ones with borders are an extension that other programs drop, with a warning.
        shape = {"type": "data_bar", "bar_color": color}
        sheet.conditional_format(first, column, max(first, last), column, shape | ends)

    def finished(self) -> bytes:
        """Close the workbook and return its bytes."""
        self.book.close()
        return self.target.getvalue()
