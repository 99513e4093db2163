"""Contraction and expansion: recurring revenue of an account that stays, at the end of the outcome window against the snapshot.

A company that keeps its product in a new term counts the new one only: terms of one product that overlap because a renewal was
signed early are no expansion.
"""

import numpy as np


def held_mrr(rows, terms, grace_days: int):
    """Add up the recurring revenue that accounts hold at given instants.

    A term counts where it is live (starts before the instant, ends on it or later, see :func:`renewcast.snapshots.terms.is_live`)
    and no live term of the same product that started later lasts longer. Where nothing is live, the terms count that begin first
    within the grace period after the instant: paperwork is late.

    Parameters
    ----------
    rows : pandas.DataFrame
        account_id and at (datetime64); its index names the rows.
    terms : pandas.DataFrame
        account_id, product (None is one product), starts_on, ends_on (NaT: open-ended), mrr.
    grace_days : int

    Returns
    -------
    pandas.Series of float, indexed as ``rows``
        Currency units a month; 0 where nothing is held.

    Examples
    --------
    >>> import pandas as pd
    >>> terms = pd.DataFrame({"account_id": ["A", "A"], "product": ["base", "base"], "mrr": [100.0, 130.0],
    ...     "starts_on": pd.to_datetime(["2025-01-01", "2025-12-20"]), "ends_on": pd.to_datetime(["2026-01-01", "2027-01-01"])})
    >>> at = pd.DataFrame({"account_id": ["A"] * 2, "at": pd.to_datetime(["2025-12-01", "2025-12-29"])})
    >>> held_mrr(at, terms, 30).tolist()
    [100.0, 130.0]
    """
    import pandas as pd

    forever = pd.Timestamp("2262-01-01")
    terms = terms[["account_id", "product", "starts_on", "ends_on", "mrr"]].copy()
    terms["ends_on"] = terms["ends_on"].fillna(forever)
    terms["product"] = terms["product"].astype(object).where(terms["product"].notna(), "")
    joined = rows[["account_id", "at"]].reset_index(names="row").merge(terms, on="account_id")
    at, grace = joined["at"], pd.Timedelta(days=grace_days)
    live = joined[(joined["starts_on"] < at) & (joined["ends_on"] >= at)]
    live = live.sort_values(["row", "product", "starts_on", "ends_on"], ascending=[True, True, False, False])
    # Terms that started on the same day run side by side; only a later start takes the place of an earlier one.
    by_start = live.groupby(["row", "product", "starts_on"], sort=False, as_index=False)["ends_on"].max()
    product = by_start.groupby(["row", "product"], sort=False).ngroup()
    reach = by_start.groupby(product)["ends_on"].cummax()
    by_start["later"] = reach.groupby(product).shift()
    live = live.merge(by_start.drop(columns="ends_on"), on=["row", "product", "starts_on"])
    kept = live[~(live["later"] > live["ends_on"])].groupby("row")["mrr"].sum()
    coming = joined[~joined["row"].isin(live["row"]) & (joined["starts_on"] >= at) & (joined["starts_on"] <= at + grace)]
    first = coming[coming["starts_on"] == coming.groupby("row")["starts_on"].transform("min")].groupby("row")["mrr"].sum()
    return kept.add(first, fill_value=0.0).reindex(rows.index, fill_value=0.0)


def revenue_change(snapshots, terms, label):
    """Compare what each account holds when its outcome window ends with what it held at the snapshot.

    Parameters
    ----------
    snapshots : pandas.DataFrame
        account_id and as_of (datetime64), with all outcome windows finished.
    terms : pandas.DataFrame
        The terms as known when the labels are taken; see :func:`held_mrr`.
    label : params.RevenueLabel

    Returns
    -------
    pandas.Series of float, indexed as ``snapshots``
        The new revenue divided by the old one, minus 1; NaN where nothing is held at either end (churn is another outcome) or
        nothing was paid.

    Examples
    --------
    >>> import pandas as pd
    >>> from renewcast.params import RevenueLabel
    >>> terms = pd.DataFrame({"account_id": ["A", "A", "B"], "product": ["base", "base", "base"], "mrr": [100.0, 80.0, 50.0],
    ...     "starts_on": pd.to_datetime(["2025-01-01", "2026-01-01", "2025-01-01"]),
    ...     "ends_on": pd.to_datetime(["2026-01-01", "2027-01-01", "2026-01-01"])})
    >>> snapshots = pd.DataFrame({"account_id": ["A", "B"], "as_of": pd.to_datetime(["2025-12-01"] * 2)})
    >>> label = RevenueLabel(lead_days=0, horizon_days=90, grace_days=30, min_change=0.01)
    >>> revenue_change(snapshots, terms, label).round(2).tolist()
    [-0.2, nan]
    """
    import pandas as pd

    before = held_mrr(snapshots.rename(columns={"as_of": "at"}), terms, 0)
    end = snapshots["as_of"] + pd.Timedelta(days=label.lead_days + label.horizon_days)
    after = held_mrr(snapshots.assign(at=end), terms, label.grace_days)
    return (after / before - 1.0).where((before > 0) & (after > 0))


def contraction(change, label):
    """Say which accounts that stay pay less by at least ``min_change``.

    Parameters
    ----------
    change : pandas.Series of float
        See :func:`revenue_change`.
    label : params.RevenueLabel

    Returns
    -------
    pandas.Series of object
        True, False, or None where the change is not known.

    Examples
    --------
    >>> import pandas as pd
    >>> from renewcast.params import RevenueLabel
    >>> label = RevenueLabel(lead_days=0, horizon_days=90, grace_days=30, min_change=0.05)
    >>> contraction(pd.Series([-0.05, -0.04, float("nan")]), label).tolist()
    [True, False, None]
    """
    return _outcome(change, change <= -label.min_change + _ROUNDING)


def expansion(change, label):
    """Say which accounts that stay pay more by at least ``min_change``; see :func:`contraction`.

    Examples
    --------
    >>> import pandas as pd
    >>> from renewcast.params import RevenueLabel
    >>> label = RevenueLabel(lead_days=0, horizon_days=90, grace_days=30, min_change=0.05)
    >>> expansion(pd.Series([0.05, 0.04, float("nan")]), label).tolist()
    [True, False, None]
    """
    return _outcome(change, change >= label.min_change - _ROUNDING)


_ROUNDING = 1e-9
"""A division of cents must not decide on which side of the bound an exact 5 % lies."""


def _outcome(change, happened):
    outcome = happened.astype(object)
    outcome[np.isnan(change.to_numpy(dtype=float))] = None
    return outcome
