"""The oracle's rows as they were known at one snapshot, and which terms were known then to be followed by another."""

import datetime as dt

from renewcast.audit.facts import Facts, micros
from renewcast.sources import TableContract


def visible(rows: list[dict], contract: TableContract, as_of: dt.datetime) -> list[dict]:
    """Return the versions that were known at a snapshot and not replaced by then, with what came later taken out.

    Parameters
    ----------
    rows : list of dict
        Of one account.
    contract : TableContract
    as_of : datetime.datetime

    Returns
    -------
    list of dict
    """
    now, found = micros(as_of), []
    for row in rows:
        if not micros(row["known_at"]) < now or micros(row["superseded_at"]) < now:
            continue
        is_event = contract.kind == "event" and contract.event_time is not None and row[contract.event_time] is not None
        if is_event and not micros(row[contract.event_time]) < now:
            continue
        revealed = {name: column.revealed_by for name, column in contract.columns.items() if column.revealed_by is not None}
        later = [name for name, time in revealed.items() if micros(row[time]) >= now]
        found.append(row | dict.fromkeys(later))
    return found


def is_live(term: dict, as_of: dt.datetime) -> bool:
    """Say whether a term has begun before a snapshot and not ended before it."""
    return micros(term["starts_on"]) < micros(as_of) <= micros(term["ends_on"])


def terms(facts: Facts, account: str, as_of: dt.datetime, grace_days: int) -> list[dict]:
    """Return an account's terms as known at a snapshot, with ``is_succeeded``.

    A successor is a term that starts after this one, at the latest ``grace_days`` after it ends, and lasts longer; for the same
    product (a term without one may be for any), or for another one that starts within ``grace_days`` of this one's end and that
    the account did not hold otherwise on that day, as far as was known when the successor became known.

    Parameters
    ----------
    facts : Facts
    account : str
    as_of : datetime.datetime
    grace_days : int

    Returns
    -------
    list of dict
    """
    versions = facts.versions("contracts", account)
    now = visible(versions, facts.source("contracts").contract, as_of)
    grace = dt.timedelta(days=grace_days)
    found = []
    for term in now:
        followers = [one for one in now if _follows(one, term, grace)]
        found.append(term | {"is_succeeded": any(_renews(one, term, versions, grace) for one in followers)})
    return found


def _follows(other: dict, term: dict, grace: dt.timedelta) -> bool:
    if term["ends_on"] is None or other["contract_id"] == term["contract_id"]:
        return False
    in_time = term["starts_on"] < other["starts_on"] <= term["ends_on"] + grace
    return in_time and (other["ends_on"] is None or other["ends_on"] > term["ends_on"])


def _renews(other: dict, term: dict, versions: list[dict], grace: dt.timedelta) -> bool:
    if term["product"] is None or other["product"] is None or term["product"] == other["product"]:
        return True
    if other["starts_on"] < term["ends_on"] - grace:
        return False
    then = micros(other["known_at"])
    for held in versions:
        was_known = micros(held["known_at"]) <= then < micros(held["superseded_at"])
        covers = held["starts_on"] < term["ends_on"] <= (held["ends_on"] or dt.date.max)
        if was_known and covers and held["product"] == other["product"] and held["contract_id"] != other["contract_id"]:
            return False
    return True
