"""Inactivity: for a business without contracts, nothing happens inside the horizon."""


def inactivity(snapshots, events, label):
    """Say of each snapshot whether the account does nothing inside ``(T + lead, T + lead + horizon]``.

    Where every event stands at midnight the source is dated by day, and the rule for days holds: from day ``T + lead`` up to,
    not including, day ``T + lead + horizon``. Otherwise what happens on the snapshot day would be in no window at all.

    Parameters
    ----------
    snapshots : pandas.DataFrame
        account_id and as_of (datetime64), with all outcome windows finished.
    events : pandas.DataFrame
        account_id and occurred_at of everything that happened, as known when the labels are taken.
    label : params.InactivityLabel

    Returns
    -------
    pandas.Series of bool, indexed as ``snapshots``

    Examples
    --------
    >>> import pandas as pd
    >>> from renewcast.params import InactivityLabel
    >>> events = pd.DataFrame({"account_id": ["A", "B"], "occurred_at": pd.to_datetime(["2026-02-01", "2026-05-01"])})
    >>> snapshots = pd.DataFrame({"account_id": ["A", "B"], "as_of": pd.to_datetime(["2026-01-05"] * 2)})
    >>> inactivity(snapshots, events, InactivityLabel(lead_days=0, horizon_days=90, active_within_days=180)).tolist()
    [False, True]
    """
    import pandas as pd

    left = snapshots[["account_id", "as_of"]].reset_index(names="row")
    left["after"] = (left["as_of"] + pd.Timedelta(days=label.lead_days)).astype("datetime64[us]")
    right = events[["account_id", "occurred_at"]].drop_duplicates()
    right = right.assign(occurred_at=right["occurred_at"].astype("datetime64[us]")).sort_values("occurred_at")
    by_day = bool((right["occurred_at"] == right["occurred_at"].dt.normalize()).all())
    joined = pd.merge_asof(
        left.sort_values("after"),
        right,
        left_on="after",
        right_on="occurred_at",
        by="account_id",
        direction="forward",
        allow_exact_matches=by_day,
    ).set_index("row")
    limit = joined["after"] + pd.Timedelta(days=label.horizon_days)
    too_late = joined["occurred_at"] >= limit if by_day else joined["occurred_at"] > limit
    return (joined["occurred_at"].isna() | too_late).reindex(snapshots.index)
