"""Duration: how long the cover of a snapshot's account lasts on, as far as it is known."""

from renewcast.snapshots.terms import spells


def duration(snapshots, contracts, label, known_until):
    """Count the days from the start of each outcome window to the account's churn, or to what is known.

    Churn is that of :func:`renewcast.labels.churn`: the last day of a spell of cover. Day D of the window that begins at
    ``T + lead`` is its day number ``D - (T + lead) + 1``, so that churn inside the label's horizon is a duration of at most
    ``horizon_days``. A day is decided once the grace after it is over; what comes later is censored.

    Parameters
    ----------
    snapshots : pandas.DataFrame
        account_id and as_of (datetime64); the cover must not have ended before the window begins, see ``churn``.
    contracts : pandas.DataFrame
        The terms as known when the labels are taken: account_id, starts_on, ends_on (NaT: open-ended).
    label : params.TermLabel
    known_until : datetime.datetime
        Outcomes are complete up to this instant.

    Returns
    -------
    pandas.DataFrame, indexed as ``snapshots``
        days (int, at least 1 where ended), ended (bool), known_days (int: how many days of the window are decided; ``days`` where
        nothing ended).

    Examples
    --------
    >>> import pandas as pd
    >>> from renewcast.params import TermLabel
    >>> terms = pd.DataFrame({"account_id": ["A", "B"], "starts_on": pd.to_datetime(["2025-01-01"] * 2),
    ...     "ends_on": pd.to_datetime(["2026-01-10", "2026-12-31"])})
    >>> snapshots = pd.DataFrame({"account_id": ["A", "B"], "as_of": pd.to_datetime(["2026-01-05"] * 2)})
    >>> label = TermLabel(lead_days=0, horizon_days=90, grace_days=30)
    >>> duration(snapshots, terms, label, pd.Timestamp("2026-03-01")).values.tolist()
    [[6, True, 25], [25, False, 25]]
    """
    import pandas as pd

    rows = snapshots[["account_id", "as_of"]].reset_index(names="row").merge(spells(contracts, label.grace_days), on="account_id")
    covered = (rows["starts_on"] <= rows["as_of"]) & ~(rows["ends_on"] < rows["as_of"])
    last_day = rows[covered].drop_duplicates("row").set_index("row")["ends_on"].reindex(snapshots.index)
    start = snapshots["as_of"] + pd.Timedelta(days=label.lead_days)
    known_days = (pd.Timestamp(known_until) - pd.Timedelta(days=label.grace_days) - start).dt.days.clip(lower=0)
    days = (last_day - start).dt.days + 1
    ended = days.notna() & (days <= known_days)
    return pd.DataFrame({"days": days.where(ended, known_days).astype(int), "ended": ended, "known_days": known_days})
