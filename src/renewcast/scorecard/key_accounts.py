"""Cover of key accounts: whether everyone who must be met within a rhythm was, and who is overdue (C12)."""

import numpy as np

from renewcast.plays.known import days_since_contact
from renewcast.revenue.cohorts import wilson

Z90 = 1.6448536269514722


def key_accounts(known, owner=None):
    """List the key accounts, the longest without a contact first.

    Parameters
    ----------
    known : renewcast.datasets.known.Known
        With ``mrr`` of the accounts in scope.
    owner : pandas.Series, optional
        By account_id.

    Returns
    -------
    pandas.DataFrame or None
        account_id, owner, arr, days_since_contact (infinite: never), overdue_days (beyond the rhythm of `params.actions`; 0: in
        time); None where the project keeps no touchpoints or knows no revenue. On the last day of the rhythm it is in time still.

    Notes
    -----
    Counts contacts that were known before the day.
    """
    settings, accounts = known.params.actions, known.accounts
    since = days_since_contact(known.view, accounts["account_id"], known.as_of.date())
    if since is None or "mrr" not in accounts or not accounts["mrr"].notna().any():
        return None
    arr = 12 * accounts["mrr"].to_numpy(dtype="float64")
    names = accounts["account_id"].map(owner) if owner is not None else None
    frame = accounts[["account_id"]].assign(owner=names, arr=arr, days_since_contact=since)
    frame = frame[arr >= settings.key_account_min_arr]
    over = np.maximum(frame["days_since_contact"] - settings.key_account_every_days, 0)
    frame = frame.assign(overdue_days=over)
    return frame.sort_values(
        ["overdue_days", "days_since_contact", "arr", "account_id"], ascending=[False, False, False, True], ignore_index=True
    )


def cover(listed) -> dict:
    """Say which share of the key accounts was met in time.

    Parameters
    ----------
    listed : pandas.DataFrame
        Of :func:`key_accounts`.

    Returns
    -------
    dict
        key_accounts, met, overdue, share (NaN without any), arr_overdue.

    Examples
    --------
    >>> import pandas as pd
    >>> listed = pd.DataFrame({"arr": [5e4, 3e4], "overdue_days": [0.0, 12.0]})
    >>> cover(listed)
    {'key_accounts': 2, 'met': 1, 'overdue': 1, 'share': 0.5, 'arr_overdue': 30000.0}
    """
    late = listed["overdue_days"] > 0
    count = len(listed)
    share = float((~late).mean()) if count else float("nan")
    found = {"key_accounts": count, "met": int((~late).sum()), "overdue": int(late.sum()), "share": share}
    return found | {"arr_overdue": float(listed.loc[late, "arr"].sum())}


def cover_by_owner(listed):
    """Say the same for each owner: owner, key_accounts, met, share, low, high (Wilson, 90 %); the worst covered first."""
    named = listed.assign(owner=listed["owner"].fillna("").astype(str), met=listed["overdue_days"].eq(0))
    found = named.groupby("owner").agg(key_accounts=("met", "size"), met=("met", "sum")).reset_index()
    low, high = wilson(found["met"].to_numpy(), found["key_accounts"].to_numpy(), Z90)
    found = found.assign(share=found["met"] / found["key_accounts"], low=low, high=high)
    return found.sort_values(["share", "key_accounts", "owner"], ascending=[True, False, True], ignore_index=True)
