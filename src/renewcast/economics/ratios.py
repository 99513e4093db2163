"""Value for cost, cell by cell: the ratio of sums with an interval that knows how few accounts there are."""

import numpy as np

DRAWS, BLOCKS = 1000, 400
LOW, HIGH = 5, 95
_FEW = 30


def ratio_of_cells(cell, value, cost, *, cells: int, seed: int, draws: int = DRAWS):
    """Return the ratio of mean value to mean cost of each cell, and how uncertain its logarithm is.

    A cell is drawn again with replacement: how often each account comes is multinomial. A large cell is parted, by chance, into
    :data:`BLOCKS` blocks of accounts which are drawn in their place. A cell of few accounts knows too little of its own spread
    and takes that which accounts have elsewhere, if that is larger.

    Parameters
    ----------
    cell : array of int in [0, cells), shape (n,)
    value, cost : array of float >= 0, shape (n,)
        Currency units.
    cells : int
    seed : int
    draws : int

    Returns
    -------
    pandas.DataFrame, one row a cell
        accounts, mean_value, mean_cost, ratio (NaN without cost), log_deviation (standard deviation of the log of the ratio; NaN
        where there is no ratio or no value), low, high (middle 90 % of the draws).

    References
    ----------
    Efron and Tibshirani, An Introduction to the Bootstrap (1993), chapter 6 and section 13.3, for a ratio of means.
    """
    import pandas as pd

    cell, rng = np.asarray(cell), np.random.default_rng(seed)
    order = rng.permutation(len(cell))
    # Whole cents: their sums are exact in any order.
    cents = np.column_stack([np.rint(100 * np.asarray(value, dtype=float)), np.rint(100 * np.asarray(cost, dtype=float))])
    rows = []
    for number in range(cells):
        members = order[cell[order] == number]
        blocks = min(len(members), BLOCKS)
        sums = np.zeros((blocks, 2))
        if blocks:
            np.add.at(sums, np.arange(len(members)) % blocks, cents[members])
        whole = sums.sum(axis=0)
        row = {"accounts": len(members), "mean_value": np.nan, "mean_cost": np.nan, "ratio": np.nan}
        row |= {"log_deviation": np.nan, "low": np.nan, "high": np.nan}
        if len(members):
            row |= {"mean_value": whole[0] / len(members) / 100, "mean_cost": whole[1] / len(members) / 100}
        if len(members) and whole[1] > 0:
            row["ratio"] = whole[0] / whole[1]
            drawn = rng.multinomial(blocks, np.full(blocks, 1.0 / blocks), size=draws).astype(float) @ sums
            ratios = np.divide(drawn[:, 0], drawn[:, 1], out=np.zeros(draws), where=drawn[:, 1] > 0)
            row["low"], row["high"] = np.percentile(ratios, [LOW, HIGH])
            if whole[0] > 0:
                row["log_deviation"] = float(np.log(ratios[ratios > 0]).std()) if blocks > 1 else 0.0
        rows.append(row)
    found = pd.DataFrame(rows)
    count = found["accounts"].to_numpy(dtype=float)
    single = found["log_deviation"] * np.sqrt(count)
    enough = single[(count >= _FEW) & single.notna()]
    usual = float(np.sqrt((enough**2).mean())) if len(enough) else float(single.max()) if single.notna().any() else 0.0
    least = np.where(count < _FEW, usual / np.sqrt(np.maximum(count, 1.0)), 0.0)
    found["log_deviation"] = np.maximum(found["log_deviation"], least).where(found["log_deviation"].notna())
    return found
