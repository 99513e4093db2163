"""The review's parts about kinds of account: whole with and without segments, contracts, scores and anything at all."""

import datetime as dt
import types

import numpy as np
import pandas as pd
import pytest

from renewcast.review.account_groups import grouped
from renewcast.review.inputs import Inputs
from renewcast.review.parts.segments import segments
from renewcast.review.parts.tiers import tiers
from renewcast.segments.clusters import Clusters

DAY = dt.date(2025, 12, 29)


@pytest.fixture(scope="module")
def inputs(company):
    return Inputs(company, DAY)


def whole(part):
    """Every column is declared, every chart finds its columns, every sentence is there in both languages."""
    tables = {table.name: table for table in part.tables}
    for table in tables.values():
        assert [one.name for one in table.columns] == list(table.frame.columns)
        for one in table.columns:
            assert one.heading["en"] and one.heading["zh"] and not (one.required and table.frame[one.name].isna().any()), one.name
    for chart in part.charts:
        columns = {chart.x, *chart.y, chart.group, chart.low, chart.high} - {None}
        assert columns <= set(tables[chart.table].frame.columns)
    assert all(one["en"] and one["zh"] for one in (part.title, *part.says))
    return tables


def test_where_there_are_no_segments_the_part_says_so(inputs):
    part = segments(inputs)
    tables = whole(part)
    assert part.says[0]["en"].startswith("No segments: behaviour varies without gaps")
    assert tables["segments"].frame["accounts"].tolist() == [len(inputs.features)] and len(tables["segments_tried"].frame) == 4


def with_segments(inputs):
    """The same inputs, with two segments that somebody fitted: few users and many."""
    names = {"en": ("few", "many"), "zh": ("少", "多")}
    rules = (((0, None, 5.0),),), (((0, 5.0, None),),)
    users = Clusters(
        ("active_users_28d", "days_since_last_use"),
        (1.8, 0.0),
        (0.5, 1.0),
        ((-1.0, 0.0), (1.0, 0.0)),
        names,
        "2025-01-06",
        0.3,
        weights=(1.0, 0.2),
        rules=rules,
        fidelity=(0.9, 0.9, 0.9),
        tried=({"number": 2, "gap_p": 0.01, "gap_ratio": 0.5, "stability": 0.9},),
    )
    project = types.SimpleNamespace(segments=lambda: users)
    return types.SimpleNamespace(
        project=project,
        **{name: getattr(inputs, name) for name in ("as_of", "view", "params", "features", "accounts", "known", "scores")},
    )


def test_segments_are_told_with_their_rules_and_who_moved(inputs):
    part = segments(with_segments(inputs))
    tables = whole(part)
    frame = tables["segments"].frame
    assert frame["accounts"].sum() == len(inputs.features) and frame["segment"].tolist() == ["S1", "S2"]
    assert frame["rule"].str.contains("active users").all() and frame["share"].sum() == pytest.approx(1)
    moves = tables["segment_moves"].frame
    assert len(moves) and (moves["from_segment"] != moves["to_segment"]).all() and moves["share"].between(0, 1).all()
    assert set(moves["feature"]) <= set(tables["segment_moves"].words["feature"])


def test_the_last_fit_before_the_day_counts(inputs):
    later = with_segments(inputs)
    later.as_of = dt.date(2024, 12, 30)
    assert "No segments" in segments(later).says[0]["en"]


def test_tiers_are_told_with_their_moves(inputs):
    part = tiers(inputs)
    tables = whole(part)
    assert tables["tiers"].frame["share"].sum() == pytest.approx(1) and len(tables["tier_transitions"].frame) == 12
    assert [figure.value for figure in part.figures[:3]] == [
        dict(zip(tables["tiers"].frame["tier"], tables["tiers"].frame["accounts"], strict=True)).get(one, 0)
        for one in ("benchmark", "value_add", "ordinary")
    ]
    assert tables["tier_readiness"].frame["readiness"].between(0, 1).all()


def test_without_contracts_customers_are_in_cells_and_in_no_tier(inputs):
    bare = with_segments(inputs)
    bare.params = inputs.params.model_copy(update={"revenue": None})
    assert tiers(bare).missing["en"].startswith("Tiers rest on contracts")
    frame = whole(segments(bare))["rfm"].frame
    assert frame["accounts"].sum() == len(inputs.features) and frame["money_share"].sum() == pytest.approx(1)


def test_a_group_of_one_has_no_interval_of_its_own():
    rows = pd.DataFrame({"tier": ["a", "b", "b"], "arr": [1.0, 2.0, 3.0], "churn_probability": [0.5, 0.1, np.nan]})
    found = grouped(rows, "tier", ["b", "a", "c"])
    assert found["tier"].tolist() == ["b", "a"] and found["arr"].tolist() == [5.0, 1.0]
    assert (found["churn_low"] == found["churn_probability"]).all()
