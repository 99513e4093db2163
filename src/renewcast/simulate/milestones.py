"""Milestones: what was agreed at onboarding (technical and for the customer's own success) and a goal for every year."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from renewcast.simulate.accounts import Accounts
from renewcast.simulate.calendar import Calendar
from renewcast.simulate.latent import Latent
from renewcast.simulate.tables import dates, picked, table, texts, times
from renewcast.simulate.terms import Cover
from renewcast.simulate.versions import Change, with_versions

KINDS = ("functional", "customer")
FUNCTIONAL, CUSTOMER = range(2)
_ONBOARDING = (
    ("connect_data", FUNCTIONAL, 7),
    ("invite_team", FUNCTIONAL, 21),
    ("first_dashboard", FUNCTIONAL, 30),
    ("automate_reports", FUNCTIONAL, 90),
    ("first_decision", CUSTOMER, 60),
    ("business_outcome", CUSTOMER, 180),
)
_YEARS = 5
_DUE_DATE_MOVED = 0.12


@dataclass(frozen=True)
class Plan:
    """The milestones of all accounts, arrays of shape (accounts, milestones); days count from day 0.

    ``achieved`` is infinity where it never happens; ``agreed`` is the day from which the row is known.
    """

    names: tuple
    kinds: np.ndarray
    due: np.ndarray
    achieved: np.ndarray
    agreed: np.ndarray

    def missed(self, day: np.ndarray) -> np.ndarray:
        """Return the share of the customer's milestones due in the last 400 days that are still open, shape (accounts,)."""
        due = (self.due < day[:, None]) & (self.due >= day[:, None] - 400) & (self.kinds == CUSTOMER)
        is_open = due & (self.achieved >= day[:, None])
        return is_open.sum(axis=1) / np.maximum(due.sum(axis=1), 1)

    def outcome_missing(self, day: np.ndarray) -> np.ndarray:
        """Return 1 where every technical step is done and the business outcome is overdue, shape (accounts,)."""
        technical = ((self.achieved < day[:, None]) | (self.kinds == CUSTOMER)).all(axis=1)
        outcome = self.names.index("business_outcome")
        overdue = (self.due[:, outcome] < day) & (self.achieved[:, outcome] >= day)
        return (technical & overdue).astype(float)


def draw_plan(rng: np.random.Generator, calendar: Calendar, accounts: Accounts, latent: Latent) -> Plan:
    """Draw every account's milestones: a badly set up account is late or never there, an unhappy one misses its yearly goal."""
    names = tuple(name for name, _, _ in _ONBOARDING) + tuple(f"value_goal_year_{year}" for year in range(1, _YEARS + 1))
    kinds = np.array([kind for _, kind, _ in _ONBOARDING] + [CUSTOMER] * _YEARS)
    offsets = np.array([days for _, _, days in _ONBOARDING] + [365 * year - 120 for year in range(1, _YEARS + 1)])
    agreed_after = np.array([0] * len(_ONBOARDING) + [max(365 * (year - 1), 20) for year in range(1, _YEARS + 1)])
    due = accounts.first_start[:, None] + offsets
    agreed = accounts.first_start[:, None] + agreed_after + rng.uniform(0.1, 3, due.shape)
    week = calendar.week(due)
    row = np.arange(accounts.count)[:, None]
    ease = 2.4 * accounts.onboarding[:, None] - 0.3 + 0.35 * latent.mood[row, week] - 1.0 * latent.decline[row, week]
    ease = ease + np.where(kinds == FUNCTIONAL, 1.3, 0.0)
    happens = rng.random(due.shape) < 1 / (1 + np.exp(-1.3 * ease))
    spread = np.maximum(offsets * 0.25, 4).clip(max=45)
    late = rng.exponential(1, due.shape) * spread * 1.5 - spread
    achieved = np.where(happens, np.maximum(due + late, agreed + 0.5), np.inf)
    return Plan(names, kinds, due, achieved, agreed)


def milestones_table(rng: np.random.Generator, calendar: Calendar, accounts: Accounts, plan: Plan, cover: Cover) -> pa.Table:
    """Write the milestones that were agreed while the account had cover; what is not yet achieved is empty.

    Notes
    -----
    Of those that are missed 12 % get a later due date around the day on which they were due: a new version of the row.
    """
    account, column = (grid.ravel() for grid in np.indices(plan.due.shape))
    agreed, achieved, due = plan.agreed.ravel(), plan.achieved.ravel(), plan.due.ravel()
    keep = np.flatnonzero((agreed < calendar.days) & cover.holds(account, agreed))
    account, column, agreed, due = account[keep], column[keep], agreed[keep], due[keep]
    achieved = np.where((achieved[keep] < calendar.days) & cover.holds(account, achieved[keep]), achieved[keep], np.nan)
    moved_on = np.maximum(due + rng.uniform(-8, 20, len(due)), agreed + 1)
    is_moved = (rng.random(len(due)) < _DUE_DATE_MOVED) & (due > 0) & ~(achieved <= np.maximum(moved_on, due))
    moved = np.flatnonzero(is_moved & cover.holds(account, moved_on))
    later = Change(moved, moved_on[moved], {"due": due[moved] + rng.choice([30, 45, 60, 90], len(moved))})
    row, known, told = with_versions(agreed, {"due": due}, [later], calendar.days)
    return table(
        "milestones",
        {
            "account_id": picked(accounts.ids, account[row]),
            "milestone": texts(plan.names, column[row]),
            "kind": texts(KINDS, plan.kinds[column[row]]),
            "due_on": dates(calendar, told["due"]),
            "achieved_at": times(calendar, achieved[row]),
            "known_at": times(calendar, known),
        },
    )
