"""Who pays how much on a day, term by term, and what was signed by then about a later day: where every forecast begins."""

import datetime as dt

import numpy as np

from renewcast.revenue.cover import close_gaps, units_of
from renewcast.revenue.pieces import pieces


def laid_out(versions, section, *, zone: str, heads=None, laid=None):
    """Lay out what every term pays from day to day, with the gaps closed that the definition of churn tolerates.

    Parameters
    ----------
    versions : pandas.DataFrame
        See :func:`renewcast.revenue.versions.contract_versions`.
    section : params.RevenueSection
    zone : str
    heads : dict of str to str, optional
        For a definition at the level ``parent`` only: the account that names each account's group.
    laid : pandas.DataFrame, optional
        What :func:`renewcast.revenue.pieces.pieces` makes of the versions, where it is known already.

    Returns
    -------
    pandas.DataFrame
        As :func:`renewcast.revenue.pieces.pieces`, from which the ledger is made too: on the last day of a month the sum of the
        cents is the ledger's closing.
    """
    found = pieces(versions, section, zone=zone) if laid is None else laid
    if section.definition.unpaid_cover == "churned":
        found = found[found["cents"] > 0].reset_index(drop=True)
    laid = close_gaps(units_of(found, section.definition.level, heads), section.definition)
    laid.attrs.clear()
    return laid


def paid_on(pieces, day: dt.date):
    """Return the pieces that are paid on a day.

    Parameters
    ----------
    pieces : pandas.DataFrame
        See :func:`laid_out`.
    day : datetime.date

    Returns
    -------
    pandas.DataFrame
        Some of the rows, in order.
    """
    number = _number(day)
    return pieces[(pieces["from_day"] <= number) & (pieces["to_day"] > number)]


def revenue_on(pieces, day: dt.date):
    """Return the cents a month that each account pays on a day, a Series by account_id (accounts that pay nothing left out)."""
    found = paid_on(pieces, day).groupby("account_id")["cents"].sum()
    return found[found > 0]


def cover_ahead(pieces, as_of: dt.date, days: int, grace_days: int):
    """Say of each term that is paid at a snapshot, and of each that is signed, what was known of the end of the horizon.

    The opening is the day before the snapshot, so that on the first of a month it is the ledger's closing; the end is as many
    days later. A term that has run out by then is replaced where the account signed another that is paid then: of the same
    product, or of any that begins within the grace of its end (as a renewal is told everywhere). Otherwise it is **due**.

    Parameters
    ----------
    pieces : pandas.DataFrame
        Of what was known at the snapshot.
    as_of : datetime.date
    days : int
    grace_days : int

    Returns
    -------
    pandas.DataFrame, one row a term, sorted by account_id, product, contract_id
        account_id, product, contract_id, opening (cents at the snapshot), signed (cents at the end of the horizon as far as they
        are known, a due term's opening among them), is_due, ends (number of the first day without cover). Only accounts that pay.

    Examples
    --------
    >>> import pandas as pd
    >>> day = lambda text: int(np.datetime64(text, "D").astype(np.int64))
    >>> rows = pd.DataFrame({"account_id": ["A", "A", "B"], "product": ["", "", ""], "contract_id": ["a1", "a2", "b"],
    ...     "from_day": [day("2025-01-01"), day("2026-01-01"), day("2025-02-01")],
    ...     "to_day": [day("2026-01-01"), day("2027-01-01"), day("2026-02-01")], "cents": [100, 120, 70]})
    >>> cover_ahead(rows, dt.date(2025, 12, 1), 90, 30)[["contract_id", "opening", "signed", "is_due"]].values.tolist()
    [['a1', 100, 0, False], ['a2', 0, 120, False], ['b', 70, 70, True]]
    """
    import pandas as pd

    keys, (now, then) = ["account_id", "product", "contract_id"], (_number(as_of) - 1, _number(as_of) + days - 1)
    term, contract_id = pd.factorize(pieces["contract_id"])
    begins, to_day, cents = (pieces[name].to_numpy() for name in ("from_day", "to_day", "cents"))
    opening, signed, is_paid = (np.zeros(len(contract_id), dtype=kind) for kind in (np.int64, np.int64, bool))
    for day, paid in ((now, opening), (then, signed)):
        here = (begins <= day) & (to_day > day)
        np.add.at(paid, term[here], cents[here])
        is_paid[term[here]] = True
    bounds = pieces[["from_day", "to_day"]].groupby(term)
    rows = pieces[keys].iloc[np.unique(term, return_index=True)[1]].assign(opening=opening, signed=signed)
    rows = rows.assign(begins=bounds["from_day"].min().to_numpy(), ends=bounds["to_day"].max().to_numpy())[is_paid]
    rows = rows[rows.groupby("account_id")["opening"].transform("sum") > 0].sort_values(keys, ignore_index=True)

    arrives = rows[(rows["opening"] == 0) & (rows["signed"] > 0)][["account_id", "product", "begins"]]
    leaves = rows[(rows["opening"] > 0) & (rows["signed"] == 0)][["account_id", "product", "ends"]].reset_index(names="row")
    pairs = leaves.merge(arrives, on="account_id", suffixes=("", "_next"))
    near = (pairs["begins"] - pairs["ends"]).abs() <= grace_days
    replaced = pairs.loc[(pairs["product"] == pairs["product_next"]) | near, "row"].unique()
    is_due = np.zeros(len(rows), dtype=bool)
    is_due[leaves["row"]] = True
    is_due[replaced] = False
    rows["is_due"] = is_due
    rows["signed"] = np.where(is_due, rows["opening"], rows["signed"])
    return rows[[*keys, "opening", "signed", "is_due", "ends"]]


def _number(day: dt.date) -> int:
    return int(np.datetime64(day, "D").astype(np.int64))
