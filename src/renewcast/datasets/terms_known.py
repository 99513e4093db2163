"""Terms of many days, or of many past ones, in one query: what the lifecycle asks of the contracts."""

import datetime as dt

from renewcast.days import midnight


def terms_over(view, days: list[dt.date]):
    """Return the terms as known at some days, each version once.

    Parameters
    ----------
    view : renewcast.datasets.view.View
    days : list of datetime.date
        Ascending.

    Returns
    -------
    pandas.DataFrame
        account_id, starts_on, ends_on (datetime64; NaT: open-ended), mrr (currency units), seen_from, seen_until:
        ``view.known_contracts(days[k])`` has the rows with ``seen_from <= k < seen_until``.
    """
    from renewcast.engine.visibility import seen_on

    seen = seen_on(view.store.tables["contracts"], [midnight(day) for day in days])
    rows = seen.mutate(**_dated(seen), mrr=seen.mrr.cast("float64"))
    return rows.select("account_id", "starts_on", "ends_on", "mrr", "seen_from", "seen_until").to_pandas()


def ended_terms(view, as_of: dt.date, since: dt.date, until: dt.date):
    """Return the terms that ended on a day from ``since`` on and before ``until``, as known at ``as_of``.

    Parameters
    ----------
    view : renewcast.datasets.view.View
    as_of, since, until : datetime.date

    Returns
    -------
    pandas.DataFrame, sorted by contract_id
        contract_id, account_id, starts_on, ends_on, mrr (currency units), is_succeeded, end_known_at (when a version with an end
        was first known), succession_known_at (when a successor was first known; NaT: never).
    """
    import ibis

    from renewcast.engine.visibility import known_by

    terms = known_by(view.store.tables["terms"], midnight(as_of))
    terms = terms.mutate(**_dated(terms), mrr=terms.mrr.cast("float64"))
    terms = terms.filter((terms.ends_on >= ibis.literal(midnight(since))) & (terms.ends_on < ibis.literal(midnight(until))))
    terms = terms.select("contract_id", "account_id", "starts_on", "ends_on", "mrr", "is_succeeded")
    versions = view.store.tables["terms"]
    versions = versions.filter(versions.known_at < ibis.literal(midnight(as_of))).semi_join(terms, "contract_id")
    told = versions.group_by("contract_id").aggregate(
        end_known_at=versions.known_at.min(where=versions.ends_on.notnull()),
        succession_known_at=versions.known_at.min(where=versions.is_succeeded),
    )
    return terms.join(told, "contract_id").order_by("contract_id").to_pandas()


def _dated(rows) -> dict:
    # Days would travel as Python objects, one a cell.
    return {name: rows[name].cast("timestamp") for name in ("starts_on", "ends_on")}
