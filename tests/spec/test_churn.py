"""When an account has churned: its cover ends inside the outcome window, and nothing takes it up within the grace period."""

import datetime as dt

from spec.worked_example import churned, contracts, population


def test_the_window_begins_at_the_snapshot_and_ends_before_the_horizon():
    view = contracts("""
        account     | starts_on  | ends_on
        at T        | 2025-06-29 | 2026-06-29
        next day    | 2025-06-30 | 2026-06-30
        day 89      | 2025-09-26 | 2026-09-26
        day 90      | 2025-09-27 | 2026-09-27
        a year on   | 2025-07-01 | 2027-07-01
        open-ended  | 2025-07-01 |
    """)
    assert churned(view) == {
        "at T": True, "next day": True, "day 89": True, "day 90": False, "a year on": False, "open-ended": False,
    }  # fmt: skip


def test_the_window_moves_with_the_lead_and_who_is_known_to_go_before_it_is_not_scored():
    view = contracts(
        """
        account | starts_on  | ends_on
        at T    | 2025-06-29 | 2026-06-29
        day 13  | 2025-07-12 | 2026-07-12
        day 14  | 2025-07-13 | 2026-07-13
        day 103 | 2025-10-10 | 2026-10-10
        day 104 | 2025-10-11 | 2026-10-11
        """,
        lead_days=14,
    )
    assert churned(view) == {"day 14": True, "day 103": True, "day 104": False}
    assert population(view)["at T"] == "ends_within_lead:2026-06-29"
    assert population(view)["day 13"] == "ends_within_lead:2026-07-12"


def test_who_goes_within_the_lead_without_its_being_known_has_no_outcome():
    view = contracts(
        """
        account | contract | starts_on  | ends_on    | known_at
        day 13  | c1       | 2024-06-01 |            | 2024-06-01
        day 13  | c1       | 2024-06-01 | 2026-07-12 | 2026-07-05
        day 14  | c2       | 2024-06-01 |            | 2024-06-01
        day 14  | c2       | 2024-06-01 | 2026-07-13 | 2026-07-05
        """,
        lead_days=14,
    )
    assert churned(view) == {"day 13": None, "day 14": True}


def test_a_new_term_saves_the_account_up_to_the_last_day_of_grace():
    view = contracts("""
        account        | starts_on  | ends_on    | known_at
        overlapping    | 2025-07-10 | 2026-07-10 |
        overlapping    | 2026-07-09 | 2027-07-09 | 2026-07-05
        without a gap  | 2025-07-10 | 2026-07-10 |
        without a gap  | 2026-07-10 | 2027-07-10 | 2026-07-05
        gap of 29 days | 2025-07-10 | 2026-07-10 |
        gap of 29 days | 2026-08-08 | 2027-08-08 | 2026-08-08
        gap of 30 days | 2025-07-10 | 2026-07-10 |
        gap of 30 days | 2026-08-09 | 2027-08-09 | 2026-08-09
        gap of 31 days | 2025-07-10 | 2026-07-10 |
        gap of 31 days | 2026-08-10 | 2027-08-10 | 2026-08-10
    """)
    assert churned(view) == {
        "overlapping": False, "without a gap": False, "gap of 29 days": False, "gap of 30 days": False, "gap of 31 days": True,
    }  # fmt: skip


def test_without_grace_a_single_day_without_cover_is_churn():
    view = contracts(
        """
        account     | starts_on  | ends_on    | known_at
        same day    | 2025-07-10 | 2026-07-10 |
        same day    | 2026-07-10 | 2027-07-10 | 2026-07-05
        a day later | 2025-07-10 | 2026-07-10 |
        a day later | 2026-07-11 | 2027-07-11 | 2026-07-05
        """,
        grace_days=0,
    )
    assert churned(view) == {"same day": False, "a day later": True}


def test_late_paperwork_for_a_term_without_a_gap_is_no_churn_once_it_is_known():
    view = contracts("""
        account | starts_on  | ends_on    | known_at
        late    | 2025-07-10 | 2026-07-10 |
        late    | 2026-07-10 | 2027-07-10 | 2026-10-01
    """)
    assert churned(view) == {"late": False}
    assert churned(view, looked_up=dt.date(2026, 10, 1)) == {"late": True}
    assert churned(view, looked_up=dt.date(2026, 10, 2)) == {"late": False}


def test_who_comes_back_after_the_grace_period_has_churned_all_the_same():
    view = contracts("""
        account   | starts_on  | ends_on    | known_at
        won back  | 2025-07-10 | 2026-07-10 |
        won back  | 2026-09-01 | 2027-09-01 | 2026-08-25
    """)
    assert churned(view) == {"won back": True}


def test_a_gap_in_the_past_says_nothing_about_the_future():
    view = contracts("""
        account    | starts_on  | ends_on
        came back  | 2024-01-01 | 2025-01-01
        came back  | 2025-06-01 | 2027-06-01
    """)
    assert churned(view) == {"came back": False}


def test_an_account_is_lost_only_with_its_last_cover():
    view = contracts("""
        account                | product | starts_on  | ends_on
        add-on dropped         | base    | 2025-10-01 | 2027-10-01
        add-on dropped         | add-on  | 2025-08-01 | 2026-08-01
        base dropped           | base    | 2025-08-01 | 2026-08-01
        base dropped           | add-on  | 2025-10-01 | 2027-10-01
        both end inside        | base    | 2025-08-01 | 2026-08-01
        both end inside        | add-on  | 2025-09-01 | 2026-09-01
        last one ends outside  | base    | 2025-08-01 | 2026-08-01
        last one ends outside  | add-on  | 2025-09-27 | 2026-09-27
    """)
    assert churned(view) == {
        "add-on dropped": False, "base dropped": False, "both end inside": True, "last one ends outside": False,
    }  # fmt: skip


def test_a_monthly_contract_churns_when_the_chain_of_its_terms_ends():
    view = contracts("""
        account   | starts_on  | ends_on    | known_at
        goes on   | 2026-06-15 | 2026-07-15 |
        goes on   | 2026-07-15 | 2026-08-15 | 2026-07-15
        goes on   | 2026-08-15 | 2026-09-15 | 2026-08-15
        goes on   | 2026-09-15 | 2026-10-15 | 2026-09-15
        stops     | 2026-06-15 | 2026-07-15 |
        stops     | 2026-07-15 | 2026-08-15 | 2026-07-15
    """)
    assert churned(view) == {"goes on": False, "stops": True}


def test_a_term_that_a_later_version_ends_or_extends_counts_as_it_is_known_in_the_end():
    view = contracts("""
        account            | contract | starts_on  | ends_on    | known_at
        cancelled inside   | c1       | 2024-06-01 |            | 2024-06-01
        cancelled inside   | c1       | 2024-06-01 | 2026-08-01 | 2026-07-20
        cancelled outside  | c2       | 2024-06-01 |            | 2024-06-01
        cancelled outside  | c2       | 2024-06-01 | 2026-09-27 | 2026-07-20
        cut short          | c3       | 2025-12-01 | 2026-12-01 | 2025-12-01
        cut short          | c3       | 2025-12-01 | 2026-08-01 | 2026-07-20
        extended           | c4       | 2025-08-01 | 2026-08-01 | 2025-08-01
        extended           | c4       | 2025-08-01 | 2027-08-01 | 2026-07-20
    """)
    assert churned(view) == {
        "cancelled inside": True, "cancelled outside": False, "cut short": True, "extended": False,
    }  # fmt: skip
    assert churned(view, looked_up=dt.date(2026, 7, 20)) == {
        "cancelled inside": False, "cancelled outside": False, "cut short": False, "extended": True,
    }  # fmt: skip


def test_who_had_gone_before_the_snapshot_without_anybody_knowing_has_no_outcome():
    view = contracts("""
        account         | contract | starts_on  | ends_on    | known_at
        gone before     | c1       | 2024-06-01 |            | 2024-06-01
        gone before     | c1       | 2024-06-01 | 2026-06-10 | 2026-07-05
        gone at T       | c2       | 2024-06-01 |            | 2024-06-01
        gone at T       | c2       | 2024-06-01 | 2026-06-29 | 2026-07-05
    """)
    assert churned(view) == {"gone before": None, "gone at T": True}


def test_a_return_that_is_signed_already_does_not_undo_the_churn_before_it():
    view = contracts("""
        account | starts_on  | ends_on    | known_at
        returns | 2025-07-15 | 2026-07-15 |
        returns | 2026-09-01 | 2027-09-01 | 2026-06-01
    """)
    assert churned(view) == {"returns": True}
