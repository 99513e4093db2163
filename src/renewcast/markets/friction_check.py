"""Whether the activation index keeps its word, on accounts that signed up later than those it was learned from."""

from dataclasses import dataclass

import numpy as np

from renewcast.markets.friction import VERDICTS, Friction, learn
from renewcast.revenue.cohorts import wilson

LEARN_SHARE = 0.6
LEAST_ACCOUNTS, LEAST_OUTCOMES = 150, 30
SIGNIFICANT = 0.05
_Z, _WIDE, _ROUNDED = 1.6448536269514722, 2.5758293035489004, 0.03
BANDS = ((-25, -16), (-15, -6), (-5, -1), (0, 0), (1, 5), (6, 15), (16, 25))


@dataclass(frozen=True, eq=False)
class Checked:
    """An index learned from all accounts, and how one learned from the earlier of them did on the later.

    Parameters
    ----------
    friction : Friction
    bands : pandas.DataFrame
        Later accounts by band of the clipped index, lowest first: band ("-15 to -6"), accounts, activated, rate, low, high (90
        %), expected (mean probability).
    verdicts : pandas.DataFrame
        The same by verdict: verdict, accounts, activated, rate, low, high, expected.
    is_monotone : bool
        No higher band activates less than a lower one beyond chance (pairs of bands, Bonferroni, 5 %).
    is_calibrated : bool
        The 90 % intervals of those above 0 and of those below 0 allow a rate above one half and one below it, and their 99 %
        intervals the chance that was foretold, give or take three points.
    learned_on, checked_on : int
    """

    friction: Friction
    bands: object
    verdicts: object
    is_monotone: bool
    is_calibrated: bool
    learned_on: int
    checked_on: int


def learn_and_check(counted, activated, began) -> Checked | None:
    """Learn the index from the earlier sign-ups, check it on the later ones, then learn it from all.

    Parameters
    ----------
    counted, activated : see :func:`renewcast.markets.friction.learn`
    began : array of datetime64, shape (n,)
        Sign-ups.

    Returns
    -------
    Checked or None
        None where there are fewer than 150 accounts, or fewer than 30 that activated or that did not.
    """
    activated, began = np.asarray(activated, dtype=bool), np.asarray(began)
    if len(activated) < LEAST_ACCOUNTS or min(activated.sum(), (~activated).sum()) < LEAST_OUTCOMES:
        return None
    cut = np.sort(began)[int(LEARN_SHARE * len(began))]
    early = began < cut
    if min(early.sum(), (~early).sum()) < LEAST_OUTCOMES or activated[early].all() or not activated[early].any():
        return None
    told = learn(counted[early], activated[early]).index(counted[~early])
    after = activated[~early]
    bands, verdicts = by_band(told, after), by_verdict(told, after)
    return Checked(
        learn(counted, activated), bands, verdicts, is_monotone(bands), is_calibrated(verdicts), int(early.sum()), len(after)
    )


def by_band(told, activated):
    """Count accounts by band of the clipped index; bands without accounts are left out."""
    place = np.searchsorted([high for _, high in BANDS], told["clipped"].to_numpy())
    names = [f"{low} to {high}" if low != high else str(low) for low, high in BANDS]
    return _counted("band", np.array(names, dtype=object)[place], names, told, activated)


def by_verdict(told, activated):
    """Count accounts by verdict."""
    return _counted("verdict", told["verdict"].to_numpy(), list(VERDICTS), told, activated)


def kept_by_verdict(told, has_bought, is_customer):
    """Follow the verdicts to what counts in the end: who bought, and who of these is still a customer.

    Parameters
    ----------
    told : pandas.DataFrame
        See :meth:`renewcast.markets.friction.Friction.index`.
    has_bought, is_customer : array of bool, shape (n,)
        In the order of ``told``.

    Returns
    -------
    pandas.DataFrame
        verdict, accounts, bought, bought_share, bought_low, bought_high, kept, kept_share, kept_low, kept_high (90 %; kept is of
        those that bought, NaN where nobody did).
    """
    import pandas as pd

    frame = pd.DataFrame({"verdict": told["verdict"].to_numpy(), "bought": has_bought, "kept": has_bought & is_customer})
    table = frame.groupby("verdict").agg(accounts=("bought", "size"), bought=("bought", "sum"), kept=("kept", "sum"))
    table = table.reindex([one for one in VERDICTS if one in table.index]).rename_axis("verdict").reset_index()
    for name, whole in (("bought", "accounts"), ("kept", "bought")):
        table[f"{name}_share"] = table[name] / table[whole].where(table[whole] > 0)
        table[f"{name}_low"], table[f"{name}_high"] = wilson(table[name], table[whole], _Z)
    return table


def _counted(name, value, order, told, activated):
    import pandas as pd

    frame = pd.DataFrame({name: value, "activated": activated, "expected": told["probability"].to_numpy()})
    table = frame.groupby(name).agg(accounts=("activated", "size"), activated=("activated", "sum"), expected=("expected", "mean"))
    table = table.reindex([one for one in order if one in table.index]).rename_axis(name).reset_index()
    table["rate"] = table["activated"] / table["accounts"]
    table["low"], table["high"] = wilson(table["activated"], table["accounts"], _Z)
    return table[[name, "accounts", "activated", "rate", "low", "high", "expected"]]


def is_monotone(bands) -> bool:
    """Tell whether no higher band activates less than a lower one, beyond chance.

    Examples
    --------
    >>> import pandas as pd
    >>> is_monotone(pd.DataFrame({"accounts": [100, 100], "activated": [60, 20]}))
    False
    >>> is_monotone(pd.DataFrame({"accounts": [10, 100], "activated": [3, 29]}))
    True
    """
    from scipy.stats import norm

    n, k = bands["accounts"].to_numpy(dtype=np.float64), bands["activated"].to_numpy(dtype=np.float64)
    low, high = np.triu_indices(len(n), 1)
    pooled = (k[low] + k[high]) / (n[low] + n[high])
    spread = np.sqrt(pooled * (1 - pooled) * (1 / n[low] + 1 / n[high]))
    fall = k[low] / n[low] - k[high] / n[high]
    z = np.divide(fall, spread, out=np.zeros(len(fall)), where=spread > 0)
    return bool((norm.sf(z) >= SIGNIFICANT / max(len(z), 1)).all())


def is_calibrated(verdicts) -> bool:
    """Tell whether 0 parts those who activate: above it more than half may well do so, below it fewer, and as many as foretold.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"verdict": ["failed", "can_activate"], "accounts": [100, 100], "activated": [20, 70],
    ...                       "low": [0.14, 0.62], "high": [0.27, 0.77], "expected": [0.25, 0.72]})
    >>> is_calibrated(table), is_calibrated(table.assign(expected=[0.25, 0.95]))
    (True, False)
    """
    table = verdicts.set_index("verdict")
    above = table.loc["can_activate", "high"] if "can_activate" in table.index else 1.0
    below = table.loc["failed", "low"] if "failed" in table.index else 0.0
    low, high = wilson(table["activated"], table["accounts"], _WIDE)
    # Steps are whole fives, so among very many accounts the foretold chance is never exact.
    foretold = (table["expected"] >= low - _ROUNDED) & (table["expected"] <= high + _ROUNDED)
    return bool(above > 0.5 and below < 0.5 and foretold.all())
