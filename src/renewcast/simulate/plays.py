"""Plays: what the CSMs did about what they saw. What each kind of play does to the decision is known exactly."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from renewcast.simulate.accounts import Accounts
from renewcast.simulate.calendar import Calendar
from renewcast.simulate.lags import known_after
from renewcast.simulate.latent import Latent
from renewcast.simulate.modules import Modules
from renewcast.simulate.names import OWNERS
from renewcast.simulate.tables import dates, numbered_in_block, picked, table, texts, times
from renewcast.simulate.terms import Cover

PLAYS = ("key_user_handover", "usage_review", "module_training", "support_escalation", "payment_call", "executive_alignment")
HANDOVER, REVIEW, TRAINING, ESCALATION, PAYMENT, ALIGNMENT = range(6)
VERDICTS = ("worked", "no_effect")
#: What a running play adds to the log-odds of leaving. Trainings and payment calls do nothing, however often they "worked".
EFFECTS = np.array([-1.2, -0.7, 0.0, -0.9, 0.0, -0.5])
#: A play that began up to this long before the decision is felt in it.
LASTS_DAYS = 180


@dataclass(frozen=True)
class Schedule:
    """Every play that somebody would start, in the order of ``started`` (days from day 0); arrays of shape (plays,).

    ``play`` is a code in ``PLAYS``; ``shows`` is the day on which the trouble is seen to be over (infinity: never). It goes away
    or stays whatever the CSM does.
    """

    account: np.ndarray
    play: np.ndarray
    started: np.ndarray
    shows: np.ndarray

    def running(self, decided: np.ndarray, since: np.ndarray, until: np.ndarray, kinds: int = len(PLAYS)) -> np.ndarray:
        """Return which kinds of play are felt in a decision of each account, shape (accounts, kinds).

        Parameters
        ----------
        decided, since, until : arrays of float, shape (accounts,)
            Day of the decision, and the days between which the account is a customer.
        """
        started, account = self.started, self.account
        is_felt = (started < decided[account]) & (started >= decided[account] - LASTS_DAYS) & (started >= 0)
        is_felt &= (started >= since[account]) & (started < until[account])
        found = np.zeros((len(decided), kinds), dtype=bool)
        found[account[is_felt], self.play[is_felt]] = True
        return found


def draw_schedule(rng: np.random.Generator, calendar: Calendar, latent: Latent) -> Schedule:
    """Draw the plays that answer visible trouble; who gets one is chance, so their effects can be told from the data.

    Examples
    --------
    >>> import datetime as dt
    >>> from renewcast.simulate.accounts import draw_accounts
    >>> from renewcast.simulate.latent import draw_latent
    >>> calendar = Calendar(dt.date(2024, 1, 1), 26)
    >>> latent = draw_latent(np.random.default_rng(1), calendar, draw_accounts(np.random.default_rng(0), calendar, 50))
    >>> schedule = draw_schedule(np.random.default_rng(2), calendar, latent)
    >>> bool((np.diff(schedule.started) >= 0).all())
    True
    """
    gone, falls = latent.departures, latent.declines
    helped, reviewed = np.isfinite(gone.handover_week), np.isfinite(falls.review_week)
    parts = [
        (gone.account[helped], HANDOVER, gone.handover_week[helped], gone.replaced[helped]),
        (falls.account[reviewed], REVIEW, falls.review_week[reviewed], falls.recovered_week[reviewed]),
    ]
    for code, episodes, share, success in ((ESCALATION, latent.pains, 0.4, 0.45), (PAYMENT, latent.delays, 0.5, 0.4)):
        chosen = rng.random(len(episodes["account"])) < share
        week = episodes["start"][chosen] + rng.integers(2, 7, chosen.sum())
        parts.append((episodes["account"][chosen], code, week, np.where(rng.random(len(week)) < success, week + 0.0, np.inf)))
    mood = latent.mood[:, : calendar.weeks]
    gloomy = np.argwhere((mood < -0.3) & (rng.random(mood.shape) < 0.02))
    shows = np.where(rng.random(len(gloomy)) < 0.35, gloomy[:, 1] + 0.0, np.inf)
    parts.append((gloomy[:, 0], ALIGNMENT, gloomy[:, 1], shows))
    return _by_start(rng, parts)


def add_trainings(rng: np.random.Generator, schedule: Schedule, modules: Modules) -> Schedule:
    """Add the courses on modules that nobody used, which are known only once all modules were bought."""
    account, _, course, begins = np.array(modules.trainings, dtype=np.float64).reshape(-1, 4).T
    in_time = np.where(begins < course + 26, begins, np.inf)
    added = _by_start(rng, [(account.astype(np.int64), TRAINING, course, in_time)])
    order = np.argsort(np.concatenate([schedule.started, added.started]), kind="stable")
    pairs = [(getattr(schedule, name), getattr(added, name)) for name in ("account", "play", "started", "shows")]
    return Schedule(*(np.concatenate(pair)[order] for pair in pairs))


def _by_start(rng: np.random.Generator, parts: list[tuple]) -> Schedule:
    """Put parts (account, code, week of the start, week in which the trouble is over) together."""
    account, week, shows = (np.concatenate([np.asarray(part[place]) for part in parts]) for place in (0, 2, 3))
    play = np.repeat([part[1] for part in parts], [len(part[0]) for part in parts]).astype(np.int64)
    started = week * 7 + rng.uniform(0.35, 4.7, len(week))
    shows = np.where(np.isnan(shows), np.inf, shows * 7.0)
    order = np.argsort(started, kind="stable")
    return Schedule(account[order], play[order], started[order], shows[order])


def plays_table(
    rng: np.random.Generator, calendar: Calendar, accounts: Accounts, schedule: Schedule, cover: Cover, block: int
) -> tuple[pa.Table, pa.Array, np.ndarray]:
    """Write the plays that were started while the account had cover; those still running have no verdict.

    Returns
    -------
    pyarrow.Table
    pyarrow.Array
        The ids of the plays.
    array of int, shape (plays of the schedule,)
        Place of each play's id; -1 where it was never started.

    Notes
    -----
    A verdict says whether the trouble went away, which it may do by itself: verdicts are no measure of effects.
    """
    account, started = schedule.account, schedule.started
    keep = np.flatnonzero((started >= 0) & (started < calendar.days - 1) & cover.holds(account, started))
    known = np.minimum(known_after(rng, "plays", started[keep]), calendar.days - 1e-3)
    account, started, shows = account[keep], started[keep], schedule.shows[keep]
    worked = np.isfinite(shows)
    # A verdict waits until the success can be seen: nobody knows in May that a new key user comes in June.
    visible = np.where(worked, shows + rng.uniform(1, 6, len(keep)), -np.inf)
    finished = np.maximum(started + rng.uniform(10, 55, len(keep)), visible)
    is_done = (finished < calendar.days) & cover.holds(account, finished)
    ids = numbered_in_block("P", len(keep), digits=6, block=block)
    place = np.full(len(schedule.account), -1)
    place[keep] = np.arange(len(keep))
    built = table(
        "plays",
        {
            "play_id": ids,
            "account_id": picked(accounts.ids, account),
            "play": texts(PLAYS, schedule.play[keep]),
            "started_at": times(calendar, started),
            "due_on": dates(calendar, started + 30),
            "finished_at": times(calendar, np.where(is_done, finished, np.nan)),
            "verdict": texts(VERDICTS, np.where(is_done, np.where(worked, 0, 1), -1)),
            "owner": texts(OWNERS, accounts.owner_at(account, started)),
            "known_at": times(calendar, known),
        },
    )
    return built, ids, place
