"""The opportunity list beside the risk list: who could buy more or speak for us, and who had better be left alone (C71, C83)."""

from renewcast.signals.catalogue import BY_NAME

_HELD_BACK = {
    "en": {
        "risk": "churn probability {probability:.0%} is above {times:g} times the base rate ({base_rate:.1%})",
        "not_scored": "not scored, so the risk is not known",
        "first_value": "no milestone of its own reached yet",
    },
    "zh": {
        "risk": "流失概率{probability:.0%}高于基准率（{base_rate:.1%}）的{times:g}倍",
        "not_scored": "未评分，风险未知",
        "first_value": "尚未达成任何自身里程碑",
    },
}


def opportunities(rows, noticed, base_rate: float, held_back_above: float, language: str):
    """List what the opportunity signals that may speak have found.

    Parameters
    ----------
    rows : pandas.DataFrame
        The risk list.
    noticed : renewcast.signals.week.Noticed
    base_rate : float in [0, 1]
        Of churn.
    held_back_above : float
        An account with a churn probability above so many times the base rate is not offered anything.
    language : str

    Returns
    -------
    pandas.DataFrame
        account_id, account_name, owner, tier, arr, renewal_date, kind (expansion, cross_sell or referral), signal, evidence,
        held_back (why it waits, None where it does not); those that wait come last, larger accounts first.
    """
    said = noticed.speaking("opportunity")
    said["kind"] = said["signal"].map({name: one.goal for name, one in BY_NAME.items()})
    shown = ["account_id", "account_name", "owner", "tier", "arr", "renewal_date", "churn_probability"]
    frame = said.merge(rows[shown], on="account_id")
    words = _HELD_BACK[language]

    def why(account_id, probability):
        if probability != probability:
            return words["not_scored"]
        if probability > held_back_above * base_rate:
            return words["risk"].format(probability=probability, times=held_back_above, base_rate=base_rate)
        return words["first_value"] if account_id in noticed.without_first_value else None

    pairs = zip(frame["account_id"], frame["churn_probability"].astype("float64"), strict=True)
    frame["held_back"] = [why(*pair) for pair in pairs]
    order = frame.assign(waits=frame["held_back"].notna(), size=-frame["arr"])
    frame = frame.loc[order.sort_values(["waits", "size", "account_id", "signal"], kind="stable").index]
    return frame.drop(columns="churn_probability").reset_index(drop=True)
