"""When a term was renewed, and for which terms there is something to decide."""

import datetime as dt

from spec.worked_example import contracts, renewed


def test_only_a_live_term_that_ends_inside_the_window_is_a_row():
    view = contracts("""
        account | contract   | starts_on  | ends_on    | known_at
        A       | at T       | 2025-06-29 | 2026-06-29 |
        B       | day 89     | 2025-09-26 | 2026-09-26 |
        C       | day 90     | 2025-09-27 | 2026-09-27 |
        D       | over       | 2025-06-28 | 2026-06-28 |
        E       | open-ended | 2025-06-28 |            |
        F       | known late | 2025-08-01 | 2026-08-01 | 2026-06-29
        G       | not begun  | 2026-06-29 | 2026-08-01 | 2026-06-01
    """)
    assert renewed(view) == {"at T": False, "day 89": False}


def test_a_successor_may_start_after_the_term_started_and_up_to_the_last_day_of_grace():
    view = contracts("""
        account        | contract | starts_on  | ends_on    | known_at
        early          | c1       | 2025-08-01 | 2026-08-01 |
        early          | n1       | 2026-07-20 | 2027-08-01 | 2026-07-10
        without a gap  | c2       | 2025-08-01 | 2026-08-01 |
        without a gap  | n2       | 2026-08-01 | 2027-08-01 | 2026-07-10
        gap of 30 days | c3       | 2025-08-01 | 2026-08-01 |
        gap of 30 days | n3       | 2026-08-31 | 2027-08-01 | 2026-08-31
        gap of 31 days | c4       | 2025-08-01 | 2026-08-01 |
        gap of 31 days | n4       | 2026-09-01 | 2027-08-01 | 2026-08-31
        open-ended     | c5       | 2025-08-01 | 2026-08-01 |
        open-ended     | n5       | 2026-08-01 |            | 2026-07-10
        not longer     | c6       | 2025-08-01 | 2026-08-01 |
        not longer     | n6       | 2026-07-20 | 2026-08-01 | 2026-07-10
    """)
    assert renewed(view) == {"c1": True, "c2": True, "c3": True, "c4": False, "c5": True, "c6": False}


def test_a_change_of_product_is_a_renewal():
    view = contracts("""
        account   | contract | product | starts_on  | ends_on    | known_at
        upgraded  | c1       | basic   | 2025-08-01 | 2026-08-01 |
        upgraded  | n1       | premium | 2026-08-01 | 2027-08-01 | 2026-07-10
    """)
    assert renewed(view) == {"c1": True}


def test_an_add_on_that_goes_on_does_not_save_the_base():
    view = contracts("""
        account  | contract | product | starts_on  | ends_on    | known_at
        A        | base     | base    | 2025-08-01 | 2026-08-01 |
        A        | add-on   | add-on  | 2025-08-01 | 2026-08-01 |
        A        | add-on 2 | add-on  | 2026-08-01 | 2027-08-01 | 2026-07-10
    """)
    assert renewed(view) == {"base": False, "add-on": True}


def test_a_dropped_add_on_is_a_term_not_renewed():
    view = contracts("""
        account  | contract | product | starts_on  | ends_on    | known_at
        A        | base     | base    | 2025-08-01 | 2026-08-01 |
        A        | base 2   | base    | 2026-08-01 | 2027-08-01 | 2026-07-10
        A        | add-on   | add-on  | 2025-08-01 | 2026-08-01 |
    """)
    assert renewed(view) == {"base": True, "add-on": False}


def test_where_products_are_not_known_any_later_term_is_the_successor():
    view = contracts("""
        account  | contract | product | starts_on  | ends_on    | known_at
        A        | c1       |         | 2025-08-01 | 2026-08-01 |
        A        | n1       | base    | 2026-08-01 | 2027-08-01 | 2026-07-10
    """)
    assert renewed(view) == {"c1": True}


def test_a_term_whose_successor_was_known_before_the_snapshot_is_decided():
    view = contracts("""
        account  | contract | starts_on  | ends_on    | known_at
        decided  | c1       | 2025-08-01 | 2026-08-01 |
        decided  | n1       | 2026-08-01 | 2027-08-01 | 2026-06-28 23:59:59
        open     | c2       | 2025-08-01 | 2026-08-01 |
        open     | n2       | 2026-08-01 | 2027-08-01 | 2026-06-29 00:00:00
    """)
    assert renewed(view) == {"c2": True}


def test_a_successor_counts_when_the_outcome_is_looked_up_after_it_was_entered():
    view = contracts("""
        account  | contract | starts_on  | ends_on    | known_at
        late     | c1       | 2025-08-01 | 2026-08-01 |
        late     | n1       | 2026-08-01 | 2027-08-01 | 2026-10-01
    """)
    assert renewed(view, looked_up=dt.date(2026, 10, 1)) == {"c1": False}
    assert renewed(view, looked_up=dt.date(2026, 10, 2)) == {"c1": True}


def test_a_term_of_another_account_renews_nothing():
    view = contracts("""
        account  | contract | starts_on  | ends_on    | known_at
        A        | c1       | 2025-08-01 | 2026-08-01 |
        B        | n1       | 2026-08-01 | 2027-08-01 | 2026-07-10
    """)
    assert renewed(view) == {"c1": False}


def test_a_term_that_a_later_version_extends_was_renewed():
    view = contracts("""
        account     | contract  | starts_on  | ends_on    | known_at
        extended    | longer    | 2025-08-01 | 2026-08-01 | 2025-08-01
        extended    | longer    | 2025-08-01 | 2027-08-01 | 2026-07-20
        open-ended  | for ever  | 2025-08-01 | 2026-08-01 | 2025-08-01
        open-ended  | for ever  | 2025-08-01 |            | 2026-07-20
        confirmed   | as before | 2025-08-01 | 2026-08-01 | 2025-08-01
        confirmed   | as before | 2025-08-01 | 2026-08-01 | 2026-07-20
        cut short   | shorter   | 2025-09-01 | 2026-09-01 | 2025-08-01
        cut short   | shorter   | 2025-09-01 | 2026-08-01 | 2026-07-20
    """)
    assert renewed(view) == {"longer": True, "for ever": True, "as before": False, "shorter": False}
    assert renewed(view, looked_up=dt.date(2026, 7, 20)) == dict.fromkeys(["longer", "for ever", "as before", "shorter"], False)


def test_a_change_of_product_may_overlap_the_old_term_by_the_grace_period():
    view = contracts("""
        account      | contract | product | starts_on  | ends_on    | known_at
        overlapping  | o1       | basic   | 2025-08-01 | 2026-08-01 |
        overlapping  | o2       | premium | 2026-07-20 | 2027-07-20 | 2026-07-18
        long held    | l1       | basic   | 2025-08-01 | 2026-08-01 |
        long held    | l2       | premium | 2025-12-01 | 2026-12-01 |
    """)
    assert renewed(view) == {"o1": True, "l1": False}
