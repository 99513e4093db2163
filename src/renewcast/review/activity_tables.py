"""The tables of the activity part: frames of the room `activity`, cut to what a review shows."""

import re

import numpy as np

from renewcast.activity.company import METRICS
from renewcast.activity.modules import UNNAMED, action_use, breadth, held, module_use, shares
from renewcast.activity.persons import by_role, people, reliance, silent_key_users
from renewcast.activity.readings import MOST
from renewcast.activity.tags import TAGS, tagged
from renewcast.publishing.column import column
from renewcast.review import activity_words as words
from renewcast.review.part import Table

TOP_MODULES, TOP_ACCOUNTS = 12, 50
LOW = 0.25
"""Below a quarter of its own earlier windows, an account is low."""


def over_time_table(found) -> Table:
    """Show the past year, a row a look."""
    columns = (
        column("as_of", "day", True, "As of", "截至", "The snapshot day", "快照日"),
        column("accounts", "integer", True, "Accounts", "客户数", "In scope on that day", "当日在册客户"),
        column("active", "integer", False, "Active", "活跃客户", "With an event in the window", "窗口内有使用"),
        column("active_share", "share", False, "Active share", "活跃占比", "Of the accounts", "占客户"),
        column("daily_active", "number", False, "Active a day", "日均活跃客户", "On average", "每日平均"),
        column("daily_active_share", "share", False, "Active a day, share", "日均活跃占比", "Of the accounts", "占客户"),
        column("events_per_account", "number", False, "Events each", "户均事件", "Mean over accounts", "客户均值"),
        column("users_per_account", "number", False, "People each", "户均活跃用户", "Mean over accounts", "客户均值"),
        column("events_per_active_day", "number", False, "Events an active day", "每活跃日事件", "All accounts", "全部客户"),
        column("value_action_share", "share", False, "Value actions", "价值动作占比", "Share of all events", "占全部事件"),
        column("minutes_per_active_day", "number", False, "Minutes an active day", "每活跃日分钟", "All accounts", "全部客户"),
    )
    title = {"en": "Activity over the past year", "zh": "过去一年的活跃情况"}
    note = {
        "en": f"Of more than {MOST:,} accounts every so many, the same ones on all days.",
        "zh": f"客户超过{MOST:,}个时按固定间隔抽取。",
    }
    return _table("activity_over_time", title, columns, found, shown=0, note=note)


def level_table(cube) -> Table:
    """Show how the accounts lie: quartiles of each number and window, and how many are low against their own usual."""
    grouped = cube.groupby(["metric", "window_days"], sort=False)
    found = grouped["level"].describe(percentiles=[0.25, 0.5, 0.75])[["count", "25%", "50%", "75%"]]
    found = found.set_axis(["accounts", "quarter", "median", "three_quarters"], axis=1)
    found["trend"] = grouped["trend"].median()
    judged = cube["own_rank"].notna()
    low = (cube["own_rank"] < LOW).where(judged).astype("float64")
    found["low_share"] = low.groupby([cube["metric"], cube["window_days"]]).mean()
    found = found.reset_index()
    order = {metric: place for place, metric in enumerate(METRICS)}
    found = found.iloc[np.lexsort((found["window_days"], found["metric"].map(order)))].reset_index(drop=True)
    columns = (
        column("metric", "text", True, "Number", "指标", "What is counted", "统计内容"),
        column("window_days", "integer", True, "Days", "窗口天数", "Window before the day", "截至日前窗口"),
        column("accounts", "integer", True, "Accounts", "客户数", "With a value", "有数值"),
        column("quarter", "number", False, "A quarter below", "下四分位", "Of the accounts", "客户分布"),
        column("median", "number", False, "Median", "中位数", "Half of the accounts below", "半数客户低于"),
        column("three_quarters", "number", False, "Three quarters below", "上四分位", "Of the accounts", "客户分布"),
        column("trend", "points", False, "Trend", "趋势", "Median log ratio against the time before", "相对此前的对数比中位数"),
        column("low_share", "share", False, "Low for themselves", "低于自身常态",
               "Accounts below three quarters of their own earlier windows", "低于自身此前四分之三窗口的客户"),
    )  # fmt: skip
    title = {"en": "Quantity and quality, by window", "zh": "数量与质量（按窗口）"}
    return _table("activity_levels", title, columns, found, shown=18, words={"metric": words.METRICS})


def group_table(cube, group, days: int) -> Table:
    """Show the medians by size class."""
    mine = cube[cube["window_days"] == days]
    mine = mine.assign(peers=mine["account_id"].map(group).fillna("").astype(str))
    found = mine.pivot_table(index="peers", columns="metric", values="level", aggfunc="median")
    found = found.reindex(columns=list(METRICS)).astype("float64")
    found.insert(0, "accounts", mine.drop_duplicates("account_id").groupby("peers").size())
    found = found.loc[sorted(found.index, key=by_size)]
    kinds = {"value_action_share": "share"}
    columns = (
        column("peers", "text", True, "Size", "规模", "Size class of the account", "客户规模"),
        column("accounts", "integer", True, "Accounts", "客户数", "In scope", "在册"),
        *(
            column(metric, kinds.get(metric, "number"), False, words.METRICS[metric]["en"], words.METRICS[metric]["zh"],
                   f"Median, {days} days", f"{days}天中位数")
            for metric in METRICS
        ),
    )  # fmt: skip
    title = {"en": f"By size, {days} days", "zh": f"按规模，{days}天"}
    return _table("activity_by_size", title, columns, found.reset_index(), words={"peers": words.NO_PEERS})


def module_tables(known, group, days: int) -> tuple[Table, Table]:
    """Show each module's use, and who uses it by size class."""
    use = known.once(module_use)
    use = use[(use["window_days"] == days) & (use["module"] != UNNAMED)]
    shared, bought = shares(use), known.once(held)
    found = use.groupby("module").agg(using=("account_id", "size"), events=("events", "sum"), users=("users", "sum"))
    found["mean_share"] = shared.groupby("module")["share"].sum() / max(use["account_id"].nunique(), 1)
    found["event_share"] = found["events"] / max(found["events"].sum(), 1)
    holders = bought.groupby("module").size()
    found = found.join(holders.rename("bought"), how="outer").fillna({"using": 0, "events": 0, "users": 0, "event_share": 0.0})
    idle = bought.merge(use[["account_id", "module", "events"]], on=["account_id", "module"], how="left")
    found["idle"] = idle[idle["events"].isna()].groupby("module").size()
    found["idle"] = found["idle"].fillna(0).where(found["bought"].notna())
    found["idle_share"] = found["idle"] / found["bought"]
    found = found.reset_index().sort_values(["events", "module"], ascending=[False, True], ignore_index=True)
    columns = (
        column("module", "text", True, "Module", "模块", "Part of the product", "产品模块"),
        column("using", "integer", True, "Accounts using", "使用客户", "With an event in the window", "窗口内有使用"),
        column("users", "integer", True, "People", "使用人数", "Different people, by account", "按客户去重"),
        column("events", "integer", True, "Events", "事件数", "In the window", "窗口内"),
        column("event_share", "share", True, "Share of events", "事件占比", "Of those that name one", "占标明模块的"),
        column("mean_share", "share", False, "Mean share", "户均占比", "Of an account's use", "客户均值"),
        column("bought", "integer", False, "Bought", "已购", "Accounts with a live term", "有有效合同的客户"),
        column("idle", "integer", False, "Idle", "闲置", "Bought and without an event", "已购但无使用"),
        column("idle_share", "share", False, "Idle share", "闲置率", "Of those who bought it", "占已购客户"),
    )
    title = {"en": f"Modules, {days} days", "zh": f"模块，{days}天"}
    table = _table("activity_modules", title, columns, found, words={"module": words.UNNAMED})
    return table, _module_heat(use, group, found["module"].head(TOP_MODULES).tolist(), days)


def _module_heat(use, group, modules, days):
    import pandas as pd

    size = group.fillna("").astype(str)
    count = size.value_counts()
    count = count.loc[sorted(count.index, key=by_size)]
    rows = use[use["module"].isin(modules)]
    using = rows.groupby([rows["account_id"].map(size).fillna(""), "module"]).size()
    grid = pd.MultiIndex.from_product([count.index, modules], names=["peers", "module"])
    found = using.rename_axis(["peers", "module"]).reindex(grid).fillna(0).astype("int64").rename("using").reset_index()
    found["accounts"] = found["peers"].map(count)
    found["share_using"] = found["using"] / found["accounts"]
    columns = (
        column("peers", "text", True, "Size", "规模", "Size class of the account", "客户规模"),
        column("module", "text", True, "Module", "模块", "Part of the product", "产品模块"),
        column("accounts", "integer", True, "Accounts", "客户数", "In scope", "在册"),
        column("using", "integer", True, "Using", "使用客户", "With an event in the window", "窗口内有使用"),
        column("share_using", "share", True, "Share using", "使用率", "Of the accounts of that size", "占该规模客户"),
    )
    title = {"en": f"Who uses which module, {days} days", "zh": f"各规模的模块使用率，{days}天"}
    return _table("activity_module_heat", title, columns, found, shown=0, words={"peers": words.NO_PEERS})


def action_table(known, days: int) -> Table:
    """Show the core actions, most used first."""
    use = known.once(action_use)
    found = use[use["window_days"] == days].drop(columns="window_days")
    found = found.sort_values(["events", "module", "action"], ascending=[False, True, True], ignore_index=True)
    columns = (
        column("module", "text", True, "Module", "模块", "Part of the product", "产品模块"),
        column("action", "text", True, "Action", "操作", "What was done", "操作"),
        column("events", "integer", True, "Events", "事件数", "In the window", "窗口内"),
        column("value_actions", "integer", True, "Value actions", "价值动作", "That do what is paid for", "产生价值的操作"),
        column("users", "integer", True, "People", "使用人数", "Different people", "去重"),
        column("accounts", "integer", True, "Accounts", "客户数", "Different accounts", "去重"),
    )
    title = {"en": f"Core actions, {days} days", "zh": f"核心操作，{days}天"}
    return _table("activity_actions", title, columns, found, words={"module": words.UNNAMED, "action": words.UNNAMED})


def people_tables(known, days: int) -> tuple[Table, Table, object]:
    """Show people by role and the silent key users; return the reliance of each account too."""
    listed = known.once(people)
    roles = by_role(listed, days)
    silent = silent_key_users(known, listed, days)
    columns = (
        column("role", "text", True, "Role", "角色", "Part played", "角色"),
        column("roster", "integer", True, "On the roster", "在册人数", "Joined and not left", "已加入且未离开"),
        column("active", "integer", True, "Active", "活跃人数", "Of the roster, with an event", "在册且有使用"),
        column("active_share", "share", False, "Active share", "活跃率", "Of the roster", "占在册"),
        column("events", "integer", True, "Events", "事件数", "By people in the role", "该角色事件"),
        column("events_each", "number", False, "Events each", "人均事件", "For each active person", "每名活跃者"),
    )
    title = {"en": f"People by role, {days} days", "zh": f"按角色的人员，{days}天"}
    first = _table("activity_roles", title, columns, roles, words={"role": words.ROLES})
    columns = (
        column("account_id", "text", True, "Account", "客户", "The account", "客户"),
        column("user_id", "text", True, "Key user", "关键用户", "The person", "人员"),
        column("department", "text", False, "Department", "部门", "Where the person works", "所在部门"),
        column("days_silent", "integer", False, "Days silent", "沉默天数", "Empty: for longer still", "空：更久"),
    )
    title = {"en": f"Key users without use in {days} days", "zh": f"{days}天未使用的关键用户"}
    note = {"en": "Accounts with most revenue first.", "zh": "按收入从高到低。"}
    return first, _table("activity_silent_key_users", title, columns, silent, note=note), reliance(listed, days)


def low_table(cube, known, days: int) -> Table:
    """Show the accounts with most revenue among those whose events are low for themselves and for their peers."""
    mine = cube[(cube["metric"] == "usage_events") & (cube["window_days"] == days)]
    mine = mine[(mine["own_rank"] < LOW) & (mine["peer_rank"] < LOW)].copy()
    mine["arr"] = 12 * known.of(mine["account_id"], "mrr") if "mrr" in known.accounts else np.nan
    mine = mine.sort_values(["arr", "against_usual", "account_id"], ascending=[False, True, True]).head(TOP_ACCOUNTS)
    columns = (
        column("account_id", "text", True, "Account", "客户", "The account", "客户"),
        column("arr", "money", False, "ARR", "年度经常性收入", "A year", "每年"),
        column("level", "number", True, "Events", "事件数", f"In {days} days", f"{days}天内"),
        column("usual", "number", False, "Usual", "自身常态", "Mean of its own earlier windows", "自身此前窗口均值"),
        column("own_rank", "share", False, "Own rank", "自身位次", "Earlier windows below", "此前低于当前"),
        column("peer_rank", "share", False, "Peer rank", "同类位次", "Share of its peers below", "低于当前的同类占比"),
    )
    title = {"en": "Low for themselves and among their peers", "zh": "低于自身常态且低于同类"}
    return _table("activity_low", title, columns, mine)


def off_profile_table(health, known) -> Table:
    """Show the accounts whose modules lie farthest from those of healthy peers."""
    found = health.now.dropna(subset=["distance"]).copy()
    found["arr"] = 12 * known.of(found["account_id"], "mrr") if "mrr" in known.accounts else np.nan
    found = found.sort_values(["distance", "account_id"], ascending=[False, True]).head(TOP_ACCOUNTS).reset_index(drop=True)
    columns = (
        column("account_id", "text", True, "Account", "客户", "The account", "客户"),
        column("peers", "text", True, "Peers", "同类", "Size class it is held against", "比较的规模组"),
        column("distance", "share", True, "Distance", "偏离", "Share of use elsewhere", "需转移的占比"),
        column("arr", "money", False, "ARR", "年度经常性收入", "A year", "每年"),
    )
    title = {"en": "Farthest from the modules of healthy peers", "zh": "与健康同类模块结构偏离最大"}
    return _table("activity_off_profile", title, columns, found, words={"peers": words.NO_PEERS})


def lag_table(found) -> Table:
    """Show which process numbers run ahead of which predictive ones."""
    columns = (
        column("process", "text", True, "What we did", "我们的动作", "Change in one quarter", "某季度的变化"),
        column("predictive", "text", True, "What they did", "客户行为", "Change in the next quarter", "下一季度的变化"),
        column("correlation", "number", False, "Correlation", "相关", "Partial, of ranks", "偏秩相关"),
        column("low", "number", False, "Low", "下限", "90 % interval, by account", "90%区间"),
        column("high", "number", False, "High", "上限", "90 % interval, by account", "90%区间"),
        column("adjusted_p_value", "number", False, "p, corrected", "校正p值", "Holm, over all pairs", "Holm校正"),
        column("accounts", "integer", True, "Accounts", "客户数", "With two changes in a row", "有连续两次变化"),
        column("verdict", "text", True, "Verdict", "结论", "At 5 %, corrected", "校正后5%"),
    )
    title = {"en": "Process against predictive numbers, a quarter later", "zh": "过程指标与滞后一季的预测指标"}
    note = {"en": "Correlations, not effects.", "zh": "相关并非因果。"}
    named = {"process": words.PROCESS, "predictive": words.PREDICTIVE, "verdict": words.VERDICTS}
    return _table("activity_lags", title, columns, found, note=note, words=named)


def tag_table(specs) -> Table:
    """Count the features of each tag; outcomes are none of them."""
    import pandas as pd

    count = tagged(specs)["tag"].value_counts()
    found = pd.DataFrame({"tag": list(TAGS), "features": [int(count.get(tag, 0)) for tag in TAGS]})
    columns = (
        column("tag", "text", True, "Tag", "标签", "What the number is for", "指标用途"),
        column("features", "integer", True, "Features", "特征数", "That the model may use", "模型可用"),
    )
    title = {"en": "What the model's numbers are for", "zh": "模型指标的用途"}
    return _table("activity_tags", title, columns, found, words={"tag": words.TAGS})


def broad(known, days: int):
    """Return the breadth of each account's use; see :func:`renewcast.activity.modules.breadth`."""
    use = known.once(module_use)
    return breadth(shares(use[use["window_days"] == days]))


def _table(name, title, columns, frame, **more) -> Table:
    """Make a table of the columns that it declares."""
    return Table(name, title, columns, frame[[one.name for one in columns]].reset_index(drop=True), **more)


def by_size(name: str) -> tuple:
    """Order size classes by the number that they begin with, then names.

    Examples
    --------
    >>> sorted(["1001+", "51-200", "1-50", "large"], key=by_size)
    ['1-50', '51-200', '1001+', 'large']
    """
    digits = re.match(r"\d*", name.strip()).group()
    return (0, int(digits), name) if digits else (1, 0, name)
