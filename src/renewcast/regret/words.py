"""The words of the regret report, in English and Chinese."""

WORDS = {
    "en": {
        "title": "Regret: what the lists said, and what had happened by {as_of}",
        "intro": "{lists_judged} lists have a finished outcome. Their probabilities, as they were published, add up to "
        "{expected_churns:.1f} churns and {expected_lost_arr:,.0f} of lost ARR (an account counts once a list); seen were "
        "{churns} and {lost_arr:,.0f}. Nothing that a list said is computed anew.",
        "backfilled": "**{backfilled} of these lists were made by models that had been trained on what was known after the day "
        "of the list: they foresaw nothing, and their figures are better than foresight is.**",
        "weeks": "Week by week",
        "weeks_said": "*First places*: the first {capacity} accounts of each owner. ARR is in {currency}.",
        "week_columns": [
            "week", "scored", "churns expected", "churns seen", "lost ARR expected", "lost ARR seen", "in the first places",
            "churns among them", "of all churns", "of lost ARR",
        ],
        "calibration": "Calibration of what was published",
        "calibration_columns": ["said", "seen (95 %)", "rows", "accounts", "verdict"],
        "agrees": {True: "agrees", False: "does not agree"},
        "classes": "Every churn, by whether it was warned of",
        "classes_said": "A list is in time when it is of the 13 weeks that end {lead} days before the deadline: the day of "
        "notice, or the end of the cover. Each churn is in the first class that holds.",
        "class_name": "class",
        "accounts": "churns",
        "arr": "ARR",
        "churns": "Churns that no list had warned of",
        "churn_columns": [
            "account", "owner", "churned on", "ARR", "class", "highest probability in time", "first to be seen on", "by",
        ],
        "more": "The {shown} largest of {all}; the rest stand in churns.parquet.",
        "left_out": "Lists that are not judged",
        "class": {
            "warned": "warned of",
            "out_of_capacity": "seen, but out of capacity",
            "new_account": "new account",
            "out_of_scope": "out of scope",
            "late_data": "late data",
            "too_small": "too small to see",
            "no_sign": "no sign at all",
            "no_list": "no list",
        },
        "class_said": {
            "warned": "among the first {capacity} of its owner on a list in time, at more than the base rate.",
            "out_of_capacity": "twice the base rate or more on a list in time, but never among the first {capacity}.",
            "new_account": "on the last list in time it was a customer for less than 13 weeks, or not yet.",
            "out_of_scope": "an older account that no list in time scored.",
            "late_data": "it would have been seen, had what had happened been known.",
            "too_small": "a signal fired, or a driver rose by half the base rate, but the probability stayed low.",
            "no_sign": "nothing moved in time.",
            "no_list": "no list was published in time.",
        },
        "by": {
            "list": "the list", "probability": "its probability", "signal": "signal {what}", "driver": "driver {what}",
            "late": "late {what}",
        },
    },
    "zh": {
        "title": "复盘：名单所言与截至{as_of}的实际结果",
        "intro": "{lists_judged}期名单的结果已经明确。按发布时的概率合计，预期流失{expected_churns:.1f}家次、"
        "损失年度经常性收入{expected_lost_arr:,.0f}（同一客户每期名单计一次）；实际为{churns}家次、{lost_arr:,.0f}。"
        "名单上的数字均为当时发布的数字，未重新计算。",
        "backfilled": "**其中{backfilled}期名单所用的模型，训练时已知名单日期之后的信息：它们并非真正的预测，"
        "数字会好于真实的预见能力。**",
        "weeks": "逐周对照",
        "weeks_said": "“前列”指每位负责人名下的前{capacity}家客户。年度经常性收入的币种为{currency}。",
        "week_columns": [
            "周", "已评分", "预期流失", "实际流失", "预期损失ARR", "实际损失ARR", "前列客户", "其中流失", "占全部流失",
            "占损失ARR",
        ],
        "calibration": "已发布概率的校准",
        "calibration_columns": ["名单所言", "实际（95%）", "行数", "客户数", "结论"],
        "agrees": {True: "相符", False: "不符"},
        "classes": "每一次流失：是否预警过",
        "classes_said": "“及时”的名单指截止日前{lead}天为止的13周内的名单；截止日为通知日，没有通知期的为合同保障到期日。"
        "每次流失归入第一个成立的类别。",
        "class_name": "类别",
        "accounts": "流失数",
        "arr": "ARR",
        "churns": "名单未曾预警的流失",
        "churn_columns": ["客户", "负责人", "流失日", "ARR", "类别", "及时名单上的最高概率", "最早可见于", "依据"],
        "more": "仅列出{all}家中最大的{shown}家，其余见churns.parquet。",
        "left_out": "未纳入评判的名单",
        "class": {
            "warned": "已预警",
            "out_of_capacity": "已发现但超出人力",
            "new_account": "新客户",
            "out_of_scope": "不在范围内",
            "late_data": "数据迟到",
            "too_small": "信号过小",
            "no_sign": "毫无迹象",
            "no_list": "没有名单",
        },
        "class_said": {
            "warned": "在及时的名单上位列其负责人的前{capacity}名，且概率高于基准率。",
            "out_of_capacity": "在及时的名单上概率达到基准率的两倍或以上，但从未进入前{capacity}名。",
            "new_account": "在最后一期及时的名单上，成为客户不足13周，或尚未成为客户。",
            "out_of_scope": "较早的客户，但没有一期及时的名单为其评分。",
            "late_data": "如果已发生的事实当时已知，本可以发现。",
            "too_small": "有信号触发，或某项驱动因素上升达基准率的一半，但概率仍然较低。",
            "no_sign": "及时的时间内没有任何变化。",
            "no_list": "没有及时发布的名单。",
        },
        "by": {
            "list": "名单", "probability": "概率本身", "signal": "信号{what}", "driver": "驱动因素{what}", "late": "迟到的{what}",
        },
    },
}  # fmt: skip


def seen_by(text, words) -> str:
    """Say in words by what a churn was, or could have been, seen.

    Examples
    --------
    >>> seen_by("driver: usage", WORDS["en"]), seen_by(None, WORDS["en"])
    ('driver usage', '')
    """
    if not isinstance(text, str):
        return ""
    kind, _, what = text.partition(": ")
    return words["by"][kind].format(what=what)
