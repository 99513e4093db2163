"""Which accounts are in scope at each snapshot, and what of their contracts was known then."""

import datetime as dt

import ibis
import numpy as np

from renewcast.engine import portable, visibility
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

    terms, accounts, days = _recent_terms(tables, contracts, panel, grace_days)
    # Accounts whose cover was over, grace included, have no spell here and leave the scope.
    frame = _current_spells(terms, grace_days)
    place = frame["place"].to_numpy()
    found = np.searchsorted(place, terms["place"])
    live_terms = np.bincount(found, terms["is_live"], len(place))
    # Whole cents add up exactly; money as decimals would travel as Python objects.
    frame["mrr"] = np.bincount(found, terms["cents"].where(terms["is_live"], 0), len(place)) / 100
    frame["account_id"], frame["as_of"] = accounts.take(place // len(days)), days[place % len(days)]
    as_of, ends = frame["as_of"], frame["cover_ends_on"]
    lead, horizon = pd.Timedelta(days=label.lead_days), pd.Timedelta(days=label.horizon_days)
    reason = pd.Series(None, index=frame.index, dtype=object)
    day = ends[ends < as_of + lead].dt.strftime("%Y-%m-%d")
    reason[day.index] = "ends_within_lead:" + day
    reason[live_terms == 0] = "between_terms"
    day = day[(ends < as_of) & ~frame["is_taken_up"]]
    reason[day.index] = "term_over:" + day
    frame["reason_not_scored"] = reason
    frame["is_eligible"] = reason.isna()
    frame["gated"] = ends.notna() & (ends >= as_of + lead + horizon)
    frame = frame.merge(_next_renewals(terms), on="place", how="left")
    started = np.bincount(found, terms["starts_on"] < terms["as_of"], len(place)) > 0
    return frame[started | _started_before(tables, contracts, frame, ~started)][_COLUMNS]


def _recent_terms(tables, contracts, panel, grace_days):
    """Read the terms that were not over for longer than the grace period, with a number for account and snapshot."""
    import pandas as pd

    rows = visibility.visible_rows(tables["terms"], panel, contracts["terms"])
    recent = rows.ends_on.isnull() | (rows.ends_on.cast("timestamp") >= rows.as_of - ibis.interval(days=grace_days))
    live = is_live(rows)
    columns = {"is_live": live, "is_open": live & rows.ends_on.notnull() & ~rows.is_succeeded, "cents": portable.cents(rows.mrr)}
    columns |= {name: rows[name].cast("timestamp") for name in ("as_of", "starts_on", "ends_on")}
    terms = rows.filter(recent).select("account_id", "contract_id", **columns).to_pandas()
    for name in ("as_of", "starts_on", "ends_on"):
        terms[name] = terms[name].astype("datetime64[us]")
    number, accounts = pd.factorize(terms["account_id"], sort=True)
    days, column = np.unique(terms["as_of"].to_numpy(), return_inverse=True)
    return terms.assign(place=number * len(days) + column), accounts, days


def _current_spells(terms, grace_days):
    """Find the spell of cover that each snapshot lies in, or that ended at most the grace period before it.

    ``is_taken_up`` says that a later spell is signed already.
    """
    merged = spells(terms, grace_days, by=("place",))
    first = merged.drop_duplicates("place")[["place", "ends_on"]].reset_index(drop=True)
    later = merged.loc[merged.duplicated("place"), "place"]
    return first.rename(columns={"ends_on": "cover_ends_on"}).assign(is_taken_up=first["place"].isin(later))


def _next_renewals(terms):
    """Find each account's next undecided term: the one that ends first; of equal ones the largest."""
    import pandas as pd

    nearest = terms.loc[terms["is_open"], ["place", "ends_on", "cents", "contract_id"]]
    nearest = nearest[nearest["ends_on"] == nearest.groupby("place")["ends_on"].transform("min")]
    nearest = nearest[nearest["cents"] == nearest.groupby("place")["cents"].transform("max")]
    again = nearest.duplicated("place", keep=False)
    decided = nearest[again].sort_values("contract_id").drop_duplicates("place")
    nearest = pd.concat([nearest[~again], decided])[["place", "ends_on", "contract_id"]]
    return nearest.rename(columns={"ends_on": "next_renewal_on", "contract_id": "next_contract_id"})


def _started_before(tables, contracts, frame, asked):
    """Tell at which of the asked snapshots a term had begun, one that was long over included."""
    import pandas as pd

    begun = np.zeros(len(frame), dtype=bool)
    if asked.any():
        pairs = frame.loc[asked, ["account_id", "as_of"]]
        rows = visibility.visible_rows(tables["terms"], ibis.memtable(pairs), contracts["terms"])
        found = rows.filter(rows.starts_on.cast("timestamp") < rows.as_of).select("account_id", "as_of").distinct().to_pandas()
        found["as_of"] = found["as_of"].astype("datetime64[us]")
        begun[asked] = pd.MultiIndex.from_frame(pairs).isin(pd.MultiIndex.from_frame(found))
    return begun


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
