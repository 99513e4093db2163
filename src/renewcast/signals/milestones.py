"""Milestones: one is overdue, the work is done without an outcome (C75), first value is late (C55, C67)."""

from renewcast.datasets.known import Known, customer_days
from renewcast.signals._definition import signal
from renewcast.signals.seasonal import MIN_PEERS

OVERDUE_DAYS = (14, 120)
"""Two weeks for a slip of the pen; after four months it has been given up, and the account has learnt to live without."""
FIRST_VALUE_DAYS = (90, 365)
"""Goals are set so that each can be reached within three months; after a year the question is another one."""


def plan(known: Known):
    """Return every milestone as known at the snapshot: account_id, milestone, kind, due_on, achieved_at (NaT: not yet)."""
    return known.frame("milestones", "milestone", "kind", "due_on", "achieved_at")


def _overdue(known: Known, frame):
    days = (known.as_of - frame["due_on"]).dt.days
    return frame.assign(days=days)[frame["achieved_at"].isna() & days.between(*OVERDUE_DAYS)]


def _longest(frame):
    frame = frame.assign(count=frame.groupby("account_id")["milestone"].transform("size"))
    return frame.sort_values(["account_id", "days", "milestone"], ascending=[True, False, True]).drop_duplicates("account_id")


def without_first_value(known: Known) -> frozenset:
    """Return the accounts that have milestones of their own agreed and none of them reached; nobody where none are kept."""
    if not known.has("milestones.achieved_at", "milestones.kind"):
        return frozenset()
    customer = known.once(plan)
    customer = customer[customer["kind"].eq("customer")]
    return frozenset(customer["account_id"]) - frozenset(customer.loc[customer["achieved_at"].notna(), "account_id"])


@signal(
    "milestone_overdue",
    en="Milestone overdue",
    zh="里程碑逾期",
    say_en="{milestone} was due on {due_on:%Y-%m-%d}, {days:.0f} days ago ({count} overdue in all)",
    say_zh="{milestone}应于{due_on:%Y-%m-%d}完成，已逾期{days:.0f}天（共{count}项逾期）",
    needs=("milestones.due_on",),
    weaker_than="outcome_missing",
)
def milestone_overdue(known: Known):
    """Fire where a milestone was due 14 to 120 days ago, by the day agreed last, and is not reached: name the oldest."""
    return _longest(_overdue(known, known.once(plan)))


@signal(
    "outcome_missing",
    en="Work done, outcome missing",
    zh="功能已上线，成果未达成",
    say_en="all {done} functional milestones are reached, but {milestone} of the customer was due on {due_on:%Y-%m-%d}, "
    "{days:.0f} days ago",
    say_zh="{done}项功能里程碑已全部完成，但客户成果{milestone}应于{due_on:%Y-%m-%d}达成，已逾期{days:.0f}天",
    needs=("milestones.due_on", "milestones.kind"),
)
def outcome_missing(known: Known):
    """Fire where every functional milestone is reached and a customer's own one is overdue."""
    found = known.once(plan)
    functional = found[found["kind"].eq("functional")].assign(is_done=lambda frame: frame["achieved_at"].notna())
    done = functional.groupby("account_id")["is_done"].agg(["size", "all"])
    done = done.loc[done["all"], "size"].rename("done").reset_index()
    return _longest(_overdue(known, found[found["kind"].eq("customer")]).merge(done, on="account_id"))


@signal(
    "first_value_late",
    en="First value is late",
    zh="首次价值迟到",
    say_en="a customer for {days:.0f} days without a milestone of its own reached (to be expected: within {limit:.0f} days)",
    say_zh="成为客户{days:.0f}天仍未达成任何自身里程碑（应在{limit:.0f}天内）",
    needs=("milestones.achieved_at", "milestones.kind"),
)
def first_value_late(known: Known):
    """Fire in the first year while no customer's milestone of the account is reached within 90 days.

    Where three quarters of the customers of over a year were quicker, their time is the limit.
    """
    import numpy as np
    import pandas as pd

    found = known.once(plan)
    customer = found[found["kind"].eq("customer")]
    frame = pd.DataFrame({"account_id": known.accounts["account_id"], "days": known.once(customer_days)})
    frame = frame[frame["account_id"].isin(customer["account_id"])]
    reached = customer.groupby("account_id")["achieved_at"].min()
    first = pd.Series(reached.reindex(frame["account_id"]).to_numpy(), index=frame.index)
    took = (first - (known.as_of - pd.to_timedelta(frame["days"], unit="D"))).dt.days.fillna(np.inf)
    peers = np.sort(took[frame["days"] > FIRST_VALUE_DAYS[1]].to_numpy())
    limit = FIRST_VALUE_DAYS[0]
    if len(peers) >= MIN_PEERS:
        limit = min(limit, peers[int(np.ceil(0.75 * len(peers))) - 1])
    late = first.isna() & (frame["days"] > limit) & (frame["days"] <= FIRST_VALUE_DAYS[1])
    return frame[late].assign(limit=limit)
