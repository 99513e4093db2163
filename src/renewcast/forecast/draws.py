"""How sure the sums are: whole quarters drawn, each account's outcome by chance, and all of them under one weather."""

import numpy as np

from renewcast.forecast.outcomes import amounts
from renewcast.forecast.rates import WORDS

DRAWS, COVERAGE = 2000, 0.9
_CELLS = 2_000_000
_LARGEST_SHOCK = 4.0


def draw_quarters(accounts, rates, *, seed: int, draws: int = DRAWS):
    """Draw what the end of the horizon may look like.

    Each draw has a weather, drawn from Student's t with one degree of freedom less than there are past quarters: how much more
    or less than usual is lost or gained by all accounts alike. Given it, accounts fall one by one.

    Parameters
    ----------
    accounts : pandas.DataFrame
        See :func:`renewcast.forecast.outcomes.outcomes`.
    rates : renewcast.forecast.rates.Rates
    seed : int
    draws : int

    Returns
    -------
    pandas.DataFrame, shape (draws, 3)
        churn, contraction, expansion: cents of all accounts together, at least 0.
    """
    import pandas as pd

    rng = np.random.default_rng(seed)
    weather = {word: _weather(rng, rates.unlike[word], rates.quarters, draws) for word in WORDS}
    opening, churn = accounts["opening"].to_numpy(dtype=float), accounts["churn"].to_numpy()
    change, probability = amounts(accounts)
    whole = np.rint(change)  # whole cents: their sums are exact in any order
    lost = {word: np.empty(draws) for word in WORDS}
    step = max(1, _CELLS // max(len(accounts), 1))
    for first in range(0, draws, step):
        part = slice(first, min(first + step, draws))
        fate = rng.random((part.stop - part.start, len(accounts)))
        leaves = np.minimum(churn * weather["churn"][part, None], 1.0)
        less = leaves + (1.0 - leaves) * np.minimum(probability[:, 1] * weather["contraction"][part, None], 1.0)
        more = less + (1.0 - leaves) * probability[:, 2] * weather["expansion"][part, None]
        is_lost, is_less = fate < leaves, (fate >= leaves) & (fate < less)
        is_more = (fate >= less) & (fate < more)
        is_flat = fate >= np.maximum(more, less)
        lost["churn"][part] = is_lost.astype(float) @ opening
        for word, sign in (("contraction", -1.0), ("expansion", 1.0)):
            moved = np.maximum(sign * whole, 0.0)
            cases = (is_flat, is_less, is_more)
            lost[word][part] = sum(case.astype(float) @ moved[:, at] for at, case in enumerate(cases) if moved[:, at].any())
    for word, at in (("contraction", 1), ("expansion", 2)):
        noise = np.sqrt(((1.0 - churn) * probability[:, at] * (rates.spread[word] * opening) ** 2).sum())
        lost[word] = np.maximum(lost[word] + noise * rng.standard_normal(draws), 0.0)
    return pd.DataFrame(lost)


def interval(values) -> tuple[float, float]:
    """Return the middle 90 % of some draws; NaN without any."""
    if not len(values):
        return float("nan"), float("nan")
    tail = 100 * (1 - COVERAGE) / 2
    low, high = np.percentile(values, [tail, 100 - tail])
    return float(low), float(high)


def _weather(rng, unlike: float, quarters: int, draws: int):
    """Return factors about 1, one a draw."""
    shock = np.clip(rng.standard_t(max(quarters - 1, 2), draws), -_LARGEST_SHOCK, _LARGEST_SHOCK)
    return np.maximum(1.0 + unlike * shock, 0.0)
