"""What the codes of the activity part are called."""

METRICS = {
    "usage_events": {"en": "events", "zh": "使用事件"},
    "active_users": {"en": "active people", "zh": "活跃用户"},
    "active_days": {"en": "active days", "zh": "活跃天数"},
    "events_per_active_day": {"en": "events an active day", "zh": "每活跃日事件数"},
    "minutes_per_active_day": {"en": "minutes an active day", "zh": "每活跃日使用分钟"},
    "value_action_share": {"en": "share of value actions", "zh": "价值动作占比"},
}
ROLES = {
    "key_user": {"en": "key user", "zh": "关键用户"},
    "executive": {"en": "executive", "zh": "高管"},
    "administrator": {"en": "administrator", "zh": "管理员"},
    "member": {"en": "member", "zh": "普通成员"},
    "not_known": {"en": "not known", "zh": "未知"},
}
PROCESS = {
    "touchpoints": {"en": "contacts", "zh": "客户接触"},
    "executive_meetings": {"en": "meetings with executives", "zh": "高管会议"},
    "tickets_resolved": {"en": "tickets resolved", "zh": "已解决工单"},
    "functional_milestones_reached": {"en": "functions set up", "zh": "已上线功能里程碑"},
}
PREDICTIVE = {
    **METRICS,
    "value_actions": {"en": "value actions", "zh": "价值动作"},
    "active_modules": {"en": "modules in use", "zh": "使用中的模块数"},
    "key_user_events": {"en": "events by key users", "zh": "关键用户事件数"},
}
VERDICTS = {
    "moves": {"en": "moves it up", "zh": "正向带动"},
    "moves_against": {"en": "moves it down", "zh": "反向带动"},
    "not_shown": {"en": "not shown", "zh": "未显示"},
}
TAGS = {
    "process": {"en": "process: what we do", "zh": "过程：我们的动作"},
    "predictive": {"en": "predictive: what customers do", "zh": "预测：客户行为"},
    "outcome": {"en": "outcome: what comes of it", "zh": "结果：最终成果"},
}
NO_PEERS = {"": {"en": "all", "zh": "全部"}}
UNNAMED = {"": {"en": "no module named", "zh": "未标明模块"}}
