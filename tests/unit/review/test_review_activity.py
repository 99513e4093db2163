"""The part of the review on activity: whole in both languages, true to the features, quiet where there is nothing."""

import pytest

from renewcast.review.inputs import Inputs
from renewcast.review.parts.activity import activity

HAN = range(0x4E00, 0x9FFF)


@pytest.fixture(scope="module")
def part(company):
    return activity(Inputs(company, company.snapshot_days(4)[-1]))


def words_of(part):
    """Every text of a part, by what it is."""
    yield from part.says
    for figure in part.figures:
        yield figure.label
        if figure.note:
            yield figure.note
    for table in part.tables:
        yield table.title
        for column in table.columns:
            yield column.heading
            yield column.meaning
        for named in (table.words or {}).values():
            yield from named.values()
    for chart in part.charts:
        yield chart.title


def test_every_text_is_there_in_both_languages(part):
    for text in words_of(part):
        assert set(text) == {"en", "zh"} and text["en"].strip(), text
        assert any(ord(letter) in HAN for letter in text["zh"]), text


def test_tables_hold_the_columns_that_they_declare_and_charts_what_they_draw(part):
    by_name = {table.name: table for table in part.tables}
    assert len(by_name) == len(part.tables)
    for table in part.tables:
        assert [column.name for column in table.columns] == list(table.frame.columns)
        for column in table.columns:
            if column.required:
                assert table.frame[column.name].notna().all(), (table.name, column.name)
    for chart in part.charts:
        names = {column.name for column in by_name[chart.table].columns}
        assert {chart.x, *chart.y} <= names and (chart.group is None or chart.group in names)


def test_no_code_is_shown_without_a_word_for_it(part):
    for table in part.tables:
        for name in {"metric", "role", "tag", "verdict", "process", "predictive"} & set(table.frame.columns):
            assert set(table.frame[name]) <= set(table.words[name]), (table.name, name)


def test_the_numbers_are_those_of_the_features(company, part):
    features = company.features(company.snapshot_days(4)[-1])
    figures = {figure.label["en"]: figure.value for figure in part.figures}
    assert figures["Events"] == features["usage_events_28d"].sum()
    assert figures["Accounts whose modules do not add up"] == 0
    tables = {table.name: table.frame for table in part.tables}
    assert tables["activity_modules"]["idle"].sum() == features["bought_modules_unused_28d"].sum()
    assert tables["activity_roles"]["roster"].sum() == features["users_on_roster"].sum()
    assert tables["activity_over_time"]["events_per_account"].iloc[-1] == pytest.approx(features["usage_events_28d"].mean())
