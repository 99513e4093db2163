"""People: who works with the product in each account, in which role, and when they come and go."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from renewcast.simulate.accounts import Accounts
from renewcast.simulate.calendar import Calendar
from renewcast.simulate.lags import known_after
from renewcast.simulate.latent import Latent
from renewcast.simulate.tables import numbered_in_block, picked, table, texts, times
from renewcast.simulate.terms import Cover
from renewcast.simulate.versions import Change, with_versions

ROLES = ("key_user", "executive", "administrator", "member")
DEPARTMENTS = ("Marketing", "Product", "Sales", "Operations", "Finance", "Data", "Support", "HR")
KEY_USER, EXECUTIVE, ADMINISTRATOR, MEMBER = range(4)
_MEMBERS_LEAVING_PER_YEAR = 0.12
_ROLE_LATE, _LEAVING_IS_A_VERSION, _MOVES, _PROMOTIONS = 0.3, 0.35, 0.05, 0.02
# Rows of usage a week in a normal week; members vary a lot around theirs.
_ROWS_PER_WEEK = np.array([5.5, 0.25, 1.1, 1.35])


@dataclass(frozen=True)
class People:
    """Every person, sorted by account; days count from day 0.

    ``works_until`` is the week in which the person stops working with the product (infinity: goes on), ``left`` the day
    on which the CRM learned of it (NaN: never), ``rate`` rows of usage in a normal week. ``takes_over`` is True for whoever
    came to replace a key user.
    """

    account: np.ndarray
    role: np.ndarray
    department: np.ndarray
    joined: np.ndarray
    works_until: np.ndarray
    left: np.ndarray
    rate: np.ndarray
    takes_over: np.ndarray
    ids: pa.Array

    @property
    def count(self) -> int:
        """Return the number of people."""
        return len(self.account)

    def works(self, weeks: int) -> np.ndarray:
        """Return in which weeks each person works with the product, shape (people, weeks)."""
        week = np.arange(weeks)[None, :]
        return (week > np.floor(self.joined / 7)[:, None]) & (week < self.works_until[:, None])

    def weekly_rates(self, weeks: int) -> np.ndarray:
        """Return rows of usage to expect of each person in a normal week, shape (people, weeks)."""
        return self.rate[:, None].astype(np.float32) * self.works(weeks)

    def per_account(self, weeks: int) -> tuple[np.ndarray, np.ndarray]:
        """Return rows of usage to expect of each account in a normal week, and how many work there, shape (accounts, weeks)."""
        begins = np.flatnonzero(np.diff(self.account, prepend=-1))
        works = self.works(weeks).astype(np.float32)
        rates = works * self.rate[:, None].astype(np.float32)
        return np.add.reduceat(rates, begins, axis=0), np.add.reduceat(works, begins, axis=0)

    def at_the_beginning(self, accounts: Accounts) -> tuple[np.ndarray, np.ndarray]:
        """Return how many people each account begins with and their rows of usage in a normal week, shape (accounts,) each.

        Only people who are there 120 days after the first day (or day 0) count: nobody buys seats for those yet to come.
        """
        early = self.joined < np.maximum(accounts.first_start, 0)[self.account] + 120
        account = self.account[early]
        return tuple(np.bincount(account, weights=weights, minlength=accounts.count) for weights in (None, self.rate[early]))


def draw_people(rng: np.random.Generator, calendar: Calendar, accounts: Accounts, latent: Latent, block: int = 0) -> People:
    """Draw the people of every account, those who replace a key user included.

    Examples
    --------
    >>> import datetime as dt
    >>> from renewcast.simulate.accounts import draw_accounts
    >>> from renewcast.simulate.latent import draw_latent
    >>> calendar = Calendar(dt.date(2024, 1, 1), 26)
    >>> accounts = draw_accounts(np.random.default_rng(0), calendar, 10)
    >>> latent = draw_latent(np.random.default_rng(1), calendar, accounts)
    >>> people = draw_people(np.random.default_rng(2), calendar, accounts, latent)
    >>> bool((np.bincount(people.account) >= 3).all())
    True
    """
    account, role = _seats_at_the_table(rng, accounts, latent)
    size = len(account)
    key_department = rng.integers(0, len(DEPARTMENTS), accounts.count)
    offset = np.floor(rng.random(size) * accounts.departments[account]).astype(np.int64)
    # The first three people of an account work where the key user works: the two who stay when it shrinks are among them.
    order = np.arange(size) - np.searchsorted(account, account)
    is_core = (role == KEY_USER) | (order < 3)
    department = (key_department[account] + np.where(is_core, 0, offset)) % len(DEPARTMENTS)
    begin = accounts.first_start[account]
    later = (rng.random(size) < 0.28) & (role == MEMBER)
    settling = rng.uniform(0, np.where(role == MEMBER, 60, 6), size)
    room = np.maximum(calendar.days - begin - 61, 1)
    joined = begin + np.where(later, 60 + rng.random(size) * room, settling)
    rate = _ROWS_PER_WEEK[role] * np.where(role == MEMBER, rng.lognormal(-0.32, 0.8, size), rng.lognormal(-0.06, 0.35, size))
    ordinary = np.floor(np.maximum(joined, 0) / 7 + 1 + rng.exponential(52 / _MEMBERS_LEAVING_PER_YEAR, size))
    works_until = np.where((role == MEMBER) & (order > 2), ordinary, np.inf)
    # The first executive of an account is the sponsor.
    sponsor = np.flatnonzero(role == EXECUTIVE)
    sponsor = sponsor[np.diff(account[sponsor], prepend=-1) > 0]
    works_until[sponsor] = latent.sponsor_week

    # One row per departure: turn 0 ends the first key user, each later turn the one who took over before.
    gone = latent.departures
    first_key = np.searchsorted(account, np.arange(accounts.count))
    leaves = gone.turn == 0
    works_until[first_key[gone.account[leaves]]] = gone.week[leaves]
    comes = np.isfinite(gone.replaced) & (gone.replaced * 7 < calendar.days)
    next_week = np.full((accounts.count, 4), np.inf)
    next_week[gone.account, gone.turn] = gone.week
    account = np.concatenate([account, gone.account[comes]])
    role = np.concatenate([role, np.full(comes.sum(), KEY_USER)])
    department = np.concatenate([department, key_department[gone.account[comes]]])
    joined = np.concatenate([joined, gone.replaced[comes] * 7 + rng.uniform(0, 4, comes.sum())])
    rate = np.concatenate([rate, rate[first_key[gone.account[comes]]] * rng.uniform(0.75, 1.1, comes.sum())])
    works_until = np.concatenate([works_until, next_week[gone.account[comes], gone.turn[comes] + 1]])
    order = np.concatenate([order, np.zeros(comes.sum(), dtype=np.int64)])

    is_leaver = np.isfinite(works_until)
    noticed = works_until * 7 + rng.uniform(5, 40, len(account))
    # When an account shrinks most people only stop coming: nobody tells the CRM.
    stops = latent.shrink_week[account] + np.floor(rng.uniform(1, 14, len(account)))
    fades = (order > 1) & (role != KEY_USER) & (stops < works_until)
    told = rng.random(len(account)) < 0.2
    told_on = np.where(told, stops * 7 + rng.uniform(5, 40, len(account)), np.nan)
    left = np.where(fades, told_on, np.where(is_leaver, noticed, np.nan))
    works_until = np.where(fades, stops, works_until)

    by_account = np.argsort(account, kind="stable")
    takes_over = np.arange(len(account)) >= size
    columns = (account, role, department, joined, works_until, left, rate, takes_over)
    ids = numbered_in_block("U", len(account), digits=6, block=block)
    return People(*(values[by_account] for values in columns), ids)


def _seats_at_the_table(rng: np.random.Generator, accounts: Accounts, latent: Latent) -> tuple[np.ndarray, np.ndarray]:
    """Lay out each account's first people: the key user first, then members, an administrator and an executive or two."""
    members = 2 + rng.poisson(np.array([1.5, 3.2, 6.0, 11.0])[accounts.size]) + accounts.departments // 2
    executives = 1 + (accounts.size >= 2)
    second_key = latent.has_second_key.astype(np.int64)
    total = 1 + members + second_key + 1 + executives
    account = np.repeat(np.arange(accounts.count), total)
    order = np.arange(len(account)) - np.repeat(np.cumsum(total) - total, total)
    bounds = np.cumsum(np.stack([np.ones_like(members), members, second_key, np.ones_like(members)]), axis=0)[:, account]
    role = np.select(
        [order < bounds[0], order < bounds[1], order < bounds[2], order < bounds[3]],
        [KEY_USER, MEMBER, KEY_USER, ADMINISTRATOR],
        EXECUTIVE,
    )
    return account, role


def users_table(rng: np.random.Generator, calendar: Calendar, accounts: Accounts, people: People, cover: Cover) -> pa.Table:
    """Write the users: whoever joined while the account had cover, with a version for what the CRM learned later.

    Notes
    -----
    ``left_at`` is when the CRM learned that somebody left: mostly it is filled into the row, for a third a new version tells.
    Some who replace a key user stand as members for weeks; some people move to another department or become administrators.
    """
    count, account = people.count, people.account
    known = known_after(rng, "users", people.joined)
    seen = (known < calendar.days) & cover.holds(account, people.joined)
    noticed = seen & (people.left < calendar.days) & (people.left > known) & cover.holds(account, people.left)
    by_version = noticed & (rng.random(count) < _LEAVING_IS_A_VERSION)
    role, department = people.role.copy(), people.department.copy()
    changes = []

    def told(who: np.ndarray, on: np.ndarray, **after) -> None:
        here = (on > known[who]) & cover.holds(account[who], on) & ~(on >= people.left[who])
        changes.append(Change(who[here], on[here], {name: values[here] for name, values in after.items()}))

    late = np.flatnonzero(seen & people.takes_over & (rng.random(count) < _ROLE_LATE))
    told(late, known[late] + rng.uniform(4, 30, len(late)), role=people.role[late])
    role[changes[-1].row] = MEMBER
    span = np.maximum(calendar.days - people.joined, 1)
    moves = np.flatnonzero(seen & (people.role == MEMBER) & (accounts.departments[account] > 1) & (rng.random(count) < _MOVES))
    # Who moves stood in the next department before, so that the one in which the person works stays the true one.
    told(moves, (people.joined + span * rng.random(count))[moves], department=people.department[moves])
    department[changes[-1].row] = (department[changes[-1].row] + 1) % len(DEPARTMENTS)
    rises = np.flatnonzero(seen & (people.role == MEMBER) & (rng.random(count) < _PROMOTIONS))
    told(rises, (people.joined + 60 + span * rng.random(count))[rises], role=np.full(len(rises), ADMINISTRATOR))
    leavers = np.flatnonzero(by_version)
    changes.append(Change(leavers, people.left[leavers] + rng.uniform(0.1, 6, len(leavers)), {"left": people.left[leavers]}))

    first = {"role": role, "department": department, "left": np.where(noticed & ~by_version, people.left, np.nan)}
    row, known, columns = with_versions(np.where(seen, known, np.inf), first, changes, calendar.days)
    return table(
        "users",
        {
            "user_id": picked(people.ids, row),
            "account_id": picked(accounts.ids, account[row]),
            "role": texts(ROLES, columns["role"]),
            "department": texts(DEPARTMENTS, columns["department"]),
            "joined_at": times(calendar, people.joined[row]),
            "left_at": times(calendar, columns["left"]),
            "known_at": times(calendar, known),
        },
    )
