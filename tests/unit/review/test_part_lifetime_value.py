"""The part on lifetime value, on a project without a model, and where nothing is known of costs."""

import datetime as dt
from types import SimpleNamespace

import pandas as pd
import pytest

from renewcast.review.inputs import Inputs
from renewcast.review.parts.lifetime_value import lifetime_value

AS_OF = dt.date(2025, 12, 1)


@pytest.fixture(scope="module")
def part(company):
    return lifetime_value(Inputs(company, AS_OF))


def test_without_a_model_customers_leave_at_last_years_rate_and_it_says_so(part):
    assert part.missing is None
    tables = {table.name: table for table in part.tables}
    channels = tables["lifetime_value_channels"].frame
    assert channels["best_probability"].sum() == pytest.approx(1) and channels["worst_probability"].sum() == pytest.approx(1)
    assert "No survival model" in tables["lifetime_value_channels"].note["en"]
    assert {"company_size", "industry", "region"} <= set(tables["lifetime_value_segments"].frame["dimension"])
    for name, frame in ((name, table.frame) for name, table in tables.items() if "segments" in name or "channel" in name):
        assert (frame["customers"] <= frame["won"]).all(), name


def test_its_columns_and_texts_are_whole(part):
    for table in part.tables:
        assert [column.name for column in table.columns] == list(table.frame.columns)
        for column in table.columns:
            assert all(column.heading[language] and column.meaning[language] for language in ("en", "zh"))
            assert not column.required or table.frame[column.name].notna().all(), (table.name, column.name)
    assert len(part.says) >= 2 and all(text["zh"] and "{" not in text["en"] for text in part.says)
    assert {chart.table for chart in part.charts} <= {table.name for table in part.tables}


def test_without_contracts_or_costs_it_is_missing():
    nothing = SimpleNamespace(ledger=None)
    assert lifetime_value(nothing).missing["zh"]
    for accounts in (pd.DataFrame(index=["A"]), pd.DataFrame({"acquisition_cost": [None]}, index=["A"])):
        assert "acquisition_cost" in lifetime_value(SimpleNamespace(ledger=1, accounts=accounts)).missing["en"]
