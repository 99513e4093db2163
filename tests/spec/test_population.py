"""Who is in scope at a snapshot, and who of them is scored."""

import pandas as pd
from spec.worked_example import contracts, population, scored, usage


def test_a_term_is_live_from_the_day_after_it_starts_through_the_day_on_which_it_ends():
    view = contracts("""
        account       | starts_on  | ends_on    | known_at
        begun before  | 2026-06-28 | 2027-06-28 |
        begins at T   | 2026-06-29 | 2027-06-29 |
        begins later  | 2026-07-06 | 2027-07-06 | 2026-06-01
        ends later    | 2025-06-30 | 2026-06-30 |
        ends at T     | 2025-06-29 | 2026-06-29 |
        open-ended    | 2020-01-01 |            |
    """)
    assert population(view) == {
        "begun before": "scored",
        "ends later": "scored",
        "ends at T": "scored",
        "open-ended": "scored",
    }


def test_an_account_stays_in_scope_through_the_grace_period_but_is_no_longer_scored():
    view = contracts("""
        account        | starts_on  | ends_on
        over by 1 day  | 2025-06-28 | 2026-06-28
        over by 29     | 2025-05-31 | 2026-05-31
        over by 30     | 2025-05-30 | 2026-05-30
        over by 31     | 2025-05-29 | 2026-05-29
    """)
    assert population(view) == {
        "over by 1 day": "term_over:2026-06-28",
        "over by 29": "term_over:2026-05-31",
        "over by 30": "term_over:2026-05-30",
    }


def test_paperwork_counts_from_when_it_was_entered():
    view = contracts("""
        account          | starts_on  | ends_on    | known_at
        entered in time  | 2025-06-20 | 2026-06-20 |
        entered in time  | 2026-06-20 | 2027-06-20 | 2026-06-28 23:59:59
        entered at T     | 2025-06-20 | 2026-06-20 |
        entered at T     | 2026-06-20 | 2027-06-20 | 2026-06-29 00:00:00
        all too late     | 2026-06-20 | 2027-06-20 | 2026-06-29 00:00:00
    """)
    assert population(view) == {"entered in time": "scored", "entered at T": "term_over:2026-06-20"}


def test_a_signed_term_keeps_an_account_in_scope_across_a_gap():
    view = contracts("""
        account       | starts_on  | ends_on    | known_at
        signed        | 2025-05-01 | 2026-05-01 |
        signed        | 2026-08-01 | 2027-08-01 | 2026-06-01
        signed openly | 2025-05-01 | 2026-05-01 |
        signed openly | 2026-08-01 |            | 2026-06-01
        signed at T   | 2025-05-01 | 2026-05-01 |
        signed at T   | 2026-08-01 | 2027-08-01 | 2026-06-29
    """)
    assert population(view) == {"signed": "between_terms", "signed openly": "between_terms"}


def test_a_later_version_of_a_term_replaces_the_earlier_one_from_when_it_was_entered():
    view = contracts("""
        account              | contract | starts_on  | ends_on    | known_at
        cancelled            | c1       | 2024-06-01 |            | 2024-06-01
        cancelled            | c1       | 2024-06-01 | 2026-06-10 | 2026-06-10
        cancelled long ago   | c2       | 2024-06-01 |            | 2024-06-01
        cancelled long ago   | c2       | 2024-06-01 | 2026-04-01 | 2026-06-10
        cancelled too late   | c3       | 2024-06-01 |            | 2024-06-01
        cancelled too late   | c3       | 2024-06-01 | 2026-06-10 | 2026-06-29
        extended             | c4       | 2024-06-01 | 2026-06-01 | 2024-06-01
        extended             | c4       | 2024-06-01 | 2027-06-01 | 2026-05-20
    """)
    assert population(view) == {"cancelled": "term_over:2026-06-10", "cancelled too late": "scored", "extended": "scored"}


def test_an_account_is_in_scope_only_once_it_is_known():
    view = contracts(
        """
        account | starts_on  | ends_on    | known_at
        early   | 2026-01-01 | 2027-01-01 | 2026-01-01
        at T    | 2026-01-01 | 2027-01-01 | 2026-01-01
        """,
        accounts="""
        account | known_at
        early   | 2026-06-28 23:59:59
        at T    | 2026-06-29 00:00:00
        """,
    )
    assert population(view) == {"early": "scored"}


def test_who_is_covered_past_the_horizon_cannot_churn_inside_it():
    view = contracts("""
        account            | starts_on  | ends_on    | known_at
        last day inside    | 2025-09-26 | 2026-09-26 |
        first day outside  | 2025-09-27 | 2026-09-27 |
        renewed early      | 2025-07-15 | 2026-07-15 |
        renewed early      | 2026-07-15 | 2027-07-15 | 2026-06-01
        open-ended         | 2025-09-27 |            |
        signed after a gap | 2025-07-15 | 2026-07-15 |
        signed after a gap | 2026-09-01 | 2027-09-01 | 2026-06-01
    """)
    assert dict(scored(view)[["account_id", "gated"]].values) == {
        "last day inside": False,
        "first day outside": True,
        "renewed early": True,
        "open-ended": False,
        "signed after a gap": False,
    }


def test_the_renewal_date_is_the_nearest_end_that_is_not_decided_and_revenue_is_that_of_live_terms():
    view = contracts("""
        account         | product | starts_on  | ends_on    | mrr | known_at
        base and add-on | base    | 2025-09-01 | 2026-09-01 | 100 |
        base and add-on | add-on  | 2025-08-01 | 2026-08-01 | 20  |
        decided         | base    | 2025-07-15 | 2026-07-15 | 100 |
        decided         | base    | 2026-07-15 | 2027-07-15 | 150 | 2026-06-01
        half decided    | base    | 2025-09-01 | 2026-09-01 | 100 |
        half decided    | add-on  | 2025-08-01 | 2026-08-01 | 20  |
        half decided    | add-on  | 2026-08-01 | 2027-08-01 | 20  | 2026-06-01
        open-ended      | base    | 2025-09-01 |            | 100 |
    """)
    frame = scored(view).set_index("account_id")
    dates = frame["next_renewal_on"].dt.strftime("%Y-%m-%d").fillna("nothing to decide")
    assert dates.to_dict() == {
        "base and add-on": "2026-08-01",
        "decided": "nothing to decide",
        "half decided": "2026-09-01",
        "open-ended": "nothing to decide",
    }
    assert frame["mrr"].to_dict() == {"base and add-on": 120, "decided": 100, "half decided": 120, "open-ended": 100}


def test_without_contracts_the_population_is_who_was_active_of_late():
    view = usage("""
        account      | occurred_at         | known_at
        yesterday    | 2026-06-28 23:59:59 |
        at T         | 2026-06-29 00:00:00 |
        told late    | 2026-06-20 12:00:00 | 2026-06-29 00:00:00
        180 days ago | 2025-12-31 00:00:00 |
        a bit longer | 2025-12-30 23:59:59 |
        came back    | 2025-01-01 00:00:00 |
        came back    | 2026-06-01 00:00:00 |
    """)
    assert population(view, "inactivity") == {"yesterday": "scored", "180 days ago": "scored", "came back": "scored"}
    assert pd.isna(scored(view, "inactivity")["next_renewal_on"]).all()
