"""Who looked after whom a year ago, and who of them left since: what the difference between owners is judged by (C81)."""

import datetime as dt

import numpy as np

YEAR_DAYS = 364
FEWEST = 10
"""A stratum with fewer accounts is put together with the others of its time to the end."""
ENDS = (90, 182, 364)


def left_by_owner(view, as_of: dt.date, population, days: int = YEAR_DAYS):
    """Follow the accounts that were in scope some time ago to a day.

    Parameters
    ----------
    view : renewcast.datasets.view.View
    as_of : datetime.date
    population : pandas.DataFrame
        The accounts in scope on the day: account_id, is_eligible.
    days : int
        A multiple of 7.

    Returns
    -------
    pandas.DataFrame or None
        account_id, owner (as known then, "" for none), stratum (when the cover ended, its size in thirds of revenue, its age),
        left (no longer in scope on the day, or in scope without cover); sorted. None where no owner is known, the calendar does
        not reach back, or there are no contracts.

    Notes
    -----
    Owner, revenue, age and cover rest on what was known then; only whether it left on what is known at ``as_of``.
    """
    import pandas as pd

    then = as_of - dt.timedelta(days=days)
    if "contracts" not in view.store.tables or then < view.calendar.first or "owner" not in view.mapped_columns["accounts"]:
        return None
    before = view.population([then])
    before = before[before["is_eligible"]].reset_index(drop=True)
    if not len(before):
        return None
    stays = population.loc[population["is_eligible"], "account_id"]
    until = (before["cover_ends_on"] - pd.Timestamp(then)).dt.days.to_numpy(dtype="float64")
    end = np.digitize(np.nan_to_num(until, nan=1e6), ENDS)
    age = np.digitize(view.days_since_start(before["account_id"], then), (182, 364))
    third = pd.factorize(pd.qcut(before["mrr"].rank(method="first"), 3, labels=False), sort=True)[0] if len(before) >= 3 else 0
    fine = pd.Series(end * 100 + age * 10 + third)
    coarse = pd.Series(end * 100 + 99)
    stratum = fine.where(fine.map(fine.value_counts()) >= FEWEST, coarse)
    owner = before["account_id"].map(view.attributes(then)["owner"]).fillna("").astype(str)
    found = {"account_id": before["account_id"], "owner": owner, "stratum": stratum, "left": ~before["account_id"].isin(stays)}
    return pd.DataFrame(found)
