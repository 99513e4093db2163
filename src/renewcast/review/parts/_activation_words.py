"""Words of the part on activation, for codes that its tables carry."""

MOTIONS = {
    "product_led": {"en": "product-led", "zh": "产品驱动"},
    "sales_led": {"en": "sales-led", "zh": "销售驱动"},
    "all": {"en": "all accounts", "zh": "全部客户"},
}
VERDICTS = {
    "can_activate": {"en": "above 0: can activate", "zh": "大于0：可激活"},
    "undecided": {"en": "exactly 0: undecided", "zh": "等于0：未定"},
    "failed": {"en": "below 0: failed", "zh": "小于0：激活失败"},
}
FUNNELS = {"free": {"en": "free accounts", "zh": "免费客户"}, "paying": {"en": "paying accounts", "zh": "付费客户"}}
STAGES = {
    "acquired": {"en": "acquired", "zh": "获取"},
    "activated": {"en": "activated", "zh": "激活"},
    "retained": {"en": "retained", "zh": "留存"},
    "revenue": {"en": "revenue", "zh": "收入"},
}
CHECKS = {
    "frequency": {"en": "frequency: days in use, of 28", "zh": "频率：28天内的使用天数占比"},
    "used_every_working_day": {"en": "frequency: in use every working day", "zh": "频率：每个工作日都使用"},
    "used_within_48_hours": {"en": "hear to use: within 48 hours", "zh": "从听说到使用：48小时内"},
    "used_after_a_minute": {"en": "hear to use: 1 minute to 48 hours", "zh": "从听说到使用：1分钟至48小时"},
    "value_within_90_days": {"en": "function: first value within 90 days", "zh": "功能：90天内获得首次价值"},
    "free": {"en": "free: used before paying", "zh": "免费：付费前已使用"},
}
MEASURES = {
    "conversion": {"en": "bought within 90 days", "zh": "90天内购买"},
    "renewal": {"en": "still a customer after a year", "zh": "一年后仍是客户"},
    "churn_a_month": {"en": "lost in a month", "zh": "月流失率"},
}
DRIVERS = {
    "active_days": {"en": "active days in the last 28", "zh": "近28天活跃天数"},
    "active_days_before": {"en": "active days in the 28 before", "zh": "再前28天活跃天数"},
    "age": {"en": "age of the account", "zh": "账户年龄"},
    "has_value": {"en": "has had its first value", "zh": "已获得首次价值"},
    "active_colleagues": {"en": "active colleagues", "zh": "活跃同事数"},
}
YES = {"yes": {"en": "yes", "zh": "是"}, "no": {"en": "no", "zh": "否"}}
