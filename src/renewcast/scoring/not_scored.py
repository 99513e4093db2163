"""Why an account in scope is not scored, in words."""

_NOT_SCORED = {
    "en": {
        "term_over": "the last term ended on {day} and no new one is known; inside the grace period",
        "ends_within_lead": "the cover ends on {day}, too soon to act; no new term is known",
        "between_terms": "no term is live; the next one is signed and has not begun",
        "nothing_known": "nothing is known of it that the model could judge by: every feature is empty",
    },
    "zh": {
        "term_over": "最后一份合同已于{day}到期，尚无新合同；处于宽限期内",
        "ends_within_lead": "合同将于{day}到期，已来不及干预，尚无新合同",
        "between_terms": "目前没有有效合同；下一份已签署但尚未开始",
        "nothing_known": "没有可供模型判断的信息：所有特征均为空",
    },
}


def why_not_scored(reason: str, language: str) -> str:
    """Say why an account is not scored.

    Parameters
    ----------
    reason : str
        A code of snapshots.population, with a day behind a colon where it has one, or "nothing_known".
    language : {"en", "zh"}

    Returns
    -------
    str

    Examples
    --------
    >>> why_not_scored("term_over:2026-06-12", "en")
    'the last term ended on 2026-06-12 and no new one is known; inside the grace period'
    """
    code, _, day = reason.partition(":")
    return _NOT_SCORED[language][code].format(day=day)


def set_aside_the_unknown(frame, features, scorer):
    """Do not score accounts of which nothing is known, where the model judges by what is known.

    Parameters
    ----------
    frame : pandas.DataFrame
        The population, with is_eligible and reason_not_scored.
    features : pandas.DataFrame
        A row an account, in the order of ``frame``.
    scorer : estimators.scorer.Scorer

    Returns
    -------
    pandas.DataFrame
        The population; eligible accounts whose every feature is empty are no longer eligible. Under the base rate, which asks
        for no feature, it stays as it is.

    Examples
    --------
    >>> import pandas as pd
    >>> from types import SimpleNamespace
    >>> scorer = SimpleNamespace(ranked_by="blend", specs=[SimpleNamespace(name="seats")])
    >>> frame = pd.DataFrame({"is_eligible": [True, True], "reason_not_scored": [None, None]})
    >>> set_aside_the_unknown(frame, pd.DataFrame({"seats": [5.0, None]}), scorer)["reason_not_scored"].tolist()
    [None, 'nothing_known']
    """
    if scorer.ranked_by == "base_rate":
        return frame
    empty = features[[spec.name for spec in scorer.specs]].isna().all(axis=1).to_numpy()
    unknown = empty & frame["is_eligible"].to_numpy(dtype=bool)
    reason = frame["reason_not_scored"].astype(object).mask(unknown, "nothing_known")
    return frame.assign(is_eligible=frame["is_eligible"] & ~unknown, reason_not_scored=reason)
