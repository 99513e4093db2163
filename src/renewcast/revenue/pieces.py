"""From versions of terms to pieces: who pays how much from which day to which, each cent once."""

import numpy as np

from renewcast.revenue.day_numbers import days, local_days


def pieces(versions, section, *, zone: str):
    """Lay out what every term pays, from day to day.

    A term covers the days from ``starts_on`` to the one before ``ends_on``, as its newest version says. Its price is that of its
    versions one after the other: each counts from the day on which it was told, but a correction (told at most
    ``corrected_within_days`` after the term began, or after it was entered, whichever came later) counts from the start. Of two
    terms of one product the one that started later and lasts longer takes the other's place from its first day (a renewal signed
    early); terms that started on one day, or that end earlier, add up.

    Parameters
    ----------
    versions : pandas.DataFrame
        See :func:`renewcast.revenue.versions.contract_versions`.
    section : params.RevenueSection
    zone : str
        The project's time zone.

    Returns
    -------
    pandas.DataFrame
        account_id, product ("" where none is named), from_day, to_day (the first day without; numbers of days), cents (int64, a
        month), contract_id; sorted by account_id, product and from_day. No piece is empty.

    Examples
    --------
    >>> import pandas as pd
    >>> from renewcast.params import RevenueSection
    >>> section = RevenueSection.model_validate({"rates": {"stated_on": "2026-06-30", "per_unit": {}},
    ...     "corrected_within_days": 30,
    ...     "definition": {"level": "account", "grace_days": 30, "pause_days": 0, "unpaid_cover": "stays"},
    ...     "bars": {"net_dollar_retention": 1.2, "nps": 10}})
    >>> day = pd.to_datetime
    >>> versions = pd.DataFrame({"contract_id": ["c", "c"], "account_id": ["A", "A"], "product": [None, None],
    ...     "starts_on": day(["2025-01-01"] * 2), "ends_on": day(["2026-01-01"] * 2), "cents": [10000, 15000],
    ...     "known_at": day(["2024-12-20", "2025-06-10"]), "superseded_at": day(["2025-06-10", None])})
    >>> found = pieces(versions, section, zone="UTC")
    >>> found["from_day"].to_numpy().astype("datetime64[D]").astype(str).tolist(), found["cents"].tolist()
    (['2025-01-01', '2025-06-10'], [10000, 15000])
    """
    import pandas as pd

    versions = in_order(versions)
    contract = pd.factorize(versions["contract_id"])[0]
    is_first = np.diff(contract, prepend=-1) != 0
    is_last = np.diff(contract, append=-1) != 0
    first, last = np.flatnonzero(is_first)[contract], np.flatnonzero(is_last)[contract]
    # A term whose newest version was withdrawn, with none in its place, is no term.
    stands = versions["superseded_at"].isna().to_numpy()[last]
    starts, ends = days(versions["starts_on"])[last], days(versions["ends_on"])[last]
    told = local_days(versions["known_at"], zone)
    is_correction = told <= np.maximum(starts, told[first]) + section.corrected_within_days
    begins = np.where(is_first | is_correction, starts, np.maximum(told, starts))
    following = np.where(is_last, ends, np.append(begins[1:], 0))

    # A term belongs to whom its newest version says. Numbers sort and compare much faster than names.
    newest = last[is_last & stands]
    account, accounts = pd.factorize(versions["account_id"].iloc[newest], sort=True)
    product, products = pd.factorize(named(versions["product"].iloc[newest]), sort=True)
    until, term = np.zeros((2, int(is_last.sum())), dtype=np.int64)
    until[contract[newest]] = _replaced_on(account * len(products) + product, starts[newest], ends[newest])
    term[contract[newest]] = np.arange(len(newest))
    to_day = np.minimum(following, until[contract])

    kept = np.flatnonzero(stands & (begins < to_day))
    of_term, cents = term[contract[kept]], versions["cents"].to_numpy(dtype=np.int64)[kept]
    keys = (contract[kept], cents, to_day[kept], begins[kept], product[of_term], account[of_term])
    order = np.lexsort(keys)
    _, cents, to_day, from_day, product, account = (key[order] for key in keys)
    found = {"account_id": accounts.take(account), "product": products.take(product), "from_day": from_day, "to_day": to_day}
    return pd.DataFrame(found | {"cents": cents, "contract_id": versions["contract_id"].array[kept[order]]})


def in_order(versions):
    """Return versions by contract and when they were known; as they are where they are in that order already."""
    contract, known_at = versions["contract_id"].array, versions["known_at"].to_numpy()
    rises, stays = np.asarray(contract[1:] > contract[:-1], dtype=bool), np.asarray(contract[1:] == contract[:-1], dtype=bool)
    if (rises | (stays & (known_at[1:] >= known_at[:-1]))).all():
        return versions
    return versions.sort_values(["contract_id", "known_at"], ignore_index=True)


def named(product):
    """Return names of products, "" where none is given."""
    return product.astype("str").fillna("")


def _replaced_on(group, starts, ends):
    """Return the day on which each term gives way to one of its group that started later and lasts longer, or its end."""
    order = np.lexsort((ends, starts, group))
    group, starts, ends = group[order], starts[order], ends[order]
    until, open_rows = ends.copy(), np.arange(len(order))
    step = 1
    while len(open_rows):
        open_rows = open_rows[open_rows + step < len(order)]
        other = open_rows + step
        # Sorted by start: once another term starts where this one has ended, none can take its place any more.
        goes_on = (group[other] == group[open_rows]) & (starts[other] < ends[open_rows])
        open_rows, other = open_rows[goes_on], other[goes_on]
        replaces = (starts[other] > starts[open_rows]) & (ends[other] > ends[open_rows])
        until[open_rows[replaces]] = starts[other[replaces]]
        open_rows = open_rows[~replaces]
        step += 1
    found = np.empty_like(until)
    found[order] = until
    return found
