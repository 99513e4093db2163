"""The tables of the scorecard part: frames of the room `scorecard`, with the words that a review shows."""

import numpy as np

from renewcast.publishing.column import column
from renewcast.review import scorecard_words as words
from renewcast.review.part import Chart, Table
from renewcast.scorecard._definition import TEAMS
from renewcast.scorecard.renewals import BENCHMARK
from renewcast.scorecard.stars import BY_NAME, CATALOGUE, star_months

METRICS = {one.name: {"en": one.en, "zh": one.zh} for one in CATALOGUE}
SHOWN = 50


def star_tables(months, series, table, language: str) -> list:
    """Show a table of stars for each team, and all of the months."""
    tables = []
    for team in TEAMS:
        mine = table[table["team"] == team].reset_index(drop=True)
        mine["why"] = [_why(row, language) for row in mine.itertuples()]
        kinds = {row.metric: row.unit for row in mine.itertuples()}
        mine["shown"] = [_as_text(value, kinds[name]) for name, value in zip(mine["metric"], mine["value"], strict=True)]
        mine["before"] = [_as_text(value, kinds[name]) for name, value in zip(mine["metric"], mine["previous"], strict=True)]
        mine["interval"] = [_interval(row) for row in mine.itertuples()]
        columns = (
            column("stars", "integer", True, "Stars", "星级", "Five stars are the team's own doing", "五星为团队自身动作"),
            column("metric", "text", True, "Metric", "指标", "What is counted", "统计内容"),
            column("month", "day", False, "Month", "月份", "Newest that is told", "最新可统计月份"),
            column("shown", "text", False, "Value", "数值", "In that month", "当月"),
            column("interval", "text", False, "90 %", "90%区间", "Where it is an estimate", "估计值的区间"),
            column("before", "text", False, "Before", "上月", "The month before", "前一月"),
            column("why", "text", False, "Why not", "未统计原因", "Where it cannot be told", "无法统计的原因"),
            column("value", "number", False, "Number", "原值", "The value as a number", "数值"),
        )
        title = {"en": f"Star metrics: {words.TEAMS[team]['en']}", "zh": f"星级指标：{words.TEAMS[team]['zh']}"}
        tables.append(_table(f"stars_{team}", title, columns, mine, shown=20, words={"metric": METRICS}))
    tables.append(_months_table(months, series))
    return tables


def star_charts(months, series) -> tuple[list, list]:
    """Draw the five-star metrics of each team month by month, a table and a chart a metric with a year of months or more."""
    import pandas as pd

    tables, charts = [], []
    for name, found in series.items():
        one = BY_NAME[name]
        told = np.isfinite(found.value)
        if one.stars < 5 or told.sum() < 6:
            continue
        frame = pd.DataFrame({"month": months.months.astype("datetime64[us]")[told], "value": found.value[told]})
        columns = (
            column("month", "day", True, "Month", "月份", "First day of the month", "月初"),
            column("value", one.unit, True, one.en, one.zh, one.meaning_en, one.meaning_zh),
        )
        title = {"en": one.en, "zh": one.zh}
        tables.append(_table(f"star_{name}", title, columns, frame, shown=0, note={"en": one.meaning_en, "zh": one.meaning_zh}))
        charts.append(Chart("line", f"star_{name}", title, "month", ("value",)))
    return tables, charts


def _months_table(months, series) -> Table:
    columns = (
        column("month", "day", True, "Month", "月份", "First day of the month", "月初"),
        column("team", "text", True, "Team", "团队", "Whose metric", "所属团队"),
        column("stars", "integer", True, "Stars", "星级", "Five, four or three", "五、四、三星"),
        column("metric", "text", True, "Metric", "指标", "What is counted", "统计内容"),
        column("value", "number", True, "Value", "数值", "Shares as parts of one", "比例以1为整"),
        column("low", "number", False, "Low", "下限", "90 % interval", "90%区间"),
        column("high", "number", False, "High", "上限", "90 % interval", "90%区间"),
    )
    title = {"en": "All star metrics, month by month", "zh": "全部星级指标（按月）"}
    return _table("star_months", title, columns, star_months(months, series), shown=0, words=_named())


def ahead_table(found) -> Table:
    """Show whether five-star metrics run ahead of the others."""
    columns = (
        column("team", "text", True, "Team", "团队", "Whose metrics", "所属团队"),
        column("first", "text", True, "Five stars", "五星指标", "The month's news of this", "该指标的当月新息"),
        column("then", "text", True, "Fewer stars", "四三星指标", "With later news of this", "与后者随后新息"),
        column("months", "integer", True, "Months", "月数", "With both", "两者均有"),
        column("lead", "number", False, "One to three months later", "滞后一至三月", "Mean correlation", "平均相关"),
        column("together", "number", False, "Same month", "同月", "Correlation", "相关"),
        column("behind", "number", False, "One to three months before", "提前一至三月", "Mean correlation", "平均相关"),
        column("adjusted_p_value", "number", False, "p, corrected", "校正p值", "Holm, over all pairs", "Holm校正"),
        column("verdict", "text", True, "Verdict", "结论", "At 5 %, corrected", "校正后5%"),
    )
    title = {"en": "Do five-star metrics move first?", "zh": "五星指标是否先动？"}
    return _table(
        "stars_ahead", title, columns, found, words={**_named(), "first": METRICS, "then": METRICS, "verdict": words.VERDICTS}
    )


def key_account_tables(listed, by_owner) -> tuple[Table, Table]:
    """Show the key accounts that are overdue, and the cover of each owner."""
    late = listed[listed["overdue_days"] > 0].head(SHOWN).copy()
    for name in ("days_since_contact", "overdue_days"):
        late[name] = late[name].where(np.isfinite(late[name]))
    columns = (
        column("account_id", "text", True, "Account", "客户", "The account", "客户"),
        column("owner", "text", False, "Owner", "负责人", "Its customer-success manager", "客户成功经理"),
        column("arr", "money", True, "ARR", "年度经常性收入", "A year", "每年"),
        column("days_since_contact", "integer", False, "Days since contact", "距上次接触天数", "Empty: never", "空：从未"),
        column(
            "overdue_days",
            "integer",
            False,
            "Days overdue",
            "逾期天数",
            "Beyond the rhythm; empty: never met",
            "超出频率；空：从未",
        ),
    )
    first = _table("key_accounts_overdue", {"en": "Key accounts overdue", "zh": "逾期未触达的重点客户"}, columns, late)
    columns = (
        column("owner", "text", True, "Owner", "负责人", "Customer-success manager", "客户成功经理"),
        column("key_accounts", "integer", True, "Key accounts", "重点客户", "Of the owner", "该负责人"),
        column("met", "integer", True, "In time", "按期", "Met within the rhythm", "按频率触达"),
        column("share", "share", True, "Cover", "覆盖率", "Of the key accounts", "占重点客户"),
        column("low", "share", True, "Low", "下限", "90 % interval", "90%区间"),
        column("high", "share", True, "High", "上限", "90 % interval", "90%区间"),
    )
    title = {"en": "Cover of key accounts by owner", "zh": "各负责人的重点客户覆盖"}
    return first, _table("key_account_cover", title, columns, by_owner, shown=20, words={"owner": words.NO_OWNER})


def load_tables(cells, loads) -> tuple[Table, Table | None]:
    """Show the effort of an account by stage and tier, and the load of each owner where owners are known."""
    columns = (
        column("stage", "text", True, "Stage", "阶段", "Of the lifecycle", "生命周期阶段"),
        column("tier", "text", True, "Tier", "层级", "By the policy", "按分层政策"),
        column("months", "number", True, "Account months", "客户月", "Seen in the past year", "过去一年"),
        column("contacts", "number", True, "Contacts", "接触", "An account and month", "每客户每月"),
        column("tickets", "number", True, "Tickets", "工单", "An account and month", "每客户每月"),
        column("expected", "number", True, "Expected effort", "预期工作量", "Drawn to the mean of all", "向均值收缩"),
        column("low", "number", True, "Low", "下限", "90 % interval", "90%区间"),
        column("high", "number", True, "High", "上限", "90 % interval", "90%区间"),
    )
    title = {"en": "Effort of an account a month", "zh": "每客户每月工作量"}
    first = _table("effort_by_stage", title, columns, cells, words={"stage": words.STAGES, "tier": words.TIERS})
    columns = (
        column("owner", "text", True, "Owner", "负责人", "Customer-success manager", "客户成功经理"),
        column("accounts", "integer", True, "Accounts", "客户数", "In scope", "在册"),
        column("arr", "money", False, "ARR", "年度经常性收入", "Of them", "合计"),
        column("effort", "number", True, "Effort a month", "每月工作量", "Contacts and tickets expected", "预期接触与工单"),
        column("effort_each", "number", True, "Each", "户均", "For an account", "每客户"),
        column("against_median", "number", False, "Against the median", "相对中位数", "1 is the middle owner", "1为中位负责人"),
        column("places", "integer", True, "Places", "名单位数", "On a list of equal effort", "等工作量名单"),
    )
    title = {"en": "Load by owner", "zh": "各负责人负荷"}
    if loads is None:
        return first, None
    return first, _table("load_by_owner", title, columns, loads, shown=20, words={"owner": words.NO_OWNER})


def new_customer_table(found) -> Table:
    """Show each owner's new customers a month."""
    columns = (
        column("owner", "text", True, "Owner", "负责人", "Customer-success manager", "客户成功经理"),
        column("new_a_month", "number", True, "New a month", "每月新增", "Mean of the past year", "过去一年均值"),
        column("low", "number", True, "Low", "下限", "90 % interval", "90%区间"),
        column("high", "number", True, "High", "上限", "90 % interval", "90%区间"),
        column(
            "share_of_a_csm",
            "share",
            True,
            "Of twenty",
            "占二十",
            "Twenty a month are one manager's work",
            "每月20个为一人工作量",
        ),
    )
    title = {"en": "New customers by owner", "zh": "各负责人新增客户"}
    return _table("new_by_owner", title, columns, found, words={"owner": words.NO_OWNER})


def renewal_tables(shares, rates) -> tuple[Table, Table, Chart]:
    """Show where revenue comes from, and what is lost at a rate of churn."""
    columns = (
        column("month", "day", True, "Month", "月份", "First day of the month", "月初"),
        column("renewed_share", "share", False, "Renewed", "续约", "Customers of a year before", "一年前的客户"),
        column("expanded_share", "share", False, "Expanded", "增购", "What they pay more", "其增付部分"),
        column("new_share", "share", False, "New", "新增", "From everybody else", "其他客户"),
        column("total", "money", True, "Revenue", "收入", "Recurring, in the month", "当月经常性收入"),
    )
    shares = shares.assign(total=shares["total_cents"] / 100)
    title = {"en": "Where revenue comes from", "zh": "收入来源"}
    first = _table("renewal_share", title, columns, shares, shown=0)
    mark = (BENCHMARK, {"en": "70 %, a mature company", "zh": "成熟公司约70%"})
    chart = Chart("line", "renewal_share", title, "month", ("renewed_share", "expanded_share", "new_share"), reference=(mark,))
    columns = (
        column("rate", "share", True, "Churn a year", "年流失率", "Of revenue", "占收入"),
        column("is_own", "text", True, "Which", "说明", "Own rate or example", "自身或示例"),
        column("lost", "money", True, "Lost a year", "年损失", "ARR", "年度经常性收入"),
        column("new_a_month", "money", True, "To be sold a month", "每月需新增", "To stand still", "以维持不变"),
    )
    title = {"en": "Revenue lost at a rate of churn", "zh": "不同流失率下的收入损失"}
    return first, _table("lost_at_rates", title, columns, rates, words={"is_own": words.YES}), chart


def readiness_tables(found) -> tuple[Table, Table]:
    """Show how many accounts stand on each step to a benchmark customer, and the most ready ones."""
    count = (
        found["step"]
        .value_counts()
        .reindex(list(words.STEPS))
        .fillna(0)
        .astype("int64")
        .rename_axis("step")
        .reset_index(name="accounts")
    )
    count["arr"] = count["step"].map(found.groupby("step")["arr"].sum()).fillna(0.0)
    columns = (
        column("step", "text", True, "Step", "阶段", "On the way to a benchmark customer", "标杆客户打造阶段"),
        column("accounts", "integer", True, "Accounts", "客户数", "On it", "处于该阶段"),
        column("arr", "money", True, "ARR", "年度经常性收入", "Of them", "合计"),
    )
    title = {"en": "On the way to a benchmark customer", "zh": "标杆客户打造进度"}
    first = _table("benchmark_steps", title, columns, count, words={"step": words.STEPS})
    columns = (
        column("account_id", "text", True, "Account", "客户", "The account", "客户"),
        column("step", "text", True, "Step", "阶段", "On the way to a benchmark customer", "标杆客户打造阶段"),
        column("score", "integer", True, "Met of four", "满足条件", "Value, use, stays, promotes", "价值、使用、留存、推荐"),
        column("arr", "money", False, "ARR", "年度经常性收入", "A year", "每年"),
    )
    title = {"en": "Most ready accounts", "zh": "最具条件的客户"}
    return first, _table("benchmark_ready", title, columns, found.head(SHOWN), words={"step": words.STEPS})


def owner_table(found) -> Table:
    """Show how many customers of each owner left, against what their accounts explain."""
    columns = (
        column("owner", "text", True, "Owner", "负责人", "A year ago", "一年前"),
        column("accounts", "integer", True, "Accounts", "客户数", "Then", "当时"),
        column("left", "integer", True, "Left", "流失", "Within the year", "一年内"),
        column("expected", "number", True, "Expected", "预期", "By the rates of alike accounts", "同类客户比率"),
        column("ratio", "number", False, "Ratio", "比值", "Left over expected", "流失除以预期"),
        column("low", "number", False, "Low", "下限", "90 % interval", "90%区间"),
        column("high", "number", False, "High", "上限", "90 % interval", "90%区间"),
        column("drawn", "number", False, "Drawn", "收缩比值", "To 1, as far as chance explains", "向1收缩"),
    )
    title = {"en": "Churn by owner", "zh": "各负责人流失"}
    return _table("churn_by_owner", title, columns, found, shown=20, words={"owner": words.NO_OWNER})


def play_table(found, library) -> Table:
    """Show what the plays of the past quarter are worth."""
    columns = (
        column("play", "text", True, "Play", "行动方案", "Of the library", "方案库"),
        column("begun", "integer", True, "Begun", "启动数", "In the past quarter", "过去一季"),
        column("saved", "money", True, "ARR saved", "挽回ARR", "Expected, a year", "预期，每年"),
        column("low", "money", True, "Low", "下限", "90 % interval of the effect", "效果90%区间"),
        column("high", "money", True, "High", "上限", "90 % interval of the effect", "效果90%区间"),
        column("hours", "number", True, "Hours", "工时", "By the library", "按方案库"),
        column("saved_an_hour", "money", False, "An hour", "每工时", "ARR saved", "挽回ARR"),
        column("effect_from", "text", True, "Effect", "效果来源", "Assumed or measured", "假设或实测"),
    )
    named = {play.id: {"en": play.title.en, "zh": play.title.zh} for play in library.plays}
    title = {"en": "What plays are worth", "zh": "行动方案的价值"}
    note = {"en": "As long as an effect is assumed, so is its worth.", "zh": "效果为假设时，价值亦为假设。"}
    return _table("play_worth", title, columns, found, note=note, words={"play": named, "effect_from": words.EFFECT_FROM})


def _table(name, title, columns, frame, **more) -> Table:
    return Table(name, title, columns, frame[[one.name for one in columns]].reset_index(drop=True), **more)


def _named():
    return {"team": words.TEAMS, "metric": METRICS}


def _why(row, language):
    if row.is_measured:
        return None
    one = BY_NAME[row.metric]
    if row.lacks == "no_table":
        return one.why_not_zh if language == "zh" else one.why_not_en
    return (words.NO_MONTHS if row.lacks == "months" else words.lacks(row.lacks))[language]


def _as_text(value, unit) -> str | None:
    if not np.isfinite(value):
        return None
    if unit in ("share", "points"):
        return f"{value:+.1%}" if unit == "points" else f"{value:.1%}"
    return f"{value:,.2f}" if unit == "number" else f"{value:,.0f}"


def _interval(row) -> str | None:
    if not (np.isfinite(row.low) and np.isfinite(row.high)):
        return None
    return f"{_as_text(row.low, row.unit)} – {_as_text(row.high, row.unit)}"
