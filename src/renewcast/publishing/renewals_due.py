"""What falls due for renewal in a quarter, and how much of it is forecast to renew."""

import datetime as dt
from dataclasses import dataclass

import pyarrow as pa


@dataclass(frozen=True)
class RenewalsDue:
    """ARR whose renewal date lies in some days, in the project's currency.

    Attributes
    ----------
    until : datetime.date
        The last of the days.
    accounts : int
    arr : float
    forecast : float
        Of the ARR whose fate is estimated, what is expected to renew.
    not_forecast : float
        ARR of accounts that carry neither a renewal nor a churn probability; it is part of ``arr`` and not of ``forecast``.
    """

    until: dt.date
    accounts: int
    arr: float
    forecast: float
    not_forecast: float


def renewals_due(table: pa.Table, first: dt.date, until: dt.date) -> RenewalsDue:
    """Add up the renewals of some days.

    Parameters
    ----------
    table : pyarrow.Table
        From `as_table`.
    first, until : datetime.date
        Both count.

    Returns
    -------
    RenewalsDue
        An account counts with its renewal probability; without one, with what its churn probability leaves.

    Examples
    --------
    >>> from renewcast.publishing.rows import SCHEMA
    >>> renewals_due(SCHEMA.empty_table(), dt.date(2026, 6, 29), dt.date(2026, 6, 30)).arr
    0.0
    """
    names = ("renewal_date", "arr", "renewal_probability", "churn_probability")
    accounts, arr, forecast, unknown = 0, 0, 0, 0
    for day, amount, renewal, churn in zip(*(table[name].to_pylist() for name in names), strict=True):
        if day is None or not first <= day <= until:
            continue
        # In whole cents, so that the order of the rows cannot change the sum.
        cents = round((amount or 0.0) * 100)
        accounts, arr = accounts + 1, arr + cents
        if renewal is None and churn is None:
            unknown += cents
        else:
            forecast += round(cents * (renewal if renewal is not None else 1 - churn))
    return RenewalsDue(until, accounts, arr / 100, forecast / 100, unknown / 100)


def quarter_end(day: dt.date) -> dt.date:
    """Return the last day of a day's calendar quarter.

    Examples
    --------
    >>> quarter_end(dt.date(2026, 6, 29)), quarter_end(dt.date(2026, 10, 1))
    (datetime.date(2026, 6, 30), datetime.date(2026, 12, 31))
    """
    month = 3 * ((day.month - 1) // 3) + 3
    first_of_next = dt.date(day.year + month // 12, month % 12 + 1, 1)
    return first_of_next - dt.timedelta(days=1)
