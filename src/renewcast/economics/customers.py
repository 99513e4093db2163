"""What each account cost to win, what it has brought, and what it is still worth: the rows of all unit economics."""

import numpy as np

DAYS_A_YEAR = 365.25


def customers(accounts, ledger, lifetime, survival=None):
    """Set what winning an account cost beside what it is worth.

    Parameters
    ----------
    accounts : pandas.DataFrame
        As known at the day, indexed by account_id; ``acquisition_cost`` (currency units) among its columns.
    ledger : renewcast.revenue.ledger.Ledger
        At the level of accounts (other levels are added up to accounts where they tell them).
    lifetime : params.LifetimeSection
    survival : pandas.DataFrame, optional
        account_id and lifetime_value, see :func:`renewcast.scoring.survival.survival`. Where an account is not scored, or without
        a model, its value is that of a customer who leaves at the last year's rate: see :func:`steady_value`.

    Returns
    -------
    pandas.DataFrame, one row an account whose cost is known, sorted by account_id
        account_id, cost, is_customer (pays at the end of the ledger), monthly_margin (now), value_ahead (margin to come,
        discounted, 0 for who has left), earned (margin so far, not discounted), is_modelled; currency units.

    Notes
    -----
    Past margin is no part of ``value_ahead``: it tells what a customer of today is worth from today on.
    """
    import pandas as pd

    known = accounts[accounts["acquisition_cost"].notna()].sort_index()
    frame = pd.DataFrame(
        {"account_id": known.index.to_numpy(dtype=object), "cost": known["acquisition_cost"].astype(float).to_numpy()}
    )
    owner = ledger.units["account_id"].to_numpy(dtype=object)
    paid = pd.DataFrame({"now": ledger.cents[:, -1], "sum": ledger.cents.sum(axis=1)}).groupby(owner).sum() / 100
    of = paid.reindex(frame["account_id"]).fillna(0.0)
    margin = of["now"].to_numpy() * lifetime.gross_margin
    frame["is_customer"], frame["monthly_margin"] = margin > 0, margin
    steady = steady_value(monthly_churn(ledger), lifetime)
    value = np.full(len(frame), np.nan)
    if survival is not None:
        value = survival.set_index("account_id")["lifetime_value"].reindex(frame["account_id"]).to_numpy(dtype=float, copy=True)
    frame["is_modelled"] = frame["is_customer"] & np.isfinite(value)
    frame["value_ahead"] = np.where(frame["is_modelled"], value, margin * steady)
    frame["earned"] = of["sum"].to_numpy() * lifetime.gross_margin
    return frame


def monthly_churn(ledger, months: int = 12) -> float:
    """Return the constant monthly rate at which customers left in the last year; 0 without any customers."""
    start = max(ledger.cents.shape[1] - 1 - months, 0)
    here = ledger.is_customer[:, start:-1]
    left = (here & ~ledger.is_customer[:, start + 1 :]).sum()
    return float(left / here.sum()) if here.any() else 0.0


def steady_value(churn: float, lifetime) -> float:
    """Return what a margin of 1 a month is worth to who leaves at a constant rate, up to the limit of ``lifetime``, discounted.

    References
    ----------
    Gupta and Lehmann, Customers as Assets, Journal of Interactive Marketing 17 (2003), with a limit and monthly payments.

    Examples
    --------
    >>> from renewcast.params.sections import LifetimeSection
    >>> steady_value(0.02, LifetimeSection(gross_margin=0.8, annual_discount_rate=0.0, limit_months=2))
    1.98
    """
    month = np.arange(lifetime.limit_months)
    return float(((1.0 - churn) ** month / (1.0 + lifetime.annual_discount_rate) ** (month / 12)).sum())


def account_ledger(view, ledger):
    """Return a ledger that tells single accounts: the given one, or where whole groups churn one written anew by account."""
    if ledger.definition.level != "parent":
        return ledger
    from renewcast.revenue.ledger import build_ledger
    from renewcast.revenue.versions import contract_versions

    section = view.params.revenue
    section = section.model_copy(update={"definition": section.definition.model_copy(update={"level": "account"})})
    return build_ledger(contract_versions(view, ledger.as_of), ledger.as_of, section, zone=view.params.project.time_zone)
