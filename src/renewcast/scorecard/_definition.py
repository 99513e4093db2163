"""What a star metric is, and what a month's value of one is made of (C59-C63)."""

import dataclasses
from collections.abc import Callable

import numpy as np

from renewcast.revenue.cohorts import wilson

TEAMS = ("operations", "benchmark", "value_add", "ordinary", "implementation")
"""The teams of a customer-success organisation, in the order of the requirements."""
Z90 = 1.6448536269514722


@dataclasses.dataclass(frozen=True, eq=False)
class Series:
    """A metric's value in each month.

    Attributes
    ----------
    value : array of float64, shape (n_months,)
        NaN where it cannot be told.
    low, high : array of float64 or None
        90 % interval where the value is an estimate; None for what was counted in full.
    """

    value: np.ndarray
    low: np.ndarray | None = None
    high: np.ndarray | None = None

    def where(self, told) -> "Series":
        """Return the series with NaN in the months that are not told."""
        return Series(*(None if part is None else np.where(told, part, np.nan) for part in (self.value, self.low, self.high)))


@dataclasses.dataclass(frozen=True)
class StarMetric:
    """One number by which a team is judged.

    Attributes
    ----------
    name : str
        Unique.
    team : one of ``TEAMS``
    stars : {5, 4, 3}
        Five stars move first and are the team's own doing; three stars are what comes of it.
    unit : {"share", "points", "money", "integer", "number"}
        As the kinds of a review's columns; a score is a number.
    en, zh, meaning_en, meaning_zh : str
    better : {1, -1}
        Whether more is better.
    needs : tuple of str
        "table.column" of everything without which it cannot be computed.
    compute : callable or None
        Takes :class:`renewcast.scorecard.months.Months`, returns a :class:`Series`; None for what no table can tell.
    why_not_en, why_not_zh : str
        The reason, where ``compute`` is None.
    """

    name: str
    team: str
    stars: int
    unit: str
    en: str
    zh: str
    meaning_en: str
    meaning_zh: str
    better: int = 1
    needs: tuple[str, ...] = ()
    compute: Callable | None = None
    why_not_en: str = ""
    why_not_zh: str = ""


def metric(name, team, stars, unit, *, en, zh, meaning_en, meaning_zh, better=1, needs=()):
    """Declare the function below as a star metric.

    Examples
    --------
    >>> @metric("calls", "ordinary", 5, "integer", en="Calls", zh="通话", meaning_en="Calls a month.", meaning_zh="每月通话数。")
    ... def calls(months):
    ...     return Series(np.zeros(len(months)))
    >>> calls.name, calls.stars
    ('calls', 5)
    """

    def declare(compute) -> StarMetric:
        return StarMetric(name, team, stars, unit, en, zh, meaning_en, meaning_zh, better, tuple(needs), compute)

    return declare


def untold(name, team, stars, unit, *, en, zh, meaning_en, meaning_zh, why_en, why_zh) -> StarMetric:
    """Declare a metric that no table of renewcast can fill, with the reason: listed, never made up."""
    return StarMetric(name, team, stars, unit, en, zh, meaning_en, meaning_zh, 1, (), None, why_en, why_zh)


def share(part, whole) -> Series:
    """Divide counts, with Wilson's 90 % interval; NaN where there is nobody.

    Examples
    --------
    >>> found = share(np.array([5.0, 0.0]), np.array([10.0, 0.0]))
    >>> found.value.tolist(), round(float(found.low[0]), 3), round(float(found.high[0]), 3)
    ([0.5, nan], 0.269, 0.731)
    """
    part, whole = np.asarray(part, dtype="float64"), np.asarray(whole, dtype="float64")
    low, high = wilson(part, whole, Z90)
    value = np.divide(part, whole, out=np.full(len(whole), np.nan), where=whole > 0)
    return Series(value, low, high).where(whole > 0)


def ratio(above, below, month, account, n_months: int, scale: float = 1.0) -> Series:
    """Divide sums by month, with a 90 % interval that counts accounts: linearised, each account's rows added up first.

    Parameters
    ----------
    above, below : arrays of float, shape (n_rows,)
    month, account : arrays of int, shape (n_rows,)
    n_months : int
    scale : float
        What the quotient is multiplied by.

    Returns
    -------
    Series

    References
    ----------
    Cochran, Sampling Techniques, third edition (1977), section 6.3 (variance of a ratio), with accounts as the units drawn.

    Examples
    --------
    >>> found = ratio(np.array([1.0, 0.0]), np.array([1.0, 1.0]), np.array([0, 0]), np.array([0, 1]), 1)
    >>> found.value.tolist(), bool(found.low[0] < 0.5 < found.high[0])
    ([0.5], True)
    """
    above, below = np.asarray(above, dtype="float64"), np.asarray(below, dtype="float64")
    month, account = np.asarray(month, dtype=np.int64), np.asarray(account, dtype=np.int64)
    y, x = (np.bincount(month, weights=values, minlength=n_months) for values in (above, below))
    value = np.divide(y, x, out=np.full(n_months, np.nan), where=x > 0)
    key, place = np.unique(month * (account.max(initial=0) + 1) + account, return_inverse=True)
    of = key // (account.max(initial=0) + 1)
    # Sums first: of whole numbers they are the same in any order.
    above, below = (np.bincount(place, weights=values, minlength=len(key)) for values in (above, below))
    rest = above - np.nan_to_num(value)[of] * below
    clusters = np.bincount(of, minlength=n_months)
    squares = np.bincount(of, weights=rest**2, minlength=n_months) * clusters / np.maximum(clusters - 1, 1)
    error = np.divide(np.sqrt(squares), x, out=np.full(n_months, np.nan), where=(x > 0) & (clusters > 1))
    return Series(scale * value, scale * (value - Z90 * error), scale * (value + Z90 * error))
