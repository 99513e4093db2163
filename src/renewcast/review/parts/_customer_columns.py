"""The columns of the parts on lifecycle and milestones: what each is called, and what it means."""

from renewcast.publishing.column import Column, column
from renewcast.review.part import Table

# name: kind, whether every row has it, heading and meaning in English and Chinese
_KNOWN = {
    "account_id": ("text", True, "Account ID", "客户编号", "The account's id.", "客户编号。"),
    "account_name": ("text", False, "Account", "客户", "The account's name.", "客户名称。"),
    "owner": ("text", False, "Owner", "负责人", "Who looks after the account.", "负责该客户的人。"),
    "arr": ("money", False, "ARR", "年度经常性收入", "Annual recurring revenue now.", "当前年度经常性收入。"),
    "arr_share": ("share", False, "Share of ARR", "收入占比", "Share of all ARR.", "占全部年度经常性收入的比例。"),
    "stage": ("text", True, "Stage", "阶段", "Lifecycle stage.", "生命周期阶段。"),
    "tier": ("text", True, "Tier", "层级", "Tier by declared policy, today's.", "按政策划分的层级（当前）。"),
    "accounts": ("integer", True, "Accounts", "客户数", "Accounts that the row rests on.", "该行所依据的客户数。"),
    "churn_probability": ("share", False, "Churn probability", "流失概率", "Mean of the accounts.", "客户流失概率的平均值。"),
    "arr_at_risk": ("money", False, "ARR at risk", "风险收入", "ARR times churn probability, summed.", "收入乘以流失概率之和。"),
    "month": ("day", True, "Month", "月份", "First day of the month.", "当月第一天。"),
    "onboarding": ("integer", True, "Onboarding", "上线期", "Accounts in onboarding.", "处于上线期的客户数。"),
    "growth": ("integer", True, "Growth", "成长期", "Accounts in growth.", "处于成长期的客户数。"),
    "steady": ("integer", True, "Steady", "稳定期", "Accounts in neither.", "处于稳定期的客户数。"),
    "renewal": ("integer", True, "Renewal", "续约期", "Accounts near the end.", "末期客户数。"),
    "from_stage": ("text", True, "From", "原阶段", "Stage at the month's beginning.", "月初所处阶段。"),
    "to_stage": ("text", True, "To", "现阶段", "Stage a month later.", "一个月后所处阶段。"),
    "moves": ("integer", True, "Moves", "迁移次数", "Account-months that went this way.", "按此路径迁移的客户月数。"),
    "account_months": ("integer", True, "Account-months", "客户月数", "Months of accounts there.", "处于该阶段的月数。"),
    "share": ("share", False, "Share", "占比", "The share estimated; see the table's note.", "估计的比例，见表注。"),
    "low": ("share", False, "From (90 %)", "下限（90%）", "Lower end of the 90 % interval.", "90% 区间下限。"),
    "high": ("share", False, "To (90 %)", "上限（90%）", "Upper end of the 90 % interval.", "90% 区间上限。"),
    "months_in_stage": ("integer", True, "Months", "月数", "Whole months in the stage.", "在该阶段的整月数。"),
    "at_risk": ("integer", True, "Still there", "仍在人数", "Accounts that the estimate rests on.", "该估计所依据的客户数。"),
    "metric": ("text", True, "Judged by", "衡量指标", "What the stage is judged by.", "衡量该阶段的指标。"),
    "touches": ("integer", True, "Contacts", "接触次数", "Contacts on record.", "有记录的接触次数。"),
    "rate": ("number", False, "Contacts a month", "每月接触", "Contacts an account and month.", "每客户每月接触次数。"),
    "rate_low": ("number", False, "From (90 %)", "下限（90%）", "Lower end of the 90 % interval.", "90% 区间下限。"),
    "rate_high": ("number", False, "To (90 %)", "上限（90%）", "Upper end of the 90 % interval.", "90% 区间上限。"),
    "untouched": ("share", False, "Months without", "无接触月份", "Account-months without contact.", "无接触的客户月占比。"),
    "touch_share": ("share", False, "Of all contacts", "接触占比", "Share of all contacts.", "占全部接触的比例。"),
    "need_share": ("share", False, "Of the need", "需求占比", "Share of what is at stake.", "占全部风险的比例。"),
    "touches_per_need": ("number", False, "Per need", "接触与需求比", "Below 1: met less than its need.", "低于 1 即不足。"),
    "days_before": ("integer", True, "Days before end", "距到期天数", "When the terms were looked at.", "观察合同的时点。"),
    "terms": ("integer", True, "Terms", "合同数", "Terms that the row rests on.", "该行所依据的合同数。"),
    "signed": ("integer", True, "Already renewed", "已续约", "Known to be renewed by then.", "届时已知续约的合同数。"),
    "open": ("integer", True, "Open", "未决", "Not known to be renewed then.", "届时尚未续约的合同数。"),
    "renewed": ("integer", True, "Renewed", "最终续约", "Of the open ones, in the end.", "未决合同中最终续约的数量。"),
    "touched": ("share", False, "Met", "已接触", "Open ones met until the next look.", "到下一时点前有接触的占比。"),
    "touched_low": ("share", False, "Met, from", "已接触下限", "Lower end of the 90 % interval.", "90% 区间下限。"),
    "touched_high": ("share", False, "Met, to", "已接触上限", "Upper end of the 90 % interval.", "90% 区间上限。"),
    "phase": ("text", True, "Phase", "全生命周期阶段", "Phase of the account's life.", "客户所处的全生命周期阶段。"),
    "evidence": ("text", True, "Evidence", "依据", "What tells so.", "判断的依据。"),
    "median_days": ("number", False, "Median days", "天数中位数", "Median days so far.", "迄今天数的中位数。"),
    "renewed_without_value": ("integer", True, "No value", "无价值续约", "Renewed without first value.", "已续约，无价值。"),
    "field": ("text", True, "What should be known", "应交接内容", "What sales should hand over.", "销售应移交的信息。"),
    "known": ("integer", True, "Known", "已知", "Accounts of which it was known.", "已知该信息的客户数。"),
    "missing": ("integer", True, "Missing", "缺失项", "How many things were not known.", "缺失的信息项数。"),
    "completeness": ("share", False, "Complete", "完整度", "Share of it that was known.", "已知信息占比。"),
    "missing_fields": ("text", False, "What is missing", "缺失内容", "The things not known.", "缺失的信息。"),
    "started_on": ("day", True, "Began", "开始日", "First day of the first term.", "首份合同的第一天。"),
    "kind": ("text", False, "Kind", "类型", "Kind of the row.", "该行的类型。"),
    "contacts": ("integer", True, "Contacts", "接触次数", "Contacts before the sale.", "成交前的接触次数。"),
    "first": ("integer", True, "First", "首次接触", "Accounts whose first contact it was.", "作为首次接触的客户数。"),
    "last": ("integer", True, "Last", "末次接触", "Accounts whose last contact it was.", "作为末次接触的客户数。"),
    "evenly": ("number", True, "Shared evenly", "均摊", "Accounts shared among their contacts.", "按接触均摊的客户数。"),
    "cohort": ("text", True, "Began in", "开始季度", "Quarter of the first term.", "首份合同所在季度。"),
    "day": ("integer", True, "Days", "天数", "Days since the first term began.", "距首份合同开始的天数。"),
    "grouping": ("text", True, "By", "分组方式", "What the accounts are grouped by.", "分组所依据的属性。"),
    "value": ("text", True, "Group", "组别", "The group.", "组别。"),
    "reached": ("integer", True, "Reached", "已达成", "Accounts that got there.", "已达成的客户数。"),
    "within_30": ("share", False, "Within 30 days", "30 天内", "Share that got there in 30 days.", "30 天内达成的比例。"),
    "within_60": ("share", False, "Within 60 days", "60 天内", "Share that got there in 60 days.", "60 天内达成的比例。"),
    "within_90": ("share", False, "Within 90 days", "90 天内", "Share that got there in 90 days.", "90 天内达成的比例。"),
    "low_90": ("share", False, "From (90 %)", "下限（90%）", "Of the share within 90 days.", "90 天内比例的区间下限。"),
    "high_90": ("share", False, "To (90 %)", "上限（90%）", "Of the share within 90 days.", "90 天内比例的区间上限。"),
    "within_395": ("share", False, "Within 13 months", "13 个月内", "Share that got there in 395 days.", "395 天内达成的比例。"),
    "median": ("number", False, "Median days", "天数中位数", "Half got there within so many days.", "半数客户达成所需天数。"),
    "median_low": ("number", False, "Median, from", "中位数下限", "Lower end of the 90 % interval.", "90% 区间下限。"),
    "median_high": ("number", False, "Median, to", "中位数上限", "Upper end of the 90 % interval.", "90% 区间上限。"),
    "p_value": ("number", False, "p", "p 值", "Log-rank test against the others.", "与其余客户比较（已校正）。"),
    "waited_days": ("integer", True, "Waiting, days", "已等待天数", "Days since the first term began.", "距首份合同开始的天数。"),
    "peers": ("text", False, "Peers", "同类客户", "Accounts compared with; empty: all.", "所比较的同类客户；空为全部。"),
    "peers_days": ("number", False, "Peers' days", "同类天数", "Three quarters had it by then.", "四分之三同类届时已达成。"),
    "is_behind": ("text", True, "Behind peers", "落后于同类", "Waits longer than 75 % did.", "长于四分之三同类。"),
    "milestone": ("text", True, "Milestone", "里程碑", "What should be reached.", "应达成的目标。"),
    "due_on": ("day", False, "Due", "到期日", "The day agreed last.", "最近约定的日期。"),
    "days": ("integer", True, "Days late", "逾期天数", "Days since it was due.", "逾期天数。"),
    "milestones": ("integer", True, "Milestones", "里程碑数", "Milestones on record.", "有记录的里程碑数。"),
    "done": ("integer", True, "Done", "已完成", "Reached.", "已达成。"),
    "due": ("integer", True, "To come", "未到期", "Its day is still to come.", "尚未到期。"),
    "late": ("integer", True, "Late", "逾期", "Its day is over, it is not reached.", "已过期且未达成。"),
    "unknown": ("integer", True, "No day", "无日期", "Nobody said by when.", "未约定日期。"),
    "judged": ("integer", True, "Judged", "可评判", "Those whose time is over.", "期限已过的数量。"),
    "on_time": ("integer", True, "On time", "按时", "Reached in time.", "按时达成的数量。"),
    "median_days_late": ("number", False, "Days late", "逾期中位数", "Median of those late.", "延迟达成者的中位数。"),
    "moved": ("integer", False, "Moved", "改期", "Milestones whose day was put off.", "日期被推迟的里程碑数。"),
    "first_share": ("share", False, "By the first day", "按最初日期", "Reached by the first day.", "按最初日期达成。"),
    "first_low": ("share", False, "First day, from", "最初日期下限", "Lower end of the 90 % interval.", "90% 区间下限。"),
    "first_high": ("share", False, "First day, to", "最初日期上限", "Upper end of the 90 % interval.", "90% 区间上限。"),
    "functional_done": ("integer", True, "Work done", "已完成功能", "Functional milestones reached.", "已完成的功能里程碑数。"),
    "step": ("text", True, "Step", "步骤", "The step.", "步骤。"),
    "goals": ("integer", True, "Goals", "目标数", "Goals at this step.", "该级的目标数。"),
    "median_step_days": ("number", False, "Days apart", "间隔天数", "Median, from the step before.", "与上一级间隔的中位数。"),
    "close": ("integer", True, "Under a month", "不足一月", "Planned less than 30 days apart.", "间隔不足 30 天。"),
    "in_reach": ("integer", True, "1 to 3 months", "一至三月", "Planned 30 to 90 days apart.", "间隔 30 至 90 天。"),
    "too_far": ("integer", True, "Over 3 months", "超过三月", "Planned over 90 days apart.", "间隔超过 90 天。"),
    "step_days": ("integer", True, "Days apart", "间隔天数", "Days from the step before.", "与上一级的间隔天数。"),
    "of_previous": ("share", False, "Of the step before", "上步转化", "Of those at the step before.", "占上一步客户。"),
    "median_days_between": ("number", False, "Days between", "间隔中位数", "Median days since then.", "距上一步的中位数。"),
    "outcome": ("text", True, "Outcome", "成果", "Whether the term brought an outcome.", "合同期内是否取得成果。"),
}  # fmt: skip


def columns(*names: str) -> tuple[Column, ...]:
    """Return the columns of these names, in order."""
    return tuple(column(name, *_KNOWN[name]) for name in names)


def gathered(pieces) -> dict:
    """Put the says, figures, tables and charts of several pieces, dicts or None, together."""
    kinds = ("says", "figures", "tables", "charts")
    return {kind: tuple(one for piece in pieces if piece for one in piece.get(kind, ())) for kind in kinds}


def table(name: str, title: dict, frame, names: tuple[str, ...], *, words: dict | None = None, **rest) -> Table:
    """Make a table of the named columns of a frame; words of other columns are left out."""
    rest["words"] = {column: said for column, said in (words or {}).items() if column in names} or None
    return Table(name, title, columns(*names), frame[list(names)].reset_index(drop=True), **rest)
