"""Who uses it: active users, seats taken, key users, executives, departments (C21, C25, C85)."""

from renewcast.features._definition import Family, divide

family = Family("people", "People", "人员")

active_users = family.distinct("active_users", "usage", "user_id", en="active users", zh="活跃用户")
family.trend("active_users", active_users, en="active users", zh="活跃用户")
seats = family.level(
    "seats",
    "contracts",
    at="starts_on",
    until="ends_on",
    value=lambda t: t.seats.fill_null(0),
    en="seats under contract",
    zh="合同席位数",
    is_open_ended=True,
)
family.share("seat_utilization", active_users, seats, en="share of seats in use", zh="席位使用率")
family.count(
    "key_user_events", "usage_people", where=lambda t: t.role == "key_user", en="events by key users", zh="关键用户事件数"
)
family.days_since(
    "key_user_inactive_days", "usage_people", where=lambda t: t.role == "key_user", en="use by a key user", zh="关键用户使用"
)
family.days_since(
    "executive_inactive_days", "usage_people", where=lambda t: t.role == "executive", en="use by an executive", zh="高管使用"
)
departments = family.distinct("active_departments", "usage_people", "department", en="active departments", zh="活跃部门数")
family.trend("active_departments", departments, en="active departments", zh="活跃部门数")
roster = family.level("users_on_roster", "users", at="joined_at", until="left_at", en="users on the roster", zh="在册用户数")
family.level(
    "key_users_on_roster",
    "users",
    at="joined_at",
    until="left_at",
    where=lambda t: t.role == "key_user",
    en="key users on the roster",
    zh="在册关键用户数",
)
family.count("users_left", "users", at="left_at", en="users who left", zh="离开的用户")
family.count(
    "key_users_left", "users", at="left_at", where=lambda t: t.role == "key_user", en="key users who left", zh="离开的关键用户"
)
family.combine(
    "roster_active_share_28d",
    ((active_users, 28), roster),
    divide,
    unit="share",
    form="share",
    window=28,
    en="share of the roster that is active",
    zh="在册用户活跃占比",
)

family.agree(
    safer=(
        "active_users_trend",
        "seat_utilization",
        "key_user_events",
        "active_departments_trend",
        "roster_active_share",
        "key_users_on_roster",
    ),
    riskier=("key_user_inactive_days", "executive_inactive_days", "key_users_left"),
)
# How many there are mirrors the size of the account; who has left does not come back, but a key user's work can be handed over.
family.mark(context=("seats", "users_on_roster", "users_left"), proxy=("active_users",))
family.reads(
    good=("active_users", "active_departments", "users_on_roster"),
    bad=("users_left",),
)
