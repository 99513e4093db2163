"""The renewal stage, term by term: what was still open so many days before the end, who was met, and what came of it (C69)."""

import datetime as dt

from renewcast.datasets.among import is_among
from renewcast.datasets.terms_known import ended_terms

LEADS = (180, 120, 90, 60, 30)
PAST_DAYS = 364
OUTCOME_DAYS = 90
"""An outcome reached before the renewal stage began cannot be an answer to it."""


def first_renewal(known):
    """Return by account_id the first day on which a term was over that another one followed; datetime64, others are left out."""
    import pandas as pd

    if "contracts" not in known.view.store.tables:
        return pd.Series([], dtype="datetime64[us]")
    rows = known.rows("terms")
    ended = rows.filter(rows.is_succeeded & (rows.ends_on.cast("timestamp") < rows.as_of))
    first = ended.group_by("account_id").aggregate(ends_on=ended.ends_on.min().cast("timestamp")).to_pandas()
    return first.set_index("account_id")["ends_on"].sort_index()


def decided_terms(known, past_days: int = PAST_DAYS):
    """List the terms that ended in the last year and whose grace is over, with when each was known to be renewed.

    Parameters
    ----------
    known : renewcast.datasets.known.Known
        Of all accounts.
    past_days : int

    Returns
    -------
    pandas.DataFrame, sorted by contract_id
        contract_id, account_id, starts_on, ends_on, known_at (from when on it was known to end: nobody could prepare for an end
        that was not), renewed (a successor is known), renewed_at (from when on it was known; NaT: not renewed), mrr.
    """
    as_of = known.as_of.date()
    until = as_of - dt.timedelta(days=known.view.grace_days)
    terms = ended_terms(known.view, as_of, until - dt.timedelta(days=past_days), until)
    names = {"is_succeeded": "renewed", "end_known_at": "known_at", "succession_known_at": "renewed_at"}
    terms = terms.rename(columns=names)[["contract_id", "account_id", "starts_on", "ends_on", "mrr", *names.values()]]
    terms["renewed_at"] = terms["renewed_at"].where(terms["renewed"])
    columns = ["contract_id", "account_id", "starts_on", "ends_on", "known_at", "renewed", "renewed_at", "mrr"]
    return terms[columns]


def by_lead(terms, met=None, leads: tuple[int, ...] = LEADS):
    """Follow the terms from one look to the next: how many were open, how many were met until the next look, how many renewed.

    Parameters
    ----------
    terms : pandas.DataFrame
        See :func:`decided_terms`.
    met : pandas.DataFrame, optional
        account_id and occurred_at of all contacts in that time.
    leads : tuple of int
        Days before the end, descending; the last look ends with the term. Terms that are shorter than the first are left out,
        unless all are.

    Returns
    -------
    pandas.DataFrame, one row a lead
        days_before, terms (that were known to end and had begun then), signed (of them, known to be renewed already), accounts
        (of the open ones), open, renewed (of the open ones, in the end), share, low, high (90 %, over accounts), touched (share
        of the open ones whose account was met until the next look; NaN without contacts), touched_low, touched_high,
        signed_by_next (share of the open ones known to be renewed by the next look).
    """
    import numpy as np
    import pandas as pd

    from renewcast.lifecycle.ratios import shares

    rows, terms = [], _lasting(terms, leads[0])
    for lead, after in zip(leads, (*leads[1:], 0), strict=True):
        look, end = terms["ends_on"] - pd.Timedelta(days=lead), terms["ends_on"] - pd.Timedelta(days=after)
        here = (terms["known_at"] < look) & (terms["starts_on"] < look)
        signed = here & (terms["renewed_at"] < look)
        is_open = here & ~signed
        frame = terms.assign(one=1, renewed=terms["renewed"].astype(np.int64))[is_open]
        row = {"days_before": lead, "terms": int(here.sum()), "signed": int(signed.sum())}
        row |= shares(frame, [], "renewed", "one").rename(columns={"one": "open"}).iloc[0].to_dict()
        row |= {name: np.nan for name in ("touched", "touched_low", "touched_high", "signed_by_next")}
        if len(frame):
            row["signed_by_next"] = float((terms["renewed_at"] < end)[is_open].mean())
        if met is not None and len(frame):
            frame["touched"] = _was_met(frame["account_id"], look[is_open], end[is_open], met)
            seen = shares(frame, [], "touched", "one").iloc[0]
            row |= {"touched": seen["share"], "touched_low": seen["low"], "touched_high": seen["high"]}
        rows.append(row)
    columns = ["days_before", "terms", "signed", "accounts", "open", "renewed", "share", "low", "high"]
    table = pd.DataFrame(rows, columns=[*columns, "touched", "touched_low", "touched_high", "signed_by_next"])
    return table.astype({name: "int64" for name in ("terms", "signed", "accounts", "open", "renewed")})


def _lasting(terms, days: int):
    """Leave short terms out: a monthly one is always in its renewal stage, and would count twelve times."""
    is_long = (terms["ends_on"] - terms["starts_on"]).dt.days >= days
    return (terms[is_long] if is_long.any() else terms).reset_index(drop=True)


def _was_met(account_id, since, until, met):
    """Return 1 where an account was met from ``since`` on and before ``until``."""
    import numpy as np
    import pandas as pd

    owner, _ = pd.factorize(pd.concat([met["account_id"], account_id]))
    # Every edge is a midnight, so whole seconds lose nothing.
    at, low, high = (one.to_numpy(dtype="datetime64[s]").astype(np.int64) for one in (met["occurred_at"], since, until))
    origin = min(at.min(initial=0), low.min(initial=0))
    width = max(at.max(initial=0), high.max(initial=0)) - origin + 1
    # One order, by owner and time, in which the wanted contacts lie between two places.
    order = np.sort(owner[: len(met)] * width + at - origin)
    wanted = owner[len(met) :] * width - origin
    return (np.searchsorted(order, wanted + high) > np.searchsorted(order, wanted + low)).astype(np.int64)


def by_outcome(terms, milestones):
    """Compare renewal with and without an outcome of the customer's own, reached in the term and before its last 90 days (C9).

    Customers with an outcome differ from the others in much else, so the difference is no effect.

    Parameters
    ----------
    terms : pandas.DataFrame
        See :func:`decided_terms`; accounts without milestones of their own, and short terms, are left out.
    milestones : pandas.DataFrame
        See :func:`renewcast.lifecycle.milestones.plan`.

    Returns
    -------
    pandas.DataFrame, one row each for "reached" and "not_reached", as far as there are any
        outcome, accounts, renewed, terms, share, low, high (90 %, over accounts); ``attrs["difference"]`` is (value, low, high)
        of the first share less the second, where both are there.

    References
    ----------
    Newcombe, Interval estimation for the difference between independent proportions (1998), method 10.
    """
    import numpy as np
    import pandas as pd

    from renewcast.lifecycle.ratios import shares

    customer = milestones[milestones["kind"].eq("customer")]
    frame = _lasting(terms, 2 * OUTCOME_DAYS)
    frame = frame[is_among(frame["account_id"], customer["account_id"])]
    reached = customer[["account_id", "achieved_at"]].dropna().rename(columns={"achieved_at": "occurred_at"})
    until = frame["ends_on"] - pd.Timedelta(days=OUTCOME_DAYS)
    outcome = np.where(_was_met(frame["account_id"], frame["starts_on"], until, reached) > 0, "reached", "not_reached")
    frame = frame.assign(outcome=outcome.astype(object), renewed=frame["renewed"].astype(np.int64), terms=np.int64(1))
    table = shares(frame, ["outcome"], "renewed", "terms").sort_values("outcome", ascending=False, ignore_index=True)
    if len(table) == 2:
        (p, q), (low_p, low_q), (high_p, high_q) = (table[name].to_numpy() for name in ("share", "low", "high"))
        low, high = np.hypot(p - low_p, high_q - q), np.hypot(high_p - p, q - low_q)
        table.attrs["difference"] = (float(p - q), float(p - q - low), float(p - q + high))
    return table
