"""The columns of the part on activation: what each is called, and what it means."""

from renewcast.publishing.column import column

_LOW_MEANS = ("Lower end of the 90 % interval.", "90%区间下限。")
_HIGH_MEANS = ("Upper end of the 90 % interval.", "90%区间上限。")
_LOW = column("low", "share", False, "at least (90 %)", "下限（90%）", *_LOW_MEANS)
_HIGH = column("high", "share", False, "at most (90 %)", "上限（90%）", *_HIGH_MEANS)
_FROM = column("low", "number", True, "at least (90 %)", "下限（90%）", *_LOW_MEANS)
_TO = column("high", "number", True, "at most (90 %)", "上限（90%）", *_HIGH_MEANS)
_ACCOUNT = column("account_id", "text", True, "account", "客户", "The account's id.", "客户编号。")
_MOTION = column(
    "motion", "text", True, "motion", "驱动方式",
    "Product-led: used within 14 days of the sign-up and before paying; else sales-led.",
    "产品驱动：注册后14天内且付费前已使用；其余为销售驱动。",
)  # fmt: skip
_ACCOUNTS = column("accounts", "integer", True, "accounts", "客户数", "Accounts that the row rests on.", "该行所依据的客户数。")
_VERDICT = column(
    "verdict", "text", True, "index", "指数",
    "Above 0 an account can activate, below 0 activation has failed.", "大于0可激活，小于0则激活失败。",
)  # fmt: skip
_MEASURED = (
    column(
        "activated", "integer", True, "activated", "已激活",
        "Had first value, or paid, in the 60 days after.", "其后60天内达成首次价值或付费。",
    ),
    column("rate", "share", True, "activated", "激活率", "Of the accounts of the row.", "占该行客户的比例。"),
    _LOW,
    _HIGH,
    column("expected", "share", True, "expected", "预期", "Mean of the chances foretold.", "预测概率的平均值。"),
)  # fmt: skip
STEPS = (
    _MOTION,
    column("step", "text", True, "early step", "早期步骤", "What was done in the first 14 days.", "前14天内发生的步骤。"),
    _ACCOUNTS,
    column(
        "size", "integer", True, "counts", "计分",
        "5, 10 or 20, up or down; 0: sign not sure.", "5、10或20，可正可负；0表示符号不确定。",
    ),
    column(
        "points", "number", True, "learned points", "学得分值",
        "Before rounding; ten are one unit of log odds.", "取整前；10分为一个对数几率单位。",
    ),
    _FROM,
    _TO,
)  # fmt: skip
BANDS = (_MOTION, column("band", "text", True, "index", "指数", "Within -25 and 25.", "-25至25之间。"), _ACCOUNTS, *_MEASURED)
VERDICTS = (_MOTION, _VERDICT, _ACCOUNTS, *_MEASURED)
KEPT = (
    _MOTION,
    _VERDICT,
    _ACCOUNTS,
    column("bought", "integer", True, "bought", "已购买", "Have had a paid term.", "有过付费合同。"),
    column("bought_share", "share", True, "share that bought", "购买占比", "Of the accounts of the row.", "占该行客户的比例。"),
    column("bought_low", "share", True, "at least (90 %)", "下限（90%）", *_LOW_MEANS),
    column("bought_high", "share", True, "at most (90 %)", "上限（90%）", *_HIGH_MEANS),
    column("kept", "integer", True, "still customers", "仍为客户", "Of those that bought.", "已购买客户中。"),
    column(
        "kept_share", "share", False, "share of these", "其中占比",
        "Still customers, of those that bought.", "仍为客户者占已购买客户的比例。",
    ),
    column("kept_low", "share", True, "at least (90 %)", "下限（90%）", *_LOW_MEANS),
    column("kept_high", "share", True, "at most (90 %)", "上限（90%）", *_HIGH_MEANS),
)  # fmt: skip
OPEN = (
    _MOTION,
    _ACCOUNT,
    column(
        "raw", "integer", True, "index, as added up", "指数（原始累加）",
        "Motivation and all steps.", "初始动机与各步骤之和。",
    ),
    column(
        "clipped", "integer", True, "index (-25 to 25)", "指数（-25至25）",
        "The same, held within -25 and 25.", "同上，限制在-25至25之间。",
    ),
    _VERDICT,
    column("probability", "share", True, "chance", "概率", "Of activating in the 60 days after.", "其后60天内激活的概率。"),
)  # fmt: skip
THREE_F = (
    _MOTION,
    column(
        "check", "text", True, "check", "检查项",
        "One of the three: function, frequency, free.", "功能、频率、免费三项之一。",
    ),
    _ACCOUNTS,
    column("share", "share", True, "share", "占比", "Of the accounts that can be judged.", "占可评判客户的比例。"),
    _LOW,
    _HIGH,
)  # fmt: skip
RATES = (
    _MOTION,
    column("measure", "text", True, "measure", "指标", "What became of the accounts.", "客户的结果。"),
    column(
        "seen", "integer", True, "seen", "样本数",
        "Accounts, or account-months, that were seen.", "观察到的客户数或客户月数。",
    ),
    column("reached", "integer", True, "of these", "其中", "With this outcome.", "达成该结果的数量。"),
    column("rate", "share", True, "rate", "比例", "Of those seen.", "占样本的比例。"),
    _LOW,
    _HIGH,
)  # fmt: skip
FUNNEL = (
    column("funnel", "text", True, "funnel", "漏斗", "Accounts that try for free, or that pay.", "免费试用的客户，或付费客户。"),
    column("stage", "text", True, "stage", "阶段", "Each counts only after the one before.", "须先达成前一阶段。"),
    _ACCOUNTS,
    column("share_of_all", "share", True, "of all", "占全部", "Of all that began.", "占全部起始客户的比例。"),
    column(
        "passed", "share", False, "of the stage before, so far", "占上一阶段（至今）",
        "Many may still be on their way.", "部分客户可能仍在途中。",
    ),
    column(
        "in_time", "share", False, "in time", "按期通过",
        "Passes within the days told, those on their way counted in (Kaplan and Meier).",
        "在所列天数内通过的比例，计入在途客户（Kaplan-Meier）。",
    ),
    _LOW,
    _HIGH,
    column(
        "by_days", "integer", True, "days that are in time", "按期天数",
        "180 for free accounts, 400 for paying ones.", "免费客户180天，付费客户400天。",
    ),
    column(
        "median_days", "number", False, "median days in the stage before", "上一阶段停留天数中位数",
        "Half pass within these days.", "半数客户在此天数内通过。",
    ),
)  # fmt: skip
CURVE = (
    column(
        "active_people", "integer", True, "active people", "活跃人数",
        "In four weeks, of one company.", "一家公司四周内的活跃人数。",
    ),
    column(
        "companies", "integer", True, "companies (once every four weeks)", "公司数（每四周计一次）",
        "Without a contract then.", "当时尚无合同。",
    ),
    column("bought", "integer", True, "bought within twelve weeks", "十二周内购买", "Of these.", "其中购买的数量。"),
    column("rate", "share", True, "rate", "比例", "Bought, of the companies seen.", "购买占所观察公司的比例。"),
    _LOW,
    _HIGH,
    column("probability", "share", True, "chance", "概率", "Never falls with more people.", "人数越多，概率不降低。"),
    column("probability_low", "share", True, "chance at least", "概率下限", *_LOW_MEANS),
    column("probability_high", "share", True, "chance at most", "概率上限", *_HIGH_MEANS),
)  # fmt: skip
COMPANIES = (
    column(
        "account_id", "text", True, "account", "客户",
        "The company's account, or its group's head.", "公司的客户编号，或集团总部的编号。",
    ),
    column("people", "integer", True, "accounts", "账户数", "Accounts of the company.", "该公司的账户数。"),
    column("active_people", "integer", True, "active people", "活跃人数", "In the last four weeks.", "最近四周。"),
    column("probability", "share", True, "chance", "概率", "Of buying within twelve weeks.", "十二周内购买的概率。"),
    _LOW,
    _HIGH,
    column(
        "is_to_hand_over", "text", True, "hand over", "移交销售",
        "At or above the learned threshold.", "达到或超过学得的阈值。",
    ),
)  # fmt: skip
FREE = (
    _ACCOUNT,
    column("probability", "share", True, "chance", "概率", "Of paying within twelve weeks.", "十二周内付费的概率。"),
    _LOW,
    _HIGH,
    column("active_days", "integer", True, "active days in 28", "28天内活跃天数", "Days with any use.", "有任何使用的天数。"),
    column("age_days", "integer", True, "days since sign-up", "注册天数", "Until the snapshot.", "截至快照日。"),
    column(
        "active_colleagues", "integer", True, "active colleagues", "活跃同事数",
        "Other active accounts of the company.", "同公司其他活跃账户。",
    ),
)  # fmt: skip
DRIVERS = (
    column("driver", "text", True, "driver", "驱动因素", "What the chance rests on.", "概率所依据的因素。"),
    column(
        "points", "number", True, "log odds a standard deviation", "每标准差的对数几率",
        "Above 0: likelier to pay.", "大于0表示更可能付费。",
    ),
    _FROM,
    _TO,
)  # fmt: skip
