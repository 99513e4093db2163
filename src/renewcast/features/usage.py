"""How much the account does: events, value actions, active days, and whether that is falling (C19, C22, C23)."""

import numpy as np

from renewcast.engine.portable import nearest
from renewcast.engine.rollup import Measure
from renewcast.features._definition import Family, divide

family = Family("usage", "Usage", "使用情况")

events = family.count("usage_events", "usage", en="usage events", zh="使用事件")
family.trend("usage_events", events, en="usage events", zh="使用事件")
quantity = family.count(
    "usage_quantity", "usage", value=lambda t: nearest(t.quantity * 100.0), per=100.0, unit="units", en="units used", zh="使用量"
)
family.trend("usage_quantity", quantity, en="units used", zh="使用量")
value_actions = family.count("value_actions", "usage", where=lambda t: t.is_value_action, en="value actions", zh="价值动作")
family.trend("value_actions", value_actions, en="value actions", zh="价值动作")
family.share("value_action_share", value_actions, events, en="share of events that are value actions", zh="价值动作占比")
active_days = family.days("active_days", "usage", en="active days", zh="活跃天数")
family.trend("active_days", active_days, en="active days", zh="活跃天数")
family.count(
    "usage_minutes",
    "usage",
    value=lambda t: nearest(t.duration_s),
    per=60.0,
    unit="minutes",
    en="minutes of use",
    zh="使用分钟数",
)
last = family.days_since("days_since_last_use", "usage", en="use", zh="使用")
family.days_since("days_since_last_value_action", "usage", where=lambda t: t.is_value_action, en="value action", zh="价值动作")
first = Measure("usage", "earliest")


def _rhythm(days_since_last, days_since_first, days_active):
    """Silence in units of the account's own mean gap between active days."""
    gap = divide(days_since_first - days_since_last, np.maximum(days_active - 1, 0))
    return days_since_last / np.maximum(gap, 1.0)


family.combine(
    "silence_over_own_gap",
    (last, first, active_days),
    _rhythm,
    unit="ratio",
    en="silence against the account's usual gap between active days",
    zh="沉默时长与自身平均活跃间隔之比",
)
family.combine(
    "mean_gap_days",
    (last, first, active_days),
    lambda since_last, since_first, days: divide(since_first - since_last, np.maximum(days - 1, 0)),
    unit="days",
    en="mean gap between active days",
    zh="平均活跃间隔天数",
)
family.combine(
    "active_days_ever", (active_days,), lambda days: days, unit="count", empty="0", en="active days ever", zh="累计活跃天数"
)
family.combine(
    "usage_events_ever", (events,), lambda total: total, unit="count", empty="0", en="usage events ever", zh="累计使用事件"
)
family.combine(
    "usage_quantity_per_active_day",
    (quantity, active_days),
    divide,
    unit="units",
    en="units used per active day",
    zh="每活跃日使用量",
)

family.agree(
    safer=("usage_events_trend", "usage_quantity_trend", "value_actions_trend", "active_days", "active_days_trend"),
    riskier=("days_since_last_use", "silence_over_own_gap"),
)
# Volume mirrors the size of the account, and what adds up for ever its age.
family.mark(
    proxy=(
        "usage_events",
        "usage_quantity",
        "usage_minutes",
        "mean_gap_days",
        "active_days_ever",
        "usage_events_ever",
        "usage_quantity_per_active_day",
    )
)
family.reads(
    good=("usage_events", "usage_quantity", "usage_minutes", "value_actions", "value_action_share", "active_days_ever"),
    bad=("days_since_last_value_action", "mean_gap_days"),
)
