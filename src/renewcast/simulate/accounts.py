"""Accounts: who they are, when they come, and the traits that never change."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from renewcast.simulate.calendar import Calendar
from renewcast.simulate.names import OWNERS, company_names
from renewcast.simulate.tables import money, numbered, table, texts, times

INDUSTRIES = ("software", "retail", "finance", "healthcare", "manufacturing", "education", "logistics", "media")
SIZES = ("1-50", "51-200", "201-1000", "1001+")
REGIONS = ("EMEA", "Americas", "APAC")
COUNTRIES = ("DE", "FR", "GB", "NL", "NO", "PL", "US", "CA", "BR", "MX", "CN", "JP", "SG", "AU", "IN")
CHANNELS = ("referral", "paid", "outbound", "organic", "partner")
_COUNTRY_REGION = np.array([0] * 6 + [1] * 4 + [2] * 5)
_COUNTRY_SHARE = np.array([10, 6, 10, 5, 3, 4, 26, 6, 4, 3, 6, 4, 4, 5, 4], dtype=float) / 100
_CHANNEL_COST = np.array([900.0, 3200.0, 5200.0, 600.0, 2100.0])
_SHARE_AT_START = 0.65
_HISTORY_DAYS = 730


@dataclass(frozen=True)
class Accounts:
    """Fixed traits, one entry per account; days count from day 0 and may be negative.

    ``first_start`` is the first day of the first term, ``months`` the length of its terms, ``departments`` how many
    departments use the product, ``onboarding`` (0 to 1) how well it was set up, ``slow_payer`` (0 to 1) its habit.
    """

    ids: pa.Array
    first_start: np.ndarray
    signed_up: np.ndarray
    industry: np.ndarray
    size: np.ndarray
    country: np.ndarray
    channel: np.ndarray
    cost_cents: np.ndarray
    parent: np.ndarray
    owner: np.ndarray
    months: np.ndarray
    departments: np.ndarray
    onboarding: np.ndarray
    slow_payer: np.ndarray
    names: list

    @property
    def count(self) -> int:
        """Return the number of accounts that ever exist."""
        return len(self.first_start)

    @property
    def region(self) -> np.ndarray:
        """Return the code of each account's region."""
        return _COUNTRY_REGION[self.country]


def draw_accounts(rng: np.random.Generator, calendar: Calendar, count: int) -> Accounts:
    """Draw the accounts: about two thirds are there from the start, the others arrive through the time.

    Examples
    --------
    >>> import datetime as dt
    >>> drawn = draw_accounts(np.random.default_rng(0), Calendar(dt.date(2024, 1, 1), 52), 30)
    >>> drawn.count, drawn.ids[0].as_py()
    (30, 'A00001')
    """
    early = rng.random(count) < _SHARE_AT_START
    # The last arrivals leave room for their paperwork, which comes up to two weeks before the first day.
    first_start = np.where(early, rng.integers(-_HISTORY_DAYS, 0, count), rng.integers(0, max(calendar.days - 7, 1), count))
    first_start = np.sort(first_start)
    size = rng.choice(4, count, p=[0.42, 0.30, 0.19, 0.09])
    country = rng.choice(len(COUNTRIES), count, p=_COUNTRY_SHARE)
    channel = rng.choice(len(CHANNELS), count, p=[0.18, 0.27, 0.25, 0.18, 0.12])
    cost = _CHANNEL_COST[channel] * (1 + 0.9 * size) * rng.lognormal(0, 0.45, count)
    departments = np.minimum(1 + rng.poisson(np.array([0.5, 1.4, 2.6, 3.8])[size]), 7)
    return Accounts(
        ids=numbered("A", count, digits=5),
        first_start=first_start,
        signed_up=first_start - rng.uniform(0.2, 14, count),
        industry=rng.integers(0, len(INDUSTRIES), count),
        size=size,
        country=country,
        channel=channel,
        cost_cents=np.round(cost * 100).astype(np.int64),
        parent=_draw_parents(rng, size),
        owner=rng.integers(0, len(OWNERS), count),
        months=np.array([1, 3, 12, 24])[rng.choice(4, count, p=[0.20, 0.10, 0.55, 0.15])],
        departments=departments,
        onboarding=rng.beta(3.2, 1.6, count),
        slow_payer=np.where(rng.random(count) < 0.16, rng.uniform(0.6, 1.0, count), rng.uniform(0, 0.15, count)),
        names=company_names(rng, [COUNTRIES[code] for code in country]),
    )


def _draw_parents(rng: np.random.Generator, size: np.ndarray) -> np.ndarray:
    """About 8 % belong to a larger account that came before them and has no parent itself; -1 is none."""
    count = len(size)
    is_child = (rng.random(count) < 0.12) & (size < 3)
    candidates = np.flatnonzero(~is_child & (size >= 2))
    # Accounts stand in the order in which they came, so only the candidates before a row were there already.
    earlier = np.searchsorted(candidates, np.arange(count))
    picked = np.floor(rng.random(count) * earlier).astype(np.int64)
    if not len(candidates):
        return np.full(count, -1)
    return np.where(is_child & (earlier > 0), candidates[np.minimum(picked, len(candidates) - 1)], -1)


def accounts_table(rng: np.random.Generator, calendar: Calendar, accounts: Accounts) -> pa.Table:
    """Write the accounts table: one version each, known minutes after sign-up."""
    known = np.minimum(accounts.signed_up + rng.uniform(0.002, 0.1, accounts.count), accounts.first_start + 0.5)
    return table(
        "accounts",
        {
            "account_id": accounts.ids,
            "name": pa.array(accounts.names),
            "signed_up_at": times(calendar, accounts.signed_up),
            "industry": texts(INDUSTRIES, accounts.industry),
            "company_size": texts(SIZES, accounts.size),
            "region": texts(REGIONS, accounts.region),
            "country": texts(COUNTRIES, accounts.country),
            "acquisition_channel": texts(CHANNELS, accounts.channel),
            "acquisition_cost": money(accounts.cost_cents),
            "parent_account_id": accounts.ids.take(pa.array(accounts.parent, mask=accounts.parent < 0)),
            "owner": texts(OWNERS, accounts.owner),
            "known_at": times(calendar, known),
        },
    )
