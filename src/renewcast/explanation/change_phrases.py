"""A change in words: what moved a probability most, from which value to which, and by how many points."""

import math

from renewcast.estimators.gate_by_term import GATE_FEATURE
from renewcast.explanation.phrases import number

_CAUSES = {
    "en": {
        "time": "Time passing",
        "data": "Late or restated data",
        "model": "Another model",
        "calibration": "Another calibration",
    },
    "zh": {"time": "时间推移", "data": "迟到或更正的数据", "model": "更换模型", "calibration": "重新校准"},
}
_WORDS = {
    "en": {
        "alone": "{cause} ({points} points)",
        "with": "{cause} ({points} points): {what}",
        "moved": "{meaning}{over}, from {before} to {after}",
        "over": " in the last {days} days",
        "past": " in the last {days} days against its own past",
        "ago": " against {days} days ago",
        "unknown": "not known",
        "recency": "days since the last {meaning}",
        "closed": "the term now outlasts the horizon",
        "open": "the term now ends inside the horizon",
        "days": "{days} days to the renewal",
        "past_due": "the renewal date is past",
        "data": "facts from before the last list that were told since",
    },
    "zh": {
        "alone": "{cause}（{points}个百分点）",
        "with": "{cause}（{points}个百分点）：{what}",
        "moved": "{over}{meaning}由{before}变为{after}",
        "over": "近{days}天",
        "past": "近{days}天与自身过去相比的",
        "ago": "与{days}天前相比的",
        "unknown": "未知",
        "recency": "距上次{meaning}的天数",
        "closed": "合同现已覆盖整个预测期",
        "open": "合同现将在预测期内到期",
        "days": "距续约{days}天",
        "past_due": "续约日期已过",
        "data": "上期之前的事实在上期之后才录入",
    },
}


def reason(cause: str, points: float, what: str | None, language: str, title: str | None = None) -> str:
    """Say what moved a probability most.

    Parameters
    ----------
    cause : str
        "time", "data", "model", "calibration", or a driver.
    points : float
        Probability points, 0.01 is one percentage point.
    what : str or None
        See :func:`feature_moved`, :func:`gate_moved` and :func:`days_left`; None leaves it out.
    language : {"en", "zh"}
    title : str, optional
        What a driver is called.

    Returns
    -------
    str

    Examples
    --------
    >>> reason("time", 0.034, days_left(61, "en"), "en")
    'Time passing (+3.4 points): 61 days to the renewal'
    >>> reason("usage", -0.01, None, "zh", "使用情况")
    '使用情况（-1.0个百分点）'
    """
    words = _WORDS[language]
    named = {"cause": title or _CAUSES[language][cause], "points": f"{100 * points:+.1f}"}
    if cause == "data" and what is None:
        what = words["data"]
    return words["alone"].format(**named) if what is None else words["with"].format(**named, what=what)


def feature_moved(spec, before, after, language: str, currency: str) -> str:
    """Say from which value to which a feature moved.

    Parameters
    ----------
    spec : FeatureSpec
    before, after : float, str or None
        NaN or None: missing.
    language : {"en", "zh"}
    currency : str

    Returns
    -------
    str

    Examples
    --------
    >>> from renewcast.features import FeatureSpec
    >>> spec = FeatureSpec("clicks_7d", "usage", "clicks", "点击", "count", "usage", 7, "0", "window", "kernel")
    >>> feature_moved(spec, 12.0, 3.0, "en", "USD"), feature_moved(spec, 12.0, 3.0, "zh", "USD")
    ('clicks in the last 7 days, from 12 to 3', '近7天点击由12变为3')
    """
    words = _WORDS[language]
    meaning, over = spec.meaning if language == "en" else spec.meaning_zh, ""
    if spec.form == "recency":
        meaning = words["recency"].format(meaning=meaning)
    elif spec.form == "trend":
        days = spec.recent_days or spec.window_days
        over = words["past" if spec.recent_days else "ago"].format(days=days)
    elif spec.window_days:
        over = words["over"].format(days=spec.window_days)
    shown = [_value(value, spec, language, currency) for value in (before, after)]
    return words["moved"].format(meaning=meaning, over=over, before=shown[0], after=shown[1])


def gate_moved(is_closed: bool, language: str) -> str:
    """Say that the known term now outlasts the horizon, or no longer does."""
    return _WORDS[language]["closed" if is_closed else "open"]


def days_left(days: int, language: str) -> str:
    """Say how far the renewal is."""
    return _WORDS[language]["days" if days >= 0 else "past_due"].format(days=days)


def is_gate(feature: str) -> bool:
    """Tell whether a column of points is the contract gate."""
    return feature == GATE_FEATURE


def _value(value, spec, language: str, currency: str) -> str:
    if value is None or value != value:
        return _WORDS[language]["unknown"]
    if spec.form == "trend":
        return f"{round(100 * math.expm1(float(value))):+d} %"
    return number(value, spec.unit, currency)
