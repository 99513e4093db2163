"""A made-up company that gives a free tier away: sign-ups, early steps that please or annoy, purchases, and a niche if wanted.

A generator of its own: what :func:`renewcast.simulate.simulate` writes is not touched by it. Three kinds of account: those that
try the product by themselves (product-led), those that were sold to (sales-led), and personal accounts of people who work for
one company (``parent_account_id``), whose number moves the company to buy. What is true of them stands in three files beside the
tables: ``truth_steps`` (what each early step adds to the index of activation), ``truth_niche`` and ``truth_handover``.
"""

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from renewcast.errors import RenewcastError
from renewcast.simulate.accounts import CHANNELS, INDUSTRIES, REGIONS, SIZES
from renewcast.simulate.calendar import Calendar
from renewcast.simulate.files import TableFiles
from renewcast.simulate.freemium_journeys import ACTIONS, EARLY_ACTIONS, EARLY_TOUCHES, FIRST_DAYS, Journeys, draw_journeys
from renewcast.simulate.freemium_purchases import ACTIVE_THRESHOLD, draw_purchases
from renewcast.simulate.tables import money, numbered, picked, table, texts, times

_PERSONAL, _COMPANY, _ALONE, _SOLD_TO = 0, 1, 2, 3
_CHANNEL_COST = np.array([500.0, 1800.0, 2600.0, 300.0, 1200.0])
_NICHE_MORE, _NICHE_COST = 2.2, 0.6


@dataclass(frozen=True)
class Traits:
    """Who the accounts are, arrays of shape (accounts,); ``kind`` is 0 personal, 1 company, 2 alone, 3 sold to."""

    kind: np.ndarray
    parent: np.ndarray
    signed_up: np.ndarray
    industry: np.ndarray
    size: np.ndarray
    in_niche: np.ndarray

    @property
    def count(self) -> int:
        """Return the number of accounts."""
        return len(self.kind)

    @property
    def is_sold_to(self) -> np.ndarray:
        """Tell which accounts were won by sales."""
        return self.kind == _SOLD_TO

    @property
    def is_company(self) -> np.ndarray:
        """Tell which accounts stand for a company with personal accounts."""
        return self.kind == _COMPANY


def simulate_freemium(
    directory: Path,
    *,
    accounts: int = 2000,
    weeks: int = 78,
    start: dt.date = dt.date(2024, 1, 1),
    seed: int = 7,
    niche: tuple[str, str] | None = ("healthcare", "51-200"),
) -> dict[str, int]:
    """Write accounts, contracts, usage and touchpoints of such a company, and the truth, as Parquet.

    Parameters
    ----------
    directory : pathlib.Path
        Receives the files, all of them or none.
    accounts : int, at least 50
    weeks : int, at least 26
        Everyone signs up inside the data; nothing happens or becomes known later.
    start : datetime.date
    seed : int
        The same seed writes the same bytes.
    niche : tuple of (str, str), optional
        Industry and company size whose accounts buy sooner, pay and use more, cost less to win, and of which there are more.

    Returns
    -------
    dict of str to int
        Rows by table.

    Raises
    ------
    RenewcastError
        "simulate_freemium: ..." for numbers out of range or a niche that does not exist.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     rows = simulate_freemium(Path(folder), accounts=60, weeks=26, seed=0)
    >>> rows["accounts"], sorted(rows)[-3:]
    (60, ['truth_niche', 'truth_steps', 'usage'])
    """
    tables = draw_freemium(accounts=accounts, weeks=weeks, start=start, seed=seed, niche=niche)
    with TableFiles(Path(directory)) as files:
        for name, rows in tables.items():
            files.append(name, rows)
        files.finish()
        return dict(files.rows)


def draw_freemium(*, accounts: int, weeks: int, start: dt.date, seed: int, niche: tuple[str, str] | None) -> dict[str, pa.Table]:
    """Draw what :func:`simulate_freemium` writes, by table."""
    if accounts < 50 or weeks < 26:
        raise RenewcastError(f"simulate_freemium: {accounts} accounts over {weeks} weeks; give at least 50 over 26.")
    if niche is not None and (niche[0] not in INDUSTRIES or niche[1] not in SIZES):
        raise RenewcastError(f"simulate_freemium: there is no niche {niche!r}; take an industry and a size of the simulator.")
    calendar = Calendar(start, weeks)
    rng = [np.random.default_rng(one) for one in np.random.SeedSequence(seed).spawn(4)]
    traits = _draw_traits(rng[0], calendar, accounts, niche)
    journeys = draw_journeys(rng[1], calendar, traits)
    bought = draw_purchases(rng[2], calendar, traits, journeys)
    ids = numbered("F", accounts, digits=5)
    usage = journeys.usage_after(rng[3], calendar, traits, bought.bought_on)
    return {
        "accounts": _accounts_table(rng[0], calendar, traits, ids),
        "contracts": bought.table(calendar, ids),
        "usage": _usage_table(calendar, ids, usage),
        "touchpoints": _touchpoints_table(calendar, ids, journeys),
        "truth_steps": _truth_steps(),
        "truth_niche": pa.table({"industry": [niche[0]] if niche else [], "company_size": [niche[1]] if niche else []}),
        "truth_handover": pa.table({"active_people": [ACTIVE_THRESHOLD]}),
    }


def _draw_traits(rng, calendar: Calendar, count: int, niche) -> Traits:
    cell = np.ones((len(INDUSTRIES), len(SIZES)))
    if niche is not None:
        wanted = INDUSTRIES.index(niche[0]), SIZES.index(niche[1])
        cell[wanted] = _NICHE_MORE
    cell *= np.array([0.32, 0.30, 0.22, 0.16])
    drawn = rng.choice(cell.size, count, p=(cell / cell.sum()).ravel())
    industry, size = drawn // len(SIZES), drawn % len(SIZES)
    kind = rng.choice(4, count, p=[0.34, 0.08, 0.26, 0.32])
    signed_up = rng.uniform(0.5, calendar.days - 1, count)
    companies = np.flatnonzero(kind == _COMPANY)
    parent = np.full(count, -1)
    if len(companies):
        # Some companies have many of our users, most have a few.
        pull = rng.gamma(0.8, 1.0, len(companies))
        personal = np.flatnonzero(kind == _PERSONAL)
        parent[personal] = companies[rng.choice(len(companies), len(personal), p=pull / pull.sum())]
        industry[personal], size[personal] = industry[parent[personal]], size[parent[personal]]
        signed_up[companies] = rng.uniform(0.5, calendar.days * 0.4, len(companies))
        signed_up[personal] = np.maximum(signed_up[personal], signed_up[parent[personal]] + 0.1)
        signed_up = np.minimum(signed_up, calendar.days - 0.6)
    in_niche = np.zeros(count, dtype=bool) if niche is None else (industry == wanted[0]) & (size == wanted[1])
    return Traits(kind, parent, signed_up, industry, size, in_niche)


def _accounts_table(rng, calendar: Calendar, traits: Traits, ids) -> pa.Table:
    count = traits.count
    channel = rng.choice(len(CHANNELS), count, p=[0.2, 0.25, 0.2, 0.25, 0.1])
    cost = _CHANNEL_COST[channel] * np.where(traits.is_sold_to, 3.0, 0.3) * np.where(traits.in_niche, _NICHE_COST, 1.0)
    nobody = pa.nulls(count, pa.string())
    return table(
        "accounts",
        {
            "account_id": ids,
            "name": pa.array([f"Freemium {number}" for number in range(1, count + 1)]),
            "signed_up_at": times(calendar, traits.signed_up),
            "industry": texts(INDUSTRIES, traits.industry),
            "company_size": texts(SIZES, traits.size),
            "region": texts(REGIONS, rng.integers(0, len(REGIONS), count)),
            "country": nobody,
            "acquisition_channel": texts(CHANNELS, channel),
            "acquisition_cost": money(np.round(100 * cost * rng.lognormal(0, 0.4, count)).astype(np.int64)),
            "parent_account_id": picked(ids, traits.parent),
            "owner": nobody,
            "known_at": times(calendar, traits.signed_up + 0.001),
        },
    )


def _usage_table(calendar: Calendar, ids, usage: dict) -> pa.Table:
    count = len(usage["account"])
    return table(
        "usage",
        {
            "account_id": picked(ids, usage["account"]),
            "user_id": picked(ids, usage["account"]),
            "occurred_at": times(calendar, usage["day"]),
            "known_at": times(calendar, usage["day"] + 0.0005),
            "module": texts(["platform"], np.zeros(count)),
            "action": texts(ACTIONS, usage["action"]),
            "is_value_action": usage["action"] == ACTIONS.index("publish"),
            "quantity": np.ones(count),
            "duration_s": np.full(count, 60.0),
            "event_id": numbered("E", count, digits=8),
        },
    )


def _touchpoints_table(calendar: Calendar, ids, journeys: Journeys) -> pa.Table:
    touches = journeys.touches
    count, kinds = len(touches["account"]), (*EARLY_TOUCHES, "meeting")
    return table(
        "touchpoints",
        {
            "account_id": picked(ids, touches["account"]),
            "occurred_at": times(calendar, touches["day"]),
            "kind": texts(kinds, touches["kind"]),
            "owner": pa.nulls(count, pa.string()),
            "willingness": pa.nulls(count, pa.int64()),
            "note": pa.nulls(count, pa.string()),
            "known_at": times(calendar, touches["day"] + 0.0005),
        },
    )


def _truth_steps() -> pa.Table:
    names = [f"touchpoint {kind}" for kind in EARLY_TOUCHES] + [f"use {action}" for action in EARLY_ACTIONS]
    steps = [*EARLY_TOUCHES.values(), *EARLY_ACTIONS.values()]
    return pa.table({"step": names, "points": pa.array(steps, pa.int64()), "within_days": [FIRST_DAYS] * len(names)})
