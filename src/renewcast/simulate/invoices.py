"""Invoices: drawn up from the terms, due 30 days later, paid in time or not."""

import numpy as np
import pyarrow as pa

from renewcast.simulate.accounts import Accounts
from renewcast.simulate.calendar import Calendar
from renewcast.simulate.contracts import Conditions, Cover
from renewcast.simulate.latent import Latent
from renewcast.simulate.tables import dates, money, numbered, table, times

_DUE_DAYS = 30


def invoices_table(
    rng: np.random.Generator,
    calendar: Calendar,
    accounts: Accounts,
    conditions: Conditions,
    latent: Latent,
    cover: Cover,
    rows: dict[str, np.ndarray],
) -> pa.Table:
    """Bill every term from day 0 on, one invoice per account and day; what is not paid by the end has no ``paid_on``.

    Notes
    -----
    A renewal that was signed late is billed on the day after it was signed. A few invoices are never paid.
    """
    account, issued, cents = _due_amounts(calendar, conditions, rows)
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
    return table(
        "invoices",
        {
            "invoice_id": numbered("I", count, digits=6),
            "account_id": accounts.ids.take(pa.array(account)),
            "issued_on": dates(calendar, issued),
            "due_on": dates(calendar, issued + _DUE_DAYS),
            "paid_on": dates(calendar, paid),
            "amount": money(cents),
            "known_at": times(calendar, issued + rng.uniform(0.3, 0.95, count)),
        },
    )


def _due_amounts(calendar: Calendar, conditions: Conditions, rows: dict) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return account, day and cents of every instalment of every term that falls into the data."""
    every = conditions.billing_months[rows["account"]]
    parts = []
    for instalment in range(25):
        begins = calendar.add_months(rows["starts"], every * instalment)
        stops = np.minimum(calendar.add_months(rows["starts"], every * (instalment + 1)), rows["ends"])
        issued = np.maximum(begins, np.floor(rows["known"]).astype(np.int64) + 1 if instalment == 0 else begins)
        in_data = (issued >= 0) & (issued < calendar.days) & (rows["known"] < calendar.days)
        here = np.flatnonzero((begins < rows["ends"]) & in_data)
        # The part of a month that a mid-term addition leaves at the end is billed by the day.
        months = np.minimum((stops - begins)[here] / 30.4375, every[here])
        whole = np.abs(months - every[here]) < 0.2
        cents = np.round(rows["cents"][here] * np.where(whole, every[here], months)).astype(np.int64)
        parts.append((rows["account"][here], issued[here], cents))
    return tuple(np.concatenate(column) for column in zip(*parts, strict=True))
