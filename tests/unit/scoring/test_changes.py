"""Who moved, and which cause is named: rules on made-up ledgers."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from renewcast.scoring.changes import PARTS, Changes, causes, main_cause
from renewcast.scoring.since_last_list import Words, change_reasons, movement, with_changes


def ledger(before, now, drivers, **parts):
    """A ledger of one account."""
    behaviour = sum(drivers.values())
    told = {"behaviour": behaviour, **dict.fromkeys(PARTS[1:], 0.0), **parts}
    assert sum(told.values()) == pytest.approx(now - before)
    head = {"account_id": "A", "churn_probability_last_list": before, "churn_probability": now}
    frame = pd.DataFrame([head | {f"change_{name}": told[name] for name in PARTS}])
    by_driver, none = pd.DataFrame([drivers]), np.zeros(1, dtype=bool)
    return Changes(frame, pd.DataFrame(index=[0]), by_driver, pd.DataFrame(), pd.DataFrame(), none, none, True)


@pytest.mark.parametrize(
    ("found", "cause"),
    [
        (ledger(0.2, 0.3, {"usage": 0.06, "people": 0.02}, time=0.02), "usage"),
        (ledger(0.2, 0.3, {"usage": 0.03, "people": 0.03}, time=0.04), "time"),
        (ledger(0.2, 0.1, {"usage": 0.20, "people": -0.10}, model=-0.2), "model"),
        (ledger(0.2, 0.3, {"usage": 0.05, "people": 0.05}), "usage"),
        (ledger(0.2, 0.2005, {"usage": 0.3, "people": 0.0}, data=-0.2995), None),
        (ledger(0.2, 0.22, {"usage": 0.0, "people": 0.0}, data=0.005, calibration=0.015), "calibration"),
    ],
)
def test_the_cause_is_the_largest_one_in_the_direction_of_the_change(found, cause):
    assert main_cause(found)["cause"].tolist() == [cause]
    assert causes(found).sum(axis=1).tolist() == pytest.approx(
        (found.parts["churn_probability"] - found.parts["churn_probability_last_list"]).tolist()
    )


def test_a_sentence_names_the_title_of_the_driver():
    words = Words([], {"usage": "使用情况"}, {}, "zh", "EUR")
    assert change_reasons(ledger(0.2, 0.3, {"usage": 0.1}), words) == ["使用情况（+10.0个百分点）"]


def test_time_tells_the_days_to_the_renewal():
    words = Words([], {}, {"A": 40}, "en", "EUR")
    found = ledger(0.2, 0.3, {"usage": 0.0}, time=0.1)
    assert change_reasons(found, words) == ["Time passing (+10.0 points): 40 days to the renewal"]


def test_an_account_that_is_scored_on_one_list_only_did_not_move():
    missing, half = np.array([np.nan, 0.5]), np.array([0.5, np.nan])
    known = np.zeros(2, dtype=bool)
    assert movement(missing, half, np.array([0.4, np.nan]), np.array([0.6, np.nan]), is_new=known).tolist() == [None, None]


def test_what_grows_never_becomes_steady_again():
    now = np.linspace(0.2, 0.9, 200)
    told = movement(np.full(200, 0.2), now, now - 0.05, now + 0.05, is_new=np.zeros(200, dtype=bool)).tolist()
    assert set(told) == {"steady", "up"} and told == sorted(told)


def test_without_a_ledger_the_list_still_says_who_is_new():
    rows = pd.DataFrame({"account_id": ["A", "B"], "churn_probability_last_list": [0.1, np.nan], "churn_probability": [0.4, 0.2]})
    rows = rows.assign(churn_low=0.1, churn_high=0.5)
    last = pd.DataFrame({"account_id": ["A"], "churn_probability": [0.1]})
    told = with_changes(rows, last, None, SimpleNamespace())
    assert told["movement"].tolist() == ["up", "new"] and "change_time" not in told
