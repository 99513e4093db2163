"""What became of revenue in past quarters, against what was signed at their beginnings: the company's own experience."""

import datetime as dt

import numpy as np

from renewcast.forecast.standing import cover_ahead, laid_out, revenue_on

QUARTERS = 8
MOST_ACCOUNTS = 20_000
"""Rates are learnt from so many accounts, drawn by a hash of their ids: more would cost time and add nothing."""


def known_before(versions, day: dt.date):
    """Return the versions as they were known at an earlier day: those told before it, replaced only if that was told too."""
    import pandas as pd

    then = pd.Timestamp(day)
    seen = versions[versions["known_at"] < then]
    return seen.assign(superseded_at=seen["superseded_at"].where(seen["superseded_at"] < then)).reset_index(drop=True)


def origins(as_of: dt.date, days: int, grace_days: int, count: int) -> list[dt.date]:
    """Return the beginnings of the newest quarters whose outcome was settled at a day, newest first.

    Examples
    --------
    >>> [day.isoformat() for day in origins(dt.date(2026, 6, 29), 90, 30, 2)]
    ['2026-03-01', '2025-12-01']
    """
    return [as_of - dt.timedelta(days=grace_days + days * number) for number in range(1, count + 1)]


def past_quarters(versions, as_of: dt.date, days: int, section, *, zone: str, heads=None, count: int = QUARTERS):
    """Follow every account that paid at the beginning of each past quarter to its end.

    The beginning is seen as it was known then, the end as it is known now, so that late paperwork is no loss.

    Parameters
    ----------
    versions : pandas.DataFrame
        See :func:`renewcast.revenue.versions.contract_versions`, as of ``as_of``.
    as_of : datetime.date
    days : int
        Length of a quarter: the forecast's horizon.
    section : params.RevenueSection
    zone : str
    heads : dict of str to str, optional
    count : int

    Returns
    -------
    pandas.DataFrame, one row an account and quarter
        origin (datetime64), account_id, opening, signed, closing (cents), is_due, size (0 the smaller half of the quarter's
        accounts, 1 the larger). Quarters before the first revenue are left out.
    """
    import pandas as pd

    versions = _drawn(versions)
    grace = section.definition.grace_days
    now = laid_out(versions, section, zone=zone, heads=heads)
    parts = []
    for origin in origins(as_of, days, grace, count):
        then = laid_out(known_before(versions, origin), section, zone=zone, heads=heads)
        if not len(then):
            break
        accounts = by_account(cover_ahead(then, origin, days, grace))
        if not len(accounts):
            break
        closing = revenue_on(now, origin + dt.timedelta(days=days - 1))
        accounts["closing"] = accounts["account_id"].map(closing).fillna(0).astype(np.int64)
        accounts.insert(0, "origin", pd.Timestamp(origin).as_unit("us"))
        parts.append(accounts)
    columns = ["origin", "account_id", "opening", "signed", "is_due", "size", "closing"]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)


def by_account(terms):
    """Add the terms of :func:`renewcast.forecast.standing.cover_ahead` up to accounts.

    Renewals that are signed ahead tell at what price the others will be renewed: what is due counts at that price.

    Returns
    -------
    pandas.DataFrame, sorted by account_id
        account_id, opening, signed, is_due (any of its terms is), size (0 the smaller half by opening, 1 the larger).
    """
    rows = terms.assign(due=terms["opening"].where(terms["is_due"], 0), leaves=(terms["opening"] > 0) & (terms["signed"] == 0))
    accounts = rows.groupby("account_id", as_index=False).agg(
        opening=("opening", "sum"),
        signed=("signed", "sum"),
        is_due=("is_due", "any"),
        due=("due", "sum"),
        leaves=("leaves", "any"),
    )
    renewed = accounts[accounts["leaves"] & ~accounts["is_due"]]
    price = price_told((renewed["signed"] / renewed["opening"]).to_numpy())
    accounts["signed"] += np.rint(accounts["due"] * (price - 1.0)).astype(np.int64)
    middle = accounts["opening"].median() if len(accounts) else 0
    return accounts.assign(size=(accounts["opening"] > middle).astype(np.int64)).drop(columns=["due", "leaves"])


def price_told(ratio) -> float:
    """Return the price of a renewal against that of the term before, as far as renewals signed ahead make sure of it.

    Parameters
    ----------
    ratio : array of float, shape (n,)
        New to old revenue of each signed renewal.

    Returns
    -------
    float
        That end of an interval for their median (at least 90 %) which is nearer to 1; 1 where it holds 1, or with few renewals.

    References
    ----------
    The interval lies between two order statistics, by the binomial distribution: Conover, Practical Nonparametric Statistics
    (3rd ed., 1999), section 3.2.

    Examples
    --------
    >>> price_told(np.array([0.5, 0.6, 1.111, 1.112, 1.113, 1.113, 1.115, 1.117, 1.123, 1.182, 1.448]))
    1.111
    >>> price_told(np.array([0.5, 1.0, 1.0, 1.0, 1.1, 1.2, 1.2, 1.3])), price_told(np.array([1.1, 1.1]))
    (1.0, 1.0)
    """
    from scipy.stats import binom

    ratio = np.sort(np.asarray(ratio, dtype=float))
    below = int(binom.ppf(0.05, len(ratio), 0.5)) - 1 if len(ratio) else -1
    if below < 0:
        return 1.0
    low, high = ratio[below], ratio[len(ratio) - 1 - below]
    return float(low) if low > 1 else float(high) if high < 1 else 1.0


def _drawn(versions):
    accounts = np.sort(versions["account_id"].unique())
    if len(accounts) <= MOST_ACCOUNTS:
        return versions
    from renewcast.estimators.boosted import hashed_share

    kept = accounts[hashed_share(accounts, "past quarters") < MOST_ACCOUNTS / len(accounts)]
    return versions[versions["account_id"].isin(kept)].reset_index(drop=True)
