"""Milestones: one is overdue, the work is done without an outcome (C75), first value is late (C55, C67)."""

from renewcast.datasets.known import Known, customer_days
from renewcast.lifecycle.milestones import FIRST_VALUE_DAYS, longest, outcome_gap, overdue, plan
from renewcast.signals._definition import signal
from renewcast.signals.seasonal import MIN_PEERS


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
    return longest(overdue(known, known.once(plan)))


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
    return outcome_gap(known)


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
