"""The hidden state of every account, week by week: how much it uses, who is gone, what hurts.

All arrays have the shape (accounts, weeks). They are drawn before any decision, so a renewal can be read off them, and
the observable tables are drawn from them, so the causes show up weeks before the decision.
"""

from dataclasses import dataclass

import numpy as np

from renewcast.simulate.accounts import Accounts
from renewcast.simulate.calendar import Calendar
from renewcast.simulate.episodes import Declines, Departures, draw_declines, draw_departures, poisson_episodes, render

_CHRISTMAS, _SUMMER = 0.5, 0.82


@dataclass
class Latent:
    """Weekly hidden causes of every account.

    Attributes
    ----------
    level : array of float, shape (accounts, weeks)
        Usage per active person relative to the account's normal: growth, seasons, noise and decline together.
    season : array of float, shape (accounts, weeks)
        The part of ``level`` that is only the calendar and means nothing.
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
    mood : array of float, about -2 to 2
        Willingness to go on.
    shrink_week : array of float, shape (accounts,)
        Week in which departments begin to drop out; infinity is never.
    has_second_key : array of bool, shape (accounts,)
    declines, departures, pains, delays
        The episodes behind the arrays; plays refer to them.
    """

    level: np.ndarray
    season: np.ndarray
    decline: np.ndarray
    key_gap: np.ndarray
    shrunk: np.ndarray
    pain: np.ndarray
    late: np.ndarray
    mood: np.ndarray
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
    season = _season(calendar, accounts)
    growth = np.exp(np.clip(rng.normal(0.0008, 0.0022, (shape[0], 1)) * np.arange(shape[1]), -0.25, 0.6))
    noise = np.exp(_autoregression(rng, shape, memory=0.75, spread=0.11))
    mood = rng.normal(0.5, 0.5, (shape[0], 1)) + _autoregression(rng, shape, memory=0.98, spread=0.8)
    mood = np.clip(mood - 0.3 * np.minimum(pain, 2) - 0.25 * key_gap, -2.4, 2.4)
    return Latent(
        level=(season * growth * noise * (1 - decline)).astype(np.float32),
        season=season,
        decline=decline,
        key_gap=key_gap,
        shrunk=shrunk,
        pain=pain,
        late=late,
        mood=mood,
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


def _season(calendar: Calendar, accounts: Accounts) -> np.ndarray:
    """Summer, Christmas and, in Asia, the lunar new year: dips of the calendar."""
    day = calendar.day_of_year(np.arange(calendar.latent_weeks))
    summer = (day >= 190) & (day < 243)
    christmas = (day >= 355) | (day < 5)
    lunar = (day >= 28) & (day < 50)
    asia = (accounts.region == 2)[:, None]
    factor = np.where(summer & ~asia, _SUMMER, 1.0) * np.where(christmas, np.where(asia, 0.8, _CHRISTMAS), 1.0)
    return factor * np.where(lunar & asia, 0.6, 1.0)


def _autoregression(rng: np.random.Generator, shape: tuple, *, memory: float, spread: float) -> np.ndarray:
    """Stationary noise that remembers: each week keeps ``memory`` of the last one; ``spread`` is its standard deviation."""
    shocks = rng.normal(0, spread, shape)
    out = np.empty(shape)
    out[:, 0] = shocks[:, 0]
    fresh = np.sqrt(1 - memory**2)
    for week in range(1, shape[1]):
        out[:, week] = memory * out[:, week - 1] + fresh * shocks[:, week]
    return out
