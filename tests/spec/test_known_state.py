"""The digest of what was known: later knowledge leaves it alone, a rewritten past does not."""

import datetime as dt

import pytest
from spec.signals_example import company
from spec.worked_example import contracts

from renewcast.datasets.known_state import known_digests, known_state
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


def digest(more: str = "", *, instead: tuple[str, str] = ("", ""), day: dt.date = DAY) -> str:
    (told,) = known_digests(contracts((THEN + more).replace(*instead)), [day])
    return told


@pytest.mark.parametrize(
    "more",
    [
        "A | three | 2026-07-01 | 2027-06-30 | 300 | 2026-06-29",
        "A | one | 2026-01-01 | 2026-12-31 | 150 | 2026-07-10",
    ],
)
def test_a_day_has_the_digest_of_its_own_knowledge(more):
    assert digest(more) == digest()
    assert digest(more, day=dt.date(2026, 7, 13)) != digest(day=dt.date(2026, 7, 13))


@pytest.mark.parametrize(
    ("more", "instead"),
    [
        ("", ("| 200 |", "| 201 |")),
        ("", ("2025-12-20", "2025-12-21")),
        ("A | three | 2026-03-01 | 2027-02-28 | 300 | 2026-02-20", ("", "")),
        ("A | one | 2026-01-01 | 2026-12-31 | 150 | 2026-06-28", ("", "")),
    ],
)
def test_a_rewritten_past_changes_the_digest(more, instead):
    assert digest(more, instead=instead) != digest()


@pytest.mark.parametrize(("paid_on", "is_told_in_june"), [("2026-07-06", False), ("2026-06-06", True)])
def test_what_is_filled_in_later_counts_from_then(paid_on, is_told_in_june):
    """An invoice that is paid in July is the same unpaid invoice in June."""
    days = [DAY, dt.date(2026, 7, 13)]

    def told(paid_on):
        invoices = f"account | issued_on | due_on | paid_on | amount\nA | 2026-05-01 | 2026-06-01 | {paid_on} | 100"
        invoices += "\nA | 2026-01-01 | 2026-02-01 | 2026-01-09 | 100"
        contracts = "account | starts_on | ends_on\nA | 2026-01-01 | 2026-12-31"
        return known_digests(company(contracts=contracts, invoices=invoices), days)

    june, july = zip(told(""), told(paid_on), strict=True)
    assert (june[0] != june[1]) == is_told_in_june
    assert july[0] != july[1]
