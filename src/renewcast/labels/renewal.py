"""Renewal: the outcome of each term that ends inside the horizon."""

from renewcast.labels.window import holds_day


def renewal(open_terms, terms, label):
    """Say of each live, undecided term that ends inside the outcome window whether it was renewed.

    Parameters
    ----------
    open_terms : pandas.DataFrame
        account_id, as_of, contract_id, ends_on: terms that were live and not known to be followed at the snapshot.
    terms : pandas.DataFrame
        contract_id, ends_on (NaT: open-ended) and is_succeeded as known when the labels are taken. A term that by
        then ends later than it did at the snapshot was extended, which is a renewal too.
    label : params.TermLabel

    Returns
    -------
    pandas.DataFrame
        The rows of ``open_terms`` that end inside the window, with ``renewed`` (bool).

    Examples
    --------
    >>> import pandas as pd
    >>> from renewcast.params import TermLabel
    >>> rows = pd.DataFrame({"account_id": ["A", "B"], "as_of": pd.to_datetime(["2026-01-05"] * 2), "contract_id": ["1", "2"],
    ...     "ends_on": pd.to_datetime(["2026-02-01", "2026-12-01"])})
    >>> terms = pd.DataFrame({"contract_id": ["1", "2"], "ends_on": pd.to_datetime(["2026-02-01", "2026-12-01"]),
    ...     "is_succeeded": [True, False]})
    >>> renewal(rows, terms, TermLabel(lead_days=0, horizon_days=90, grace_days=30))[["contract_id", "renewed"]].values.tolist()
    [['1', True]]
    """
    inside = holds_day(open_terms["ends_on"], open_terms["as_of"], label.lead_days, label.horizon_days)
    rows = open_terms[inside].reset_index(drop=True)
    now = rows[["contract_id"]].merge(terms.assign(is_known=True), on="contract_id", how="left")
    is_extended = now["is_known"].notna() & (now["ends_on"].isna() | (now["ends_on"] > rows["ends_on"]))
    return rows.assign(renewed=now["is_succeeded"].eq(True) | is_extended)
