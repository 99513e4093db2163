"""The population written again in plain Python from the raw tables, with nothing of the package."""

import datetime as dt


def scope(accounts: list[dict], contracts: list[dict], as_of: dt.date, grace_days: int) -> dict[str, dict]:
    """Return for each account in scope its status, its ARR and the renewal dates it may show.

    A row counts when it was known before midnight of ``as_of``; of several versions of a term the one known last. A term is live
    when it began before the day and has not ended before it. In scope is who has a live term, or a signed one that begins later
    after an earlier one, or whose last term ended at most ``grace_days`` ago.
    """
    instant = dt.datetime.combine(as_of, dt.time())
    known = {row["account_id"] for row in accounts if row["known_at"] < instant}
    versions = {}
    for row in sorted(contracts, key=lambda row: row["known_at"]):
        if row["known_at"] < instant:
            versions[row["contract_id"]] = row
    by_account = {}
    for row in versions.values():
        if row["account_id"] in known:
            by_account.setdefault(row["account_id"], []).append(row)
    found = {}
    for account, terms in by_account.items():
        begun = [term for term in terms if term["starts_on"] < as_of]
        if not begun:
            continue
        live = [term for term in begun if term["ends_on"] is None or term["ends_on"] >= as_of]
        to_come = [term for term in terms if term["starts_on"] >= as_of]
        last_end = max((term["ends_on"] for term in terms if term["ends_on"] is not None), default=None)
        in_grace = not to_come and last_end is not None and (as_of - last_end).days <= grace_days
        if live or to_come or in_grace:
            found[account] = {
                "status": "scored" if live else "not_scored",
                "arr": float(12 * sum(term["mrr"] for term in live)),
                "ends": {term["ends_on"] for term in live},
            }
    return found
