"""Reasons: the drivers that raise the probability, strongest first, each with its strongest feature."""

from types import SimpleNamespace

import numpy as np
import pandas as pd

from renewcast.features import FeatureSpec
from renewcast.scoring.reasons import SMALLEST_POINTS, reasons


def spec(name, driver):
    return FeatureSpec(name, driver, f"{name} in words", f"{name}中文", "count", "usage", 28, "0", "window", "kernel")


SPECS = [spec("a1", "a"), spec("a2", "a"), spec("b1", "b"), spec("c1", "c"), spec("d1", "d")]


def scores(points, **more):
    frame = pd.DataFrame(points)
    features = pd.DataFrame({one.name: np.arange(len(frame), dtype=float) for one in SPECS})
    return SimpleNamespace(
        attribution=SimpleNamespace(points=frame.assign(**more)), features=features, scored=np.ones(len(frame), dtype=bool)
    )


def found(points, number=3, **more):
    (row,) = reasons(scores([points], **more), SPECS, number, "en", "EUR")
    return [(reason.driver, reason.feature, round(reason.points, 6)) for reason in row]


def test_drivers_come_by_their_sum_and_speak_through_their_strongest_feature():
    points = {"a1": 0.02, "a2": 0.03, "b1": 0.04, "c1": -0.2, "d1": 0.01}
    assert found(points) == [("a", "a2", 0.05), ("b", "b1", 0.04), ("d", "d1", 0.01)]
    assert found(points, number=1) == [("a", "a2", 0.05)]


def test_a_driver_whose_features_cancel_out_is_no_reason():
    assert found({"a1": 0.1, "a2": -0.1, "b1": 0.01, "c1": 0, "d1": 0}) == [("b", "b1", 0.01)]


def test_less_than_a_hundredth_of_a_point_is_no_reason():
    assert found({"a1": SMALLEST_POINTS, "a2": 0, "b1": SMALLEST_POINTS * 1.01, "c1": 0, "d1": 0}) == [("b", "b1", 0.000101)]


def test_equal_drivers_come_by_name():
    assert [one[0] for one in found({"d1": 0.1, "c1": 0.1, "b1": 0.1, "a1": 0.1, "a2": 0})] == ["a", "b", "c"]


def test_what_no_family_stands_behind_is_no_reason():
    assert found({"a1": 0.01, "a2": 0, "b1": 0, "c1": 0, "d1": 0}, term_outlasts_horizon=0.5) == [("a", "a1", 0.01)]


def test_the_sentence_carries_the_accounts_value_and_the_typical_one():
    rows = reasons(scores([{"a1": 0.1}, {"a1": 0.1}, {"a1": 0.1}]), SPECS, 1, "en", "EUR")
    assert rows[2][0].text == "A1 in words in the last 28 days: 2 (typical account: 1)"
