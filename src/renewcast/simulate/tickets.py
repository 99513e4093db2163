"""Support tickets: more of them, slower and graver while the pain lasts."""

import numpy as np
import pyarrow as pa

from renewcast.simulate.accounts import Accounts
from renewcast.simulate.calendar import Calendar
from renewcast.simulate.contracts import Cover
from renewcast.simulate.latent import Latent
from renewcast.simulate.tables import numbered, table, texts, times

SEVERITIES = ("low", "medium", "high", "urgent")
CHANNELS = ("email", "chat", "phone", "portal")


def tickets_table(rng: np.random.Generator, calendar: Calendar, accounts: Accounts, latent: Latent, cover: Cover) -> pa.Table:
    """Draw all tickets; those still open at the end of the data have no ``resolved_at``.

    Notes
    -----
    ``csat`` (1 to 5) is given by about half of those whose ticket was resolved. A ticket that was opened under a contract
    may be resolved after it.
    """
    pain = latent.pain[:, : calendar.weeks]
    season = 0.6 + 0.4 * latent.season[:, : calendar.weeks]
    rate = np.array([0.07, 0.10, 0.16, 0.25])[accounts.size][:, None] * (1 + 3.2 * pain) * season
    counts = rng.poisson(rate).ravel()
    cell = np.repeat(np.arange(counts.size), counts)
    account, week = cell // calendar.weeks, cell % calendar.weeks
    opened = week * 7 + rng.choice(7, len(cell), p=[0.19, 0.19, 0.19, 0.18, 0.17, 0.04, 0.04]) + rng.uniform(0.3, 0.85, len(cell))
    keep = np.flatnonzero(cover.holds(account, opened))
    keep = keep[np.argsort(opened[keep], kind="stable")]
    account, opened, hurt = account[keep], opened[keep], np.minimum(pain[account[keep], week[keep]], 2.6)
    count = len(keep)

    severity = np.clip(np.floor(rng.beta(1.3, 2.6, count) * 3.2 + 0.55 * hurt * rng.random(count)), 0, 3).astype(np.int64)
    waits = rng.lognormal(np.log(0.12) + 0.55 * hurt - 0.25 * severity, 0.8, count)
    first_contact = rng.random(count) < np.clip(0.55 - 0.2 * hurt, 0.05, 1)
    works = rng.lognormal(np.log(1.2) + 0.5 * hurt + 0.15 * severity, 0.7, count) * np.where(first_contact, 0.2, 1.0)
    answered, resolved = opened + waits, opened + waits + works
    answers = rng.random(count) < 0.5
    csat = np.clip(np.round(4.4 - 0.75 * hurt - 0.08 * np.minimum(works, 10) + rng.normal(0, 0.8, count)), 1, 5)
    is_answered, is_resolved = answered < calendar.days, resolved < calendar.days
    known = np.minimum(opened + rng.uniform(0.0005, 0.02, count), calendar.days - 1e-4)
    return table(
        "tickets",
        {
            "ticket_id": numbered("T", count, digits=6),
            "account_id": accounts.ids.take(pa.array(account)),
            "opened_at": times(calendar, opened),
            "first_response_at": times(calendar, np.where(is_answered, answered, np.nan)),
            "resolved_at": times(calendar, np.where(is_resolved, resolved, np.nan)),
            "severity": texts(SEVERITIES, severity),
            "channel": texts(CHANNELS, rng.choice(4, count, p=[0.40, 0.30, 0.12, 0.18])),
            "picked_up": pa.array(rng.random(count) < np.clip(0.94 - 0.16 * hurt, 0, 1), mask=~is_answered),
            "first_contact_resolved": pa.array(first_contact, mask=~is_resolved),
            "csat": pa.array(csat, mask=~(is_resolved & answers)),
            "known_at": times(calendar, known),
        },
    )
