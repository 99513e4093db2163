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

    versions = versions.sort_values(["contract_id", "known_at"], ignore_index=True)
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

    newest = versions.loc[last[is_last & stands], ["account_id", "product", "contract_id"]]
    named = {"product": _named(newest["product"]), "contract_id": newest["contract_id"].to_numpy()}
    terms = pd.DataFrame({"account_id": newest["account_id"].to_numpy(), **named})
    terms["contract"], terms["starts"], terms["ends"] = (
        contract[is_last & stands],
        starts[is_last & stands],
        ends[is_last & stands],
    )
    until = np.zeros(len(np.flatnonzero(is_last)), dtype=np.int64)
    until[terms["contract"]] = _replaced_on(terms)

    of_contract = pd.DataFrame({"contract": contract, "from_day": begins, "to_day": np.minimum(following, until[contract])})
    of_contract["cents"] = versions["cents"].to_numpy(dtype=np.int64)
    found = of_contract[stands & (of_contract["from_day"] < of_contract["to_day"])]
    found = found.merge(terms[["contract", "account_id", "product", "contract_id"]], on="contract", how="left")
    columns = ["account_id", "product", "from_day", "to_day", "cents", "contract_id"]
    return found[columns].sort_values(columns, ignore_index=True)


def _named(product):
    return product.astype(object).where(product.notna(), "").to_numpy()


def _replaced_on(terms):
    """Return the day on which each term gives way to one of its product that started later and lasts longer, or its end."""
    import pandas as pd

    order = np.lexsort((terms["ends"], terms["starts"], terms["product"], terms["account_id"]))
    owner = pd.MultiIndex.from_arrays([terms["account_id"], terms["product"]])
    group = pd.factorize(owner)[0][order]
    starts, ends = terms["starts"].to_numpy()[order], terms["ends"].to_numpy()[order]
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
