"""What a month of recurring revenue is, and what its changes are called; the examples are the manual."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from spec.worked_example import contracts

from renewcast.errors import RenewcastError
from renewcast.params import RevenueSection
from renewcast.revenue.churned import compare
from renewcast.revenue.ledger import build_ledger
from renewcast.revenue.versions import contract_versions

AS_OF = dt.date(2026, 6, 1)


def section_of(view, **definition) -> RevenueSection:
    chosen = view.params.revenue.model_dump(mode="json")
    chosen["definition"] |= definition
    return RevenueSection.model_validate(chosen)


def ledger(view, *, as_of=AS_OF, zone="UTC", heads=None, **chosen):
    versions = contract_versions(view, as_of)
    return build_ledger(versions, as_of, section_of(view, **chosen), zone=zone, heads=heads)


def moves(view, **chosen) -> dict:
    """{account: "new 2026-01 +100, churn 2026-03 -100"} of every month in which something changed."""
    rows = ledger(view, **chosen).frame()
    rows = rows[rows["movement"] != "none"]
    told = {}
    for row in rows.itertuples():
        unit = row.account_id if "product" not in rows.columns else f"{row.account_id}/{row.product}"
        change = f"{row.movement} {row.month:%Y-%m} {row.change_cents / 100:+g}"
        told[unit] = f"{told[unit]}, {change}" if unit in told else change
    return told


def test_a_month_is_what_is_paid_on_its_last_day():
    view = contracts("""
        account      | starts_on  | ends_on    | mrr
        ends on last | 2026-01-10 | 2026-03-31 | 100
        ends on first| 2026-01-10 | 2026-04-01 | 100
        starts last  | 2026-01-31 | 2026-07-01 | 100
        open-ended   | 2026-02-01 |            | 100
        annual       | 2026-01-01 | 2027-01-01 | 99.99
        within       | 2026-02-02 | 2026-02-20 | 100
    """)
    assert moves(view) == {
        "ends on last": "new 2026-01 +100, churn 2026-03 -100",
        "ends on first": "new 2026-01 +100, churn 2026-04 -100",
        "starts last": "new 2026-01 +100",
        "open-ended": "new 2026-02 +100",
        "annual": "new 2026-01 +99.99",
    }


def test_terms_count_once_however_they_overlap():
    view = contracts("""
        account     | product | starts_on  | ends_on    | mrr
        early       | base    | 2026-01-01 | 2026-04-10 | 100
        early       | base    | 2026-03-20 | 2027-04-10 | 130
        co-term     | base    | 2026-01-01 | 2027-01-01 | 100
        co-term     | add-on  | 2026-03-05 | 2027-01-01 |  25
        add seats   | base    | 2026-01-01 | 2027-01-01 | 100
        add seats   | base    | 2026-03-05 | 2027-01-01 |  20
        shorter     | base    | 2026-01-01 | 2027-01-01 | 100
        shorter     | base    | 2026-02-05 | 2026-04-05 |  30
        same day    | base    | 2026-01-01 | 2026-05-01 | 100
        same day    | base    | 2026-01-01 | 2027-05-01 |  50
    """)
    assert moves(view) == {
        "early": "new 2026-01 +100, expansion 2026-03 +30",
        "co-term": "new 2026-01 +100, expansion 2026-03 +25",
        "add seats": "new 2026-01 +100, expansion 2026-03 +20",
        "shorter": "new 2026-01 +100, expansion 2026-02 +30, contraction 2026-04 -30",
        "same day": "new 2026-01 +150, contraction 2026-05 -100",
    }


def test_late_paperwork_is_no_movement_and_a_longer_gap_is_churn_and_a_return():
    view = contracts("""
        account        | product | starts_on  | ends_on    | mrr
        30 days        | base    | 2025-06-01 | 2026-01-20 | 100
        30 days        | base    | 2026-02-19 | 2027-01-01 | 120
        31 days        | base    | 2025-06-01 | 2026-01-20 | 100
        31 days        | base    | 2026-02-20 | 2027-01-01 | 120
        one of two     | base    | 2025-06-01 | 2027-01-20 | 100
        one of two     | add-on  | 2025-06-01 | 2026-01-20 |  10
        one of two     | add-on  | 2026-02-10 | 2027-01-20 |  15
        other product  | base    | 2025-06-01 | 2026-01-20 | 100
        other product  | premium | 2026-02-10 | 2027-01-20 | 200
    """)
    assert moves(view) == {
        "30 days": "new 2025-06 +100, expansion 2026-01 +20",
        "31 days": "new 2025-06 +100, churn 2026-01 -100, reactivation 2026-02 +120",
        "one of two": "new 2025-06 +110, expansion 2026-01 +5",
        "other product": "new 2025-06 +100, expansion 2026-01 +100",
    }


def test_a_pause_is_churn_or_none_as_the_definition_says():
    view = contracts("""
        account    | starts_on  | ends_on    | mrr
        60 days    | 2025-06-01 | 2026-01-20 | 100
        60 days    | 2026-03-21 | 2027-01-01 | 100
        for free   | 2025-06-01 | 2026-01-20 | 100
        for free   | 2026-01-20 | 2026-03-21 |   0
        for free   | 2026-03-21 | 2027-01-01 | 100
        never paid | 2025-06-01 | 2026-04-01 |   0
        pilot      | 2025-06-01 | 2026-01-20 |   0
        pilot      | 2026-01-20 | 2027-01-20 |  80
    """)
    back = "new 2025-06 +100, churn 2026-01 -100, reactivation 2026-03 +100"
    paused = "new 2025-06 +100, contraction 2026-01 -100, expansion 2026-03 +100"
    pilot = "new 2026-01 +80"
    assert moves(view) == {"60 days": back, "for free": paused, "pilot": pilot}
    assert moves(view, pause_days=60) == {"60 days": paused, "for free": paused, "pilot": pilot}
    assert moves(view, pause_days=59) == {"60 days": back, "for free": paused, "pilot": pilot}
    assert moves(view, unpaid_cover="churned") == {"60 days": back, "for free": back, "pilot": pilot}


def test_seats_bought_within_a_term_count_from_the_day_on_which_they_were_told_and_mistakes_from_the_start():
    view = contracts("""
        account    | contract | starts_on  | ends_on    | mrr | known_at
        more seats | c1       | 2026-01-01 | 2027-01-01 | 100 | 2025-12-20
        more seats | c1       | 2026-01-01 | 2027-01-01 | 150 | 2026-03-31 10:00:00
        mistake    | c2       | 2026-01-01 | 2027-01-01 | 100 | 2025-12-20
        mistake    | c2       | 2026-01-01 | 2027-01-01 | 150 | 2026-01-31 10:00:00
        late entry | c3       | 2026-01-01 | 2027-01-01 | 100 | 2026-02-10
        late entry | c3       | 2026-01-01 | 2027-01-01 | 150 | 2026-03-10
        cut short  | c4       | 2026-01-01 | 2027-01-01 | 100 | 2025-12-20
        cut short  | c4       | 2026-01-01 | 2026-04-15 | 100 | 2026-03-10
    """)
    assert moves(view) == {
        "more seats": "new 2026-01 +100, expansion 2026-03 +50",
        "mistake": "new 2026-01 +150",
        "late entry": "new 2026-01 +150",
        "cut short": "new 2026-01 +100, churn 2026-04 -100",
    }
    # The same instant is the first of April in Shanghai.
    assert moves(view, zone="Asia/Tokyo")["more seats"] == "new 2026-01 +100, expansion 2026-03 +50"
    late = contracts("""
        account    | contract | starts_on  | ends_on    | mrr | known_at
        more seats | c1       | 2026-01-01 | 2027-01-01 | 100 | 2025-12-20
        more seats | c1       | 2026-01-01 | 2027-01-01 | 150 | 2026-03-31 20:00:00
    """)
    assert moves(late) == {"more seats": "new 2026-01 +100, expansion 2026-03 +50"}
    assert moves(late, zone="Asia/Shanghai") == {"more seats": "new 2026-01 +100, expansion 2026-04 +50"}


def test_only_what_was_known_before_the_day_counts_and_only_months_that_were_over():
    view = contracts("""
        account | starts_on  | ends_on    | mrr | known_at
        A       | 2026-01-01 | 2026-04-10 | 100 | 2025-12-20
        A       | 2026-04-10 | 2027-04-10 | 130 | 2026-05-05
    """)
    april = ledger(view, as_of=dt.date(2026, 5, 4)).frame().iloc[-1]
    assert (april["month"], april["movement"], april["is_settled"]) == (pd.Timestamp("2026-04-01"), "churn", False)
    assert april["known_at"] == pd.Timestamp("2026-05-01")
    again = ledger(view, as_of=dt.date(2026, 5, 11)).frame().iloc[-1]
    assert (again["movement"], again["change_cents"], again["is_settled"]) == ("expansion", 3000, True)
    assert again["known_at"] == pd.Timestamp("2026-05-05")
    # A month ends in the zone of the project: on 1 May in London April is over in Shanghai and not in New York.
    first = dt.date(2026, 5, 1)
    assert [str(ledger(view, as_of=first, zone=zone).months[-1]) for zone in ("UTC", "Asia/Shanghai", "America/New_York")] == [
        "2026-04", "2026-04", "2026-03"
    ]  # fmt: skip


def test_foreign_money_is_counted_at_the_stated_rate_and_refused_without_one():
    text = """
        account | starts_on  | ends_on    | mrr    | currency
        home    | 2026-01-01 | 2027-01-01 | 100.01 |
        euro    | 2026-01-01 | 2027-01-01 | 100.01 | EUR
        dollar  | 2026-01-01 | 2027-01-01 | 100.01 | USD
        half    | 2026-01-01 | 2027-01-01 |   0.10 | usd
        pound   | 2026-01-01 | 2027-01-01 | 100.01 | GBP
    """
    assert moves(contracts(text, rates={"USD": 0.95, "GBP": 1.234567})) == {
        "dollar": "new 2026-01 +95.01",  # 95.0095
        "euro": "new 2026-01 +100.01",
        "half": "new 2026-01 +0.1",  # 0.095: half a cent goes up
        "home": "new 2026-01 +100.01",
        "pound": "new 2026-01 +123.47",  # 123.4690...
    }
    with pytest.raises(RenewcastError, match=r"1 rows are in GBP, the project in EUR; say under revenue\.rates\.per_unit what"):
        contracts(text, rates={"USD": 0.95})


def test_who_churns_is_the_account_its_product_or_its_group():
    view = contracts("""
        account | product | starts_on  | ends_on    | mrr
        A       | base    | 2025-06-01 | 2026-01-20 | 100
        A       | add-on  | 2025-06-01 | 2026-03-20 |  10
        B       | base    | 2025-06-01 | 2027-01-20 |  50
    """)
    heads = {"A": "A", "B": "A"}
    assert moves(view) == {"A": "new 2025-06 +110, contraction 2026-01 -100, churn 2026-03 -10", "B": "new 2025-06 +50"}
    assert moves(view, level="product") == {
        "A/base": "new 2025-06 +100, churn 2026-01 -100",
        "A/add-on": "new 2025-06 +10, churn 2026-03 -10",
        "B/base": "new 2025-06 +50",
    }
    assert moves(view, level="parent", heads=heads) == {
        "A": "new 2025-06 +160, contraction 2026-01 -100, contraction 2026-03 -10"
    }


FLIPPING = """
    account   | product | starts_on  | ends_on    | mrr
    late      | base    | 2025-06-01 | 2026-01-20 | 100
    late      | base    | 2026-03-01 | 2027-01-01 | 100
    keeps     | base    | 2025-06-01 | 2026-01-20 |  90
    keeps     | add-on  | 2025-06-01 | 2027-01-20 |  10
    free      | base    | 2025-06-01 | 2026-01-20 |  80
    free      | base    | 2026-01-20 | 2027-01-20 |   0
    daughter  | base    | 2025-06-01 | 2026-01-20 |  70
    mother    | base    | 2025-06-01 | 2027-01-20 |  60
    gone      | base    | 2025-06-01 | 2026-01-20 |  50
"""


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({}, {}),
        ({"grace_days": 40}, {"late": "back after 40 days, within the grace of 40"}),
        ({"pause_days": 90}, {"late": "paused for 40 days, within the 90 that are no churn"}),
        ({"level": "product"}, {"keeps": "the account keeps add-on"}),
        ({"unpaid_cover": "churned"}, {"free": "cover that costs nothing goes on"}),
        ({"level": "parent"}, {"daughter": "mother of the same group stays"}),
        (
            {"level": "product", "grace_days": 60},
            {"keeps": "the account keeps add-on", "late": "back after 40 days, within the grace of 60"},
        ),
    ],
    ids=str,
)
def test_another_definition_is_told_with_every_account_that_it_flips_and_why(change, told):
    view = contracts(FLIPPING)
    here = section_of(view)
    heads = {name: name for name in ("late", "keeps", "free", "gone")} | {"mother": "daughter", "daughter": "daughter"}
    shared = {"zone": "UTC", "heads": heads, "language": "en"}
    found = compare(contract_versions(view, AS_OF), AS_OF, here, section_of(view, **change).definition, **shared)
    assert dict(zip(found.flips["account_id"], found.flips["reason"], strict=True)) == told
    assert (found.flips["ended_on"] == pd.Timestamp("2026-01-20")).all()
    assert found.churned_there - found.churned_here == np.sum(~found.flips["churned_here"]) - np.sum(found.flips["churned_here"])
    chinese = compare(
        contract_versions(view, AS_OF), AS_OF, here, section_of(view, **change).definition, **shared | {"language": "zh"}
    )
    assert all(any("\u4e00" <= letter <= "\u9fff" for letter in reason) for reason in chinese.flips["reason"])
