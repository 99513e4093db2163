"""What is known at a snapshot that decides about plays: those that run or ended, the next deadline, contacts, notes."""

import datetime as dt

from renewcast.days import midnight


def _visible(view, name: str, as_of: dt.date):
    import ibis

    from renewcast.engine import visibility

    accounts = view.store.tables["accounts"].view()
    snapshots = accounts.select("account_id").distinct().mutate(as_of=ibis.literal(midnight(as_of)).cast("timestamp"))
    return visibility.visible_rows(view.store.tables[name], snapshots, view.store.contracts[name])


def known_plays(view, as_of: dt.date):
    """Return the plays that had been started: play_id, account_id, play, started_at, finished_at (NaT: still running).

    Parameters
    ----------
    view : datasets.view.View
    as_of : datetime.date

    Returns
    -------
    pandas.DataFrame
        In order of account, start and id; no rows where the project keeps no plays.
    """
    import pandas as pd

    names = ["play_id", "account_id", "play", "started_at", "finished_at"]
    if "plays" not in view.store.tables:
        empty = pd.DataFrame({name: pd.Series(dtype=object) for name in names})
        return empty.astype({"started_at": "datetime64[us]", "finished_at": "datetime64[us]"})
    frame = _visible(view, "plays", as_of).select(*names).to_pandas()
    frame = frame.astype({"started_at": "datetime64[us]", "finished_at": "datetime64[us]"})
    return frame.sort_values(["account_id", "started_at", "play_id"], ignore_index=True)


def next_deadlines(view, as_of: dt.date):
    """Return each account's next undecided end of a term: account_id, ends_on, notice_days (NaN: none).

    Of several that end on a day, the one with the longest notice counts: whoever keeps it keeps the others.
    """
    import pandas as pd

    if "terms" not in view.store.tables:
        return pd.DataFrame({"account_id": pd.Series(dtype=str), "ends_on": pd.to_datetime([]), "notice_days": []})
    terms = view.known_deadlines(as_of)
    open_ = terms[~terms["is_succeeded"].astype(bool) & (terms["ends_on"] >= pd.Timestamp(as_of))]
    order = ["account_id", "ends_on", "notice_days", "contract_id"]
    open_ = open_.sort_values(order, ascending=[True, True, False, True], na_position="last")
    return open_.drop_duplicates("account_id")[["account_id", "ends_on", "notice_days"]].reset_index(drop=True)


def days_since_contact(view, account_id, as_of: dt.date):
    """Return the days since anybody of ours was last in touch with each account.

    Parameters
    ----------
    view : datasets.view.View
    account_id : pandas.Series of str, shape (n,)
    as_of : datetime.date

    Returns
    -------
    array of float, shape (n,), or None
        Infinite where nobody ever was; None where the project keeps no touchpoints.
    """
    import numpy as np
    import pandas as pd

    if "touchpoints" not in view.store.tables:
        return None
    rows = _visible(view, "touchpoints", as_of)
    last = rows.group_by("account_id").aggregate(last=rows.occurred_at.max()).to_pandas().set_index("account_id")["last"]
    since = (pd.Timestamp(as_of) - pd.to_datetime(account_id.map(last))).dt.total_seconds() / 86_400
    return np.where(since.isna(), np.inf, np.floor(since.to_numpy(dtype=float)))


NOTES_DAYS = 91


def noted(view, account_id, as_of: dt.date, words):
    """Tell of which accounts a note of the last quarter uses one of some words, whatever its letters' case.

    Returns
    -------
    array of bool, shape (n,)
    """
    import numpy as np

    if not words or "touchpoints" not in view.store.tables or "note" not in view.mapped_columns.get("touchpoints", ()):
        return np.zeros(len(account_id), dtype=bool)
    rows = _visible(view, "touchpoints", as_of)
    rows = rows.filter((rows.occurred_at >= midnight(as_of) - dt.timedelta(days=NOTES_DAYS)) & rows.note.notnull())
    note = rows.note.lower()
    found = note.contains(words[0].lower())
    for word in words[1:]:
        found = found | note.contains(word.lower())
    return account_id.isin(rows.filter(found).select("account_id").distinct().to_pandas()["account_id"]).to_numpy()
