"""Terms with what became of them: when, and whether, a successor was known."""

import ibis


def with_successors(contracts, grace_days: int):
    """Add to each term the instant at which its successor first was known.

    A successor starts after the term started and at the latest ``grace_days`` after it ended, lasts longer, and is for the same
    product, or for another one that the account did not hold on the term's last day (a change of product is a renewal; an
    add-on that was held all along is not).

    Parameters
    ----------
    contracts : ibis.Table
        The staged table.
    grace_days : int

    Returns
    -------
    ibis.Table
        The table with ``succeeded_at`` (timestamp, NULL while there is none).
    """
    term = contracts.filter(contracts.ends_on.notnull())
    later = contracts.select(
        s_contract_id="contract_id",
        s_account_id="account_id",
        s_product="product",
        s_starts_on="starts_on",
        s_ends_on="ends_on",
        s_known_at="known_at",
    )
    pairs = term.join(later, term.account_id == later.s_account_id)
    after = (
        (pairs.s_contract_id != pairs.contract_id)
        & (pairs.s_starts_on > pairs.starts_on)
        & (pairs.s_starts_on <= pairs.ends_on + ibis.interval(days=grace_days))
        & (pairs.s_ends_on.isnull() | (pairs.s_ends_on > pairs.ends_on))
    )
    pairs = pairs.filter(after)
    same = pairs.product.isnull() | pairs.s_product.isnull() | (pairs.product == pairs.s_product)
    # What the account held on the term's last day, one row per (account, day, product).
    held = contracts.select(h_account_id="account_id", h_product="product", h_starts_on="starts_on", h_ends_on="ends_on")
    ends = term.select("account_id", "ends_on").distinct()
    held = ends.join(held, ends.account_id == held.h_account_id)
    held = held.filter((held.h_starts_on < held.ends_on) & (held.h_ends_on.isnull() | (held.h_ends_on >= held.ends_on)))
    held = held.select(k_account_id="account_id", k_ends_on="ends_on", k_product="h_product").distinct().mutate(is_held=True)
    pairs = pairs.mutate(is_same=same)
    known = pairs.left_join(
        held,
        (pairs.account_id == held.k_account_id) & (pairs.ends_on == held.k_ends_on) & (pairs.s_product == held.k_product),
    )
    known = known.filter(known.is_same | known.is_held.isnull())
    first = known.group_by("contract_id", "known_at").aggregate(first_known=known.s_known_at.min())
    first = first.select(f_contract_id="contract_id", f_known_at="known_at", first_known="first_known")
    joined = contracts.left_join(first, (contracts.contract_id == first.f_contract_id) & (contracts.known_at == first.f_known_at))
    return joined.mutate(succeeded_at=joined.first_known).drop("f_contract_id", "f_known_at", "first_known")
