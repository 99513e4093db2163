"""Why a definition of churn does not call an end of cover one, in a sentence."""

import numpy as np

_SENTENCES = {
    "en": {
        "unpaid": "cover that costs nothing goes on",
        "grace": "back after {days} days, within the grace of {limit}",
        "pause": "paused for {days} days, within the {limit} that are no churn",
        "keeps": "the account keeps {name}",
        "takes_up": "the account takes up {name} after {days} days, within {limit}",
        "group": "{name} of the same group stays",
        "group_returns": "{name} of the same group begins after {days} days, within {limit}",
        "other": "its cover goes on",
        "unnamed": "another term",
    },
    "zh": {
        "unpaid": "免费的合同仍在继续",
        "grace": "{days} 天后恢复，在 {limit} 天宽限期之内",
        "pause": "暂停 {days} 天，在不算流失的 {limit} 天之内",
        "keeps": "客户仍保留 {name}",
        "takes_up": "客户在 {days} 天后启用 {name}，在 {limit} 天之内",
        "group": "同一集团的 {name} 仍在",
        "group_returns": "同一集团的 {name} 在 {days} 天后开始，在 {limit} 天之内",
        "other": "合同仍在继续",
        "unnamed": "另一份合同",
    },
}


def why_stays(ends, found, definitions, heads: dict, language: str) -> list[str]:
    """Say of each end of cover what keeps it from being churn.

    Parameters
    ----------
    ends : pandas.DataFrame
        account_id, product, ended_on (number of the day).
    found : pandas.DataFrame
        See :func:`renewcast.revenue.pieces.pieces`.
    definitions : list of params.DefinitionSection
        For each end, the one under which it is no churn.
    heads : dict of str to str
        The account that names each account's group.
    language : {"en", "zh"}

    Returns
    -------
    list of str
    """
    if not len(ends):
        return []
    group = found["account_id"].map(heads).to_numpy()
    wanted = {heads[account] for account in ends["account_id"]}
    own = np.isin(group, sorted(wanted))
    rows, by_group = found[own], {}
    for place, head in enumerate(group[own]):
        by_group.setdefault(head, []).append(place)
    table = {name: rows[name].to_numpy() for name in ("account_id", "product", "from_day", "to_day", "cents")}
    told = []
    for end, definition in zip(ends.itertuples(index=False), definitions, strict=True):
        places = np.array(by_group[heads[end.account_id]])
        told.append(_sentence(end, definition, {name: values[places] for name, values in table.items()}, _SENTENCES[language]))
    return told


def _sentence(end, definition, near, words):
    same_account = near["account_id"] == end.account_id
    same = same_account & (near["product"] == end.product)
    counts = near["cents"] > 0 if definition.unpaid_cover == "churned" else np.ones(len(same), dtype=bool)
    goes_on = counts & (near["from_day"] <= end.ended_on) & (near["to_day"] > end.ended_on)
    starts = np.where(counts & (near["from_day"] >= end.ended_on), near["from_day"], np.iinfo(np.int64).max)
    tolerated = definition.tolerated_days
    if (same & goes_on).any():
        return words["unpaid"]
    soon = starts <= end.ended_on + tolerated
    if (same & soon).any():
        days = int(starts[same].min() - end.ended_on)
        kind = "grace" if days <= definition.grace_days else "pause"
        return words[kind].format(days=days, limit=definition.grace_days if kind == "grace" else definition.pause_days)
    if definition.level == "product":
        return words["other"]
    for mine, keeps, returns, column in (
        (same_account & ~same, "keeps", "takes_up", "product"),
        (~same_account, "group", "group_returns", "account_id"),
    ):
        if column == "account_id" and definition.level != "parent":
            break
        if (mine & goes_on).any():
            return words[keeps].format(name=_first(near[column][mine & goes_on], words))
        if (mine & soon).any():
            first = mine & (starts == starts[mine].min())
            days = int(starts[mine].min() - end.ended_on)
            return words[returns].format(name=_first(near[column][first], words), days=days, limit=tolerated)
    return words["other"]


def _first(names, words):
    return str(sorted(names)[0]) or words["unnamed"]
