"""Retention: how many customers stay and how much of their revenue (C4), net and gross, and how quickly revenue grows (C46)."""

import numpy as np

from renewcast.revenue.movements import roll_forward


def retention(ledger, periods: tuple[int, ...] = (1, 3, 12)):
    """Follow the customers that there were at the beginning of each period to its end.

    Parameters
    ----------
    ledger : renewcast.revenue.ledger.Ledger
    periods : tuple of int
        Lengths in months.

    Returns
    -------
    pandas.DataFrame
        One row per period_months and month (first day of the period's last month): the columns of
        :func:`renewcast.revenue.movements.roll_forward`, and

        logo_retention, net_dollar_retention, gross_dollar_retention (shares of the opening customers or cents; NaN without any)
        and ``gap``, dollars less logos: positive where those who stay grow or those who leave are small. It is ``gap_size``
        (logos lost less dollars churned, as shares: who leaves is smaller than the average), ``gap_contraction`` (at most 0) and
        ``gap_expansion``, which add up to it.

        quick_ratio (new and expanded revenue for each unit churned or contracted; NaN where nothing was lost; reactivation is set
        aside), is_settled (no grace is running that could still change the period) and unsettled_cents (at most 0: what was lost
        by those whose grace is running, and may come back).

    References
    ----------
    Net and gross dollar retention follow the opening cohort: new customers and returning ones do not count. The quick ratio is
    that of Mamoon Hamid, Numbers that actually matter (2015).
    """
    import pandas as pd

    parts = []
    for period in periods:
        table = roll_forward(ledger, period)
        if not len(table):
            continue
        start, end = ledger.cents[:, :-period], ledger.cents[:, period:]
        was, stays = ledger.is_customer[:, :-period], ledger.is_customer[:, period:]
        opening = np.where(was, start, 0).sum(axis=0)
        net, gross = np.where(was, end, 0).sum(axis=0), np.where(was, np.minimum(start, end), 0).sum(axis=0)
        table.insert(0, "period_months", period)
        customers = table["customers"].to_numpy()
        table["logo_retention"] = _share((was & stays).sum(axis=0), customers)
        table["net_dollar_retention"], table["gross_dollar_retention"] = _share(net, opening), _share(gross, opening)
        table["gap"] = table["net_dollar_retention"] - table["logo_retention"]
        churned = _share(table["churn_cents"].to_numpy(), opening)
        table["gap_size"] = (1 - table["logo_retention"]) + churned
        table["gap_contraction"] = _share(table["contraction_cents"].to_numpy(), opening)
        table["gap_expansion"] = _share(table["expansion_cents"].to_numpy(), opening)
        lost = -(table["churn_cents"] + table["contraction_cents"]).to_numpy()
        table["quick_ratio"] = _share((table["new_cents"] + table["expansion_cents"]).to_numpy(), lost)
        table["is_settled"] = np.arange(period, ledger.cents.shape[1]) < ledger.pending_from.min(initial=ledger.cents.shape[1])
        is_running = np.arange(period, ledger.cents.shape[1]) >= ledger.pending_from[:, None]
        table["unsettled_cents"] = np.where(is_running, np.minimum(end - start, 0), 0).sum(axis=0)
        parts.append(table)
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()


def _share(part, whole):
    part, whole = np.asarray(part, dtype=np.float64), np.asarray(whole, dtype=np.float64)
    return np.divide(part, whole, out=np.full(len(whole), np.nan), where=whole > 0)
