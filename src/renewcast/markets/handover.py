"""When many people of one company use the product by themselves, sales should call: how many, is learned (C38)."""

from dataclasses import dataclass

import numpy as np

from renewcast.markets.free_panel import BLOCK_DAYS, HORIZON_DAYS, FreePanel
from renewcast.markets.ridge_logistic import fit
from renewcast.revenue.cohorts import wilson

LEAST_BOUGHT = 10
MOST_PEOPLE = 60
DRAWS = 200
_Z = 1.6448536269514722


@dataclass(frozen=True, eq=False)
class Handover:
    """What was learned, and the companies of today.

    Parameters
    ----------
    curve : pandas.DataFrame
        By number of active people (four weeks): active_people, companies (seen so, once every four weeks), bought, rate, low,
        high (90 %, Wilson), probability, probability_low, probability_high (fitted, never falling).
    threshold : int
        From so many active people on companies buy much more often than below.
    threshold_low, threshold_high : int
        90 % interval.
    rate_below, rate_above : float
        Share that buys within twelve weeks, on either side of it.
    companies : pandas.DataFrame
        Companies without a contract, the likeliest first: account_id (the first of the group), people, active_people,
        probability, low, high (90 %), is_to_hand_over (at or above the threshold).
    """

    curve: object
    threshold: int
    threshold_low: int
    threshold_high: int
    rate_below: float
    rate_above: float
    companies: object


def handover(panel: FreePanel, *, seed: int, draws: int = DRAWS) -> Handover | None:
    """Learn from past four weeks how the number of active people of a company goes with a purchase in the twelve weeks after.

    Parameters
    ----------
    panel : FreePanel
    seed : int
    draws : int
        Bootstrap samples of companies for the interval of the threshold.

    Returns
    -------
    Handover or None
        None where companies of more than one account bought fewer than ten times.

    Notes
    -----
    The chance is logistic in log(1 + people) and in being at the threshold, neither slope ever negative. The threshold is where a
    step from one rate to a higher one explains the purchases best (its likelihood): a change point, not a number that somebody
    chose.

    References
    ----------
    Change point of a binomial sequence: Hinkley and Hinkley, Biometrika 57 (1970). Sandwich: Liang and Zeger (1986).
    """
    people = np.bincount(panel.company, minlength=len(panel.company_names))
    company, active, bought = _rows(panel, people > 1)
    if bought.sum() < LEAST_BOUGHT or bought.all() or np.ptp(active) == 0:
        return None
    threshold, below, above = _step(*_by_count(active, bought, np.ones(len(bought))))
    if threshold is None:
        return None
    shape = _Shape.of(active, bought, company, threshold)
    rng = np.random.default_rng(seed)
    names = len(panel.company_names)
    drawn = []
    for _ in range(draws):
        weight = np.bincount(rng.integers(0, names, names), minlength=names)[company]
        drawn.append(_step(*_by_count(active, bought, weight))[0])
    low, high = np.percentile([one for one in drawn if one is not None] or [0], [5, 95], method="nearest")
    return Handover(
        _curve(active, bought, shape),
        threshold,
        int(low),
        int(high),
        below,
        above,
        _companies(panel, people, shape, threshold),
    )


@dataclass(frozen=True, eq=False)
class _Shape:
    """The chance by number of active people: logistic in log(1 + people) and in being at the threshold; neither slope falls."""

    fitted: object
    threshold: int
    kept: tuple

    @classmethod
    def of(cls, active, bought, company, threshold):
        kept = (True, True)
        while True:
            fitted = fit(_shaped(active, threshold, kept), bought, cluster=company)
            rises = tuple(bool(keep and slope >= 0) for keep, slope in zip(kept, fitted.coefficients[1:], strict=True))
            if rises == kept:
                return cls(fitted, threshold, kept)
            # The more contrary of two slopes goes first; the other may rise without it.
            worst = int(np.argmin(np.where(kept, fitted.coefficients[1:], np.inf)))
            kept = tuple(keep and place != worst for place, keep in enumerate(kept))

    def probability(self, active):
        return self.fitted.probability(_shaped(active, self.threshold, self.kept))


def _shaped(active, threshold, kept):
    return np.stack([np.log1p(active), active >= threshold], axis=1) * np.array(kept, dtype=np.float64)


def _rows(panel, is_group):
    """Stack the companies that had not bought at the end of each block: company, active people, whether it bought."""
    parts = []
    count = len(panel.company_names)
    bought = np.full(count, np.nan)
    bought[panel.company] = panel.company_bought
    for block in panel.blocks:
        end = BLOCK_DAYS * block
        free = panel.is_free(block)
        there = np.flatnonzero((np.bincount(panel.company, weights=free, minlength=count) > 0) & is_group)
        active = np.bincount(panel.company, weights=free & (panel.active_days[:, block] > 0), minlength=count)[there]
        buys = (bought[there] < end) & (bought[there] >= end - HORIZON_DAYS)
        parts.append((there, active, buys))
    return tuple(np.concatenate(column) for column in zip(*parts, strict=True))


def _by_count(active, bought, weight):
    place = np.minimum(active, MOST_PEOPLE).astype(int)
    return tuple(np.bincount(place, weights=weight * one, minlength=MOST_PEOPLE + 1) for one in (1.0, bought))


def _step(seen, bought):
    """Return the number of people from which the rate is higher, and the rates on either side; None where it never is."""
    below = np.stack([np.cumsum(seen)[:-1], np.cumsum(bought)[:-1]])
    above = np.array([[seen.sum()], [bought.sum()]]) - below
    rates = [np.divide(one[1], one[0], out=np.zeros(below.shape[1]), where=one[0] > 0) for one in (below, above)]
    fits = sum(_likelihood(one[1], one[0], rate) for one, rate in zip((below, above), rates, strict=True))
    allowed = (below[0] > 0) & (above[0] > 0) & (rates[1] > rates[0])
    if not allowed.any():
        return None, float("nan"), float("nan")
    best = int(np.where(allowed, fits, -np.inf).argmax())
    return best + 1, float(rates[0][best]), float(rates[1][best])


def _likelihood(bought, seen, rate):
    from scipy.special import xlog1py, xlogy

    return xlogy(bought, rate) + xlog1py(seen - bought, -rate)


def _curve(active, bought, shape):
    import pandas as pd

    seen, reached = _by_count(active, bought, np.ones(len(bought)))
    table = pd.DataFrame({"active_people": np.arange(len(seen)), "companies": seen.astype(int), "bought": reached.astype(int)})
    table = table[table["companies"] > 0].reset_index(drop=True)
    table["rate"] = table["bought"] / table["companies"]
    table["low"], table["high"] = wilson(table["bought"], table["companies"], _Z)
    table["probability"], table["probability_low"], table["probability_high"] = shape.probability(
        table["active_people"].to_numpy()
    )
    return table


def _companies(panel, people, shape, threshold):
    import pandas as pd

    count = len(panel.company_names)
    free = panel.is_free(0)
    there = np.flatnonzero((np.bincount(panel.company, weights=free, minlength=count) > 0) & (people > 1))
    active = np.bincount(panel.company, weights=free & (panel.active_days[:, 0] > 0), minlength=count)[there].astype(int)
    table = pd.DataFrame({"account_id": panel.company_names[there], "people": people[there], "active_people": active})
    table["probability"], table["low"], table["high"] = shape.probability(active)
    table["is_to_hand_over"] = active >= threshold
    return table.sort_values(["probability", "account_id"], ascending=[False, True], ignore_index=True)
