"""Shares and rates of groups with intervals that know that the rows of one account go together."""

Z = 1.6448536269514722
"""The standard normal's 95 % point: intervals hold 90 %."""


def shares(frame, by, part: str, whole: str):
    """Return the share of each group, with a 90 % interval over accounts.

    Parameters
    ----------
    frame : pandas.DataFrame
        account_id, the columns of ``by``, ``part`` and ``whole`` (counts or flags, part <= whole); any number of rows an account.
    by : list of str
        Names the groups; empty for one group of all.
    part, whole : str

    Returns
    -------
    pandas.DataFrame, one row a group in order
        The columns of ``by``, accounts, ``part`` and ``whole`` (sums, int64), share, low, high; NaN, 0 and 1 where whole is 0.

    Notes
    -----
    Wilson's interval with the effective sample size, whole / design effect: the design effect is the variance of the ratio over
    accounts, divided by that of as many independent draws; never below 1 (Korn and Graubard 1998 do the same for surveys).

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"account_id": list("abcd"), "done": [1, 0, 1, 1], "asked": [1, 1, 1, 1]})
    >>> shares(frame, [], "done", "asked").round(3).values.tolist()
    [[4.0, 3.0, 4.0, 0.75, 0.356, 0.942]]
    """
    import numpy as np

    from renewcast.revenue.cohorts import wilson

    table, variance = _ratios(frame, by, part, whole)
    asked, share = table[whole].to_numpy(dtype=float), table["ratio"].to_numpy()
    plain = np.divide(share * (1 - share), asked, out=np.zeros(len(table)), where=asked > 0)
    design = np.maximum(np.divide(variance, plain, out=np.ones(len(table)), where=plain > 0), 1.0)
    size = asked / design
    table["low"], table["high"] = wilson(np.nan_to_num(share) * size, size, Z)
    return table.rename(columns={"ratio": "share"}).astype({part: "int64", whole: "int64"})


def rates(frame, by, count: str, exposure: str):
    """Return the events of each group per unit of exposure, with a 90 % interval over accounts.

    Parameters
    ----------
    frame : pandas.DataFrame
        account_id, the columns of ``by``, ``count`` and ``exposure``.
    by : list of str
    count, exposure : str

    Returns
    -------
    pandas.DataFrame, one row a group in order
        The columns of ``by``, accounts, ``count``, ``exposure`` (sums), rate, low, high; NaN where there was no exposure.

    Notes
    -----
    The interval is normal on the log scale, with the variance of a ratio over accounts (linearised), at least Poisson's. Where
    nothing was seen it ends at ``-log(0.05) / exposure``.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"account_id": list("abcd"), "calls": [3, 1, 0, 4], "months": [2, 2, 2, 2]})
    >>> rates(frame, [], "calls", "months").round(2).values.tolist()
    [[4.0, 8.0, 8.0, 1.0, 0.52, 1.92]]
    """
    import numpy as np

    table, variance = _ratios(frame, by, count, exposure)
    rate, over = table["ratio"].to_numpy(), table[exposure].to_numpy(dtype=float)
    seen = np.nan_to_num(rate) > 0
    poisson = np.divide(rate, over, out=np.zeros(len(table)), where=over > 0)
    spread = np.divide(Z * np.sqrt(np.maximum(variance, poisson)), rate, out=np.zeros(len(table)), where=seen)
    none = np.divide(-np.log(0.05), over, out=np.full(len(table), np.nan), where=over > 0)
    table["low"] = np.where(seen, rate * np.exp(-spread), np.where(over > 0, 0.0, np.nan))
    table["high"] = np.where(seen, rate * np.exp(spread), none)
    return table.rename(columns={"ratio": "rate"})


def _ratios(frame, by, part, whole):
    """Return a row a group with the ratio of the sums, and its variance over accounts."""
    import numpy as np
    import pandas as pd

    # Accounts and groups as one number each: sums of a million rows by two texts are what such tables cost.
    owner, names = pd.factorize(frame["account_id"], sort=True)
    if by:
        grouped = frame.groupby(list(by), sort=True, observed=True)
        table, group = grouped.size().rename("accounts").reset_index(), grouped.ngroup().to_numpy()
    else:
        table, group = pd.DataFrame({"accounts": [0]}), np.zeros(len(frame), dtype=np.int64)
    told = (owner >= 0) & (group >= 0)
    row, pairs = pd.factorize((group * len(names) + owner)[told], sort=True)
    place = pairs // max(len(names), 1)
    mine, all_ = (np.bincount(row, frame[name].to_numpy(dtype=float)[told], len(pairs)) for name in (part, whole))
    table["accounts"] = np.bincount(place, minlength=len(table))
    table[part], table[whole] = (np.bincount(place, one, len(table)) for one in (mine, all_))
    total = table[whole].to_numpy()
    ratio = np.divide(table[part].to_numpy(), total, out=np.full(len(table), np.nan), where=total > 0)
    squares = np.bincount(place, (mine - np.nan_to_num(ratio)[place] * all_) ** 2, len(table))
    variance = np.divide(squares, total**2, out=np.zeros(len(table)), where=total > 0)
    return table.assign(ratio=ratio), variance
