"""Stages month by month, contacts, the renewal stage, the hand-over, the phases: worked by hand."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from spec import text_tables
from spec.signals_example import T, company

from renewcast.datasets.known import Known
from renewcast.lifecycle.acquisition import attribution
from renewcast.lifecycle.handover import fields_known, handover, kickoff, kickoff_times
from renewcast.lifecycle.history import moves, stage_history, time_in_stage, transitions
from renewcast.lifecycle.markov import contact_paths
from renewcast.lifecycle.phases import phase_sizes, phases
from renewcast.lifecycle.ratios import rates, shares
from renewcast.lifecycle.renewals import by_lead, by_outcome, decided_terms
from renewcast.lifecycle.retained import payback, through_growth
from renewcast.lifecycle.stages import STAGES, read_terms, stages_on
from renewcast.lifecycle.touches import against_need, by_stage
from renewcast.revenue.cohorts import wilson


def ago(days: int) -> str:
    return str(T - dt.timedelta(days=days))


def known(view, as_of=T):
    return Known(view, as_of, view.attributes(as_of).reset_index()[["account_id"]].sort_values("account_id"))


def test_a_stage_is_told_by_what_was_known_on_its_day():
    view = company(
        contracts=f"""
        account   | starts_on  | ends_on     | known_at   | contract_id
        young     | {ago(89)}  | {ago(-276)} | {ago(95)}  | 1
        grown     | {ago(90)}  | {ago(-275)} | {ago(95)}  | 2
        old       | {ago(270)} | {ago(-91)}  | {ago(280)} | 3
        ending    | {ago(275)} | {ago(-90)}  | {ago(280)} | 4
        between   | {ago(395)} | {ago(30)}   | {ago(400)} | 5
        gone      | {ago(396)} | {ago(31)}   | {ago(400)} | 6
        renewed   | {ago(360)} | {ago(-5)}   | {ago(370)} | 7
        renewed   | {ago(-5)}  | {ago(-370)} | {ago(2)}   | 8
        told late | {ago(360)} | {ago(-5)}   | {ago(370)} | 9
        told late | {ago(-5)}  | {ago(-370)} | {ago(0)}   | 10
        to come   | {ago(-9)}  | {ago(-370)} | {ago(9)}   | 11
        open      | {ago(300)} |             | {ago(310)} | 12
        """
    )
    found = stages_on(view, T).set_index("account_id")
    assert found["stage"].to_dict() == {
        "young": "onboarding", "grown": "growth", "old": "steady", "ending": "renewal", "between": "renewal", "renewed": "steady",
        "told late": "renewal", "open": "steady",
    }  # fmt: skip
    assert found["days_to_end"].dropna().to_dict() == {
        "young": 276, "grown": 275, "old": 91, "ending": 90, "between": -30, "renewed": 370, "told late": 5,
    }  # fmt: skip
    assert found["mrr"].to_dict() == {name: 0 if name == "between" else 100 for name in found.index}
    # A year's days at once are each of them alone: "told late" and "to come" were known on other days than they began.
    days = [T - dt.timedelta(days=back) for back in range(400, -1, -25)]
    history, terms = stage_history(view, days[::-1]), read_terms(view, days)
    for day in days:
        alone = stages_on(view, day)
        pd.testing.assert_frame_equal(alone, stages_on(view, day, terms))
        alone = alone.set_index("account_id")["stage"].map(STAGES.index)
        assert history[pd.Timestamp(day)][lambda places: places >= 0].to_dict() == alone.to_dict()


def histories(text):
    """Read stages as letters a month: o g s r, and - for no customer."""
    rows = text_tables.rows(text)
    codes = [["ogsr".find(letter) for letter in row["stages"].split()] for row in rows]
    days = pd.to_datetime([f"2026-{month + 1:02d}-01" for month in range(len(codes[0]))])
    return pd.DataFrame(codes, index=pd.Index([row["account"] for row in rows], name="account_id"), columns=days).astype(np.int8)


HISTORY = """
    account | stages
    A       | o o g g
    B       | - o r r
    C       | r - - o
    D       | s s r -
"""


def test_transitions_count_who_moved_in_each_month():
    found = transitions(histories(HISTORY))
    said = {(row.month.month, row.from_stage, row.to_stage): row.accounts for row in found.itertuples()}
    assert said == {
        (1, "onboarding", "onboarding"): 1, (1, "new", "onboarding"): 1, (1, "renewal", "left"): 1, (1, "steady", "steady"): 1,
        (2, "onboarding", "growth"): 1, (2, "onboarding", "renewal"): 1, (2, "steady", "renewal"): 1,
        (3, "growth", "growth"): 1, (3, "renewal", "renewal"): 1, (3, "new", "onboarding"): 1, (3, "renewal", "left"): 1,
    }  # fmt: skip
    summed = moves(histories(HISTORY)).set_index(["from_stage", "to_stage"])
    assert summed["moves"].sum() == 3 + 2 + 1 + 3 and summed.loc[("renewal", "left"), "share"] == 2 / 3
    assert summed.loc[("onboarding", "left"), "moves"] == 0


def test_time_in_a_stage_counts_from_those_seen_to_enter_it():
    found = time_in_stage(histories(HISTORY)).set_index(["stage", "month"])
    # B was in onboarding for one month; C entered it at the end and is still there; A was there from before.
    assert found.loc[("onboarding", 1), ["at_risk", "share"]].tolist() == [2, 0.5]
    # Renewal: B entered and stays (seen for two months), D entered and left after one.
    assert found.loc[("renewal", 1), ["at_risk", "share"]].tolist() == [2, 0.5]
    assert "steady" not in found.index.get_level_values(0)


def test_contacts_count_in_the_stage_of_the_month_in_which_they_took_place():
    met = pd.DataFrame(
        [("A", "2026-01-01 00:00"), ("A", "2026-01-31 23:00"), ("A", "2026-03-01 00:00"), ("B", "2026-01-15 00:00"),
         ("D", "2026-03-31 23:59"), ("D", "2026-04-01 00:00"), ("X", "2026-02-01 00:00"), ("D", "2025-12-31 23:59")],
        columns=["account_id", "occurred_at"],
    )  # fmt: skip
    met["occurred_at"] = pd.to_datetime(met["occurred_at"]).astype("datetime64[us]")
    found = by_stage(histories(HISTORY), met).set_index("stage")
    assert found["touches"].to_dict() == {"onboarding": 2, "growth": 1, "steady": 0, "renewal": 1}
    assert found["account_months"].to_dict() == {"onboarding": 3, "growth": 1, "steady": 2, "renewal": 3}
    assert found["untouched"].to_dict() == {"onboarding": 2 / 3, "growth": 0, "steady": 1, "renewal": 2 / 3}
    judged = against_need(found.reset_index(), pd.Series({"renewal": 75.0, "growth": 25.0})).set_index("stage")
    assert judged.loc["renewal", ["touch_share", "need_share"]].tolist() == [0.25, 0.75]
    assert judged.loc["renewal", "touches_per_need"] == pytest.approx(1 / 3)
    assert np.isnan(judged.loc["steady", "touches_per_need"])
    tiers = by_stage(histories(HISTORY), met, pd.Series({"A": "benchmark"}))
    assert tiers[["stage", "tier", "touches"]].values.tolist() == [["onboarding", "benchmark", 2], ["growth", "benchmark", 1]]


ENDED = f"""
    account  | starts_on  | ends_on    | known_at   | contract_id
    early    | {ago(465)} | {ago(100)} | {ago(470)} | e1
    early    | {ago(100)} | {ago(-265)}| {ago(200)} | e2
    on time  | {ago(465)} | {ago(100)} | {ago(470)} | o1
    on time  | {ago(100)} | {ago(-265)}| {ago(140)} | o2
    lost     | {ago(465)} | {ago(100)} | {ago(470)} | l1
    in grace | {ago(395)} | {ago(30)}  | {ago(400)} | g1
    monthly  | {ago(131)} | {ago(100)} | {ago(140)} | m1
"""


def test_terms_are_followed_by_what_was_known_so_many_days_before_their_end():
    terms = decided_terms(known(company(contracts=ENDED)))
    assert terms["contract_id"].tolist() == ["e1", "l1", "m1", "o1"] and terms["renewed"].tolist() == [True, False, False, True]
    met = pd.DataFrame({"account_id": ["lost", "lost", "on time"], "occurred_at": [ago(190), ago(100), ago(160)]})
    met["occurred_at"] = pd.to_datetime(met["occurred_at"]).astype("datetime64[us]")
    found = by_lead(terms, met).set_index("days_before")
    assert found["terms"].tolist() == [3] * 5  # the monthly one is always near its end
    # e1 was signed 100 days before its end, o1 40 days before.
    assert found["signed"].tolist() == [0, 0, 1, 1, 2]
    assert found["open"].tolist() == [3, 3, 2, 2, 1] and found["renewed"].tolist() == [2, 2, 1, 1, 0]
    # On day 190 before T the look of 90 days before has just been; a contact on the last day is none before it.
    assert found["touched"].round(3).tolist() == [0, 0, 0.5, 0.5, 0]
    assert found["signed_by_next"].round(3).tolist() == [0, 0.333, 0, 0.5, 0]


def test_an_end_that_nobody_knew_of_is_no_open_renewal():
    view = company(
        contracts=f"""
        account | starts_on  | ends_on    | known_at   | contract_id
        A       | {ago(465)} |            | {ago(470)} | a
        A       | {ago(465)} | {ago(100)} | {ago(110)} | a
        B       | {ago(465)} | {ago(100)} | {ago(470)} | b
        """
    )
    found = by_lead(decided_terms(known(view))).set_index("days_before")
    assert found["terms"].tolist() == [1, 1, 1, 1, 1] and np.isnan(found["touched"]).all()
    told_on_the_day = decided_terms(known(view))
    told_on_the_day = by_lead(told_on_the_day[told_on_the_day["contract_id"] == "a"])
    assert not told_on_the_day[["terms", "open", "renewed"]].to_numpy().any() and told_on_the_day["share"].isna().all()


def test_outcomes_count_in_the_term_before_its_last_ninety_days():
    terms = decided_terms(known(company(contracts=ENDED)))
    reached = {"early": ago(191), "on time": ago(190), "lost": ago(466)}
    plan = pd.DataFrame({"account_id": list(reached), "kind": "customer", "achieved_at": pd.to_datetime(list(reached.values()))})
    plan["achieved_at"] = plan["achieved_at"].astype("datetime64[us]")
    found = by_outcome(terms, plan).set_index("outcome")
    assert found["terms"].to_dict() == {"reached": 1, "not_reached": 2} and found["renewed"].tolist() == [1, 1]


def test_the_hand_over_counts_what_was_known_two_weeks_after_the_start():
    view = company(
        accounts=f"""
        account | industry | owner | known_at   | signed_up_at
        A       | retail   | Mia   | {ago(60)}  | {ago(60)}
        B       |          | Mia   | {ago(60)}  | {ago(60)}
        B       | retail   | Mia   | {ago(36)}  | {ago(60)}
        C       | retail   | Mia   | {ago(60)}  | {ago(60)}
        D       | retail   |       | {ago(20)}  | {ago(20)}
        """,
        contracts=f"""
        account | starts_on | ends_on     | known_at
        A       | {ago(50)} | {ago(-300)} | {ago(55)}
        B       | {ago(50)} | {ago(-300)} | {ago(55)}
        C       | {ago(13)} | {ago(-300)} | {ago(55)}
        D       | {ago(14)} | {ago(-300)} | {ago(55)}
        """,
        users=f"""
        account | user_id | role     | joined_at | left_at | known_at
        A       | 1       | key_user | {ago(45)} |         | {ago(45)}
        B       | 2       | key_user | {ago(36)} |         | {ago(36)}
        D       | 3       | member   | {ago(12)} |         | {ago(12)}
        """,
        touchpoints=f"account | occurred_at | known_at\nA | {ago(49)} 08:00:00 | {ago(30)}\nB | {ago(55)} | {ago(55)}",
    )
    found = handover(known(view))
    assert found.index.tolist() == ["A", "B", "D"]  # two weeks of C are not over
    fields = ["owner", "industry", "key_user", "executive", "first_contact"]
    told = found[fields].astype(int).T.to_dict("list")
    assert told == {"A": [1, 1, 1, 0, 0], "B": [1, 0, 0, 0, 1], "D": [0, 1, 0, 0, 0]}
    assert found["missing"].to_dict() == {"A": 2, "B": 3, "D": 4} and found.loc["A", "completeness"] == 0.6
    assert fields_known(found).set_index("field")["known"].to_dict() == {
        "owner": 2, "industry": 2, "key_user": 1, "executive": 0, "first_contact": 1,
    }  # fmt: skip
    started = kickoff(known(view)).set_index("account_id")
    assert started["age"].to_dict() == {"A": 2, "B": 50, "C": 13, "D": 14}
    assert started.index[started["is_reached"]].tolist() == ["A"]
    assert kickoff_times(started.reset_index())["within_7"] == 0.25


def test_phases_follow_from_evidence():
    view = company(
        accounts="account | signed_up_at | known_at\n" + "\n".join(f"{name} | {ago(500)} | {ago(500)}" for name in "ABCDEFGH"),
        contracts=f"""
        account | starts_on  | ends_on    | known_at
        C       | {ago(-3)}  | {ago(-300)}| {ago(3)}
        D       | {ago(40)}  | {ago(-300)}| {ago(45)}
        E       | {ago(400)} | {ago(-10)} | {ago(410)}
        F       | {ago(400)} | {ago(35)}  | {ago(410)}
        F       | {ago(35)}  | {ago(-330)}| {ago(50)}
        G       | {ago(400)} | {ago(35)}  | {ago(410)}
        G       | {ago(35)}  | {ago(-330)}| {ago(50)}
        H       | {ago(400)} | {ago(35)}  | {ago(410)}
        """,
        touchpoints=f"account | occurred_at\nB | {ago(5)}\nD | {ago(5)}",
        milestones=f"""
        account | milestone | kind       | due_on     | achieved_at
        D       | deal      | customer   | {ago(0)}   |
        E       | deal      | customer   | {ago(300)} | {ago(200)} 08:00:00
        F       | deal      | customer   | {ago(300)} | {ago(20)} 08:00:00
        G       | deal      | customer   | {ago(300)} |
        H       | deal      | customer   | {ago(300)} |
        H       | setup     | functional | {ago(400)} |
        """,
    )
    found = phases(known(view)).set_index("account_id")
    assert found[["phase", "evidence", "days"]].to_dict("index") == {
        "A": {"phase": "marketing", "evidence": "aware", "days": 500},
        "B": {"phase": "marketing", "evidence": "asked", "days": 500},
        "C": {"phase": "marketing", "evidence": "acted", "days": 500},
        "D": {"phase": "implementation", "evidence": "term_began", "days": 40},
        "E": {"phase": "customer_success", "evidence": "first_value", "days": 200},
        "F": {"phase": "continued_success", "evidence": "renewed_after_value", "days": 20},
        "G": {"phase": "implementation", "evidence": "term_began", "days": 400},
        "H": {"phase": "left", "evidence": "cover_ended", "days": 35},
    }
    assert found.index[found["renewed_without_value"]].tolist() == ["G"]
    assert phase_sizes(found.reset_index())["accounts"].tolist() == [1, 1, 1, 2, 1, 1, 1]


def test_growth_is_judged_from_day_90_to_day_270_and_cost_by_the_first_day():
    view = company(
        accounts="account | signed_up_at | acquisition_cost\n" + "\n".join(f"{one} | 2024-01-01 | 960" for one in "ABCD"),
        contracts=f"""
        account | starts_on  | ends_on    | known_at   | mrr | product
        A       | {ago(400)} | {ago(-30)} | {ago(410)} | 100 | x
        A       | {ago(400)} | {ago(-30)} | {ago(410)} | 20  | y
        A       | {ago(300)} | {ago(-30)} | {ago(310)} | 500 | z
        B       | {ago(400)} | {ago(310)} | {ago(410)} | 100 | x
        C       | {ago(400)} | {ago(309)} | {ago(410)} | 100 | x
        D       | {ago(400)} | {ago(200)} | {ago(410)} | 0   | x
        """,
    )
    # B left on day 90: it never entered growth. C left on day 91, D on day 200.
    stays = through_growth(known(view))
    assert stays["accounts"] == 3 and stays["share"] == pytest.approx(1 / 3)
    found = payback(known(view), 0.8).set_index("account_id")
    assert found["months"].tolist() == [10, 12, 12, np.inf]


def test_contacts_before_the_sale_are_shared_among_the_kinds():
    met = pd.DataFrame({"account_id": ["A", "A", "B"], "kind": ["call", "demo", "demo"]})
    met = met.assign(is_first=[True, False, True], is_last=[False, True, True])
    found = attribution(met).set_index("kind")
    assert found["first"].to_dict() == {"call": 1, "demo": 1} and found["last"].to_dict() == {"call": 0, "demo": 2}
    assert found["evenly"].to_dict() == {"call": 0.5, "demo": 1.5}


def test_rows_of_one_account_do_not_count_as_many():
    rng = np.random.default_rng(0)
    single = pd.DataFrame({"account_id": range(40), "part": rng.integers(0, 2, 40), "whole": 1})
    plain = shares(single, [], "part", "whole").iloc[0]
    low, high = wilson(single["part"].sum(), 40, 1.6448536269514722)
    assert (plain["low"], plain["high"]) == (pytest.approx(float(low)), pytest.approx(float(high)))
    tenfold = shares(pd.concat([single] * 10), [], "part", "whole").iloc[0]
    assert (tenfold["low"], tenfold["high"]) == (pytest.approx(plain["low"]), pytest.approx(plain["high"]))
    doubled = rates(pd.concat([single] * 10), [], "part", "whole").iloc[0]
    once = rates(single, [], "part", "whole").iloc[0]
    assert doubled["rate"] == once["rate"] and doubled["high"] <= once["high"] + 1e-9
    assert STAGES == ("onboarding", "growth", "steady", "renewal")


def test_paths_of_contacts_end_at_the_sale_or_after_ninety_days():
    view = company(
        touchpoints="""
        account | occurred_at | kind
        A       | 2026-01-05  | call
        A       | 2026-01-10  | email
        # On the day of the sale it is no longer before it.
        A       | 2026-01-20  | call
        # B never bought: ninety days, the last of them included.
        B       | 2026-01-05  | call
        B       | 2026-04-05  | email
        B       | 2026-04-06  | email
        # C was a customer before, D bought later than ninety days after.
        C       | 2026-01-05  | call
        D       | 2026-02-01  | call
        D       | 2026-05-20  | call
        # The ninety days of E are not over, and F was met too long ago.
        E       | 2026-05-01  | call
        F       | 2024-01-01  | call
        """,
        contracts="""
        account | starts_on  | ends_on
        A       | 2026-01-20 | 2027-06-01
        C       | 2025-12-01 | 2027-06-01
        D       | 2026-06-01 | 2027-06-01
        """,
    )
    found = contact_paths(known(view))
    said = list(zip(found["account_id"], found["kind"], found["is_bought"], strict=True))
    assert said == [("A", "call", True), ("A", "email", True), ("B", "call", False), ("B", "email", False), ("D", "call", False)]
