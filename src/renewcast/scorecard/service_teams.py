"""Star metrics of the ordinary and the implementation team (C62, C63): trainings, problems solved, upgrades; first value."""

import numpy as np

from renewcast.scorecard._definition import Series, metric, share, untold
from renewcast.scorecard.growth_teams import renewal
from renewcast.scorecard.months import ORDINARY
from renewcast.scorecard.operations import QUARTER, TERMS, over_months

TAKING_PART = ("training", "business_review", "executive_meeting")
"""Contacts in which the customer takes part, not only answers."""
NEW_DAYS = 180
"""So long a customer is in the hands of the implementation team."""


@metric(
    "trainings", "ordinary", 5, "integer",
    en="Trainings", zh="培训次数", meaning_en="Trainings held in the month.", meaning_zh="当月培训次数。",
    needs=("touchpoints.kind",),
)  # fmt: skip
def trainings(months) -> Series:
    """Count touchpoints of the kind training; where there never was one, the kind is not on record."""
    frame = months.facts("touchpoints")
    frame = frame[frame["kind"].eq("training")]
    return Series(months.count(frame)).where(months.recorded("touchpoints") & bool(len(frame)))


@metric(
    "problems_solved", "ordinary", 5, "integer",
    en="Problems solved", zh="解决问题数", meaning_en="Tickets resolved in the month.", meaning_zh="当月解决的工单数。",
    needs=("tickets.resolved_at",),
)  # fmt: skip
def problems_solved(months) -> Series:
    """Count tickets by the day of their solution."""
    return Series(months.count(months.facts("tickets", at="resolved_at"))).where(months.recorded("tickets"))


@metric(
    "problem_rating", "ordinary", 5, "number",
    en="Rating of solved problems", zh="问题解决评分",
    meaning_en="Mean rating of the tickets resolved in the month, 1 worst to 5 best.",
    meaning_zh="当月解决工单的平均评分，1至5。",
    needs=("tickets.csat", "tickets.resolved_at"),
)  # fmt: skip
def problem_rating(months) -> Series:
    """Average ratings; the interval counts accounts."""
    frame = months.facts("tickets", at="resolved_at").dropna(subset=["csat"])
    found = over_months(months, frame["csat"], np.ones(len(frame)), frame["month"], frame["place"], 1)
    return found.where(months.recorded("tickets"))


@metric(
    "first_contact_solved", "ordinary", 5, "share",
    en="Solved at the first contact", zh="首次解决率",
    meaning_en="Tickets resolved in the month that the first contact solved.", meaning_zh="当月解决工单中首次接触即解决的比例。",
    needs=("tickets.first_contact_resolved", "tickets.resolved_at"),
)  # fmt: skip
def first_contact_solved(months) -> Series:
    """Divide; the interval counts accounts."""
    frame = months.facts("tickets", at="resolved_at").dropna(subset=["first_contact_resolved"])
    at_once = frame["first_contact_resolved"].astype(bool)
    found = over_months(months, at_once, np.ones(len(frame)), frame["month"], frame["place"], 1)
    return found.where(months.recorded("tickets"))


@metric(
    "upgrade_ratio", "ordinary", 4, "share",
    en="Ordinary customers who moved up", zh="普通客户升级率",
    meaning_en="Of the customers who were ordinary three months before and stayed, those who are value-add or benchmark now.",
    meaning_zh="三个月前为普通且留存的客户中现为增值或标杆的比例。",
    needs=TERMS,
)  # fmt: skip
def upgrade_ratio(months) -> Series:
    """Compare tiers a quarter apart."""
    tiers = months.tiers
    was, now = tiers[:, :-QUARTER], tiers[:, QUARTER:]
    counted = (was == ORDINARY) & (now >= 0)
    found = share((counted & (now > ORDINARY)).sum(axis=0), counted.sum(axis=0)) if len(months) > QUARTER else None
    if found is None:
        return Series(np.full(len(months), np.nan))
    before = np.full(QUARTER, np.nan)
    whole = Series(*(np.concatenate([before, part]) for part in (found.value, found.low, found.high)))
    told = np.concatenate([np.zeros(QUARTER, dtype=bool), months.years_known[:-QUARTER]])
    return whole.where(told)


@metric(
    "participation", "ordinary", 4, "share",
    en="Participation", zh="价值活动参与率",
    meaning_en="Ordinary customers with a training, business review or meeting of executives in the month or the two before.",
    meaning_zh="当月及前两月参加培训、业务回顾或高管会议的普通客户比例。",
    needs=(*TERMS, "touchpoints.kind"),
)  # fmt: skip
def participation(months) -> Series:
    """Count ordinary customers who took part."""
    frame = months.facts("touchpoints")
    frame = frame[frame["kind"].isin(TAKING_PART)]
    took = np.zeros((len(months.account_id), len(months)), dtype=bool)
    for step in range(QUARTER):
        inside = frame["month"].to_numpy() + step < len(months)
        took[frame["place"].to_numpy()[inside], frame["month"].to_numpy()[inside] + step] = True
    mine = months.tiers == ORDINARY
    found = share((mine & took).sum(axis=0), mine.sum(axis=0))
    told = months.recorded("touchpoints") & bool(len(frame))
    return found.where(told & (np.cumsum(told) >= QUARTER))


@metric(
    "ordinary_renewed", "ordinary", 3, "money",
    en="Renewed by ordinary customers", zh="普通客户续约金额",
    meaning_en="ARR of the terms that ended in the month and were renewed, of ordinary customers.",
    meaning_zh="当月到期并续约的普通客户合同年度收入。",
    needs=(*TERMS, "contracts.ends_on"),
)  # fmt: skip
def ordinary_renewed(months) -> Series:
    """Add up, in full."""
    return renewal(months, lambda tiers: tiers == ORDINARY)[0]


@metric(
    "ordinary_renewal_rate", "ordinary", 3, "share",
    en="Renewal rate of ordinary customers", zh="普通客户续约率",
    meaning_en="ARR renewed, of the ARR whose term ended in the month.", meaning_zh="当月到期ARR中已续约的比例。",
    needs=(*TERMS, "contracts.ends_on"),
)  # fmt: skip
def ordinary_renewal_rate(months) -> Series:
    """Divide renewed by due."""
    return renewal(months, lambda tiers: tiers == ORDINARY)[1]


@metric(
    "new_customer_rating", "implementation", 5, "number",
    en="Satisfaction of new customers", zh="新客户满意度",
    meaning_en="Mean rating, 1 to 5, in surveys and tickets of accounts signed up at most 180 days before, over three months.",
    meaning_zh="注册180天内客户的问卷与工单平均评分（1至5），三个月。",
    needs=("accounts.signed_up_at",),
)  # fmt: skip
def new_customer_rating(months) -> Series:
    """Average ratings of the young; the interval counts accounts."""
    import pandas as pd

    frames = []
    if months.has("feedback.kind", "feedback.score"):
        frame = months.facts("feedback")
        frames.append(frame[frame["kind"].eq("csat")].rename(columns={"score": "rating", "occurred_at": "at"}))
    if months.has("tickets.csat", "tickets.resolved_at"):
        frames.append(months.facts("tickets", at="resolved_at").rename(columns={"csat": "rating", "resolved_at": "at"}))
    if not frames:
        return Series(np.full(len(months), np.nan))
    frame = pd.concat([part[["month", "place", "at", "rating"]] for part in frames]).dropna(subset=["rating"])
    signed = months.known.frame("accounts", "signed_up_at").drop_duplicates("account_id").set_index("account_id")["signed_up_at"]
    signed = signed.reindex(months.account_id).to_numpy(dtype="datetime64[us]")
    age = (frame["at"] - signed[frame["place"]]).dt.days
    frame = frame[age.between(0, NEW_DAYS)]
    return over_months(months, frame["rating"], np.ones(len(frame)), frame["month"], frame["place"], QUARTER)


@metric(
    "first_value", "implementation", 5, "share",
    en="First value in time", zh="首次价值按期达成率",
    meaning_en="Of the accounts whose first milestone of their own was due in the month, those that had reached it by then.",
    meaning_zh="当月应达成首个客户里程碑的客户中按期达成的比例。",
    needs=("milestones.kind", "milestones.due_on"),
)  # fmt: skip
def first_value(months) -> Series:
    """Take each account's earliest customer milestone."""
    frame = months.facts("milestones", at="due_on")
    first = months.first_due
    frame = frame[frame["kind"].eq("customer") & (frame["due_on"].to_numpy() == first[frame["place"].to_numpy()])]
    frame = frame.sort_values(["place", "achieved_at"]).drop_duplicates("place")
    in_time = frame["achieved_at"].notna() & (frame["achieved_at"].dt.normalize() <= frame["due_on"])
    return share(months.count(frame[in_time]), months.count(frame))


solution_iteration = untold(
    "solution_iteration", "implementation", 4, "integer",
    en="Iterations of the solution", zh="方案迭代",
    meaning_en="Improvements of the way in which the product is set up.", meaning_zh="实施方案的改进次数。",
    why_en="Versions of the solution are in no table of the customers.", why_zh="方案版本不在客户数据表中。",
)  # fmt: skip

METRICS = (
    trainings,
    problems_solved,
    problem_rating,
    first_contact_solved,
    upgrade_ratio,
    participation,
    ordinary_renewed,
    ordinary_renewal_rate,
    new_customer_rating,
    first_value,
    solution_iteration,
)
