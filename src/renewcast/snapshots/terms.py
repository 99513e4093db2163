"""Terms: when one is live, which spells of cover they make, and whether a successor is known."""

import ibis

from renewcast.engine import portable


def is_live(rows):
    """Tell which visible terms cover the snapshot, as an Ibis expression over rows with ``as_of``.

    A term is live from the day after it starts, as seen from a snapshot, up to and including the day on which it ends.
    """
    started = rows.starts_on.cast("timestamp") < rows.as_of
    return started & (rows.ends_on.isnull() | (rows.ends_on.cast("timestamp") >= rows.as_of))


def spells(terms, grace_days: int, by: tuple[str, ...] = ("account_id",)):
    """Merge terms into spells of cover.

    Parameters
    ----------
    terms : pandas.DataFrame
        starts_on, ends_on (NaT: open-ended) and the columns of ``by``.
    grace_days : int
        A gap of at most so many days does not end a spell.
    by : tuple of str
        Whose terms are merged.

    Returns
    -------
    pandas.DataFrame
        The columns of ``by``, starts_on, ends_on (NaT: not ended), in order.

    Examples
    --------
    >>> import pandas as pd
    >>> terms = pd.DataFrame({"account_id": ["A", "A"], "starts_on": pd.to_datetime(["2025-01-01", "2025-06-01"]),
    ...     "ends_on": pd.to_datetime(["2025-02-01", None])})
    >>> len(spells(terms, 30)), len(spells(terms, 180))
    (2, 1)
    """
    import pandas as pd

    by = list(by)
    forever = pd.Timestamp("2262-01-01")
    terms = terms[[*by, "starts_on", "ends_on"]].copy()
    terms["ends_on"] = terms["ends_on"].fillna(forever)
    terms = terms.sort_values([*by, "starts_on", "ends_on"], ignore_index=True)
    owner = terms.groupby(by, sort=False).ngroup()
    reach = terms.groupby(owner)["ends_on"].cummax()
    reach_before = reach.groupby(owner).shift()
    breaks = reach_before.isna() | (terms["starts_on"] > reach_before + pd.Timedelta(days=grace_days))
    terms["spell"] = breaks.cumsum()
    kept = {name: (name, "first") for name in by}
    merged = terms.groupby("spell").agg(**kept, starts_on=("starts_on", "min"), ends_on=("ends_on", "max"))
    merged["ends_on"] = merged["ends_on"].where(merged["ends_on"] < forever)
    return merged.reset_index(drop=True)


def cover_days(cover_ends_on, as_of, lead_days: int):
    """Count the days from the start of an outcome window until the known cover is over.

    Parameters
    ----------
    cover_ends_on, as_of : pandas.Series of datetime64, shape (n,)
    lead_days : int

    Returns
    -------
    array of float, shape (n,)
        1 where the window's first day is the last one covered; NaN where the cover is open-ended.

    Examples
    --------
    >>> import pandas as pd
    >>> cover_days(pd.Series(pd.to_datetime(["2026-06-29", None])), pd.Series(pd.to_datetime(["2026-06-29"] * 2)), 0).tolist()
    [1.0, nan]
    """
    return (cover_ends_on - as_of).dt.days.to_numpy(dtype="float64", na_value=float("nan")) + (1 - lead_days)


def with_successors(contracts, grace_days: int):
    """Split each version of a term where it becomes known, or is withdrawn, that another term follows it.

    A successor starts after the term started and at the latest ``grace_days`` after it ended, lasts longer, and is for the same
    product, or for another one that begins at most ``grace_days`` before or after the term's end and that the account was not
    known to hold otherwise on that day when the successor became known (a change of product is a renewal; an add-on that was
    held all along is not).

    Parameters
    ----------
    contracts : ibis.Table
        The staged table.
    grace_days : int

    Returns
    -------
    ibis.Table
        The staged table with ``is_succeeded``; known_at and superseded_at bound the time for which it was true or false.
    """
    pairs = _pairs(contracts, grace_days)
    versions = contracts.select("contract_id", version="known_at", instant="known_at", change=ibis.literal(0, type="int64"))
    begins = pairs.select("contract_id", version="known_at", instant="begins", change=ibis.literal(1, type="int64"))
    ended = pairs.filter(pairs.ends.notnull() & (pairs.superseded_at.isnull() | (pairs.ends < pairs.superseded_at)))
    ends = ended.select("contract_id", version="known_at", instant="ends", change=ibis.literal(-1, type="int64"))
    changes = versions.union(begins).union(ends)
    changes = changes.group_by("contract_id", "version", "instant").aggregate(change=changes.change.sum())
    so_far = ibis.window(group_by=["contract_id", "version"], order_by="instant", preceding=None, following=0)
    following = ibis.window(group_by=["contract_id", "version"], order_by="instant")
    steps = changes.mutate(successors=changes.change.sum().over(so_far), until=changes.instant.lead().over(following))
    steps = steps.select(
        s_contract_id="contract_id", version="version", instant="instant", successors="successors", until="until"
    )
    joined = contracts.join(steps, (contracts.contract_id == steps.s_contract_id) & (contracts.known_at == steps.version))
    return joined.mutate(
        is_succeeded=joined.successors > 0,
        known_at=joined.instant,
        superseded_at=ibis.coalesce(joined.until, joined.superseded_at),
    ).drop("s_contract_id", "version", "instant", "successors", "until")


def _pairs(contracts, grace_days: int):
    """Pair each version of a term with each version of a term that follows it, with the time for which both were known."""
    names = ("contract_id", "account_id", "product", "starts_on", "ends_on", "known_at", "superseded_at")
    term = contracts.filter(contracts.ends_on.notnull()).select(*names)
    later = contracts.select(**{f"s_{name}": name for name in names})
    # Joined by as many equal keys as can be: an account has many terms, and each is followed by one or two of them.
    same = _following(term.join(later, _of_one_account(term, later) & (term.product == later.s_product)), grace_days)
    bare, told = term.filter(term.product.isnull()), term.filter(term.product.notnull())
    untold = later.filter(later.s_product.isnull())
    same = same.union(_following(bare.join(later, _of_one_account(bare, later)), grace_days))
    same = same.union(_following(told.join(untold, _of_one_account(told, untold)), grace_days))
    near = _near(term, later, grace_days)
    changed = _following(near.filter(near.product != near.s_product), grace_days)
    changed = changed.filter(changed.s_starts_on >= changed.ends_on - ibis.interval(days=grace_days))
    held = contracts.select(
        h_contract_id="contract_id",
        h_account_id="account_id",
        h_product="product",
        h_starts_on="starts_on",
        h_ends_on="ends_on",
        h_known_at="known_at",
        h_superseded_at="superseded_at",
    )
    # Judged by what was known when the successor became known, so that nothing told later changes it. Found first and left out
    # then: an anti join by conditions of both sides compares all pairs, which takes minutes from 25,000 accounts on.
    both = changed.join(held, (changed.account_id == held.h_account_id) & (changed.s_product == held.h_product))
    both = both.filter(
        (both.s_contract_id != both.h_contract_id)
        & (both.h_starts_on < both.ends_on)
        & (both.h_ends_on.isnull() | (both.h_ends_on >= both.ends_on))
        & (both.h_known_at <= both.s_known_at)
        & (both.h_superseded_at.isnull() | (both.h_superseded_at > both.s_known_at))
    )
    key = ("contract_id", "known_at", "s_contract_id", "s_known_at")
    was_held = changed.anti_join(both.select(*key).distinct(), key)
    columns = ("contract_id", "known_at", "superseded_at", "begins", "ends")
    return same.select(*columns).union(was_held.select(*columns))


def _of_one_account(term, later):
    return term.account_id == later.s_account_id


def _near(term, later, grace_days: int):
    """Join the terms of an account of which one starts around the other's end: within ``grace_days``, and some more."""
    width = 2 * grace_days + 1
    first = portable.floor_division(portable.day_number(term.ends_on) - grace_days, width)
    both = term.mutate(span=first).union(term.mutate(span=first + 1))
    later = later.mutate(s_span=portable.floor_division(portable.day_number(later.s_starts_on), width))
    return both.join(later, _of_one_account(both, later) & (both.span == later.s_span)).drop("span", "s_span")


def _following(pairs, grace_days: int):
    """Choose the pairs of which the second term follows the first, and add when both began, and ended, to be known."""
    pairs = pairs.filter(
        (pairs.s_contract_id != pairs.contract_id)
        & (pairs.s_starts_on > pairs.starts_on)
        & (pairs.s_starts_on <= pairs.ends_on + ibis.interval(days=grace_days))
        & (pairs.s_ends_on.isnull() | (pairs.s_ends_on > pairs.ends_on))
    )
    pairs = pairs.mutate(begins=ibis.greatest(pairs.known_at, pairs.s_known_at), ends=pairs.s_superseded_at)
    return pairs.filter(
        (pairs.superseded_at.isnull() | (pairs.begins < pairs.superseded_at))
        & (pairs.ends.isnull() | (pairs.begins < pairs.ends))
    )
