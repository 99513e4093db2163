"""Reasons in words: one sentence for one feature, with the number it rests on, in English or Chinese."""

import math

_TEMPLATES = {
    "en": {
        "window": "{meaning} in the last {window} days: {value}{typical}",
        "share": "{meaning}{over}: {value}{typical}",
        "mean": "{meaning}{over}: {value}{typical}",
        "level": "{meaning}: {value}{typical}",
        "rows": "{meaning}: {value}{typical}",
        "text": "{meaning}: {value}",
        "fell": "{meaning} fell to {recent} in the last {days} days, from {past} in as many days before",
        "rose": "{meaning} rose to {recent} in the last {days} days, from {past} in as many days before",
        "flat": "{meaning} in the last {days} days: {recent}, as before",
        "below": "{meaning} is {percent} % below that of {window} days ago",
        "above": "{meaning} is {percent} % above that of {window} days ago",
        "same": "{meaning} is that of {window} days ago",
        "recency": "{value} days since the last {meaning}{typical}",
        "none": "no {meaning} on record",
        "unknown": "{meaning}: not known",
        "no_past": "{meaning}: no past to compare with",
        "over": " over {window} days",
        "typical": " (typical account: {typical})",
    },
    "zh": {
        "window": "近{window}天{meaning}：{value}{typical}",
        "share": "{over}{meaning}：{value}{typical}",
        "mean": "{over}{meaning}：{value}{typical}",
        "level": "{meaning}：{value}{typical}",
        "rows": "{meaning}：{value}{typical}",
        "text": "{meaning}：{value}",
        "fell": "近{days}天{meaning}降至{recent}，此前同等天数为{past}",
        "rose": "近{days}天{meaning}升至{recent}，此前同等天数为{past}",
        "flat": "近{days}天{meaning}：{recent}，与此前持平",
        "below": "{meaning}比{window}天前低{percent}%",
        "above": "{meaning}比{window}天前高{percent}%",
        "same": "{meaning}与{window}天前相同",
        "recency": "距上次{meaning}已{value}天{typical}",
        "none": "没有{meaning}记录",
        "unknown": "{meaning}：未知",
        "no_past": "{meaning}：没有可比的历史",
        "over": "近{window}天",
        "typical": "（典型客户：{typical}）",
    },
}


def sentence(spec, value, typical, language: str, currency: str, recent=None) -> str:
    """Say one feature's value at the snapshot in a sentence.

    Parameters
    ----------
    spec : FeatureSpec
    value : float, str or None
        NaN or None: missing.
    typical : float, str or None
        The median over the accounts of the list, for comparison; None leaves it out.
    language : {"en", "zh"}
    currency : str
    recent : float, optional
        For a trend with a recent number beside it: that number.

    Returns
    -------
    str

    Examples
    --------
    >>> from renewcast.features import FeatureSpec
    >>> words = ("open_tickets", "support", "open tickets", "未解决工单", "count")
    >>> spec = FeatureSpec(*words, "tickets", None, "0", "level", "kernel")
    >>> sentence(spec, 4.0, 0.0, "en", "USD")
    'Open tickets: 4 (typical account: 0)'
    >>> sentence(spec, 4.0, 0.0, "zh", "USD")
    '未解决工单：4（典型客户：0）'
    """
    words = _TEMPLATES[language]
    meaning = spec.meaning if language == "en" else spec.meaning_zh
    over = words["over"].format(window=spec.window_days) if spec.window_days else ""
    if _is_missing(value):
        kind = {"trend": "no_past", "recency": "none"}.get(spec.form, "unknown")
        text = words[kind].format(meaning=meaning)
    elif spec.form == "trend":
        text = _trend(words, spec, meaning, float(value), recent)
    else:
        shown = number(value, spec.unit, currency)
        compared = "" if _is_missing(typical) or spec.is_categorical else number(typical, spec.unit, currency)
        typical_text = words["typical"].format(typical=compared) if compared else ""
        text = words[spec.form].format(meaning=meaning, window=spec.window_days, value=shown, typical=typical_text, over=over)
    return text[0].upper() + text[1:]


def _trend(words, spec, meaning, value, recent) -> str:
    """Say a trend by its numbers: value = log((recent + 1) / (past + 1)), or log(now / then) without a recent one."""
    if recent is None:
        percent = round(100 * math.expm1(value))
        kind = "below" if percent < 0 else "above" if percent > 0 else "same"
        return words[kind].format(meaning=meaning, percent=abs(percent), window=spec.window_days)
    past = (recent + 1) / math.exp(value) - 1
    kind = "fell" if recent < past - 0.05 else "rose" if recent > past + 0.05 else "flat"
    shown = {"recent": number(recent, "count", ""), "past": number(round(past, 1), "count", "")}
    return words[kind].format(meaning=meaning, days=spec.recent_days, **shown)


def number(value, unit: str, currency: str) -> str:
    """Write a value in its unit.

    Examples
    --------
    >>> number(0.256, "share", "USD"), number(1234567.0, "money", "USD"), number(12.0, "count", "USD")
    ('26 %', 'USD 1,234,567', '12')
    """
    if isinstance(value, str):
        return value
    if unit == "share":
        return f"{round(100 * float(value))} %"
    if unit == "money":
        return f"{currency} {round(float(value)):,}"
    if unit == "days" or float(value) == round(float(value)) or abs(float(value)) >= 100:
        return f"{round(float(value)):,}"
    return f"{float(value):,.1f}"


def _is_missing(value) -> bool:
    return value is None or (isinstance(value, float) and math.isnan(value))
