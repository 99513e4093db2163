"""Lifecycle stages and tiers: declared rules, with their boundaries."""

import numpy as np
import pytest
from spec.text_tables import rows
from spec.worked_example import T, contracts, usage

from renewcast.lifecycle.stages import lifecycle_stage
from renewcast.params import TiersSection
from renewcast.segments.tiers import tier

STAGES = """
    days since start | days to the end | stage
    0                | 400             | onboarding
    89               | 400             | onboarding
    90               | 400             | growth
    269              | 400             | growth
    270              | 400             | steady
    3000             | 400             | steady
    300              | 91              | steady
    300              | 90              | renewal
    300              | 0               | renewal
    # renewal comes before the stages of youth
    10               | 90              | renewal
    100              | 20              | renewal
    # open-ended cover has no end, and who never began is steady
    10               |                 | onboarding
    300              |                 | steady
                     |                 | steady
                     | 30              | renewal
    # the last term ended some days ago
    400              | -90             | renewal
"""
TIERS = """
    arr    | growth | advocacy | tier
    60000  | 0      | 1        | benchmark
    59999  | 0      | 1        | ordinary
    60000  | 0      | 0        | ordinary
    60000  | 0.1    | 0        | value_add
    60000  | 0.5    | 1        | benchmark
    1000   | 0.1    | 0        | value_add
    1000   | 0.099  | 5        | ordinary
    1000   | -0.2   | 0        | ordinary
    # new accounts have no growth, businesses without contracts no ARR
    1000   |        | 0        | ordinary
    90000  |        | 1        | benchmark
           |        | 3        | ordinary
"""


def number(text):
    return np.nan if text is None else float(text)


@pytest.mark.parametrize("row", rows(STAGES), ids=lambda row: " ".join(str(value) for value in row.values()))
def test_the_lifecycle_stage_follows_from_two_numbers_of_days(row):
    found = lifecycle_stage([number(row["days since start"])], [number(row["days to the end"])])
    assert found.tolist() == [row["stage"]]


@pytest.mark.parametrize("row", rows(TIERS), ids=lambda row: " ".join(str(value) for value in row.values()))
def test_the_tier_follows_from_revenue_growth_and_advocacy(row):
    policy = TiersSection(benchmark_min_arr=60_000, benchmark_min_advocacy=1, value_add_min_arr_growth=0.1, keep_margin=0.1)
    found = tier([number(row["arr"])], [number(row["growth"])], [number(row["advocacy"])], policy)
    assert found.tolist() == [row["tier"]]


def test_days_since_the_start_count_from_the_first_term_that_is_known():
    view = contracts("""
        account    | starts_on  | ends_on    | known_at
        long ago   | 2025-01-01 | 2026-01-01 |
        long ago   | 2026-01-01 | 2027-01-01 |
        just begun | 2026-06-28 | 2027-06-28 |
    """)
    accounts = view.population([T])["account_id"]
    assert dict(zip(accounts, view.days_since_start(accounts, T), strict=True)) == {"long ago": 544, "just begun": 1}


def test_without_contracts_days_since_the_start_count_from_the_sign_up():
    view = usage("""
        account | occurred_at
        A       | 2026-06-01 00:00:00
    """)
    accounts = view.population([T], target="inactivity")["account_id"]
    assert view.days_since_start(accounts, T).tolist() == [910]  # signed up on 2024-01-01
