"""How accounts move between tiers from quarter to quarter, and how many ordinary ones become value-add (C58)."""

from renewcast.segments.tiers import TIERS

GONE = "gone"
Z = 1.6448536269514722
"""Of 90 % intervals."""


def steps(history):
    """Return where each account stood on each full quarter's first day, and on the next one's.

    Parameters
    ----------
    history : pandas.DataFrame
        From :func:`renewcast.segments.tier_history.tier_history`.

    Returns
    -------
    pandas.DataFrame
        quarter (datetime64: its first snapshot day), account_id, tier, next_tier ("gone": no live term on the next one). The
        quarter that the history ends in is not over and not in it.
    """
    import numpy as np
    import pandas as pd

    days = sorted(history["day"].unique())
    # The last day is the one that was asked for: it ends a quarter only where it begins the next one.
    if len(days) > 1 and _quarter(days[-1]) == _quarter(days[-2]):
        days = days[:-1]
    # Numbers find their like faster than texts do.
    account, names = pd.factorize(history["account_id"])
    tier, parts = history["tier"].to_numpy(dtype=object), []
    for day, after in zip(days[:-1], days[1:], strict=True):
        here, there = ((history["day"] == one).to_numpy() for one in (day, after))
        later = np.full(len(names), GONE, dtype=object)
        later[account[there]] = tier[there]
        parts.append(history.loc[here, ["account_id", "tier"]].assign(quarter=day, next_tier=later[account[here]]))
    columns = ["quarter", "account_id", "tier", "next_tier"]
    if not parts:
        return pd.DataFrame({name: np.array([], dtype=object) for name in columns})
    return pd.concat(parts, ignore_index=True)[columns]


def transition_matrix(moves):
    """Return how often an account of one tier is in another a quarter later.

    Parameters
    ----------
    moves : pandas.DataFrame
        From :func:`steps`: quarters to pool; without the column quarter they count as one.

    Returns
    -------
    pandas.DataFrame, one row per pair of tiers in order
        tier, next_tier, accounts (account-quarters), share, low, high (90 %).

    References
    ----------
    Wilson, E. B. (1927). Probable inference. J. Amer. Statist. Assoc. 22, 209-212, at as many account-quarters as would differ as
    much between quarters as these do (McCullagh and Nelder, Generalized Linear Models, 1989, 4.5: Pearson's dispersion).

    Examples
    --------
    >>> import pandas as pd
    >>> moves = pd.DataFrame({"tier": ["ordinary"] * 4, "next_tier": ["ordinary"] * 3 + ["value_add"]})
    >>> found = transition_matrix(moves)
    >>> found[found["accounts"] > 0][["next_tier", "accounts", "share"]].values.tolist()
    [['value_add', 1, 0.25], ['ordinary', 3, 0.75]]
    """
    import numpy as np
    import pandas as pd

    from renewcast.revenue.cohorts import wilson

    rows = []
    for one in TIERS:
        mine = moves[moves["tier"] == one]
        quarter = mine["quarter"] if "quarter" in mine else pd.Series(0, mine.index)
        for other in (*TIERS, GONE):
            hit = mine["next_tier"] == other
            rows.append((one, other, int(hit.sum()), len(mine), _dispersion(hit, quarter)))
    found = pd.DataFrame(rows, columns=["tier", "next_tier", "accounts", "whole", "dispersion"])
    found["share"] = np.where(found["whole"] > 0, found["accounts"] / found["whole"].clip(lower=1), np.nan)
    found["low"], found["high"] = wilson(found["accounts"] / found["dispersion"], found["whole"] / found["dispersion"], Z)
    return found.drop(columns=["whole", "dispersion"])


def _dispersion(hit, quarter) -> float:
    """Return how much more quarters differ than chance makes them, at least 1."""
    by = hit.groupby(quarter).agg(["sum", "size"])
    share = hit.mean()
    if len(by) < 2 or not 0 < share < 1:
        return 1.0
    chi = ((by["sum"] - share * by["size"]) ** 2 / (by["size"] * share * (1 - share))).sum()
    return max(float(chi) / (len(by) - 1), 1.0)


def conversion(moves):
    """Return by quarter how many ordinary accounts were value-add a quarter later.

    Parameters
    ----------
    moves : pandas.DataFrame
        From :func:`steps`.

    Returns
    -------
    pandas.DataFrame, one row per quarter in order
        quarter, ordinary (accounts), converted, share, low, high (90 %, Wilson), upgraded (to value-add or benchmark).

    Examples
    --------
    >>> import pandas as pd
    >>> moves = pd.DataFrame({"quarter": [1] * 4, "tier": ["ordinary"] * 4, "next_tier": ["ordinary"] * 3 + ["value_add"]})
    >>> conversion(moves)[["ordinary", "converted", "share"]].values.tolist()
    [[4.0, 1.0, 0.25]]
    """
    from renewcast.revenue.cohorts import wilson

    mine = moves[moves["tier"] == "ordinary"]
    mine = mine.assign(converted=mine["next_tier"] == "value_add", upgraded=mine["next_tier"].isin(["value_add", "benchmark"]))
    found = mine.groupby("quarter", sort=True).agg(
        ordinary=("tier", "size"), converted=("converted", "sum"), upgraded=("upgraded", "sum")
    )
    found = found.reset_index().astype({"ordinary": "int64", "converted": "int64", "upgraded": "int64"})
    found["share"] = found["converted"] / found["ordinary"]
    found["low"], found["high"] = wilson(found["converted"], found["ordinary"], Z)
    return found[["quarter", "ordinary", "converted", "share", "low", "high", "upgraded"]]


def _quarter(day) -> tuple[int, int]:
    import pandas as pd

    day = pd.Timestamp(day)
    return day.year, day.quarter
