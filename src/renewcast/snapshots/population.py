"""Which accounts are in scope at each snapshot, and what of their contracts was known then."""

import datetime as dt

import ibis

from renewcast.engine import visibility
from renewcast.engine.cells import RollUp
from renewcast.engine.grid import Grid
from renewcast.engine.rollup import Measure
from renewcast.snapshots.calendar import Calendar
from renewcast.snapshots.terms import is_live, spells

LAST_SEEN = Measure("usage", "latest")
"""The last use of an account, whatever it was."""


def population(rollup: RollUp, days: list[dt.date], calendar: Calendar, *, target: str, label, grace_days: int):
    """List the accounts in scope at each snapshot.

    A business with contracts: every account with a live term, and every account whose cover ended at most ``grace_days`` ago
    (in scope, not scored: its cover is already over, or ends within the lead). A business without contracts: every account
    that was active within ``label.active_within_days``.

    Parameters
    ----------
    rollup : renewcast.engine.cells.RollUp
        Over the staged tables, and "terms" where there are contracts.
    days : list of datetime.date
        Snapshot days.
    calendar : Calendar
    target : {"churn", "contraction", "expansion", "inactivity"}
    label : params.TermLabel or params.InactivityLabel
    grace_days : int

    Returns
    -------
    pandas.DataFrame, one row per (account_id, as_of), sorted by both
        account_id, as_of (datetime64), is_eligible, reason_not_scored, gated (the known cover outlasts the horizon: no churn is
        possible inside it), mrr (float, currency units), cover_ends_on (the end of the known spell of cover; NaT: open-ended),
        next_renewal_on, next_contract_id.
    """
    panel = _panel(rollup.tables["accounts"], days)
    frame = (
        _by_terms(rollup.tables, rollup.contracts, panel, label, grace_days)
        if target != "inactivity"
        else _by_activity(rollup, panel, label, calendar)
    )
    return frame.sort_values(["account_id", "as_of"], ignore_index=True)


def _panel(accounts, days):
    import pandas as pd

    first = accounts.group_by("account_id").aggregate(first_known=accounts.known_at.min())
    calendar = ibis.memtable(pd.DataFrame({"as_of": pd.to_datetime(days).astype("datetime64[us]")}))
    crossed = first.cross_join(calendar)
    return crossed.filter(crossed.first_known < crossed.as_of).select("account_id", "as_of")


def open_terms(tables: dict, contracts: dict, panel):
    """List the live terms that were not known to be followed by another, at each snapshot.

    Returns
    -------
    ibis.Table
        account_id, as_of, contract_id, product, starts_on, ends_on (never NULL), mrr.
    """
    rows = visibility.visible_rows(tables["terms"], panel, contracts["terms"])
    return rows.filter(is_live(rows) & rows.ends_on.notnull() & ~rows.is_succeeded).select(
        "account_id", "as_of", "contract_id", "product", "starts_on", "ends_on", "mrr"
    )


def _by_terms(tables, contracts, panel, label, grace_days):
    import pandas as pd

    rows = visibility.visible_rows(tables["terms"], panel, contracts["terms"])
    grouped = rows.group_by("account_id", "as_of").aggregate(
        live_terms=is_live(rows).sum(),
        started=(rows.starts_on.cast("timestamp") < rows.as_of).sum(),
        mrr=ibis.ifelse(is_live(rows), rows.mrr, ibis.literal(0).cast(rows.mrr.type())).sum(),
    )
    frame = grouped.filter(grouped.started > 0).to_pandas()
    frame["mrr"] = frame["mrr"].astype("float64")
    frame["as_of"] = frame["as_of"].astype("datetime64[us]")
    # Accounts whose cover was over, grace included, have no spell here and leave the scope.
    frame = frame.merge(_current_spells(rows, grace_days), on=["account_id", "as_of"])
    as_of, ends = frame["as_of"], frame["cover_ends_on"]
    lead, horizon = pd.Timedelta(days=label.lead_days), pd.Timedelta(days=label.horizon_days)
    reason = pd.Series(None, index=frame.index, dtype=object)
    day = ends.dt.strftime("%Y-%m-%d")
    reason[ends < as_of + lead] = "ends_within_lead:" + day
    reason[frame["live_terms"] == 0] = "between_terms"
    reason[(ends < as_of) & ~frame["is_taken_up"]] = "term_over:" + day
    frame["reason_not_scored"] = reason
    frame["is_eligible"] = reason.isna()
    frame["gated"] = ends.notna() & (ends >= as_of + lead + horizon)
    frame = frame.merge(_next_renewals(tables, contracts, panel), on=["account_id", "as_of"], how="left")
    return frame[_COLUMNS]


def _current_spells(rows, grace_days):
    """Find the spell of cover that each snapshot lies in, or that ended at most the grace period before it.

    ``is_taken_up`` says that a later spell is signed already.
    """
    import pandas as pd

    recent = rows.ends_on.isnull() | (rows.ends_on.cast("timestamp") >= rows.as_of - ibis.interval(days=grace_days))
    terms = rows.filter(recent).select("account_id", "as_of", "starts_on", "ends_on").to_pandas()
    for name in ("as_of", "starts_on", "ends_on"):
        terms[name] = pd.to_datetime(terms[name]).astype("datetime64[us]")
    merged = spells(terms, grace_days, by=("account_id", "as_of"))
    first = merged.drop_duplicates(["account_id", "as_of"])
    later = merged[merged.duplicated(["account_id", "as_of"])][["account_id", "as_of"]].drop_duplicates().assign(is_taken_up=True)
    first = first[["account_id", "as_of", "ends_on"]].merge(later, on=["account_id", "as_of"], how="left")
    first["is_taken_up"] = first["is_taken_up"].eq(True)
    return first.rename(columns={"ends_on": "cover_ends_on"})


def _next_renewals(tables, contracts, panel):
    """Find each account's next undecided term: the one that ends first; of equal ones the largest."""
    import pandas as pd

    nearest = open_terms(tables, contracts, panel).to_pandas()
    nearest["mrr"] = nearest["mrr"].astype("float64")
    for name in ("as_of", "ends_on"):
        nearest[name] = pd.to_datetime(nearest[name]).astype("datetime64[us]")
    order = ["account_id", "as_of", "ends_on", "mrr", "contract_id"]
    nearest = nearest.sort_values(order, ascending=[True, True, True, False, True])
    nearest = nearest.drop_duplicates(["account_id", "as_of"])[["account_id", "as_of", "ends_on", "contract_id"]]
    return nearest.rename(columns={"ends_on": "next_renewal_on", "contract_id": "next_contract_id"})


def _by_activity(rollup, panel, label, calendar):
    import pandas as pd

    frame = panel.to_pandas().sort_values(["account_id", "as_of"], ignore_index=True)
    number = ((frame["as_of"] - pd.Timestamp(calendar.origin)).dt.days // 7).to_numpy()
    days_since = Grid(rollup, frame["account_id"], number).read(LAST_SEEN)
    frame = frame[days_since <= label.active_within_days]
    frame = frame.assign(is_eligible=True, reason_not_scored=None, gated=False, mrr=float("nan"), next_contract_id=None)
    frame["cover_ends_on"] = pd.NaT
    frame["next_renewal_on"] = pd.NaT
    return frame[_COLUMNS]


_COLUMNS = [
    "account_id",
    "as_of",
    "is_eligible",
    "reason_not_scored",
    "gated",
    "mrr",
    "cover_ends_on",
    "next_renewal_on",
    "next_contract_id",
]
