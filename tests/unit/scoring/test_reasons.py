"""Reasons: the drivers that raise the probability, strongest first, each with its strongest feature."""

import dataclasses
from types import SimpleNamespace

import numpy as np
import pandas as pd

from renewcast.explanation.attribution import Attribution
from renewcast.explanation.ties import SMALLEST_POINTS
from renewcast.explanation.typical import typical_row
from renewcast.features import FeatureSpec
from renewcast.scoring.reasons import Speaker, fill_reasons, reasons


def spec(name, driver):
    return FeatureSpec(name, driver, f"{name} in words", f"{name}中文", "count", "usage", 28, "0", "window", "kernel")


SPECS = [spec("a1", "a"), spec("a2", "a"), spec("b1", "b"), spec("c1", "c"), spec("d1", "d")]


def scores(points, *, falls=None, features=None, **more):
    """Scored rows of which every feature that adds points falls by as much at the typical value, unless told otherwise."""
    frame = pd.DataFrame(points).assign(**more)
    if features is None:
        features = pd.DataFrame({one.name: np.arange(len(frame), dtype=float) + 1 for one in SPECS})
    typical = typical_row(features) if len(features) > 1 else features * 0
    fell = frame.to_numpy(dtype=float) if falls is None else pd.DataFrame(falls)[list(frame.columns)].to_numpy(dtype=float)
    nothing = np.zeros(len(frame))
    attribution = Attribution(nothing, nothing, frame, fell, np.zeros((0, 0, len(frame))), (), typical)
    return SimpleNamespace(attribution=attribution, features=features, scored=np.ones(len(frame), dtype=bool))


def found(points, number=3, specs=SPECS, **more):
    (row,) = reasons(scores([points], **more), specs, number, "en", "EUR")
    return [(reason.driver, reason.feature, round(reason.points, 6)) for reason in row]


def test_drivers_come_by_their_sum_and_speak_through_their_strongest_feature():
    points = {"a1": 0.02, "a2": 0.03, "b1": 0.04, "c1": -0.2, "d1": 0.01}
    assert found(points) == [("a", "a2", 0.05), ("b", "b1", 0.04), ("d", "d1", 0.01)]
    assert found(points, number=1) == [("a", "a2", 0.05)]


def test_a_driver_whose_features_cancel_out_is_no_reason():
    assert found({"a1": 0.1, "a2": -0.1, "b1": 0.01, "c1": 0.0, "d1": 0.0}) == [("b", "b1", 0.01)]


def test_less_than_a_hundredth_of_a_point_is_no_reason():
    assert found({"a1": SMALLEST_POINTS, "a2": 0, "b1": SMALLEST_POINTS * 1.01, "c1": 0, "d1": 0}) == [("b", "b1", 0.000101)]


def test_equal_drivers_come_by_name():
    assert [one[0] for one in found({"d1": 0.1, "c1": 0.1, "b1": 0.1, "a1": 0.1, "a2": 0})] == ["a", "b", "c"]


def test_what_no_family_stands_behind_is_no_reason():
    assert found({"a1": 0.01, "a2": 0, "b1": 0, "c1": 0, "d1": 0}, term_outlasts_horizon=0.5) == [("a", "a1", 0.01)]


def test_the_sentence_carries_the_accounts_value_and_the_typical_one():
    rows = reasons(scores([{"a1": 0.1}, {"a1": 0.1}, {"a1": 0.1}]), SPECS, 1, "en", "EUR")
    assert rows[2][0].text == "A1 in words in the last 28 days: 3 (typical account: 2)"
    assert rows[1][0].feature is None and rows[1][0].text == "a: many small signs, no single figure"


def test_a_feature_whose_move_to_the_typical_value_takes_nothing_off_does_not_speak():
    points = {"a1": 0.05, "a2": 0.03}
    assert found(points, falls=[{"a1": -0.01, "a2": 0.02}]) == [("a", "a2", 0.08)]
    assert found(points, falls=[{"a1": 0.00005, "a2": 0.0}]) == [("a", None, 0.08)]


def test_a_reason_against_sense_is_withheld():
    more_is_good = [dataclasses.replace(one, sense=-1) if one.name == "a1" else one for one in SPECS]
    points = {"a1": 0.05, "a2": 0.03}
    assert found(points, specs=more_is_good) == [("a", "a2", 0.08)]
    more_is_bad = [dataclasses.replace(one, sense=1) if one.name == "a1" else one for one in SPECS]
    assert found(points, specs=more_is_bad) == [("a", "a1", 0.08)]


def test_falling_less_than_others_do_is_no_reason_that_use_rose():
    trend = dataclasses.replace(SPECS[0], form="trend", window_days=91, recent_days=28, beside="a2", sense=-1)
    features = pd.DataFrame({"a1": [0.5, 1.0, 1.5], "a2": [8.0, 8.0, 8.0]})
    told = reasons(scores([{"a1": 0.1, "a2": 0.0}] * 3, features=features), [trend, SPECS[1]], 1, "en", "EUR")
    assert [row[0].feature for row in told] == [None, None, None]
    told = reasons(scores([{"a1": 0.1, "a2": 0.0}] * 3, features=features - [1.2, 0]), [trend, SPECS[1]], 1, "en", "EUR")
    assert told[0][0].text == "A1 in words fell to 8 in the last 28 days, from 17.1 per 28 days in the 63 days before"


def test_a_lever_speaks_before_a_proxy_of_like_weight():
    roles = [dataclasses.replace(one, role="proxy" if one.name == "a1" else "lever") for one in SPECS]
    assert found({"a1": 0.05, "a2": 0.03}, specs=roles) == [("a", "a2", 0.08)]
    assert found({"a1": 0.05, "a2": 0.02}, specs=roles) == [("a", "a1", 0.07)]


def test_a_value_that_is_typical_as_shown_tells_nothing():
    shares = [dataclasses.replace(one, unit="share", form="share") if one.name == "a1" else one for one in SPECS]
    features = pd.DataFrame({"a1": [0.501, 0.504, 0.1], "a2": [1.0, 2.0, 3.0]})
    told = reasons(scores([{"a1": 0.1, "a2": 0.05}] * 3, features=features), shares, 1, "en", "EUR")
    # The typical account has 50 % and 2: the first differs in a2 only, the second in neither.
    assert [row[0].feature for row in told] == ["a2", None, "a1"]


def test_ties_stand_on_the_list_by_place_and_stay_in_order():
    points = [{"a1": 0.0500, "b1": 0.0503, "c1": 0.03, "d1": 0.0299}, {"a1": 0.05, "b1": 0.04, "c1": 0.03, "d1": 0.0}]
    rows = pd.DataFrame(index=range(2))
    fill_reasons(rows, scores(points), SPECS, "en", "EUR")
    assert rows["driver_ties"].iloc[0] == "1 = 2; 3 = d" and pd.isna(rows["driver_ties"].iloc[1])
    assert rows[["driver_1_points", "driver_2_points", "driver_3_points"]].to_numpy().tolist() == [
        [0.05, 0.0503, 0.03], [0.05, 0.04, 0.03],
    ]  # fmt: skip


def test_rows_that_are_not_scored_have_no_reasons():
    told = scores([{"a1": 0.1}, {"a1": 0.2}])
    told.scored = np.array([True, False, True])
    told.features = pd.concat([told.features, told.features.head(1)], ignore_index=True)
    rows = pd.DataFrame(index=range(3))
    fill_reasons(rows, told, SPECS, "zh", "EUR")
    assert rows["driver_1_points"].round(3).tolist()[0::2] == [0.1, 0.2]
    assert rows.loc[1, ["driver_1", "driver_1_points", "driver_ties"]].isna().all()


def test_a_sentence_that_does_not_read_back_gives_way_to_the_next_feature():
    speaker = Speaker(scores([{"a1": 0.05, "a2": 0.04}]), SPECS, "en", "EUR")
    speaker._said["a1", 1.0, None] = "A1 in words in the last 28 days: 7", False
    assert speaker.reason(0, "a") == ("a2", "A2 in words in the last 28 days: 1 (typical account: 0)")
    speaker._said["a2", 1.0, None] = "A2", False
    assert speaker.reason(0, "a") == (None, "a: many small signs, no single figure")
