"""What would be said of the next quarter without looking at single accounts: last year's rate, and a curve of retention."""

import datetime as dt

import numpy as np

from renewcast.forecast.sbg import fit_sbg
from renewcast.revenue.cover import spells

YEAR = 365.25
_LATE_DAYS = 15
"""A term that ends so long after an anniversary still ends at it."""


def last_year_rate(past) -> float:
    """Return the net dollar retention of the newest four settled quarters together.

    Parameters
    ----------
    past : pandas.DataFrame
        See :func:`renewcast.forecast.past_quarters.past_quarters`.

    Returns
    -------
    float
        NaN without a past.
    """
    year = _last_year(past)
    return float(year["closing"].sum() / year["opening"].sum()) if len(year) else float("nan")


def sbg_rate(pieces, past, terms, as_of: dt.date, days: int, grace_days: int) -> float:
    """Return the net dollar retention that the shifted-beta-geometric model expects of today's customers.

    It is fitted to how many accounts came to their first, second, ... anniversary and how many had left by it. Every account
    stays by the chance of its age, taken over a part of a year, and who stays grows as those did who stayed in the last year.

    Parameters
    ----------
    pieces : pandas.DataFrame
        See :func:`renewcast.forecast.standing.laid_out`, of what was known at the day.
    past : pandas.DataFrame
        See :func:`renewcast.forecast.past_quarters.past_quarters`.
    terms : pandas.DataFrame
        See :func:`renewcast.forecast.standing.cover_ahead`.
    as_of : datetime.date
    days, grace_days : int

    Returns
    -------
    float
        NaN without a past.
    """
    import pandas as pd

    year = _last_year(past)
    stayed = year[year["closing"] > 0]
    if not len(stayed):
        return float("nan")
    today = int(np.datetime64(as_of, "D").astype(np.int64))
    names = np.sort(pieces["account_id"].unique().astype(object))
    owner = np.searchsorted(names, pieces["account_id"].to_numpy(dtype=object))
    owner, starts, ends = spells(owner, pieces["from_day"].to_numpy(), pieces["to_day"].to_numpy(), grace_days)
    settled = today - grace_days
    age = (np.minimum(ends, settled) - starts) / YEAR
    oldest = max(1, int(np.ceil((settled - starts.min()) / YEAR)))
    at_risk, lost = np.zeros(oldest), np.zeros(oldest)
    for number in range(1, oldest + 1):
        came = (starts + number * YEAR + _LATE_DAYS <= settled) & (age > number - 1 + _LATE_DAYS / YEAR)
        at_risk[number - 1], lost[number - 1] = came.sum(), (came & (age <= number + _LATE_DAYS / YEAR)).sum()
    model = fit_sbg(at_risk, lost)
    begun = pd.Series(starts, index=names[owner]).groupby(level=0).max()  # of the spell that goes on
    opening = terms.groupby("account_id")["opening"].sum()
    years = (today - begun.reindex(opening.index).to_numpy()) / YEAR
    stays = model.retention(np.floor(np.maximum(years, 0.0)) + 1.0) ** (days / YEAR)
    growth = stayed["closing"].sum() / stayed["opening"].sum()
    return float((opening.to_numpy() * stays).sum() / opening.sum() * growth)


def _last_year(past):
    newest = sorted(past["origin"].unique())[-4:]
    return past[past["origin"].isin(newest)]
