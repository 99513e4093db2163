"""Support tickets: more of them, slower and graver while the pain lasts."""

import numpy as np
import pyarrow as pa

from renewcast.simulate.accounts import Accounts
from renewcast.simulate.calendar import Calendar
from renewcast.simulate.lags import known_after
from renewcast.simulate.latent import Latent
from renewcast.simulate.tables import numbered_in_block, picked, table, texts, times
from renewcast.simulate.terms import Cover
from renewcast.simulate.versions import Change, with_versions

SEVERITIES = ("low", "medium", "high", "urgent")
CHANNELS = ("email", "chat", "phone", "portal")
_REGRADED, _REOPENED = 0.05, 0.03


def tickets_table(
    rng: np.random.Generator, calendar: Calendar, accounts: Accounts, latent: Latent, cover: Cover, block: int
) -> pa.Table:
    """Draw all tickets; those still open at the end of the data have no ``resolved_at``.

    Notes
    -----
    ``csat`` (1 to 5) is given by about half of those whose ticket was resolved. A ticket that was opened under a contract
    may be resolved after it. 5 % are regraded within days, 3 % are opened again after they were resolved: new versions.
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
    known = known_after(rng, "tickets", opened)
    again = np.flatnonzero((rng.random(count) < _REOPENED) & (resolved < calendar.days))
    reopened = np.maximum(resolved, known)[again] + rng.uniform(0.2, 6, len(again))
    regraded = np.flatnonzero(rng.random(count) < _REGRADED)
    first_severity = severity.copy()
    first_severity[regraded] = np.where(severity[regraded] > 0, severity[regraded] - 1, 1)
    gives = np.where(answers, csat, np.nan)
    # Whoever opens a ticket again had not yet answered the survey, and was not helped at the first contact after all.
    first_gives = gives.copy()
    first_gives[again] = np.nan
    reworked = {"resolved": reopened + 0.1 + works[again], "csat": gives[again], "first_contact": np.zeros(len(again))}
    row, known, told = with_versions(
        known,
        {"severity": first_severity, "resolved": resolved, "csat": first_gives, "first_contact": first_contact},
        [
            Change(regraded, known[regraded] + rng.uniform(0.05, 3, len(regraded)), {"severity": severity[regraded]}),
            Change(again, reopened, reworked),
        ],
        calendar.days,
    )
    resolved, answered = told["resolved"], answered[row]
    is_answered, is_resolved = answered < calendar.days, resolved < calendar.days
    channel, picked_up = rng.choice(4, count, p=[0.40, 0.30, 0.12, 0.18]), rng.random(count) < np.clip(0.94 - 0.16 * hurt, 0, 1)
    return table(
        "tickets",
        {
            "ticket_id": picked(numbered_in_block("T", count, digits=6, block=block), row),
            "account_id": picked(accounts.ids, account[row]),
            "opened_at": times(calendar, opened[row]),
            "first_response_at": times(calendar, np.where(is_answered, answered, np.nan)),
            "resolved_at": times(calendar, np.where(is_resolved, resolved, np.nan)),
            "severity": texts(SEVERITIES, told["severity"]),
            "channel": texts(CHANNELS, channel[row]),
            "picked_up": pa.array(picked_up[row], mask=~is_answered),
            "first_contact_resolved": pa.array(told["first_contact"] > 0, mask=~is_resolved),
            "csat": pa.array(told["csat"], mask=~is_resolved | np.isnan(told["csat"])),
            "known_at": times(calendar, known),
        },
    )
