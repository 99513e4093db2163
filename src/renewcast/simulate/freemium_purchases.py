"""Who of a free tier buys, when, for how much and for how long."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from renewcast.simulate.calendar import Calendar
from renewcast.simulate.tables import dates, money, numbered, picked, table, texts, times

ACTIVE_THRESHOLD = 4
"""From so many people of one company who are active at once the company thinks of buying."""
_BUYS_A_WEEK_BELOW, _BUYS_A_WEEK_ABOVE = 0.003, 0.06
_PAYS_ACTIVATED, _PAYS_OTHERWISE, _PAYS_AFTER_DAYS = 0.35, 0.04, 50.0
_SOLD_SHARE, _SOLD_MEDIAN_DAYS = 0.75, 70.0
_NICHE_SOONER, _NICHE_PRICE = 0.45, 1.5
_LEAVES_A_DAY, _RENEWS = 0.0012, 0.85
_SEATS = np.array([4, 15, 45, 120])
_NEVER = np.inf


@dataclass(frozen=True)
class Purchases:
    """The first purchase of every account (infinity: none), and the terms: arrays by column."""

    bought_on: np.ndarray
    terms: dict

    def table(self, calendar: Calendar, ids) -> pa.Table:
        """Write the terms; one that was given up has a second version that says so, known on the day of its end."""
        terms = self.terms
        count = len(terms["account"])
        gone = np.flatnonzero(terms["ends"] < calendar.days - 1)
        row = np.concatenate([np.arange(count), gone])
        ends = np.concatenate([terms["agreed"], terms["ends"][gone]])
        known = np.concatenate([terms["starts"] + 0.1, terms["ends"][gone] + 0.1])
        contract = numbered("C", count, digits=6)
        account, nothing = terms["account"][row], np.full(len(row), np.nan)
        return table(
            "contracts",
            {
                "contract_id": picked(contract, row),
                "account_id": picked(ids, account),
                "product": texts(["platform"], np.zeros(len(row))),
                "starts_on": dates(calendar, terms["starts"][row]),
                "ends_on": dates(calendar, ends),
                "mrr": money(terms["cents"][row]),
                "currency": texts(["USD"], np.zeros(len(row))),
                "seats": terms["seats"][row],
                "quota": pa.array(nothing, mask=np.isnan(nothing)),
                "billing_months": np.ones(len(row), dtype=np.int64),
                "auto_renews": np.ones(len(row), dtype=bool),
                "notice_days": np.full(len(row), 30),
                "discount": terms["discount"][row],
                "known_at": times(calendar, known),
            },
        )


def draw_purchases(rng: np.random.Generator, calendar: Calendar, traits, journeys) -> Purchases:
    """Draw who buys: alone after activating, as a company once enough of its people are active, or won by sales."""
    count = traits.count
    sooner = np.where(traits.in_niche, _NICHE_SOONER, 1.0)
    activated = np.isfinite(journeys.activated_on)
    pays = rng.random(count) < np.where(activated, _PAYS_ACTIVATED, _PAYS_OTHERWISE)
    from_day = np.where(activated, journeys.activated_on, traits.signed_up + 20)
    alone = np.where(pays, from_day + 1 + rng.exponential(_PAYS_AFTER_DAYS, count) * sooner, _NEVER)
    slower = np.array([0.9, 1.0, 1.1, 1.2])[traits.size]
    after = _SOLD_MEDIAN_DAYS * slower * sooner * rng.lognormal(0, 0.6, count)
    sold = np.where(rng.random(count) < _SOLD_SHARE, traits.signed_up + after, _NEVER)
    bought = np.select([traits.is_sold_to, traits.is_company, traits.parent >= 0], [sold, _NEVER, _NEVER], alone)
    companies = _companies_buy(rng, calendar, traits, journeys)
    bought = np.where(traits.is_company, companies, bought)
    bought = np.ceil(bought)
    bought = np.where(bought < calendar.days - 1, bought, _NEVER)
    return Purchases(bought, _terms(rng, calendar, traits, bought))


def _companies_buy(rng, calendar: Calendar, traits, journeys) -> np.ndarray:
    """Draw week by week whether a company buys, by how many of its people are active."""
    heads = np.flatnonzero(traits.is_company)
    place = np.full(traits.count, -1)
    place[heads] = np.arange(len(heads))
    member = np.flatnonzero(traits.parent >= 0)
    of_head = place[traits.parent[member]]
    begins, ends = journeys.activated_on[member], journeys.ends_on[member]
    bought = np.full(len(heads), _NEVER)
    for week in range(calendar.weeks):
        day = 7.0 * week
        active = np.bincount(of_head[(begins <= day) & (ends > day)], minlength=len(heads))
        rate = np.where(active >= ACTIVE_THRESHOLD, _BUYS_A_WEEK_ABOVE, _BUYS_A_WEEK_BELOW)
        buys = ~np.isfinite(bought) & (rng.random(len(heads)) < rate) & (traits.signed_up[heads] < day)
        bought[buys] = day + 3
    out = np.full(traits.count, _NEVER)
    out[heads] = bought
    return out


def _terms(rng, calendar: Calendar, traits, bought) -> dict:
    who = np.flatnonzero(np.isfinite(bought))
    sold = traits.is_sold_to[who]
    seats = np.maximum(np.round(_SEATS[traits.size[who]] * rng.lognormal(0, 0.4, len(who)) * np.where(sold, 1.0, 0.4)), 1)
    dear = np.where(traits.in_niche[who], _NICHE_PRICE, 1.0)
    usual = np.array([0.45, 0.35, 0.20])
    discount = np.array([0.0, 0.1, 0.2])[rng.choice(3, len(who), p=usual)]
    discount = np.where(traits.in_niche[who] & (rng.random(len(who)) < 0.6), 0.0, discount)
    cents = np.round(3000 * seats * dear * rng.lognormal(0, 0.25, len(who)) * (1 - discount)).astype(np.int64)
    starts = bought[who]
    # Monthly and open-ended where nobody sold it; yearly terms of those won by sales follow one another until one is not renewed.
    ends = np.where(
        sold, starts + 365 * rng.geometric(1 - _RENEWS, len(who)), starts + np.ceil(rng.exponential(1 / _LEAVES_A_DAY, len(who)))
    )
    ends = np.where(ends < calendar.days - 1, ends, _NEVER)
    return {
        "account": who,
        "starts": starts,
        "ends": ends,
        "agreed": np.full(len(who), np.nan),
        "seats": seats.astype(np.int64),
        "cents": cents,
        "discount": discount,
    }
