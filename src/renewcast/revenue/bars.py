"""How far the year's net dollar retention and promoter score stand from the bars of a good company, and how surely (C46)."""

import numpy as np

DRAWS, COVERAGE = 2000, 0.9


def bars(ledger, answers, section, *, seed: int, months: int = 12, draws: int = DRAWS):
    """Compare net dollar retention and the net promoter score of the last year with their bars.

    The chance is the share of bootstrap samples in which the bar is passed: accounts are drawn with replacement, each with its
    revenue at both ends of the year, or with all of its answers. It tells what chance in who the customers are would have made of
    the year that was; it is no forecast of the next one.

    Parameters
    ----------
    ledger : renewcast.revenue.ledger.Ledger
    answers : pandas.DataFrame or None
        account_id, score (0 to 10): the year's answers to "would you recommend us?", as known at the ledger's day.
    section : params.BarsSection
    seed : int
    months : int
        Length of the year.
    draws : int

    Returns
    -------
    pandas.DataFrame
        measure (net_dollar_retention, nps), value, low, high (the middle 90 % of the samples), bar, chance (of lying above it),
        accounts; NaN where there is nothing to judge by.

    References
    ----------
    Efron and Tibshirani, An Introduction to the Bootstrap (1993), section 13.3 (percentile interval), by account.
    """
    import pandas as pd

    rows = []
    if ledger.cents.shape[1] > months:
        was = ledger.is_customer[:, -1 - months]
        start, end = ledger.cents[was, -1 - months], ledger.cents[was, -1]
    else:
        start = end = np.array([], dtype=np.int64)
    rows.append(_judged("net_dollar_retention", end, start, 1.0, section.net_dollar_retention, seed, draws))
    promoted, asked = np.array([], dtype=np.int64), np.array([], dtype=np.int64)
    if answers is not None and len(answers):
        side = np.where(answers["score"] >= 9, 1, 0) - np.where(answers["score"] <= 6, 1, 0)
        of_account = pd.DataFrame({"account_id": answers["account_id"], "side": side}).groupby("account_id")["side"]
        promoted, asked = of_account.sum().to_numpy(), of_account.size().to_numpy()
    rows.append(_judged("nps", promoted, asked, 100.0, section.nps, seed, draws))
    return pd.DataFrame(rows)


def _judged(measure, part, whole, scale, bar, seed, draws):
    row = {
        "measure": measure,
        "value": np.nan,
        "low": np.nan,
        "high": np.nan,
        "bar": bar,
        "chance": np.nan,
        "accounts": len(whole),
    }
    if whole.sum() <= 0:
        return row
    rng = np.random.default_rng(seed)
    ratios = np.empty(draws)
    for draw in range(draws):
        drawn = rng.integers(0, len(whole), len(whole))
        below = whole[drawn].sum()
        ratios[draw] = scale * part[drawn].sum() / below if below > 0 else np.nan
    ratios = ratios[np.isfinite(ratios)]
    tail = 100 * (1 - COVERAGE) / 2
    low, high = np.percentile(ratios, [tail, 100 - tail])
    value = scale * part.sum() / whole.sum()
    return row | {"value": float(value), "low": float(low), "high": float(high), "chance": float((ratios > bar).mean())}
