"""Add-on modules: who holds which, and from which week they are used; some never are."""

from dataclasses import dataclass, field

import numpy as np

from renewcast.simulate.accounts import Accounts
from renewcast.simulate.calendar import Calendar
from renewcast.simulate.contracts import ADD_ONS

_MOST = 3


@dataclass
class Modules:
    """The add-ons of every account.

    Attributes
    ----------
    held : array of bool, shape (accounts, add-ons)
        What the current term covers.
    active : array of bool, shape (accounts, add-ons, weeks)
        Held and in use in that week.
    trainings : list of (account, add-on, week of the course, week in which the module comes into use)
        Courses on modules that nobody used; infinity where nobody ever does.
    """

    held: np.ndarray
    active: np.ndarray
    trainings: list = field(default_factory=list)

    def buy(self, rng: np.random.Generator, account: np.ndarray, module: np.ndarray, week: np.ndarray) -> None:
        """Hold modules from a week on; about a third start late or never, whether there is a course or not."""
        count = len(account)
        kind = rng.random(count)
        delay = np.select([kind < 0.66, kind < 0.78], [rng.uniform(0, 8, count), rng.uniform(16, 60, count)], np.inf)
        trained = (kind >= 0.66) & (rng.random(count) < 0.4)
        course = week + rng.integers(10, 34, count)
        discovered = (kind >= 0.66) & (rng.random(count) < 0.2)
        begins = np.where(discovered, np.minimum(week + delay, course + rng.integers(2, 7, count)), week + delay)
        self.held[account, module] = True
        self.active[account, module] |= np.arange(self.active.shape[2])[None, :] >= begins[:, None]
        columns = (account, module, course, begins)
        self.trainings.extend(zip(*(column[trained] for column in columns), strict=True))

    def can_buy(self, account: np.ndarray, module) -> np.ndarray:
        """Return where an account does not hold a module and has room for it: nobody holds more than three."""
        return ~self.held[account, module] & (self.held[account].sum(axis=1) < _MOST)

    def drop(self, account: np.ndarray, module: int, week: np.ndarray) -> None:
        """Hold a module no longer, from a week on."""
        self.held[account, module] = False
        self.active[account, module] &= np.arange(self.active.shape[2])[None, :] < week[:, None]

    def in_use(self, week: np.ndarray) -> np.ndarray:
        """Return how many add-ons each account uses in ``week``, shape (accounts,)."""
        return self.active[np.arange(len(week)), :, week].sum(axis=1)

    def unused_share(self, week: np.ndarray) -> np.ndarray:
        """Return the share of the add-ons held that nobody uses in ``week``, shape (accounts,)."""
        idle = self.held & ~self.active[np.arange(len(week)), :, week]
        return idle.sum(axis=1) / np.maximum(self.held.sum(axis=1), 1)


def first_modules(rng: np.random.Generator, calendar: Calendar, accounts: Accounts) -> Modules:
    """Draw the add-ons of the first terms: none to three.

    Examples
    --------
    >>> import datetime as dt
    >>> from renewcast.simulate.accounts import draw_accounts
    >>> calendar = Calendar(dt.date(2024, 1, 1), 26)
    >>> modules = first_modules(np.random.default_rng(1), calendar, draw_accounts(np.random.default_rng(0), calendar, 50))
    >>> int(modules.held.sum(axis=1).max()) <= 3
    True
    """
    count = accounts.count
    wanted = rng.binomial(_MOST, np.array([0.40, 0.50, 0.58, 0.66])[accounts.size])
    rank = rng.permuted(np.tile(np.arange(ADD_ONS), (count, 1)), axis=1)
    modules = Modules(np.zeros((count, ADD_ONS), dtype=bool), np.zeros((count, ADD_ONS, calendar.latent_weeks), dtype=bool))
    account, module = np.nonzero(rank < wanted[:, None])
    modules.buy(rng, account, module, np.floor(accounts.first_start[account] / 7).astype(np.int64))
    return modules
