"""Which accounts are in scope at each snapshot, and what of their contracts was known then."""

import datetime as dt

import ibis

from renewcast.engine import visibility
from renewcast.engine.grid import Grid
from renewcast.engine.rollup import Measure
from renewcast.snapshots.calendar import Calendar


def population(tables: dict, contracts: dict, days: list[dt.date], calendar: Calendar, *, target: str, label, grace_days: int):
    """List the accounts in scope at each snapshot.

    A business with contracts: every account with a live term, and every account whose last term ended at most ``grace_days``
    ago with none known to follow (in scope, not scored: its term is already over). A business without contracts: every account
    that was active within ``label.active_within_days``.

    Parameters
    ----------
    tables : dict of str to ibis.Table
        Staged tables, "terms" among them where there are contracts.
    contracts : dict of str to TableContract
    days : list of datetime.date
        Snapshot days.
    calendar : Calendar
    target : {"churn", "inactivity"}
    label : params.TermLabel or params.InactivityLabel
    grace_days : int

    Returns
    -------
    pandas.DataFrame, one row per (account_id, as_of), sorted by both
        account_id, as_of (datetime64), is_eligible, reason_not_scored, gated (the known cover outlasts the horizon: no churn is
        possible inside it), mrr (float, currency units), cover_ends_on, next_renewal_on, next_contract_id.
    """
    panel = _panel(tables["accounts"], days)
    frame = (
        _by_terms(tables, contracts, panel, label, grace_days)
        if target == "churn"
        else _by_activity(tables, contracts, panel, label, calendar)
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
    is_live = (rows.starts_on.cast("timestamp") < rows.as_of) & (rows.ends_on.cast("timestamp") >= rows.as_of)
    return rows.filter(is_live & rows.succeeded_at.isnull()).select(
        "account_id", "as_of", "contract_id", "product", "starts_on", "ends_on", "mrr"
    )


def _by_terms(tables, contracts, panel, label, grace_days):
    import pandas as pd

    rows = visibility.visible_rows(tables["terms"], panel, contracts["terms"])
    starts, ends = rows.starts_on.cast("timestamp"), rows.ends_on.cast("timestamp")
    is_live = (starts < rows.as_of) & (rows.ends_on.isnull() | (ends >= rows.as_of))
    grouped = rows.group_by("account_id", "as_of").aggregate(
        live_terms=is_live.sum(),
        open_ended=rows.ends_on.isnull().sum(),
        started=(starts < rows.as_of).sum(),
        cover_ends_on=rows.ends_on.max(),
        mrr=ibis.ifelse(is_live, rows.mrr, ibis.literal(0).cast(rows.mrr.type())).sum(),
    )
    frame = grouped.filter(grouped.started > 0).to_pandas()
    frame["cover_ends_on"] = pd.to_datetime(frame["cover_ends_on"]).astype("datetime64[us]")
    frame.loc[frame["open_ended"] > 0, "cover_ends_on"] = pd.NaT
    frame["mrr"] = frame["mrr"].astype("float64")
    since = frame["as_of"] - frame["cover_ends_on"]
    frame["is_eligible"] = frame["live_terms"] > 0
    in_grace = (~frame["is_eligible"]) & (since <= pd.Timedelta(days=grace_days))
    # A signed term that starts later keeps an account with a gap in scope.
    signed = (~frame["is_eligible"]) & (frame["cover_ends_on"].isna() | (since < pd.Timedelta(0)))
    frame = frame[frame["is_eligible"] | in_grace | signed].copy()
    ended = frame["cover_ends_on"].dt.strftime("%Y-%m-%d")
    frame["reason_not_scored"] = None
    frame["reason_not_scored"] = frame["reason_not_scored"].astype(object)
    lapsed = ~frame["is_eligible"] & in_grace.reindex(frame.index)
    frame.loc[lapsed, "reason_not_scored"] = "term_over:" + ended[lapsed]
    frame.loc[~frame["is_eligible"] & ~lapsed, "reason_not_scored"] = "between_terms"
    horizon = pd.Timedelta(days=label.lead_days + label.horizon_days)
    frame["gated"] = frame["cover_ends_on"].notna() & (frame["cover_ends_on"] >= frame["as_of"] + horizon)
    nearest = open_terms(tables, contracts, panel).to_pandas()
    nearest["mrr"] = nearest["mrr"].astype("float64")
    nearest = nearest.sort_values(
        ["account_id", "as_of", "ends_on", "mrr", "contract_id"], ascending=[True, True, True, False, True]
    )
    nearest = nearest.drop_duplicates(["account_id", "as_of"])[["account_id", "as_of", "ends_on", "contract_id"]]
    nearest = nearest.rename(columns={"ends_on": "next_renewal_on", "contract_id": "next_contract_id"})
    nearest["next_renewal_on"] = pd.to_datetime(nearest["next_renewal_on"]).astype("datetime64[us]")
    frame = frame.merge(nearest, on=["account_id", "as_of"], how="left")
    return frame[_COLUMNS]


def _by_activity(tables, contracts, panel, label, calendar):
    import pandas as pd

    frame = panel.to_pandas().sort_values(["account_id", "as_of"], ignore_index=True)
    number = ((frame["as_of"] - pd.Timestamp(calendar.origin)).dt.days // 7).to_numpy()
    seen = Measure(source="usage", kind="latest")
    days_since = Grid(tables, contracts, [seen], calendar.origin, frame["account_id"], number).read(seen)
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
