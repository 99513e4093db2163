"""How long customers stay, with those who are still here counted for as long as they were seen (right-censoring)."""

import numpy as np

COVERAGE = 0.9
_Z = 1.6448536269514722
"""The standard normal's 95 % point: intervals hold 90 %."""


def life_table(duration, is_lost):
    """Estimate the hazard of each age and the share that survives it.

    Parameters
    ----------
    duration : array of int >= 0, shape (n,)
        The age at which each member was lost, or up to which it was seen.
    is_lost : array of bool, shape (n,)

    Returns
    -------
    pandas.DataFrame, one row an age from 1
        age, at_risk, lost, hazard (share of those at risk that is lost at this age), survival (share still here after it), low,
        high (90 % interval at this age), band_low, band_high (90 % for all ages at once: wider).

    References
    ----------
    Kaplan and Meier (1958); the variance is Greenwood's, the interval is on the scale of log(-log S) (Kalbfleisch and Prentice
    1980); the band spends its error on all ages alike (Bonferroni).

    Examples
    --------
    >>> life_table(np.array([1, 2, 2, 3]), np.array([True, True, False, False]))[["at_risk", "lost", "survival"]].values.tolist()
    [[4.0, 1.0, 0.75], [3.0, 1.0, 0.5], [1.0, 0.0, 0.5]]
    """
    import pandas as pd
    from scipy.stats import norm

    duration, is_lost = np.asarray(duration, dtype=np.int64), np.asarray(is_lost, dtype=bool)
    at_risk, lost = counts(duration, is_lost, np.ones(len(duration)), int(duration.max(initial=0)))
    hazard = lost / np.maximum(at_risk, 1)
    survival = np.cumprod(1 - hazard)
    inside = at_risk * (at_risk - lost)
    variance = np.cumsum(np.divide(lost, inside, out=np.zeros_like(hazard), where=inside > 0))
    table = pd.DataFrame({"age": np.arange(1, len(hazard) + 1), "at_risk": at_risk, "lost": lost, "hazard": hazard})
    table = table.astype({"at_risk": "int64", "lost": "int64"})
    table["survival"] = survival
    table["low"], table["high"] = _interval(survival, variance, _Z)
    widest = norm.ppf(1 - (1 - COVERAGE) / (2 * max(len(hazard), 1)))
    table["band_low"], table["band_high"] = _interval(survival, variance, widest)
    return table


def counts(duration, is_lost, weight, ages: int):
    """Count, with weights, who is at risk at each age from 1 to ``ages`` and who is lost at it."""
    seen = np.bincount(duration, weights=weight, minlength=ages + 1)
    lost = np.bincount(duration, weights=weight * is_lost, minlength=ages + 1)
    at_risk = np.cumsum(seen[::-1])[::-1]
    return at_risk[1:], lost[1:]


def _interval(survival, variance, z):
    inside = (survival > 0) & (survival < 1)
    log = np.log(survival, out=np.full_like(survival, -1.0), where=inside)
    spread = np.divide(z * np.sqrt(variance), np.abs(log), out=np.zeros_like(survival), where=inside)
    low = np.where(inside, survival ** np.exp(spread), np.where(survival >= 1, 1.0, 0.0))
    high = np.where(inside, survival ** np.exp(-spread), survival)
    return low, high


def log_rank(one, other) -> dict:
    """Test whether two groups are lost at the same rate.

    Parameters
    ----------
    one, other : tuple of (duration, is_lost)
        See :func:`life_table`.

    Returns
    -------
    dict
        statistic (standard normal; positive: ``one`` is lost faster) and p_value (two-sided); NaN where nobody was lost.

    References
    ----------
    Mantel (1966), as in scipy.stats.logrank.
    """
    from scipy.stats import CensoredData, logrank

    if not (np.any(one[1]) or np.any(other[1])) or not len(one[0]) or not len(other[0]):
        return {"statistic": float("nan"), "p_value": float("nan")}
    groups = [CensoredData(uncensored=time[lost].astype(float), right=time[~lost].astype(float)) for time, lost in (one, other)]
    with np.errstate(invalid="ignore", divide="ignore"):
        found = logrank(*groups)
    return {"statistic": float(found.statistic), "p_value": float(found.pvalue)}


def early_loss(duration, is_lost, first_ages: int) -> dict:
    """Answer "did we lose most customers in the first months?" (C3).

    Parameters
    ----------
    duration, is_lost : arrays, shape (n,)
        See :func:`life_table`.
    first_ages : int

    Returns
    -------
    dict
        lost_by_then (share of all customers), lost_by_the_end (the same up to the last age seen), share_of_loss (the first
        divided by the second; NaN where nobody was lost); censoring is taken into account.
    """
    table = life_table(duration, is_lost)
    early = 1 - float(table.loc[table["age"] <= first_ages, "survival"].min()) if len(table) else 0.0
    end = 1 - float(table["survival"].min()) if len(table) else 0.0
    return {"lost_by_then": early, "lost_by_the_end": end, "share_of_loss": early / end if end > 0 else float("nan")}


def settles(duration, is_lost, *, tolerance: float = 0.01, seed: int = 0, draws: int = 200, least_ages: int = 3) -> dict:
    """Answer "after how long does retention settle?" (C3): the first age from which on the hazard stays the same.

    The same: at no later age are so many lost, or so few, that a hazard within ``tolerance`` of the mean from that age on would
    be rejected (exact binomial tests, 10 % for all ages together).

    Parameters
    ----------
    duration, is_lost : arrays, shape (n,)
        See :func:`life_table`.
    tolerance : float
        Hazard an age, for example 0.01 a month.
    seed, draws : int
        Of the bootstrap over customers that gives the interval.
    least_ages : int
        Ages that must follow for it to be called settled.

    Returns
    -------
    dict
        age, low, high (90 %; None: not settled within what was seen), hazard (a period, from then on), share_settled (of the
        bootstrap samples).
    """
    duration, is_lost = np.asarray(duration, dtype=np.int64), np.asarray(is_lost, dtype=bool)
    ages = int(duration.max(initial=0))
    rng = np.random.default_rng(seed)
    age, hazard = _settled(*counts(duration, is_lost, np.ones(len(duration)), ages), tolerance, least_ages)
    found = []
    for _ in range(draws if len(duration) else 0):
        weight = np.bincount(rng.integers(0, len(duration), len(duration)), minlength=len(duration))
        at_risk, lost = counts(duration, is_lost, weight, ages)
        # A sample of a sample varies twice as much, so it tells as much as half as many customers.
        found.append(_settled(at_risk / 2, lost / 2, tolerance, least_ages)[0])
    if not found:
        return {"age": age, "low": None, "high": None, "hazard": hazard, "share_settled": float("nan")}
    # An age that was not reached lies beyond all others.
    ordered = sorted(ages + 1 if one is None else one for one in found)
    low, high = (ordered[round(share * (len(found) - 1))] for share in (0.05, 0.95))
    return {
        "age": age,
        "low": None if low > ages else low,
        "high": None if high > ages else high,
        "hazard": hazard,
        "share_settled": float(np.mean([one is not None for one in found])),
    }


def _settled(at_risk, lost, tolerance, least_ages):
    from scipy.special import betainc

    known = at_risk > 0
    at_risk, lost = at_risk[known], lost[known]
    later_risk, later_lost = np.cumsum(at_risk[::-1])[::-1], np.cumsum(lost[::-1])[::-1]
    for place in range(len(at_risk) - least_ages + 1):
        mean = later_lost[place] / later_risk[place]
        n, x = at_risk[place:], lost[place:]
        # Tails of the binomial distribution as incomplete beta functions, which also take halves.
        as_many = np.where(x > 0, betainc(np.maximum(x, 1e-9), n - x + 1, min(mean + tolerance, 1.0)), 1.0)
        as_few = np.where(x < n, 1 - betainc(x + 1, np.maximum(n - x, 1e-9), max(mean - tolerance, 0.0)), 1.0)
        if min(as_many.min(), as_few.min()) >= (1 - COVERAGE) / 2 / len(n):
            return place + 1, float(mean)
    return None, float("nan")
