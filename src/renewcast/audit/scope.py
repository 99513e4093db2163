"""The oracle's population: which accounts were in scope at a snapshot, and what was known of their cover."""

import datetime as dt

from renewcast.audit.cut_rows import is_live, terms, visible
from renewcast.audit.facts import Facts, micros

COLUMNS = (
    "is_eligible", "reason_not_scored", "gated", "mrr", "cover_ends_on", "next_renewal_on", "next_contract_id",
)  # fmt: skip


def scope(facts: Facts, asked: list, target: str, label, grace_days: int) -> dict[str, list]:
    """Say of each snapshot what :func:`renewcast.snapshots.population` should say; None throughout where it is out of scope.

    Parameters
    ----------
    facts : Facts
    asked : list of tuple (account_id, as_of)
    target : {"churn", "inactivity"}
    label : params.TermLabel or params.InactivityLabel
    grace_days : int

    Returns
    -------
    dict of str to list
        "population.<column>" -> one value a snapshot.
    """
    found = []
    for account, as_of in asked:
        is_known = any(micros(row["known_at"]) < micros(as_of) for row in facts.versions("accounts", account))
        rule = _by_terms if target == "churn" else _by_activity
        found.append((rule(facts, account, as_of, label, grace_days) if is_known else None) or {})
    return {f"population.{name}": [one.get(name) for one in found] for name in COLUMNS}


def _by_terms(facts: Facts, account: str, as_of: dt.datetime, label, grace_days: int) -> dict | None:
    known = terms(facts, account, as_of, grace_days)
    ends = _spells(known, as_of, dt.timedelta(days=grace_days))
    if not any(micros(term["starts_on"]) < micros(as_of) for term in known) or not ends:
        return None
    live = [term for term in known if is_live(term, as_of)]
    cover, day, lead = ends[0], as_of.date(), dt.timedelta(days=label.lead_days)
    reason = None
    if cover is not None and cover < day + lead:
        reason = f"ends_within_lead:{cover}"
    if not live:
        reason = "between_terms"
    if cover is not None and cover < day and len(ends) == 1:
        reason = f"term_over:{cover}"
    undecided = [term for term in live if term["ends_on"] is not None and not term["is_succeeded"]]
    following = min(undecided, key=lambda term: (term["ends_on"], -term["mrr"], term["contract_id"]), default=None)
    return {
        "is_eligible": reason is None,
        "reason_not_scored": reason,
        "gated": cover is not None and cover >= day + lead + dt.timedelta(days=label.horizon_days),
        "mrr": float(sum(term["mrr"] for term in live)),
        "cover_ends_on": _midnight(cover),
        "next_renewal_on": _midnight(following and following["ends_on"]),
        "next_contract_id": following and following["contract_id"],
    }


def _spells(known: list[dict], as_of: dt.datetime, grace: dt.timedelta) -> list[dt.date | None]:
    """Return the ends of the spells of cover that were not over, grace included; None is not ended."""
    recent = [term for term in known if term["ends_on"] is None or term["ends_on"] >= as_of.date() - grace]
    ends: list[dt.date] = []
    for term in sorted(recent, key=lambda term: (term["starts_on"], term["ends_on"] or dt.date.max)):
        end = term["ends_on"] or dt.date.max
        if ends and (ends[-1] == dt.date.max or term["starts_on"] <= ends[-1] + grace):
            ends[-1] = max(ends[-1], end)
        else:
            ends.append(end)
    return [None if end == dt.date.max else end for end in ends]


def _by_activity(facts: Facts, account: str, as_of: dt.datetime, label, grace_days: int) -> dict | None:
    usage = facts.source("usage").contract
    last = max((micros(row["occurred_at"]) for row in visible(facts.versions("usage", account), usage, as_of)), default=None)
    if last is None or (micros(as_of) // 10**6 - last // 10**6) / 86_400 > label.active_within_days:
        return None
    return {"is_eligible": True, "gated": False}


def _midnight(day: dt.date | None) -> dt.datetime | None:
    return None if day is None else dt.datetime(day.year, day.month, day.day)
