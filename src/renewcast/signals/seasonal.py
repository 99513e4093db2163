"""What use is to be expected of an account in a week: its own level times what the week does to companies like it.

Weeks are compared whole, so weekdays cancel. Public holidays, summer and a broken tracker are read off the other accounts of the
same country: what all of them do in a week is the week's doing. No calendar of holidays has to be kept, and Chinese New Year
moves as it does. Where a country has too few accounts to tell, the two longest closures of the year are not held against anybody.
"""

import numpy as np

MIN_PEERS = 8
"""Accounts that are needed to tell what a week did to a country: the median of eight survives three who left."""
MIN_WEEKLY = 5.0
"""Events a week below which an account's ups and downs are chance and say nothing about the week."""
MONTH_DAYS = 29.530588853
_NEW_YEAR_COUNTRIES = ("CN", "HK", "KR", "MO", "MY", "SG", "TW", "VN")
_CLOSED_AROUND_NEW_YEAR = range(-3, 11)


def seasonal_index(weeks, country, as_of):
    """Estimate what each week does to the use of an account, from the others of its country.

    Parameters
    ----------
    weeks : array of float, shape (n, n_weeks)
        Events; column 0 is the week that ends at the snapshot.
    country : array of str, shape (n,)
        "" where it is not known.
    as_of : pandas.Timestamp

    Returns
    -------
    array of float, shape (n, n_weeks)
        The median, over the accounts of a country, of a week's events over the account's mean week, 1 on average. With fewer than
        eight accounts of enough use in a country, the median of all accounts; with fewer than eight of those, 1. In the latter
        two, weeks in which the country closes (Chinese New Year, the days between Christmas and New Year) have 0: nothing is
        expected of them.

    Examples
    --------
    >>> import pandas as pd
    >>> week = np.array([[1.0, 10.0, 10.0], [2.0, 20.0, 20.0]]).repeat(4, axis=0)
    >>> seasonal_index(week, np.array(["CN"] * 8), pd.Timestamp("2025-02-10"))[0].round(2).tolist()
    [0.14, 1.43, 1.43]
    """
    index = np.ones(weeks.shape)
    mean = weeks.mean(axis=1)
    judges = mean >= MIN_WEEKLY
    ratio = weeks / np.where(judges, mean, 1.0)[:, None]
    if judges.sum() >= MIN_PEERS:
        index[:] = np.median(ratio[judges], axis=0)
    for name in sorted(set(country)):
        mine = country == name
        if name and (mine & judges).sum() >= MIN_PEERS:
            index[mine] = np.median(ratio[mine & judges], axis=0)
        else:
            index[np.ix_(mine, closed_weeks(name, as_of, weeks.shape[1]))] = 0.0
    level = index.mean(axis=1, keepdims=True)
    return np.divide(index, level, out=np.zeros(index.shape), where=level > 0)


def closed_weeks(country: str, as_of, n_weeks: int):
    """Tell which of the weeks before a snapshot hold a long closure of a country, array of bool, shape (n_weeks,).

    Examples
    --------
    >>> import pandas as pd
    >>> closed_weeks("CN", pd.Timestamp("2025-02-10"), 4).tolist()
    [True, True, False, False]
    >>> closed_weeks("DE", pd.Timestamp("2025-01-06"), 4).tolist()
    [True, True, False, False]
    """
    import pandas as pd

    closed = np.zeros(n_weeks, dtype=bool)
    for week in range(n_weeks):
        days = [as_of - pd.Timedelta(days=7 * week + day) for day in range(1, 8)]
        if country in _NEW_YEAR_COUNTRIES:
            shut = [(day - lunar_new_year(day.year)).days in _CLOSED_AROUND_NEW_YEAR for day in days]
        else:
            shut = [(day.month, day.day) >= (12, 24) or (day.month, day.day) <= (1, 1) for day in days]
        # One day of a closure at the edge of a week leaves the week as it is.
        closed[week] = sum(shut) >= 3
    return closed


def lunar_new_year(year: int):
    """Return Chinese New Year's day, right to a day: the mean new moon between 21 January and 20 February.

    References
    ----------
    Meeus, Astronomical Algorithms, 1991, equation 47.1: new moons lie 29.530588853 days apart on average, one of them on
    6 January 2000 at 14:20.

    Examples
    --------
    >>> [str(lunar_new_year(year).date()) for year in (2024, 2025)]
    ['2024-02-10', '2025-01-29']
    """
    import pandas as pd

    # Beijing is eight hours ahead of Greenwich.
    moon = pd.Timestamp("2000-01-06 14:20") + pd.Timedelta(hours=8)
    months = np.ceil((pd.Timestamp(year, 1, 21) - moon).total_seconds() / 86_400 / MONTH_DAYS)
    return (moon + pd.Timedelta(days=float(months) * MONTH_DAYS)).normalize()


def excess_variance(counts, season) -> float:
    """Estimate by how much more than by chance weekly counts vary: the a of variance = mean + a mean^2, for most rows.

    Parameters
    ----------
    counts, season : array of float, shape (n, n_weeks)

    Returns
    -------
    float
        The mean over rows of at least five events a week, without the upper tenth, which has really changed; at least 0.

    References
    ----------
    Cameron, Trivedi, Regression Analysis of Count Data, 1998, section 3.3 (the NB2 variance, by moments).
    """
    usual = season > 0.2
    weeks = usual.sum(axis=1)
    level = np.divide((counts * usual).sum(axis=1), (season * usual).sum(axis=1), out=np.zeros(len(counts)), where=weeks > 5)
    kept = level >= MIN_WEEKLY
    if kept.sum() < MIN_PEERS:
        return 0.02
    expected = level[kept, None] * season[kept]
    surplus = (((counts[kept] - expected) ** 2 - expected) * usual[kept]).sum(axis=1) * weeks[kept] / (weeks[kept] - 1)
    each = surplus / ((expected**2) * usual[kept]).sum(axis=1)
    each = np.sort(each)[: max(int(0.9 * len(each)), 1)]
    return max(float(each.mean()), 0.0)


def chance_of_so_few(seen, expected, baseline, excess: float):
    """Return how likely so few events, or fewer, are where nothing has changed.

    Parameters
    ----------
    seen : array of float, shape (n,)
    expected : array of float, shape (n,)
        From ``baseline`` events counted earlier.
    baseline : array of float, shape (n,)
    excess : float
        See :func:`excess_variance`.

    Returns
    -------
    array of float in [0, 1], shape (n,)
        1 where nothing was expected.

    References
    ----------
    The negative binomial distribution function, Johnson, Kemp, Kotz, Univariate Discrete Distributions, 2005, equation 5.31; its
    index adds the doubt about the level, by Jeffreys' prior 1 / (baseline + 1/2), to the excess variance.

    Examples
    --------
    >>> chance_of_so_few(np.array([0.0, 5.0]), np.array([5.0, 5.0]), np.array([60.0, 60.0]), 0.0).round(4).tolist()
    [0.0082, 0.6161]
    """
    from scipy.special import betainc

    size = 1.0 / (1.0 / (baseline + 0.5) + excess)
    told = expected > 0
    chance = betainc(size, np.maximum(seen, 0) + 1, size / (size + np.where(told, expected, 1.0)))
    return np.where(told, chance, 1.0)


def discoveries(chance, rate: float):
    """Tell which of many tests are discoveries, so that at most a given share of the discoveries is false on average.

    Parameters
    ----------
    chance : array of float in [0, 1], shape (n,)
        p-values.
    rate : float in (0, 1)

    Returns
    -------
    array of bool, shape (n,)

    References
    ----------
    Benjamini, Hochberg, Controlling the false discovery rate, Journal of the Royal Statistical Society B 57, 1995, theorem 1.

    Examples
    --------
    >>> discoveries(np.array([0.01, 0.04, 0.03, 0.9]), 0.1).tolist()
    [True, True, True, False]
    """
    chance = np.asarray(chance, dtype="float64")
    if not len(chance):
        return np.zeros(0, dtype=bool)
    order = np.argsort(chance, kind="stable")
    passed = chance[order] <= rate * np.arange(1, len(chance) + 1) / len(chance)
    count = np.flatnonzero(passed)[-1] + 1 if passed.any() else 0
    found = np.zeros(len(chance), dtype=bool)
    found[order[:count]] = True
    return found


def discrete_discoveries(chance, attainable, rate: float):
    """Tell which tests are discoveries, as :func:`discoveries` does, where each test can only give a few p-values.

    Somebody who comes four times a week cannot be missed at 0.1 % after one week, and so gives no false alarm at that level;
    counting that in finds more at the same share of false ones.

    Parameters
    ----------
    chance : array of float in [0, 1], shape (n,)
    attainable : array of float in [0, 1], shape (n, n_values)
        The p-values that each test can give beside 1, falling along the row.
    rate : float in (0, 1)

    Returns
    -------
    array of bool, shape (n,)

    References
    ----------
    Heyse, A false discovery rate procedure for categorical data, in: Recent Advances in Biostatistics, 2011, section 3; Gilbert,
    A modified false discovery rate multiple-comparisons procedure for discrete data, Applied Statistics 54, 2005. What the first
    pass finds is no longer among those that may be false in the second: Benjamini, Krieger, Yekutieli, Biometrika 93, 2006.

    Examples
    --------
    >>> chance, attainable = np.array([0.04, 1.0, 1.0, 1.0]), np.array([[0.04], [0.3], [0.3], [0.3]])
    >>> discoveries(chance, 0.1).tolist(), discrete_discoveries(chance, attainable, 0.1).tolist()
    ([False, False, False, False], [True, False, False, False])
    """
    # The chance that a test falls at or below a bound is its largest attainable value there: the sum of the steps up to it.
    attainable = np.minimum.accumulate(attainable, axis=1)
    first = _below_bound(chance, attainable, np.ones(len(chance), dtype=bool), rate)
    return _below_bound(chance, attainable, ~first, rate)


def _below_bound(chance, attainable, may_be_false, rate: float):
    """Reject up to the largest bound at which the false ones to be expected of some tests are at most a share of all rejected."""
    attainable = attainable[may_be_false]
    steps = attainable - np.concatenate([attainable[:, 1:], np.zeros((len(attainable), 1))], axis=1)
    order = np.argsort(attainable, axis=None, kind="stable")
    bounds, false = attainable.ravel()[order], np.append(0.0, steps.ravel()[order].cumsum())
    tried = np.sort(chance)
    expected = false[np.searchsorted(bounds, tried, side="right")]
    passed = (expected <= rate * np.searchsorted(tried, tried, side="right")) & (tried < 1)
    return chance <= tried[passed][-1] if passed.any() else np.zeros(len(chance), dtype=bool)
