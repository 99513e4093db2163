"""Since when a month of the ledger has read as it does, and until when it may still change without anybody being wrong."""

import datetime as dt

import numpy as np

from renewcast.revenue.cover import spells
from renewcast.revenue.day_numbers import days, month_of
from renewcast.revenue.pieces import named


def last_told(versions, units, heads, definition, months, cents, over):
    """Say from when on each month has read as it does.

    It is the end of the month, or the newest version of those terms that reach into it, or near it by as much as a gap is
    tolerated. Whether an arrival is new or a return, and whether a customer who pays nothing has ever paid, rests on all that
    came before. Membership of a group is taken as it is known at the ledger's day.

    Parameters
    ----------
    versions : pandas.DataFrame
        See :func:`renewcast.revenue.versions.contract_versions`.
    units : pandas.DataFrame
        account_id, product.
    heads : dict or None
    definition : params.DefinitionSection
    months : array of int64, shape (n_months,)
    cents : array, shape (n_units, n_months + 1)
    over : array of datetime64[us], shape (n_months,)
        When each month was over.

    Returns
    -------
    array of datetime64[us], shape (n_units, n_months)
        Of two ledgers, the later one repeats each row of the earlier whose ``known_at`` lies before the earlier's day.
    """
    import pandas as pd

    bounds = pd.DataFrame({"start": days(versions["starts_on"]), "end": days(versions["ends_on"])})
    by_term = bounds.groupby(pd.factorize(versions["contract_id"])[0])
    tolerated, count = definition.tolerated_days, len(months)
    first = by_term["start"].transform("min").to_numpy() - tolerated
    last = by_term["end"].transform("max").to_numpy() + tolerated
    unit = _unit(versions, units, definition.level, heads)
    # A withdrawal is told too, though no version follows it.
    instants = (versions[name].to_numpy(dtype="datetime64[us]") for name in ("known_at", "superseded_at"))
    told = np.fmax(*instants).astype(np.int64)
    low = np.clip(month_of(first) - months[0], 0, count)
    high = np.clip(month_of(last) - months[0] + 1, 0, count)
    here = (unit >= 0) & (low < high)

    found = np.broadcast_to(over.astype(np.int64), (len(units), count)).copy()
    length = (high - low)[here]
    place = np.repeat(unit[here] * count + low[here] - np.append(0, np.cumsum(length)[:-1]), length) + np.arange(length.sum())
    np.maximum.at(found.reshape(-1), place, np.repeat(told[here], length))

    earlier = np.full((len(units), count), np.iinfo(np.int64).min)
    begun = (unit >= 0) & (low < count)
    np.maximum.at(earlier, (unit[begun], low[begun]), told[begun])
    earlier = np.maximum.accumulate(earlier, axis=1)
    rests = (cents[:, 1:] == 0) | (cents[:, :-1] == 0)  # whoever arrives pays nothing at the opening
    found = np.where(rests, np.maximum(found, earlier), found)
    return found.astype("datetime64[us]")


def _unit(versions, units, level, heads):
    """Return the number of the unit of each version; -1 where it has none."""
    import pandas as pd

    account = versions["account_id"] if level != "parent" else versions["account_id"].map(heads)
    if level != "product":
        return pd.Index(units["account_id"]).get_indexer(account)
    accounts, products = (pd.Index(units[name].unique()) for name in ("account_id", "product"))
    mine = _pair(accounts.get_indexer(units["account_id"]), products.get_indexer(units["product"]), len(products))
    place = _pair(accounts.get_indexer(account), products.get_indexer(named(versions["product"])), len(products))
    return pd.Index(mine).get_indexer(place)


def _pair(account, product, products: int):
    """Return numbers of pairs of an account and a product; -1 where either has none."""
    return np.where((account >= 0) & (product >= 0), account * products + product, -1)


def pending_from(closed, as_of: dt.date, definition, months, units: int):
    """Find the first column of each unit that an answer may still change, because a gap in cover is within what is tolerated.

    Parameters
    ----------
    closed : pandas.DataFrame
        account_id, product, unit, from_day, to_day; gaps closed.
    as_of : datetime.date
    definition : params.DefinitionSection
    months : array of int64
    units : int

    Returns
    -------
    array of int64, shape (units,)
        ``len(months) + 1`` where everything is settled.
    """
    import pandas as pd

    today = int(np.datetime64(as_of, "D").astype(np.int64))
    account, product = (pd.factorize(closed[name])[0] for name in ("account_id", "product"))
    # An account's product belongs to one unit, whatever the level.
    _, one, owner = np.unique(_pair(account, product, product.max(initial=0) + 1), return_index=True, return_inverse=True)
    held, _, ends = spells(owner, closed["from_day"].to_numpy(), closed["to_day"].to_numpy(), definition.grace_days)
    unit = closed["unit"].to_numpy(dtype=np.int64)[one[held]]
    running = (ends < today) & (ends + definition.tolerated_days >= today)
    found = np.full(units, len(months) + 1, dtype=np.int64)
    column = np.clip(month_of(ends[running]) - months[0] + 1, 0, len(months) + 1)
    np.minimum.at(found, unit[running], column)
    return found
