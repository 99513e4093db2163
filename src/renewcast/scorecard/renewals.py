"""What renewals are worth: their share of revenue (C15), and what is lost at a rate of churn (C14)."""

import numpy as np

BENCHMARK = 0.7
"""A mature SaaS company owes about so much of its revenue to renewals of existing customers (C15)."""
RATES = (0.03, 0.05, 0.1, 0.15, 0.2)
YEAR = 12
Z90 = 1.6448536269514722


def renewal_share(ledger):
    """Split each month's revenue by where it comes from: renewed, expanded, new.

    Renewed is what customers of a year before pay still (the smaller of then and now), expanded what they pay more than then, new
    what comes from everybody else, also from those who came back.

    Parameters
    ----------
    ledger : renewcast.revenue.ledger.Ledger

    Returns
    -------
    pandas.DataFrame
        month, total_cents, renewed_cents, expanded_cents, new_cents (they add up to the total, to the cent), renewed_share,
        expanded_share, new_share (NaN without revenue); a row for each month with a ledger a year before.
    """
    import pandas as pd

    now, then = ledger.cents[:, YEAR + 1 :], ledger.cents[:, 1 : -YEAR or None][:, : max(ledger.cents.shape[1] - YEAR - 1, 0)]
    was = ledger.is_customer[:, 1 : 1 + now.shape[1]]
    renewed = np.where(was, np.minimum(now, then), 0).sum(axis=0)
    expanded = np.where(was, np.maximum(now - then, 0), 0).sum(axis=0)
    total = now.sum(axis=0)
    columns = {"month": ledger.months[YEAR:].astype("datetime64[us]"), "total_cents": total}
    columns |= {"renewed_cents": renewed, "expanded_cents": expanded, "new_cents": total - renewed - expanded}
    for name in ("renewed", "expanded", "new"):
        part = columns[f"{name}_cents"].astype("float64")
        columns[f"{name}_share"] = np.divide(part, total, out=np.full(len(total), np.nan), where=total > 0)
    return pd.DataFrame(columns)


def lost_at(revenue: float, rate: float) -> float:
    """Return what a year's churn takes (C14): a tenth of ten million is one million.

    Examples
    --------
    >>> lost_at(10_000_000, 0.1), lost_at(100_000_000, 0.1)
    (1000000.0, 10000000.0)
    """
    return float(revenue) * rate


def lost_at_rates(arr: float, own_rate: float | None = None):
    """List what is lost a year, and must be sold anew to stand still, at several rates of churn.

    Parameters
    ----------
    arr : float
        Annual recurring revenue, currency units.
    own_rate : float, optional
        The project's own loss of the past year, as a share.

    Returns
    -------
    pandas.DataFrame
        rate, is_own, lost (a year), new_a_month (new revenue, ARR, to be sold each month to stand still); sorted by rate.

    Examples
    --------
    >>> lost_at_rates(12_000_000, 0.07)[["rate", "lost", "new_a_month"]].iloc[3].tolist()
    [0.1, 1200000.0, 100000.0]
    """
    import pandas as pd

    rates = [(rate, False) for rate in RATES] + ([(own_rate, True)] if own_rate is not None and np.isfinite(own_rate) else [])
    frame = pd.DataFrame(sorted(rates), columns=["rate", "is_own"])
    frame["lost"] = [lost_at(arr, rate) for rate in frame["rate"]]
    frame["new_a_month"] = frame["lost"] / 12
    return frame


def own_loss(ledger) -> dict:
    """Return what the past year lost: opening (ARR a year ago), lost (by churn and contraction), rate, added (expansion, new).

    Returns
    -------
    dict
        opening, churned, contracted, rate (of both), expanded, arrived, arr: currency units a year; NaN with less than a year.
    """
    if ledger.cents.shape[1] <= YEAR:
        return dict.fromkeys(("opening", "churned", "contracted", "rate", "expanded", "arrived", "arr"), float("nan"))
    then, now = ledger.cents[:, -1 - YEAR], ledger.cents[:, -1]
    was, stays = ledger.is_customer[:, -1 - YEAR], ledger.is_customer[:, -1]
    unit = 12 / 100
    opening = float(then[was].sum()) * unit
    churned = float(then[was & ~stays].sum()) * unit
    both = was & stays
    contracted = float(np.maximum(then - now, 0)[both].sum()) * unit
    expanded = float(np.maximum(now - then, 0)[both].sum()) * unit
    rate = (churned + contracted) / opening if opening > 0 else float("nan")
    return {
        "opening": opening,
        "churned": churned,
        "contracted": contracted,
        "rate": rate,
        "expanded": expanded,
        "arrived": float(now[~was].sum()) * unit,
        "arr": float(now.sum()) * unit,
    }


def at_risk(scores, horizon_days: int) -> dict | None:
    """Sum probability times revenue: what is expected to leave within the horizon, with an interval.

    Parameters
    ----------
    scores : pandas.DataFrame
        mrr, churn_probability, churn_low, churn_high; rows without a probability do not count.
    horizon_days : int
        Of the probability.

    Returns
    -------
    dict or None
        accounts, arr, expected (ARR leaving within the horizon), low, high (90 %), share, new_a_month (ARR to be sold a month to
        make up for it). None where no revenue or no probability is known.

    Notes
    -----
    The interval has two parts, added as variances: what chance makes of the probabilities (each account leaves or stays, whatever
    the others do), and the doubt about the probabilities themselves, taken as one and the same for all accounts. That is wide on
    purpose: what a model does not know about one account it mostly does not know about its likes either.

    Examples
    --------
    >>> import pandas as pd
    >>> scores = pd.DataFrame({"mrr": [1000.0] * 100, "churn_probability": 0.1, "churn_low": 0.05, "churn_high": 0.15})
    >>> found = at_risk(scores, 90)
    >>> round(found["expected"]), found["low"] < 120000 < found["high"], round(found["share"], 3)
    (120000, True, 0.1)
    """
    known = scores.dropna(subset=["mrr", "churn_probability"])
    arr, p = 12 * known["mrr"].to_numpy(dtype="float64"), known["churn_probability"].to_numpy(dtype="float64")
    if not len(known) or not arr.sum() > 0:
        return None
    expected = float((arr * p).sum())
    chance = float((arr**2 * p * (1 - p)).sum())
    below, above = (np.nan_to_num(known[name].to_numpy(dtype="float64"), nan=0.0) for name in ("churn_low", "churn_high"))
    down, up = float((arr * (p - below)).sum()) / Z90, float((arr * (above - p)).sum()) / Z90
    low = max(expected - Z90 * np.sqrt(chance + down**2), 0.0)
    high = min(expected + Z90 * np.sqrt(chance + up**2), float(arr.sum()))
    return {
        "accounts": len(known),
        "arr": float(arr.sum()),
        "expected": expected,
        "low": float(low),
        "high": float(high),
        "share": expected / float(arr.sum()),
        "new_a_month": expected / horizon_days * 365.25 / 12,
    }
