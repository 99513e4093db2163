"""The leader's sheet: totals, the renewals of this quarter, what moved, and a table and chart per owner."""

from renewcast.publishing.columns import named_fact
from renewcast.publishing.facts import facts_as_json
from renewcast.publishing.sheet_text import sheet_text
from renewcast.publishing.sheet_writer import SheetWriter
from renewcast.publishing.summary import totals
from renewcast.publishing.week_figures import week_figures

CHART_OWNERS = 12
MOVERS_SHOWN = {"up": 10, "down": 5, "new": 5, "gone": 5}


def summary_sheet(writer: SheetWriter, table, supplement, files: dict, owner_sheets: int) -> None:
    """Write the leader's sheet.

    Parameters
    ----------
    writer : SheetWriter
    table : pyarrow.Table
        From `as_table`.
    supplement : Supplement
    files : dict of str or None to str
        The file of each owner who has a list.
    owner_sheets : int
        How many of them have a sheet here.
    """
    about, words, sums = writer.about, writer.words, totals(table)
    figures = week_figures(table, supplement, about.as_of)
    sheet = writer.sheet(words["sheet_summary"], (30, 17, 17, 17, 17, 17, 26))
    sheet.hide_gridlines(2)
    writer.text(sheet, 0, 0, f"{words['title']} {about.week}", writer.title)
    writer.text(sheet, 1, 0, f"{about.project} · {words['as_of']} {about.as_of} · {about.currency}", writer.label)
    row = _banners(writer, sheet, 3)
    top = row
    quarter = figures.quarter
    shown = [
        (words["in_scope"], sums.in_scope, writer.figure),
        (words["scored"], sums.scored, writer.figure),
        (words["not_scored"], sums.in_scope - sums.scored, writer.figure),
        (words["arr"], sums.arr, writer.money_figure),
        (words["arr_at_risk"], sums.arr_at_risk, writer.money_figure),
        (words["renewals"].format(day=quarter.until), quarter.arr, writer.money_figure),
        (words["renewals_accounts"], quarter.accounts, writer.figure),
        (words["renewals_forecast"], quarter.forecast, writer.money_figure),
        (words["renewals_unknown"], quarter.not_forecast, writer.money_figure),
    ]
    for word, number, style in shown:
        writer.text(sheet, row, 0, word, writer.label)
        sheet.write_number(row, 1, number, style)
        row += 1
    row = _movers(writer, sheet, row + 1, figures)
    row = _owners(writer, sheet, row + 1, sums, files, top)
    if len(files) > owner_sheets:
        writer.text(sheet, row, 0, words["owners_left"].format(n=owner_sheets, m=len(files) - owner_sheets), writer.label)
        row += 1
    if about.model:
        writer.text(sheet, row + 1, 0, words["about_model"], writer.head)
        facts_rows(writer, sheet, row + 2)
    writer.printed(sheet)


def facts_rows(writer: SheetWriter, sheet, row: int) -> int:
    """Write the facts about the model, a row each; return the next free row."""
    for name, value in facts_as_json(writer.about)["model"].items():
        writer.text(sheet, row, 0, writer.words.get(name, name.replace("_", " ")), writer.label)
        writer.text(sheet, row, 1, named_fact(name, value, writer.about), writer.kinds["text"])
        row += 1
    return row


def _banners(writer, sheet, row):
    for banner in writer.about.banners:
        sheet.merge_range(row, 0, row, 6, "", writer.banner)
        writer.text(sheet, row, 0, banner, writer.banner)
        sheet.set_row(row, 15 * min(20, 1 + len(sheet_text(banner, "")) // 110))
        row += 1
    return row + 1 if writer.about.banners else row


def _movers(writer, sheet, row, figures):
    words = writer.words
    writer.text(sheet, row, 0, words["movers"], writer.head)
    row += 1
    if not (figures.up or figures.down or figures.new or figures.gone):
        writer.text(sheet, row, 0, words["no_movers"], writer.label)
        return row + 1
    for kind in ("up", "down", "new", "gone"):
        writer.text(sheet, row, 0, words[kind], writer.marks.get(kind, writer.label))
        sheet.write_number(row, 1, len(getattr(figures, kind)), writer.count)
        row += 1
    writer.headings(sheet, row, [words[word] for word in ("account", "movement", "owner", "arr", "last", "now", "why")])
    for kind, most in MOVERS_SHOWN.items():
        for one in getattr(figures, kind)[:most]:
            row += 1
            writer.value(sheet, row, 0, one.account_name or one.account_id, "text")
            writer.text(sheet, row, 1, words[kind], writer.marks.get(kind, writer.label))
            writer.value(sheet, row, 2, one.owner or words["nobody"], "text")
            writer.value(sheet, row, 3, one.arr, "money")
            writer.value(sheet, row, 4, one.before, "share")
            writer.value(sheet, row, 5, one.now, "share")
            writer.value(sheet, row, 6, one.why, "text")
    return row + 1


def _owners(writer, sheet, row, sums, files, chart_row):
    """Write the table per owner and, beside the figures, its chart; return the next free row."""
    words = writer.words
    writer.text(sheet, row, 0, words["per_owner"], writer.head)
    titles = ("owner", "accounts", "scored", "arr", "arr_at_risk", "mean", "owner_files")
    writer.headings(sheet, row + 1, [words[word] for word in titles])
    top = row + 2
    for place, one in enumerate(sums.owners):
        row = top + place
        writer.text(sheet, row, 0, words["nobody"] if one.owner is None else one.owner, writer.kinds["text"])
        sheet.write_number(row, 1, one.accounts, writer.count)
        sheet.write_number(row, 2, one.scored, writer.count)
        sheet.write_number(row, 3, one.arr, writer.kinds["money"])
        sheet.write_number(row, 4, one.arr_at_risk, writer.kinds["money"])
        writer.value(sheet, row, 5, one.mean_probability, "share")
        writer.value(sheet, row, 6, files.get(one.owner), "text")
    end = top + len(sums.owners)
    writer.bars(sheet, top, end - 1, 4, most=None)
    writer.bars(sheet, top, end - 1, 5, most=1.0)
    chart = writer.book.add_chart({"type": "bar"})
    last = min(top + CHART_OWNERS, end) - 1
    chart.add_series(
        {
            "name": words["chart_owner"],
            "categories": [sheet.get_name(), top, 0, last, 0],
            "values": [sheet.get_name(), top, 4, last, 4],
            "fill": {"color": "#4663D6"},
            "border": {"color": "#1F2937"},
            "gap": 45,
            "data_labels": {"value": True, "num_format": "#,##0"},
        }
    )
    chart.set_title({"name": words["chart_owner"], "name_font": {"size": 12}})
    chart.set_legend({"none": True})
    chart.set_y_axis({"reverse": True})
    chart.set_x_axis({"visible": False, "major_gridlines": {"visible": False}})
    chart.set_size({"width": 620, "height": 120 + 24 * (last - top + 1)})
    sheet.insert_chart(chart_row, 8, chart)
    return end
