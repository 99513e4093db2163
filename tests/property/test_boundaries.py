"""One microsecond before, at and after every cut: each time of each source, and both ends of every window.

Each case is an account of its own with one planted fact, so that all of them are built at once.
"""

import datetime as dt
import decimal
import math

import pytest
from generated_company import DAY, FIRST, Generated

from renewcast.audit.frames import differing
from renewcast.audit.futures import rows_of
from renewcast.audit.oracle import replay
from renewcast.sources import CONTRACTS

AS_OF = FIRST + 70 * DAY
MICROSECOND = dt.timedelta(microseconds=1)
LONG_AGO, LATELY = AS_OF - 600 * DAY, AS_OF - 3 * DAY
SHIFTS = (-1, 0, 1)


def day(instant: dt.datetime) -> dt.date:
    return instant.date()


FACTS = {
    "accounts": {"name": "Acme", "signed_up_at": LONG_AGO, "industry": "law"},
    "contracts": {
        "contract_id": "c", "product": "core", "starts_on": day(LATELY), "ends_on": day(AS_OF + 50 * DAY), "seats": 5,
        "mrr": decimal.Decimal("10.00"), "discount": 0.1,
    },
    "usage": {
        "user_id": "u", "occurred_at": LATELY, "module": "core", "action": "open", "is_value_action": True, "event_id": "e",
    },
    "users": {"user_id": "u", "role": "key_user", "department": "it", "joined_at": LATELY},
    "tickets": {
        "ticket_id": "t", "opened_at": LATELY, "first_response_at": LATELY, "resolved_at": LATELY, "severity": "high",
        "picked_up": True, "first_contact_resolved": True, "csat": 4.0,
    },
    "invoices": {
        "invoice_id": "i", "issued_on": day(LATELY), "due_on": day(LATELY), "paid_on": day(LATELY + DAY),
        "amount": decimal.Decimal("7.00"),
    },
    "feedback": {"user_id": "u", "kind": "nps", "score": 9.0, "occurred_at": LATELY},
    "touchpoints": {"occurred_at": LATELY, "kind": "business_review", "willingness": 1},
    "milestones": {"milestone": "m", "kind": "customer", "due_on": day(LATELY), "achieved_at": LATELY},
    "plays": {"play_id": "p", "play": "call", "started_at": LATELY, "finished_at": LATELY, "verdict": "saved"},
}  # fmt: skip
"""A fact of each source that a snapshot sees three days later."""
OTHER = {
    "accounts": {"industry": "tech"}, "contracts": {"mrr": decimal.Decimal("99.00")}, "usage": {"is_value_action": False},
    "users": {"role": "member"}, "tickets": {"severity": "low"}, "invoices": {"amount": decimal.Decimal("8.00")},
    "feedback": {"score": 2.0}, "touchpoints": {"willingness": -2}, "milestones": {"kind": "functional"}, "plays": {},
}  # fmt: skip
"""What another version of it says."""

WHEN_IT_HAPPENS = [
    ("accounts", "signed_up_at", {}, "tenure_days", (0, 0, -1)),
    ("contracts", "starts_on", {}, "live_terms", (1, 0, 0)),
    ("contracts", "starts_on", {}, "seats", (5, 0, 0)),
    ("contracts", "ends_on", {}, "live_terms", (0, 1, 1)),
    ("contracts", "ends_on", {}, "seats", (0, 5, 5)),
    ("usage", "occurred_at", {}, "usage_events_7d", (1, 0, 0)),
    ("usage", "occurred_at", {}, "days_since_last_use", (0, math.nan, math.nan)),
    ("users", "joined_at", {}, "users_on_roster", (1, 0, 0)),
    ("users", "left_at", {}, "users_on_roster", (0, 1, 1)),
    ("users", "left_at", {}, "users_left_7d", (1, 0, 0)),
    ("tickets", "opened_at", {"first_response_at": None, "resolved_at": None}, "open_tickets", (1, 0, 0)),
    ("tickets", "first_response_at", {}, "pick_up_rate_91d", (1, math.nan, math.nan)),
    ("tickets", "resolved_at", {}, "open_tickets", (0, 1, 1)),
    ("tickets", "resolved_at", {}, "csat_mean_91d", (4, math.nan, math.nan)),
    ("invoices", "issued_on", {"due_on": None, "paid_on": None}, "invoices_issued_7d", (1, 0, 0)),
    ("invoices", "due_on", {"paid_on": None}, "invoices_overdue", (1, 0, 0)),
    ("invoices", "paid_on", {}, "invoices_overdue", (0, 1, 1)),
    ("invoices", "paid_on", {}, "invoices_paid_late_7d", (1, 0, 0)),
    ("feedback", "occurred_at", {}, "nps_last", (9, math.nan, math.nan)),
    ("touchpoints", "occurred_at", {}, "touchpoints_7d", (1, 0, 0)),
    ("milestones", "due_on", {"achieved_at": None}, "milestones_overdue", (1, 0, 0)),
    ("milestones", "achieved_at", {}, "milestones_overdue", (0, 1, 1)),
    ("milestones", "achieved_at", {}, "milestones_reached_7d", (1, 0, 0)),
]
"""Source, time, what else differs from its fact, feature, and what it is before, at and after the snapshot (days, for dates)."""

IN_A_WINDOW = [
    ("usage", "occurred_at", "usage_events"),
    ("usage", "occurred_at", "active_users"),
    ("usage", "occurred_at", "active_days"),
    ("usage", "occurred_at", "value_action_share"),
    ("tickets", "opened_at", "tickets_opened"),
    ("tickets", "resolved_at", "tickets_resolved"),
    ("invoices", "issued_on", "invoices_issued"),
    ("invoices", "paid_on", "invoices_paid_late"),
    ("feedback", "occurred_at", "feedback_answers"),
    ("touchpoints", "occurred_at", "touchpoints"),
    ("milestones", "achieved_at", "milestones_reached"),
    ("users", "left_at", "users_left"),
]
"""Source, time and stem of a feature that is 1 where its one fact lies inside the window, 0 or missing where it does not."""
WINDOWS = (7, 28, 91)
TRENDS = [
    ("active_users_trend_7d", 14, (0.0, math.log(1 / 2), math.log(1 / 2))),
    ("active_users_trend_7d", 7, (math.log(1 / 2), math.log(2), math.log(2))),
    ("usage_events_trend_7d", 28, (0.0, math.log(1 / (1 + 7 / 21)), math.log(1 / (1 + 7 / 21)))),
    ("usage_events_trend_7d", 7, (math.log(1 / (1 + 7 / 21)), math.log(2), math.log(2))),
    ("active_days_trend_28d", 91, (0.0, math.log(1 / (1 + 28 / 63)), math.log(1 / (1 + 28 / 63)))),
]
"""A trend's two windows: feature, how long before the snapshot one of them begins, and the feature around that instant."""


class Cases:
    """Accounts of one company, each with one planted fact."""

    def __init__(self):
        self.tables = {name: [] for name in CONTRACTS}
        self.number = {}

    def add(self, name, table: str, *versions: dict) -> None:
        """Plant versions of the fact of a table, once for each name."""
        if name in self.number:
            return
        account = f"account {len(self.number)}"
        self.number[name] = len(self.number)
        if table != "accounts" or not versions:
            self._put("accounts", account, {"known_at": LONG_AGO})
        for version in versions:
            self._put(table, account, version)

    def _put(self, table, account, version):
        blank = dict.fromkeys(CONTRACTS[table].staged_columns)
        row = blank | FACTS[table] | {"account_id": account} | version
        if table == "contracts":
            row["contract_id"] = f"{account}/c"
        self.tables[table].append(row)

    def build(self, folder):
        """Build the rows of all cases."""
        generated = Generated(self.tables, [(f"account {place}", AS_OF) for place in range(len(self.number))])
        company, panel = generated.company(folder), generated.panel()
        assert replay(company, panel) == (len(panel), []), "the oracle differs"
        with company.opened() as view:
            rows = rows_of(view, panel)
        return lambda name: rows.iloc[[self.number[name]]].drop(columns="population.next_contract_id").reset_index(drop=True)


def shifted(table: str, column: str, instant: dt.datetime, shift: int):
    """One microsecond before, at or after an instant; one day, for dates."""
    if CONTRACTS[table].columns[column].type == "date":
        return (instant + shift * DAY).date()
    return instant + shift * MICROSECOND


def known_of(table: str, column: str, value) -> dt.datetime:
    """Events are known when they happen, at the earliest; what is revealed later and states were known before."""
    contract = CONTRACTS[table]
    if contract.kind == "event" and column == contract.event_time:
        return value if isinstance(value, dt.datetime) else dt.datetime(value.year, value.month, value.day)
    return LONG_AGO if contract.kind == "state" else LATELY


@pytest.fixture(scope="module")
def case(tmp_path_factory):
    """Return the row of a case by its name."""
    cases = Cases()
    for table in CONTRACTS:
        told = {"known_at": LATELY}
        # An account cannot be without a row of its own, but the row may be known a year later.
        cases.add((table, "without"), table, *([{"known_at": AS_OF + 365 * DAY}] if table == "accounts" else []))
        cases.add((table, "with"), table, told)
        cases.add((table, "other"), table, told | OTHER[table])
        for shift in SHIFTS:
            cut = AS_OF + shift * MICROSECOND
            cases.add((table, "known", shift), table, {"known_at": cut})
            cases.add((table, "replaced", shift), table, told | {"superseded_at": cut}, OTHER[table] | {"known_at": cut})
        for time in {column.revealed_by for column in CONTRACTS[table].columns.values()} - {None}:
            later = [name for name, column in CONTRACTS[table].columns.items() if column.revealed_by == time]
            cases.add((table, "hidden", time), table, told | dict.fromkeys(later))
            for shift in SHIFTS:
                cases.add((table, "revealed", time, shift), table, told | {time: shifted(table, time, AS_OF, shift)})
    for table, column, more, _, _ in WHEN_IT_HAPPENS:
        for shift in SHIFTS:
            value = shifted(table, column, AS_OF, shift)
            planted = more | {column: value, "known_at": known_of(table, column, value)}
            cases.add(("happens", table, column, shift), table, planted)
    for table, column, _ in IN_A_WINDOW:
        for days in sorted({*WINDOWS, *(days for _, days, _ in TRENDS)}):
            for shift in SHIFTS:
                value = shifted(table, column, AS_OF - days * DAY, shift)
                before = {} if column == CONTRACTS[table].event_time else before_that(table)
                planted = before | {column: value, "known_at": AS_OF - DAY}
                cases.add(("window", table, column, days, shift), table, planted)
    return cases.build(tmp_path_factory.mktemp("boundaries"))


def before_that(table: str) -> dict:
    """What had to happen before the time that is tried."""
    return {
        "tickets": {"opened_at": LONG_AGO, "first_response_at": None},
        "invoices": {"issued_on": day(LONG_AGO), "due_on": day(LONG_AGO)},
        "users": {"joined_at": LONG_AGO},
        "milestones": {"due_on": day(LONG_AGO)},
    }[table]


def same(left, right) -> bool:
    return not differing(left, right)


@pytest.mark.parametrize("shift", SHIFTS)
@pytest.mark.parametrize("table", CONTRACTS)
def test_a_row_counts_when_it_was_known_before_the_snapshot(case, table, shift):
    assert same(case((table, "known", shift)), case((table, "with" if shift < 0 else "without")))


@pytest.mark.parametrize("table", [name for name in CONTRACTS if name != "plays"])
def test_the_planted_facts_are_felt(case, table):
    assert not same(case((table, "with")), case((table, "without")))
    assert not same(case((table, "with")), case((table, "other")))


@pytest.mark.parametrize("shift", SHIFTS)
@pytest.mark.parametrize("table", CONTRACTS)
def test_a_version_counts_until_another_was_known_before_the_snapshot(case, table, shift):
    assert same(case((table, "replaced", shift)), case((table, "other" if shift < 0 else "with")))


REVEALS = sorted(
    {(name, column.revealed_by) for name, about in CONTRACTS.items() for column in about.columns.values() if column.revealed_by}
)


@pytest.mark.parametrize("shift", SHIFTS)
@pytest.mark.parametrize(("table", "time"), REVEALS)
def test_what_is_filled_in_later_counts_once_its_time_has_come(case, table, time, shift):
    hidden = case((table, "hidden", time))
    assert same(case((table, "revealed", time, shift)), hidden) == (shift >= 0 or table == "plays")


@pytest.mark.parametrize("place", range(3), ids=["before", "at", "after"])
@pytest.mark.parametrize(("table", "column", "more", "feature", "expected"), WHEN_IT_HAPPENS)
def test_a_fact_counts_when_it_happened_before_the_snapshot(case, table, column, more, feature, expected, place):
    found = case(("happens", table, column, SHIFTS[place]))[feature].iloc[0]
    assert found == expected[place] or (math.isnan(found) and math.isnan(expected[place]))


@pytest.mark.parametrize("place", range(3), ids=["before", "at", "after"])
@pytest.mark.parametrize("days", WINDOWS)
@pytest.mark.parametrize(("table", "column", "stem"), IN_A_WINDOW)
def test_the_far_end_of_a_window_belongs_to_it(case, table, column, stem, days, place):
    found = case(("window", table, column, days, SHIFTS[place]))[f"{stem}_{days}d"].iloc[0]
    is_inside = SHIFTS[place] >= 0
    assert found == 1 if is_inside else (found == 0 or math.isnan(found))


@pytest.mark.parametrize("place", range(3), ids=["before", "at", "after"])
@pytest.mark.parametrize(("feature", "days", "expected"), TRENDS)
def test_the_two_windows_of_a_trend_meet_without_gap_or_overlap(case, feature, days, expected, place):
    found = case(("window", "usage", "occurred_at", days, SHIFTS[place]))[feature].iloc[0]
    assert found == pytest.approx(expected[place], abs=1e-15)
