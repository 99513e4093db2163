"""Which profile of account converts, and renews, better than the rest, with everything that was looked at accounted for (C43)."""

import numpy as np

CONVERTS_WITHIN_DAYS = 90
MONTHS = 12
LEAST_ACCOUNTS = 20
SIGNIFICANT = 0.05
_Z = 1.6448536269514722
PROFILES = ("industry", "company_size", "region", "country", "acquisition_channel")


def outcomes(accounts, ledger=None):
    """Say of each account whether it converted, and whether it renewed.

    Parameters
    ----------
    accounts : pandas.DataFrame
        See :func:`renewcast.markets.prospects.prospects`.
    ledger : renewcast.revenue.ledger.Ledger, optional

    Returns
    -------
    pandas.DataFrame, indexed by account_id
        conversion: 1 where it bought within 90 days of the first contact, NaN where these are not over; renewal: 1 where a
        customer of a year ago is one now, NaN for others and without a ledger of more than a year.
    """
    import pandas as pd

    frame = accounts.set_index("account_id")
    in_time = frame["has_bought"] & (frame["settle_days"] < CONVERTS_WITHIN_DAYS)
    # Who bought within a week of a sign-up two weeks ago is not judged either: who did not buy could not be.
    judged = frame["age_days"] >= CONVERTS_WITHIN_DAYS
    found = pd.DataFrame({"conversion": in_time.astype(float).where(judged)}, index=frame.index)
    found["renewal"] = np.nan
    if ledger is not None and ledger.cents.shape[1] > MONTHS:
        was, still = ledger.is_customer[:, -1 - MONTHS], ledger.is_customer[:, -1]
        by_account = pd.DataFrame({"was": was, "still": was & still}).groupby(ledger.units["account_id"].to_numpy()).any()
        renewal = by_account["still"].astype(float).where(by_account["was"])
        found["renewal"] = renewal.reindex(found.index)
    return found


def lifts(found, profiles):
    """Compare each profile with all other accounts.

    Parameters
    ----------
    found : pandas.DataFrame
        See :func:`outcomes`.
    profiles : pandas.DataFrame of str
        Indexed by account_id; one column a kind of profile.

    Returns
    -------
    pandas.DataFrame
        outcome, profile (the column), value, accounts, reached, rate, rest_rate, lift (rate by rest_rate), low, high (90 %),
        p_value (two-sided), adjusted_p_value (Benjamini and Yekutieli, over all rows), is_beyond_chance; by outcome, those beyond
        chance first, the greatest lift first.

    References
    ----------
    Test of two proportions with the pooled variance; the interval of a ratio is Katz's (1978) on the log scale, with half an
    account added to each cell.

    Examples
    --------
    >>> import pandas as pd
    >>> ids = [f"A{number}" for number in range(80)]
    >>> bought = [1.0] * 30 + [0.0] * 10 + [1.0] * 10 + [0.0] * 30
    >>> found = pd.DataFrame({"conversion": bought, "renewal": float("nan")}, index=ids)
    >>> table = lifts(found, pd.DataFrame({"trade": ["a"] * 40 + ["b"] * 40}, index=ids))
    >>> table[["value", "rate", "rest_rate", "lift", "is_beyond_chance"]].values.tolist()
    [['a', 0.75, 0.25, 3.0, True], ['b', 0.25, 0.75, 0.3333333333333333, True]]
    """
    import pandas as pd
    from scipy.stats import norm

    from renewcast.markets.niches import benjamini_yekutieli

    parts = []
    for outcome in ("conversion", "renewal"):
        told = found[outcome].dropna()
        if not 0 < told.sum() < len(told):
            continue
        for column in profiles:
            value = profiles[column].reindex(told.index).dropna()
            part = pd.DataFrame({"value": value, "reached": told.reindex(value.index)})
            part = part.groupby("value")["reached"].agg(accounts="size", reached="sum").reset_index()
            part.insert(0, "profile", column)
            part.insert(0, "outcome", outcome)
            part = part.assign(of_all=float(told.reindex(value.index).sum()), all=len(value))
            parts.append(part[(part["accounts"] >= LEAST_ACCOUNTS) & (part["all"] - part["accounts"] >= LEAST_ACCOUNTS)])
    columns = ["outcome", "profile", "value", "accounts", "reached", "rate", "rest_rate", "lift", "low", "high"]
    columns += ["p_value", "adjusted_p_value", "is_beyond_chance"]
    table = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()
    if not len(table):
        return pd.DataFrame(columns=columns)
    n, k = table["accounts"].to_numpy(dtype=np.float64), table["reached"].to_numpy(dtype=np.float64)
    others, of_others = table["all"].to_numpy(dtype=np.float64) - n, table["of_all"].to_numpy(dtype=np.float64) - k
    table["rate"], table["rest_rate"] = k / n, of_others / others
    table["lift"] = np.divide(k / n, of_others / others, out=np.full(len(n), np.nan), where=of_others > 0)
    pooled = (k + of_others) / (n + others)
    spread = np.sqrt(pooled * (1 - pooled) * (1 / n + 1 / others))
    z = np.divide(k / n - of_others / others, spread, out=np.zeros(len(n)), where=spread > 0)
    middle = np.log((k + 0.5) / (n + 0.5)) - np.log((of_others + 0.5) / (others + 0.5))
    half = _Z * np.sqrt(np.maximum(1 / (k + 0.5) - 1 / (n + 0.5) + 1 / (of_others + 0.5) - 1 / (others + 0.5), 0))
    table["low"], table["high"] = np.exp(middle - half), np.exp(middle + half)
    table["p_value"] = 2 * norm.sf(np.abs(z))
    table["adjusted_p_value"] = benjamini_yekutieli(table["p_value"].to_numpy())
    table["is_beyond_chance"] = table["adjusted_p_value"] < SIGNIFICANT
    table["reached"] = table["reached"].astype(int)
    order = ["outcome", "is_beyond_chance", "lift", "profile", "value"]
    return table.sort_values(order, ascending=[True, False, False, True, True], ignore_index=True)[columns]
