"""What was found in time: which list counts, who stands within capacity, which losses are counted, when nothing is found."""

import pandas as pd
import pytest
from spec.text_tables import rows

from renewcast.evaluation.actionable_recall import actionable_recall, churned_spells, found_in_time, lost_terms, standing

DAYS = ("as_of", "ends_on", "starts_on", "churned_on", "deadline")
NUMBERS = ("p", "arr", "mrr", "notice_days")


def table(text: str) -> pd.DataFrame:
    frame = pd.DataFrame(rows(text))
    for name in frame.columns:
        if name in DAYS:
            frame[name] = pd.to_datetime(frame[name])
        if name in NUMBERS:
            frame[name] = frame[name].astype("float64")
    return frame.rename(columns={"account": "account_id", "contract": "contract_id"})


def found(losses: str, lists: str, *, capacity: int = 1, leads=(30,)) -> dict:
    """The share found by the list ranked by p, by contract and lead."""
    listed = table(lists)
    if "owner" not in listed:
        listed["owner"] = None
    result = found_in_time(table(losses), listed, {"p": ["p"]}, capacity, list(leads))
    return {(row.contract_id, row.lead_days): row.p for row in result.itertuples()}


WEEKS = """
    account | as_of      | p
    A       | 2026-01-05 | 0.9
    B       | 2026-01-05 | 0.1
    A       | 2026-01-12 | 0.2
    B       | 2026-01-12 | 0.8
    A       | 2026-01-19 | 0.9
    B       | 2026-01-19 | 0.1
"""


@pytest.mark.parametrize(
    ("deadline", "share"),
    [
        ("2026-02-03", None),  # 30 days before it lies before the first list
        ("2026-02-04", 1.0),  # the list of 5 January, exactly 30 days before
        ("2026-02-10", 1.0),  # still that of 5 January
        ("2026-02-11", 0.0),  # that of 12 January, on which A stood second; that it stood first a week before does not count
        ("2026-02-17", 0.0),  # first again on 19 January, 29 days before: listed too late
        ("2026-02-18", 1.0),
        ("2026-02-24", 1.0),  # the list of 19 January is still the newest
        ("2026-02-25", None),  # the list of 26 January would count, and there is none
    ],
)
def test_the_last_list_so_many_days_before_the_deadline_counts(deadline, share):
    losses = f"""
        account | contract | deadline   | arr
        A       | c        | {deadline} | 100
    """
    assert found(losses, WEEKS).get(("c", 30)) == share


def test_listed_too_late_for_a_long_play_may_be_early_enough_for_a_short_one():
    losses = """
        account | contract | deadline   | arr
        B       | c        | 2026-02-11 | 100
    """
    assert found(losses, WEEKS, leads=(30, 37)) == {("c", 30): 1.0, ("c", 37): 0.0}


def test_a_loss_that_one_lead_cannot_judge_is_judged_by_none():
    losses = """
        account | contract | deadline   | arr
        A       | c        | 2026-02-04 | 100
    """
    assert found(losses, WEEKS, leads=(30, 37)) == {}


def test_an_account_that_was_never_listed_is_lost_and_not_found():
    losses = """
        account | contract | deadline   | arr
        new     | c        | 2026-02-05 | 300
        A       | d        | 2026-02-05 | 100
    """
    result = found_in_time(table(losses), table(WEEKS).assign(owner=None), {"p": ["p"]}, 1, [30])
    assert result.set_index("contract_id")["p"].to_dict() == {"c": 0.0, "d": 1.0}
    assert result.set_index("contract_id")["is_listed"].to_dict() == {"c": False, "d": True}
    recall = actionable_recall(result.assign(group=result["account_id"]), ["p"], seed=0)
    assert recall["recall"].tolist() == [0.25] and recall["lost_arr"].tolist() == [400.0]


def places(text: str, capacity: int, *, ranked_by=("p",)) -> list[float]:
    return standing(table(text), list(ranked_by), capacity).tolist()


def test_each_owner_has_a_list_and_those_without_an_owner_share_one():
    text = """
        account | as_of      | owner | p
        A       | 2026-01-05 | Ann   | 0.9
        B       | 2026-01-05 | Ann   | 0.8
        C       | 2026-01-05 | Bob   | 0.1
        D       | 2026-01-05 |       | 0.3
        E       | 2026-01-05 |       | 0.2
        A2      | 2026-01-12 | Ann   | 0.1
    """
    assert places(text, 1) == [1.0, 0.0, 1.0, 1.0, 0.0, 1.0]


def test_equals_at_the_edge_share_the_places_that_are_left():
    text = """
        account | as_of      | owner | p   | arr
        A       | 2026-01-05 | Ann   | 0.9 | 1
        B       | 2026-01-05 | Ann   | 0.5 | 2
        C       | 2026-01-05 | Ann   | 0.5 | 4
        D       | 2026-01-05 | Ann   | 0.5 | 3
        E       | 2026-01-05 | Ann   | 0.1 | 9
    """
    assert places(text, 2) == pytest.approx([1, 1 / 3, 1 / 3, 1 / 3, 0])
    assert places(text, 3) == pytest.approx([1, 2 / 3, 2 / 3, 2 / 3, 0])
    assert places(text, 2, ranked_by=("p", "arr")) == [1, 0, 1, 0, 0]
    assert places(text, 2, ranked_by=()) == [0.4] * 5
    assert places(text, 9) == [1] * 5


def lost(terms: str, churned: str) -> dict:
    frame = table(terms).assign(is_succeeded=lambda rows: rows["is_succeeded"] == "yes")
    result = lost_terms(frame, table(churned), horizon_days=90)
    return {row.contract_id: (f"{row.deadline:%Y-%m-%d}", row.arr) for row in result.itertuples()}


def test_notice_comes_before_the_end_of_the_term():
    terms = """
        account | contract  | ends_on    | mrr | notice_days | is_succeeded
        A       | notice    | 2026-06-30 | 10  | 60          |
        A       | none said | 2026-06-30 | 20  |             |
    """
    assert lost(terms, "account | churned_on\n A | 2026-06-30") == {
        "notice": ("2026-05-01", 120.0),
        "none said": ("2026-06-30", 240.0),
    }


def test_of_several_terms_each_counts_that_ended_with_the_account():
    terms = """
        account | contract      | ends_on    | mrr | notice_days | is_succeeded
        A       | base          | 2026-05-31 | 100 |             |
        A       | add-on        | 2026-06-30 | 10  |             |
        A       | renewed       | 2026-05-15 | 50  |             | yes
        A       | dropped early | 2026-04-01 | 7   |             |
        A       | long ago      | 2025-06-30 | 5   |             |
        A       | open-ended    |            | 3   |             |
        B       | of a customer | 2026-06-30 | 9   |             |
    """
    # 1 April lies 90 days before 30 June: dropped earlier, as a contraction.
    assert lost(terms, "account | churned_on\n A | 2026-06-30") == {
        "base": ("2026-05-31", 1200.0),
        "add-on": ("2026-06-30", 120.0),
    }


def test_a_customer_who_came_back_is_lost_once_and_one_still_in_grace_not_yet():
    terms = table("""
        account | starts_on  | ends_on
        gap     | 2025-01-01 | 2025-06-01
        gap     | 2025-09-01 | 2027-09-01
        renewed | 2025-01-01 | 2025-06-01
        renewed | 2025-07-01 | 2027-07-01
        recent  | 2025-01-01 | 2026-06-01
        over    | 2025-01-01 | 2026-05-29
    """)
    found = churned_spells(terms, 30, pd.Timestamp("2026-06-29"))
    assert sorted(found["account_id"]) == ["gap", "over"]


def test_the_ranking_that_finds_more_is_told_by_how_much_with_the_same_accounts_drawn():
    names = [f"A{number}" for number in range(60)]
    found = pd.DataFrame(
        {
            "account_id": names, "group": names, "arr": 1.0, "lead_days": 30,
            "list": [1.0] * 45 + [0.0] * 15, "arr_list": [1.0] * 15 + [0.0] * 45,
        }
    )  # fmt: skip
    recall = actionable_recall(found, ["list", "arr_list"], seed=0).set_index("ranking")
    assert recall.loc["list", "recall"] == 0.75 and recall.loc["arr_list", "first_minus_this"] == 0.5
    assert 0.3 < recall.loc["arr_list", "difference_low"] < 0.5 < recall.loc["arr_list", "difference_high"] < 0.7
    assert recall.loc["list", ["first_minus_this", "difference_low", "difference_high"]].tolist() == [0, 0, 0]
