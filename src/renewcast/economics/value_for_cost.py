"""Lifetime value against acquisition cost, by segment and by channel: ratios, shrunken, ranked, with the chance of being best."""

import numpy as np

from renewcast.economics.ratios import ratio_of_cells
from renewcast.economics.shrinkage import Z_90, chance_of_best, shrink

UNKNOWN = "unknown"
COLUMNS = (
    "customers", "mean_value", "mean_cost", "ratio", "low", "high", "shrunken_ratio", "shrunken_low", "shrunken_high",
    "best_probability", "worst_probability", "payback_months", "won", "whole_ratio",
)  # fmt: skip
"""What is told of each cell, in order."""


def value_for_cost(rows, keys: list[str], *, seed: int, within: str | None = None):
    """Compare what customers are worth with what they cost, by the values of one or more columns.

    Parameters
    ----------
    rows : pandas.DataFrame
        See :func:`renewcast.economics.customers.customers`, with the columns of ``keys`` (text; no value is "unknown").
    keys : list of str
    seed : int
    within : str, optional
        One of ``keys``: the best is looked for among the cells that share it.

    Returns
    -------
    pandas.DataFrame, the highest shrunken ratio first
        The keys; customers (that pay now), mean_value and mean_cost of them, ratio (of these means) with low and high;
        shrunken_ratio with shrunken_low and shrunken_high (90 %: drawn towards all other cells by as much as it is uncertain);
        best_probability and worst_probability; payback_months (cost over the monthly margin of today); won (accounts whose cost
        is known, those that left too) and whole_ratio: of all who were won, the margin earned so far and to come over what they
        cost. Money in currency units; NaN where nothing is known.
    """
    import pandas as pd

    table = rows.assign(**{key: _named(rows[key]) for key in keys})
    cells = table[keys].drop_duplicates().sort_values(keys, ignore_index=True)
    number = table[keys].merge(cells.reset_index(names="cell"), on=keys, how="left")["cell"].to_numpy()
    here = table["is_customer"].to_numpy()
    value, cost = table["value_ahead"].to_numpy(), table["cost"].to_numpy()
    now = ratio_of_cells(number[here], value[here], cost[here], cells=len(cells), seed=seed)
    found = pd.concat([cells, now.rename(columns={"accounts": "customers"})], axis=1)
    with np.errstate(divide="ignore"):
        logs = np.log(found["ratio"].to_numpy())
    told = shrink(np.where(np.isfinite(logs), logs, np.nan), found["log_deviation"].to_numpy())
    found["shrunken_ratio"] = np.exp(told.mean)
    found["shrunken_low"], found["shrunken_high"] = (np.exp(told.mean + sign * Z_90 * told.deviation) for sign in (-1, 1))
    compared = None if within is None else found[within].to_numpy()
    found["best_probability"], found["worst_probability"] = chance_of_best(told, seed=seed, within=compared)
    sums = {name: np.bincount(number, table[name], minlength=len(cells)) for name in ("cost", "earned", "value_ahead")}
    margin = np.bincount(number[here], table.loc[here, "monthly_margin"], minlength=len(cells))
    paying_cost = np.bincount(number[here], cost[here], minlength=len(cells))
    found["payback_months"] = _over(paying_cost, margin)
    found["won"] = np.bincount(number, minlength=len(cells))
    found["whole_ratio"] = _over(sums["earned"] + sums["value_ahead"], sums["cost"])
    found = found.sort_values(["shrunken_ratio", *keys], ascending=[False, *[True] * len(keys)], na_position="last")
    return found[[*keys, *COLUMNS]].reset_index(drop=True)


def signed_up_in(accounts):
    """Return the year in which each account signed up, as text; "unknown" where it is not known.

    Parameters
    ----------
    accounts : pandas.DataFrame
        With signed_up_at.
    """
    import pandas as pd

    year = pd.to_datetime(accounts["signed_up_at"]).dt.year
    return year.map(lambda one: UNKNOWN if one != one else str(int(one)))


def _named(values):
    return values.astype(object).where(values.notna(), UNKNOWN).astype(str)


def _over(part, whole):
    return np.divide(part, whole, out=np.full(len(part), np.nan), where=whole > 0)
