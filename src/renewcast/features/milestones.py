"""Milestones: reached, missed, and functions set up without an outcome for the customer (C55, C75)."""

import numpy as np

from renewcast.features._definition import Family, divide

family = Family("milestones", "Milestones", "里程碑")

overdue = family.level(
    "milestones_overdue", "milestones", at="due_on", until="achieved_at", en="overdue milestones", zh="逾期里程碑"
)
family.level(
    "customer_milestones_overdue",
    "milestones",
    at="due_on",
    until="achieved_at",
    where=lambda t: t.kind == "customer",
    en="overdue customer milestones",
    zh="逾期的客户里程碑",
)
reached = family.count("milestones_reached", "milestones", at="achieved_at", en="milestones reached", zh="达成的里程碑")
functional = family.count(
    "functional_milestones_reached",
    "milestones",
    at="achieved_at",
    where=lambda t: t.kind == "functional",
    en="functional milestones reached",
    zh="达成的功能里程碑",
)
customer = family.count(
    "customer_milestones_reached",
    "milestones",
    at="achieved_at",
    where=lambda t: t.kind == "customer",
    en="customer milestones reached",
    zh="达成的客户里程碑",
)
family.combine(
    "milestones_reached_ever",
    (reached,),
    lambda total: total,
    unit="count",
    empty="0",
    en="milestones reached ever",
    zh="累计达成里程碑",
)
family.combine(
    "functions_without_outcome",
    (functional, customer),
    lambda done, outcome: np.where(outcome > 0, 0.0, done),
    unit="count",
    empty="0",
    en="functional milestones done while no customer milestone is",
    zh="功能里程碑已完成但无客户成果",
)
family.combine(
    "milestones_done_share",
    (reached, overdue),
    lambda done, late: divide(done, done + late),
    unit="share",
    form="share",
    en="share of due milestones that were reached",
    zh="到期里程碑达成率",
)
family.days_since("days_since_last_milestone", "milestones", at="achieved_at", en="milestone reached", zh="达成里程碑")

family.agree(
    safer=("customer_milestones_reached", "milestones_done_share"),
    riskier=("milestones_overdue", "customer_milestones_overdue", "functions_without_outcome"),
)
family.mark(proxy=("milestones_reached_ever",))
family.reads(good=("milestones_reached", "milestones_reached_ever"), bad=("days_since_last_milestone",))
