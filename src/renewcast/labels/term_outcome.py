"""What came of a term: it churned, was renewed late, or on time for less, the same or more."""

from renewcast.labels.revenue_change import _ROUNDING

OUTCOMES = ("churned", "late", "contracted", "flat", "expanded")


def succession_known_at(renewed, versions):
    """Find when it was first known that a term is followed, or lasts longer.

    Parameters
    ----------
    renewed : pandas.DataFrame
        contract_id and ends_on of the terms, as they stood at the snapshot.
    versions : pandas.DataFrame
        Every version of every term up to when the labels are taken: contract_id, known_at, ends_on (NaT: open-ended),
        is_succeeded.

    Returns
    -------
    pandas.Series of datetime64, indexed as ``renewed``
        NaT: never.

    Examples
    --------
    >>> import pandas as pd
    >>> day = pd.to_datetime
    >>> versions = pd.DataFrame({"contract_id": ["c", "c"], "known_at": day(["2024-12-20", "2025-12-29"]),
    ...     "ends_on": day(["2026-01-01"] * 2), "is_succeeded": [False, True]})
    >>> succession_known_at(pd.DataFrame({"contract_id": ["c"], "ends_on": day(["2026-01-01"])}), versions).astype(str).tolist()
    ['2025-12-29']
    """
    rows = renewed[["contract_id", "ends_on"]].reset_index(names="row").merge(versions, on="contract_id", suffixes=("", "_then"))
    is_longer = rows["ends_on_then"].isna() | (rows["ends_on_then"] > rows["ends_on"])
    return rows[rows["is_succeeded"] | is_longer].groupby("row")["known_at"].min().reindex(renewed.index)


def term_outcome(renewed, terms, label):
    """Say of each term with an outcome which of five it was; exactly one holds.

    Not renewed is "churned". Renewed, but not known to be before the day on which the cover ended, is "late", whatever is paid:
    that is what keeps CS busy. Otherwise the revenue of what followed, against the term's own, decides.

    Parameters
    ----------
    renewed : pandas.DataFrame
        Rows of :func:`renewcast.labels.renewal`: account_id, contract_id, product, starts_on, ends_on, mrr, renewed, with
        succession_known_at (datetime64; when a successor, or an extension, was first known; NaT: never).
    terms : pandas.DataFrame
        Terms as known when the labels are taken: contract_id, account_id, product, starts_on, ends_on, mrr.
    label : params.RenewalLabel
        ``min_change`` separates "flat" from the others.

    Returns
    -------
    pandas.DataFrame, indexed as ``renewed``
        outcome (one of ``OUTCOMES``) and mrr_after (what followed it, currency units a month; the term's own where it was
        extended; 0 where it churned).

    Examples
    --------
    >>> import pandas as pd
    >>> from renewcast.params import RenewalLabel
    >>> day = pd.to_datetime
    >>> terms = pd.DataFrame({"contract_id": ["c", "n"], "account_id": ["A", "A"], "product": ["base"] * 2, "mrr": [100.0, 80.0],
    ...     "starts_on": day(["2025-01-01", "2026-01-01"]), "ends_on": day(["2026-01-01", "2027-01-01"])})
    >>> term = terms.iloc[:1].assign(renewed=True, succession_known_at=day("2025-12-20"))
    >>> label = RenewalLabel(lead_days=0, horizon_days=90, grace_days=30, min_change=0.01)
    >>> term_outcome(term, terms, label).values.tolist()
    [['contracted', 80.0]]
    """
    after = renewed.join(_followed(renewed, terms, label.grace_days))["mrr_after"]
    extended = renewed["contract_id"].map(terms.drop_duplicates("contract_id").set_index("contract_id")["mrr"])
    after = after.fillna(extended).fillna(renewed["mrr"]).where(renewed["renewed"], 0.0)
    change = (after / renewed["mrr"].where(renewed["mrr"] > 0) - 1.0).fillna(0.0)
    outcome = change.map(lambda value: "flat").astype(object)
    outcome[change <= -label.min_change + _ROUNDING] = "contracted"
    outcome[change >= label.min_change - _ROUNDING] = "expanded"
    outcome[~(renewed["succession_known_at"] < renewed["ends_on"])] = "late"
    outcome[~renewed["renewed"]] = "churned"
    return renewed[[]].assign(outcome=outcome, mrr_after=after)


def _followed(renewed, terms, grace_days: int):
    """Add up, for each term, what took its place first: of the same product, or else of one that begins about its end."""
    import pandas as pd

    grace = pd.Timedelta(days=grace_days)
    columns = {name: f"n_{name}" for name in ("contract_id", "product", "starts_on", "ends_on", "mrr")}
    later = terms[["account_id", *columns]].rename(columns=columns)
    pairs = renewed[["account_id", "contract_id", "product", "starts_on", "ends_on"]].reset_index(names="row")
    pairs = pairs.merge(later, on="account_id")
    lasts = pairs["n_ends_on"].isna() | (pairs["n_ends_on"] > pairs["ends_on"])
    soon = (pairs["n_starts_on"] > pairs["starts_on"]) & (pairs["n_starts_on"] <= pairs["ends_on"] + grace)
    pairs = pairs[(pairs["n_contract_id"] != pairs["contract_id"]) & lasts & soon]
    same = pairs["product"].isna() | pairs["n_product"].isna() | (pairs["product"] == pairs["n_product"])
    pairs = pairs.assign(is_other=~same)[same | (pairs["n_starts_on"] >= pairs["ends_on"] - grace)]
    first = pairs.sort_values(["row", "is_other", "n_starts_on"]).drop_duplicates("row")[["row", "is_other", "n_starts_on"]]
    chosen = pairs.merge(first, on=["row", "is_other", "n_starts_on"])
    return chosen.groupby("row")["n_mrr"].sum().rename("mrr_after")
