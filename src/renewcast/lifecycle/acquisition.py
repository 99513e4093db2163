"""Contacts before the sale: how many, and which came first and last (C65)."""

from renewcast.lifecycle.first_value import began

PAST_DAYS = 364


def not_yet_sold(known):
    """Return every contact before the first term: account_id, occurred_at, kind, started_on (NaT: none has begun).

    Sorted by account_id, occurred_at and kind ("-" where it is not told).
    """
    import ibis
    import pandas as pd

    rows, starts = known.rows("touchpoints"), ibis.memtable(known.once(began)[["account_id", "started_on"]])
    rows = rows.select("account_id", "occurred_at", "kind").left_join(starts, "account_id")
    rows = rows.filter(rows.started_on.isnull() | (rows.occurred_at < rows.started_on))
    frame = rows.select("account_id", "occurred_at", "kind", "started_on").to_pandas()
    for name in ("occurred_at", "started_on"):
        frame[name] = pd.to_datetime(frame[name]).astype("datetime64[us]")
    frame["kind"] = frame["kind"].fillna("-").astype(object)
    return frame.sort_values(["account_id", "occurred_at", "kind"], ignore_index=True)


def before_the_sale(known, past_days: int = PAST_DAYS):
    """Return the contacts before the first term of the accounts that began lately.

    Parameters
    ----------
    known : renewcast.datasets.known.Known
        Of all accounts.
    past_days : int
        Only accounts that began in the days before the snapshot.

    Returns
    -------
    pandas.DataFrame or None
        account_id, kind, occurred_at, is_first, is_last; None where no contacts are kept.
    """
    import pandas as pd

    if not known.has("touchpoints.occurred_at", "touchpoints.kind"):
        return None
    met = known.once(not_yet_sold)
    met = met[met["started_on"] >= known.as_of - pd.Timedelta(days=past_days)].reset_index(drop=True)
    met["is_first"] = ~met.duplicated("account_id")
    met["is_last"] = ~met.duplicated("account_id", keep="last")
    return met[["account_id", "kind", "occurred_at", "is_first", "is_last"]]


def attribution(met):
    """Share the accounts that were won among the kinds of contact, by the first, by the last, and evenly.

    Parameters
    ----------
    met : pandas.DataFrame
        See :func:`before_the_sale`.

    Returns
    -------
    pandas.DataFrame, sorted by kind
        kind, contacts, accounts (that had one), first, last (accounts), evenly (accounts, each shared evenly among its contacts).
    """
    each = 1 / met.groupby("account_id")["account_id"].transform("size")
    grouped = met.assign(evenly=each, kind=met["kind"]).groupby("kind")
    table = grouped.agg(
        contacts=("kind", "size"),
        accounts=("account_id", "nunique"),
        first=("is_first", "sum"),
        last=("is_last", "sum"),
        evenly=("evenly", "sum"),
    )
    return table.reset_index().astype({"first": "int64", "last": "int64"})
