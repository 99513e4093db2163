"""The sheets of the workbook that hold the whole list: every row, every column."""

from renewcast.publishing._wording import WORDING
from renewcast.publishing.columns import COLUMN_NAMES, LIST_COLUMNS, heading
from renewcast.publishing.sheet_writer import SheetWriter

ROWS_PER_SHEET = 1_048_575  # a sheet's rows less the heading
_WIDTHS = {
    "rank": 7,
    "account_id": 13,
    "account_name": 28,
    "owner": 18,
    "segment": 18,
    "days_to_renewal": 10,
    "arr": 15,
    "arr_at_risk": 15,
    "lifetime_value": 15,
    "expected_arr_saved": 15,
    **dict.fromkeys(("driver_1", "driver_2", "driver_3", "change_reason", "signals", "check"), 48),
    "play": 30,
    "reason_not_scored": 36,
    "model_version": 18,
}


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


def list_sheet(writer: SheetWriter, name: str, rows: int) -> list:
    """Write a sheet's heading, formats and filters; its rows are put in by `renewcast.publishing.sheet_rows`.

    Returns
    -------
    list of int
        The number of each column's format in the workbook.
    """
    sheet = writer.sheet(name, [_WIDTHS.get(column.name, 12) for column in LIST_COLUMNS])
    sheet.freeze_panes(1, 3)
    for place, column in enumerate(LIST_COLUMNS):
        sheet.set_column(place, place, _WIDTHS.get(column.name, 12), writer.kinds[column.kind])
    writer.headings(sheet, 0, [heading(column, writer.about.language, writer.about.target) for column in LIST_COLUMNS])
    for column, most in (("churn_probability", 1.0), ("arr_at_risk", None)):
        writer.bars(sheet, 1, rows, COLUMN_NAMES.index(column), most=most)
    for word, style in writer.marks.items():
        place = COLUMN_NAMES.index("movement")
        rule = {"type": "text", "criteria": "begins with", "value": word, "format": style}
        sheet.conditional_format(1, place, max(rows, 1), place, rule)
    sheet.autofilter(0, 0, rows, len(LIST_COLUMNS) - 1)
    writer.printed(sheet, repeat=0)
    return [writer.kinds[column.kind]._get_xf_index() for column in LIST_COLUMNS]
