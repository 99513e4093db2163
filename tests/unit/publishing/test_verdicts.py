"""What owners fill in comes back without loss, whatever program the file went through; anything wrong refuses the whole file."""

import datetime as dt
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from made_up_list import AS_OF, made_up_facts, made_up_rows, made_up_supplement

from renewcast import Project
from renewcast.errors import RenewcastError
from renewcast.publishing import publish_list
from renewcast.publishing._wording_workbook import VERDICT_REASONS, VERDICTS, WORKBOOK_WORDING, labels
from renewcast.publishing.verdict_store import read_verdicts
from renewcast.publishing.verdicts import import_verdicts

ROOT = Path(__file__).resolve().parents[3]
HEADING, FIRST = 4, 5  # rows of an owner's sheet, as spreadsheets count them
OWNER, FILE = "Ana Lopez", "Ana-Lopez.xlsx"
LANGUAGES = ("en", "zh")


@pytest.fixture(scope="module", params=LANGUAGES)
def language(request):
    return request.param


@pytest.fixture(scope="module")
def lists(tmp_path_factory, language):
    directory = tmp_path_factory.mktemp("lists")
    rows = made_up_rows(60)
    publish_list(directory, rows, made_up_facts(language=language), made_up_supplement(rows))
    return directory


@pytest.fixture
def answered(lists, tmp_path, language):
    """Give a function that fills in the owner's file and returns its path."""

    def fill(*answers, source=None, change=lambda sheet: None):
        path = tmp_path / "answered.xlsx"
        book = openpyxl.load_workbook(source or lists / "2026-W27" / "r1" / "owners" / FILE)
        sheet = book.worksheets[0] if source is None else book[OWNER]
        columns = heading_columns(sheet, language)
        for row, said in enumerate(answers, start=FIRST):
            for word, value in said.items():
                cell = sheet.cell(row, columns[word])
                cell.value = value
                if isinstance(value, str) and value.startswith("=") and word == "note":
                    cell.data_type = "s"
        change(sheet)
        book.save(path)
        return path

    return fill


def heading_columns(sheet, language):
    named = {text: word for word, text in WORKBOOK_WORDING[language].items() if isinstance(text, str)}
    wanted = ("verdict", "verdict_reason", "verdict_play", "next_on", "note", "account_id")
    return {named[cell.value]: cell.column for cell in sheet[HEADING] if named.get(cell.value) in wanted}


def accounts_of(lists):
    sheet = openpyxl.load_workbook(lists / "2026-W27" / "r1" / "owners" / FILE).worksheets[0]
    return [sheet.cell(row, 2).value for row in range(FIRST, sheet.max_row + 1)]


def told(store):
    """The answers as plain rows: account, verdict, reason, play, next_on, note."""
    frame = read_verdicts(store)
    frame = frame.astype(object).where(frame.notna(), None)
    return [tuple(row) for row in frame[["account_id", "verdict", "reason", "play", "next_on", "note"]].to_numpy()]


def test_answers_come_back_as_facts(lists, answered, tmp_path, language):
    given_answers = [
        {
            "verdict": VERDICTS["will_leave"][language],
            "verdict_reason": VERDICT_REASONS["price"][language],
            "verdict_play": "Review what is used",
            "next_on": dt.datetime(2026, 7, 10),
            "note": " =1+1 \n<b>价格</b> ",
        },
        {"verdict": VERDICTS["will_renew"][language]},
        {"note": "only a note"},
    ]
    path = answered(*given_answers)
    os.utime(path, ns=(0, 1_783_000_000_123_456_789))
    found = import_verdicts(lists, tmp_path / "store", path)
    assert (found["weeks"], found["answers"], found["added"]) == (["2026-W27"], 3, 3)
    first, second, third = accounts_of(lists)[:3]
    assert told(tmp_path / "store") == sorted(
        [
            (first, "will_leave", "price", "usage_review", dt.date(2026, 7, 10), " =1+1 \n<b>价格</b> "),
            (second, "will_renew", None, None, None, None),
            (third, None, None, None, None, "only a note"),
        ]
    )
    frame = read_verdicts(tmp_path / "store")
    assert list(frame.columns) == ["account_id", "week", "verdict", "reason", "play", "next_on", "note", "owner", "known_at"]
    assert set(frame["owner"]) == {OWNER}
    assert set(frame["known_at"]) == {pd.Timestamp("2026-07-02 13:46:40.123456")}


def test_a_file_in_which_nothing_was_filled_in_adds_nothing(lists, answered, tmp_path):
    assert import_verdicts(lists, tmp_path / "store", answered())["added"] == 0
    assert not (tmp_path / "store").exists()


def test_the_leaders_workbook_is_read_too(lists, answered, tmp_path, language):
    source = lists / "2026-W27" / "r1" / "risk_list.xlsx"
    path = answered({"verdict": VERDICTS["at_risk"][language]}, source=source)
    assert import_verdicts(lists, tmp_path / "store", path)["added"] == 1
    assert told(tmp_path / "store")[0][:2] == (accounts_of(lists)[0], "at_risk")


ANSWERS = st.fixed_dictionaries(
    {},
    optional={
        "verdict": st.sampled_from(list(VERDICTS)),
        "verdict_reason": st.sampled_from(list(VERDICT_REASONS)),
        "next_on": st.dates(AS_OF, dt.date(2030, 1, 1)),
        "note": st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Co", "Cn")), max_size=30).filter(str.strip),
    },
)


@settings(deadline=None, max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(ANSWERS, min_size=1, max_size=8))
def test_any_answers_round_trip(lists, answered, tmp_path_factory, language, said):
    shown = []
    for one in said:
        offered = {"verdict": VERDICTS, "verdict_reason": VERDICT_REASONS}
        shown.append({word: offered[word][value][language] if word in offered else value for word, value in one.items()})
    store = tmp_path_factory.mktemp("store")
    import_verdicts(lists, store, answered(*shown))
    wanted = [
        (account, one.get("verdict"), one.get("verdict_reason"), None, one.get("next_on"), one.get("note"))
        for account, one in zip(accounts_of(lists), said, strict=False)
        if one
    ]
    assert told(store) == sorted(wanted)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (dt.datetime(2026, 7, 10), dt.date(2026, 7, 10)),
        (46213, dt.date(2026, 7, 10)),
        ("46213", dt.date(2026, 7, 10)),
        ("2026-07-10", dt.date(2026, 7, 10)),
        (" 2026/7/10 ", dt.date(2026, 7, 10)),
        ("2026.7.10", dt.date(2026, 7, 10)),
        ("2026年7月10日", dt.date(2026, 7, 10)),
        ("2026-07-10 00:00:00", dt.date(2026, 7, 10)),
        (AS_OF, AS_OF),
    ],
)
def test_a_day_is_read_however_the_spreadsheet_keeps_it(lists, answered, tmp_path, typed, kept):
    import_verdicts(lists, tmp_path / "store", answered({"next_on": typed}))
    assert told(tmp_path / "store")[0][4] == kept


@pytest.mark.parametrize("typed", ["will leave", " Will  Leave　", "WILL LEAVE", "会流失", "will_leave"])
def test_a_choice_is_known_in_either_language_whatever_its_case_and_blanks(lists, answered, tmp_path, typed):
    import_verdicts(lists, tmp_path / "store", answered({"verdict": typed}))
    assert told(tmp_path / "store")[0][1] == "will_leave"


def test_a_number_typed_as_a_note_stays_what_it_says(lists, answered, tmp_path):
    import_verdicts(lists, tmp_path / "store", answered({"note": 42}, {"note": 1.5}, {"note": True}))
    assert [row[5] for row in told(tmp_path / "store")] == ["42", "1.5", "True"]


def _sorted_backwards(sheet):
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=FIRST)]
    for place, row in enumerate(reversed(rows), start=FIRST):
        for column, value in enumerate(row, start=1):
            sheet.cell(place, column).value = value


CHANGES = {
    "rows sorted": _sorted_backwards,
    "rows deleted": lambda sheet: sheet.delete_rows(FIRST + 2, 3),
    "blank rows put in": lambda sheet: sheet.insert_rows(FIRST + 1, 2),
    "a column of one's own": lambda sheet: (sheet.insert_cols(3), sheet.cell(HEADING, 3, "My own"), sheet.cell(FIRST, 3, "x")),
    "a column deleted": lambda sheet: sheet.delete_cols(10, 3),
    "a line put on top": lambda sheet: (sheet.insert_rows(1), sheet.cell(1, 1, "Please by Friday")),
    "the title deleted": lambda sheet: sheet.delete_rows(1, 3),
    "the sheet renamed": lambda sheet: setattr(sheet, "title", "Kopie von Ana"),
    "notes below": lambda sheet: sheet.cell(sheet.max_row + 3, 1, "Regards, Ana"),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_what_people_do_to_a_sheet_does_not_move_an_answer(lists, answered, tmp_path, change):
    said = [{"verdict": "at_risk", "note": "first"}, {"verdict": "will_renew", "note": "second"}]
    import_verdicts(lists, tmp_path / "store", answered(*said, change=change))
    first, second = accounts_of(lists)[:2]
    assert told(tmp_path / "store") == sorted(
        [(first, "at_risk", None, None, None, "first"), (second, "will_renew", None, None, None, "second")]
    )


@pytest.mark.skipif(not (shutil.which("soffice") or os.environ.get("CI")), reason="LibreOffice is not installed: NOT tried in it")
@pytest.mark.parametrize("kind", ["xlsx", "ods and back"])
def test_a_file_saved_by_libreoffice_says_the_same(lists, answered, tmp_path, language, kind):
    said = {
        "verdict": VERDICTS["at_risk"][language],
        "verdict_reason": VERDICT_REASONS["support"][language],
        "verdict_play": "Review what is used",
        "next_on": dt.datetime(2026, 7, 10),
        "note": "=1+1 _x005F_x0041_\n北京 <&>",  # as Excel writes _x0041_; openpyxl writes what it is given
    }
    path = answered(said)
    for step in ["xlsx"] if kind == "xlsx" else ["ods", "xlsx"]:
        out = tmp_path / f"as-{step}"
        profile = f"-env:UserInstallation=file://{tmp_path}/profile"
        subprocess.run(
            ["soffice", profile, "--headless", "--convert-to", step, "--outdir", str(out), str(path)],
            check=True,
            capture_output=True,
        )
        path = out / f"answered.{step}"
    import_verdicts(lists, tmp_path / "store", path)
    account = accounts_of(lists)[0]
    assert told(tmp_path / "store") == [
        (account, "at_risk", "support", "usage_review", dt.date(2026, 7, 10), "=1+1 _x0041_\n北京 <&>")
    ]


def test_the_same_file_again_adds_nothing_and_a_change_of_mind_is_kept_beside(lists, answered, tmp_path):
    store = tmp_path / "store"
    path = answered({"verdict": "at_risk"}, {"verdict": "unsure"})
    assert import_verdicts(lists, store, path, "2026-07-01")["added"] == 2
    assert import_verdicts(lists, store, path, "2026-07-01")["added"] == 0
    assert import_verdicts(lists, store, path, "2026-07-05")["added"] == 0  # nobody said anything new
    changed = answered({"verdict": "will_leave"}, {"verdict": "unsure"})
    assert import_verdicts(lists, store, changed, "2026-07-08")["added"] == 1
    before = {file.name: file.read_bytes() for file in store.glob("*.parquet")}
    back = answered({"verdict": "at_risk"}, {"verdict": "unsure"})
    assert import_verdicts(lists, store, back, "2026-07-01")["added"] == 0
    assert import_verdicts(lists, store, back, "2026-07-09")["added"] == 1  # and back again
    after = {file.name: file.read_bytes() for file in store.glob("*.parquet")}
    assert before.items() <= after.items()  # only ever added to
    assert [row[1] for row in told(store)] == ["at_risk", "unsure", "will_leave", "at_risk"]


def test_what_was_known_is_never_dated_before_the_list(lists, answered, tmp_path):
    path = answered({"verdict": "at_risk"})
    os.utime(path, (0, 0))
    import_verdicts(lists, tmp_path / "store", path)
    assert list(read_verdicts(tmp_path / "store")["known_at"]) == [pd.Timestamp(AS_OF)]
    with pytest.raises(RenewcastError, match="--known-at 2026-06-28 lies before the list"):
        import_verdicts(lists, tmp_path / "store", path, "2026-06-28")


def _formula(sheet):
    sheet.cell(FIRST, sheet.max_column).value = "=TODAY()"


REFUSALS = {
    "an account of another list": (
        [{"verdict": "at_risk"}], lambda s: setattr(s.cell(FIRST, 2), "value", "X9"), "cell B5: 'X9' is not",
    ),
    "an id gone": ([{"verdict": "at_risk"}], lambda s: setattr(s.cell(FIRST, 2), "value", None), "cell R5 is filled in, but"),
    "another verdict": ([{"verdict": "doomed"}], None, "cell R5: 'doomed' is not among the values offered"),
    "another reason": ([{}, {"verdict_reason": "rain"}], None, "cell S6: 'rain' is not among"),
    "another play": ([{"verdict_play": "pray"}], None, "cell T5: 'pray' is not among"),
    "a date before the list": ([{"next_on": dt.date(2026, 6, 28)}], None, "cell U5: 2026-06-28 lies before the list"),
    "a date in doubt": ([{"next_on": "5/7/26"}], None, "cell U5: '5/7/26' is not a day"),
    "a day that is none": ([{"next_on": "2026-02-30"}], None, "is not a day"),
    "a time of day": ([{"next_on": dt.datetime(2026, 7, 10, 12)}], None, "is not a day"),
    "a formula": ([{"verdict": "at_risk"}], _formula, "cell V5 holds a formula; type the value itself"),
    "a row twice": (
        [{"verdict": "at_risk"}, {"verdict": "unsure"}],
        lambda s: setattr(s.cell(FIRST + 1, 2), "value", s.cell(FIRST, 2).value),
        "cell B6 answers account .* a second time",
    ),
    "a heading twice": (
        [], lambda s: setattr(s.cell(HEADING, 1), "value", s.cell(HEADING, 22).value), "cell V4 repeats the heading",
    ),
    "no ids": ([{"verdict": "at_risk"}], lambda s: s.delete_cols(2), "without the heading Account ID"),
    "another week": (
        [{"verdict": "at_risk"}], lambda s: setattr(s.cell(1, 1), "value", "2025-W01"), "2025-W01, which was not published",
    ),
    "no answers": ([], lambda s: s.delete_rows(HEADING), "has no sheet to answer on"),
}  # fmt: skip


@pytest.mark.parametrize(("answers", "change", "message"), REFUSALS.values(), ids=REFUSALS)
def test_a_file_with_anything_wrong_is_refused_as_a_whole(lists, answered, tmp_path, answers, change, message):
    answers = [*answers, *({} for _ in range(3 - len(answers))), {"verdict": "will_renew"}]
    path = answered(*answers, change=change or (lambda sheet: None))
    with pytest.raises(RenewcastError, match=message) as refused:
        import_verdicts(lists, tmp_path / "store", path)
    assert "\n" not in str(refused.value)
    assert not (tmp_path / "store").exists()


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"account,verdict\r\nA,at_risk\r\n"])
def test_what_is_no_workbook_is_refused_in_a_sentence(lists, tmp_path, content):
    path = tmp_path / "file.xlsx"
    path.write_bytes(content)
    with pytest.raises(RenewcastError, match="is not an Excel workbook .* save it as .xlsx"):
        import_verdicts(lists, tmp_path / "store", path)


def test_ids_that_differ_by_blanks_alone_are_told_apart(tmp_path):
    rows = made_up_rows(9)
    rows["owner"], rows["owner_place"] = OWNER, range(1, 10)
    rows.loc[:2, "account_id"] = ["A", "A ", "=_x0041_"]
    publish_list(tmp_path / "lists", rows, made_up_facts())
    book = openpyxl.load_workbook(tmp_path / "lists" / "2026-W27" / "r1" / "owners" / FILE)
    columns = heading_columns(book.worksheets[0], "en")
    for row in range(FIRST, FIRST + 3):
        book.worksheets[0].cell(row, columns["verdict"]).value = "At risk"
        book.worksheets[0].cell(row, 2).data_type = "s"
    book.save(tmp_path / "answered.xlsx")
    import_verdicts(tmp_path / "lists", tmp_path / "store", tmp_path / "answered.xlsx")
    assert [row[0] for row in told(tmp_path / "store")] == ["=_x0041_", "A", "A "]


def test_every_choice_of_the_drop_downs_is_taken_back(lists, language):
    sheet = openpyxl.load_workbook(lists / "2026-W27" / "r1" / "owners" / FILE).worksheets[0]
    rules = {str(one.sqref).split(":")[0]: one for one in sheet.data_validations.dataValidation}
    columns = heading_columns(sheet, language)
    place = {word: sheet.cell(FIRST, column).coordinate for word, column in columns.items()}
    assert rules[place["verdict"]].formula1 == f'"{",".join(labels(VERDICTS, language))}"'
    assert rules[place["verdict_reason"]].formula1 == f'"{",".join(labels(VERDICT_REASONS, language))}"'
    assert rules[place["verdict_play"]].formula1 == f"'{WORKBOOK_WORDING[language]['sheet_plays']}'!$A$2:$A$3"
    assert (rules[place["next_on"]].type, rules[place["next_on"]].operator) == ("date", "greaterThanOrEqual")


def test_a_project_takes_verdicts_in_and_tells_them(lists, answered, tmp_path):
    project_directory = tmp_path / "project"
    project_directory.mkdir()
    shutil.copy(ROOT / "params.yaml", project_directory / "params.yaml")
    shutil.copytree(lists, project_directory / "lists")
    project = Project.load(project_directory)
    assert len(project.verdicts()) == 0
    assert project.import_verdicts(answered({"verdict": "at_risk"}), "2026-07-01")["added"] == 1
    assert list(project.verdicts()["verdict"]) == ["at_risk"]
    assert [path.name for path in (project_directory / "data" / "verdicts").glob("*.parquet")] == ["000001.parquet"]


def test_the_command_line_answers_in_one_object_or_one_sentence(lists, answered, tmp_path):
    directory = tmp_path / "project"
    directory.mkdir()
    shutil.copy(ROOT / "params.yaml", directory / "params.yaml")
    shutil.copytree(lists, directory / "lists")

    def asked(path):
        command = [sys.executable, "-m", "renewcast", "import-verdicts", str(path), "--known-at", "2026-07-01"]
        found = subprocess.run(
            [*command, "--project", str(directory), "--json"], capture_output=True, text=True, check=False, timeout=100
        )
        return found.returncode, json.loads(found.stdout)

    code, answer = asked(answered({"verdict": "at_risk"}))
    assert (code, answer["answers"], answer["added"], answer["known_at"]) == (0, 1, 1, "2026-07-01T00:00:00")
    code, answer = asked(answered({"verdict": "doomed"}))
    assert code == 2 and "'doomed' is not among the values offered" in answer["error"]
