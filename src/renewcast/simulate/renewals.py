"""Every account's chain of terms: what it signs, when it decides, and whether it goes on."""

from dataclasses import dataclass

import numpy as np

from renewcast.simulate.accounts import Accounts
from renewcast.simulate.calendar import Calendar
from renewcast.simulate.causes import CauseReader
from renewcast.simulate.contracts import ADD_ONS, PLATFORM, Conditions
from renewcast.simulate.decisions import (
    INERTIA,
    REASONS,
    Causes,
    contributions,
    dominant_reason,
    renewal_probability,
    unexplained_share,
)
from renewcast.simulate.modules import Modules
from renewcast.simulate.negotiations import SHARE_BRIDGED, Prices, agree_next_terms, draw_prices, expand_within_term
from renewcast.simulate.plays import EFFECTS, Schedule
from renewcast.simulate.pricing import announced_rise
from renewcast.simulate.terms import Cover, TermRows

# A term of three months or more is decided four weeks before it ends, because paper is signed up to 28 days early; where it
# renews by itself, on the last day for giving notice if that comes first.
LEAD_DAYS, LEAD_DAYS_MONTHLY = 28, 4
# The hazard of a term that would have followed is still needed for risks over 90 days, so a chain runs on a little unseen.
_UNSEEN_DAYS = 95
_RETURNS_AFTER_DAYS = 110
_RETURN_SHARE = 0.10
_EARLY_SHARE, _EARLY_DAYS = 0.08, (20, 76)
_NOTICE_TOLD, _NOTICE_WITHDRAWN = 0.35, 0.02


@dataclass(frozen=True)
class Renewals:
    """All terms and all decisions.

    ``rows`` are the terms (see ``TermRows``, which holds their amendments too); ``decisions`` has one entry per decision:
    account, ends, decided (day), since (first day as a customer), p_renew, p_untreated (had no play been run), renewed, reason,
    price (contribution of the price), row (of the term), unseen (True: the account had left already and the term was never
    signed).
    """

    terms: TermRows
    rows: dict[str, np.ndarray]
    decisions: dict[str, np.ndarray]
    cover: Cover


class Chains:
    """The state of all chains while they are walked, one step a term; arrays of shape (accounts,)."""

    def __init__(
        self,
        rng: np.random.Generator,
        calendar: Calendar,
        accounts: Accounts,
        conditions: Conditions,
        causes: CauseReader,
        modules: Modules,
        schedule: Schedule,
        prices: Prices,
    ):
        count = accounts.count
        self.rng, self.calendar, self.accounts, self.conditions = rng, calendar, accounts, conditions
        self.causes, self.modules, self.schedule, self.prices = causes, modules, schedule, prices
        self.terms, self.decisions = TermRows(), []
        self.is_long = accounts.months >= 12
        self.notice = np.where(conditions.auto_renews & (accounts.months > 1), conditions.notice_days, 0)
        self.anchor, self.starts, self.since = (accounts.first_start.copy() for _ in range(3))
        self.turn = np.ones(count, dtype=np.int64)
        self.known = np.minimum(accounts.signed_up + rng.uniform(0.05, 1.0, count), accounts.first_start)
        self.active, self.unseen = np.ones(count, dtype=bool), np.zeros(count, dtype=bool)
        self.churned, self.returned, self.churned_again = (np.full(count, np.inf) for _ in range(3))
        self.plan_term()

    def plan_term(self) -> None:
        """Draw which of the coming terms are bridged by a month or two at their end, and which are renewed early."""
        rng, count = self.rng, self.accounts.count
        manual = self.is_long & ~self.conditions.auto_renews
        self.extension = np.where(manual & (rng.random(count) < SHARE_BRIDGED), rng.integers(1, 3, count), 0)
        is_early = manual & (self.extension == 0) & (rng.random(count) < _EARLY_SHARE)
        self.early = np.where(is_early, rng.integers(*_EARLY_DAYS, count), 0)

    def planned_ends(self) -> np.ndarray:
        """Return the day on which each current term was first agreed to end."""
        return self.calendar.add_months(self.anchor, self.turn * self.accounts.months)

    def ends(self) -> np.ndarray:
        """Return the day on which each account's current term ends."""
        return self.calendar.add_months(self.anchor, self.turn * self.accounts.months + self.extension)

    def sign(self, ends: np.ndarray) -> np.ndarray:
        """Write the current terms; return the row number of each account's base term (-1: unseen)."""
        who, prices = np.flatnonzero(self.active & ~self.unseen), self.prices
        shared = {
            "starts": self.starts[who],
            "ends": ends[who],
            "known": self.known[who],
            "seats": prices.seats[who],
            "discount": prices.discount[who],
        }
        base = np.full(self.accounts.count, -1)
        base[who] = self.terms.add(
            account=who, product=PLATFORM, quota=prices.quota[who], cents=prices.seats_cost(prices.seats)[who], **shared
        )
        written = [(who, base[who])]
        for module in range(ADD_ONS):
            held = self.modules.held[who, module]
            of_these = {name: values[held] for name, values in shared.items()}
            cents = prices.module_cost(module)[who[held]]
            row = self.terms.add(account=who[held], product=module + 1, quota=np.nan, cents=cents, **of_these)
            written.append((who[held], row))
        self.bridge(np.concatenate([one for one, _ in written]), np.concatenate([row for _, row in written]), ends)
        return base

    def bridge(self, account: np.ndarray, row: np.ndarray, ends: np.ndarray) -> None:
        """Say of rows whose term is extended that they were signed for less; the amendment comes days before the first end."""
        is_extended = self.extension[account] > 0
        account, row = account[is_extended], row[is_extended]
        planned = self.planned_ends()
        known = planned - 3 - 22 * self.rng.random(self.accounts.count)
        self.terms.extend(row, planned[account], known[account], ends[account])

    def decide(self, ends: np.ndarray, base: np.ndarray) -> tuple[np.ndarray, Causes]:
        """Draw who goes on, and write the decision down. Terms that ended before day 0 went on: the account is here."""
        accounts, calendar, count, rng = self.accounts, self.calendar, self.accounts.count, self.rng
        months = accounts.months
        lead = np.where(months == 1, LEAD_DAYS_MONTHLY, np.maximum(LEAD_DAYS, self.notice) + self.early)
        decided = ends - lead
        rise, self.prices.granted = announced_rise(
            rng, calendar.year(ends), calendar.year(self.starts), accounts.price_sensitivity
        )
        causes = self.causes.at(decided, self.starts, self.prices.quota, self.prices.seats, rise * accounts.price_sensitivity)
        parts = contributions(causes)
        inertia = np.where(self.conditions.auto_renews & (months > 1), INERTIA, 0.0)
        running = self.schedule.running(decided, self.since, np.where(self.unseen, self.lost(), np.inf))
        p_renew = renewal_probability(months, parts, inertia + running @ EFFECTS)
        drawn, unseen_cause = rng.random(count), rng.random(count)
        renewed = (drawn < p_renew) | (ends < 0)
        reason = dominant_reason(parts)
        nobody_knows = ~renewed & (unseen_cause < unexplained_share(months) / (1 - p_renew))
        reason = np.where(nobody_knows, len(REASONS) - 1, reason)
        who = np.flatnonzero(self.active & (ends >= 0) & (ends <= calendar.days + 90))
        entry = {
            "account": np.arange(count),
            "ends": ends,
            "decided": decided,
            "since": self.since,
            "p_renew": p_renew,
            "p_untreated": renewal_probability(months, parts, inertia),
            "renewed": renewed,
            "reason": reason,
            "price": parts[REASONS.index("price_increase")],
            "row": base,
            "unseen": self.unseen,
        }
        self.decisions.append({name: values[who] for name, values in entry.items()})
        self.give_notice(decided, renewed, base)
        return renewed, causes

    def give_notice(self, decided: np.ndarray, renewed: np.ndarray, base: np.ndarray) -> None:
        """Tell in the contract of some who leave, and of a few who think better of it, that it no longer renews by itself."""
        told = self.rng.random(self.accounts.count) < np.where(renewed, _NOTICE_WITHDRAWN, _NOTICE_TOLD)
        who = np.flatnonzero(told & self.active & ~self.unseen & (self.notice > 0) & (decided >= 0) & (decided > self.starts + 7))
        self.terms.amend(base[who], decided[who] + self.rng.uniform(0, 5, len(who)), auto_renews=np.zeros(len(who)))

    def lost(self) -> np.ndarray:
        """Return the day on which each account was last lost (infinity: never)."""
        return np.where(np.isinf(self.churned_again), self.churned, self.churned_again)

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

    def renew(self, ends: np.ndarray) -> None:
        """Set the day on which the next terms are signed and the one on which they begin."""
        rng, count, monthly = self.rng, self.accounts.count, self.accounts.months == 1
        is_late = rng.random(count) < np.where(monthly, 0.02, 0.13)
        lag = rng.uniform(1, np.where(monthly, 6, 20))
        ahead = rng.random(count) * np.where(monthly, 3.0, 27.9)
        overlap = np.floor(self.early * rng.uniform(0.3, 1.0, count)).astype(np.int64)
        signed_early = ends - overlap - 10 * rng.random(count)
        is_early = self.early > 0
        self.known = np.where(is_early, signed_early, ends + np.where(is_late, lag, -ahead))
        moved = np.where(is_late & (rng.random(count) < 0.3), np.floor(lag), 0).astype(np.int64)
        self.starts = ends + np.where(is_early, -overlap, moved)
        was_extended = self.extension > 0
        self.anchor = np.where(was_extended, ends, self.anchor)
        self.turn = np.where(was_extended, 1, self.turn + 1)
        self.plan_term()

    def move_on(self, ends: np.ndarray) -> None:
        """End the chains that are over, and let those who come back begin a new one."""
        over = self.active & (ends > self.calendar.days + 90)
        over |= self.active & self.unseen & (self.starts > self.lost() + _UNSEEN_DAYS)
        back = over & np.isfinite(self.returned) & np.isinf(self.churned_again) & self.unseen
        self.active &= ~over | back
        self.anchor[back] = self.returned[back].astype(np.int64)
        self.starts[back], self.since[back], self.turn[back], self.unseen[back] = self.anchor[back], self.anchor[back], 1, False
        self.known[back] = self.returned[back] - self.rng.random(self.accounts.count)[back] * 10


def run_renewals(
    rng: np.random.Generator,
    calendar: Calendar,
    accounts: Accounts,
    conditions: Conditions,
    causes: CauseReader,
    modules: Modules,
    schedule: Schedule,
    at_the_beginning: tuple[np.ndarray, np.ndarray],
) -> Renewals:
    """Walk every account's chain of terms to the end of the data and a little beyond.

    Parameters
    ----------
    rng : numpy.random.Generator
    calendar, accounts, conditions, causes, schedule
        What was drawn before.
    modules : Modules
        Is changed: buying and dropping happen here.
    at_the_beginning : (array of int, array of float), shape (accounts,) each
        People at the beginning, for whom seats are bought, and what they use in a normal week, in units of ``quantity``; the
        quota is agreed on it.

    Returns
    -------
    Renewals
    """
    prices = draw_prices(rng, accounts, *at_the_beginning)
    chains = Chains(rng, calendar, accounts, conditions, causes, modules, schedule, prices)
    while chains.active.any():
        ends = chains.ends()
        base = chains.sign(ends)
        expand_within_term(chains, base, ends)
        renewed, found = chains.decide(ends, base)
        chains.leave(ends, renewed, found)
        agree_next_terms(chains, ends, found)
        chains.renew(ends)
        chains.move_on(ends)
    decisions = {name: np.concatenate([batch[name] for batch in chains.decisions]) for name in chains.decisions[0]}
    cover = Cover(accounts.first_start, chains.churned, chains.returned, chains.churned_again)
    return Renewals(chains.terms, chains.terms.finish(), decisions, cover)
