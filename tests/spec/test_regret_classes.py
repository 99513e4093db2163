"""Why a churn was not warned of: a tiny company, one account a class, and the edges between the classes."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from spec.text_tables import rows

from renewcast.regret.classes import CLASSES, NEW_DAYS, RAISED, SPAN_DAYS, classify, lists_in_time

LEAD_DAYS = 30
BASE_RATE = 0.1
DAYS = ("as_of", "churned_on", "deadline")

CHURNS = """
    account | churned_on | deadline   | arr
    Ann     | 2026-06-30 | 2026-06-30 | 1200
    Ben     | 2026-06-30 | 2026-06-30 | 1200
    Cyd     | 2026-06-30 | 2026-06-30 | 1200
    Dan     | 2026-06-30 | 2026-06-30 | 1200
    Eve     | 2026-06-30 | 2026-06-30 | 1200
    Fay     | 2026-06-30 | 2026-06-30 | 1200
    Gus     | 2026-06-30 | 2026-06-30 | 1200
    # the notice of Hal had to be given half a year before, when there was no list yet
    Hal     | 2026-06-30 | 2025-12-30 | 1200
    # the owner of Ida has few accounts: all are among the first, hers at less than the base rate
    Ida     | 2026-06-30 | 2026-06-30 | 1200
"""
LISTS = """
    account | as_of      | probability | place | in_top | age_days
    Ann     | 2026-03-30 | 0.05        | 90    |        | 400
    Ann     | 2026-05-25 | 0.15        | 3     | yes    | 456
    Ben     | 2026-05-25 | 0.20        | 61    |        | 456
    Cyd     | 2026-05-25 | 0.05        | 90    |        | 90
    Dan     | 2026-05-25 |             |       |        | 456
    Eve     | 2026-05-25 | 0.05        | 90    |        | 456
    Fay     | 2026-05-18 | 0.05        | 90    |        | 449
    Fay     | 2026-05-25 | 0.19        | 70    |        | 456
    Gus     | 2026-05-25 | 0.05        | 90    |        | 456
    Ida     | 2026-05-25 | 0.09        | 3     | yes    | 456
"""
EVIDENCE = """
    account | as_of      | kind   | what
    Eve     | 2026-05-11 | late   | tickets
    Eve     | 2026-05-18 | driver | support
    Fay     | 2026-05-18 | driver | usage
    Fay     | 2026-05-18 | signal | key_user_left
    Dan     | 2026-05-25 | signal | support_pain
"""


def table(text: str) -> pd.DataFrame:
    frame = pd.DataFrame(rows(text)).rename(columns={"account": "account_id", "probability": "churn_probability"})
    for name in frame.columns:
        if name in DAYS:
            frame[name] = pd.to_datetime(frame[name]).astype("datetime64[us]")
        if name in ("arr", "churn_probability", "place", "age_days"):
            frame[name] = frame[name].astype("float64")
    return frame


def standing(text: str) -> pd.DataFrame:
    frame = table(text).assign(base_rate=BASE_RATE, churned_on=pd.Timestamp("2026-06-30").as_unit("us"))
    return frame.assign(is_scored=frame["churn_probability"].notna(), in_top=frame["in_top"].eq("yes"))


def judged(churns=CHURNS, lists=LISTS, evidence=EVIDENCE) -> pd.DataFrame:
    seen = table(evidence).assign(churned_on=pd.Timestamp("2026-06-30").as_unit("us"))
    return classify(table(churns).assign(owner=None), standing(lists), seen).set_index("account_id")


def test_one_account_a_class():
    assert judged()["class"].to_dict() == {
        "Ann": "warned",
        "Ben": "out_of_capacity",
        "Cyd": "new_account",
        "Dan": "out_of_scope",
        "Eve": "late_data",
        "Fay": "too_small",
        "Gus": "no_sign",
        "Hal": "no_list",
        "Ida": "no_sign",
    }
    assert set(judged()["class"]) == set(CLASSES)


def test_the_first_week_and_what_could_be_seen_in_it():
    told = judged()
    told = told[told["seen_on"].notna()]
    assert {name: (f"{row.seen_on:%m-%d}", row.seen_by, row.days_before) for name, row in told.iterrows()} == {
        "Ann": ("05-25", "list", 36.0),
        "Ben": ("05-25", "probability", 36.0),
        "Dan": ("05-25", "signal: support_pain", 36.0),
        "Eve": ("05-11", "late: tickets", 50.0),
        "Fay": ("05-18", "signal: key_user_left", 43.0),
    }


def test_what_was_published_is_told_as_it_was():
    ann = judged().loc["Ann"]
    assert (ann["lists_in_time"], ann["lists_scored"], ann["best_place"], ann["highest_probability"]) == (2, 2, 3, 0.15)


@pytest.mark.parametrize(
    ("day", "is_in_time"),
    [("2026-05-31", True), ("2026-06-01", False), ("2026-03-02", True), ("2026-03-01", False)],
)
def test_which_lists_are_in_time(day, is_in_time):
    """Thirty days before the last of June is the last of May; thirteen weeks end there."""
    churns = table(CHURNS).iloc[:1]
    assert SPAN_DAYS == 91
    assert len(lists_in_time(churns, [pd.Timestamp(day)], LEAD_DAYS)) == is_in_time


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (f"Ann | 2026-05-25 | {RAISED * BASE_RATE} | 61 | | 456", "out_of_capacity"),
        (f"Ann | 2026-05-25 | {RAISED * BASE_RATE - 1e-9} | 61 | | 456", "no_sign"),
        (f"Ann | 2026-05-25 | {BASE_RATE} | 1 | yes | 456", "no_sign"),
        (f"Ann | 2026-05-25 | {BASE_RATE + 1e-9} | 1 | yes | 456", "warned"),
        (f"Ann | 2026-05-25 | 0.05 | 61 | | {NEW_DAYS - 1}", "new_account"),
        (f"Ann | 2026-05-25 | 0.05 | 61 | | {NEW_DAYS}", "no_sign"),
        ("Ann | 2026-05-25 | | | | ", "new_account"),
    ],
)
def test_the_edges(line, expected):
    head = LISTS.strip().splitlines()[0]
    of_another = "account | as_of | kind | what\nZoe | 2026-05-25 | late | usage"
    told = judged("\n".join(CHURNS.strip().splitlines()[:2]), f"{head}\n{line}", of_another)
    assert told["class"].to_dict() == {"Ann": expected}


LINES = st.tuples(
    st.sampled_from("ABCDEF"),
    st.sampled_from(["2026-03-30", "2026-04-27", "2026-05-25"]),
    st.one_of(st.none(), st.floats(0, 1)),
    st.booleans(),
    st.one_of(st.none(), st.integers(-50, 900)),
)
FOUND = st.tuples(
    st.sampled_from("ABCDEF"), st.sampled_from(["2026-03-30", "2026-05-25"]), st.sampled_from(["late", "driver", "signal"])
)


@settings(max_examples=60, deadline=None)
@given(st.lists(LINES, unique_by=lambda line: line[:2], max_size=12), st.lists(FOUND, max_size=8))
def test_every_churn_is_in_exactly_one_class_whatever_is_known_of_it(lists, evidence):
    accounts = list("ABCDEF")
    day = pd.Timestamp("2026-06-30").as_unit("us")
    churns = pd.DataFrame({"account_id": accounts, "churned_on": day, "deadline": day, "arr": 1.0, "owner": None})
    frame = pd.DataFrame(lists, columns=["account_id", "as_of", "churn_probability", "in_top", "age_days"])
    frame = frame.assign(
        churned_on=day, as_of=pd.to_datetime(frame["as_of"]).astype("datetime64[us]"), base_rate=BASE_RATE, place=1.0,
        is_scored=frame["churn_probability"].notna(), age_days=frame["age_days"].astype("float64"),
        churn_probability=frame["churn_probability"].astype("float64"), in_top=frame["in_top"].astype(bool),
    )  # fmt: skip
    found = pd.DataFrame(evidence, columns=["account_id", "as_of", "kind"])
    found = found.assign(as_of=pd.to_datetime(found["as_of"]).astype("datetime64[us]"), what="it", churned_on=day)
    told = classify(churns, frame, found)
    assert told["account_id"].tolist() == accounts and told["class"].isin(CLASSES).all()
    assert told["arr"].sum() == churns["arr"].sum()
