"""Read the hidden causes at the time of a decision."""

import numpy as np

from renewcast.simulate.accounts import Accounts
from renewcast.simulate.calendar import Calendar
from renewcast.simulate.decisions import Causes
from renewcast.simulate.latent import Latent
from renewcast.simulate.milestones import Plan
from renewcast.simulate.modules import Modules

# Weeks over which a cause is averaged up to the decision.
_MEMORY = {"decline": 4, "pain": 8, "late": 40, "mood": 17, "stress": 8}


class CauseReader:
    """Reads causes for one term of every account at a time; running sums are kept so that a reading is cheap.

    Parameters
    ----------
    calendar, accounts, latent, plan
        What was drawn.
    modules : Modules
        Changes while it is read: modules are bought and dropped on the way.
    demand : array of float, shape (accounts, weeks)
        Usage to expect, in units of ``quantity``.
    at_work : array of float, shape (accounts, weeks)
        People who work with the product.
    """

    def __init__(self, calendar: Calendar, accounts: Accounts, latent: Latent, plan: Plan, modules: Modules, demand, at_work):
        self._calendar, self._accounts, self._latent = calendar, accounts, latent
        self._plan, self._modules, self._at_work = plan, modules, at_work
        self._used_until = _running(demand)
        self._until = {name: _running(getattr(latent, name)) for name in _MEMORY}
        self._row = np.arange(accounts.count)

    def at(self, day: np.ndarray, starts: np.ndarray, quota: np.ndarray, seats: np.ndarray, price: np.ndarray) -> Causes:
        """Return the causes on each account's ``day``, for terms that began on ``starts``; arrays of shape (accounts,)."""
        accounts, latent, row = self._accounts, self._latent, self._row
        week = self._calendar.week(day)
        since = np.clip(np.floor(np.maximum(starts, 0) / 7).astype(np.int64), 0, None)
        since = np.maximum(np.minimum(since, week - 13), 0)
        used = self._used_until[row, week] - self._used_until[row, since]
        few = accounts.departments <= 2
        return Causes(
            decline=self._recent("decline", week),
            key_gap=latent.key_gap[row, week],
            narrow=(few & (self._modules.in_use(week) <= 1)).astype(float),
            few_departments=few.astype(float),
            unused=self._modules.unused_share(week),
            pain=self._recent("pain", week),
            missed=self._plan.missed(day),
            outcome_missing=self._plan.outcome_missing(day),
            # The first weeks say nothing about a year.
            burn=np.where(week - since < 6, 1.0, used / np.maximum(week - since, 1) * 52 / quota),
            shrunk=latent.shrunk[row, week],
            late=self._recent("late", week),
            mood=self._recent("mood", week),
            tenure_days=day - accounts.first_start,
            size=accounts.size,
            seats_per_user=seats / np.maximum(self._at_work[row, week], 1),
            price=price,
            stress=self._recent("stress", week),
        )

    def is_calm(self, day: np.ndarray) -> np.ndarray:
        """Return where an account has not given up any usage worth naming on ``day``."""
        return self._latent.decline[self._row, self._calendar.week(day)] < 0.2

    def _recent(self, name: str, week: np.ndarray) -> np.ndarray:
        """Mean of the remembered weeks up to and with ``week``, fewer where there are fewer."""
        total, begin = self._until[name], np.maximum(week + 1 - _MEMORY[name], 0)
        return (total[self._row, week + 1] - total[self._row, begin]) / (week + 1 - begin)


def _running(weekly: np.ndarray) -> np.ndarray:
    """Return sums of the weeks before each week, shape (accounts, weeks + 1)."""
    return np.concatenate([np.zeros((len(weekly), 1)), np.cumsum(weekly, axis=1, dtype=np.float64)], axis=1)
