"""Cover: gaps that late paperwork explains are closed, and what is left makes the spells in which somebody is a customer."""

import numpy as np


def units_of(pieces, level: str, heads: dict[str, str] | None):
    """Say who churns: the account, its product, or its group of companies.

    Parameters
    ----------
    pieces : pandas.DataFrame
        account_id, product.
    level : {"account", "product", "parent"}
    heads : dict of str to str or None
        For ``parent``: the account that names each account's group.

    Returns
    -------
    pandas.DataFrame
        ``pieces`` with ``unit`` (int64: its number) and, as ``attrs["units"]``, a DataFrame account_id, product of the units in
        order; ``product`` is None but for the level ``product``, ``account_id`` names the group for ``parent``.
    """
    import pandas as pd

    account = pieces["account_id"] if level != "parent" else pieces["account_id"].map(heads)
    unit, accounts = pd.factorize(account, sort=True)
    units = pd.DataFrame({"account_id": accounts, "product": None})
    if level == "product":
        product, products = pd.factorize(pieces["product"], sort=True)
        keys, unit = np.unique(unit * len(products) + product, return_inverse=True)
        units = pd.DataFrame({"account_id": accounts[keys // len(products)], "product": products[keys % len(products)]})
    found = pieces.assign(unit=unit.astype(np.int64))
    found.attrs["units"] = units
    return found


def close_gaps(pieces, definition):
    """Let pieces that begin at most the grace after cover ended begin where it ended: late paperwork is no change.

    First gaps of one product are closed, then those of an account that has changed its product, then those of a group. The gap
    costs what comes after it, so the change stands at the end of the old term.

    Parameters
    ----------
    pieces : pandas.DataFrame
        account_id, product, unit, from_day, to_day, cents.
    definition : params.DefinitionSection

    Returns
    -------
    pandas.DataFrame
        The same rows with another ``from_day`` where a gap was closed.
    """
    import pandas as pd

    levels = {"product": ("product",), "account": ("product", "account"), "parent": ("product", "account", "unit")}
    account = pd.factorize(pieces["account_id"])[0]
    product = pd.factorize(pieces["product"])[0]
    owners = {"product": account * (product.max(initial=0) + 1) + product, "account": account, "unit": pieces["unit"].to_numpy()}
    for level in levels[definition.level]:
        starts = _closed(owners[level], pieces["from_day"].to_numpy(), pieces["to_day"].to_numpy(), definition.grace_days)
        pieces = pieces.assign(from_day=starts)
    return pieces


def _closed(owner, starts, ends, grace_days: int):
    order = np.lexsort((ends, starts, owner))
    owner, start = owner[order], starts[order]
    reach, is_first = _reach_before(owner, ends[order])
    opens = ~is_first & (start > reach) & (start <= reach + grace_days)
    # All pieces that begin on the day on which the gap ends begin where it began.
    same = (owner[1:] == owner[:-1]) & (start[1:] == start[:-1])
    run = np.cumsum(np.append(True, ~same)) - 1
    head = np.flatnonzero(np.append(True, ~same)) if len(owner) else np.array([], dtype=np.int64)
    moved = np.where(opens[head][run], reach[head][run], start) if len(owner) else start
    found = np.empty_like(starts)
    found[order] = moved
    return found


def _reach_before(owner, ends):
    """Return the furthest end among the earlier rows of the same owner, and which rows have none (rows sorted by owner)."""
    is_first = np.append(True, owner[1:] != owner[:-1]) if len(owner) else np.array([], dtype=bool)
    if not len(owner):
        return ends, is_first
    # Owners ascend, so lifting each owner's days above all earlier ones keeps one running maximum inside its owner.
    number = np.cumsum(is_first) - 1
    width = int(ends.max() - ends.min()) + 1
    lifted = ends - ends.min() + number * width
    reach = np.maximum.accumulate(lifted) - number * width + ends.min()
    return np.append(0, reach[:-1]), is_first


def spells(owner, starts, ends, tolerated_days: int):
    """Merge pieces into the spells in which somebody is a customer.

    Parameters
    ----------
    owner, starts, ends : arrays of int64, shape (n,)
    tolerated_days : int
        A gap of at most so many days ends nothing.

    Returns
    -------
    tuple of three arrays of int64
        owner, first day and first day after, of each spell, sorted.

    Examples
    --------
    >>> found = spells(np.array([1, 1, 1]), np.array([0, 10, 50]), np.array([10, 20, 60]), 29)
    >>> [part.tolist() for part in found]
    [[1, 1], [0, 50], [20, 60]]
    """
    order = np.lexsort((ends, starts, owner))
    owner, starts, ends = owner[order], starts[order], ends[order]
    reach, is_first = _reach_before(owner, ends)
    breaks = is_first | (starts > reach + tolerated_days)
    head = np.flatnonzero(breaks)
    latest = np.maximum.reduceat(ends, head) if len(head) else ends
    return owner[head], starts[head], latest
