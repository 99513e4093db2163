"""The four phases of an account's life with the evidence for each step: marketing, implementation, success, continued (C54)."""

from renewcast.datasets.among import is_among
from renewcast.lifecycle.first_value import began, first_value
from renewcast.lifecycle.renewals import first_renewal
from renewcast.lifecycle.stages import ONBOARDING_DAYS

PHASES = ("marketing", "implementation", "customer_success", "continued_success", "left")
EVIDENCE = ("aware", "asked", "acted", "term_began", "first_value", "day_90", "renewed_after_value", "cover_ended")


def phases(known):
    """Say in which phase each known account is, since when, and what tells so.

    Marketing lasts until the first term begins. Of the five A's the data tell three: *aware* (we know the account), *asked* (it
    spoke with us) and *acted* (a term is signed that has not begun); appeal is not told, and advocates are customers.
    Implementation begins with the first term and ends with the first value; where a project has no evidence of value, after 90
    days. Customer success ends with the first renewal known: the day on which a term that another one followed was over, and
    value had been reached. Whoever renewed without first value is still in implementation (``renewed_without_value``).

    Parameters
    ----------
    known : renewcast.datasets.known.Known
        Of all accounts.

    Returns
    -------
    pandas.DataFrame, sorted by account_id
        account_id, phase, entered_on (NaT: not told), evidence (of the entry), days (in the phase), renewed_without_value.
    """
    import numpy as np
    import pandas as pd

    accounts = known.frame("accounts", "signed_up_at").drop_duplicates("account_id").reset_index(drop=True)
    begun = known.once(began).set_index("account_id").reindex(accounts["account_id"])
    start, until = begun["started_on"].to_numpy(), begun["until"].to_numpy()
    as_of = np.datetime64(known.as_of, "us")
    value = known.once(first_value)
    if value is None:
        reached = start + np.timedelta64(ONBOARDING_DAYS, "D")
        reached = np.where(reached < as_of, reached, np.datetime64("NaT"))
    else:
        reached = value.frame.set_index("account_id")["first_value_on"].reindex(accounts["account_id"]).to_numpy()
        judged = is_among(accounts["account_id"], value.frame["account_id"])
        # Of those whose beginning nobody recorded, ninety days stand in for the value.
        late = start + np.timedelta64(ONBOARDING_DAYS, "D")
        reached = np.where(~judged & (late < as_of), late, reached)
    renewed = known.once(first_renewal).reindex(accounts["account_id"]).to_numpy(dtype="datetime64[us]")
    continued = np.where(~np.isnat(reached) & ~np.isnat(renewed), np.maximum(renewed, reached), np.datetime64("NaT"))
    has_begun, is_over = ~np.isnat(start), until < as_of
    has_value, goes_on = has_begun & ~np.isnat(reached), has_begun & ~np.isnat(continued)
    contacted, signed = _before(known, accounts, has_begun)
    first_seen = accounts["signed_up_at"].dt.floor("D").to_numpy()
    value_evidence = "day_90" if value is None else np.where(judged, "first_value", "day_90")
    choices = [
        (has_begun & is_over, "left", until, "cover_ended"),
        (goes_on, "continued_success", continued, "renewed_after_value"),
        (has_value, "customer_success", reached, value_evidence),
        (has_begun, "implementation", start, "term_began"),
        (signed, "marketing", first_seen, "acted"),
        (contacted, "marketing", first_seen, "asked"),
    ]
    conditions = [choice[0] for choice in choices]
    none = np.datetime64("NaT", "us")
    entered = np.select(conditions, [np.asarray(choice[2], dtype="datetime64[us]") for choice in choices], none)
    entered = np.where(~np.any(conditions, axis=0), first_seen, entered).astype("datetime64[us]")
    frame = pd.DataFrame({"account_id": accounts["account_id"]})
    frame["phase"] = np.select(conditions, [choice[1] for choice in choices], "marketing").astype(object)
    frame["entered_on"] = np.where(entered < as_of, entered, none)
    frame["evidence"] = np.select(conditions, [choice[3] for choice in choices], "aware").astype(object)
    frame["days"] = (known.as_of - frame["entered_on"]).dt.days.astype("float64")
    frame["renewed_without_value"] = frame["phase"].eq("implementation") & ~np.isnat(renewed)
    return frame.sort_values("account_id", ignore_index=True)


def _before(known, accounts, has_begun):
    """Tell who spoke with us, and who has signed a term: asked only of those that have not begun."""
    import numpy as np
    import pandas as pd

    waiting = np.flatnonzero(~has_begun)
    found = np.zeros((2, len(accounts)), dtype=bool)
    for place, table in enumerate(("touchpoints", "contracts")):
        if len(waiting) and table in known.view.store.tables:
            there = pd.Index(known.rows(table).select("account_id").distinct().to_pandas()["account_id"])
            found[place, waiting] = there.get_indexer(accounts["account_id"].iloc[waiting]) >= 0
    return found


def phase_sizes(found):
    """Count the accounts of each phase and evidence.

    Parameters
    ----------
    found : pandas.DataFrame
        See :func:`phases`.

    Returns
    -------
    pandas.DataFrame, in the order of the phases and of the evidence
        phase, evidence, accounts, median_days (in the phase so far; NaN: not told), renewed_without_value (accounts).
    """
    import pandas as pd

    grouped = found.groupby(["phase", "evidence"]).agg(
        accounts=("account_id", "size"), median_days=("days", "median"), renewed_without_value=("renewed_without_value", "sum")
    )
    table = grouped.reset_index()
    order = pd.Series(range(len(PHASES)), index=PHASES), pd.Series(range(len(EVIDENCE)), index=EVIDENCE)
    places = table["phase"].map(order[0]) * len(EVIDENCE) + table["evidence"].map(order[1])
    return table.iloc[places.argsort(kind="stable")].reset_index(drop=True)
