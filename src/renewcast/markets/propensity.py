"""How likely an account that tries for free is to pay within twelve weeks (C39)."""

from dataclasses import dataclass

import numpy as np

from renewcast.markets.free_panel import BLOCK_DAYS, HORIZON_DAYS, FreePanel
from renewcast.markets.ridge_logistic import fit

INPUTS = ("active_days", "active_days_before", "age", "has_value", "active_colleagues")
LEAST_BOUGHT = 30
CHECK_BLOCKS = 4


@dataclass(frozen=True, eq=False)
class Propensity:
    """What was learned, and the accounts of today.

    Parameters
    ----------
    drivers : pandas.DataFrame
        driver, points (log odds for one standard deviation more), low, high (90 %).
    accounts : pandas.DataFrame
        The free accounts of today, the likeliest first: account_id, probability, low, high (90 %: of such accounts), active_days,
        age_days, active_colleagues.
    area : float
        Area under the ROC curve on the later times, from a model of the earlier ones; NaN where these are too few.
    expected, bought : float, int
        Purchases that that model expected there, and that came.
    rows, purchases : int
        What the final model rests on.
    """

    drivers: object
    accounts: object
    area: float
    expected: float
    bought: int
    rows: int
    purchases: int


def propensity(panel: FreePanel) -> Propensity | None:
    """Learn from past four weeks who paid within the twelve after, and read it off today's.

    Returns
    -------
    Propensity or None
        None where fewer than 30 purchases were seen.

    Notes
    -----
    An account counts once every four weeks, so the covariance is the sandwich by account.
    """
    import pandas as pd

    inputs, outcome, account, block = _rows(panel)
    if outcome.sum() < LEAST_BOUGHT or outcome.all():
        return None
    middle, spread = inputs.mean(axis=0), inputs.std(axis=0)
    spread = np.where(spread > 0, spread, 1.0)
    scaled = (inputs - middle) / spread
    fitted = fit(scaled, outcome, cluster=account)
    half = 1.6448536269514722 * np.sqrt(np.diag(fitted.covariance)[1:])
    points = fitted.coefficients[1:]
    drivers = pd.DataFrame({"driver": INPUTS, "points": points, "low": points - half, "high": points + half})
    late = block < min(panel.blocks) + CHECK_BLOCKS
    area, expected = np.nan, np.nan
    if 0 < outcome[late].sum() < late.sum() and outcome[~late].sum() >= LEAST_BOUGHT:
        told = fit(scaled[~late], outcome[~late], cluster=account[~late]).probability(scaled[late])[0]
        area, expected = _area(told, outcome[late]), float(told.sum())
    today = np.flatnonzero(panel.is_free(0))
    now = _inputs(panel, 0)[today]
    probability, low, high = fitted.probability((now - middle) / spread)
    accounts = pd.DataFrame({"account_id": panel.account_id[today], "probability": probability, "low": low, "high": high})
    accounts["active_days"] = panel.active_days[today, 0].astype(int)
    accounts["age_days"] = panel.signed_up[today].astype(int)
    accounts["active_colleagues"] = np.expm1(now[:, INPUTS.index("active_colleagues")]).round().astype(int)
    accounts = accounts.sort_values(["probability", "account_id"], ascending=[False, True], ignore_index=True)
    bought = int(outcome[late].sum())
    return Propensity(drivers, accounts, area, expected, bought, len(outcome), int(outcome.sum()))


def _rows(panel):
    parts = []
    for block in panel.blocks:
        here = np.flatnonzero(panel.is_free(block))
        end = BLOCK_DAYS * block
        bought = panel.bought[here]
        outcome = (bought < end) & (bought >= end - HORIZON_DAYS)
        parts.append((_inputs(panel, block)[here], outcome, here, np.full(len(here), block)))
    return tuple(np.concatenate(column) for column in zip(*parts, strict=True))


def _inputs(panel, block: int):
    end = BLOCK_DAYS * block
    active = panel.active_days[:, block]
    together = np.bincount(panel.company, weights=active > 0, minlength=len(panel.company_names))
    colleagues = together[panel.company] - (active > 0)
    columns = [
        np.log1p(active),
        np.log1p(panel.active_days[:, block + 1]),
        np.log1p(np.maximum(panel.signed_up - end, 0)),
        (panel.first_value >= end).astype(np.float64),
        np.log1p(colleagues),
    ]
    return np.stack(columns, axis=1)


def _area(told, outcome) -> float:
    """Return the chance that one that bought stands above one that did not (Mann and Whitney 1947)."""
    from scipy.stats import rankdata

    many = int(outcome.sum())
    return float((rankdata(told)[outcome].sum() - many * (many + 1) / 2) / (many * (len(outcome) - many)))
