"""Milestones: reached, due, late or unknown; first value; the ladder of goals; the eight steps of every customer."""

import datetime as dt

import numpy as np
import pytest
from spec.signals_example import T, company, table

from renewcast.datasets.known import Known
from renewcast.lifecycle.first_value import FirstValue, by_group, curve, first_value, waiting, within
from renewcast.lifecycle.funnel import dates, funnel
from renewcast.lifecycle.goals import ladder, steps
from renewcast.lifecycle.milestones import on_time, outcome_gap, status
from renewcast.revenue.survival import life_table


def ago(days: int) -> str:
    return str(T - dt.timedelta(days=days))


def known(view, as_of=T):
    return Known(view, as_of, view.attributes(as_of).reset_index()[["account_id"]].sort_values("account_id"))


def test_a_milestone_is_done_due_late_or_unknown_and_its_day_is_over_at_midnight():
    view = company(
        milestones=f"""
        account | milestone      | kind       | due_on    | achieved_at
        A       | a on the day   | functional | {ago(40)} | {ago(40)} 18:00:00
        A       | b a day late   | functional | {ago(40)} | {ago(39)} 00:00:00
        A       | c missed       | functional | {ago(1)}  |
        A       | d today        | customer   | {ago(0)}  |
        A       | e to come      | customer   | {ago(-9)} |
        A       | f nobody knows | customer   |           |
        A       | g no day       | customer   |           | {ago(3)} 10:00:00
        A       | h early        | customer   | {ago(-9)} | {ago(3)} 10:00:00
        """
    )
    found = status(known(view))
    said = {row.milestone[2:]: (row.state, row.is_judged, row.is_on_time) for row in found.itertuples()}
    assert said == {
        "on the day": ("done", True, True),
        "a day late": ("done", True, False),
        "missed": ("late", True, False),
        "today": ("due", False, False),
        "to come": ("due", False, False),
        "nobody knows": ("unknown", False, False),
        "no day": ("done", False, False),
        "early": ("done", False, False),
    }
    assert found["days_late"].dropna().tolist() == [1.0, 1.0]
    of_kind = on_time(found, ["kind"]).set_index("kind")
    assert of_kind.loc["functional", ["milestones", "done", "late", "judged", "on_time"]].tolist() == [3, 2, 1, 3, 1]
    assert of_kind.loc["customer", ["done", "due", "unknown", "judged"]].tolist() == [2, 2, 1, 0]
    assert np.isnan(of_kind.loc["customer", "share"]) and of_kind.loc["customer", ["low", "high"]].tolist() == [0, 1]


def test_a_day_that_was_put_off_is_judged_by_the_first_one_too():
    view = company(
        milestones=f"""
        account | milestone | kind     | due_on    | achieved_at        | known_at
        A       | deal      | customer | {ago(40)} | {ago(20)} 08:00:00 | {ago(90)}
        A       | deal      | customer | {ago(10)} | {ago(20)} 08:00:00 | {ago(35)}
        B       | deal      | customer | {ago(40)} | {ago(45)} 08:00:00 | {ago(90)}
        C       | deal      | customer | {ago(-5)} |                    | {ago(90)}
        C       | deal      | customer | {ago(-9)} |                    | {ago(0)}
        """
    )
    found = status(known(view))
    assert found[["is_moved", "is_on_time", "is_first_on_time"]].astype(int).values.tolist() == [[1, 1, 0], [0, 1, 1], [0, 0, 0]]
    counted = on_time(found, ["milestone"]).iloc[0]
    assert counted[["moved", "share", "first_share"]].tolist() == [1, 1.0, 0.5]


def test_the_gap_is_the_signals_own():
    view = company(
        milestones=f"""
        account      | milestone | kind       | due_on    | achieved_at
        all done     | setup     | functional | {ago(90)} | {ago(91)} 12:00:00
        all done     | deal      | customer   | {ago(30)} |
        one missing  | setup     | functional | {ago(90)} |
        one missing  | deal      | customer   | {ago(30)} |
        only theirs  | deal      | customer   | {ago(30)} |
        """
    )
    assert outcome_gap(known(view))[["account_id", "milestone", "days"]].values.tolist() == [["all done", "deal", 30]]


FIRST = f"""
    account   | milestone | kind       | due_on     | achieved_at
    same day  | deal      | customer   | {ago(70)}  | {ago(100)} 15:00:00
    second    | deal      | customer   | {ago(70)}  | {ago(60)} 15:00:00
    second    | result    | customer   | {ago(70)}  | {ago(80)} 15:00:00
    waits     | deal      | customer   | {ago(70)}  |
    waits     | setup     | functional | {ago(100)} | {ago(100)} 09:00:00
    today     | deal      | customer   | {ago(70)}  | {ago(0)} 09:00:00
    left      | deal      | customer   | {ago(70)}  |
    only work | setup     | functional | {ago(70)}  | {ago(70)} 09:00:00
    too old   | deal      | customer   | {ago(70)}  | {ago(80)} 15:00:00
"""
TERMS = f"""
    account   | starts_on  | ends_on    | known_at
    same day  | {ago(100)} | {ago(-200)} | {ago(110)}
    second    | {ago(100)} | {ago(-200)} | {ago(110)}
    waits     | {ago(100)} | {ago(-200)} | {ago(110)}
    today     | {ago(100)} | {ago(-200)} | {ago(110)}
    left      | {ago(100)} | {ago(50)}   | {ago(110)}
    only work | {ago(100)} | {ago(-200)} | {ago(110)}
    too old   | {ago(400)} | {ago(-200)} | {ago(410)}
    to come   | {ago(-3)}  | {ago(-200)} | {ago(10)}
"""


def test_first_value_is_the_first_milestone_of_the_customers_own_counted_from_the_first_term():
    found = first_value(known(company(contracts=TERMS, milestones=FIRST)))
    assert found.source == "milestone"
    rows = {row.account_id: (row.is_reached, row.age) for row in found.frame.itertuples()}
    # The first day is day 1; who waits, or left, was seen for 100 days; what is reached at T itself is not known yet.
    assert rows == {
        "same day": (True, 1), "second": (True, 21), "waits": (False, 100), "today": (False, 100), "left": (False, 100),
    }  # fmt: skip
    # Began before milestones were kept, or has none of its own.
    assert found.left_out == 2


def test_without_milestones_first_value_is_the_first_value_action():
    view = company(
        contracts=f"""
        account | starts_on | ends_on     | known_at
        A       | {ago(21)} | {ago(-200)} | {ago(30)}
        B       | {ago(21)} | {ago(-200)} | {ago(30)}
        """,
        usage="""
        account | weeks | value
        A       | 2 2 2 | 1
        B       | 2 2 2 | 0
        """,
    )
    found = first_value(known(view))
    assert found.source == "value_action"
    assert found.frame[["account_id", "is_reached", "age"]].values.tolist() == [["A", True, 1], ["B", False, 21]]
    assert first_value(known(company(touchpoints="account | occurred_at\nA | 2026-01-01"))) is None


def made_up(age, is_reached):
    import pandas as pd

    names = [f"A{number:04d}" for number in range(len(age))]
    start = pd.Timestamp(T) - pd.to_timedelta(np.asarray(age), unit="D")
    return FirstValue(
        "milestone",
        pd.DataFrame({"account_id": names, "started_on": start, "first_value_on": start, "age": age, "is_reached": is_reached}),
        0,
    )


def plain_kaplan_meier(age, is_reached, day):
    """Multiply, day by day, the share of those still waiting who go on waiting."""
    survival = 1.0
    for today in range(1, day + 1):
        at_risk = sum(1 for one in age if one >= today)
        got = sum(1 for one, is_one in zip(age, is_reached, strict=True) if one == today and is_one)
        survival *= 1 - got / at_risk if at_risk else 1
    return 1 - survival


@pytest.mark.parametrize("seed", range(5))
def test_the_curve_equals_a_plain_recount(seed):
    rng = np.random.default_rng(seed)
    age, is_reached = rng.integers(1, 200, 80), rng.random(80) < 0.6
    table = curve(made_up(age, is_reached))
    assert len(table) > 8
    for row in table.itertuples():
        assert row.share == pytest.approx(plain_kaplan_meier(age.tolist(), is_reached.tolist(), row.day))
        assert row.low <= row.share <= row.high


def test_waiting_accounts_count_until_now():
    waits = made_up(np.array([10, 10, 5, 5]), np.array([True, True, False, False]))
    assert curve(waits, days=(10,))["share"].tolist() == [1.0]  # nobody was seen longer and still waits
    assert curve(made_up(np.array([10, 10, 15, 15]), np.array([True, True, False, False])), days=(10,))["share"].tolist() == [0.5]


def test_groups_are_compared_and_who_is_unknown_is_left_out():
    rng = np.random.default_rng(0)
    age = np.concatenate([rng.integers(1, 40, 60), rng.integers(30, 200, 60), [5]])
    table = by_group(made_up(age, np.ones(121, dtype=bool)), {"size": ["small"] * 60 + ["large"] * 60 + [""]})
    assert table["value"].tolist() == ["large", "small"] and table["accounts"].tolist() == [60, 60]
    assert (table["p_value"] < 1e-6).all()
    assert table.set_index("value").loc["small", "within_90"] == 1.0
    assert by_group(made_up(age, np.ones(121, dtype=bool)), {}).empty


def test_who_waits_longer_than_three_quarters_of_the_peers_is_listed():
    age = [*range(1, 41), 29, 31, 32, 95, 400]
    reached = [True] * 40 + [False] * 5
    found = made_up(np.array(age), np.array(reached))
    peers = ["near"] * 43 + ["far"] * 2
    is_customer = [True] * 44 + [False]
    near = life_table(np.array(age[:43]), np.array(reached[:43]))
    limit = within(near, 0.75)[0]
    listed = waiting(found, peers, is_customer)
    assert 30 <= limit <= 33
    of_near = [one for one in (29, 31, 32) if one > limit]
    assert listed["waited_days"].tolist() == [95, *sorted(of_near, reverse=True)]
    assert listed["peers"].tolist()[0] == ""  # too few of its own kind


def test_a_goal_is_in_reach_one_to_three_months_after_the_one_before():
    view = company(
        contracts=f"account | starts_on | ends_on | known_at\nA | {ago(400)} | {ago(-30)} | {ago(410)}",
        milestones=f"""
        account | milestone | kind       | due_on     | achieved_at
        A       | a         | customer   | {ago(371)} | {ago(371)} 08:00:00
        A       | b         | customer   | {ago(341)} | {ago(281)} 08:00:00
        A       | c         | customer   | {ago(251)} | {ago(250)} 08:00:00
        A       | d         | customer   | {ago(160)} |
        A       | e         | customer   | {ago(71)}  |
        A       | f         | customer   | {ago(-19)} |
        A       | work      | functional | {ago(370)} |
        A       | some day  | customer   |            |
        """,
    )
    found = ladder(known(view))
    assert found[["milestone", "step", "step_days", "planned", "is_judged", "is_stage_goal_on_time"]].values.tolist() == [
        ["a", 1, 29, "close", True, True],
        ["b", 2, 30, "in_reach", True, True],  # 90 days after a was due, though 60 after its own day
        ["c", 3, 90, "in_reach", True, False],  # on the 91st day
        ["d", 4, 91, "too_far", True, False],
        ["e", 5, 89, "in_reach", True, False],
        ["f", 6, 90, "in_reach", False, False],
    ]
    table = steps(found).set_index("step")
    assert table["late"].tolist() == [0, 0, 0, 1, 1, 0] and table["too_far"].tolist() == [0, 0, 0, 1, 0, 0]
    assert table["judged"].tolist() == [1, 1, 1, 1, 1, 0]


def test_the_eight_steps_of_a_customer_are_what_the_tables_tell():
    view = company(
        accounts=table("account | signed_up_at | known_at", [(one, ago(500), ago(500)) for one in ("A", "B", "C")]),
        contracts=f"""
        account | starts_on  | ends_on     | known_at   | mrr | contract_id
        A       | {ago(400)} | {ago(35)}   | {ago(450)} | 100 | a1
        A       | {ago(35)}  | {ago(-330)} | {ago(50)}  | 150 | a2
        B       | {ago(60)}  | {ago(-305)} | {ago(61)}  | 0   | b1
        B       | {ago(30)}  | {ago(-305)} | {ago(31)}  | 100 | b2
        """,
        usage="account | weeks\nA | 1 1 1\nB | 1 0 0 0 0 0",
        milestones=f"""
        account | milestone | kind       | due_on     | achieved_at
        A       | setup     | functional | {ago(400)} |
        A       | deal      | customer   | {ago(300)} | {ago(350)} 08:00:00
        """,
        feedback=f"""
        account | occurred_at        | kind | score
        A       | {ago(200)} 08:00:00 | nps  | 8
        A       | {ago(100)} 08:00:00 | nps  | 9
        """,
    )
    found = dates(known(view))
    assert found.columns.tolist() == ["register", "trial", "pay", "onboard", "grow", "renew", "refer"]
    day = {name: {key: None if day != day else str(day.date()) for key, day in row.items()} for name, row in found.T.items()}
    assert day["A"] == {
        "register": ago(500), "trial": None, "pay": ago(400), "onboard": ago(350), "grow": ago(310), "renew": ago(35),
        "refer": ago(100),
    }  # fmt: skip
    assert day["B"] == {
        "register": ago(500), "trial": ago(42), "pay": ago(30), "onboard": None, "grow": None, "renew": None, "refer": None,
    }  # fmt: skip
    assert set(day["C"].values()) == {ago(500), None}
    counted = funnel(found, T).set_index("step")
    assert counted["accounts"].tolist() == [3, 3, 3, 2, 2, 2, 2]
    assert counted["reached"].tolist() == [3, 1, 2, 1, 1, 1, 1]
    assert counted.loc["pay", "median_days_between"] == 12 and counted.loc["renew", "median_days_between"] == 275
