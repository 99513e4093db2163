"""Groups of companies: who belongs to whom, and who is bought or sold later."""

from dataclasses import dataclass

import numpy as np

from renewcast.simulate.calendar import Calendar

_SUBSIDIARIES = 0.16
_BOUGHT_PER_YEAR, _SOLD_PER_YEAR = 0.012, 0.03


@dataclass(frozen=True)
class Groups:
    """The parent of every account, before and after one possible change; arrays of shape (accounts,), -1 is none.

    A parent has no parent itself and never gets one, so the hierarchy has two levels and no circle. ``changed`` is the day of
    the change (infinity: never).
    """

    parent: np.ndarray
    later_parent: np.ndarray
    changed: np.ndarray

    def head(self, weeks: int) -> np.ndarray:
        """Return the account at the head of each account's group, week by week, shape (accounts, weeks)."""
        own = np.arange(len(self.parent))
        before, after = (np.where(parent < 0, own, parent) for parent in (self.parent, self.later_parent))
        is_before = np.arange(weeks)[None, :] * 7 < self.changed[:, None]
        return np.where(is_before, before[:, None], after[:, None])


def draw_groups(rng: np.random.Generator, calendar: Calendar, first_start: np.ndarray, size: np.ndarray) -> Groups:
    """Draw who belongs to a larger account that came before, who is bought by one later, and who is sold.

    Parameters
    ----------
    rng : numpy.random.Generator
    calendar : Calendar
    first_start : array of int, shape (accounts,)
        In increasing order.
    size : array of int, shape (accounts,)
        0 (small) to 3.

    Returns
    -------
    Groups

    Examples
    --------
    >>> import datetime as dt
    >>> calendar, rng = Calendar(dt.date(2024, 1, 1), 52), np.random.default_rng(0)
    >>> groups = draw_groups(rng, calendar, np.arange(300), rng.integers(0, 4, 300))
    >>> heads = groups.parent[groups.parent >= 0]
    >>> bool((groups.parent[heads] == -1).all() and (groups.later_parent[heads] == -1).all())
    True
    """
    count = len(size)
    nobody = np.full(count, -1)
    is_child = (rng.random(count) < _SUBSIDIARIES) & (size < 3)
    heads = np.flatnonzero(~is_child & (size >= 2))
    joins, picks, other = rng.exponential(1, count), rng.random(count), rng.random(count)
    if not len(heads):
        return Groups(nobody, nobody, np.full(count, np.inf))
    # Accounts stand in the order in which they came, so only the heads before a row were there already.
    earlier = np.searchsorted(heads, np.arange(count))
    parent = np.where(is_child & (earlier > 0), heads[np.minimum(np.floor(picks * earlier), len(heads) - 1).astype(np.int64)], -1)
    may_move = ~np.isin(np.arange(count), heads)
    rate = np.where(parent >= 0, _SOLD_PER_YEAR + _BOUGHT_PER_YEAR, _BOUGHT_PER_YEAR) / 365.25
    changed = np.floor(np.maximum(first_start, 0) + 45 + joins / rate) + 0.6
    buyer = heads[np.floor(other * len(heads)).astype(np.int64)]
    # Half of those who are sold go to another group, the others stand alone.
    later = np.where((parent >= 0) & (rng.random(count) < 0.5), -1, buyer)
    moves = may_move & (changed < calendar.days) & (later != parent) & (first_start[buyer] < changed - 30)
    return Groups(parent, np.where(moves, later, parent), np.where(moves, changed, np.inf))
