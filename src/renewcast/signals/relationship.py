"""The people on the other side: an executive not met for a quarter (C12), low willingness against good numbers (C89)."""

from renewcast.datasets.known import Known, customer_days
from renewcast.signals._definition import signal
from renewcast.signals.usage_drop import falls

QUARTER_DAYS = 91
EXECUTIVE = ("executive_meeting", "business_review")
LOW = -0.5
"""Mean of what was noted, from -2 against to 2 for: clearly on the side of against."""
MIN_NOTES = 2
HOLDS = 0.1
"""Use counts as good where it is at most a tenth below the account's own level."""


@signal(
    "executive_not_met",
    en="Executive not met",
    zh="未拜访高层",
    say_en="key account, no executive meeting or business review for {days} days",
    say_zh="重点客户已{days}天没有高层会面或业务回顾",
    needs=("touchpoints.kind",),
)
def executive_not_met(known: Known):
    """Fire for key accounts (ARR of segments.tiers.benchmark_min_arr or more) not met at that level for a quarter.

    Who never was is counted from the day on which it became a customer.
    """
    import numpy as np
    import pandas as pd

    met = known.frame("touchpoints", "occurred_at", "kind")
    met = met[met["kind"].isin(EXECUTIVE)].groupby("account_id")["occurred_at"].max()
    frame = known.accounts[["account_id", "mrr"]].assign(days=known.once(customer_days))
    # Not by Series.map, which cannot look up in an empty series of times.
    last = pd.Series(met.reindex(frame["account_id"]).to_numpy(), index=frame.index)
    since = np.floor((known.as_of - last).dt.total_seconds() / 86_400)
    frame["days"] = since.fillna(frame["days"])
    is_key = 12 * frame["mrr"] >= known.params.segments.tiers.benchmark_min_arr
    # Where nothing of this kind is ever noted, nothing can be missed.
    return frame[is_key & (frame["days"] > QUARTER_DAYS) & bool(len(met))].astype({"days": "int64"})


@signal(
    "low_willingness",
    en="Unwilling in spite of good numbers",
    zh="数据良好但意愿低",
    say_en="willingness {willingness:+.1f} in {notes} notes of 91 days, while use is {change:+.0%} against its level",
    say_zh="91天内{notes}条记录的意愿为{willingness:+.1f}，而使用量相对自身水平为{change:+.0%}",
    needs=("touchpoints.willingness", "usage.occurred_at"),
)
def low_willingness(known: Known):
    """Fire where people note unwillingness and the numbers show nothing: what was seen and what was heard disagree."""
    heard = known.frame("touchpoints", "willingness", days=QUARTER_DAYS).dropna(subset=["willingness"])
    heard = heard.groupby("account_id")["willingness"].agg(willingness="mean", notes="size").reset_index()
    seen = known.once(falls)
    frame = heard.merge(seen[["account_id", "fall"]], on="account_id")
    frame = frame.assign(change=-frame["fall"])
    return frame[(frame["notes"] >= MIN_NOTES) & (frame["willingness"] <= LOW) & (frame["fall"] <= HOLDS)]
