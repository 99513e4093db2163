"""The columns that say what was noticed about an account, and what to do about it by when."""

from renewcast.publishing.column import column

ACTION_COLUMNS = (
    column(
        "signals",
        "text",
        False,
        "Signals",
        "信号",
        "What named rules noticed in the raw facts; only rules that have earned their place speak.",
        "命名规则在原始事实中发现的情况；只有经检验有效的规则才会提示。",
    ),
    column(
        "owner_place",
        "integer",
        False,
        "Place for owner",
        "负责人名次",
        "Place on the owner's own list of this week, as long as the owner has time; empty beyond it.",
        "在负责人本周名单中的名次，以其可用精力为限；超出则为空。",
    ),
    column(
        "goal",
        "text",
        False,
        "Goal",
        "目标",
        "What is wanted: prevent churn, expand, cross-sell, or part well where the account is leaving for another product.",
        "希望达到的结果：挽留、扩展、交叉销售，或在客户转向其他产品时妥善收尾。",
    ),
    column("play", "text", False, "Play", "行动方案", "What to do, from the project's plays.", "建议的行动，取自项目的方案库。"),
    column(
        "due_on",
        "day",
        False,
        "Due",
        "截止日",
        "Begin by this day, so that the play has its time before notice or renewal.",
        "最迟于该日开始，以便在通知期或续约前完成行动。",
    ),
    column(
        "check",
        "text",
        False,
        "How to tell",
        "检验标准",
        "What will tell, and when, whether the play worked.",
        "何时以何种指标判断行动是否奏效。",
    ),
    column(
        "expected_arr_saved",
        "money",
        False,
        "Expected ARR saved",
        "预期挽回收入",
        "ARR times what the play is expected to take off the churn probability.",
        "年度经常性收入乘以该行动预计降低的流失概率。",
    ),
)
