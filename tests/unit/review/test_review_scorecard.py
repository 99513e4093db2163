"""The part of the review on the scorecard: every team's stars, whole in both languages, quiet where there is nothing."""

import pytest

from renewcast.review.inputs import Inputs
from renewcast.review.parts.scorecard import scorecard
from renewcast.scorecard._definition import TEAMS
from renewcast.scorecard.stars import CATALOGUE

HAN = range(0x4E00, 0x9FFF)


@pytest.fixture(scope="module")
def part(company):
    return scorecard(Inputs(company, company.snapshot_days(4)[-1]))


def test_every_text_is_there_in_both_languages(part):
    texts = [*part.says, part.title]
    texts += [text for figure in part.figures for text in (figure.label, figure.note) if text]
    texts += [text for table in part.tables for text in (table.title, table.note) if text]
    texts += [text for table in part.tables for column in table.columns for text in (column.heading, column.meaning)]
    texts += [chart.title for chart in part.charts]
    for text in texts:
        assert set(text) == {"en", "zh"} and text["en"].strip()
        assert any(ord(letter) in HAN for letter in text["zh"]) or text["zh"].strip()[0].isdigit(), text


def test_tables_hold_the_columns_that_they_declare_and_charts_what_they_draw(part):
    by_name = {table.name: table for table in part.tables}
    assert len(by_name) == len(part.tables)
    for table in part.tables:
        assert [column.name for column in table.columns] == list(table.frame.columns)
        for column in table.columns:
            assert not column.required or table.frame[column.name].notna().all(), (table.name, column.name)
    for chart in part.charts:
        names = {column.name for column in by_name[chart.table].columns}
        assert {chart.x, *chart.y} <= names and {chart.low, chart.high} - {None} <= names


def test_every_metric_stands_in_the_table_of_its_team_with_a_value_or_a_reason(part):
    by_name = {table.name: table for table in part.tables}
    for team in TEAMS:
        table = by_name[f"stars_{team}"]
        assert table.frame["metric"].tolist() == [one.name for one in CATALOGUE if one.team == team]
        assert (table.frame["shown"].notna() != table.frame["why"].notna()).all()
        assert set(table.frame["metric"]) <= set(table.words["metric"])


def test_renewals_stand_beside_the_seventy_percent_of_a_mature_company(part):
    chart = next(one for one in part.charts if one.table == "renewal_share")
    assert chart.kind == "line" and chart.reference[0][0] == 0.7


def test_without_anything_to_count_the_part_says_so():
    from spec.signals_example import T, company

    class Bare:
        params = None

    view = company(contracts="account | starts_on | ends_on | mrr\nA | 2026-06-20 | 2027-01-01 | 100")
    bare = Bare()
    bare.view, bare.params = view, view.params.model_copy(update={"revenue": None})
    assert scorecard(Inputs(bare, T)).missing is not None
