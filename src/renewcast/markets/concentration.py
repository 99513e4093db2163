"""How much of the year's revenue comes from how few verticals, and whether that is changing (C41)."""

from dataclasses import dataclass

import numpy as np

MONTHS = 12
TARGET = (0.8, 0.9)
"""The share of a year's revenue that three to five verticals should make up."""
UNKNOWN = "-"
"""Stands for accounts whose vertical is not known."""
DRAWS = 400
SIGNIFICANT = 0.05


@dataclass(frozen=True, eq=False)
class Concentration:
    """Where the revenue of the last twelve months comes from.

    Parameters
    ----------
    verticals : pandas.DataFrame
        One row a vertical, the largest first: vertical, accounts (that paid), revenue_cents, share, low, high (90 %),
        cumulative_share, share_before (a year earlier), change, change_low, change_high, p_value, adjusted_p_value (Holm),
        is_drift; the columns from share_before on are NaN (False) where there is no year before.
    top : pandas.DataFrame
        One row for each of the 3, 4 and 5 largest: verticals, share, low, high (90 %), change (against a year ago), change_low,
        change_high, is_in_target.
    months : int
        Months that were added up; fewer than 12 where the ledger is younger.
    """

    verticals: object
    top: object
    months: int


def concentration(ledger, vertical, *, seed: int, draws: int = DRAWS) -> Concentration:
    """Add up the revenue of a year by vertical.

    Parameters
    ----------
    ledger : renewcast.revenue.ledger.Ledger
    vertical : pandas.Series of str
        By account_id, as known today; accounts that it does not name are counted under "-".
    seed : int
    draws : int
        Bootstrap samples of accounts.

    Returns
    -------
    Concentration

    Notes
    -----
    Intervals are percentiles over samples of accounts (a multinomial weight each). A change is a drift where a normal test with
    the samples' standard error, corrected for the number of verticals, rejects "no change". Both years count an account under
    the vertical it has today, so a corrected industry is no drift.

    References
    ----------
    Efron and Tibshirani, An Introduction to the Bootstrap (1993), section 13.3. Holm (1979).
    """
    import pandas as pd

    months = min(MONTHS, ledger.cents.shape[1] - 1)
    names = vertical.reindex(ledger.units["account_id"]).fillna(UNKNOWN).astype(str).to_numpy()
    now = ledger.cents[:, -months:].sum(axis=1).astype(np.float64)
    has_before = ledger.cents.shape[1] - 1 >= 2 * MONTHS
    before = ledger.cents[:, -2 * MONTHS : -MONTHS].sum(axis=1).astype(np.float64) if has_before else np.zeros(len(now))
    pays = (now > 0) | (before > 0)
    code, found = pd.factorize(names[pays], sort=True)
    now, before, size = now[pays], before[pays], max(len(found), 1)

    def shares(weight):
        return tuple(_shares(np.bincount(code, weights=weight * money, minlength=size)) for money in (now, before))

    share, share_before = shares(np.ones(len(code)))
    rng = np.random.default_rng(seed)
    drawn = [
        shares(np.bincount(rng.integers(0, len(code), len(code)), minlength=len(code))) for _ in range(draws if len(code) else 0)
    ]
    drawn_now = np.array([one for one, _ in drawn]).reshape(-1, size)
    drawn_before = np.array([other for _, other in drawn]).reshape(-1, size)
    table = pd.DataFrame(
        {"vertical": found, "accounts": np.bincount(code, weights=now > 0, minlength=size)[: len(found)].astype(int)}
    )
    table["revenue_cents"] = np.bincount(code, weights=now, minlength=size)[: len(found)].astype(np.int64)
    for name, value in _compared(share, share_before, drawn_now, drawn_before, has_before).items():
        table[name] = value[: len(found)]
    table = table.sort_values(["revenue_cents", "vertical"], ascending=[False, True], ignore_index=True)
    table.insert(6, "cumulative_share", table["share"].cumsum())
    return Concentration(table, _top(share, share_before, drawn_now, drawn_before, has_before), months)


def verticals_needed(verticals, share: float) -> int | None:
    """Count the largest verticals that together reach a share of the revenue; None where there is no revenue.

    Examples
    --------
    >>> import pandas as pd
    >>> verticals_needed(pd.DataFrame({"cumulative_share": [0.5, 0.8, 1.0]}), 0.8)
    2
    """
    reached = np.flatnonzero(verticals["cumulative_share"].to_numpy() >= share - 1e-9)
    return int(reached[0]) + 1 if len(reached) else None


def _shares(total):
    whole = total.sum()
    return total / whole if whole > 0 else np.zeros(len(total))


def _compared(share, share_before, drawn_now, drawn_before, has_before) -> dict:
    from scipy.stats import norm

    from renewcast.revenue.cohorts import holm

    nothing = np.full(len(share), np.nan)
    low, high = _middle(drawn_now, len(share))
    columns = {"share": share, "low": low, "high": high}
    if not has_before:
        told = ("share_before", "change", "change_low", "change_high", "p_value", "adjusted_p_value")
        return columns | dict.fromkeys(told, nothing) | {"is_drift": np.zeros(len(share), dtype=bool)}
    change, drawn = share - share_before, drawn_now - drawn_before
    spread = drawn.std(axis=0) if len(drawn) else np.zeros(len(share))
    z = np.divide(np.abs(change), spread, out=np.zeros(len(share)), where=spread > 0)
    p_value = 2 * norm.sf(z)
    adjusted = holm(p_value)
    low, high = _middle(drawn, len(share))
    columns |= {"share_before": share_before, "change": change, "change_low": low, "change_high": high}
    return columns | {"p_value": p_value, "adjusted_p_value": adjusted, "is_drift": adjusted < SIGNIFICANT}


def _top(share, share_before, drawn_now, drawn_before, has_before):
    import pandas as pd

    rows = []
    for many in (3, 4, 5):
        value, drawn = _largest(share, share, many), _largest(drawn_now, share, many)
        low, high = _middle(drawn, ())
        row = {"verticals": many, "share": float(value), "low": float(low), "high": float(high)}
        changed = dict.fromkeys(("change", "change_low", "change_high"), np.nan)
        if has_before:
            low, high = _middle(drawn - _largest(drawn_before, share_before, many), ())
            change = float(value - _largest(share_before, share_before, many))
            changed = {"change": change, "change_low": float(low), "change_high": float(high)}
        rows.append(row | changed | {"is_in_target": bool(TARGET[0] <= value <= TARGET[1])})
    return pd.DataFrame(rows)


def _largest(shares, by, many: int):
    """Add up the verticals that are largest by ``by``; to choose anew in every sample would make each look larger than it is."""
    return shares[..., np.argsort(-by, kind="stable")[:many]].sum(axis=-1)


def _middle(drawn, shape):
    """Return the ends of the middle 90 % of the samples."""
    if not len(drawn):
        return np.full(shape, np.nan), np.full(shape, np.nan)
    return np.percentile(drawn, [5, 95], axis=0)
