"""Who changed segment, and why: the parts add up to the move, and who stays is not named."""

import numpy as np
import pandas as pd
import pytest

from renewcast.segments.clusters import Clusters
from renewcast.segments.moved import moved
from renewcast.segments.rfm import CELLS, rfm


@pytest.fixture(scope="module")
def two():
    """Two segments that differ in users, and a little in events; a third feature says nothing."""
    names = {language: ("few", "many") for language in ("en", "zh")}
    return Clusters(
        ("users", "events", "tickets"),
        (0.0,) * 3,
        (1.0,) * 3,
        ((-1.5, -0.5, 0.0), (1.5, 0.5, 0.0)),
        names,
        "",
        0.5,
        logged=(False,) * 3,
    )


def frame(**rows):
    return pd.DataFrame(rows, index=["users", "events", "tickets"]).T.astype(float)


def test_who_crossed_is_named_with_what_moved_them(two):
    before = frame(A=(-1, 0, 0), B=(-1, 0, 0), C=(1, 1, 1), gone=(0, 0, 0))
    after = frame(A=(2, 0.5, 9), B=(-1, 0, 3), C=(1.2, 1, 1), new=(1, 1, 1))
    (row,) = moved(two, before, after).to_dict("records")
    assert (row["account_id"], row["from_segment"], row["to_segment"]) == ("A", "S1", "S2")
    assert (row["feature"], row["before"], row["after"], row["feature_2"]) == ("users", -1.0, 2.0, "events")
    assert row["share"] == pytest.approx(18 / 19) and row["share"] + row["share_2"] == pytest.approx(1.0)


def test_who_is_hardly_past_the_middle_stays(two):
    assert len(moved(two, frame(A=(-1, 0, 0)), frame(A=(0.2, 0, 0)))) == 0
    assert len(moved(two, frame(A=(-1, 0, 0)), frame(A=(1.0, 0, 0)))) == 1


def test_without_segments_or_common_accounts_nobody_moves(two):
    assert len(moved(two, frame(A=(-1, 0, 0)), frame(B=(1, 0, 0)))) == 0
    none = Clusters(("users",), (0.0,), (1.0,), (), {"en": (), "zh": ()}, "", 0.0)
    assert list(moved(none, frame(A=(0, 0, 0)), frame(A=(1, 0, 0))).columns)[0] == "account_id"


def test_fifths_are_fifths_and_equal_customers_score_alike():
    rng = np.random.default_rng(0)
    rows = pd.DataFrame(
        {"days_since_last_use": rng.permutation(1000), "active_days_91d": np.nan, "active_days_364d": rng.permutation(1000)}
    ).assign(usage_quantity_364d=1.0)
    found = rfm(rows)
    assert found["recency_score"].value_counts().tolist() == found["frequency_score"].value_counts().tolist() == [200] * 5
    assert found["money_score"].nunique() == 1 and set(found["cell"]) <= set(CELLS)
    assert found.loc[rows["days_since_last_use"].idxmin(), "recency_score"] == 5
    assert rfm(rows.drop(columns="usage_quantity_364d")) is None
    assert rfm(rows.sample(frac=1, random_state=1)).sort_index().equals(found)
