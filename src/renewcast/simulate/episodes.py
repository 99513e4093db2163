"""Episodes: things that begin, last and (mostly) pass. A decline, a key user's absence, a bad time with support."""

from dataclasses import dataclass

import numpy as np

from renewcast.simulate.accounts import Accounts
from renewcast.simulate.calendar import Calendar

_DEPARTURES_PER_YEAR = 0.30
_DECLINE_SHARE = 0.36


def render(shape: tuple, *, account, start, ramp, hold, recover, height) -> np.ndarray:
    """Lay episodes over the weeks; where two overlap the stronger one counts.

    Parameters
    ----------
    shape : (accounts, weeks)
    account, start, ramp, hold, recover : arrays of int, shape (episodes,)
        Which account, first week (may be negative), weeks to full height, weeks at full height, weeks to pass.
    height : array of float, shape (episodes,)

    Returns
    -------
    array of float, shape (accounts, weeks)

    Examples
    --------
    >>> one = dict(account=[0], start=[1], ramp=[2], hold=[1], recover=[2], height=[1.0])
    >>> render((1, 7), **{name: np.array(value) for name, value in one.items()}).tolist()
    [[0.0, 0.5, 1.0, 1.0, 1.0, 0.5, 0.0]]
    """
    out = np.zeros(shape)
    if not len(account):
        return out
    total = ramp + hold + recover
    offset = np.arange(int(total.max()))[None, :]
    value = height[:, None] * np.minimum(
        np.clip((offset + 1) / ramp[:, None], 0, 1), np.clip((total[:, None] - offset) / recover[:, None], 0, 1)
    )
    week = start[:, None] + offset
    inside = (week >= 0) & (week < shape[1]) & (value > 0)
    np.maximum.at(out, (np.broadcast_to(account[:, None], week.shape)[inside], week[inside]), value[inside])
    return out


def poisson_episodes(rng: np.random.Generator, shape: tuple, *, per_year, hold, ramp, recover, height) -> dict:
    """Draw episodes at random weeks; ``hold`` and ``height`` are ranges of their length and strength."""
    counts = rng.poisson(per_year * shape[1] / 52, shape[0])
    account = np.repeat(np.arange(shape[0]), counts)
    size = len(account)
    return {
        "account": account,
        "start": rng.integers(-10, shape[1], size),
        "ramp": np.full(size, ramp),
        "hold": rng.integers(hold[0], hold[1] + 1, size),
        "recover": np.full(size, recover),
        "height": rng.uniform(*height, size),
    }


@dataclass(frozen=True)
class Declines:
    """Lasting declines of usage, one entry each.

    ``review_week`` is when a CSM held a review (NaN: none), ``recovered_week`` when the account came back early, which it does
    with or without one (NaN: it did not).
    """

    account: np.ndarray
    start: np.ndarray
    ramp: np.ndarray
    hold: np.ndarray
    recover: np.ndarray
    height: np.ndarray
    review_week: np.ndarray
    recovered_week: np.ndarray

    def render(self, shape: tuple) -> np.ndarray:
        """Lay the declines over the weeks."""
        return render(
            shape,
            account=self.account,
            start=self.start,
            ramp=self.ramp,
            hold=self.hold,
            recover=self.recover,
            height=self.height,
        )


def draw_declines(rng: np.random.Generator, calendar: Calendar, accounts: Accounts) -> Declines:
    """Draw declines that begin 6 to 20 weeks before an end of term (for short terms: a yearly day of their own)."""
    years = int(np.ceil((calendar.days + 900) / 365)) + 1
    is_long = accounts.months >= 12
    phase = rng.integers(0, 365, accounts.count)
    anchor = np.where(is_long, accounts.first_start, accounts.first_start + phase)
    step = np.where(is_long, accounts.months, 12)
    cycle = np.arange(1, years + 1)
    account = np.repeat(np.arange(accounts.count), years)
    ends = calendar.add_months(np.repeat(anchor, years), np.repeat(step, years) * np.tile(cycle, accounts.count))
    chosen = (rng.random(len(account)) < _DECLINE_SHARE) & (ends > -60) & (ends < 7 * calendar.latent_weeks + 140)
    account, end_week = account[chosen], ends[chosen] // 7
    size = len(account)
    start = end_week - 6 - np.floor(15 * rng.beta(2.2, 1.1, size)).astype(np.int64)
    ramp = rng.integers(2, 6, size)
    hold = end_week - start - ramp + rng.integers(2, 18, size)
    # Who is reviewed says nothing about who comes back early by itself: the effect of a review is on the decision alone.
    week = start + rng.integers(3, 9, size)
    review_week = np.where(rng.random(size) < 0.38, week, np.nan)
    recovers = rng.random(size) < 0.16
    hold = np.where(recovers, np.maximum(week - start - ramp, 0) + 1, np.maximum(hold, 1))
    recover, height = rng.integers(3, 7, size), 0.25 + 0.7 * rng.beta(2.4, 1.6, size)
    return Declines(account, start, ramp, hold, recover, height, review_week, np.where(recovers, week + 5.0, np.nan))


@dataclass(frozen=True)
class Departures:
    """Key users who left: ``week`` of their last work, ``replaced`` when another took over (infinity: never).

    ``turn`` counts the departures of one account from 0; ``handover_week`` is when a CSM began to help (NaN: nobody did).
    """

    account: np.ndarray
    turn: np.ndarray
    week: np.ndarray
    replaced: np.ndarray
    handover_week: np.ndarray

    def render(self, shape: tuple) -> np.ndarray:
        """Return 1 in the weeks of the gap; after 40 weeks without anybody the account has learned to live with less (0.4)."""
        weeks = np.arange(shape[1])[None, :]
        gap = (weeks >= self.week[:, None]) & (weeks < self.replaced[:, None])
        value = np.where(weeks - self.week[:, None] < 40, 1.0, 0.4) * gap
        out = np.zeros(shape)
        np.maximum.at(out, self.account, value)
        return out


def draw_departures(rng: np.random.Generator, calendar: Calendar, accounts: Accounts) -> Departures:
    """Draw up to three departures of key users per account; in half of them somebody takes over, with help or without."""
    rows = []
    free_from = np.maximum(accounts.first_start / 7, 0)
    for turn in range(3):
        week = np.floor(free_from + 1 + rng.exponential(52 / _DEPARTURES_PER_YEAR, accounts.count))
        helped = rng.random(accounts.count) < 0.45
        taken_over = rng.random(accounts.count) < 0.56
        is_soon = rng.random(accounts.count) < 0.6
        delay = np.where(is_soon, rng.integers(4, 11, accounts.count), rng.integers(6, 36, accounts.count))
        replaced = np.where(taken_over, week + delay, np.inf)
        handover = np.where(helped, week + rng.integers(2, 5, accounts.count), np.nan)
        happens = np.isfinite(week) & (week < calendar.latent_weeks)
        chosen = np.flatnonzero(happens)
        rows.append((chosen, np.full(len(chosen), turn), week[chosen], replaced[chosen], handover[chosen]))
        free_from = np.where(happens, replaced, np.inf)
    return Departures(*(np.concatenate(parts) for parts in zip(*rows, strict=True)))
