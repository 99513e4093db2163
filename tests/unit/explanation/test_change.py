"""A change split over a chain of states, and one step split by feature: a worked example, and what must hold of any."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from synthetic_panel import SPECS, panel

from renewcast.estimators.blend import Blend
from renewcast.estimators.boosted import Trees
from renewcast.estimators.logit import sigmoid
from renewcast.explanation.attribution import attribute
from renewcast.explanation.change import chain, log_odds_parts, split_step
from renewcast.explanation.change_phrases import days_left, feature_moved, gate_moved, reason
from renewcast.features import FeatureSpec

NAMES = ["a", "b", "c"]
# Published 20 %; late rows 22 %; a week later 30 %; fewer logins 45 %; the new model 40 %; its calibration 43 %.
WORKED = """
account | last | data | time | behaviour | model | calibration
A       | 0.20 | 0.22 | 0.30 | 0.45      | 0.40  | 0.43
B       | 0.50 | 0.50 | 0.50 | 0.10      | 0.10  | 0.10
"""
EXPECTED = """
account | data | time | behaviour | model | calibration
A       | 0.02 | 0.08 | 0.15      | -0.05 | 0.03
B       | 0.00 | 0.00 | -0.40     | 0.00  | 0.00
"""
numbers = st.floats(-30, 30, allow_nan=False)
rows = st.lists(st.tuples(numbers, *[numbers] * 6, *[st.booleans()] * 3), min_size=1, max_size=20)


def table(text):
    lines = [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()]
    return pd.DataFrame(lines[1:], columns=lines[0]).set_index("account").astype(float)


def test_a_worked_chain():
    states = {name: column.to_numpy() for name, column in table(WORKED).items()}
    found = chain(states)
    assert np.allclose(found, table(EXPECTED), atol=1e-12)
    assert list(found) == list(table(EXPECTED))


def step(drawn):
    """Base, contributions before and after, and what moved; what did not move differs only through interactions."""
    base, moved = np.array([row[0] for row in drawn]), pd.DataFrame([row[7:] for row in drawn], columns=NAMES)
    before, after = (pd.DataFrame([row[at : at + 3] for row in drawn], columns=NAMES) for at in (1, 4))
    still = ~moved.any(axis=1)
    after[still] = before[still]
    return base, before, after, moved


@settings(deadline=None, max_examples=200)
@given(rows)
def test_the_points_of_any_step_add_up(drawn):
    base, before, after, moved = step(drawn)
    points = split_step(base, before, after, moved)
    change = sigmoid(base + after.sum(axis=1).to_numpy()) - sigmoid(base + before.sum(axis=1).to_numpy())
    assert np.abs(points.sum(axis=1).to_numpy() - change).max() < 1e-9


@settings(deadline=None, max_examples=200)
@given(rows)
def test_what_did_not_move_gets_nothing(drawn):
    base, before, after, moved = step(drawn)
    points = split_step(base, before, after, moved)
    assert (points.to_numpy()[~moved.to_numpy()] == 0).all()


def test_a_row_is_the_same_whatever_rows_stand_beside_it():
    random = np.random.default_rng(0)
    before, after = (pd.DataFrame(random.normal(size=(50, 3)), columns=NAMES) for _ in range(2))
    base, moved = random.normal(size=50), pd.DataFrame(random.random((50, 3)) < 0.6, columns=NAMES)
    after = after.where(moved, before)
    together = split_step(base, before, after, moved)
    alone = pd.concat([split_step(base[i : i + 1], *(f.iloc[i : i + 1] for f in (before, after, moved))) for i in range(50)])
    assert together.equals(alone)


def test_an_attribution_turns_back_into_contributions():
    data, _ = panel(accounts=60, dates=5)
    trees = Trees(seed=7, fits=2, num_leaves=7, min_rows_per_leaf=10, learning_rate=0.1)
    model = Blend(SPECS, trees, rounds=20).fit(data)
    base, parts = model.contributions(data.features, data.gated)
    again_base, again = log_odds_parts(attribute(model, data.features, data.gated))
    assert np.abs(base - again_base).max() < 1e-9
    assert np.abs(parts.to_numpy() - again.to_numpy()).max() < 1e-7


CLICKS = FeatureSpec("clicks_7d", "usage", "clicks", "点击", "count", "usage", 7, "0", "window", "kernel")
TREND = FeatureSpec(
    "clicks_trend_7d", "usage", "clicks", "点击", "log ratio", "usage", 28, "missing", "trend", "kernel", False, "clicks_7d", 7
)
LAST = FeatureSpec("days_since_click", "usage", "click", "点击", "days", "usage", None, "missing", "recency", "kernel")


@pytest.mark.parametrize(
    ("said", "english", "chinese"),
    [
        (
            lambda language: feature_moved(TREND, np.log(1.05), np.log(0.6), language, "EUR"),
            "clicks in the last 7 days against its own past, from +5 % to -40 %",
            "近7天与自身过去相比的点击由+5 %变为-40 %",
        ),
        (
            lambda language: feature_moved(LAST, None, 3.0, language, "EUR"),
            "days since the last click, from not known to 3",
            "距上次点击的天数由未知变为3",
        ),
        (lambda language: gate_moved(True, language), "the term now outlasts the horizon", "合同现已覆盖整个预测期"),
        (lambda language: days_left(-2, language), "the renewal date is past", "续约日期已过"),
        (
            lambda language: reason("data", 0.012, None, language),
            "Late or restated data (+1.2 points): facts from before the last list that were told since",
            "迟到或更正的数据（+1.2个百分点）：上期之前的事实在上期之后才录入",
        ),
        (
            lambda language: reason("usage", 0.05, feature_moved(CLICKS, 9.0, 2.0, language, "EUR"), language, "U"),
            "U (+5.0 points): clicks in the last 7 days, from 9 to 2",
            "U（+5.0个百分点）：近7天点击由9变为2",
        ),
    ],
)
def test_a_change_in_both_languages(said, english, chinese):
    assert (said("en"), said("zh")) == (english, chinese)
