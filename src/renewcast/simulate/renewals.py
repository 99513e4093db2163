"""Every account's chain of terms: what it signs, when it decides, and whether it goes on."""

from dataclasses import dataclass

import numpy as np

from renewcast.simulate.accounts import Accounts
from renewcast.simulate.calendar import Calendar
from renewcast.simulate.contracts import ADD_ONS, PLATFORM, Cover, TermRows
from renewcast.simulate.decisions import REASONS, Causes, contributions, dominant_reason, renewal_probability, unexplained_share
from renewcast.simulate.latent import Latent
from renewcast.simulate.milestones import Plan
from renewcast.simulate.modules import Modules

# A term of three months or more is decided four weeks before it ends, because paper is signed up to 28 days early.
_LEAD_DAYS, _LEAD_DAYS_MONTHLY = 28, 4
# The hazard of a term that would have followed is still needed for risks over 90 days, so a chain runs on a little unseen.
_UNSEEN_DAYS = 95
_RETURNS_AFTER_DAYS = 110
_RETURN_SHARE = 0.10


@dataclass(frozen=True)
class Renewals:
    """All terms and all decisions.

    ``rows`` are the terms (see ``TermRows``); ``decisions`` has one entry per decision: account, ends, p_renew, renewed,
    reason, row (of the term), unseen (True: the account had left already and the term was never signed).
    """

    rows: dict[str, np.ndarray]
    decisions: dict[str, np.ndarray]
    cover: Cover


class _Chains:
    """The state of all chains while they are walked, one step a term."""

    def __init__(
        self, rng, calendar: Calendar, accounts: Accounts, latent: Latent, plan: Plan, modules: Modules, demand, headcount, usual
    ):
        count = accounts.count
        self.rng, self.calendar, self.accounts = rng, calendar, accounts
        self.latent, self.plan, self.modules = latent, plan, modules
        self.rows, self.decisions = TermRows(), []
        self.used_until = np.concatenate([np.zeros((count, 1)), np.cumsum(demand, axis=1)], axis=1)
        self.anchor, self.starts = accounts.first_start.copy(), accounts.first_start.copy()
        self.turn = np.ones(count, dtype=np.int64)
        self.known = np.minimum(accounts.signed_up + rng.uniform(0.05, 1.0, count), accounts.first_start)
        self.seats = np.ceil(headcount * rng.uniform(1.0, 1.5, count))
        self.seat_cents = np.round(rng.uniform(2400, 6200, count) * np.array([1.0, 0.92, 0.8, 0.7])[accounts.size])
        self.module_cents = np.round(rng.uniform(500, 1900, (count, ADD_ONS)))
        self.discount = np.where(rng.random(count) < 0.55, 0.0, np.round(rng.beta(1.6, 4, count) * 8) * 5 / 100)
        self.quota = _rounded(52 * np.maximum(usual, 5) / _fit_of_quota(rng, count))
        self.active, self.unseen = np.ones(count, dtype=bool), np.zeros(count, dtype=bool)
        self.churned, self.returned, self.churned_again = (np.full(count, np.inf) for _ in range(3))

    def ends(self) -> np.ndarray:
        """Return the day on which each account's current term ends."""
        return self.calendar.add_months(self.anchor, self.turn * self.accounts.months)

    def sign(self, ends: np.ndarray) -> np.ndarray:
        """Write the current terms; return the row number of each account's base term (-1: unseen)."""
        who = np.flatnonzero(self.active & ~self.unseen)
        share = 1 - self.discount[who]
        shared = {
            "starts": self.starts[who],
            "ends": ends[who],
            "known": self.known[who],
            "seats": self.seats[who],
            "discount": self.discount[who],
        }
        base = np.full(self.accounts.count, -1)
        base[who] = self.rows.add(
            account=who,
            product=PLATFORM,
            quota=self.quota[who],
            cents=np.round(self.seats[who] * self.seat_cents[who] * share),
            **shared,
        )
        for module in range(ADD_ONS):
            held = self.modules.held[who, module]
            cents = np.round(self.seats[who] * self.module_cents[who, module] * share)
            self.rows.add(
                account=who[held],
                product=module + 1,
                quota=np.nan,
                cents=cents[held],
                **{name: values[held] for name, values in shared.items()},
            )
        return base

    def expand_within_term(self, ends: np.ndarray) -> None:
        """Add seats or a module in the middle of some long terms; the new row ends with the base term."""
        rng, count = self.rng, self.accounts.count
        long = self.active & ~self.unseen & (self.accounts.months >= 12)
        middle = np.floor(self.starts + (ends - self.starts) * rng.uniform(0.2, 0.7, count))
        known = middle - rng.uniform(0, 7, count)
        draw, module = rng.random(count), rng.integers(0, ADD_ONS, count)
        extra = np.maximum(np.round(self.seats * rng.uniform(0.1, 0.35, count)), 1)
        calm = self.latent.decline[np.arange(count), self.calendar.week(middle)] < 0.2
        rate = 0.07 * self.accounts.months / 12
        who = np.flatnonzero(long & calm & (draw < rate))
        share = 1 - self.discount
        self.rows.add(
            account=who,
            product=PLATFORM,
            starts=middle[who],
            ends=ends[who],
            known=known[who],
            seats=extra[who],
            quota=np.nan,
            cents=np.round(extra * self.seat_cents * share)[who],
            discount=self.discount[who],
        )
        self.seats[who] += extra[who]
        who = np.flatnonzero(long & calm & (draw > 1 - rate) & self.modules.can_buy(np.arange(count), module))
        cents = np.round(self.seats * self.module_cents[np.arange(count), module] * share)
        self.rows.add(
            account=who,
            product=module[who] + 1,
            starts=middle[who],
            ends=ends[who],
            known=known[who],
            seats=self.seats[who],
            quota=np.nan,
            cents=cents[who],
            discount=self.discount[who],
        )
        self.modules.buy(rng, who, module[who], self.calendar.week(middle[who]))

    def causes(self, ends: np.ndarray) -> Causes:
        """Read the hidden causes at the time of the decision."""
        accounts, latent, row = self.accounts, self.latent, np.arange(self.accounts.count)
        day = ends - np.where(accounts.months == 1, _LEAD_DAYS_MONTHLY, _LEAD_DAYS)
        week = self.calendar.week(day)
        since = np.clip(np.floor(np.maximum(self.starts, 0) / 7).astype(np.int64), 0, None)
        since = np.maximum(np.minimum(since, week - 13), 0)
        used = self.used_until[row, week] - self.used_until[row, since]
        # The first weeks say nothing about a year.
        burn = np.where(week - since < 6, 1.0, used / np.maximum(week - since, 1) * 52 / self.quota)
        return Causes(
            decline=_recent(latent.decline, week, 4),
            key_gap=latent.key_gap[row, week],
            narrow=((accounts.departments <= 2) & (self.modules.in_use(week) <= 1)).astype(float),
            few_departments=(accounts.departments <= 2).astype(float),
            unused=self.modules.unused_share(week),
            pain=_recent(latent.pain, week, 8),
            missed=self.plan.missed(day),
            outcome_missing=self.plan.outcome_missing(day),
            burn=burn,
            shrunk=latent.shrunk[row, week],
            late=_recent(latent.late, week, 40),
            mood=_recent(latent.mood, week, 17),
            tenure_days=day - accounts.first_start,
            size=accounts.size,
        )

    def decide(self, ends: np.ndarray, base: np.ndarray) -> tuple[np.ndarray, Causes]:
        """Draw who goes on, and write the decision down. Terms that ended before day 0 went on: the account is here."""
        causes = self.causes(ends)
        parts = contributions(causes)
        months, count = self.accounts.months, self.accounts.count
        p_renew = renewal_probability(months, parts)
        drawn, unseen_cause = self.rng.random(count), self.rng.random(count)
        renewed = (drawn < p_renew) | (ends < 0)
        reason = dominant_reason(parts)
        nobody_knows = ~renewed & (unseen_cause < unexplained_share(months) / (1 - p_renew))
        reason = np.where(nobody_knows, len(REASONS) - 1, reason)
        who = np.flatnonzero(self.active & (ends >= 0) & (ends <= self.calendar.days + 90))
        self.decisions.append(
            {
                "account": who,
                "ends": ends[who],
                "p_renew": p_renew[who],
                "renewed": renewed[who],
                "reason": reason[who],
                "row": base[who],
                "unseen": self.unseen[who],
            }
        )
        return renewed, causes

    def leave(self, ends: np.ndarray, renewed: np.ndarray, causes: Causes) -> None:
        """Mark who leaves, and draw the few who come back months later."""
        count = self.accounts.count
        comes_back = (self.rng.random(count) < _RETURN_SHARE) & (causes.key_gap < 0.5) & (causes.shrunk < 0.2)
        pause = self.rng.integers(_RETURNS_AFTER_DAYS, 260, count)
        leaving = self.active & ~self.unseen & ~renewed
        first = leaving & np.isinf(self.churned)
        self.churned_again[leaving & ~first] = ends[leaving & ~first]
        self.churned[first] = ends[first]
        back = first & comes_back & (ends + pause < self.calendar.days)
        self.returned[back] = (ends + pause)[back]
        self.unseen |= leaving

    def renew(self, ends: np.ndarray, causes: Causes) -> None:
        """Set the conditions of the next terms and the day on which they are signed."""
        rng, count, months = self.rng, self.accounts.count, self.accounts.months
        monthly, pace = months == 1, np.minimum(months / 12, 1.0)
        is_late = rng.random(count) < np.where(monthly, 0.02, 0.13)
        lag = rng.uniform(1, np.where(monthly, 6, 20))
        early = rng.random(count) * np.where(monthly, 3.0, 27.9)
        self.known = ends + np.where(is_late, lag, -early)
        self.starts = ends + np.where(is_late & (rng.random(count) < 0.3), np.floor(lag), 0).astype(np.int64)
        self.turn = self.turn + 1
        lives = ends >= 0
        shrinks = lives & ((causes.decline > 0.35) | (causes.shrunk > 0.3)) & (rng.random(count) < 0.4 * pace)
        grows = (causes.burn > 1.05) & (causes.decline < 0.2) & (rng.random(count) < 0.45 * pace)
        grows |= (rng.random(count) < 0.10 * pace) & ~shrinks
        factor = np.where(shrinks, rng.uniform(0.5, 0.85, count), np.where(grows, rng.uniform(1.1, 1.5, count), 1.0))
        self.seats = np.maximum(np.round(self.seats * factor), 2)
        self.quota = np.where(factor == 1, self.quota, _rounded(self.quota * factor))
        self.seat_cents = np.round(self.seat_cents * (1 + pace * rng.uniform(0, 0.07, count)))
        week = self.calendar.week(np.maximum(ends, 0))
        seen = np.flatnonzero(self.active & lives & ~self.unseen)
        for module in range(ADD_ONS):
            unused = ~self.modules.active[np.arange(count), module, week]
            drops = rng.random(count) < pace * np.where(unused, 0.35, 0.04)
            buys = rng.random(count) < pace * np.where(grows, 0.16, 0.03)
            dropping = seen[self.modules.held[seen, module] & drops[seen]]
            buying = seen[self.modules.can_buy(seen, module) & buys[seen]]
            self.modules.drop(dropping, module, week[dropping])
            self.modules.buy(rng, buying, np.full(len(buying), module), week[buying])

    def move_on(self, ends: np.ndarray) -> None:
        """End the chains that are over, and let those who come back begin a new one."""
        over = self.active & (ends > self.calendar.days + 90)
        lost = np.where(np.isinf(self.churned_again), self.churned, self.churned_again)
        over |= self.active & self.unseen & (self.starts > lost + _UNSEEN_DAYS)
        back = over & np.isfinite(self.returned) & np.isinf(self.churned_again) & self.unseen
        self.active &= ~over | back
        self.anchor[back] = self.returned[back].astype(np.int64)
        self.starts[back], self.turn[back], self.unseen[back] = self.anchor[back], 1, False
        self.known[back] = self.returned[back] - self.rng.random(self.accounts.count)[back] * 10


def run_renewals(rng, calendar, accounts, latent, plan, modules, demand, headcount, usual) -> Renewals:
    """Walk every account's chain of terms to the end of the data and a little beyond.

    Parameters
    ----------
    rng : numpy.random.Generator
    calendar, accounts, latent, plan, modules
        What was drawn before; ``modules`` is changed: buying and dropping happen here.
    demand : array of float, shape (accounts, weeks)
        Usage to expect, in units of ``quantity``.
    headcount : array of int, shape (accounts,)
        People at the beginning; seats are bought for them.
    usual : array of float, shape (accounts,)
        What these people use in a normal week, in units of ``quantity``; the quota is agreed on it.

    Returns
    -------
    Renewals
    """
    chains = _Chains(rng, calendar, accounts, latent, plan, modules, demand, headcount, usual)
    while chains.active.any():
        ends = chains.ends()
        base = chains.sign(ends)
        chains.expand_within_term(ends)
        renewed, causes = chains.decide(ends, base)
        chains.leave(ends, renewed, causes)
        chains.renew(ends, causes)
        chains.move_on(ends)
    decisions = {name: np.concatenate([batch[name] for batch in chains.decisions]) for name in chains.decisions[0]}
    cover = Cover(accounts.first_start, chains.churned, chains.returned, chains.churned_again)
    return Renewals(chains.rows.finish(), decisions, cover)


def _recent(weekly: np.ndarray, week: np.ndarray, weeks: int) -> np.ndarray:
    """Mean of the ``weeks`` weeks up to and with ``week``, fewer where there are fewer."""
    total = np.concatenate([np.zeros((len(weekly), 1)), np.cumsum(weekly, axis=1)], axis=1)
    row, begin = np.arange(len(weekly)), np.maximum(week + 1 - weeks, 0)
    return (total[row, week + 1] - total[row, begin]) / (week + 1 - begin)


def _fit_of_quota(rng: np.random.Generator, count: int) -> np.ndarray:
    """How much of the quota a normal year uses: mostly about all of it, sometimes a third, sometimes half as much again."""
    kind, spread = rng.random(count), rng.lognormal(-0.05, 0.18, count)
    return np.select([kind < 0.14, kind > 0.88], [rng.uniform(0.25, 0.5, count), rng.uniform(1.25, 1.7, count)], spread)


def _rounded(quota: np.ndarray) -> np.ndarray:
    """Round a quota to two leading digits, as a price list does."""
    unit = 10.0 ** (np.floor(np.log10(np.maximum(quota, 10))) - 1)
    return np.round(quota / unit) * unit
