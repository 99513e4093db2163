"""Whether a monthly series has seasons, and what each month of the year adds or takes (C8)."""

import numpy as np

from renewcast.errors import RenewcastError

LEAST_MONTHS = 36
"""Twelve are spent on the moving average; two values a month of the year are the least of which a season can be told."""


def seasonality(values, months):
    """Take a series of months apart into trend and season.

    Parameters
    ----------
    values : array of float, shape (n,)
        At least 36 consecutive months, none missing.
    months : array of datetime64[M], shape (n,)

    Returns
    -------
    pandas.DataFrame, one row for each month of the year
        month (1 to 12), effect (a factor around 1 where all values are positive, else an amount around 0), values (how many went
        into it); ``attrs`` tells kind ("factor" or "amount") and p_value: how likely differences as large would be without
        seasons (Kruskal and Wallis 1952, on the series less its trend).

    Raises
    ------
    RenewcastError
        "seasons need ..." with fewer months.

    References
    ----------
    Classical decomposition by a centred moving average of twelve months (Macaulay 1931; Hyndman and Athanasopoulos, Forecasting,
    section 3.4).
    """
    import pandas as pd
    from scipy.stats import kruskal

    values = np.asarray(values, dtype=np.float64)
    if len(values) < LEAST_MONTHS:
        raise RenewcastError(f"seasons need {LEAST_MONTHS} months, there are {len(values)}; load more history.")
    weights = np.array([0.5, *[1.0] * 11, 0.5]) / 12
    trend = np.convolve(values, weights, mode="valid")
    inner, number = values[6:-6], np.asarray(months).astype("datetime64[M]").astype(np.int64)[6:-6] % 12 + 1
    is_factor = bool((values > 0).all())
    left = inner / trend if is_factor else inner - trend
    groups = [left[number == month] for month in range(1, 13)]
    effects = np.array([group.mean() for group in groups])
    effects = effects / effects.mean() if is_factor else effects - effects.mean()
    table = pd.DataFrame({"month": range(1, 13), "effect": effects, "values": [len(group) for group in groups]})
    p_value = 1.0 if np.ptp(left) == 0 else float(kruskal(*groups).pvalue)
    table.attrs |= {"kind": "factor" if is_factor else "amount", "p_value": p_value}
    return table
