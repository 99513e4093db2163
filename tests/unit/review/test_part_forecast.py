"""The forecast's part of the review, on a project without a model and without contracts."""

import datetime as dt

import numpy as np
import pytest

from renewcast.review.inputs import Inputs
from renewcast.review.parts.forecast import forecast

AS_OF = dt.date(2025, 12, 1)


@pytest.fixture(scope="module")
def part(company):
    return forecast(Inputs(company, AS_OF))


def test_without_a_model_the_past_speaks_and_says_so(part):
    assert part.missing is None and part.name == "forecast"
    figures = {figure.label["en"]: figure.value for figure in part.figures}
    assert 0.8 < figures["Expected net dollar retention of the quarter"] < 1.1
    assert "are not scored" in part.says[-1]["en"]


def test_the_opening_is_the_ledgers_closing_to_the_cent(part, company):
    frames = {table.name: table.frame for table in part.tables}
    since = frames["forecast_since_ledger"].set_index("step")["mrr"]
    assert round(100 * since["ledger"]) == round(100 * since["opening"]) == company.ledger(AS_OF).cents[:, -1].sum()
    steps = frames["forecast_waterfall"].set_index("step")["mrr"].mul(100).round().astype(int)
    assert steps["opening"] + steps["churn"] + steps["contraction"] + steps["expansion"] == steps["closing"]
    for name in ("forecast_groups", "forecast_products", "forecast_accounts"):
        for word, sign in {"opening": 1, "churn": -1, "contraction": -1, "expansion": 1, "closing": 1}.items():
            assert (100 * frames[name][word]).round().sum() == sign * steps[word]


def test_every_column_is_there_and_every_text_in_both_languages(part):
    for table in part.tables:
        assert [column.name for column in table.columns] == list(table.frame.columns)
        texts = [table.title, table.note, *(one for column in table.columns for one in (column.heading, column.meaning))]
        assert all(text["en"] and text["zh"] for text in texts if text is not None)
        for column in table.columns:
            if column.required:
                assert table.frame[column.name].notna().all(), (table.name, column.name)
    assert {chart.table for chart in part.charts} <= {table.name for table in part.tables}
    assert all(text["en"] and text["zh"] and "{" not in text["en"] + text["zh"] for text in part.says)


def test_before_anybody_pays_or_without_contracts_it_is_missing(company):
    class Nothing:
        ledger = None

    assert forecast(Nothing()).missing["zh"]
    assert np.isfinite([figure.value for figure in forecast(Inputs(company, dt.date(2024, 7, 1))).figures]).all()
