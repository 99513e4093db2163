"""Involuntary churn: an account that left while it owed money is lost to payment, not to a decision."""


def involuntary(churned, invoices, label):
    """Say of each churn whether an invoice had been overdue for long when the cover ended.

    Parameters
    ----------
    churned : pandas.DataFrame
        account_id and ended_on (datetime64), the day on which the spell of cover ended.
    invoices : pandas.DataFrame
        account_id, due_on, paid_on (NaT: unpaid) and amount, as known when the labels are taken. Credits do not count.
    label : params.ChurnLabel
        ``involuntary_overdue_days`` says for how many days, at least.

    Returns
    -------
    pandas.Series of bool, indexed as ``churned``

    Examples
    --------
    >>> import pandas as pd
    >>> from renewcast.params import ChurnLabel
    >>> label = ChurnLabel(lead_days=0, horizon_days=90, grace_days=30, involuntary_overdue_days=45)
    >>> invoices = pd.DataFrame({"account_id": ["A", "B"], "due_on": pd.to_datetime(["2026-01-01"] * 2),
    ...     "paid_on": pd.to_datetime([None, "2026-01-20"]), "amount": [100.0, 100.0]})
    >>> ended = pd.DataFrame({"account_id": ["A", "B"], "ended_on": pd.to_datetime(["2026-03-01"] * 2)})
    >>> involuntary(ended, invoices, label).tolist()
    [True, False]
    """
    import pandas as pd

    owed = churned[["account_id", "ended_on"]].reset_index(names="row").merge(invoices[invoices["amount"] > 0], on="account_id")
    overdue = owed["due_on"] + pd.Timedelta(days=label.involuntary_overdue_days) <= owed["ended_on"]
    unpaid = owed["paid_on"].isna() | (owed["paid_on"] >= owed["ended_on"])
    return (overdue & unpaid).groupby(owed["row"]).any().reindex(churned.index, fill_value=False)
