"""What is agreed and renegotiated: seats, quota, prices and discounts, growth within a term and from one to the next."""

from dataclasses import dataclass

import numpy as np

from renewcast.simulate.accounts import Accounts
from renewcast.simulate.contracts import ADD_ONS, PLATFORM
from renewcast.simulate.decisions import Causes
from renewcast.simulate.pricing import list_price_rise

#: The share of long terms that are bridged by a month or two because the negotiation takes longer.
SHARE_BRIDGED = 0.03
_EXPANSIONS_PER_YEAR = 0.07
_WITHIN_THE_ROW = 0.35
_HIGHEST_DISCOUNT = 0.4


@dataclass
class Prices:
    """What each account pays for, as agreed last; arrays of shape (accounts,), modules (accounts, add-ons).

    ``granted`` says who gets a concession on the coming rise of the list price.
    """

    seats: np.ndarray
    seat_cents: np.ndarray
    module_cents: np.ndarray
    discount: np.ndarray
    quota: np.ndarray
    granted: np.ndarray

    def seats_cost(self, seats: np.ndarray) -> np.ndarray:
        """Return the cents a month of each account's ``seats``."""
        return np.round(seats * self.seat_cents * (1 - self.discount))

    def module_cost(self, module) -> np.ndarray:
        """Return the cents a month of a module (or one for each account) for each account's seats."""
        return np.round(self.seats * self.module_cents[np.arange(len(self.seats)), module] * (1 - self.discount))


def draw_prices(rng: np.random.Generator, accounts: Accounts, headcount: np.ndarray, usual: np.ndarray) -> Prices:
    """Draw the first conditions: who minds prices has haggled for a larger discount."""
    count, sensitivity = accounts.count, accounts.price_sensitivity
    haggled = np.round((rng.beta(1.6, 4, count) * 8 + 2 * sensitivity) * (0.7 + 0.3 * sensitivity)) * 5 / 100
    return Prices(
        seats=np.ceil(headcount * rng.uniform(1.0, 1.5, count)),
        seat_cents=np.round(rng.uniform(2400, 6200, count) * np.array([1.0, 0.92, 0.8, 0.7])[accounts.size]),
        module_cents=np.round(rng.uniform(500, 1900, (count, ADD_ONS))),
        discount=np.where(rng.random(count) < 0.7 - 0.5 * sensitivity, 0.0, np.minimum(haggled, _HIGHEST_DISCOUNT)),
        quota=rounded(52 * np.maximum(usual, 5) / _fit_of_quota(rng, count)),
        granted=np.zeros(count, dtype=bool),
    )


def expand_within_term(chains, base: np.ndarray, ends: np.ndarray) -> None:
    """Add seats or a module in the middle of some long terms; what is added ends with the base term.

    Most additions are rows of their own. A third of the added seats are written into the base term instead: the row says from
    then on that there are more seats, and as it looks always were.
    """
    rng, count, prices, terms = chains.rng, chains.accounts.count, chains.prices, chains.terms
    long = chains.active & ~chains.unseen & chains.is_long
    middle = np.floor(chains.starts + (ends - chains.starts) * rng.uniform(0.2, 0.7, count))
    known = middle - rng.uniform(0, 7, count)
    draw, module = rng.random(count), rng.integers(0, ADD_ONS, count)
    extra = np.maximum(np.round(prices.seats * rng.uniform(0.1, 0.35, count)), 1)
    within = rng.random(count) < _WITHIN_THE_ROW
    calm = chains.causes.is_calm(middle)
    rate = _EXPANSIONS_PER_YEAR * chains.accounts.months / 12
    grows = long & calm & (draw < rate)
    cents = prices.seats_cost(extra)

    who = np.flatnonzero(grows & ~within)
    shared = {"starts": middle, "ends": ends, "known": known, "discount": prices.discount}
    row = terms.add(
        account=who,
        product=PLATFORM,
        seats=extra[who],
        quota=np.nan,
        cents=cents[who],
        **{name: values[who] for name, values in shared.items()},
    )
    chains.bridge(who, row, ends)

    who = np.flatnonzero(grows & within)
    more = 1 + extra / prices.seats
    signed = prices.seats_cost(prices.seats)
    prices.quota[who] = rounded(prices.quota * more)[who]
    terms.amend(
        base[who], known[who], seats=(prices.seats + extra)[who], cents=(signed + cents)[who], quota=prices.quota[who].copy()
    )
    terms.upgrades.append({"account": who, "starts": middle[who], "ends": ends[who], "known": known[who], "cents": cents[who]})
    prices.seats = np.where(grows, prices.seats + extra, prices.seats)

    who = np.flatnonzero(long & calm & (draw > 1 - rate) & chains.modules.can_buy(np.arange(count), module))
    row = terms.add(
        account=who,
        product=module[who] + 1,
        seats=prices.seats[who],
        quota=np.nan,
        cents=prices.module_cost(module)[who],
        **{name: values[who] for name, values in shared.items()},
    )
    chains.bridge(who, row, ends)
    chains.modules.buy(rng, who, module[who], chains.calendar.week(middle[who]))


def agree_next_terms(chains, ends: np.ndarray, causes: Causes) -> None:
    """Set the conditions of the terms that follow: fewer or more seats, another price, modules dropped or bought."""
    rng, count, months, prices = chains.rng, chains.accounts.count, chains.accounts.months, chains.prices
    pace, lives = np.minimum(months / 12, 1.0), ends >= 0
    shrinks = lives & ((causes.decline > 0.35) | (causes.shrunk > 0.3)) & (rng.random(count) < 0.4 * pace)
    grows = (causes.burn > 1.05) & (causes.decline < 0.2) & (rng.random(count) < 0.45 * pace)
    grows |= (rng.random(count) < 0.10 * pace) & ~shrinks
    factor = np.where(shrinks, rng.uniform(0.5, 0.85, count), np.where(grows, rng.uniform(1.1, 1.5, count), 1.0))
    prices.seats = np.maximum(np.round(prices.seats * factor), 2)
    prices.quota = np.where(factor == 1, prices.quota, rounded(prices.quota * factor))
    year = chains.calendar.year(ends)
    rise = np.where(year > chains.calendar.year(chains.starts), list_price_rise(year), 0.0)
    prices.seat_cents = np.round(prices.seat_cents * (1 + rise) * (1 + pace * rng.uniform(0, 0.02, count)))
    prices.module_cents = np.round(prices.module_cents * (1 + rise)[:, None])
    # A concession takes the better part of the rise back.
    eased = np.round(1 - (1 - prices.discount) * (1 - 0.6 * rise), 2)
    prices.discount = np.where(prices.granted, np.minimum(eased, _HIGHEST_DISCOUNT), prices.discount)
    week = chains.calendar.week(np.maximum(ends, 0))
    seen = np.flatnonzero(chains.active & lives & ~chains.unseen)
    for module in range(ADD_ONS):
        unused = ~chains.modules.active[np.arange(count), module, week]
        drops = rng.random(count) < pace * np.where(unused, 0.35, 0.04)
        buys = rng.random(count) < pace * np.where(grows, 0.16, 0.03)
        dropping = seen[chains.modules.held[seen, module] & drops[seen]]
        buying = seen[chains.modules.can_buy(seen, module) & buys[seen]]
        chains.modules.drop(dropping, module, week[dropping])
        chains.modules.buy(rng, buying, np.full(len(buying), module), week[buying])


def _fit_of_quota(rng: np.random.Generator, count: int) -> np.ndarray:
    """How much of the quota a normal year uses: mostly about all of it, sometimes a third, sometimes half as much again."""
    kind, spread = rng.random(count), rng.lognormal(-0.05, 0.18, count)
    return np.select([kind < 0.14, kind > 0.88], [rng.uniform(0.25, 0.5, count), rng.uniform(1.25, 1.7, count)], spread)


def rounded(quota: np.ndarray) -> np.ndarray:
    """Round a quota to two leading digits, as a price list does.

    Examples
    --------
    >>> rounded(np.array([12345.0, 987.0])).tolist()
    [12000.0, 990.0]
    """
    unit = 10.0 ** (np.floor(np.log10(np.maximum(quota, 10))) - 1)
    return np.round(quota / unit) * unit
