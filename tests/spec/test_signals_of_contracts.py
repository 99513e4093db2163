"""When the signals of contract, milestones, support, payment and relationship fire, on the days around each bound."""

import datetime as dt

from spec.signals_example import T, company, fires, table

from renewcast.scoring.opportunities import opportunities
from renewcast.signals.week import Noticed


def ago(days: int) -> str:
    return str(T - dt.timedelta(days=days))


def test_the_quota_case_of_seventy_per_cent_after_half_a_year_is_an_opportunity():
    used = {"case": 70, "slower": 70, "half": 50, "idle": 25, "young": 1, "month": 9}
    # 70 % used after half of the term: pace 1.4, used up in about 2.6 months.
    view = company(
        contracts=f"""
        account | quota | starts_on  | ends_on
        case    | 1000  | {ago(182)} | {ago(-182)}
        slower  | 1010  | {ago(182)} | {ago(-182)}
        half    | 1000  | {ago(182)} | {ago(-182)}
        idle    | 1000  | {ago(182)} | {ago(-182)}
        young   | 1000  | {ago(90)}  | {ago(-274)}
        month   | 10    | {ago(15)}  | {ago(-15)}
        """,
        usage=table("account | quantity | weeks", [(name, each, "1 " * 10) for name, each in used.items()]),
    )
    found = fires(view, "quota_burn", "used", "elapsed", "early", "late")
    assert list(found) == ["case"]
    used, elapsed, early, late = found["case"]
    assert (used, elapsed, late) == (0.7, 0.5, ago(-78)) and early < late
    assert fires(view, "quota_unused", "ratio") == {"idle": (0.5,)}


def test_a_milestone_is_overdue_from_two_weeks_to_four_months_by_the_day_agreed_last():
    view = company(
        milestones=f"""
        account     | milestone | kind     | due_on     | achieved_at | known_at
        13 days     | first     | customer | {ago(13)}  |             |
        14 days     | first     | customer | {ago(14)}  |             |
        120 days    | first     | customer | {ago(120)} |             |
        121 days    | first     | customer | {ago(121)} |             |
        reached     | first     | customer | {ago(50)}  | {ago(1)}    |
        at T        | first     | customer | {ago(50)}  | {T}         |
        moved       | first     | customer | {ago(50)}  |             |
        moved       | first     | customer | {ago(5)}   |             | {ago(40)}
        moved after | first     | customer | {ago(50)}  |             |
        moved after | first     | customer | {ago(5)}   |             | {T}
        """
    )
    assert fires(view, "milestone_overdue") == ["120 days", "14 days", "at T", "moved after"]


def test_the_outcome_is_missing_where_all_work_is_done_and_the_customers_own_milestone_is_overdue():
    view = company(
        milestones=f"""
        account      | milestone | kind       | due_on     | achieved_at
        all done     | open      | functional | {ago(100)} | {ago(90)}
        all done     | deal      | customer   | {ago(30)}  |
        one open     | open      | functional | {ago(100)} | {ago(90)}
        one open     | pay       | functional | {ago(20)}  |
        one open     | deal      | customer   | {ago(30)}  |
        has outcome  | open      | functional | {ago(100)} | {ago(90)}
        has outcome  | deal      | customer   | {ago(30)}  | {ago(10)}
        no work      | deal      | customer   | {ago(30)}  |
        """
    )
    assert fires(view, "outcome_missing", "milestone", "days", "done") == {"all done": ("deal", 30, 1)}


def test_first_value_is_late_after_90_days_and_asked_for_within_a_year():
    rows = {"day 90": 90, "day 91": 91, "day 365": 365, "day 366": 366}
    view = company(
        contracts=table("account | starts_on | ends_on", [(name, ago(days), "2027-06-01") for name, days in rows.items()]),
        milestones=table(
            "account | milestone | kind | due_on | achieved_at",
            [(name, "deal", "customer", T, "") for name in rows]
            + [("day 91", "open", "functional", ago(60), ago(60)), ("day 365", "goal", "customer", ago(60), T)],
        ),
    )
    assert fires(view, "first_value_late", "days", "limit") == {"day 365": (365.0, 90), "day 91": (91.0, 90)}


def test_support_hurts_by_old_severe_tickets_by_many_or_by_bad_answers():
    view = company(
        tickets=f"""
        account     | opened_at  | resolved_at | severity | csat
        severe      | {ago(8)}   |             | urgent   |
        a week      | {ago(7)}   |             | urgent   |
        mild        | {ago(60)}  |             | medium   |
        solved      | {ago(20)}  | {ago(1)}    | urgent   | 5
        at T        | {ago(20)}  | {T}         | urgent   | 1
        many        | {ago(3)}   | {ago(2)}    | low      | 4
        many        | {ago(4)}   | {ago(2)}    | low      | 4
        many        | {ago(5)}   | {ago(2)}    | low      | 4
        many        | {ago(27)}  | {ago(2)}    | low      | 4
        bad         | {ago(20)}  | {ago(10)}   | low      | 3
        bad         | {ago(21)}  | {ago(11)}   | low      | 2
        one bad     | {ago(20)}  | {ago(10)}   | low      | 1
        """
    )
    assert fires(view, "support_pain") == ["at T", "bad", "many", "severe"]


def test_a_payment_is_late_more_than_thirty_days_after_it_was_due():
    view = company(
        invoices=f"""
        account  | issued_on | due_on    | paid_on  | amount
        30 days  | {ago(60)} | {ago(30)} |          | 100
        31 days  | {ago(61)} | {ago(31)} |          | 100.50
        31 days  | {ago(91)} | {ago(61)} |          | 99.50
        paid     | {ago(61)} | {ago(31)} | {ago(1)} | 100
        at T     | {ago(61)} | {ago(31)} | {T}      | 100
        credit   | {ago(61)} | {ago(31)} |          | -100
        """
    )
    assert fires(view, "late_payment", "amount", "count", "days") == {"31 days": (200.0, 2, 61), "at T": (100.0, 1, 31)}


def test_a_key_account_is_met_by_an_executive_at_least_once_a_quarter():
    view = company(
        contracts=table(
            "account | mrr | starts_on | ends_on",
            [
                (name, mrr, "2024-01-01", "2027-01-01")
                for name, mrr in {"91 days": 900, "92 days": 900, "called": 900, "small": 800, "never": 900}.items()
            ],
        ),
        touchpoints=f"""
        account | occurred_at | kind
        91 days | {ago(91)}   | executive_meeting
        92 days | {ago(92)}   | business_review
        called  | {ago(92)}   | executive_meeting
        called  | {ago(1)}    | call
        small   | {ago(300)}  | executive_meeting
        """,
    )
    assert fires(view, "executive_not_met", "days") == {"92 days": (92,), "called": (92,), "never": (910,)}


def test_low_willingness_is_told_where_the_numbers_are_good():
    weeks, names = "9 " * 12, ("unlike", "alike", "one note", "willing")
    view = company(
        touchpoints=f"""
        account  | occurred_at | willingness
        unlike   | {ago(1)}    | -1
        unlike   | {ago(90)}   | 0
        alike    | {ago(1)}    | -1
        alike    | {ago(2)}    | -1
        one note | {ago(1)}    | -2
        willing  | {ago(1)}    | 0
        willing  | {ago(2)}    | 0
        """,
        usage=table("account | weeks", [(name, weeks + ("1" if name == "alike" else "9")) for name in names]),
    )
    assert fires(view, "low_willingness", "willingness", "notes") == {"unlike": (-0.5, 2)}


def test_a_promoter_answered_nine_or_ten_last_and_has_results():
    view = company(
        feedback=f"""
        account  | occurred_at | kind | score
        nine     | {ago(182)}  | nps  | 9
        eight    | {ago(1)}    | nps  | 8
        no more  | {ago(50)}   | nps  | 10
        no more  | {ago(1)}    | nps  | 3
        too old  | {ago(183)}  | nps  | 10
        nothing  | {ago(1)}    | nps  | 10
        """,
        milestones=table(
            "account | milestone | kind | due_on | achieved_at",
            [(name, "deal", "customer", ago(9), ago(10)) for name in ("nine", "eight", "no more", "too old")]
            + [("nothing", "deal", "customer", ago(9), "")],
        ),
    )
    assert fires(view, "promoter", "score", "reached") == {"nine": (9.0, 1)}


def test_a_module_that_companies_alike_have_is_offered_to_the_busy_who_lack_it():
    terms, usage = "account | product | starts_on | ends_on", "account | user | module | weeks"
    for number in range(16):
        for product in ("base", "extra")[: 1 + number % 2]:
            terms += f"\nA{number:02} | {product} | 2024-01-01 | 2027-01-01"
            usage += f"\nA{number:02} | u | {product} | {number + 1}"
    view = company(contracts=terms, usage=usage)
    assert fires(view, "module_not_held", "module", "peers") == {"A12": ("extra", 1.0), "A14": ("extra", 1.0)}


def test_all_licences_in_use_is_an_opportunity_from_five_people_on():
    people = {"full": 5, "one free": 4, "small": 4}
    view = company(
        contracts="account | seats | starts_on | ends_on\nfull | 5 | 2024-01-01 | 2027-01-01\n"
        "one free | 5 | 2024-01-01 | 2027-01-01\nsmall | 4 | 2024-01-01 | 2027-01-01",
        usage=table("account | user | weeks", [(name, f"u{n}", 1) for name, count in people.items() for n in range(count)]),
    )
    assert fires(view, "seats_full") == ["full"]


def test_an_opportunity_waits_while_risk_is_high_or_nothing_was_gained_yet():
    import pandas as pd

    names = ["calm", "at the bound", "risky", "not scored", "no value"]
    rows = pd.DataFrame({"account_id": names, "churn_probability": [0.02, 0.1, 0.11, None, 0.02], "arr": 10.0}).assign(
        account_name="x", owner="o", tier="t", renewal_date=None
    )
    fired = pd.DataFrame({"account_id": names, "signal": "promoter", "kind": "opportunity", "evidence": "said"})
    cards = [{"name": "promoter", "speaks": True, "lift_low": 1.1}]
    noticed = Noticed(fired, cards, frozenset({"no value"}), "en")
    for language in ("en", "zh"):
        found = opportunities(rows, noticed, 0.05, 2.0, language).set_index("account_id")["held_back"]
        assert found[["calm", "at the bound"]].isna().all() and found[["risky", "not scored", "no value"]].notna().all()
        assert "11%" in found["risky"] and list(found.index[:2]) == ["at the bound", "calm"]
    silent = Noticed(fired, [{**cards[0], "speaks": False}], frozenset(), "en")
    assert opportunities(rows, silent, 0.05, 2.0, "en").empty
