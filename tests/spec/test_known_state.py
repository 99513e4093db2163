"""The digest of what was known: later knowledge leaves it alone, a rewritten past does not."""

import datetime as dt

import pytest
from spec.worked_example import contracts

from renewcast.datasets.known_state import known_state
from renewcast.replay.causes import rewritten

DAY = dt.date(2026, 6, 29)
THEN = """
    account | contract | starts_on  | ends_on    | mrr | known_at
    A       | one      | 2026-01-01 | 2026-12-31 | 100 | 2025-12-20
    B       | two      | 2026-02-01 | 2027-01-31 | 200 | 2026-01-20
"""


def state(more: str = "", *, instead: tuple[str, str] = ("", "")):
    return known_state(contracts((THEN + more).replace(*instead)), DAY)


@pytest.mark.parametrize(
    "more",
    [
        "C | three | 2026-07-01 | 2027-06-30 | 300 | 2026-06-29",  # known at the very instant: a day too late
        "A | one | 2026-01-01 | 2026-12-31 | 150 | 2026-07-10",  # a later version of what was known
    ],
)
def test_what_becomes_known_later_changes_nothing(more):
    accounts = state()["accounts"]
    told = state(more)
    assert told["contracts"] == state()["contracts"]
    # The worked example invents an account with its first term; those of A and B are the same rows.
    assert all(told["accounts"][month] for month in accounts)


@pytest.mark.parametrize(
    ("more", "instead", "month"),
    [
        ("", ("| 200 |", "| 201 |"), "2026-01"),  # a value
        ("", ("2025-12-20", "2025-12-21"), "2025-12"),  # when it became known
        ("C | three | 2026-03-01 | 2027-02-28 | 300 | 2026-02-20", ("", ""), "2026-02"),  # a row that nobody had
        ("A | one | 2026-01-01 | 2026-12-31 | 150 | 2026-06-28", ("", ""), "2025-12 to 2026-06"),  # a version, dated back
    ],
)
def test_a_rewritten_past_is_named_by_table_and_month(more, instead, month):
    told = {one["table"]: one["said"] for one in rewritten(state(), state(more, instead=instead))}
    assert f"of rows that became known in {month} (" in told["contracts"]


def test_the_order_of_rows_is_no_matter():
    lines = THEN.strip().splitlines()
    assert known_state(contracts("\n".join([lines[0], lines[2], lines[1]])), DAY)["contracts"] == state()["contracts"]
