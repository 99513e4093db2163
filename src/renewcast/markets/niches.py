"""Which market segment is a niche: four indicators, ranks with intervals, and nothing declared by chance (C50, M19)."""

from dataclasses import dataclass

import numpy as np

from renewcast.markets.settle import LIMIT_DAYS, counts, faster_than_the_rest, mean_days, median_days
from renewcast.markets.standing import BETTER, INDICATORS, composite, front, ranks

WEIGHTS = {"settle_days": 0.25, "willingness": 0.25, "stickiness": 0.25, "potential": 0.25}
"""How much each indicator counts in the composite."""
TESTED = ("settle_days", "willingness", "stickiness")
"""What a niche must be better at than the rest; how many potential customers there are is a count, not a claim to be tested."""
LEAST_ACCOUNTS, LEAST_SEEN, MOST_SEGMENTS = 20, 5, 200
SIGNIFICANT = 0.05
FALSE_NICHES = 0.1
"""The chance of declaring any niche where there is none."""
DRAWS = 200


@dataclass(frozen=True, eq=False)
class Niches:
    """What was found.

    Parameters
    ----------
    segments : pandas.DataFrame
        One row a segment, the best first: segment, customers, settle_days (mean, days after the limit not counted, for the
        mixture of strata of all), settle_median (NaN: half has not bought within the limit), willingness (1 to 10), stickiness
        (share of days in use), potential (accounts known), acquisition_cost (mean a buyer), arr (mean a customer), composite (0
        to 1), rank, rank_low, rank_high (90 %), chance_of_first, is_on_front, front_share, p_value (at most one of the
        tested indicators is better; NaN for segments that are too small), adjusted_p_value (Holm), is_niche.
    indicators : pandas.DataFrame
        One row a segment and indicator: segment, indicator, value, low, high, rank, rank_low, rank_high (90 %), p_value
        (one-sided: better than the rest), adjusted_p_value (Benjamini and Yekutieli, over all of them), beats_the_rest.
    weights : dict of str to float
        Of the indicators that the data can answer; they add up to one.
    limit_days : int
    left_out : int
        Accounts in segments that are too small.
    """

    segments: object
    indicators: object
    weights: dict
    limit_days: int
    left_out: int


def find_niches(accounts, *, seed: int, draws: int = DRAWS, least_accounts: int = LEAST_ACCOUNTS) -> Niches | None:
    """Compare the market segments that are large enough, the 200 largest where there are more.

    A niche is declared among the segments with no fewer potential customers than the median one: at least two of the tested
    indicators beat the rest (a partial conjunction of one-sided tests; the chance of declaring any where there is none, over all
    segments, is 10 % at most, by Holm), and none is worse than the rest (p-value above 95 %).

    Parameters
    ----------
    accounts : pandas.DataFrame
        See :func:`renewcast.markets.prospects.prospects`.
    seed : int
    draws : int
        Bootstrap samples of accounts, a multinomial weight each.
    least_accounts : int
        Accounts that make a segment.

    Returns
    -------
    Niches or None
        None where fewer than two segments are large enough.

    References
    ----------
    Partial conjunction: Benjamini and Heller, Biometrics 64 (2008). Holm (1979). Benjamini and Yekutieli, The control of the
    false discovery rate in multiple testing under dependency, Annals of Statistics 29 (2001). Ranks under the bootstrap:
    Goldstein and Spiegelhalter (1996).
    """
    import pandas as pd

    sizes = accounts.groupby("segment").size()
    sizes = sizes[sizes >= least_accounts].sort_values(ascending=False, kind="stable")[:MOST_SEGMENTS]
    kept = accounts["segment"].isin(sizes.index).to_numpy()
    rows = accounts[kept].sort_values("account_id", ignore_index=True)
    code, names = pd.factorize(rows["segment"].to_numpy(), sort=True)
    if len(names) < 2:
        return None
    data = _Arrays(rows, code, len(names))
    value = data.values(np.ones(len(rows)))
    usable = [name for name in INDICATORS if np.isfinite(value[name]).any()]
    whole = sum(WEIGHTS[name] for name in usable)
    weights = {name: WEIGHTS[name] / whole for name in usable}
    rng = np.random.default_rng(seed)
    samples = [data.values(np.bincount(rng.integers(0, len(rows), len(rows)), minlength=len(rows))) for _ in range(draws)]
    drawn = {name: np.array([sample[name] for sample in samples]) for name in usable}
    drawn_ranks = {name: ranks(drawn[name], BETTER[name]) for name in usable}
    score, drawn_score = composite(value, weights), composite(drawn, weights)
    place, drawn_place = ranks(score, 1), ranks(drawn_score, 1)

    p_value = data.p_values(usable)
    long = _indicators(names, usable, value, drawn, drawn_ranks, p_value)
    frame = pd.DataFrame(
        {"segment": names, "customers": np.bincount(code, weights=rows["is_customer"], minlength=len(names)).astype(int)}
    )
    frame["settle_days"], frame["settle_median"] = value["settle_days"], median_days(*data.bought(np.ones(len(rows))))
    for name in ("willingness", "stickiness", "potential"):
        frame[name] = value[name]
    frame["potential"] = frame["potential"].astype(int)
    frame["acquisition_cost"], frame["arr"] = data.mean("acquisition_cost"), data.mean("arr")
    frame["composite"], frame["rank"] = score, place.astype(int)
    frame["rank_low"], frame["rank_high"] = np.percentile(drawn_place, [5, 95], axis=0, method="nearest").astype(int)
    frame["chance_of_first"] = (drawn_place == 1).mean(axis=0)
    frame["is_on_front"] = front(value, usable)
    frame["front_share"] = np.mean([front(sample, usable) for sample in samples], axis=0)
    frame = _declared(frame, p_value)
    frame = frame.sort_values(["rank", "segment"], ignore_index=True)
    return Niches(frame, long, weights, data.limit, int((~kept).sum()))


class _Arrays:
    """The accounts of the segments as arrays, and what any weighting of them says."""

    def __init__(self, rows, code, groups: int):
        import pandas as pd

        self.code, self.groups = code, groups
        self.stratum, strata = pd.factorize(rows["stratum"].to_numpy(), sort=True)
        self.strata = len(strata)
        self.days, self.has_bought = rows["settle_days"].to_numpy(), rows["has_bought"].to_numpy()
        self.limit = int(min(LIMIT_DAYS, max(self.days.max(initial=1), 1)))
        self.columns = {name: rows[name].to_numpy(dtype=np.float64) for name in ("willingness", "use", "acquisition_cost", "arr")}

    def bought(self, weight):
        return counts(self.days, self.has_bought, self.code, self.groups, limit=self.limit, weight=weight)

    def by_stratum(self, weight):
        place, many = self.code * self.strata + self.stratum, self.groups * self.strata
        found = counts(self.days, self.has_bought, place, many, limit=self.limit, weight=weight)
        return tuple(one.reshape(self.groups, self.strata, -1) for one in found)

    def settle(self, weight):
        """Return the mean settle cycle as if every segment had the same mixture of strata (direct standardisation)."""
        waiting, buying = self.by_stratum(weight)
        mean = mean_days(*(one.reshape(self.groups * self.strata, -1) for one in (waiting, buying))).reshape(self.groups, -1)
        of_all = mean_days(waiting.sum(axis=0), buying.sum(axis=0))
        share = waiting[:, :, 0].sum(axis=0) / waiting[:, :, 0].sum()
        mean = np.where(np.isfinite(mean), mean, of_all)
        return np.where(waiting[:, :, 0].sum(axis=1) > 0, np.where(share > 0, mean, 0.0) @ share, np.nan)

    def mean(self, name: str, weight=None):
        told = np.isfinite(self.columns[name])
        weight = told.astype(np.float64) if weight is None else weight * told
        value = np.where(told, self.columns[name], 0.0)
        total, many = (np.bincount(self.code, weights=weight * one, minlength=self.groups) for one in (value, 1.0))
        return np.divide(total, many, out=np.full(self.groups, np.nan), where=many > 0)

    def values(self, weight) -> dict:
        settle = self.settle(weight) if self.has_bought.any() else np.full(self.groups, np.nan)
        return {
            "settle_days": settle,
            "willingness": self.mean("willingness", weight),
            "stickiness": self.mean("use", weight),
            "potential": np.bincount(self.code, weights=weight, minlength=self.groups),
        }

    def p_values(self, usable) -> dict:
        """Return for each tested indicator the one-sided p-value of each segment against the rest."""
        from scipy.stats import norm

        found = {}
        if "settle_days" in usable:
            found["settle_days"] = norm.sf(faster_than_the_rest(*self.by_stratum(np.ones(len(self.code)))))
        for name, column in (("willingness", "willingness"), ("stickiness", "use")):
            if name in usable:
                found[name] = self._welch(self.columns[column])
        return found

    def _welch(self, values):
        """Welch's (1947) test of each segment's mean against that of all others; NaN where fewer than five were seen."""
        from scipy.stats import t

        told = np.isfinite(values)
        value = np.where(told, values, 0.0) - values[told].mean()
        sums = [np.bincount(self.code, weights=told * value**power, minlength=self.groups) for power in (0, 1, 2)]
        many, total, squares = sums
        n = np.array([many, many.sum() - many])
        enough = (n >= LEAST_SEEN).all(axis=0)
        n = np.where(enough, n, LEAST_SEEN)
        mean = np.array([total, total.sum() - total]) / n
        variance = np.maximum(np.array([squares, squares.sum() - squares]) / n - mean**2, 0) * n / (n - 1) / n
        spread = variance.sum(axis=0)
        enough &= spread > 1e-15
        spread = np.where(enough, spread, 1.0)
        freedom = spread**2 / np.maximum((variance**2 / (n - 1)).sum(axis=0), 1e-30)
        return np.where(enough, t.sf((mean[0] - mean[1]) / np.sqrt(spread), np.maximum(freedom, 1)), np.nan)


def _indicators(names, usable, value, drawn, drawn_ranks, p_value):
    import pandas as pd

    parts = []
    for name in usable:
        part = pd.DataFrame({"segment": names, "indicator": name, "value": value[name]})
        told = np.isfinite(drawn[name])
        bounded = np.where(told, drawn[name], np.nanmax(drawn[name]) if told.any() else 0.0)
        part["low"], part["high"] = np.percentile(bounded, [5, 95], axis=0)
        part["rank"] = ranks(value[name], BETTER[name]).astype(int)
        part["rank_low"], part["rank_high"] = np.percentile(drawn_ranks[name], [5, 95], axis=0, method="nearest").astype(int)
        part["p_value"] = p_value.get(name, np.full(len(names), np.nan))
        parts.append(part)
    long = pd.concat(parts, ignore_index=True)
    long["adjusted_p_value"] = benjamini_yekutieli(long["p_value"].to_numpy())
    long["beats_the_rest"] = long["adjusted_p_value"] < SIGNIFICANT
    order = long["indicator"].map({name: place for place, name in enumerate(INDICATORS)})
    return long.assign(order=order).sort_values(["order", "rank", "segment"], ignore_index=True).drop(columns="order")


def _declared(frame, p_value):
    from renewcast.revenue.cohorts import holm

    # What nobody could see (no customers yet) speaks neither for it nor against it.
    told = np.array(list(p_value.values()))
    enough = (frame["potential"] >= frame["potential"].median()).to_numpy()
    frame["p_value"] = np.where(enough, two_better(np.where(np.isfinite(told), told, 1.0), len(frame)), np.nan)
    frame["adjusted_p_value"] = holm(frame["p_value"].to_numpy())
    worse = (told > 1 - SIGNIFICANT).any(axis=0) if len(told) else False
    frame["is_niche"] = (frame["adjusted_p_value"] < FALSE_NICHES) & ~worse
    return frame


def two_better(p_values, segments: int):
    """Return the p-value of "at most one indicator is better", one a segment; NaN where fewer than two were tested.

    Parameters
    ----------
    p_values : array of float, shape (n_indicators, n_segments)
    segments : int

    References
    ----------
    Simes' (1986) test of all indicators but the best: Benjamini and Heller (2008), section 3.

    Examples
    --------
    >>> two_better(np.array([[0.001, 0.001], [0.02, 0.5], [0.03, 0.9]]), 2).tolist()
    [0.03, 0.9]
    """
    many = len(p_values)
    if many < 2:
        return np.full(segments, np.nan)
    rest = np.sort(p_values, axis=0)[1:]
    return np.minimum((rest * (many - 1) / np.arange(1, many)[:, None]).min(axis=0), 1.0)


def benjamini_yekutieli(p_values):
    """Correct p-values so that the false among the declared stay below a rate, whatever their dependence; NaN stays NaN.

    Examples
    --------
    >>> benjamini_yekutieli(np.array([0.001, 0.02, float("nan"), 0.5])).round(4).tolist()
    [0.0055, 0.055, nan, 0.9167]
    """
    from scipy.stats import false_discovery_control

    p_values = np.asarray(p_values, dtype=np.float64)
    told = np.isfinite(p_values)
    adjusted = np.full(len(p_values), np.nan)
    if told.any():
        adjusted[told] = false_discovery_control(p_values[told], method="by")
    return adjusted
