"""How often accounts are met in each stage, and whether that is where the need is (C8)."""

from renewcast.datasets.among import positions
from renewcast.lifecycle.stages import STAGES

RECENT_DAYS = 544
"""A year of terms, each looked at from half a year before its end."""


def contacts(known, days: int):
    """Return account_id and occurred_at of the touchpoints of the days before the snapshot."""
    return known.frame("touchpoints", "occurred_at", days=days)


def recent_contacts(known):
    """Return :func:`contacts` of the last 544 days and the grace: all that the stages and the renewal stage ask, read once."""
    return contacts(known, RECENT_DAYS + known.view.grace_days)


def by_stage(history, met, tier=None):
    """Count contacts a month by the stage in which the account was at the month's beginning.

    Parameters
    ----------
    history : pandas.DataFrame
        See :func:`renewcast.lifecycle.history.stage_history`, of the first days of months.
    met : pandas.DataFrame
        account_id, occurred_at; what was before the first of these days is left out.
    tier : pandas.Series, optional
        By account_id; then the table is of accounts that have one, by stage and tier.

    Returns
    -------
    pandas.DataFrame, sorted by stage (in order) and tier
        stage, tier (where given), accounts, touches, account_months, rate (contacts an account and month), low, high (90 %, over
        accounts), untouched (share of the account-months without contact).
    """
    import numpy as np
    import pandas as pd

    from renewcast.lifecycle.ratios import rates

    edges = history.columns.to_numpy().astype("datetime64[us]")
    month = np.searchsorted(edges, met["occurred_at"].to_numpy(dtype="datetime64[us]"), side="right") - 1
    account = positions(met["account_id"], history.index)
    inside = (month >= 0) & (month < len(edges) - 1) & (account >= 0)
    codes = history.to_numpy()[:, :-1]
    count = np.bincount(account[inside] * codes.shape[1] + month[inside], minlength=codes.size).reshape(codes.shape)
    held, when = np.nonzero(codes >= 0)
    frame = pd.DataFrame(
        {
            "account_id": held,
            "place": codes[held, when],
            "touches": count[held, when],
            "account_months": 1,
        }
    )
    by = ["place"]
    if tier is not None:
        frame["tier"] = history.index.map(tier).to_numpy()[held]
        frame, by = frame[frame["tier"].notna()], ["place", "tier"]
    table = rates(frame, by, "touches", "account_months")
    none = frame.assign(none=frame["touches"].eq(0)).groupby(by)["none"].mean().rename("untouched").reset_index()
    table = table.merge(none, on=by)
    table.insert(0, "stage", [STAGES[place] for place in table["place"]])
    return table.drop(columns="place").astype({"touches": "int64", "account_months": "int64"})


def against_need(table, need):
    """Set each stage's share of the contacts beside its share of the need.

    Parameters
    ----------
    table : pandas.DataFrame
        See :func:`by_stage`, without tiers.
    need : pandas.Series
        By stage: what is at stake there, for example ARR at risk; at least 0.

    Returns
    -------
    pandas.DataFrame
        ``table`` with touch_share, need_share, touches_per_need (the first divided by the second: below 1 is met less than its
        need; NaN where there is none).
    """
    import numpy as np

    stake = table["stage"].map(need).fillna(0.0).to_numpy(dtype=float)
    touch = table["touches"].to_numpy(dtype=float)
    touch_share = touch / touch.sum() if touch.sum() > 0 else np.full(len(touch), np.nan)
    need_share = stake / stake.sum() if stake.sum() > 0 else np.full(len(touch), np.nan)
    ratio = np.divide(touch_share, need_share, out=np.full(len(touch), np.nan), where=need_share > 0)
    return table.assign(touch_share=touch_share, need_share=need_share, touches_per_need=ratio)
