"""Accounts: who they are, when they come, what stays as it is and what is corrected in the CRM later."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from renewcast.simulate.calendar import Calendar
from renewcast.simulate.hierarchy import Groups, draw_groups
from renewcast.simulate.lags import known_after
from renewcast.simulate.names import OWNERS, company_names
from renewcast.simulate.tables import money, numbered, picked, table, texts, times
from renewcast.simulate.versions import Change, with_versions

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
_OWNER_CHANGES_PER_YEAR = 0.14
_WRONG_INDUSTRY = 0.03


@dataclass(frozen=True)
class Accounts:
    """Traits, one entry per account; days count from day 0 and may be negative.

    ``first_start`` is the first day of the first term, ``months`` the length of its terms, ``departments`` how many
    departments use the product, ``onboarding`` (0 to 1) how well it was set up, ``slow_payer`` (0 to 1) its habit,
    ``price_sensitivity`` (0 to 1) how much it minds a higher price. ``owner`` is the CSM until day ``owner_changed``
    (infinity: for good), ``later_owner`` from then on.
    """

    ids: pa.Array
    first_start: np.ndarray
    signed_up: np.ndarray
    industry: np.ndarray
    size: np.ndarray
    country: np.ndarray
    channel: np.ndarray
    cost_cents: np.ndarray
    groups: Groups
    owner: np.ndarray
    later_owner: np.ndarray
    owner_changed: np.ndarray
    months: np.ndarray
    departments: np.ndarray
    onboarding: np.ndarray
    slow_payer: np.ndarray
    price_sensitivity: np.ndarray
    names: list

    @property
    def count(self) -> int:
        """Return the number of accounts that ever exist."""
        return len(self.first_start)

    @property
    def region(self) -> np.ndarray:
        """Return the code of each account's region."""
        return _COUNTRY_REGION[self.country]

    def owner_at(self, account: np.ndarray, day: np.ndarray) -> np.ndarray:
        """Return the code of the CSM who looks after each ``account`` on ``day``."""
        return np.where(day < self.owner_changed[account], self.owner[account], self.later_owner[account])


def draw_accounts(rng: np.random.Generator, calendar: Calendar, count: int, first: int = 1) -> Accounts:
    """Draw accounts, in the order in which they come: about two thirds are there from the start, the others arrive later.

    Parameters
    ----------
    rng : numpy.random.Generator
    calendar : Calendar
    count : int
    first : int
        Number in the id of the first one.

    Returns
    -------
    Accounts

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
    owner = rng.integers(0, len(OWNERS), count)
    return Accounts(
        ids=numbered("A", count, digits=5, first=first),
        first_start=first_start,
        signed_up=first_start - rng.uniform(0.2, 14, count),
        industry=rng.integers(0, len(INDUSTRIES), count),
        size=size,
        country=country,
        channel=channel,
        cost_cents=np.round(cost * 100).astype(np.int64),
        groups=draw_groups(rng, calendar, first_start, size),
        owner=owner,
        later_owner=(owner + rng.integers(1, len(OWNERS), count)) % len(OWNERS),
        owner_changed=np.floor(first_start + 20 + rng.exponential(365.25 / _OWNER_CHANGES_PER_YEAR, count)) + 0.4,
        months=np.array([1, 3, 12, 24])[rng.choice(4, count, p=[0.20, 0.10, 0.55, 0.15])],
        departments=departments,
        onboarding=rng.beta(3.2, 1.6, count),
        slow_payer=np.where(rng.random(count) < 0.16, rng.uniform(0.6, 1.0, count), rng.uniform(0, 0.15, count)),
        price_sensitivity=rng.beta(1.1, 2.2, count),
        names=company_names(rng, [COUNTRIES[code] for code in country]),
    )


def accounts_table(rng: np.random.Generator, calendar: Calendar, accounts: Accounts, cover) -> pa.Table:
    """Write the accounts: known minutes after sign-up, with a new version where the owner, the industry or the parent changes.

    Notes
    -----
    An account that has left is no longer looked after, so nothing of it is corrected. 3 % begin with a wrong industry.
    """
    count, groups = accounts.count, accounts.groups
    known = np.minimum(known_after(rng, "accounts", accounts.signed_up), accounts.first_start + 0.5)
    wrong = np.flatnonzero(rng.random(count) < _WRONG_INDUSTRY)
    noticed = accounts.first_start[wrong] + rng.uniform(5, 200, len(wrong))
    told = accounts.industry.copy()
    told[wrong] = (told[wrong] + rng.integers(1, len(INDUSTRIES), len(wrong))) % len(INDUSTRIES)

    def changed(on: np.ndarray, column: str, after: np.ndarray, who=None) -> Change:
        who = np.arange(count) if who is None else who
        here = np.isfinite(on) & cover.holds(who, on)
        return Change(who[here], on[here], {column: after[who[here]]})

    row, known, told = with_versions(
        known,
        {"industry": told, "owner": accounts.owner, "parent": groups.parent},
        [
            changed(noticed, "industry", accounts.industry, wrong),
            changed(accounts.owner_changed, "owner", accounts.later_owner),
            changed(groups.changed, "parent", groups.later_parent),
        ],
        calendar.days,
    )
    return table(
        "accounts",
        {
            "account_id": picked(accounts.ids, row),
            "name": picked(pa.array(accounts.names), row),
            "signed_up_at": times(calendar, accounts.signed_up[row]),
            "industry": texts(INDUSTRIES, told["industry"]),
            "company_size": texts(SIZES, accounts.size[row]),
            "region": texts(REGIONS, accounts.region[row]),
            "country": texts(COUNTRIES, accounts.country[row]),
            "acquisition_channel": texts(CHANNELS, accounts.channel[row]),
            "acquisition_cost": money(accounts.cost_cents[row]),
            "parent_account_id": picked(accounts.ids, told["parent"]),
            "owner": texts(OWNERS, told["owner"]),
            "known_at": times(calendar, known),
        },
    )
