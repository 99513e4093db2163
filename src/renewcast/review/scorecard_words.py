"""What the codes of the scorecard part are called."""

from renewcast.lifecycle import stages
from renewcast.review.saying import labels
from renewcast.segments import tiers

TEAMS = {
    "operations": {"en": "operations", "zh": "运营团队"},
    "benchmark": {"en": "benchmark customers", "zh": "标杆团队"},
    "value_add": {"en": "value-add customers", "zh": "增值团队"},
    "ordinary": {"en": "ordinary customers", "zh": "普通团队"},
    "implementation": {"en": "implementation", "zh": "实施团队"},
}
VERDICTS = {
    "leads": {"en": "runs ahead", "zh": "领先"},
    "not_shown": {"en": "not shown", "zh": "未显示"},
    "too_short": {"en": "too few months", "zh": "月份不足"},
}
TIERS, STAGES = labels(tiers.TIERS), labels(stages.STAGES)
STEPS = {
    "campaign": {"en": "ready for a campaign together", "zh": "可联合品牌推广"},
    "case": {"en": "ready for a case", "zh": "可打造案例"},
    "first_value": {"en": "first value reached", "zh": "已获首次价值"},
    "not_yet": {"en": "not yet", "zh": "尚未"},
}
EFFECT_FROM = {
    "assumed": {"en": "assumed", "zh": "假设"},
    "measured": {"en": "measured", "zh": "实测"},
}
NO_OWNER = {"": {"en": "others, or none", "zh": "其他或无"}}
YES = {"true": {"en": "own rate", "zh": "自身流失率"}, "false": {"en": "example", "zh": "示例"}}
NO_MONTHS = {"en": "Nothing of the kind is on record, or no month can be told yet.", "zh": "没有此类记录，或尚无可统计的月份。"}


def lacks(column: str) -> dict:
    """Say which column is missing.

    Examples
    --------
    >>> lacks("feedback.score")["en"]
    'The project has no feedback.score.'
    """
    return {"en": f"The project has no {column}.", "zh": f"项目没有{column}。"}
