"""What data can say of the 3F test: function, frequency, free (C29); motions side by side, never one against the other."""

import numpy as np

from renewcast.markets.prospects import USE_DAYS
from renewcast.revenue.cohorts import wilson

_Z = 1.6448536269514722
HEAR_TO_USE_HOURS = 48
VALUE_WITHIN_DAYS = 90
OFTEN_DAYS = 20
"""Days in 28 that are every working day."""


def three_f(dates, active_days, motion, today):
    """Answer, motion by motion, how often, how soon and how freely the product is used.

    Parameters
    ----------
    dates : pandas.DataFrame
        See :func:`renewcast.markets.reading.dates_of`.
    active_days : pandas.Series
        Days of use in the last 28, by account_id; who is not named did nothing.
    motion : pandas.Series of str
        By account_id.
    today : pandas.Timestamp

    Returns
    -------
    pandas.DataFrame
        motion, check, accounts, share, low, high (90 %); checks are "frequency" (mean share of days in use, of accounts used in
        the last 28 days), "used_every_working_day" (of the same), "used_within_48_hours", "used_after_a_minute" (the same, but
        not within the first minute, where a machine may have signed up), "value_within_90_days", "free" (used before the first
        paid term, or without one).

    Notes
    -----
    Only accounts that signed up since the first use on record, and so long ago that the time in question is over, are counted.

    References
    ----------
    Shares: Wilson (1927). The mean: normal, from the spread between accounts.
    """
    import pandas as pd

    rows = []
    recorded = dates["signed_up"] >= dates["first_use"].min().floor("D") if dates["first_use"].notna().any() else False
    wait = dates["first_use"] - dates["signed_up"]
    age = today - dates["signed_up"]
    soon = wait < pd.Timedelta(hours=HEAR_TO_USE_HOURS)
    has_value = dates["first_value"].notna().any()
    valued = dates["first_value"] - dates["signed_up"] < pd.Timedelta(days=VALUE_WITHIN_DAYS)
    is_free = dates["first_use"].notna() & (dates["bought_on"].isna() | (dates["first_use"] < dates["bought_on"]))
    days = active_days.reindex(dates.index).fillna(0.0)
    for name, part in motion.reindex(dates.index).groupby(motion.reindex(dates.index)):
        here = dates.index.isin(part.index)
        judged = recorded & here & (age >= pd.Timedelta(hours=HEAR_TO_USE_HOURS))
        active = days[here & (days > 0).to_numpy()]
        rows.append({"motion": name, "check": "frequency", **_mean(active / USE_DAYS)})
        checks = [
            ("used_every_working_day", active >= OFTEN_DAYS),
            ("used_within_48_hours", soon[judged]),
            ("used_after_a_minute", (soon & (wait >= pd.Timedelta(minutes=1)))[judged]),
            ("free", is_free[judged]),
        ]
        if has_value:
            over = recorded & here & (age >= pd.Timedelta(days=VALUE_WITHIN_DAYS))
            checks.insert(3, ("value_within_90_days", valued[over]))
        rows += [{"motion": name, "check": check, **_share(reached)} for check, reached in checks]
    table = pd.DataFrame(rows, columns=["motion", "check", "accounts", "share", "low", "high"])
    return table[table["accounts"] > 0].reset_index(drop=True)


def _share(reached) -> dict:
    many, told = int(len(reached)), int(reached.sum())
    low, high = wilson(told, many, _Z)
    return {"accounts": many, "share": told / many if many else np.nan, "low": float(low), "high": float(high)}


def _mean(values) -> dict:
    many = len(values)
    if not many:
        return {"accounts": 0, "share": np.nan, "low": np.nan, "high": np.nan}
    half = _Z * float(values.std(ddof=1)) / np.sqrt(many) if many > 1 else np.nan
    mean = float(values.mean())
    return {"accounts": many, "share": mean, "low": max(mean - half, 0.0), "high": min(mean + half, 1.0)}
