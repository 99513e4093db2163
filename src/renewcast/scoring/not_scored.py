"""Why an account in scope is not scored, in words."""

_NOT_SCORED = {
    "en": {
        "term_over": "the last term ended on {day} and no new one is known; inside the grace period",
        "ends_within_lead": "the cover ends on {day}, too soon to act; no new term is known",
        "between_terms": "no term is live; the next one is signed and has not begun",
    },
    "zh": {
        "term_over": "最后一份合同已于{day}到期，尚无新合同；处于宽限期内",
        "ends_within_lead": "合同将于{day}到期，已来不及干预，尚无新合同",
        "between_terms": "目前没有有效合同；下一份已签署但尚未开始",
    },
}


def why_not_scored(reason: str, language: str) -> str:
    """Say why an account is not scored.

    Parameters
    ----------
    reason : str
        A code of snapshots.population, with a day behind a colon where it has one.
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
