"""The hidden state of every account, week by week: how much it uses, who is gone, what hurts.

All arrays have the shape (accounts, weeks). They are drawn before any decision, so a renewal can be read off them, and
the observable tables are drawn from them, so the causes show up weeks before the decision.
"""

from dataclasses import dataclass

import numpy as np

from renewcast.simulate.accounts import COUNTRIES, Accounts
from renewcast.simulate.calendar import Calendar
from renewcast.simulate.episodes import Declines, Departures, draw_declines, draw_departures, poisson_episodes, render
from renewcast.simulate.holidays import daily_share

_SUMMER = 0.82
_SPONSORS_LEAVING = 0.10
#: Share of a normal week's usage by weekday, Monday first.
WEEKDAY = np.array([0.195, 0.205, 0.205, 0.19, 0.155, 0.022, 0.028])


@dataclass
class Latent:
    """Weekly hidden causes of every account.

    Attributes
    ----------
    level : array of float, shape (accounts, weeks)
        Usage per active person relative to the account's normal: growth, summer, noise and decline together. Public holidays
        come on top, day by day; see ``renewcast.simulate.holidays``.
    season : array of float, shape (accounts, weeks)
        The calendar, holidays included: it means nothing.
    holiday : array of float, shape (accounts, weeks)
        The share of a week's usage that its holidays leave.
    decline : array of float in [0, 1]
        Share of its usage that the account has given up.
    key_gap : array of float in [0, 1]
        1 while the key user is gone and nobody has taken over; less where a second key user is there.
    shrunk : array of float in [0, 1]
        Share of departments lost.
    pain : array of float, 0 and up
        Support pain; above about 0.7 it is felt.
    late : array of float, 0 and up
        How badly invoices are paid.
    stress : array of float, 0 to about 1.2
        How tight the budget is; the accounts of a group share it.
    mood : array of float, about -2 to 2
        Willingness to go on.
    sponsor_week : array of float, shape (accounts,)
        Week in which the executive who stood behind the purchase leaves, which costs goodwill for half a year; infinity is never.
    shrink_week : array of float, shape (accounts,)
        Week in which departments begin to drop out; infinity is never.
    has_second_key : array of bool, shape (accounts,)
    declines, departures, pains, delays
        The episodes behind the arrays; plays refer to them.
    """

    level: np.ndarray
    season: np.ndarray
    holiday: np.ndarray
    decline: np.ndarray
    key_gap: np.ndarray
    shrunk: np.ndarray
    pain: np.ndarray
    late: np.ndarray
    stress: np.ndarray
    mood: np.ndarray
    sponsor_week: np.ndarray
    shrink_week: np.ndarray
    has_second_key: np.ndarray
    declines: Declines
    departures: Departures
    pains: dict
    delays: dict


def draw_latent(rng: np.random.Generator, calendar: Calendar, accounts: Accounts) -> Latent:
    """Draw the hidden weeks of all accounts.

    Returns
    -------
    Latent
        For ``calendar.latent_weeks`` weeks from day 0.

    Examples
    --------
    >>> import datetime as dt
    >>> from renewcast.simulate.accounts import draw_accounts
    >>> calendar = Calendar(dt.date(2024, 1, 1), 26)
    >>> accounts = draw_accounts(np.random.default_rng(0), calendar, 10)
    >>> draw_latent(np.random.default_rng(1), calendar, accounts).decline.shape
    (10, 40)
    """
    shape = (accounts.count, calendar.latent_weeks)
    declines = draw_declines(rng, calendar, accounts)
    decline = np.maximum(
        declines.render(shape),
        # Projects end and teams go on a retreat: short dips that come back by themselves and cost nobody a renewal.
        render(shape, **poisson_episodes(rng, shape, per_year=0.4, hold=(2, 5), ramp=2, recover=3, height=(0.15, 0.5))),
    )
    has_second_key = rng.random(shape[0]) < 0.3
    departures = draw_departures(rng, calendar, accounts)
    key_gap = departures.render(shape) * np.where(has_second_key, 0.35, 1.0)[:, None]
    shrink_week, shrunk = _shrink(rng, shape, accounts)
    pains = poisson_episodes(rng, shape, per_year=0.7, hold=(6, 24), ramp=2, recover=4, height=(0.4, 2.6))
    pain = render(shape, **pains)
    delays = poisson_episodes(rng, shape, per_year=0.15, hold=(18, 45), ramp=2, recover=4, height=(0.6, 1.2))
    late = np.maximum(accounts.slow_payer[:, None], render(shape, **delays))
    stress = _stress(rng, shape, accounts)
    summer, holiday = _summer(calendar, accounts), weekly_share(calendar)[accounts.country]
    growth = np.exp(np.clip(rng.normal(0.0008, 0.0022, (shape[0], 1)) * np.arange(shape[1]), -0.25, 0.6))
    noise = np.exp(_autoregression(rng, shape, memory=0.75, spread=0.11))
    mood = rng.normal(0.5, 0.5, (shape[0], 1)) + _autoregression(rng, shape, memory=0.98, spread=0.8)
    sponsor_week = np.floor(np.maximum(accounts.first_start / 7, 0) + 1 + rng.exponential(52 / _SPONSORS_LEAVING, shape[0]))
    without = np.arange(shape[1]) - sponsor_week[:, None]
    alone = np.where((without >= 0) & (without < 32), 1.0, 0.0)
    mood = np.clip(mood - 0.3 * np.minimum(pain, 2) - 0.25 * key_gap - 0.45 * stress - 0.75 * alone, -2.4, 2.4)
    return Latent(
        level=(summer * growth * noise * (1 - decline)).astype(np.float32),
        season=summer * holiday,
        holiday=holiday,
        decline=decline,
        key_gap=key_gap,
        shrunk=shrunk,
        pain=pain,
        late=np.maximum(late, 0.5 * stress),
        stress=stress,
        mood=mood,
        sponsor_week=sponsor_week,
        shrink_week=shrink_week,
        has_second_key=has_second_key,
        declines=declines,
        departures=departures,
        pains=pains,
        delays=delays,
    )


def _shrink(rng: np.random.Generator, shape: tuple, accounts: Accounts) -> tuple[np.ndarray, np.ndarray]:
    """Accounts with three departments or more sometimes drop them one by one until two people of one are left."""
    years = rng.exponential(1 / 0.11, shape[0])
    week = np.where(accounts.departments >= 3, np.maximum(accounts.first_start / 7, 0) + years * 52, np.inf)
    weeks = np.arange(shape[1])
    lost = np.clip((weeks - week[:, None]) / 14, 0, 1)
    share = (accounts.departments - 1) / np.maximum(accounts.departments, 1)
    return week, np.where(np.isfinite(week)[:, None], lost * share[:, None], 0.0)


def _stress(rng: np.random.Generator, shape: tuple, accounts: Accounts) -> np.ndarray:
    """Draw times of tight budgets, 0 to about 1.2; a subsidiary shares those of the account at the head of its group."""
    own = render(shape, **poisson_episodes(rng, shape, per_year=0.16, hold=(12, 32), ramp=4, recover=6, height=(0.5, 1.2)))
    return own[accounts.groups.head(shape[1]), np.arange(shape[1])[None, :]]


def _summer(calendar: Calendar, accounts: Accounts) -> np.ndarray:
    """Return the dip of the long summer holidays, which Asia does not have."""
    day = calendar.day_of_year(np.arange(calendar.latent_weeks))
    summer = (day >= 190) & (day < 243)
    return np.where(summer & (accounts.region != 2)[:, None], _SUMMER, 1.0)


def weekly_share(calendar: Calendar) -> np.ndarray:
    """Return the share of each week's usage that the holidays of a country leave, shape (countries, weeks).

    Examples
    --------
    >>> import datetime as dt
    >>> left = weekly_share(Calendar(dt.date(2024, 12, 16), 3))
    >>> left[COUNTRIES.index("DE"), :3].round(1).tolist(), left[COUNTRIES.index("CN"), :2].round(1).tolist()
    ([1.0, 0.4, 0.5], [1.0, 1.0])
    """
    daily = daily_share(calendar, COUNTRIES).reshape(len(COUNTRIES), -1, 7)
    return daily @ np.roll(WEEKDAY, -calendar.start.weekday()) / WEEKDAY.sum()


def _autoregression(rng: np.random.Generator, shape: tuple, *, memory: float, spread: float) -> np.ndarray:
    """Stationary noise that remembers: each week keeps ``memory`` of the last one; ``spread`` is its standard deviation."""
    shocks = rng.normal(0, spread, shape)
    out = np.empty(shape)
    out[:, 0] = shocks[:, 0]
    fresh = np.sqrt(1 - memory**2)
    for week in range(1, shape[1]):
        out[:, week] = memory * out[:, week - 1] + fresh * shocks[:, week]
    return out
