"""Support pain: how many tickets, how severe, how slowly answered, how satisfied (C72)."""

from renewcast.engine.portable import nearest, seconds
from renewcast.engine.rollup import Measure
from renewcast.features._definition import Family

family = Family("support", "Support", "客户支持")

SEVERE = ("high", "urgent", "critical")


def _hours(table, column):
    return nearest((seconds(table[column]) - seconds(table.opened_at)).cast("float64") / 36.0)


opened = family.count("tickets_opened", "tickets", en="tickets opened", zh="新工单")
family.trend("tickets_opened", opened, en="tickets opened", zh="新工单")
severe = family.count("severe_tickets", "tickets", where=lambda t: t.severity.isin(SEVERE), en="severe tickets", zh="严重工单")
family.level("open_tickets", "tickets", at="opened_at", until="resolved_at", en="open tickets", zh="未解决工单")
family.level(
    "open_severe_tickets",
    "tickets",
    at="opened_at",
    until="resolved_at",
    where=lambda t: t.severity.isin(SEVERE),
    en="open severe tickets",
    zh="未解决的严重工单",
)
LONG = (91, 182, 364)
resolved = family.count("tickets_resolved", "tickets", at="resolved_at", en="tickets resolved", zh="已解决工单")
hours_to_resolve = Measure("tickets", "sum", at="resolved_at", value=lambda t: _hours(t, "resolved_at"), per=100.0)
family.share(
    "hours_to_resolve",
    hours_to_resolve,
    resolved,
    unit="hours",
    form="mean",
    windows=LONG,
    en="mean hours to resolve a ticket",
    zh="平均解决时长（小时）",
)
answered = Measure("tickets", "sum", at="first_response_at")
hours_to_answer = Measure("tickets", "sum", at="first_response_at", value=lambda t: _hours(t, "first_response_at"), per=100.0)
family.share(
    "hours_to_answer",
    hours_to_answer,
    answered,
    unit="hours",
    form="mean",
    windows=LONG,
    en="mean hours to the first answer",
    zh="平均首次响应时长（小时）",
)
picked_up = Measure("tickets", "sum", at="first_response_at", where=lambda t: t.picked_up)
told_picked_up = Measure("tickets", "sum", at="first_response_at", where=lambda t: t.picked_up.notnull())
family.share("pick_up_rate", picked_up, told_picked_up, windows=LONG, en="share of tickets picked up", zh="接起率")
solved_at_once = Measure("tickets", "sum", at="resolved_at", where=lambda t: t.first_contact_resolved)
told_at_once = Measure("tickets", "sum", at="resolved_at", where=lambda t: t.first_contact_resolved.notnull())
family.share(
    "first_contact_resolution",
    solved_at_once,
    told_at_once,
    windows=LONG,
    en="share of tickets solved at first contact",
    zh="首次解决率",
)
rated = Measure("tickets", "sum", at="resolved_at", where=lambda t: t.csat.notnull())
ratings = Measure("tickets", "sum", at="resolved_at", value=lambda t: nearest(t.csat * 100.0).fill_null(0), per=100.0)
family.share("csat_mean", ratings, rated, unit="score", form="mean", windows=LONG, en="mean ticket rating", zh="工单平均评分")
family.days_since("days_since_last_ticket", "tickets", en="ticket", zh="工单")

family.agree(
    safer=("csat_mean", "first_contact_resolution", "pick_up_rate"),
    riskier=("open_severe_tickets", "hours_to_resolve", "hours_to_answer"),
)
# Who uses the product writes tickets: their number says little of the pain. A rating is a symptom.
family.mark(
    context=("csat_mean",),
    proxy=("tickets_opened", "tickets_opened_trend", "tickets_resolved", "days_since_last_ticket"),
)
family.reads(bad=("open_tickets", "severe_tickets", "tickets_opened", "tickets_opened_trend"))
