"""The words of the forecast's part: headings, meanings and notes in both languages."""

from renewcast.publishing.column import column

NO_CONTRACTS = {
    "en": "There are no contracts, so no recurring revenue can be forecast.",
    "zh": "没有合同数据，因此无法预测经常性收入。",
}
NOBODY = {"en": "Nobody pays anything on this day, as far as the contracts tell.", "zh": "根据合同，当日没有付费客户。"}
NO_PAST = {
    "en": "No model is in force and no quarter of revenue has been settled yet, so there is nothing to forecast from.",
    "zh": "目前没有模型，也没有已结算的季度收入，因此无从预测。",
}
SHORT_PAST = {
    "en": "Fewer than three quarters are settled: the intervals hold the chance of single accounts only, and are too narrow.",
    "zh": "已结算的季度少于三个：区间仅反映单个客户的偶然性，因而偏窄。",
}
NET = {"en": "Expected net dollar retention of the quarter", "zh": "本季度预期净收入留存率"}
GROSS = {"en": "Expected gross dollar retention of the quarter", "zh": "本季度预期毛收入留存率"}
WATERFALL = {"en": "Monthly recurring revenue until the end of the horizon", "zh": "预测期内的月度经常性收入"}
SINCE = {"en": "From the ledger's last month to today", "zh": "从账本最后一个月到今天"}
SINCE_NOTE = {
    "en": "The forecast begins with what is paid the day before: on the first of a month the ledger's closing, to the cent.",
    "zh": "预测以前一日的付费为起点；若当天为月初，则与账本期末余额分毫不差。",
}
RETENTION = {"en": "Retention of the coming quarter", "zh": "下一季度留存率"}
RIVALS = {
    "en": "Below, for comparison: the last four settled quarters together, and the shifted-beta-geometric model of retention by "
    "age with last year's growth of those who stayed (Fader and Hardie, 2007).",
    "zh": "末尾为对照：最近四个已结算季度的合计，以及按客户年龄的sBG留存模型（Fader与Hardie，2007）乘以留存客户去年的增长。",
}
GROUPS = {"en": "By group of companies", "zh": "按企业集团"}
PRODUCTS = {"en": "By product", "zh": "按产品"}
ACCOUNTS = {"en": "By account", "zh": "按客户"}
ADDS_UP = {
    "en": "Every column adds up, to the cent, to the same total as in every other table of the forecast.",
    "zh": "每一列的合计与预测中其他表格的合计完全一致，精确到分。",
}
TERMS = {"en": "Terms that are due", "zh": "即将到期的合同"}
TERMS_NOTE = {
    "en": "The five outcomes of a term add up to one. Low and high are the 5 % and 95 % quantiles of what is paid afterwards.",
    "zh": "每份合同的五种结果概率之和为一。下限与上限为到期后付费金额的5%与95%分位数。",
}
GROWTH = {"en": "Revenue as a multiple of today's", "zh": "收入相对于今天的倍数"}
GROWTH_NOTE = {
    "en": "The forecast quarter repeated, beside constant rates of growth; beyond the quarter it is a simulation.",
    "zh": "假定预测季度不断重复，并与固定增长率对照；季度之后的部分为模拟。",
}
STEP_WORDS = {
    "opening": {"en": "paid today", "zh": "今日付费"},
    "churn": {"en": "churn", "zh": "流失"},
    "contraction": {"en": "contraction", "zh": "缩减"},
    "expansion": {"en": "expansion", "zh": "扩展"},
    "closing": {"en": "expected at the end", "zh": "期末预期"},
    "ledger": {"en": "end of the last month", "zh": "上月末"},
    "arrived": {"en": "new and returned", "zh": "新增与回归"},
    "lost": {"en": "left", "zh": "离开"},
}
MEASURES = {
    "net_dollar_retention": {"en": "net dollar retention", "zh": "净收入留存率"},
    "gross_dollar_retention": {"en": "gross dollar retention", "zh": "毛收入留存率"},
    "churn": {"en": "churn", "zh": "流失"},
    "contraction": {"en": "contraction", "zh": "缩减"},
    "expansion": {"en": "expansion", "zh": "扩展"},
    "last_year": {"en": "net, last year's rate", "zh": "净收入留存率：去年水平"},
    "sbg": {"en": "net, by age alone (sBG)", "zh": "净收入留存率：仅按客户年龄（sBG）"},
}
SCENARIOS = {
    "base": ("Today's customers, as forecast", "现有客户（预测）"),
    "base_low": ("Low end of the forecast", "预测下限"),
    "base_high": ("High end of the forecast", "预测上限"),
    "with_new": ("With new business as last year", "加上去年水平的新业务"),
    "flat": ("No growth", "零增长"),
    "up_3": ("+3 % a month", "每月+3%"),
    "down_3": ("−3 % a month", "每月−3%"),
    "down_5": ("−5 % a month", "每月−5%"),
}
STEPS = (
    column("step", "text", True, "Step", "步骤", "Where revenue stands, or what changes it.", "收入的状态或变动。"),
    column(
        "mrr",
        "money",
        True,
        "A month",
        "每月金额",
        "Monthly recurring revenue; losses are negative.",
        "月度经常性收入；减少为负。",
    ),
)
GROUP = column("group", "text", True, "Group", "企业集团", "The account that names the group.", "代表该集团的客户。")
PRODUCT = column("product", "text", True, "Product", "产品", "Empty where the contract names none.", "合同未写明产品时为空。")
ACCOUNT = column("account_id", "text", True, "Account", "客户", "The account.", "客户。")
AMOUNTS = (
    column("accounts", "integer", True, "Accounts", "客户数", "Accounts that pay.", "付费客户数。"),
    column("opening", "money", True, "Today", "今日", "Paid a month today.", "今日每月付费。"),
    column("due", "money", True, "Due", "到期", "Of it, up for renewal inside the horizon.", "其中在预测期内到期的部分。"),
    column("churn", "money", True, "Churn", "流失", "Expected to leave with their accounts.", "预期随客户流失。"),
    column(
        "contraction", "money", True, "Contraction", "缩减", "Expected to be paid less by those who stay.", "留存客户预期减少。"
    ),
    column("expansion", "money", True, "Expansion", "扩展", "Expected to be paid more by those who stay.", "留存客户预期增加。"),
    column("closing", "money", True, "At the end", "期末", "Expected at the end of the horizon.", "预测期末预期。"),
    column(
        "deviation", "money", True, "± Deviation", "±标准差", "Standard deviation of what is paid then.", "期末金额的标准差。"
    ),
)
_OUTCOME = (
    ("churned", "Lost", "流失", True),
    ("late", "Late", "逾期续约", False),
    ("contracted", "Less", "减少", True),
    ("flat", "Same", "持平", True),
    ("expanded", "More", "增加", True),
)
TERM_COLUMNS = (
    column("account_id", "text", True, "Account", "客户", "The account.", "客户。"),
    column("contract_id", "text", True, "Contract", "合同", "The term.", "合同编号。"),
    column("product", "text", False, "Product", "产品", "What it is for.", "所属产品。"),
    column("ends_on", "day", True, "Ends on", "到期日", "First day without cover.", "合同覆盖结束的首日。"),
    column("mrr", "money", True, "A month", "每月金额", "Paid a month now.", "目前每月付费。"),
    *(
        column(f"{name}_probability", "share", required, en, zh, "Probability of this outcome.", "该结果的概率。")
        for name, en, zh, required in _OUTCOME
    ),
    column("expected_mrr", "money", True, "Expected", "预期", "Expected to be paid a month afterwards.", "到期后预期每月付费。"),
    column("low_mrr", "money", True, "Low", "下限", "5 % quantile of it.", "5%分位数。"),
    column("high_mrr", "money", True, "High", "上限", "95 % quantile of it.", "95%分位数。"),
)
