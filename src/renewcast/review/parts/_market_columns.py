"""The columns of the part on markets: what each is called, and what it means."""

from renewcast.publishing.column import column

INDICATORS = {
    "settle_days": {"en": "settle cycle (days)", "zh": "成交周期（天）"},
    "willingness": {"en": "willingness to pay (of 10)", "zh": "付费意愿（满分10）"},
    "stickiness": {"en": "stickiness (days in use; without usage, expansion)", "zh": "粘性（使用天数占比；无使用数据时为增购）"},
    "potential": {"en": "potential customers (accounts known)", "zh": "潜在客户数（已知客户）"},
}
_LOW = (
    "at least (90 %)",
    "下限（90%）",
    "Lower end of the 90 % interval, by samples of accounts.",
    "90%区间下限（按客户重抽样）。",
)
_HIGH = (
    "at most (90 %)",
    "上限（90%）",
    "Upper end of the 90 % interval, by samples of accounts.",
    "90%区间上限（按客户重抽样）。",
)
_BEST = ("rank at best (90 %)", "最好名次（90%）", "Better end of the rank's 90 % interval.", "名次的90%区间中较好的一端。")
_WORST = ("rank at worst (90 %)", "最差名次（90%）", "Worse end of the rank's 90 % interval.", "名次的90%区间中较差的一端。")
VERTICALS = (
    column(
        "vertical", "text", True, "vertical", "行业",
        "As the accounts are known today; - where it is not known.", "按客户当前信息；未知者记为 -。",
    ),
    column(
        "accounts", "integer", True, "accounts that paid", "付费客户数",
        "In the months added up.", "统计月份内付过费的客户。",
    ),
    column(
        "revenue", "money", True, "revenue of the year", "年收入",
        "Recurring revenue of these months, added up.", "这些月份的经常性收入合计。",
    ),
    column("share", "share", True, "share", "占比", "Of all revenue of these months.", "占这些月份全部收入的比例。"),
    column("low", "share", True, *_LOW),
    column("high", "share", True, *_HIGH),
    column(
        "cumulative_share", "share", True, "added up", "累计占比",
        "This vertical and all larger ones.", "该行业及所有更大行业合计。",
    ),
    column(
        "share_before", "share", False, "a year before", "一年前",
        "The share in the same months a year earlier.", "一年前相同月份的占比。",
    ),
    column(
        "change", "points", False, "change", "变化",
        "Share now less share a year before, in points.", "当前占比减一年前占比，百分点。",
    ),
    column("change_low", "points", False, "change at least", "变化下限", _LOW[2], _LOW[3]),
    column("change_high", "points", False, "change at most", "变化上限", _HIGH[2], _HIGH[3]),
    column(
        "is_drift", "text", True, "beyond chance", "超出随机波动",
        "Whether the change is beyond chance, corrected for the number of verticals (Holm).",
        "变化是否超出随机波动（按行业数量校正，Holm）。",
    ),
)  # fmt: skip
SEGMENTS = (
    column(
        "segment", "text", True, "segment", "细分市场",
        "One combination of markets.segment_by.", "markets.segment_by 各列的一种组合。",
    ),
    column("rank", "integer", True, "rank", "名次", "By the composite; 1 is best.", "按综合得分；1为最好。"),
    column("rank_low", "integer", True, *_BEST),
    column("rank_high", "integer", True, *_WORST),
    column(
        "is_niche", "text", True, "niche", "利基市场",
        "Better than the rest in at least two tested indicators beyond chance, worse in none, and not small.",
        "至少两项检验指标优于其余且超出随机波动，没有一项更差，且规模不小。",
    ),
    column(
        "is_on_front", "text", True, "Pareto front", "帕累托前沿",
        "On it when no other segment is better in everything.", "没有其他细分市场各项都更好，即位于前沿。",
    ),
    column(
        "front_share", "share", True, "on the front in samples", "样本中位于前沿的比例",
        "Of the samples of accounts.", "占客户重抽样样本的比例。",
    ),
    column(
        "composite", "number", True, "composite (0 to 1)", "综合得分（0至1）",
        "Weighted mean of the places in the indicators.", "各项指标位次的加权平均。",
    ),
    column(
        "settle_days", "number", False, "mean settle cycle, days", "平均成交周期（天）",
        "First contact to first paid term, up to 365 days; who has not bought is censored.",
        "首次接触至首份付费合同，最多365天；未购买者按删失处理。",
    ),
    column(
        "settle_median", "number", False, "median settle cycle, days", "成交周期中位数（天）",
        "Empty: half has not bought within a year.", "为空：一年内购买者不足一半。",
    ),
    column(
        "willingness", "number", False, "willingness to pay (of 10)", "付费意愿（满分10）",
        "From the price paid for a seat and the discount not granted, among equals.",
        "由同类客户中的席位价格与未给予的折扣得出。",
    ),
    column(
        "stickiness", "share", False, "stickiness (days in use)", "粘性（使用天数）",
        "Share of the last 28 days in use, of customers.", "客户最近28天中使用天数的占比。",
    ),
    column("potential", "integer", True, "accounts known", "已知客户数", "Customers or not.", "无论是否付费。"),
    column("customers", "integer", True, "customers", "付费客户数", "Of these, accounts that pay now.", "其中当前付费的客户。"),
    column(
        "acquisition_cost", "money", False, "mean acquisition cost", "平均获客成本",
        "Of those that bought.", "已购买客户的平均值。",
    ),
    column(
        "arr", "money", False, "mean ARR of a customer", "客户平均年经常性收入",
        "Of those that pay now.", "当前付费客户的平均值。",
    ),
    column(
        "adjusted_p_value", "number", False, "p-value, corrected (Holm)", "校正后p值（Holm）",
        "How well chance explains that two indicators are better; empty for small segments.",
        "随机波动能否解释两项指标的领先；规模过小者为空。",
    ),
)  # fmt: skip
RANKS = (
    column(
        "segment", "text", True, "segment", "细分市场",
        "One combination of markets.segment_by.", "markets.segment_by 各列的一种组合。",
    ),
    column("indicator", "text", True, "indicator", "指标", "One of the four.", "四项指标之一。"),
    column("value", "number", False, "value", "数值", "In the indicator's own unit.", "以该指标自身的单位计。"),
    column("low", "number", False, *_LOW),
    column("high", "number", False, *_HIGH),
    column("rank", "integer", True, "rank", "名次", "In this indicator; 1 is best.", "在该指标中的名次；1为最好。"),
    column("rank_low", "integer", True, *_BEST),
    column("rank_high", "integer", True, *_WORST),
    column(
        "adjusted_p_value", "number", False, "p-value, corrected", "校正后p值",
        "How well chance explains that it is better than the rest.", "随机波动能否解释其优于其余。",
    ),
    column(
        "beats_the_rest", "text", True, "beats the rest", "优于其余",
        "Beyond chance, after the correction.", "校正后仍超出随机波动。",
    ),
)  # fmt: skip
LIFTS = (
    column("outcome", "text", True, "outcome", "结果", "What became of the accounts.", "客户的结果。"),
    column("profile", "text", True, "profile", "画像", "The attribute that is compared.", "所比较的属性。"),
    column("value", "text", True, "value", "取值", "Its value.", "该属性的取值。"),
    column(
        "accounts", "integer", True, "accounts", "客户数",
        "With this value, whose time for the outcome is over.", "具有该取值且观察期已满的客户。",
    ),
    column("rate", "share", True, "rate", "比例", "Of these, with the outcome.", "其中达成该结果的比例。"),
    column("rest_rate", "share", True, "rate of the rest", "其余客户的比例", "Of all others.", "所有其他客户的比例。"),
    column("lift", "number", False, "lift", "提升倍数", "Rate over the rate of the rest.", "与其余客户比例之比。"),
    column(
        "low", "number", True, "lift at least (90 %)", "下限（90%）",
        "Lower end of the lift's 90 % interval.", "提升倍数的90%区间下限。",
    ),
    column(
        "high", "number", True, "lift at most (90 %)", "上限（90%）",
        "Upper end of the lift's 90 % interval.", "提升倍数的90%区间上限。",
    ),
    column(
        "adjusted_p_value", "number", True, "p-value, corrected", "校正后p值",
        "Corrected for everything compared.", "已按全部比较次数校正。",
    ),
    column(
        "is_beyond_chance", "text", True, "beyond chance", "超出随机波动",
        "After the correction.", "校正后是否超出随机波动。",
    ),
)  # fmt: skip
