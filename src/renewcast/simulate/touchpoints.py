"""Touchpoints: what the CSM did with the customer, and how willing the customer seemed."""

import numpy as np
import pyarrow as pa

from renewcast.simulate.accounts import Accounts
from renewcast.simulate.calendar import Calendar
from renewcast.simulate.lags import known_after
from renewcast.simulate.latent import Latent
from renewcast.simulate.names import OWNERS
from renewcast.simulate.tables import picked, table, texts, times
from renewcast.simulate.terms import Cover

KINDS = ("call", "meeting", "executive_meeting", "email", "business_review", "training")
_NOTES = {
    -2: ("asked for the contract's notice period", "does not see why they should go on", "spoke of a tender for another product"),
    -1: ("short answers, hard to reach", "worried about the price", "the numbers are not used internally"),
    0: ("nothing special", "went through open points", "asked about the roadmap"),
    1: ("likes the new dashboards", "wants to train two more colleagues", "good talk, plans for next quarter"),
    2: ("wants to add a team", "offered to be a reference", "présentation très réussie; sehr zufrieden"),
}
_NOTE_LIST = tuple(note for notes in _NOTES.values() for note in notes)


def touchpoints_table(
    rng: np.random.Generator, calendar: Calendar, accounts: Accounts, latent: Latent, cover: Cover, decisions: dict
) -> pa.Table:
    """Draw the touchpoints; willingness (-2 to 2) is the hidden mood with noise, and empty where the CSM gave none.

    Notes
    -----
    Large accounts are met more often, and less so while their key user is gone. Who minds the price that was announced for the
    next term seems less willing in the quarter before it ends (``decisions`` as in ``Renewals``).
    """
    weeks = calendar.weeks
    rate = np.array([0.26, 0.30, 0.40, 0.50])[accounts.size][:, None] * (1 - 0.45 * latent.key_gap[:, :weeks])
    counts = rng.poisson(rate * (0.4 + 0.6 * latent.season[:, :weeks])).ravel()
    cell = np.repeat(np.arange(counts.size), counts)
    account, week = cell // weeks, cell % weeks
    occurred = week * 7 + rng.integers(0, 5, len(cell)) + rng.uniform(0.35, 0.75, len(cell))
    keep = np.flatnonzero(cover.holds(account, occurred))
    keep = keep[np.argsort(occurred[keep], kind="stable")]
    account, week, occurred = account[keep], week[keep], occurred[keep]
    count = len(keep)

    kind = rng.choice(len(KINDS), count, p=[0.30, 0.20, 0.05, 0.28, 0.08, 0.09])
    mood = latent.mood[account, week] - 0.6 * _grudge(decisions, latent.mood.shape)[account, week]
    willingness = np.clip(np.round(mood + rng.normal(0, 0.6, count)), -2, 2).astype(np.int64)
    silent = rng.random(count) < np.where(kind == KINDS.index("email"), 0.5, 0.1)
    note = (willingness + 2) * 3 + rng.integers(0, 3, count)
    stand_in = rng.random(count) < 0.12
    owner = np.where(stand_in, rng.integers(0, len(OWNERS), count), accounts.owner_at(account, occurred))
    known = known_after(rng, "touchpoints", occurred)
    # Notes typed in after the end of the data are not in the data.
    seen = np.flatnonzero(known < calendar.days)
    return table(
        "touchpoints",
        {
            "account_id": picked(accounts.ids, account[seen]),
            "occurred_at": times(calendar, occurred[seen]),
            "kind": texts(KINDS, kind[seen]),
            "owner": texts(OWNERS, owner[seen]),
            "willingness": pa.array(willingness[seen], mask=silent[seen]),
            "note": texts(_NOTE_LIST, np.where(silent | (rng.random(count) < 0.3), -1, note)[seen]),
            "known_at": times(calendar, known[seen]),
        },
    )


def _grudge(decisions: dict, shape: tuple) -> np.ndarray:
    """Return by how much the announced price weighs on each account, week by week, shape (accounts, weeks)."""
    out = np.zeros(shape)
    told = decisions["price"] > 0
    account, price, end = decisions["account"][told], decisions["price"][told], decisions["ends"][told] // 7
    for before in range(14):
        week = end - before
        inside = (week >= 0) & (week < shape[1])
        np.maximum.at(out, (account[inside], week[inside]), price[inside])
    return out
