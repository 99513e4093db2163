"""What is read of a project's tables for markets and activation: rows that the snapshot sees, added up by the engine."""

from renewcast.markets.motion import motions
from renewcast.markets.prospects import USE_DAYS, expansion, prospects


def has(known, table: str) -> bool:
    """Tell whether the project has a table."""
    return table in known.view.store.tables


def paid_terms(known):
    """Return product, starts_on, ends_on, mrr, seats, discount of the terms that cost something and have begun; or None."""
    if not has(known, "contracts"):
        return None
    frame = known.frame("contracts", "product", "starts_on", "ends_on", "mrr", "seats", "discount")
    return frame[(frame["mrr"] > 0) & (frame["starts_on"] <= known.as_of)].reset_index(drop=True)


def first_touches(known):
    """Return the instant of each account's first touchpoint, by account_id; None without touchpoints."""
    if not has(known, "touchpoints"):
        return None
    rows = known.rows("touchpoints")
    return _by_account(rows.group_by("account_id").aggregate(at=rows.occurred_at.min()))["at"]


def recent_days(known):
    """Return the days of use in the last 28, by account_id, of those that have any; None without usage."""
    if not has(known, "usage"):
        return None
    rows = known.rows("usage", days=USE_DAYS)
    return _by_account(rows.group_by("account_id").aggregate(days=rows.occurred_at.cast("date").nunique()))["days"]


def uses(known):
    """Return one row an account and kind of action: account_id, action, first_at, told_at, value_at, last_at; None without usage.

    ``told_at`` is when the first of them became known, ``value_at`` the first value action (NaT where the project does not say
    which actions are of value).
    """
    import ibis
    import pandas as pd

    if not has(known, "usage"):
        return None
    rows = known.rows("usage")
    action = rows.action if known.has("usage.action") else ibis.literal("-")
    frame = (
        rows.mutate(did=action.fill_null("-"))
        .group_by(["account_id", "did"])
        .aggregate(
            first_at=rows.occurred_at.min(),
            told_at=rows.known_at.min(),
            value_at=rows.occurred_at.min(where=rows.is_value_action),
            last_at=rows.occurred_at.max(),
        )
        .to_pandas()
        .rename(columns={"did": "action"})
    )
    for name in ("first_at", "told_at", "value_at", "last_at"):
        frame[name] = pd.to_datetime(frame[name]).astype("datetime64[us]")
    return frame.sort_values(["account_id", "action"], ignore_index=True)


def dates_of(known):
    """Return signed_up, first_use, first_value, last_use, bought_on (NaT: never) by account_id, of all that are known."""
    return known.once(_dates_of)


def _dates_of(known):
    import pandas as pd

    accounts = known.frame("accounts", "signed_up_at").drop_duplicates("account_id").set_index("account_id")["signed_up_at"]
    frame = pd.DataFrame({"signed_up": accounts})
    used, terms = known.once(uses), known.once(paid_terms)
    for name, column, first in (
        ("first_use", "first_at", True),
        ("first_value", "value_at", True),
        ("last_use", "last_at", False),
    ):
        frame[name] = pd.Series(pd.NaT, index=frame.index, dtype="datetime64[us]")
        if used is not None:
            grouped = used.groupby("account_id")[column]
            frame[name] = (grouped.min() if first else grouped.max()).reindex(frame.index)
    bought = pd.Series(dtype="datetime64[us]") if terms is None else terms.groupby("account_id")["starts_on"].min()
    frame["bought_on"] = bought.reindex(frame.index)
    return frame.sort_index()


def motion_of(known):
    """Return how each account is won, by account_id; None without usage, which is what tells it."""
    if not has(known, "usage"):
        return None
    dates = dates_of(known)
    return motions(dates["signed_up"], dates["first_use"], dates["bought_on"])


def prospects_of(known, accounts, segment_by, ledger=None):
    """Return :func:`renewcast.markets.prospects.prospects` of a project.

    Parameters
    ----------
    known : renewcast.datasets.known.Known
        Of everyone.
    accounts : pandas.DataFrame
        As known then, by account_id.
    segment_by : list of str
    ledger : renewcast.revenue.ledger.Ledger, optional
        Of accounts: where there is no usage, its expansion says how much they stick.
    """
    terms, touched, active = known.once(paid_terms), known.once(first_touches), known.once(recent_days)
    grown = expansion(ledger) if active is None and ledger is not None else None
    return prospects(accounts, terms, touched, active, known.as_of, segment_by, motion=motion_of(known), grown=grown)


def _by_account(rows):
    import pandas as pd

    frame = rows.to_pandas().set_index("account_id").sort_index()
    if "at" in frame:
        frame["at"] = pd.to_datetime(frame["at"]).astype("datetime64[us]")
    return frame
