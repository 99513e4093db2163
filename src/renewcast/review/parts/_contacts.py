"""Contacts before the sale: counted, and what the sales would lose without each kind (C65)."""

from renewcast.review.part import Chart
from renewcast.review.parts._customer_columns import table
from renewcast.review.saying import say

SEED = 0


def contacts_before_sale(inputs):
    """Yield the pieces of a part: contacts before the sale as they were, and their share of the sales by Markov attribution."""
    from renewcast.lifecycle.acquisition import attribution, before_the_sale

    met = before_the_sale(inputs.everyone)
    if met is None:
        return
    if len(met):
        title = {"en": "Contacts before the sale", "zh": "成交前的接触"}
        names = ("kind", "contacts", "accounts", "first", "last", "evenly")
        yield {"tables": (table("contacts_before_sale", title, attribution(met), names),)}
    yield _attributed(inputs)


def _attributed(inputs):
    from renewcast.lifecycle.markov import contact_paths, markov_attribution

    found = markov_attribution(contact_paths(inputs.everyone), seed=SEED)
    if found is None:
        return None
    best, bought = found.kinds.iloc[0], int(found.accounts["is_bought"].sum())
    title = {"en": "What the sales owe to each kind of contact", "zh": "各类接触对成交的贡献"}
    note = {
        "en": "Accounts first met in the year that ended 90 days ago, each followed for 90 days. Credit: how many of the sales "
        "the chain of contacts loses without the kind (Markov), with 90 % intervals over accounts. It tells who was met on the "
        "way; whether that made them buy is another question.",
        "zh": "首次接触发生在截至 90 天前的一年内的客户，各观察 90 天。归因：去除该类接触后接触链（马尔可夫链）减少的成交，"
        "区间为 90%（按客户重抽样）。它说明成交路上有过哪些接触，并非因果效应。",
    }
    says = say(
        "Of {bought:,} sales {share} are owed to the contact {kind} ({low} to {high}): the loss of the chain without it.",
        "在{bought:,}笔成交中，{share}归因于接触“{kind}”（{low}至{high}），按去除后接触链的损失计算。",
        bought=bought,
        kind=best["kind"],
        share=(best["credit_share"], "share"),
        low=(best["low"], "share"),
        high=(best["high"], "share"),
    )
    names = ("kind", "accounts", "bought", "removal_effect", "credit", "credit_share", "low", "high", "by_first", "by_last")
    chart = Chart("interval", "contacts_attributed", title, "kind", ("credit_share",), low="low", high="high")
    return {"says": (says,), "tables": (table("contacts_attributed", title, found.kinds, names, note=note),), "charts": (chart,)}
