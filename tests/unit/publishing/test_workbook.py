"""The workbooks: ready to use and to print, nothing hidden, nothing that runs, nobody else's accounts in an owner's file."""

import io
import os
import re
import shutil
import subprocess
import zipfile

import hostile_texts
import openpyxl
import pandas as pd
import pyarrow.compute as pc
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from made_up_list import AS_OF, made_up_facts, made_up_rows, made_up_supplement

from renewcast.publishing import publish_list
from renewcast.publishing._wording import WORDING
from renewcast.publishing._wording_workbook import VERDICT_REASONS, VERDICTS, WORKBOOK_WORDING, labels
from renewcast.publishing.beside import beside_tables
from renewcast.publishing.columns import LIST_COLUMNS
from renewcast.publishing.owners import file_names, owners_lists, sheet_names
from renewcast.publishing.rows import as_table
from renewcast.publishing.sheet_text import from_xml, in_xml, sheet_text
from renewcast.publishing.supplement import Supplement
from renewcast.publishing.text import storable, visible
from renewcast.publishing.week_figures import week_figures
from renewcast.publishing.workbook import MOST_OWNER_SHEETS, to_owner_xlsx, to_xlsx

TEXTS = [column.name for column in LIST_COLUMNS if column.kind == "text" and column.name not in ("status", "account_id")]
MANY = [f"{text}{end}" for text in hostile_texts.ALL for end in ("", " ", "\t", "1", "x=")]  # well over 400


def hostile_rows():
    """Every text field of every row is hostile, and the first 60 accounts stand on their owners' lists."""
    rows = made_up_rows(len(MANY) + 1).iloc[:-1]
    for shift, name in enumerate(TEXTS):
        rows[name] = pd.Series([MANY[(place + shift) % len(MANY)] for place in range(len(MANY))], dtype=object)
    rows["reason_not_scored"] = None
    rows["account_id"] = pd.Series([f"{text[:40]} {place}" for place, text in enumerate(MANY)], dtype=object)
    rows["owner_place"] = pd.Series([place + 1 if place < 60 else None for place in range(len(MANY))], dtype=object)
    return rows


def hostile_supplement(rows):
    whole = rows.copy()
    for name in (*TEXTS, "account_id"):  # the maker of the supplement knows nothing of half letters
        whole[name] = pd.Series([storable(text) if isinstance(text, str) else None for text in rows[name]], dtype=object)
    supplement = made_up_supplement(whole)
    for part in ("opportunities", "gone"):
        frame = getattr(supplement, part)
        for shift, name in enumerate(set(frame.columns) - {"arr", "renewal_date", "due_on", "churn_probability_last_list"}):
            if name != "owner":
                frame[name] = pd.Series([MANY[(place + shift) % len(MANY)] for place in range(len(frame))], dtype=object)
    plays = [
        {"play": text, "version": text, "title": text, "goal": text, "steps": [text, text], "days": 3, "check": text}
        for text in MANY[::9]
    ]
    return Supplement(**{**vars(supplement), "plays": plays, "signals": [{"signal": text} for text in MANY[::9]]})


@pytest.fixture(scope="module")
def hostile_list(tmp_path_factory):
    rows = hostile_rows()
    facts = made_up_facts(
        project="=1+1<b>", banners=MANY[::7], notes=MANY[::7], model={"</script>=1": "=1+1", "model_version": "<r>x</r>"}
    )
    return publish_list(tmp_path_factory.mktemp("lists"), rows, facts, hostile_supplement(rows)).list_dir


def workbooks(list_dir):
    return [list_dir / "risk_list.xlsx", *sorted((list_dir / "owners").glob("*.xlsx"))]


def cells(path):
    """Every text of a workbook by sheet and cell, and every cell that is no text."""
    book = openpyxl.load_workbook(path)
    return {(sheet.title, cell.coordinate): cell for sheet in book.worksheets for row in sheet.iter_rows() for cell in row}


def test_no_hostile_text_becomes_a_formula_a_link_or_markup_in_any_workbook(hostile_list):
    found = workbooks(hostile_list)
    assert len(found) > 10 and len(MANY) >= 400
    for path in found:
        with zipfile.ZipFile(path) as parts:
            for name in parts.namelist():
                content = parts.read(name).decode()
                assert not re.search("externalLink|ddeLink|vbaProject|oleObject|comments", name), name
                if name.startswith("xl/worksheets/") and name.endswith(".xml"):
                    assert not re.search(r"<f[ >/]|<hyperlink|<r>|<legacyDrawing", content), (path.name, name)
                if name.endswith(".rels"):
                    assert "External" not in content


def test_every_text_of_the_whole_list_is_there_to_the_letter(hostile_list):
    rows, sheet = hostile_rows(), openpyxl.load_workbook(hostile_list / "risk_list.xlsx")["Risk list"]
    for row, shown in enumerate(sheet.iter_rows(min_row=2)):
        for place, column in enumerate(LIST_COLUMNS):
            wanted = rows.loc[row, column.name]
            if column.kind == "text" and wanted is not None:
                cell = shown[place]
                assert cell.data_type == "s" and from_xml(cell.value) == sheet_text(storable(wanted), ""), (column.name, wanted)


def test_every_text_of_an_owners_list_is_there_to_the_letter(hostile_list):
    table = as_table(hostile_rows())
    for one in owners_lists(table):
        sheet = openpyxl.load_workbook(hostile_list / one.file).worksheets[0]
        for row, wanted in zip(sheet.iter_rows(min_row=5), one.rows.to_pylist(), strict=True):
            for place, name in (
                (1, "account_id"),
                (2, "account_name"),
                (11, "change_reason"),
                (12, "signals"),
                (14, "play"),
                (16, "check"),
            ):
                assert from_xml(row[place].value) == sheet_text(wanted[name], WORDING["en"]["cut"]), name


@pytest.mark.skipif(not (shutil.which("soffice") or os.environ.get("CI")), reason="LibreOffice is not installed: NOT tried in it")
def test_libreoffice_calculates_nothing_anew(hostile_list, tmp_path):
    path = hostile_list / "risk_list.xlsx"
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    asked = [
        "soffice",
        profile,
        "--headless",
        "--convert-to",
        "xlsx:Calc MS Excel 2007 XML",
        "--outdir",
        str(tmp_path),
        str(path),
    ]
    subprocess.run(asked, check=True, capture_output=True)
    with zipfile.ZipFile(tmp_path / "risk_list.xlsx") as parts:
        for name in parts.namelist():
            if name.startswith("xl/worksheets/") and name.endswith(".xml"):
                assert not re.search(r"<f[ >/]|<hyperlink", parts.read(name).decode()), name
    import python_calamine

    def values(file):
        book = python_calamine.CalamineWorkbook.from_path(str(file))
        return {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names}

    before, after = values(path), values(tmp_path / "risk_list.xlsx")
    assert before.keys() == after.keys()
    for name in before:
        for old, new in zip(before[name], after[name], strict=False):
            # The reader undoes Excel's own escapes where texts are shared, as LibreOffice has them, and not where they are not.
            wanted = [from_xml(cell) if isinstance(cell, str) else cell for cell in old]
            found = new[: len(old)] + [""] * (len(old) - len(new))
            for one, other in zip(wanted, found, strict=True):
                if isinstance(one, float):  # LibreOffice keeps 15 digits of a number
                    assert one == pytest.approx(other, rel=1e-12), name
                    continue
                # LibreOffice 7 itself loses the second of two escapes that share an underscore.
                assert one == other or (isinstance(one, str) and "_x0041_x0041_" in one), (name, one, other)


@given(st.text(max_size=30))
@example("<r>x</r>")
@example("_x005F__x0041_x0041_")
def test_a_text_in_the_file_is_read_back_as_it_was(text):
    import xml.etree.ElementTree as tree

    shown = sheet_text(storable(text), "")
    element = tree.fromstring(f"<t>{in_xml(shown)}</t>")
    assert len(element) == 0 and from_xml(element.text or "") == shown


def test_an_owners_file_holds_nobody_elses_accounts(tmp_path):
    rows = made_up_rows(200)
    names = [f"Unmistakable {place:04d} Ltd" for place in range(200)]
    rows["account_name"] = names
    rows["account_id"] = [f"ID-{place:04d}-X" for place in range(200)]
    supplement = made_up_supplement(rows)
    list_dir = publish_list(tmp_path, rows, made_up_facts(), supplement).list_dir
    table = as_table(rows)
    for one in owners_lists(table):
        own = {name for name, owner in zip(names, table["owner"].to_pylist(), strict=True) if owner == one.owner}
        with zipfile.ZipFile(list_dir / one.file) as parts:
            content = "".join(parts.read(name).decode() for name in parts.namelist())
        assert {name for name in names if name in content} <= own
        assert {name for name in names if name in content} >= set(one.rows["account_name"].to_pylist())
        others = set(table["owner"].to_pylist()) - {one.owner, None}
        assert not [owner for owner in others if owner in content]
        assert "Gone and churned" not in content


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_workbook_is_ready_to_use_and_to_print(language):
    rows = made_up_rows(200)
    table, words = as_table(rows), WORDING[language] | WORKBOOK_WORDING[language]
    book = openpyxl.load_workbook(io.BytesIO(to_xlsx(table, made_up_facts(language=language), made_up_supplement(rows))))
    owners = [words["nobody"] if one.owner is None else one.owner for one in owners_lists(table)]
    last = [words[word] for word in ("sheet_opportunities", "sheet_plays", "sheet_about")]
    assert book.sheetnames == [words["sheet_summary"], words["sheet_list"], *owners, *last]
    for sheet in book.worksheets:
        assert sheet.sheet_state == "visible"
        assert not any(one.hidden for one in (*sheet.row_dimensions.values(), *sheet.column_dimensions.values()))
        assert (sheet.page_setup.orientation, sheet.page_setup.paperSize, sheet.page_setup.fitToHeight) == ("landscape", 9, 0)
        assert not sheet.protection.sheet
    for owner in owners:
        sheet = book[owner]
        assert (sheet.freeze_panes, sheet.print_title_rows) == ("D5", "$4:$4")
        assert sheet.auto_filter.ref == f"A4:V{sheet.max_row}"
        rules = {one.type: one for one in sheet.data_validations.dataValidation}
        assert set(rules) == {"list", "date"} and len(sheet.data_validations.dataValidation) == 4
        assert sheet.conditional_formatting
        places = [sheet.cell(row, 1).value for row in range(5, sheet.max_row + 1)]
        assert places == sorted(places)
    assert len(book[words["sheet_summary"]]._charts) == 1


def test_choices_fit_into_what_excel_takes():
    for language in ("en", "zh"):
        for values in (VERDICTS, VERDICT_REASONS):
            offered = labels(values, language)
            assert len(",".join(offered)) <= 255 and not any("," in one for one in offered) and len(set(offered)) == len(offered)
    assert WORKBOOK_WORDING["en"].keys() == WORKBOOK_WORDING["zh"].keys()
    for word, english in WORKBOOK_WORDING["en"].items():
        if isinstance(english, str):
            assert set(re.findall(r"\{\w+\}", english)) == set(re.findall(r"\{\w+\}", WORKBOOK_WORDING["zh"][word])), word


def test_more_owners_than_sheets_are_sensible_are_told_where_their_lists_are(tmp_path):
    rows = made_up_rows(90)
    rows["owner"], rows["owner_place"] = [f"Owner {place}" for place in range(90)], 1
    list_dir = publish_list(tmp_path, rows, made_up_facts()).list_dir
    book = openpyxl.load_workbook(list_dir / "risk_list.xlsx")
    assert len([name for name in book.sheetnames if name.startswith("Owner ")]) == MOST_OWNER_SHEETS
    said = [cell for row in book["Summary"].iter_rows(values_only=True) for cell in row if isinstance(cell, str)]
    assert WORKBOOK_WORDING["en"]["owners_left"].format(n=MOST_OWNER_SHEETS, m=90 - MOST_OWNER_SHEETS) in said
    assert len(list((list_dir / "owners").iterdir())) == 90


def test_the_leaders_sheet_adds_up():
    rows = made_up_rows(200)
    table, supplement = as_table(rows), made_up_supplement(rows)
    sheet = openpyxl.load_workbook(io.BytesIO(to_xlsx(table, made_up_facts(), supplement)))["Summary"]
    figures = {row[0]: row[1] for row in sheet.iter_rows(max_col=2, values_only=True) if row[0]}
    due = rows[[day is not None and AS_OF <= day <= pd.Timestamp("2026-06-30").date() for day in rows["renewal_date"]]]
    assert figures["ARR due for renewal until 2026-06-30"] == pytest.approx(sum(due["arr"]))
    assert figures["Of it, forecast to renew"] == pytest.approx(sum(due["arr"] * due["renewal_probability"]), abs=0.02)
    for movement, mark in (("up", "▲ up"), ("down", "▼ down"), ("new", "● new")):
        assert figures[mark] == (rows["movement"] == movement).sum()
    found = week_figures(table, supplement, AS_OF)
    assert (len(found.up), len(found.down)) == ((rows["movement"] == "up").sum(), (rows["movement"] == "down").sum())
    assert [one.account_id for one in found.gone] == ["G0001", "G0002"]


NAMES = st.text(st.characters(exclude_categories=("Cs",)), max_size=40).filter(lambda name: name != "")


@given(st.lists(st.one_of(st.none(), NAMES, st.sampled_from(hostile_texts.ALL)), unique=True, max_size=12))
@example(["CON", "con", "aux.txt", "..", ".", "/", "\\", "a/b", "a\\b", "Ana Lopez", "ana lopez", "Ana-Lopez", None, "no-owner"])
def test_any_owners_get_names_that_any_system_takes_and_no_two_alike(owners):
    names = file_names(owners)
    assert list(names) == owners
    assert len({name.casefold() for name in names.values()}) == len(owners)
    for name in names.values():
        assert re.fullmatch(r"[\w.-]+", name) and not name.startswith((".", "-")) and not name.endswith((".", "-")), name
        assert name.split(".")[0].casefold() not in ("con", "aux", "nul", "prn", "com1", "lpt1")
        assert len(f"{name}.xlsx".encode()) <= 255
    sheets = sheet_names(owners, "no owner", ["Summary", "About"])
    assert len({name.casefold() for name in (*sheets.values(), "Summary", "About")}) == len(owners) + 2
    for name in sheets.values():
        assert 0 < len(name.encode("utf-16-le")) // 2 <= 31 and not re.search(r"[\[\]:*?/\\]", name), name
        assert not name.startswith("'") and not name.endswith("'") and name.casefold() != "history"


def test_hostile_owners_get_workbooks(tmp_path):
    owners = [visible(text) for text in hostile_texts.ALL if text.strip()]
    rows = made_up_rows(len(owners))
    rows["owner"], rows["owner_place"] = owners, 1
    table, facts = as_table(rows), made_up_facts()
    book = openpyxl.load_workbook(io.BytesIO(to_xlsx(table, facts, made_up_supplement(rows))))
    assert len(book.sheetnames) == 5 + MOST_OWNER_SHEETS
    for one in owners_lists(table)[:40:4]:
        sheet = openpyxl.load_workbook(io.BytesIO(to_owner_xlsx(one, facts, {}))).worksheets[0]
        assert from_xml(sheet["A1"].value) == sheet_text(f"2026-W27 · {one.owner}", "")


def test_an_owners_opportunities_are_his_alone():
    rows = made_up_rows(200)
    beside = beside_tables(made_up_supplement(rows))
    one = next(one for one in owners_lists(as_table(rows)) if one.owner is not None)
    book = openpyxl.load_workbook(io.BytesIO(to_owner_xlsx(one, made_up_facts(), beside)))
    shown = [row[0] for row in book["Opportunities"].iter_rows(min_row=2, values_only=True)]
    mine = beside["opportunities"].filter(pc.equal(beside["opportunities"]["owner"], one.owner))
    assert shown == mine["account_id"].to_pylist()
