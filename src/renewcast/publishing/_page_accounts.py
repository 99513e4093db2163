"""What the page tells of each account beyond its row: weeks, events and drivers, in bundles that are opened when asked for.

Accounts come in the order of urgency, a bundle of them at a time, until the page is as large as it may be. A browser
inflates only the bundle of the account that is looked at.
"""

import datetime as dt

from renewcast.publishing._page_packing import packed
from renewcast.publishing._page_rows import hundredths
from renewcast.publishing.supplement import Supplement
from renewcast.publishing.text import visible

BUNDLE = 200
MOST_LETTERS = 1_300_000
"""All bundles together; with the rows of 2,000 accounts the page stays under 2 MB."""
MOST_EVENTS = 60
"""An account's latest events; older ones are left out."""
_MEASURES = ("churn_probability", "churn_low", "churn_high", "events", "active_users", "open_tickets")
_SHARES = ("churn_probability", "churn_low", "churn_high")


def bundles(accounts: list[str], supplement: Supplement | None, as_of: dt.date) -> tuple[list[str], dict]:
    """Pack what is known of the accounts.

    Parameters
    ----------
    accounts : list of str
        As they are shown, most urgent first.
    supplement : Supplement or None
    as_of : datetime.date
        Days are written as their distance from it.

    Returns
    -------
    tuple
        The bundles (list of str), and the place of its bundle by account_id. Accounts of which nothing is known, or for which
        there was no room, have none.
    """
    if supplement is None:
        return [], {}
    weeks, events = _by_account(supplement.weeks), _by_account(supplement.events)
    drivers, points = _points(supplement.explanations)
    told = [one for one in accounts if one in weeks or one in events or one in points]
    made, place, letters = [], {}, 0
    for start in range(0, len(told), BUNDLE):
        batch = told[start : start + BUNDLE]
        letters_of_batch = packed(_bundle(batch, weeks, events, drivers, points, as_of))
        letters += len(letters_of_batch)
        if letters > MOST_LETTERS:
            break
        place |= dict.fromkeys(batch, len(made))
        made.append(letters_of_batch)
    return made, place


def _bundle(batch, weeks, events, drivers, points, as_of):
    texts, kinds = {}, {}
    accounts = {}
    for account in batch:
        told = {}
        if account in weeks:
            told["weeks"] = _weeks(weeks[account], as_of)
        if account in events:
            told["events"] = [
                [
                    (_day(one["day"]) - as_of).days,
                    kinds.setdefault(visible(one["kind"]), len(kinds)),
                    texts.setdefault(visible(one["text"]), len(texts)),
                ]
                for one in sorted(events[account], key=lambda one: (_day(one["day"]), one["kind"], one["text"]))[-MOST_EVENTS:]
            ]
        if account in points:
            told["base"], told["points"] = points[account]
        accounts[account] = told
    return {"drivers": drivers, "kinds": list(kinds), "texts": list(texts), "accounts": accounts}


def _weeks(rows, as_of):
    """Return the weeks of one account: their distance in days from the list's, and each measure that is known in any."""
    rows = sorted(rows, key=lambda row: _day(row["as_of"]))
    told = {"days": [(_day(row["as_of"]) - as_of).days for row in rows]}
    for name in _MEASURES:
        values = [_known(row.get(name)) for row in rows]
        if any(value is not None for value in values):
            told[name] = [hundredths(value) if name in _SHARES else _rounded(value) for value in values]
    return told


def _rounded(value):
    return None if value is None else round(value)


def _known(value):
    """Return None for every way in which pandas says missing."""
    return None if value is None or value != value or type(value).__name__ == "NAType" else value


def _day(value):
    return value.date() if isinstance(value, dt.datetime) else value


def _by_account(frame) -> dict:
    """Return the rows as dicts by account, in the order of the frame."""
    found: dict = {}
    if frame is None or not len(frame):
        return found
    names = list(frame.columns)
    for values in zip(*(frame[name].tolist() for name in names), strict=True):
        row = dict(zip(names, values, strict=True))
        found.setdefault(visible(row["account_id"]), []).append(row)
    return found


def _points(explanations):
    """Return the names of the drivers, and base and points of each account in hundredths of a point."""
    if explanations is None or not len(explanations):
        return [], {}
    columns = [name for name in explanations.columns if name.endswith("_points")]
    shares = [explanations[name].tolist() for name in columns]
    found = {}
    for account, base, *points in zip(explanations["account_id"], explanations["base_probability"], *shares, strict=True):
        found[visible(account)] = hundredths(base), [hundredths(one) for one in points]
    return [visible(name.removesuffix("_points")) for name in columns], found
