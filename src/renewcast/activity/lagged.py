"""Which process numbers move which predictive ones, a quarter later (C17).

Change is set against change: how far an account rose or fell in one quarter, in what we did, against how far it rose or fell in
the next, in what it does, both among accounts as old as itself (new ones grow by themselves). What the predictive number did in
the first quarter is taken out of both, so that neither its own way back to the middle nor our running to those who fall counts as
an effect. It remains a correlation.
"""

import numpy as np

from renewcast.activity.looks import PREDICTIVE, PROCESS, looks, on_days, quarter_days, quarter_window
from renewcast.datasets.known import Known
from renewcast.revenue.cohorts import holm

Z90 = 1.6448536269514722
FEWEST = 50
"""With fewer accounts nothing is said of a pair."""
AGES = (182.0, 364.0)
"""Days as a customer that part the young, the growing and the settled."""


def lagged(known: Known):
    """Correlate changes of process numbers with changes of predictive ones a quarter later.

    Parameters
    ----------
    known : Known

    Returns
    -------
    pandas.DataFrame
        Of :func:`correlate`; empty where the calendar is shorter than three quarters or the tables cannot fill the numbers.
    """
    import pandas as pd

    view, days, window = known.view, quarter_days(known), quarter_window(known)
    if len(days) < 3 or window is None:
        return pd.DataFrame(columns=COLUMNS)
    found = on_days(known.once(looks), days)
    found = found[found["is_eligible"]].reset_index(drop=True)
    rows = found[["account_id", "as_of"]]
    process, predictive = ([stem for stem in stems if f"{stem}_{window}d" in found] for stems in (PROCESS, PREDICTIVE))
    found = found[[f"{stem}_{window}d" for stem in (*process, *predictive)]].set_axis([*process, *predictive], axis=1)
    age = np.concatenate([view.days_since_start(part["account_id"], one.date()) for one, part in rows.groupby("as_of")])
    order = np.concatenate([part.index.to_numpy() for _, part in rows.groupby("as_of")])
    rows = rows.assign(stratum=pd.Series(np.digitize(np.nan_to_num(age, nan=1e9), AGES), index=order))
    return correlate(rows.join(found), process, predictive)


COLUMNS = ["process", "predictive", "correlation", "low", "high", "p_value", "adjusted_p_value", "accounts", "pairs", "verdict"]


def correlate(rows, process, predictive):
    """Correlate changes with the next changes.

    Parameters
    ----------
    rows : pandas.DataFrame
        account_id, as_of (evenly spaced days), stratum (int: changes that begin in it are ranked among themselves) and the
        numbers, one row an account and day.
    process, predictive : sequence of str
        Columns.

    Returns
    -------
    pandas.DataFrame
        process, predictive, correlation (partial, of ranks; NaN below 50 accounts), low and high (90 %, by account), p_value,
        adjusted_p_value (Holm, over all pairs), accounts, pairs (of changes), verdict ("moves", "moves_against" or "not_shown");
        sorted by adjusted p-value, then strength.

    References
    ----------
    Partial rank correlation: Kendall, Biometrika 32 (1942). Errors by account (the influence of each account added up before it
    is squared): Liang and Zeger, Biometrika 73 (1986). Holm, Scandinavian Journal of Statistics 6 (1979).
    """
    import pandas as pd

    names = [*process, *predictive]
    days = np.sort(rows["as_of"].unique())
    account, ids = pd.factorize(rows["account_id"], sort=True)
    place = np.searchsorted(days, rows["as_of"].to_numpy())
    stratum = np.full((len(ids), len(days)), -1)
    stratum[account, place] = rows["stratum"].to_numpy()
    changes = {}
    for name in names:
        grid = np.full((len(ids), len(days)), np.nan)
        values = rows[name].to_numpy(dtype="float64")
        grid[account, place] = np.sign(values) * np.log1p(np.abs(values))
        changes[name] = _ranked(np.diff(grid, axis=1), stratum[:, :-1])
    found = []
    for one in process:
        for other in predictive:
            told = _partial(changes[one][:, :-1], changes[other][:, 1:], changes[other][:, :-1])
            found.append({"process": one, "predictive": other, **told})
    frame = pd.DataFrame(found, columns=[name for name in COLUMNS if name not in ("adjusted_p_value", "verdict")])
    frame["adjusted_p_value"] = holm(frame["p_value"].to_numpy(dtype="float64"))
    is_sure = frame["adjusted_p_value"] < 0.05
    direction = np.where(frame["correlation"] > 0, "moves", "moves_against")
    frame["verdict"] = np.where(is_sure, direction, "not_shown").astype(object)
    frame = frame.assign(order=-frame["correlation"].abs())
    frame = frame.sort_values(["adjusted_p_value", "order", "process", "predictive"], ignore_index=True)
    return frame[COLUMNS]


def _ranked(changes, stratum):
    """Rank each quarter's changes in each stratum, from -1 to 1: what moves everybody moves nobody."""
    import pandas as pd

    quarter = np.broadcast_to(np.arange(changes.shape[1]), changes.shape)
    frame = pd.DataFrame({"change": changes.ravel(), "quarter": quarter.ravel(), "stratum": stratum.ravel()})
    grouped = frame.groupby(["quarter", "stratum"])["change"]
    ranks = (2 * grouped.rank() - 1) / grouped.transform("count").replace(0, np.nan) - 1
    return ranks.to_numpy().reshape(changes.shape)


def _partial(first, then, before):
    """Correlate two panels of changes with a third taken out; errors by row (account)."""
    from scipy.stats import norm

    seen = np.isfinite(first) & np.isfinite(then) & np.isfinite(before)
    accounts = int(seen.any(axis=1).sum())
    empty = {"correlation": np.nan, "low": np.nan, "high": np.nan, "p_value": np.nan}
    counted = {"accounts": accounts, "pairs": int(seen.sum())}
    if accounts < FEWEST:
        return {**empty, **counted}
    u, v, w = (np.where(seen, values, 0.0) for values in (first, then, before))
    n, ww = seen.sum(), (w * w).sum()
    for values in (u, v, w):
        values -= np.where(seen, values.sum() / n, 0.0)
    if ww > 0:
        u, v = (values - (values * w).sum() / (w * w).sum() * w for values in (u, v))
    scale_u, scale_v = np.sqrt((u * u).sum() / n), np.sqrt((v * v).sum() / n)
    if not scale_u > 1e-9 or not scale_v > 1e-9:
        return {**empty, **counted}
    u, v = u / scale_u, v / scale_v
    r = float((u * v).sum() / n)
    influence = (u * v - 0.5 * r * (u * u + v * v)).sum(axis=1)
    error = float(np.sqrt((influence**2).sum() * accounts / max(accounts - 1, 1)) / n)
    if not error > 0:
        return {**empty, **counted}
    told = {"correlation": r, "low": max(r - Z90 * error, -1.0), "high": min(r + Z90 * error, 1.0)}
    return {**told, "p_value": float(2 * norm.sf(abs(r) / error)), **counted}
