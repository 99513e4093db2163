"""What stands in the spreadsheet, the CSV and the page, hostile texts first of all."""

import csv
import io
import re
import zipfile

import hostile_texts
import openpyxl
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_up_list import made_up_facts, made_up_rows

from renewcast.publishing import publish_list, read_list, sheet_text, workbook_list
from renewcast.publishing._wording import WORDING
from renewcast.publishing.columns import COLUMN_NAMES, LIST_COLUMNS
from renewcast.publishing.csv import csv_text, from_csv
from renewcast.publishing.text import disarm, rearm, storable, visible

TEXTS = ("account_name", "owner", "segment", "tier", "lifecycle_stage", "driver_1", "driver_2", "driver_3", "model_version")


def hostile_rows():
    rows = made_up_rows(len(hostile_texts.ALL))
    for name in TEXTS:
        rows[name] = pd.Series(hostile_texts.ALL, dtype=object)
    rows["account_id"] = pd.Series([f"{text[:40]} {place}" for place, text in enumerate(hostile_texts.ALL)], dtype=object)
    rows.loc[len(rows) - 1, ["driver_1", "driver_2", "driver_3"]] = None
    return rows


def hostile_facts():
    return made_up_facts(
        project="<b>=1+1",
        banners=list(hostile_texts.ALL),
        notes=list(hostile_texts.ALL),
        model={"model_version": "</script>=1", "<i>": "=1+1", "auc": 0.8},
    )


@pytest.fixture(scope="module")
def hostile_list(tmp_path_factory):
    return publish_list(tmp_path_factory.mktemp("lists"), hostile_rows(), hostile_facts()).list_dir


def test_parquet_keeps_every_character(hostile_list):
    rows, read = hostile_rows(), read_list(hostile_list)
    for name in TEXTS[:5]:
        assert list(read[name]) == [storable(text) for text in rows[name]]


def test_the_workbook_holds_no_formula_no_link_and_nothing_from_outside(hostile_list):
    with zipfile.ZipFile(hostile_list / "risk_list.xlsx") as parts:
        for part in parts.namelist():
            assert "externalLink" not in part
            content = parts.read(part).decode("utf-8", errors="replace")
            if part.startswith("xl/worksheets/"):
                assert not re.search(r"<f[ >/]|<hyperlink", content), part
            if part.endswith(".rels"):
                assert 'TargetMode="External"' not in content
            assert "ddeLink" not in content


def test_text_in_the_workbook_is_text_and_is_whole(hostile_list):
    sheet = openpyxl.load_workbook(hostile_list / "risk_list.xlsx")["Risk list"]
    rows = hostile_rows()
    for row, cells in enumerate(sheet.iter_rows(min_row=2)):
        for column in (*TEXTS, "account_id"):
            cell, wanted = cells[COLUMN_NAMES.index(column)], rows.loc[row, column]
            if wanted is not None:
                assert cell.data_type in ("s", "inlineStr"), (column, wanted)
                # openpyxl shows Excel's own escape of an escape, _x005F_, as it stands in the file.
                assert sheet_text.from_xml(cell.value) == visible(wanted)
        assert isinstance(cells[COLUMN_NAMES.index("arr")].value, (int, float))


def test_ids_like_numbers_stay_text_in_the_workbook(tmp_path):
    rows = made_up_rows(4)
    rows["account_id"] = ["00123", "1E5", "1-2", "12345678901234567"]
    published = publish_list(tmp_path, rows, made_up_facts())
    sheet = openpyxl.load_workbook(published.list_dir / "risk_list.xlsx")["Risk list"]
    cells = [sheet.cell(row, 2) for row in range(2, 6)]
    assert [(cell.value, cell.data_type, cell.number_format) for cell in cells] == [(one, "s", "@") for one in rows["account_id"]]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_no_cell_of_the_csv_begins_like_a_formula_whatever_separates_it(hostile_list, delimiter):
    content = (hostile_list / "risk_list.csv").read_bytes().decode("utf-8")
    text_columns = {place for place, column in enumerate(LIST_COLUMNS) if column.kind == "text"}
    for cells in csv.reader(io.StringIO(content, newline=""), delimiter=delimiter):
        for place, cell in enumerate(cells):
            if delimiter != "," or place in text_columns:
                # A sum of blanks and quotes before it does not make a formula harmless in every program.
                assert not re.match('[\\s"\ufeff\u200b]*[=+\\-@＝＋－＠]', cell), cell
                assert cell[:1] not in ("\t", "\r", "\n", "\x00"), cell


def test_the_csv_gives_back_every_text_and_number(hostile_list):
    rows = hostile_rows()
    for row, cells in enumerate(from_csv((hostile_list / "risk_list.csv").read_bytes())):
        for column in TEXTS:
            wanted = rows.loc[row, column]
            assert cells[column] == ("" if wanted is None else csv_text(storable(wanted)))
            if wanted is not None and visible(wanted) == wanted:
                assert rearm(cells[column]) == wanted
        if cells["churn_probability"]:
            assert float(cells["churn_probability"]) == rows.loc[row, "churn_probability"]


def test_the_csv_has_windows_line_ends_and_no_byte_order_mark(tmp_path):
    content = (publish_list(tmp_path, made_up_rows(3), made_up_facts()).list_dir / "risk_list.csv").read_bytes()
    assert content.startswith(b"rank,account_id,")
    assert content.count(b"\r\n") == content.count(b"\n") == 4


LOADED = st.sampled_from("=+-@＝＋－＠;\t\n\r\x00'\" a\ufeff\u200b")


@given(st.text(alphabet=st.one_of(LOADED, st.characters(codec="utf-8")), max_size=12))
def test_what_is_disarmed_can_be_rearmed(text):
    disarmed = disarm(text)
    assert rearm(disarmed) == text
    assert not re.match("[=+\\-@＝＋－＠\t\r\n\x00]", disarmed)


def test_a_text_longer_than_a_cell_is_cut_visibly(tmp_path):
    rows = made_up_rows(3)
    rows.loc[0, "driver_1"] = "😀" * 20_000
    published = publish_list(tmp_path, rows, made_up_facts())
    cell = openpyxl.load_workbook(published.list_dir / "risk_list.xlsx")["Risk list"].cell(2, COLUMN_NAMES.index("driver_1") + 1)
    assert len(cell.value.encode("utf-16-le")) // 2 <= sheet_text.MOST_CHARACTERS
    assert cell.value.endswith(WORDING["en"]["cut"]) and cell.value.startswith("😀" * 16_000)
    assert read_list(published.list_dir).loc[0, "driver_1"] == "😀" * 20_000


def test_more_rows_than_a_sheet_holds_go_on_the_next_sheet(tmp_path, monkeypatch):
    monkeypatch.setattr(workbook_list, "ROWS_PER_SHEET", 3)
    published = publish_list(tmp_path, made_up_rows(8), made_up_facts())
    book = openpyxl.load_workbook(published.list_dir / "risk_list.xlsx")
    parts = ["Risk list 1 of 3", "Risk list 2 of 3", "Risk list 3 of 3"]
    assert [name for name in book.sheetnames if name.startswith("Risk list")] == parts
    assert [book[part].max_row for part in parts] == [4, 4, 3]


def test_the_workbook_is_ready_to_use(tmp_path):
    published = publish_list(tmp_path, made_up_rows(8), made_up_facts())
    book = openpyxl.load_workbook(published.list_dir / "risk_list.xlsx")
    sheet = book["Risk list"]
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("D2", "A1:AR9")
    assert sheet.conditional_formatting
    assert [sheet[cell].number_format for cell in ("H2", "J2", "K2")] == ["yyyy-mm-dd", "#,##0.00", "0.0%"]
    assert len(book["Summary"]._charts) == 1
    assert all(one.sheet_state == "visible" for one in book.worksheets)
    figures = {row[0]: row[1] for row in book["Summary"].iter_rows(max_col=2, values_only=True) if row[0]}
    rows = made_up_rows(8)
    assert (figures["Accounts in scope"], figures["Scored"], figures["Not scored"]) == (8, 7, 1)
    assert figures["ARR"] == pytest.approx(sum(rows["arr"]), abs=0.005)
    assert figures["Ranked by"] == "ARR at risk"


def test_both_languages_say_the_same_things():
    english, chinese = WORDING["en"], WORDING["zh"]
    assert english.keys() == chinese.keys()
    for key in english:
        assert set(re.findall(r"\{\w+\}", english[key])) == set(re.findall(r"\{\w+\}", chinese[key])), key
    for column in LIST_COLUMNS:
        assert column.heading.keys() == column.meaning.keys() == {"en", "zh"}
