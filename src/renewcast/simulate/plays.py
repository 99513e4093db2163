"""Plays: what the CSMs did about what they saw, and whether it worked."""

import numpy as np
import pyarrow as pa

from renewcast.simulate.accounts import Accounts
from renewcast.simulate.calendar import Calendar
from renewcast.simulate.contracts import Cover
from renewcast.simulate.latent import Latent
from renewcast.simulate.modules import Modules
from renewcast.simulate.names import OWNERS
from renewcast.simulate.tables import dates, numbered, table, texts, times

PLAYS = ("key_user_handover", "usage_review", "module_training", "support_escalation", "payment_call", "executive_alignment")
VERDICTS = ("worked", "no_effect")


def plays_table(
    rng: np.random.Generator, calendar: Calendar, accounts: Accounts, latent: Latent, modules: Modules, cover: Cover
) -> pa.Table:
    """Write the plays that were started while the account had cover; those still running have no verdict.

    Notes
    -----
    Handovers, usage reviews and trainings are part of the hidden course of events: where the verdict is "worked" the cause
    went away. The other plays were only attempts.
    """
    account, play, started, shows, worked = _started(rng, calendar, latent, modules)
    started = started * 7 + rng.uniform(0.35, 4.7, len(started))
    # A verdict waits until the success can be seen: nobody knows in May that a new key user comes in June.
    visible = np.where(worked, shows * 7 + rng.uniform(1, 6, len(started)), -np.inf)
    finished = np.maximum(started + rng.uniform(10, 55, len(started)), visible)
    keep = np.flatnonzero((started >= 0) & (started < calendar.days - 1) & cover.holds(account, started))
    keep = keep[np.argsort(started[keep], kind="stable")]
    account, play, started, finished, worked = account[keep], play[keep], started[keep], finished[keep], worked[keep]
    is_done = (finished < calendar.days) & cover.holds(account, finished)
    return table(
        "plays",
        {
            "play_id": numbered("P", len(keep), digits=6),
            "account_id": accounts.ids.take(pa.array(account)),
            "play": texts(PLAYS, play),
            "started_at": times(calendar, started),
            "due_on": dates(calendar, started + 30),
            "finished_at": times(calendar, np.where(is_done, finished, np.nan)),
            "verdict": texts(VERDICTS, np.where(is_done, np.where(worked, 0, 1), -1)),
            "owner": texts(OWNERS, accounts.owner[account]),
            "known_at": times(calendar, started + rng.uniform(0.01, 0.9, len(keep))),
        },
    )


def _started(rng, calendar: Calendar, latent: Latent, modules: Modules) -> tuple[np.ndarray, ...]:
    """Return account, play, week, week in which success would show, and success of every play that somebody would start."""
    gone, falls = latent.departures, latent.declines
    helped, reviewed = np.isfinite(gone.handover_week), np.isfinite(falls.rescue_week)
    trainings = np.array(modules.trainings, dtype=np.float64).reshape(-1, 5)
    parts = [
        (gone.account[helped], 0, gone.handover_week[helped], gone.replaced[helped], np.isfinite(gone.replaced[helped])),
        (falls.account[reviewed], 1, falls.rescue_week[reviewed], falls.rescue_week[reviewed] + 5, falls.rescued[reviewed]),
        (trainings[:, 0].astype(np.int64), 2, trainings[:, 2], trainings[:, 3], trainings[:, 4] > 0),
    ]
    for code, episodes, share, success in ((3, latent.pains, 0.35, 0.45), (4, latent.delays, 0.5, 0.4)):
        chosen = rng.random(len(episodes["account"])) < share
        week = episodes["start"][chosen] + rng.integers(2, 7, chosen.sum())
        parts.append((episodes["account"][chosen], code, week, week, rng.random(len(week)) < success))
    gloomy = np.argwhere((latent.mood[:, : calendar.weeks] < -0.6) & (rng.random((len(latent.mood), calendar.weeks)) < 0.015))
    parts.append((gloomy[:, 0], 5, gloomy[:, 1], gloomy[:, 1], rng.random(len(gloomy)) < 0.35))
    filled = [(row, np.full(len(row), code), week.astype(float), shows.astype(float), ok) for row, code, week, shows, ok in parts]
    return tuple(np.concatenate(column) for column in zip(*filled, strict=True))
