"""A review comes into force as a whole or not at all, twice the same is once, and every file says what the parts say."""

import dataclasses
import errno
import io
import os
import shutil

import hostile_texts
import pandas as pd
import pyarrow.parquet as pq
import pytest
import python_calamine
from made_up_review import AS_OF, both, made_up_facts, made_up_parts

from renewcast import filesystem
from renewcast.errors import RenewcastError
from renewcast.publishing.text import visible
from renewcast.review import publish
from renewcast.review.part import Chart
from renewcast.review.publish import PAGE, REVIEWS, WORKBOOK, arrow_tables, publish_review, render
from renewcast.review.readback import texts_of_page
from renewcast.review.review import check_parts
from renewcast.review.workbook import FIRST_ROW, MOST_ROWS, sheet_names

HOSTILE = [text[:200] for text in hostile_texts.ALL]


@pytest.fixture(scope="module")
def parts():
    return made_up_parts()


@pytest.fixture(scope="module")
def files(parts):
    return render(parts, arrow_tables(parts), made_up_facts())


def test_the_same_parts_give_the_same_bytes(parts, files):
    assert render(made_up_parts(), arrow_tables(made_up_parts()), made_up_facts()) == files


def test_a_review_is_published_once_and_again_when_it_says_something_else(tmp_path, parts):
    first = publish_review(tmp_path, parts, made_up_facts())
    again = publish_review(tmp_path, made_up_parts(), made_up_facts(made_from={"fingerprint": "other"}))
    assert (first.status, again.status, again.folder) == ("published", "unchanged", first.folder)
    second = publish_review(tmp_path, made_up_parts(seed=1), made_up_facts())
    assert (second.revision, REVIEWS.current(tmp_path)) == (2, second.folder)
    manifest = REVIEWS.verify(second.folder)
    assert set(manifest["files"]) == {path.name for path in second.folder.iterdir()} - {"manifest.json"}
    assert manifest["parts"] == {"months": "made", "names": "made", "absent": "missing"}
    assert manifest["rows"]["by_month"] == 24


def test_an_older_day_does_not_take_the_place_of_a_newer_one(tmp_path, parts):
    newer = publish_review(tmp_path, parts, made_up_facts())
    publish_review(tmp_path, parts, made_up_facts(as_of=AS_OF.replace(day=22)))
    assert REVIEWS.current(tmp_path) == newer.folder


@pytest.mark.parametrize("change", ["title", "says", "figure", "word", "meaning", "chart"])
def test_whatever_a_reader_sees_is_part_of_what_makes_a_review_the_same(tmp_path, parts, change):
    publish_review(tmp_path, parts, made_up_facts())
    first, *others = made_up_parts()
    table, *rest = first.tables
    column = dataclasses.replace(table.columns[0], meaning=both("another meaning"))
    told = {
        "title": {"title": both("Another title")},
        "says": {"says": (both("Another sentence."),)},
        "figure": {"figures": (dataclasses.replace(first.figures[0], value=2.0), first.figures[1])},
        "word": {"tables": (table, dataclasses.replace(rest[0], words={"step": {"new": both("other")}}))},
        "meaning": {"tables": (dataclasses.replace(table, columns=(column, *table.columns[1:])), *rest)},
        "chart": {"charts": first.charts[1:]},
    }[change]
    assert publish_review(tmp_path, [dataclasses.replace(first, **told), *others], made_up_facts()).revision == 2


def test_a_fault_at_any_step_leaves_the_old_review_in_force(tmp_path, monkeypatch, files):
    """The steps are those of lists (see test_publish_faults.py); here the disk refuses each kind of them once."""
    old = publish_review(tmp_path / "base", made_up_parts(), made_up_facts()).folder.relative_to(tmp_path / "base")
    new = made_up_parts(seed=1)
    rendered = render(new, arrow_tables(new), made_up_facts())
    monkeypatch.setattr(publish, "render", lambda parts, tables, about: rendered)
    for operation in ("write", "fsync", "mkdir", "rename", "replace"):
        reviews = tmp_path / operation
        shutil.copytree(tmp_path / "base", reviews)
        with monkeypatch.context() as patched:
            patched.setattr(filesystem, "os", Refusing(operation))
            with pytest.raises(RenewcastError, match="The review of 2026-06-29 could not be published"):
                publish_review(reviews, new, made_up_facts())
        assert REVIEWS.current(reviews) == reviews / old, operation
        REVIEWS.verify(reviews / old)
        # The next run goes on: where only the pointer was missing, the revision is there already.
        after = publish_review(reviews, new, made_up_facts())
        assert (after.revision, after.status) == (2, "unchanged" if operation == "replace" else "published")
        assert REVIEWS.current(reviews) == after.folder and not list(reviews.rglob("*staging*"))


class Refusing:
    """The os module as `filesystem` sees it, with one operation that the disk refuses."""

    def __init__(self, operation):
        self.operation = operation

    def __getattr__(self, name):
        if name == self.operation:
            raise OSError(errno.ENOSPC, "No space left on device")
        return getattr(os, name)


@pytest.mark.parametrize("name", [PAGE, WORKBOOK, "by_name.parquet"])
def test_a_file_that_reads_back_otherwise_is_not_published(tmp_path, monkeypatch, parts, files, name):
    other = made_up_parts(seed=1)
    for wrong, message in (
        (render(other, arrow_tables(other), made_up_facts())[name], "differs"),
        (b"\xff", "cannot be read|differs"),
    ):
        monkeypatch.setattr(publish, "render", lambda parts, tables, about, wrong=wrong: files | {name: wrong})
        with pytest.raises(RenewcastError, match=f"{name}.*({message})"):
            publish_review(tmp_path, parts, made_up_facts())
    assert REVIEWS.current(tmp_path) is None and not list(tmp_path.rglob("r1"))


def test_parquet_holds_the_frames_in_the_types_of_their_kinds(parts, files):
    found = pq.read_table(io.BytesIO(files["everything.parquet"]))
    assert [str(one) for one in found.schema.types] == ["string", "int64", "double", "double", "double", "date32[day]", "double"]
    assert found["integer"].to_pylist() == [1, None, -3] and found["money"].to_pylist() == [1234567.891, None, -0.5]
    assert found["day"].to_pylist()[1] is None and found["text"].to_pylist()[2] is None


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_workbook_reads_back_as_numbers_days_and_words(parts, language):
    content = render(parts, arrow_tables(parts), made_up_facts(language=language))[WORKBOOK]
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
    names = sheet_names(parts, language)
    assert len(book.sheet_names) == 5 + 2 and len(set(book.sheet_names)) == 7
    rows = book.get_sheet_by_name(names["everything"]).to_python(skip_empty_area=False)[FIRST_ROW:]
    assert rows[0][1:5] == [1.0, 1234567.891, 0.5, -0.01] and rows[0][5] == AS_OF.replace(day=1)
    falls = book.get_sheet_by_name(names["falls"]).to_python(skip_empty_area=False)[FIRST_ROW:]
    assert falls[1][0] == both("newly come")[language]
    first = book.get_sheet_by_name(book.sheet_names[0]).to_python()
    assert any(both("The second.")[language] in row for row in first) and any(1234567.0 in row for row in first)


def test_a_long_table_is_cut_in_the_workbook_and_whole_in_parquet(parts):
    part = made_up_parts()[1]
    table = dataclasses.replace(part.tables[0], frame=pd.concat([part.tables[0].frame] * 1500, ignore_index=True))
    long = [dataclasses.replace(part, tables=(table,), charts=())]
    files = render(long, arrow_tables(long), made_up_facts())
    assert pq.read_table(io.BytesIO(files["by_name.parquet"])).num_rows == 7500
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(files[WORKBOOK]))
    rows = book.get_sheet_by_name("By name").to_python(skip_empty_area=False)
    assert len(rows) == FIRST_ROW + MOST_ROWS and "7,500" in rows[2][0]


def test_hostile_names_are_text_everywhere(tmp_path):
    parts, shown = made_up_parts(names=HOSTILE), [visible(text) for text in HOSTILE]
    told = publish_review(tmp_path, parts, made_up_facts(project=HOSTILE[40]))
    page = (told.folder / PAGE).read_text(encoding="utf-8")
    assert "<script" not in page.lower() and "<img" not in page and "<iframe" not in page
    assert "style=" not in page.split("</style>")[1]
    assert [text for text in texts_of_page(page.encode()) if text in set(shown) - {"–"}][:12] == shown[:12]
    stored = pq.read_table(told.folder / "by_name.parquet")["name"].to_pylist()
    assert stored[:39] == HOSTILE[:39]


def test_a_part_that_is_missing_says_why(files):
    assert "There are no contracts." in files[PAGE].decode()


def test_parts_that_do_not_fit_together_are_refused(parts):
    with pytest.raises(RenewcastError, match="by_month is there twice"):
        check_parts([parts[0], dataclasses.replace(parts[0], name="other")])
    with pytest.raises(RenewcastError, match="asks for the table nowhere"):
        check_parts([dataclasses.replace(parts[0], charts=(Chart("line", "nowhere", both("x"), "a", ("b",)),))])
