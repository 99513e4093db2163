"""Contracts: one row per term, a new one for every renewal; nobody writes a row when an account leaves."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from renewcast.simulate.accounts import Accounts
from renewcast.simulate.calendar import Calendar
from renewcast.simulate.tables import dates, money, numbered_in_block, picked, table, texts, times
from renewcast.simulate.terms import TermRows
from renewcast.simulate.versions import Change, with_versions

PRODUCTS = ("platform", "collection", "monitoring", "visualisation", "analysis")
ADD_ONS = len(PRODUCTS) - 1
PLATFORM = 0
_WRONG_SEATS, _WRONG_END = 0.025, 0.006


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
    notice = np.array([30, 60, 90])[rng.choice(3, count, p=[0.45, 0.35, 0.20])]
    return Conditions(
        auto_renews=(months == 1) | (rng.random(count) < 0.4),
        notice_days=np.select([months == 1, months == 3], [3, 30], notice),
        billing_months=np.select([months == 1, months == 3], [1, quarterly], yearly),
    )


def contracts_table(
    rng: np.random.Generator,
    calendar: Calendar,
    accounts: Accounts,
    conditions: Conditions,
    terms: TermRows,
    rows: dict[str, np.ndarray],
    block: int,
) -> tuple[pa.Table, pa.Array, np.ndarray]:
    """Write the terms known before the end of the data, with every version of them, in the order in which they became known.

    Returns
    -------
    pyarrow.Table
    pyarrow.Array
        The ids of the terms.
    array of int, shape (rows,)
        Place of each row's id; -1 where it was never known.

    Notes
    -----
    Amendments (an end moved, seats added, notice given) are versions, and so are corrections: 2.5 % of the terms are keyed in
    with wrong seats and 0.6 % with a wrong end, which is noticed within weeks.
    """
    first, corrections = _keyed_in(rng, conditions, terms, rows)
    row, known, told = with_versions(rows["known"], first, [*corrections, *terms.changes], calendar.days)
    order = np.lexsort((rows["product"][row], rows["account"][row], known))
    seen = np.unique(row)
    seen = seen[np.lexsort((rows["product"][seen], rows["account"][seen], rows["known"][seen]))]
    ids = numbered_in_block("C", len(seen), digits=6, block=block)
    place = np.full(len(rows["account"]), -1)
    place[seen] = np.arange(len(seen))
    row, known, told = row[order], known[order], {name: values[order] for name, values in told.items()}
    account = rows["account"][row]
    built = table(
        "contracts",
        {
            "contract_id": picked(ids, place[row]),
            "account_id": picked(accounts.ids, account),
            "product": texts(PRODUCTS, rows["product"][row]),
            "starts_on": dates(calendar, rows["starts"][row]),
            "ends_on": dates(calendar, told["ends"]),
            "mrr": money(told["cents"]),
            "currency": texts(["USD"], np.zeros(len(row))),
            "seats": told["seats"].astype(np.int64),
            "quota": pa.array(told["quota"], mask=np.isnan(told["quota"])),
            "billing_months": conditions.billing_months[account],
            "auto_renews": told["auto_renews"] > 0,
            "notice_days": conditions.notice_days[account],
            "discount": rows["discount"][row],
            "known_at": times(calendar, known),
        },
    )
    return built, ids, place


def _keyed_in(rng: np.random.Generator, conditions: Conditions, terms: TermRows, rows: dict) -> tuple[dict, list[Change]]:
    """Return what every row said at first, mistakes included, and the corrections of these."""
    count, ends = len(rows["account"]), terms.first_ends(rows)
    seats, cents, wrong_ends = rows["seats"].astype(float), rows["cents"].astype(float), ends.copy()
    noticed = rows["known"] + rng.uniform(0.5, np.clip(0.12 * (ends - rows["starts"]), 1, 30), count)
    factor = np.where(rng.random(count) < 0.5, rng.uniform(0.6, 0.95, count), rng.uniform(1.05, 1.6, count))
    mistyped = np.maximum(np.round(seats * factor), 1)
    wrong = np.flatnonzero((rng.random(count) < _WRONG_SEATS) & (mistyped != seats))
    corrections = [Change(wrong, noticed[wrong], {"seats": seats[wrong], "cents": cents[wrong]})]
    seats[wrong], cents[wrong] = mistyped[wrong], np.maximum(np.round(cents * mistyped / rows["seats"])[wrong], 1)
    # A month or a year too long or too short, in a term long enough to be corrected long before it ends.
    shift = rng.choice([-31, 31, 365], count)
    wrong = np.flatnonzero((rng.random(count) < _WRONG_END) & (ends - rows["starts"] > 150) & (ends == rows["ends"]))
    corrections.append(Change(wrong, noticed[wrong], {"ends": ends[wrong]}))
    wrong_ends[wrong] += shift[wrong]
    auto_renews = conditions.auto_renews[rows["account"]].astype(float)
    first = {"ends": wrong_ends, "seats": seats, "cents": cents, "quota": rows["quota"], "auto_renews": auto_renews}
    return first, corrections
