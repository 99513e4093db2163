"""Whether five-star metrics move before four- and three-star ones (C59): shown, or honestly not.

Two series that both drift are correlated whatever they have to do with each other. So changes are taken, and from each change its
own echo, the change before; what is left, the months' news, is set against each other: the news of the five-star metric against
that of the other one, one to three months later. The months of the first are drawn in any order to see what chance does. Two
series that have nothing to do with each other, whether they drift, echo or are sums over a year, pass for a lead in 2 to 6 cases
of 100.
"""

import numpy as np

from renewcast.revenue.cohorts import holm
from renewcast.scorecard.stars import BY_NAME

LEADS = 3
DRAWS = 1999
FEWEST = 18
"""With fewer months in common nothing is said."""
COLUMNS = [
    "team", "first", "then", "months", "lead", "together", "behind", "p_value", "adjusted_p_value", "verdict"
]  # fmt: skip


def ahead(series, *, seed: int, draws: int = DRAWS):
    """Test, team by team, whether five-star metrics run ahead of the others.

    Parameters
    ----------
    series : dict of str to Series
        Of :func:`renewcast.scorecard.stars.star_series`.
    seed : int
    draws : int

    Returns
    -------
    pandas.DataFrame, one row a pair of a five-star metric and one with fewer stars of the same team
        team, first, then, months (with both), lead (mean correlation of the news of ``first`` with that of ``then`` one to three
        months later), together (in the same month), behind (mean with ``then`` one to three months earlier); all three turned so
        that above 0 is "better goes with better"; p_value (one-sided, of lead, by permutation of the months), adjusted_p_value
        (Holm, over all pairs of all teams), verdict: "leads" (p below 0.05 and lead above behind), "not_shown" or "too_short".

    References
    ----------
    Haugh, Checking the independence of two covariance-stationary time series, JASA 71 (1976): correlate innovations. Phipson and
    Smyth, Permutation p-values should never be zero (2010). Holm (1979).
    """
    import pandas as pd

    rows = []
    for name in series:
        one = BY_NAME[name]
        for other_name in series:
            other = BY_NAME[other_name]
            if one.team == other.team and one.stars == 5 and other.stars < 5:
                told = lead_of(
                    series[name].value, series[other_name].value, sign=one.better * other.better, seed=seed, draws=draws
                )
                rows.append({"team": one.team, "first": name, "then": other_name, **told})
    frame = pd.DataFrame(rows, columns=[name for name in COLUMNS if name not in ("adjusted_p_value", "verdict")])
    frame["adjusted_p_value"] = holm(frame["p_value"].to_numpy(dtype="float64"))
    is_sure = (frame["adjusted_p_value"] < 0.05) & (frame["lead"] > frame["behind"])
    frame["verdict"] = np.select([frame["p_value"].isna(), is_sure], ["too_short", "leads"], "not_shown").astype(object)
    return frame[COLUMNS]


def lead_of(first, then, *, sign: int = 1, seed: int, draws: int = DRAWS) -> dict:
    """Correlate the news of one series with that of another, later, in the same month and earlier.

    Parameters
    ----------
    first, then : arrays of float, shape (n_months,)
        NaN where a month is not told.
    sign : {1, -1}
        -1 where less of one of them is better.
    seed : int
    draws : int

    Returns
    -------
    dict
        months, lead, together, behind, p_value; NaN with fewer than 18 months of news in common.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> a = rng.normal(size=40).cumsum()
    >>> b = np.roll(a, 2) + 0.3 * rng.normal(size=40)
    >>> found = lead_of(a[2:], b[2:], seed=1)
    >>> found["lead"] > found["behind"], found["p_value"] < 0.05
    (True, True)
    """
    both = np.isfinite(first) & np.isfinite(then)
    empty = {"lead": np.nan, "together": np.nan, "behind": np.nan, "p_value": np.nan}
    if both.sum() < FEWEST + 2:
        return {"months": int(both.sum()), **empty}
    low, high = np.flatnonzero(both)[[0, -1]]
    a, b = news(first[low : high + 1]), news(then[low : high + 1])
    told = np.isfinite(a) & np.isfinite(b)
    if told.sum() < FEWEST or np.nanstd(a) < 1e-12 or np.nanstd(b) < 1e-12:
        return {"months": int(told.sum()), **empty}
    a, b = (np.where(told, (part - part[told].mean()) / part[told].std(), 0.0) for part in (a, b))
    n = told.sum()

    def lead(rows):
        return sign * sum((rows[..., :-k] * b[k:]).sum(axis=-1) / n for k in range(1, LEADS + 1)) / LEADS

    behind = sign * sum((a[k:] * b[:-k]).sum() / n for k in range(1, LEADS + 1)) / LEADS
    rng = np.random.default_rng(seed)
    drawn = np.zeros((draws, len(a)))
    drawn[:, told] = rng.permuted(np.broadcast_to(a[told], (draws, n)), axis=1)
    observed = float(lead(a))
    p = (1 + int((lead(drawn) >= observed - 1e-12).sum())) / (draws + 1)
    return {
        "months": int(n),
        "lead": observed,
        "together": float(sign * (a * b).sum() / n),
        "behind": float(behind),
        "p_value": p,
    }


def news(series):
    """Take from each change what the change before had told of it: what was not to be expected, NaN where it is not known.

    Examples
    --------
    >>> float(np.abs(news(np.arange(10.0)))[2:].max().round(6))
    0.0
    """
    change, found = np.diff(series), np.full(len(series), np.nan)
    now, before = change[1:], change[:-1]
    told = np.isfinite(now) & np.isfinite(before)
    if told.sum() < 3:
        return found
    x = np.column_stack([np.ones(len(now)), np.where(told, before, 0.0)])
    beta = np.linalg.lstsq(x[told], now[told], rcond=None)[0]
    found[2:] = np.where(told, now - x @ beta, np.nan)
    return found
