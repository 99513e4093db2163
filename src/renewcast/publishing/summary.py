"""The totals of a list: what the page and the spreadsheet show above the rows."""

from dataclasses import dataclass

import pyarrow as pa


@dataclass(frozen=True)
class OwnerTotals:
    """What one owner's accounts add up to; ``owner`` is None for accounts that have none."""

    owner: str | None
    accounts: int
    scored: int
    arr: float
    arr_at_risk: float
    mean_probability: float | None


@dataclass(frozen=True)
class Totals:
    """What the whole list adds up to, money in the project's currency; owners by ARR at risk, largest first."""

    in_scope: int
    scored: int
    arr: float
    arr_at_risk: float
    mean_probability: float | None
    owners: tuple
    probabilities: tuple


def totals(table: pa.Table) -> Totals:
    """Add up a list.

    Parameters
    ----------
    table : pyarrow.Table
        From `as_table`.

    Returns
    -------
    Totals

    Examples
    --------
    >>> from renewcast.publishing.rows import SCHEMA
    >>> totals(SCHEMA.empty_table()).arr_at_risk
    0.0
    """
    names = ("owner", "churn_probability", "arr", "arr_at_risk")
    rows = list(zip(*(table[name].to_pylist() for name in names), strict=True))
    by_owner = {}
    for row in rows:
        by_owner.setdefault(row[0], []).append(row)
    owners = [_add_up(owner, group) for owner, group in by_owner.items()]
    owners.sort(key=lambda one: (-one.arr_at_risk, -one.arr, one.owner is None, one.owner or ""))
    whole = _add_up(None, rows)
    return Totals(
        in_scope=whole.accounts,
        scored=whole.scored,
        arr=whole.arr,
        arr_at_risk=whole.arr_at_risk,
        mean_probability=whole.mean_probability,
        owners=tuple(owners),
        probabilities=tuple(probability for _, probability, _, _ in rows if probability is not None),
    )


def _add_up(owner, rows):
    probabilities = [probability for _, probability, _, _ in rows if probability is not None]
    return OwnerTotals(
        owner=owner,
        accounts=len(rows),
        scored=len(probabilities),
        arr=_cents(row[2] for row in rows),
        arr_at_risk=_cents(row[3] for row in rows),
        mean_probability=sum(probabilities) / len(probabilities) if probabilities else None,
    )


def _cents(amounts):
    """Add money in whole cents, so that the order of the rows cannot change the sum."""
    return sum(round(amount * 100) for amount in amounts if amount is not None) / 100
