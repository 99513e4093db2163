"""What the customers that are worth most for their cost have in common: the features in which they differ from the others."""

import numpy as np

from renewcast.economics.shrinkage import Z_90
from renewcast.revenue.cohorts import holm

TOP = 0.25
LEFT_OUT = ("contract", "billing", "tenure")
"""Families of features that value or cost are made of, or that only time makes: to name them would explain nothing."""
_FEWEST = 20


def common_behaviour(rows, features, specs, *, top: float = TOP):
    """Find the features in which the customers of highest value for cost differ most from all others.

    Parameters
    ----------
    rows : pandas.DataFrame
        See :func:`renewcast.economics.customers.customers`; only customers whose cost is above 0 count.
    features : pandas.DataFrame
        Indexed by account_id.
    specs : iterable of renewcast.features.FeatureSpec
    top : float in (0, 1)

    Returns
    -------
    pandas.DataFrame, the largest difference first
        feature, family, top_mean and other_mean (as they are), difference (standardised: of the signed logs of 1 + value, in
        their pooled standard deviation, positive where the top has more), low, high (90 %), probability (two-sided, corrected for
        how many features were looked at), accounts. Only features that vary; empty with too few customers.

    References
    ----------
    Standardised difference and its error: Hedges and Olkin, Statistical Methods for Meta-Analysis (1985), equation 5.14.
    Holm, A Simple Sequentially Rejective Multiple Test Procedure, Scandinavian Journal of Statistics 6 (1979).
    """
    import pandas as pd
    from scipy.stats import norm

    columns = ["feature", "family", "top_mean", "other_mean", "difference", "low", "high", "probability", "accounts"]
    kept = rows[rows["is_customer"] & (rows["cost"] > 0) & rows["account_id"].isin(features.index)]
    if len(kept) < _FEWEST:
        return pd.DataFrame(columns=columns)
    ratio = (kept["value_ahead"] / kept["cost"]).to_numpy()
    is_top = np.zeros(len(kept), dtype=bool)
    is_top[np.lexsort((kept["account_id"].to_numpy(dtype=object), -ratio))[: max(2, round(top * len(kept)))]] = True
    table, found = features.reindex(kept["account_id"]), []
    for spec in specs:
        if spec.driver in LEFT_OUT or spec.is_categorical or spec.name not in table.columns:
            continue
        values = pd.to_numeric(table[spec.name], errors="coerce").to_numpy(dtype=float)
        known = np.isfinite(values)
        high, low = values[known & is_top], values[known & ~is_top]
        if min(len(high), len(low)) < _FEWEST / 4:
            continue
        gap, error = _difference(_signed_log(high), _signed_log(low))
        if np.isfinite(gap):
            row = (spec.name, spec.driver, high.mean(), low.mean(), gap, gap - Z_90 * error, gap + Z_90 * error)
            found.append((*row, 2.0 * norm.sf(abs(gap) / error), int(known.sum())))
    table = pd.DataFrame(found, columns=columns)
    table["probability"] = holm(table["probability"].to_numpy(dtype=float))
    order = np.lexsort((table["feature"].to_numpy(dtype=object), -table["difference"].abs().to_numpy(dtype=float)))
    return table.iloc[order].reset_index(drop=True)


def _difference(one, other):
    """Return the standardised difference and its standard error; NaN where nothing varies."""
    count = (len(one), len(other))
    pooled = ((count[0] - 1) * one.var(ddof=1) + (count[1] - 1) * other.var(ddof=1)) / (sum(count) - 2)
    if not pooled > 1e-18:
        return np.nan, np.nan
    gap = (one.mean() - other.mean()) / np.sqrt(pooled)
    return gap, np.sqrt(sum(count) / (count[0] * count[1]) + gap**2 / (2 * sum(count)))


def _signed_log(values):
    return np.sign(values) * np.log1p(np.abs(values))
