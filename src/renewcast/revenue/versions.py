"""What was known of every term, version by version, and who the accounts belong to: the ledger's only look at the tables."""

import datetime as dt

from renewcast.days import midnight

COLUMNS = ("contract_id", "account_id", "product", "starts_on", "ends_on", "known_at", "superseded_at")


def contract_versions(view, as_of: dt.date):
    """Return every version of every term that was known before a day, the replaced ones too.

    Parameters
    ----------
    view : datasets.view.View
    as_of : datetime.date

    Returns
    -------
    pandas.DataFrame
        contract_id, account_id, product, starts_on, ends_on (NaT: open-ended), known_at, superseded_at (NaT: not replaced
        before ``as_of``), cents (int64, a month); sorted by contract_id and known_at. ``mrr`` is what is paid, in the project's
        currency: a discount is taken off already, and foreign money was converted when it was staged. Those of the last day are
        kept; do not change them.
    """
    return view.once(_read, as_of)


def _read(view, as_of: dt.date):
    import ibis
    import pandas as pd

    table = view.store.tables["contracts"]
    known = table.filter(table.known_at < ibis.literal(midnight(as_of)))
    days = {name: known[name].cast("timestamp") for name in ("starts_on", "ends_on", "known_at", "superseded_at")}
    named = known.mutate(**days).select(*COLUMNS, cents=(known.mrr * 100).cast("int64"))
    frame = named.order_by("contract_id", "known_at").to_pandas().astype(dict.fromkeys(days, "datetime64[us]"))
    frame["superseded_at"] = frame["superseded_at"].where(frame["superseded_at"] < pd.Timestamp(as_of))
    return frame


def heads(view, account_id, as_of: dt.date) -> dict[str, str]:
    """Return for each account the first one of its group of companies, as known at a day."""
    import pandas as pd

    accounts = pd.Series(pd.unique(account_id))
    return dict(zip(accounts, view.groups(accounts, as_of), strict=True))


def promoter_answers(view, as_of: dt.date, days: int = 364):
    """Return account_id and score of the answers to "would you recommend us?" of the days before a day; None without feedback."""
    import ibis

    if "feedback" not in view.store.tables:
        return None
    table = view.store.tables["feedback"]
    until = midnight(as_of)
    given = table.filter(
        (table.kind == "nps")
        & table.score.notnull()
        & (table.known_at < ibis.literal(until))
        & (table.occurred_at < ibis.literal(until))
        & (table.occurred_at >= ibis.literal(until - dt.timedelta(days=days)))
        & (table.superseded_at.isnull() | (table.superseded_at >= ibis.literal(until)))
    )
    return given.select("account_id", "score").to_pandas()
