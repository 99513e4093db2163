"""Churn: the account has no live term after a grace period, inside the horizon (logo loss, not contraction)."""

from renewcast.labels.window import holds_day
from renewcast.snapshots.terms import spells


def churned_on(snapshots, contracts, label):
    """Return the day inside the outcome window on which each snapshot's cover ends, NaT where none does.

    Parameters and the rule are those of :func:`churn`.

    Examples
    --------
    >>> import pandas as pd
    >>> from renewcast.params import TermLabel
    >>> terms = pd.DataFrame({"account_id": ["A"], "starts_on": pd.to_datetime(["2025-01-01"]),
    ...     "ends_on": pd.to_datetime(["2026-01-01"])})
    >>> snapshots = pd.DataFrame({"account_id": ["A"], "as_of": pd.to_datetime(["2025-12-01"])})
    >>> churned_on(snapshots, terms, TermLabel(lead_days=0, horizon_days=60, grace_days=30)).astype(str).tolist()
    ['2026-01-01']
    """
    rows = snapshots[["account_id", "as_of"]].reset_index(names="row").merge(spells(contracts, label.grace_days), on="account_id")
    inside = holds_day(rows["ends_on"], rows["as_of"], label.lead_days, label.horizon_days)
    return rows[inside].groupby("row")["ends_on"].min().reindex(snapshots.index)


def churn(snapshots, contracts, label):
    """Say of each snapshot whether the account's cover ends inside the outcome window and is not taken up again.

    Terms of an account are merged into spells of cover: a term that starts at most ``grace_days`` after the cover ended
    continues it. The day on which a spell ends is the day of churn. An account whose cover ended within the lead has no
    outcome here, because nothing could be done about it; neither has one whose cover was over at the snapshot although
    nobody knew it yet.

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
        True, False, or None (over within the lead, or before the snapshot).

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

    rows = snapshots[["account_id", "as_of"]].reset_index(names="row").merge(spells(contracts, label.grace_days), on="account_id")
    ended = rows["ends_on"] < rows["as_of"]
    rows["covered"] = (rows["starts_on"] <= rows["as_of"]) & ~ended
    rows["inside"] = holds_day(rows["ends_on"], rows["as_of"], label.lead_days, label.horizon_days)
    rows["within_lead"] = holds_day(rows["ends_on"], rows["as_of"], 0, label.lead_days)
    seen = rows.groupby("row")[["covered", "inside", "within_lead"]].any().reindex(snapshots.index, fill_value=False)
    outcome = pd.Series(seen["inside"], index=snapshots.index).astype(object)
    outcome[seen["within_lead"] | ~seen["covered"]] = None
    return outcome
