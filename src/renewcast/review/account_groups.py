"""Accounts summed up by group: how many, how much revenue, how likely to leave."""

from renewcast.publishing.column import column
from renewcast.review.inputs import Inputs

Z = 1.6448536269514722
"""Of 90 % intervals."""


def with_scores(inputs: Inputs, rows):
    """Add arr and churn_probability (NaN where not scored) to rows indexed by account_id.

    Parameters
    ----------
    inputs : Inputs
    rows : pandas.DataFrame

    Returns
    -------
    pandas.DataFrame
    """
    frame = inputs.known.accounts if inputs.scores is None else inputs.scores.frame
    by_account = frame.drop_duplicates("account_id").set_index("account_id")
    arr = (12 * by_account["mrr"].astype("float64")).reindex(rows.index).fillna(0.0).round(2)
    churn = by_account["churn_probability"].reindex(rows.index) if inputs.scores is not None else float("nan")
    return rows.assign(arr=arr, churn_probability=churn)


def grouped(rows, group: str, order):
    """Sum accounts up by group: accounts, share, arr, churn_probability (mean) with a 90 % interval over accounts.

    Parameters
    ----------
    rows : pandas.DataFrame
        The group, arr and churn_probability of each account.
    group : str
    order : sequence of str
        The groups, in order.

    Returns
    -------
    pandas.DataFrame
    """
    import numpy as np

    by = rows.groupby(group)
    found = by.agg(accounts=("arr", "size"), arr=("arr", "sum"), churn_probability=("churn_probability", "mean"))
    error = Z * by["churn_probability"].std() / np.sqrt(by["churn_probability"].count().clip(lower=1))
    found["churn_low"] = (found["churn_probability"] - error.fillna(0.0)).clip(lower=0.0)
    found["churn_high"] = (found["churn_probability"] + error.fillna(0.0)).clip(upper=1.0)
    found.insert(1, "share", found["accounts"] / max(len(rows), 1))
    found = found.reindex([one for one in order if one in found.index]).rename_axis(group).reset_index()
    return found.assign(arr=found["arr"].round(2))


def group_columns(group: str, en: str, zh: str) -> tuple:
    """Return the columns of :func:`grouped`."""
    return (
        column(group, "text", True, en, zh, "What the accounts have in common.", "这些客户的共同点。"),
        column("accounts", "integer", True, "Accounts", "客户数", "Accounts in scope.", "范围内的客户数。"),
        column("share", "share", True, "Share", "占比", "Share of all accounts in scope.", "占全部客户的比例。"),
        column("arr", "money", True, "ARR", "年度经常性收入", "Annual recurring revenue.", "年度经常性收入。"),
        column(
            "churn_probability", "share", False, "Mean churn probability", "平均流失概率", "Of the scored.", "已评分客户的均值。"
        ),
        column("churn_low", "share", False, "Low", "下限", "90 % interval over accounts.", "客户间的90%区间下限。"),
        column("churn_high", "share", False, "High", "上限", "90 % interval over accounts.", "客户间的90%区间上限。"),
    )
