"""When an account that stays pays less or more, and what a renewed term became."""

import datetime as dt

import pandas as pd
from spec.worked_example import LATER, T, contracts, scored

from renewcast.labels import (
    churned_on,
    contraction,
    expansion,
    involuntary,
    renewal,
    revenue_change,
    succession_known_at,
    term_outcome,
)
from renewcast.params import ChurnLabel, RenewalLabel, RevenueLabel

REVENUE = RevenueLabel(lead_days=0, horizon_days=90, grace_days=30, min_change=0.05)
RENEWAL = RenewalLabel(lead_days=0, horizon_days=90, grace_days=30, min_change=0.05)


def changes(view, *, looked_up: dt.date = LATER, label=REVENUE) -> dict:
    frame = scored(view)
    change = revenue_change(frame, view.known_contracts(looked_up), label)
    told = [None if value != value else round(value, 4) for value in change]
    return dict(zip(frame["account_id"], told, strict=True))


def outcomes(view, *, looked_up: dt.date = LATER) -> dict:
    rows = renewal(view.open_terms([T]), view.known_terms(looked_up), RENEWAL)
    rows["succession_known_at"] = succession_known_at(rows, view.term_versions(looked_up))
    found = term_outcome(rows, view.known_contracts(looked_up), RENEWAL)
    return dict(zip(rows["contract_id"], zip(found["outcome"], found["mrr_after"], strict=True), strict=True))


def test_the_revenue_of_the_end_of_the_window_is_compared_with_the_snapshots():
    """T + 90 is 2026-09-27; a term that starts on that day is not live yet."""
    view = contracts("""
        account        | product | starts_on  | ends_on    | mrr | known_at
        nothing new    | base    | 2026-01-01 | 2027-01-01 | 100 |
        add-on         | base    | 2026-01-01 | 2027-01-01 | 100 |
        add-on         | add-on  | 2026-09-26 | 2027-01-01 |  25 |
        add-on too late| base    | 2026-01-01 | 2027-01-01 | 100 |
        add-on too late| add-on  | 2026-09-27 | 2027-01-01 |  25 |
        add-on dropped | base    | 2026-01-01 | 2027-01-01 |  80 |
        add-on dropped | add-on  | 2025-09-01 | 2026-09-01 |  20 |
        renewed less   | base    | 2025-08-01 | 2026-08-01 | 100 |
        renewed less   | base    | 2026-08-01 | 2027-08-01 |  70 |
        leaves         | base    | 2025-08-01 | 2026-08-01 | 100 |
    """)
    assert changes(view) == {
        "nothing new": 0.0,
        "add-on": 0.25,
        "add-on too late": 0.0,
        "add-on dropped": -0.2,
        "renewed less": -0.3,
        "leaves": None,
    }


def test_a_renewal_that_overlaps_its_term_counts_once():
    view = contracts("""
        account    | product | starts_on  | ends_on    | mrr | known_at
        overlaps   | base    | 2025-10-10 | 2026-10-10 | 100 |
        overlaps   | base    | 2026-09-20 | 2027-10-10 | 110 |
        side by side | base  | 2026-01-01 | 2027-01-01 | 100 |
        side by side | base  | 2026-01-01 | 2026-12-01 |  50 |
        shorter add | base   | 2026-01-01 | 2027-01-01 | 100 |
        shorter add | base   | 2026-08-01 | 2026-12-01 |  30 |
    """)
    assert changes(view) == {"overlaps": 0.1, "side by side": 0.0, "shorter add": 0.3}


def test_late_paperwork_at_the_end_of_the_window_is_waited_for():
    view = contracts("""
        account | starts_on  | ends_on    | mrr | known_at
        late    | 2025-09-20 | 2026-09-20 | 100 |
        late    | 2026-10-10 | 2027-10-10 | 120 | 2026-10-08
    """)
    assert changes(view) == {"late": 0.2}


def test_contraction_and_expansion_share_the_bound_and_never_both_hold():
    change = pd.Series([-0.5, -0.05, -0.0499, 0.0, 0.0499, 0.05, 2.0, float("nan")])
    less, more = contraction(change, REVENUE).tolist(), expansion(change, REVENUE).tolist()
    assert less == [True, True, False, False, False, False, False, None]
    assert more == [False, False, False, False, False, True, True, None]


def test_what_a_term_became():
    view = contracts("""
        account   | contract | product | starts_on  | ends_on    | mrr | known_at
        churned   | c1       | base    | 2025-08-01 | 2026-08-01 | 100 |
        flat      | c2       | base    | 2025-08-01 | 2026-08-01 | 100 |
        flat      | n2       | base    | 2026-08-01 | 2027-08-01 | 104 |
        expanded  | c3       | base    | 2025-08-01 | 2026-08-01 | 100 |
        expanded  | n3       | base    | 2026-08-01 | 2027-08-01 | 105 |
        contracted| c4       | base    | 2025-08-01 | 2026-08-01 | 100 |
        contracted| n4       | base    | 2026-08-01 | 2027-08-01 |  95 |
        late      | c5       | base    | 2025-08-01 | 2026-08-01 | 100 |
        late      | n5       | base    | 2026-08-01 | 2027-08-01 | 150 | 2026-08-01
        changed   | c6       | basic   | 2025-08-01 | 2026-08-01 | 100 |
        changed   | n6       | premium | 2026-08-01 | 2027-08-01 | 200 |
        add-on    | c7       | base    | 2025-08-01 | 2026-08-01 | 100 |
        add-on    | n7       | base    | 2026-08-01 | 2027-08-01 | 100 |
        add-on    | extra    | add-on  | 2026-08-01 | 2027-08-01 |  40 |
        months    | m1       | base    | 2026-06-15 | 2026-07-15 | 100 |
        months    | m2       | base    | 2026-07-15 | 2026-08-14 | 110 |
        months    | m3       | base    | 2026-08-14 | 2026-09-13 | 110 |
    """)
    assert outcomes(view) == {
        "c1": ("churned", 0.0),
        "c2": ("flat", 104.0),
        "c3": ("expanded", 105.0),
        "c4": ("contracted", 95.0),
        "c5": ("late", 150.0),
        "c6": ("expanded", 200.0),
        "c7": ("flat", 100.0),
        "m1": ("expanded", 110.0),
    }


def test_an_account_that_left_owing_an_invoice_for_long_left_involuntarily():
    view = contracts("""
        account | starts_on  | ends_on    | known_at
        A       | 2025-08-01 | 2026-08-01 |
        B       | 2025-08-01 | 2026-08-01 |
        C       | 2025-08-01 | 2026-08-01 |
        D       | 2025-08-01 | 2026-08-01 |
    """)
    label = ChurnLabel(lead_days=0, horizon_days=90, grace_days=30, involuntary_overdue_days=45)
    day = pd.to_datetime
    invoices = pd.DataFrame(
        {
            "account_id": ["A", "B", "C", "D"],
            "due_on": day(["2026-06-17", "2026-06-18", "2026-06-01", "2026-06-01"]),
            "paid_on": day([None, None, "2026-08-01", None]),
            "amount": [10.0, 10.0, 10.0, -10.0],
        }
    )
    frame = scored(view)
    ended = frame[["account_id"]].assign(ended_on=churned_on(frame, view.known_contracts(LATER), label))
    assert involuntary(ended, invoices, label).tolist() == [True, False, True, False]
