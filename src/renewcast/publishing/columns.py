"""The columns of the weekly risk list: name, type, headings and meaning, in English and Chinese.

Parquet and CSV carry the names; the spreadsheet and the page carry the headings. The order here is the order everywhere.
"""

from renewcast.errors import RenewcastError
from renewcast.publishing.column import Column, column
from renewcast.publishing.columns_actions import ACTION_COLUMNS
from renewcast.publishing.columns_change import CHANGE_COLUMNS
from renewcast.publishing.numbers_as_text import fact


def _driver(number):
    return column(
        f"driver_{number}",
        "text",
        False,
        f"Reason {number}",
        f"原因 {number}",
        f"What raises this account's probability most, number {number} of three; empty if there is none.",
        f"推高该客户概率的第 {number} 个原因（共三个）；没有则为空。",
    )


def _points(number):
    return column(
        f"driver_{number}_points",
        "share",
        False,
        f"Reason {number}, points",
        f"原因 {number} 的百分点",
        f"By how much reason {number} raises the probability; 0.05 is five percentage points.",
        f"原因 {number} 使概率上升多少；0.05 即五个百分点。",
    )


def _within(days):
    return column(
        f"churn_probability_{days}d",
        "share",
        False,
        f"Churn in {days} days",
        f"{days} 天内流失概率",
        f"Probability of churn within {days} days, on one curve with the churn probability; empty if unknown.",
        f"{days} 天内流失的概率，与流失概率同属一条曲线；未知则为空。",
    )


LIST_COLUMNS = (
    column("rank", "integer", True, "Rank", "排名", "Place on the list; 1 comes first.", "在名单中的位置，1 为最先处理。"),
    column("account_id", "text", True, "Account ID", "客户编号", "The account's id, always text.", "客户编号，始终为文本。"),
    column("account_name", "text", False, "Account", "客户", "The account's name.", "客户名称。"),
    column(
        "owner",
        "text",
        False,
        "Owner",
        "负责人",
        "Who looks after the account (the customer success manager).",
        "负责该客户的客户成功经理。",
    ),
    column("segment", "text", False, "Segment", "客户群", "The cluster of accounts that behave alike.", "行为相近的客户群。"),
    column(
        "tier",
        "text",
        False,
        "Tier",
        "等级",
        "Benchmark, value-add or ordinary, by the project's policy.",
        "按项目规则划分：标杆、增值或普通。",
    ),
    column(
        "lifecycle_stage",
        "text",
        False,
        "Stage",
        "阶段",
        "Onboarding, growth, steady or renewal, by date.",
        "按日期划分：启用、成长、稳定或续约。",
    ),
    column(
        "renewal_date",
        "day",
        False,
        "Renewal",
        "续约日",
        "First day without cover if the account does not renew.",
        "如不续约，合同失效的第一天。",
    ),
    column(
        "days_to_renewal",
        "integer",
        False,
        "Days left",
        "剩余天数",
        "Days from the list's day to the renewal date.",
        "从名单日期到续约日的天数。",
    ),
    column(
        "arr",
        "money",
        False,
        "ARR",
        "年度经常性收入",
        "Annual recurring revenue on the list's day.",
        "名单日期当天的年度经常性收入。",
    ),
    column(
        "churn_probability",
        "share",
        False,
        "Churn probability",
        "流失概率",
        "Calibrated probability of the outcome that this list predicts; empty if the account is not scored.",
        "名单所预测结果的校准概率；未评分的客户为空。",
    ),
    column(
        "churn_low",
        "share",
        False,
        "Low",
        "下限",
        "Lower end of the 90 % interval: how low the probability of an account like this may really be; empty if not scored.",
        "90% 区间的下限：此类客户的真实概率可能低至此值；未评分则为空。",
    ),
    column(
        "churn_high",
        "share",
        False,
        "High",
        "上限",
        "Upper end of the 90 % interval: how high the probability of an account like this may really be; empty if not scored.",
        "90% 区间的上限：此类客户的真实概率可能高至此值；未评分则为空。",
    ),
    column(
        "renewal_probability",
        "share",
        False,
        "Renewal probability",
        "续约概率",
        "Calibrated probability that the coming term is renewed; empty if unknown.",
        "即将到期合同续约的校准概率；未知则为空。",
    ),
    column(
        "arr_at_risk",
        "money",
        False,
        "ARR at risk",
        "风险收入",
        "ARR times the churn probability: what we expect to lose.",
        "年度经常性收入乘以流失概率，即预期损失。",
    ),
    column(
        "churn_probability_last_list",
        "share",
        False,
        "Last list",
        "上期概率",
        "The churn probability on the list before this one; empty if it had none.",
        "上一期名单中的流失概率；没有则为空。",
    ),
    _within(30),
    _within(180),
    column(
        "lifetime_value",
        "money",
        False,
        "Lifetime value",
        "客户生命周期价值",
        "Expected discounted margin while the account stays, up to the project's limit; empty if unknown.",
        "客户留存期间的预期折现毛利，计算至项目设定的期限；未知则为空。",
    ),
    *(_driver(number) for number in (1, 2, 3)),
    *(_points(number) for number in (1, 2, 3)),
    column(
        "driver_ties",
        "text",
        False,
        "Tied reasons",
        "并列原因",
        "Which reasons are too close to tell apart, such as 1 = 2; one named is as strong as the last one. Empty if none are.",
        "哪些原因相差过小、无法区分先后，例如 1 = 2；写出名称的原因与最后一项同样强。没有则为空。",
    ),
    *CHANGE_COLUMNS,
    *ACTION_COLUMNS,
    column(
        "status",
        "text",
        True,
        "Status",
        "状态",
        "scored, or not_scored with a reason.",
        "scored（已评分）或 not_scored（未评分，附原因）。",
    ),
    column(
        "reason_not_scored",
        "text",
        False,
        "Why not scored",
        "未评分原因",
        "Why the account has no probability; empty if it is scored.",
        "客户没有概率的原因；已评分则为空。",
    ),
    column("model_version", "text", True, "Model version", "模型版本", "The model that scored the row.", "为该行评分的模型。"),
    column(
        "as_of", "day", True, "As of", "截止日期", "Only what was known before this day was used.", "只使用了该日之前已知的信息。"
    ),
)
COLUMN_NAMES = tuple(one.name for one in LIST_COLUMNS)

_INACTIVITY = {
    "churn_probability": {"en": "Inactivity probability", "zh": "沉寂概率"},
    "arr_at_risk": {"en": "ARR at risk", "zh": "风险收入"},
}


def heading(column: Column, language: str, target: str) -> str:
    """Return what a reader sees above a column.

    Parameters
    ----------
    column : Column
    language : {"en", "zh"}
    target : {"churn", "inactivity"}
        What the list predicts; it names the probability.

    Returns
    -------
    str

    Examples
    --------
    >>> found = {one.name: one for one in LIST_COLUMNS}["churn_probability"]
    >>> heading(found, "en", "churn"), heading(found, "zh", "inactivity")
    ('Churn probability', '沉寂概率')
    """
    if target == "inactivity" and column.name in _INACTIVITY:
        return _INACTIVITY[column.name][language]
    return column.heading[language]


def named_fact(name: str, value, about) -> str:
    """Write a fact about the model; the name of a column becomes its heading.

    Parameters
    ----------
    name : str
    value : JSON value
    about : ListFacts

    Returns
    -------
    str
    """
    if isinstance(value, str) and value in COLUMN_NAMES:
        return heading(LIST_COLUMNS[COLUMN_NAMES.index(value)], about.language, about.target)
    return fact(name, value)


def check_columns(names) -> None:
    """Refuse a list whose columns are not exactly ours, in our order.

    Raises
    ------
    RenewcastError
        "The risk list lacks the column ...", "... has an unknown column ..." or "... in another order".

    Examples
    --------
    >>> check_columns(COLUMN_NAMES[1:])
    Traceback (most recent call last):
    renewcast.errors.RenewcastError: The risk list lacks the column rank; give exactly the columns of publishing.columns.
    """
    names = list(names)
    absent = [name for name in COLUMN_NAMES if name not in names]
    unknown = [str(name) for name in names if name not in COLUMN_NAMES]
    advice = "give exactly the columns of publishing.columns"
    if absent:
        raise RenewcastError(f"The risk list lacks the column {absent[0]}; {advice}.")
    if unknown:
        raise RenewcastError(f"The risk list has an unknown column {unknown[0]!r}; {advice}.")
    if tuple(names) != COLUMN_NAMES:
        raise RenewcastError(f"The risk list has its columns twice or in another order; {advice}, in their order.")
