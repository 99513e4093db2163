"""Churn: the account has no live term after a grace period, inside the horizon (logo loss, not contraction)."""

from renewcast.labels._window import holds_day


def churn(snapshots, contracts, label):
    """Say of each snapshot whether the account's cover ends inside the outcome window and is not taken up again.

    Terms of an account are merged into spells of cover: a term that starts at most ``grace_days`` after the cover ended
    continues it. The day on which a spell ends is the day of churn. An account whose cover ended within the lead has no
    outcome here, because nothing could be done about it.

    Parameters
    ----------
    snapshots : pandas.DataFrame
        account_id and as_of (datetime64), with all outcome windows finished.
    contracts : pandas.DataFrame
        The terms as known when the labels are taken: account_id, starts_on, ends_on (NaT: open-ended).
    label : params.TermLabel

    Returns
    -------
    pandas.Series of object, indexed as ``snapshots``
        True, False, or None (churned within the lead).

    Examples
    --------
    >>> import pandas as pd
    >>> from renewcast.params import TermLabel
    >>> terms = pd.DataFrame({"account_id": ["A", "A", "B"],
    ...     "starts_on": pd.to_datetime(["2025-01-01", "2026-01-20", "2025-01-01"]),
    ...     "ends_on": pd.to_datetime(["2026-01-01", "2027-01-01", "2026-01-01"])})
    >>> snapshots = pd.DataFrame({"account_id": ["A", "B"], "as_of": pd.to_datetime(["2025-12-01"] * 2)})
    >>> churn(snapshots, terms, TermLabel(lead_days=0, horizon_days=60, grace_days=30)).tolist()
    [False, True]
    """
    import pandas as pd

    ends = spells(contracts, label.grace_days)[["account_id", "ends_on"]]
    rows = snapshots[["account_id", "as_of"]].reset_index(names="row").merge(ends, on="account_id")
    rows["inside"] = holds_day(rows["ends_on"], rows["as_of"], label.lead_days, label.horizon_days)
    rows["within_lead"] = holds_day(rows["ends_on"], rows["as_of"], 0, label.lead_days)
    seen = rows.groupby("row")[["inside", "within_lead"]].any().reindex(snapshots.index, fill_value=False)
    outcome = pd.Series(seen["inside"], index=snapshots.index).astype(object)
    outcome[seen["within_lead"]] = None
    return outcome


def spells(contracts, grace_days: int):
    """Merge an account's terms into spells of cover.

    Parameters
    ----------
    contracts : pandas.DataFrame
        account_id, starts_on, ends_on.
    grace_days : int
        A gap of at most so many days does not end a spell.

    Returns
    -------
    pandas.DataFrame
        account_id, starts_on, ends_on (NaT: not ended).

    Examples
    --------
    >>> import pandas as pd
    >>> terms = pd.DataFrame({"account_id": ["A", "A"], "starts_on": pd.to_datetime(["2025-01-01", "2025-06-01"]),
    ...     "ends_on": pd.to_datetime(["2025-02-01", None])})
    >>> len(spells(terms, 30)), len(spells(terms, 180))
    (2, 1)
    """
    import pandas as pd

    forever = pd.Timestamp("2262-01-01")
    terms = contracts[["account_id", "starts_on", "ends_on"]].copy()
    terms["ends_on"] = terms["ends_on"].fillna(forever)
    terms = terms.sort_values(["account_id", "starts_on", "ends_on"], ignore_index=True)
    reach = terms.groupby("account_id")["ends_on"].cummax()
    reach_before = reach.groupby(terms["account_id"]).shift()
    breaks = reach_before.isna() | (terms["starts_on"] > reach_before + pd.Timedelta(days=grace_days))
    terms["spell"] = breaks.cumsum()
    merged = terms.groupby("spell").agg(
        account_id=("account_id", "first"), starts_on=("starts_on", "min"), ends_on=("ends_on", "max")
    )
    merged["ends_on"] = merged["ends_on"].where(merged["ends_on"] < forever)
    return merged.reset_index(drop=True)
