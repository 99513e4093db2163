"""The words of the part on lifetime value and acquisition cost: headings, meanings and notes in both languages."""

from renewcast.publishing.column import column

NO_CONTRACTS = {
    "en": "There are no contracts, so what customers are worth is not known.",
    "zh": "没有合同数据，因此无法计算客户价值。",
}
NO_COST = {
    "en": "What winning customers cost is not known: map accounts.acquisition_cost to see lifetime value against it.",
    "zh": "缺少获客成本：请映射accounts.acquisition_cost，以比较客户终身价值与获客成本。",
}
NOBODY = {
    "en": "No customer whose acquisition cost is known pays anything on this day.",
    "zh": "当日没有已知获客成本的付费客户。",
}
MODELLED = {
    "en": "Lifetime value is the margin to come from today on: the survival curve of each account times what it pays and the "
    "gross margin, discounted, up to the limit of params.yaml. Margin already earned is not in it; the last column adds it, and "
    "those who left.",
    "zh": "终身价值指从今天起的未来毛利：每个客户的生存曲线乘以付费与毛利率并折现，计至params.yaml规定的上限。"
    "不含已赚毛利；最后一列计入已赚毛利及已流失客户。",
}
STEADY = {
    "en": "No survival model is in force, so every customer is taken to leave at the last year's rate. Lifetime value is the "
    "margin to come from today on, discounted; margin already earned is in the last column only, together with those who left.",
    "zh": "目前没有生存模型，因此假定所有客户按去年的流失率离开。"
    "终身价值指从今天起折现的未来毛利；已赚毛利与已流失客户仅计入最后一列。",
}
BEST_NOTE = {
    "en": "Shrunken: small groups are drawn towards the mean of all by as much as they are uncertain. The chances of being best "
    "add up to one.",
    "zh": "收缩估计：样本小的组按其不确定程度向总体均值靠拢。各组为最佳的概率之和为一。",
}
PERIOD_NOTE = {
    "en": "Best is the best channel of its year. Shrunken as above, over all channels and years.",
    "zh": "“最佳”指当年的最佳渠道。收缩估计同上，覆盖所有渠道与年份。",
}
BEHAVIOUR_NOTE = {
    "en": "The quarter of customers with the highest lifetime value for their cost against all others. Contract, billing and "
    "tenure are left out, since the value is made of them. A difference of 0.2 is small, 0.8 large; the probability is corrected "
    "for how many features were compared (Holm). It tells what they have in common, not what made them so.",
    "zh": "终身价值与获客成本之比最高的四分之一客户与其余客户的比较。"
    "合同、账单与客龄类特征构成价值本身，故不列入。差异0.2为小，0.8为大；"
    "概率已按比较的特征数量校正（Holm法）。仅说明共同点，不代表因果。",
}
DIMENSIONS = {
    "acquisition_channel": {"en": "channel", "zh": "获客渠道"},
    "company_size": {"en": "company size", "zh": "公司规模"},
    "industry": {"en": "industry", "zh": "行业"},
    "region": {"en": "region", "zh": "地区"},
    "country": {"en": "country", "zh": "国家"},
    "segment": {"en": "learned segment", "zh": "行为分群"},
}
CHANNEL = column("acquisition_channel", "text", True, "Channel", "获客渠道", "How the customer was won.", "客户来源渠道。")
YEAR = column("signed_up_in", "text", True, "Signed up in", "注册年份", "Year of sign-up.", "注册年份。")
DIMENSION = column("dimension", "text", True, "By", "维度", "By what customers are grouped.", "分组所依据的维度。")
VALUE = column("value", "text", True, "Segment", "细分", "Customers that have this in common.", "具有该共同点的客户。")
CELLS = (
    column(
        "customers",
        "integer",
        True,
        "Customers",
        "客户数",
        "That pay today and whose cost is known.",
        "今日付费且成本已知的客户。",
    ),
    column(
        "mean_value",
        "money",
        False,
        "Lifetime value",
        "终身价值",
        "Mean margin to come of a customer.",
        "每位客户未来毛利的均值。",
    ),
    column(
        "mean_cost",
        "money",
        False,
        "Acquisition cost",
        "获客成本",
        "Mean cost of a customer.",
        "每位客户获客成本的均值。",
    ),
    column("ratio", "number", False, "LTV/CAC", "LTV/CAC", "The first mean over the second.", "前者均值除以后者均值。"),
    column("low", "number", False, "Low", "下限", "Lower end of its 90 % interval.", "90%区间下限。"),
    column("high", "number", False, "High", "上限", "Upper end of its 90 % interval.", "90%区间上限。"),
    column("shrunken_ratio", "number", False, "Shrunken", "收缩估计", "The ratio, shrunken.", "收缩后的比值。"),
    column("shrunken_low", "number", False, "Shrunken low", "收缩下限", "Lower end of its 90 % interval.", "90%区间下限。"),
    column("shrunken_high", "number", False, "Shrunken high", "收缩上限", "Upper end of its 90 % interval.", "90%区间上限。"),
    column(
        "best_probability",
        "share",
        False,
        "Chance of best",
        "最佳概率",
        "That its ratio is the highest.",
        "比值最高的概率。",
    ),
    column(
        "worst_probability",
        "share",
        False,
        "Chance of worst",
        "最差概率",
        "That its ratio is the lowest.",
        "比值最低的概率。",
    ),
    column(
        "payback_months",
        "number",
        False,
        "Payback, months",
        "回本月数",
        "Cost over today's monthly margin.",
        "成本除以当前月毛利。",
    ),
    column(
        "won",
        "integer",
        True,
        "Ever won",
        "累计获客",
        "Accounts whose cost is known, also those that left.",
        "成本已知的全部客户，含已流失。",
    ),
    column(
        "whole_ratio",
        "number",
        False,
        "All won, all margin",
        "全部客户全部毛利",
        "Of all who were ever won: margin earned so far and to come, over what all of them cost.",
        "所有曾获得的客户：已赚与未来毛利之和除以其全部成本。",
    ),
)
BEHAVIOUR = (
    column("feature", "text", True, "Feature", "特征", "What is measured.", "所测量的特征。"),
    column("family", "text", True, "Family", "类别", "Family of the feature.", "特征所属类别。"),
    column(
        "top_mean", "number", True, "Top quarter", "前四分之一", "Mean among the best for their cost.", "性价比最高客户的均值。"
    ),
    column("other_mean", "number", True, "Others", "其余", "Mean among the others.", "其余客户的均值。"),
    column("difference", "number", True, "Difference", "标准化差异", "In standard deviations.", "以标准差计。"),
    column("low", "number", True, "Low", "下限", "Lower end of its 90 % interval.", "90%区间下限。"),
    column("high", "number", True, "High", "上限", "Upper end of its 90 % interval.", "90%区间上限。"),
    column(
        "probability",
        "share",
        True,
        "By chance",
        "偶然概率",
        "Of such a difference by chance, corrected.",
        "偶然出现该差异的概率（已校正）。",
    ),
    column("accounts", "integer", True, "Accounts", "客户数", "Compared.", "参与比较的客户数。"),
)
