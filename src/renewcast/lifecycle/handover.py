"""The hand-over from sales to customer success: what was known of an account two weeks after its first term began (C66)."""

from renewcast.datasets.among import is_among
from renewcast.engine import visibility
from renewcast.lifecycle.first_value import began
from renewcast.lifecycle.touches import recent_contacts
from renewcast.revenue.survival import life_table

AFTER_DAYS = 14
PAST_DAYS = 364
FIELDS = {
    "owner": "accounts.owner",
    "industry": "accounts.industry",
    "company_size": "accounts.company_size",
    "country": "accounts.country",
    "acquisition_channel": "accounts.acquisition_channel",
    "contract_terms": "contracts.notice_days",
    "key_user": "users.role",
    "executive": "users.role",
    "milestones_with_days": "milestones.due_on",
    "first_contact": "touchpoints.occurred_at",
}
"""What customer success should be told, and the column without which the project cannot tell it."""
KICKOFF_DAYS = (7, 14, 30)


def handover(known, past_days: int = PAST_DAYS):
    """Score how complete the hand-over of each account was, by what was known 14 days after its first term began.

    Nothing that was entered later counts: each account is looked at as it was known on its own day.

    Parameters
    ----------
    known : renewcast.datasets.known.Known
        Of all accounts.
    past_days : int
        Only accounts that began in the days before the snapshot, and after the first snapshot of the project.

    Returns
    -------
    pandas.DataFrame, indexed by account_id, in order
        started_on, a bool a field that the project keeps (see :data:`FIELDS`), missing (how many are), completeness (share that
        is known; NaN where the project keeps none).
    """
    import ibis
    import pandas as pd

    frame = known.once(began)[["account_id", "started_on"]]
    look = frame["started_on"] + pd.Timedelta(days=AFTER_DAYS)
    since = max(known.as_of - pd.Timedelta(days=past_days), pd.Timestamp(known.view.calendar.origin))
    inside = (look <= known.as_of) & (frame["started_on"] >= since)
    frame = frame[inside].assign(as_of=look[inside].astype("datetime64[us]")).reset_index(drop=True)
    panel = ibis.memtable(frame[["account_id", "as_of"]].astype({"account_id": str}))
    found = frame.set_index("account_id")[["started_on"]]
    fields = [name for name, column in FIELDS.items() if known.has(column)]
    told = {}
    for table in ("accounts", "contracts", "users", "milestones", "touchpoints"):
        mine = [name for name in fields if FIELDS[name].startswith(f"{table}.")]
        if mine:
            rows = visibility.visible_rows(known.view.store.tables[table], panel, known.view.store.contracts[table])
            told |= _told(rows, mine)
    for name in fields:
        found[name] = is_among(found.index, told[name])
    found["missing"] = (~found[fields]).sum(axis=1).astype("int64")
    return found.assign(completeness=1 - found["missing"] / len(fields) if fields else float("nan"))


def _told(rows, fields) -> dict:
    """Return for each field the accounts of which it was known."""
    is_there = {
        "contract_terms": lambda: rows.notice_days.notnull(),
        "key_user": lambda: (rows.role == "key_user") & rows.left_at.isnull(),
        "executive": lambda: (rows.role == "executive") & rows.left_at.isnull(),
        "milestones_with_days": lambda: rows.due_on.notnull(),
        "first_contact": lambda: rows.occurred_at.notnull(),
    }
    flags = {name: is_there[name]() if name in is_there else _is_text(rows[name]) for name in fields}
    sums = {name: flag.cast("int64").sum() for name, flag in flags.items()}
    counted = rows.group_by("account_id").aggregate(**sums).to_pandas()
    return {name: frozenset(counted.loc[counted[name].fillna(0) > 0, "account_id"]) for name in fields}


def _is_text(column):
    return column.notnull() & (column.strip() != "")


def fields_known(found):
    """Return how often each field was known, the rarest first.

    Parameters
    ----------
    found : pandas.DataFrame
        See :func:`handover`.

    Returns
    -------
    pandas.DataFrame
        field, accounts, known, share, low, high (90 %, Wilson).
    """
    import pandas as pd

    from renewcast.lifecycle.ratios import Z
    from renewcast.revenue.cohorts import wilson

    fields = [name for name in FIELDS if name in found]
    known = found[fields].sum().to_numpy(dtype="int64")
    low, high = wilson(known, len(found), Z)
    share = known / len(found) if len(found) else float("nan")
    table = pd.DataFrame({"field": fields, "accounts": len(found), "known": known, "share": share, "low": low, "high": high})
    return table.sort_values(["share", "field"], ignore_index=True)


def kickoff(known, past_days: int = PAST_DAYS):
    """Return how long accounts wait from the first day of their first term to the first contact or milestone reached after it.

    Returns
    -------
    pandas.DataFrame or None
        account_id, started_on, kickoff_on (NaT: not yet), age (days, at least 1), is_reached; None where the project keeps
        neither. Accounts that began before the first snapshot of the project, or more than ``past_days`` ago, are left out.
    """
    import numpy as np
    import pandas as pd

    parts = []
    frame = known.once(began)[["account_id", "started_on"]]
    since = max(known.as_of - pd.Timedelta(days=past_days), pd.Timestamp(known.view.calendar.origin))
    frame = frame[frame["started_on"] >= since].reset_index(drop=True)
    if known.has("touchpoints.occurred_at"):
        parts.append(known.once(recent_contacts).rename(columns={"occurred_at": "at"}))
    if known.has("milestones.achieved_at"):
        reached = known.frame("milestones", "achieved_at").dropna()
        parts.append(reached.rename(columns={"achieved_at": "at"}))
    if not parts:
        return None
    every = pd.concat(parts, ignore_index=True).merge(frame, on="account_id")
    first = every[every["at"] >= every["started_on"]].groupby("account_id")["at"].min().dt.floor("D")
    frame["kickoff_on"] = first.reindex(frame["account_id"]).to_numpy(dtype="datetime64[us]")
    took = (frame["kickoff_on"] - frame["started_on"]).dt.days
    frame["is_reached"] = took.notna()
    frame["age"] = np.where(frame["is_reached"], took + 1, (known.as_of - frame["started_on"]).dt.days).astype(np.int64)
    return frame


def kickoff_times(found) -> dict:
    """Return accounts, median, median_low, median_high (days), within_7, within_14, within_30 (shares) of :func:`kickoff`."""
    from renewcast.lifecycle.first_value import share_by, within

    table = life_table(found["age"].to_numpy(), found["is_reached"].to_numpy())
    out = {"accounts": len(found)} | dict(zip(("median", "median_low", "median_high"), within(table, 0.5), strict=True))
    return out | {f"within_{days}": share_by(table, days)[0] for days in KICKOFF_DAYS}
