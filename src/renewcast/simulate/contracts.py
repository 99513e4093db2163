"""Contracts: one row per term, a new one for every renewal; nobody writes a row when an account leaves."""

from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from renewcast.simulate.accounts import Accounts
from renewcast.simulate.calendar import Calendar
from renewcast.simulate.tables import dates, money, numbered, table, texts, times

PRODUCTS = ("platform", "collection", "monitoring", "visualisation", "analysis")
ADD_ONS = len(PRODUCTS) - 1
PLATFORM = 0
_NUMBERS = ("account", "product", "starts", "ends", "known", "seats", "cents", "quota", "discount")


@dataclass(frozen=True)
class Conditions:
    """What an account agreed once and keeps: arrays of shape (accounts,)."""

    auto_renews: np.ndarray
    notice_days: np.ndarray
    billing_months: np.ndarray


def draw_conditions(rng: np.random.Generator, accounts: Accounts) -> Conditions:
    """Draw notice, billing rhythm and whether terms renew by themselves; monthly terms always do.

    Examples
    --------
    >>> import datetime as dt
    >>> from renewcast.simulate.accounts import draw_accounts
    >>> accounts = draw_accounts(np.random.default_rng(0), Calendar(dt.date(2024, 1, 1), 26), 50)
    >>> conditions = draw_conditions(np.random.default_rng(1), accounts)
    >>> bool(conditions.auto_renews[accounts.months == 1].all())
    True
    """
    months, count = accounts.months, accounts.count
    quarterly = np.where(rng.random(count) < 0.6, 3, 1)
    yearly = np.array([12, 3, 1])[rng.choice(3, count, p=[0.28, 0.42, 0.30])]
    return Conditions(
        auto_renews=(months == 1) | (rng.random(count) < 0.4),
        notice_days=np.where(months == 1, 30, np.array([30, 60, 90])[rng.choice(3, count, p=[0.45, 0.35, 0.20])]),
        billing_months=np.select([months == 1, months == 3], [1, quarterly], yearly),
    )


@dataclass(frozen=True)
class Cover:
    """When each account has a contract, as days from day 0 (infinity: not in sight), arrays of shape (accounts,).

    Cover runs from ``first`` to ``churned``, and for a few accounts again from ``returned`` to ``churned_again``.
    """

    first: np.ndarray
    churned: np.ndarray
    returned: np.ndarray
    churned_again: np.ndarray

    def holds(self, account: np.ndarray, day: np.ndarray) -> np.ndarray:
        """Return where ``account`` has cover on ``day`` (NaN: never)."""
        return ((day >= self.first[account]) & (day < self.churned[account])) | (
            (day >= self.returned[account]) & (day < self.churned_again[account])
        )

    def live_at(self, day: int) -> np.ndarray:
        """Return the accounts with a term that began before the instant ``day`` and ends on it or later."""
        again = (self.returned < day) & (self.churned_again >= day)
        return np.flatnonzero(((self.first < day) & (self.churned >= day)) | again)


@dataclass
class TermRows:
    """The terms as they are written, in batches; ``finish`` puts the batches together."""

    batches: list = field(default_factory=list)
    size: int = 0

    def add(self, **columns) -> np.ndarray:
        """Add a batch and return the numbers of its rows."""
        count = len(columns["account"])
        self.batches.append([np.broadcast_to(np.asarray(columns[name], dtype=np.float64), count) for name in _NUMBERS])
        self.size += count
        return np.arange(self.size - count, self.size)

    def finish(self) -> dict[str, np.ndarray]:
        """Return one array per column, in the order of the row numbers."""
        parts = [np.concatenate(column) for column in zip(*self.batches, strict=True)]
        whole = {"account", "product", "starts", "ends", "seats", "cents"}
        return {name: part.astype(np.int64) if name in whole else part for name, part in zip(_NUMBERS, parts, strict=True)}


def contracts_table(
    calendar: Calendar, accounts: Accounts, conditions: Conditions, rows: dict[str, np.ndarray]
) -> tuple[pa.Table, dict[int, str]]:
    """Write the terms known before the end of the data, in the order in which they became known.

    Returns
    -------
    pyarrow.Table
    dict of int to str
        The contract id of each row number.
    """
    order = np.lexsort((rows["product"], rows["account"], rows["known"]))
    order = order[rows["known"][order] < calendar.days]
    account = rows["account"][order]
    ids = numbered("C", len(order), digits=6)
    built = table(
        "contracts",
        {
            "contract_id": ids,
            "account_id": accounts.ids.take(pa.array(account)),
            "product": texts(PRODUCTS, rows["product"][order]),
            "starts_on": dates(calendar, rows["starts"][order]),
            "ends_on": dates(calendar, rows["ends"][order]),
            "mrr": money(rows["cents"][order]),
            "currency": texts(["USD"], np.zeros(len(order))),
            "seats": pa.array(rows["seats"][order]),
            "quota": pa.array(rows["quota"][order], mask=np.isnan(rows["quota"][order])),
            "billing_months": pa.array(conditions.billing_months[account]),
            "auto_renews": pa.array(conditions.auto_renews[account]),
            "notice_days": pa.array(conditions.notice_days[account]),
            "discount": pa.array(rows["discount"][order]),
            "known_at": times(calendar, rows["known"][order]),
        },
    )
    return built, dict(zip(order.tolist(), ids.to_pylist(), strict=True))
