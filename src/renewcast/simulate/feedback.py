"""Feedback: surveys that polite people answer too kindly and unhappy people do not answer at all."""

import numpy as np
import pyarrow as pa

from renewcast.simulate.accounts import Accounts
from renewcast.simulate.calendar import Calendar
from renewcast.simulate.lags import known_after
from renewcast.simulate.latent import Latent
from renewcast.simulate.tables import picked, table, texts, times
from renewcast.simulate.terms import Cover
from renewcast.simulate.users import EXECUTIVE, KEY_USER, People

KINDS = ("nps", "csat")
_ASKED_EVERY_WEEKS = 26
_COMMENTS = (
    "too slow for what we pay",
    "support kept us waiting",
    "wir nutzen nur einen Bruchteil",
    "does what it should",
    "ok",
    "un bon outil, mais complexe",
    "could not work without it",
    "非常好用",
    "great team behind it",
)


def feedback_table(
    rng: np.random.Generator, calendar: Calendar, accounts: Accounts, people: People, latent: Latent, cover: Cover
) -> pa.Table:
    """Draw the answers: an NPS survey every 26 weeks, and a question in the product now and then (csat, 1 to 5).

    Notes
    -----
    Only answers are rows; that a survey went unanswered shows as silence, and says more than the scores do. One unhappy
    person in four gives a nine or a ten all the same.
    """
    rounds = calendar.weeks // _ASKED_EVERY_WEEKS + 1
    phase = rng.integers(0, _ASKED_EVERY_WEEKS, accounts.count)
    person = np.tile(np.arange(people.count), rounds)
    week = np.repeat(np.arange(rounds), people.count) * _ASKED_EVERY_WEEKS + phase[people.account[person]]
    asked = rng.random(len(person)) < np.where(np.isin(people.role[person], (KEY_USER, EXECUTIVE)), 0.9, 0.35)
    extra_person = rng.integers(0, people.count, people.count)
    person = np.concatenate([person[asked], extra_person])
    week = np.concatenate([week[asked], rng.integers(0, calendar.weeks, len(extra_person))])
    kind = np.concatenate([np.zeros(asked.sum(), dtype=np.int64), np.ones(len(extra_person), dtype=np.int64)])
    account, last = people.account[person], calendar.latent_weeks - 1
    occurred = week * 7 + rng.uniform(0.3, 6.8, len(person))

    at = np.minimum(week, last)
    mood, hurt = latent.mood[account, at], latent.decline[account, at] + 0.4 * np.minimum(latent.pain[account, at], 2)
    answers = rng.random(len(person)) < 1 / (1 + np.exp(0.5 - 0.9 * mood + 1.4 * hurt + 0.8 * latent.key_gap[account, at]))
    here = (people.joined[person] < occurred - 7) & (week < people.works_until[person]) & cover.holds(account, occurred)
    here &= cover.holds(account, people.joined[person])
    known = known_after(rng, "feedback", occurred)
    keep = np.flatnonzero(answers & here & (known < calendar.days))
    keep = keep[np.argsort(occurred[keep], kind="stable")]

    count = len(keep)
    feels = mood[keep] - 0.6 * hurt[keep]
    nps = np.clip(np.round(7.3 + 1.0 * feels + rng.normal(0, 1.9, count)), 0, 10)
    polite = rng.random(count) < 0.25
    nps = np.where(polite & (feels < 0.2), rng.integers(9, 11, count), nps)
    csat = np.clip(np.round(3.9 + 0.45 * feels + rng.normal(0, 0.8, count)), 1, 5)
    is_nps = kind[keep] == 0
    tone = np.where(is_nps, np.select([nps < 7, nps < 9], [0, 1], 2), np.select([csat < 3, csat < 5], [0, 1], 2))
    comment = np.where(rng.random(count) < 0.65, -1, tone * 3 + rng.integers(0, 3, count))
    return table(
        "feedback",
        {
            "account_id": picked(accounts.ids, account[keep]),
            "user_id": picked(people.ids, person[keep]),
            "kind": texts(KINDS, kind[keep]),
            "score": pa.array(np.where(is_nps, nps, csat)),
            "occurred_at": times(calendar, occurred[keep]),
            "comment": texts(_COMMENTS, comment),
            "known_at": times(calendar, known[keep]),
        },
    )
