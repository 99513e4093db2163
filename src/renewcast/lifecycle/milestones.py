"""Milestones: which are reached, due, late or unknown; the work is done and the outcome is missing (C74, C75)."""

from renewcast.datasets.known import Known

OVERDUE_DAYS = (14, 120)
"""Two weeks for a slip of the pen; after four months it has been given up, and the account has learnt to live without."""
FIRST_VALUE_DAYS = (90, 365)
"""Goals are set so that each can be reached within three months; after a year the question is another one."""
STATES = ("done", "due", "late", "unknown")


def plan(known: Known):
    """Return every milestone as known at the snapshot: account_id, milestone, kind, due_on, achieved_at (NaT: not yet)."""
    return known.frame("milestones", "milestone", "kind", "due_on", "achieved_at")


def without_first_value(known: Known) -> frozenset:
    """Return the accounts that have milestones of their own agreed and none of them reached; nobody where none are kept."""
    if not known.has("milestones.achieved_at", "milestones.kind"):
        return frozenset()
    customer = known.once(plan)
    customer = customer[customer["kind"].eq("customer")]
    return frozenset(customer["account_id"]) - frozenset(customer.loc[customer["achieved_at"].notna(), "account_id"])


def overdue(known: Known, frame):
    """Return the rows of a plan that were due 14 to 120 days ago and are not reached, with ``days``."""
    days = (known.as_of - frame["due_on"]).dt.days
    return frame.assign(days=days)[frame["achieved_at"].isna() & days.between(*OVERDUE_DAYS)]


def longest(frame):
    """Return of each account the row that is overdue for longest, with ``count``, how many there are."""
    frame = frame.assign(count=frame.groupby("account_id")["milestone"].transform("size"))
    return frame.sort_values(["account_id", "days", "milestone"], ascending=[True, False, True]).drop_duplicates("account_id")


def outcome_gap(known: Known):
    """Find the accounts where every functional milestone is reached and a customer's own one is overdue (C75).

    Returns
    -------
    pandas.DataFrame, one row an account
        account_id, milestone, kind, due_on, achieved_at, days (overdue), done (functional milestones), count (overdue ones).
    """
    found = known.once(plan)
    functional = found[found["kind"].eq("functional")].assign(is_done=lambda frame: frame["achieved_at"].notna())
    done = functional.groupby("account_id")["is_done"].agg(["size", "all"])
    done = done.loc[done["all"], "size"].rename("done").reset_index()
    return longest(overdue(known, found[found["kind"].eq("customer")]).merge(done, on="account_id"))


def status(known: Known):
    """Say of every milestone whether it is done, due, late or unknown.

    Done: reached. Late: its day is over and it is not reached. Due: its day is still to come. Unknown: nobody said when. A day is
    over at the next midnight, so a milestone of the snapshot's own day is due.

    Returns
    -------
    pandas.DataFrame, sorted by account_id and milestone
        account_id, milestone, kind, due_on, achieved_at, state, is_judged (it has a day, and that is over), is_on_time (judged,
        and reached by that day), days_late (until it was reached, or so far; NaN unless judged and not on time), is_moved (its
        day was put off since it was first agreed), is_first_judged, is_first_on_time (the same by the day agreed first: days
        that are put off when they are missed make everything look in time).
    """
    import numpy as np
    import pandas as pd

    frame = known.once(plan).copy()
    over, done = frame["due_on"] < known.as_of, frame["achieved_at"].notna()
    frame["state"] = np.select([done, over, frame["due_on"].notna()], ["done", "late", "due"], "unknown")
    reached_on = frame["achieved_at"].dt.floor("D")
    frame["is_judged"] = over
    frame["is_on_time"] = over & done & (reached_on <= frame["due_on"])
    late = (reached_on.fillna(known.as_of) - frame["due_on"]).dt.days
    frame["days_late"] = late.where(frame["is_judged"] & ~frame["is_on_time"]).astype("float64")
    first = known.first_told("milestones", "due_on").rename(columns={"due_on": "first"})
    first["first"] = pd.to_datetime(first["first"]).astype("datetime64[us]")
    agreed = frame[["account_id", "milestone"]].merge(first, on=["account_id", "milestone"], how="left")["first"].to_numpy()
    frame["is_moved"] = frame["due_on"].to_numpy() > agreed
    frame["is_first_judged"] = agreed < np.datetime64(known.as_of, "us")
    frame["is_first_on_time"] = frame["is_first_judged"] & done & (reached_on.to_numpy() <= agreed)
    return frame.sort_values(["account_id", "milestone"], ignore_index=True)


def on_time(found, by: list[str]):
    """Return the share of the milestones whose day is over that were reached by it, by kind, milestone or anything else.

    Parameters
    ----------
    found : pandas.DataFrame
        See :func:`status`.
    by : list of str

    Returns
    -------
    pandas.DataFrame
        The columns of ``by``, then milestones, done, due, late, unknown (counts), judged, on_time (counts), share, low, high
        (90 %, over accounts), median_days_late (of those reached after their day; NaN: none),
        moved (count), first_share, first_low, first_high (the share by the day agreed first).
    """
    from renewcast.lifecycle.ratios import shares

    frame = found.assign(kind=found["kind"].fillna(""))
    counts = frame.groupby(by).agg(
        milestones=("state", "size"), **{state: ("state", lambda one, state=state: int((one == state).sum())) for state in STATES}
    )
    frame = frame.assign(on_time=frame["is_on_time"].astype("int64"), judged=frame["is_judged"].astype("int64"))
    table = shares(frame, by, "on_time", "judged").drop(columns="accounts")
    reached_late = frame[frame["is_judged"] & ~frame["is_on_time"] & frame["state"].eq("done")]
    late = reached_late.groupby(by)["days_late"].median().rename("median_days_late").reset_index()
    moved = frame.groupby(by)["is_moved"].sum().astype("int64").rename("moved").reset_index()
    first = frame.assign(on_time=frame["is_first_on_time"], judged=frame["is_first_judged"])
    first = shares(first, by, "on_time", "judged")[[*by, "share", "low", "high"]]
    first = first.rename(columns={name: f"first_{name}" for name in ("share", "low", "high")})
    table = counts.reset_index().merge(table, on=by).merge(late, on=by, how="left").merge(moved, on=by).merge(first, on=by)
    names = ["milestones", *STATES, "judged", "on_time", "share", "low", "high", "median_days_late", "moved"]
    return table[[*by, *names, "first_share", "first_low", "first_high"]]
