"""Invoices: drawn up from the terms, due 30 days later, paid in time or not."""

import numpy as np
import pyarrow as pa

from renewcast.simulate.accounts import Accounts
from renewcast.simulate.calendar import Calendar
from renewcast.simulate.contracts import Conditions
from renewcast.simulate.lags import known_after
from renewcast.simulate.latent import Latent
from renewcast.simulate.tables import dates, money, numbered_in_block, picked, table, times
from renewcast.simulate.versions import Change, with_versions

_DUE_DAYS = 30
_WRONG_AMOUNT, _PAYMENT_IS_A_VERSION = 0.02, 0.12


def invoices_table(
    rng: np.random.Generator,
    calendar: Calendar,
    accounts: Accounts,
    conditions: Conditions,
    latent: Latent,
    billed: dict[str, np.ndarray],
    block: int,
) -> pa.Table:
    """Bill every term from day 0 on, one invoice per account and day; what is not paid by the end has no ``paid_on``.

    Parameters
    ----------
    rng, calendar, accounts, conditions, latent
        What was drawn before.
    billed : dict of str to array
        From ``TermRows.billed``.
    block : int
        Number of the block of accounts, for the ids.

    Notes
    -----
    A renewal that was signed late is billed on the day after it was signed. A few invoices are never paid. 2 % are issued over a
    wrong amount and corrected, and an eighth of the payments are not filled into the row: both come as new versions.
    """
    account, issued, cents = _due_amounts(calendar, conditions, billed)
    order = np.lexsort((account, issued))
    account, issued, cents = account[order], issued[order], cents[order]
    begins = np.flatnonzero((np.diff(issued, prepend=-1) != 0) | (np.diff(account, prepend=-1) != 0))
    cents = np.add.reduceat(cents, begins) if len(begins) else cents
    account, issued = account[begins], issued[begins]
    count = len(account)

    late = latent.late[account, calendar.week(issued + 20)]
    in_time = rng.uniform(6, 31, count)
    overdue = _DUE_DAYS + rng.exponential(1, count) * (4 + 34 * late) + 8 * late
    slips = rng.random(count) < np.clip(0.04 + 0.85 * late, 0, 0.95)
    never = rng.random(count) < np.clip(0.10 * (late - 0.5), 0, 0.15)
    paid = issued + np.floor(np.where(slips, overdue, in_time))
    paid = np.where(never | (paid >= calendar.days), np.nan, paid)
    wrong = np.flatnonzero(rng.random(count) < _WRONG_AMOUNT)
    told_amount = cents.astype(float)
    told_amount[wrong] = np.round(told_amount[wrong] * rng.choice([0.5, 0.9, 1.1, 1.25], len(wrong)))
    by_version = np.flatnonzero(np.isfinite(paid) & (rng.random(count) < _PAYMENT_IS_A_VERSION))
    told_paid = paid.copy()
    told_paid[by_version] = np.nan
    known = known_after(rng, "invoices", issued.astype(float))
    booked = np.maximum(paid, known)[by_version] + rng.uniform(1, 4, len(by_version))
    row, known, told = with_versions(
        known,
        {"cents": told_amount, "paid": told_paid},
        [
            Change(wrong, known[wrong] + rng.uniform(1, 25, len(wrong)), {"cents": cents[wrong]}),
            Change(by_version, booked, {"paid": paid[by_version]}),
        ],
        calendar.days,
    )
    return table(
        "invoices",
        {
            "invoice_id": picked(numbered_in_block("I", count, digits=6, block=block), row),
            "account_id": picked(accounts.ids, account[row]),
            "issued_on": dates(calendar, issued[row]),
            "due_on": dates(calendar, issued[row] + _DUE_DAYS),
            "paid_on": dates(calendar, told["paid"]),
            "amount": money(told["cents"]),
            "known_at": times(calendar, known),
        },
    )


def _due_amounts(calendar: Calendar, conditions: Conditions, billed: dict) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return account, day and cents of every instalment of every term that falls into the data."""
    known = billed["known"]
    rows = {name: values[(known < calendar.days) & (billed["ends"] > 0)] for name, values in billed.items()}
    parts, instalment = [], 0
    while len(rows["account"]):
        every = conditions.billing_months[rows["account"]]
        begins = calendar.add_months(rows["starts"], every * instalment)
        stops = np.minimum(calendar.add_months(rows["starts"], every * (instalment + 1)), rows["ends"])
        issued = np.maximum(begins, np.floor(rows["known"]).astype(np.int64) + 1 if instalment == 0 else begins)
        here = np.flatnonzero((begins < rows["ends"]) & (issued >= 0) & (issued < calendar.days))
        # The part of a month that a mid-term addition leaves at the end is billed by the day.
        months = np.minimum((stops - begins)[here] / 30.4375, every[here])
        whole = np.abs(months - every[here]) < 0.2
        cents = np.round(rows["cents"][here] * np.where(whole, every[here], months)).astype(np.int64)
        parts.append((rows["account"][here], issued[here], cents))
        goes_on = (stops < rows["ends"]) & (stops < calendar.days)
        rows = {name: values[goes_on] for name, values in rows.items()}
        instalment += 1
    if not parts:
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    return tuple(np.concatenate(column) for column in zip(*parts, strict=True))
