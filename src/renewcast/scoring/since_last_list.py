"""What the list says of its accounts since the last one: who moved, in which direction, why; and who is gone."""

from renewcast.explanation.change_phrases import days_left, feature_moved, gate_moved, is_gate, reason
from renewcast.scoring.changes import PARTS, main_cause

SMALLEST_MOVE = 0.01
"""Less than a percentage point is never a move."""
SHARE_OF_INTERVAL = 0.15
"""Nor is less than this share of the width of the account's own 90 % interval."""
_GONE = {
    "en": {
        "churned": "churned: its last term ended on {day}, and none followed within {grace} days",
        "inactive": "churned: no use for more than {days} days",
        "restated": "no longer in scope: its terms were restated",
        "absent": "no longer in the data",
    },
    "zh": {
        "churned": "已流失：最后一份合同于{day}到期，{grace}天内没有新合同",
        "inactive": "已流失：超过{days}天没有使用",
        "restated": "不再在范围内：合同数据已更正",
        "absent": "数据中已无此客户",
    },
}


def movement(before, now, low, high, *, is_new):
    """Say which way each account moved since the last list; it moved only where the change is more than noise.

    A change counts where it is at least a percentage point and at least 15 % of the width of the account's 90 % interval: the
    interval says how well the account is known at all, and most of that doubt is the same from week to week. In a week in which
    nothing happens at most one account in twenty moves by that rule (on simulated companies; its renewal came nearer).

    Parameters
    ----------
    before, now : array of float in [0, 1], shape (n,)
        Probability on the last list and on this one; NaN: not scored, or not on it.
    low, high : array of float in [0, 1], shape (n,)
        The interval of ``now``.
    is_new : array of bool, shape (n,)
        Not on the last list.

    Returns
    -------
    array of object, shape (n,)
        "new", "up", "down", "steady"; None where the account is scored on one of the lists only.

    Examples
    --------
    >>> import numpy as np
    >>> before, now = np.array([0.2, 0.2, 0.2, 0.2, np.nan]), np.array([0.26, 0.14, 0.205, 0.24, 0.3])
    >>> low, high = np.array([0.2, 0.1, 0.2, 0.1, 0.2]), np.array([0.3, 0.2, 0.21, 0.4, 0.4])
    >>> movement(before, now, low, high, is_new=np.array([False] * 4 + [True])).tolist()
    ['up', 'down', 'steady', 'steady', 'new']
    """
    import numpy as np

    before, now = np.asarray(before, dtype=float), np.asarray(now, dtype=float)
    change, known = now - before, ~np.isnan(now) & ~np.isnan(before)
    least = np.maximum(SMALLEST_MOVE, SHARE_OF_INTERVAL * (np.asarray(high, dtype=float) - np.asarray(low, dtype=float)))
    moved = known & (np.abs(change) >= least)
    choices = [np.asarray(is_new, dtype=bool), moved & (change > 0), moved & (change < 0), known]
    return np.select(choices, ["new", "up", "down", "steady"], None)


def with_changes(rows, last, found, words):
    """Put the columns about the change on the list.

    Parameters
    ----------
    rows : pandas.DataFrame
        A list, with churn_probability, churn_low, churn_high and churn_probability_last_list.
    last : pandas.DataFrame
        The last list.
    found : scoring.changes.Changes or None
        None leaves the parts empty.
    words : Words
        What the reasons are told with.

    Returns
    -------
    pandas.DataFrame
        The list with movement, change_reason and the five parts.
    """
    rows = rows.copy()
    is_new = ~rows["account_id"].isin(last["account_id"])
    bounds = [rows[name] for name in ("churn_probability_last_list", "churn_probability", "churn_low", "churn_high")]
    rows["movement"] = movement(*bounds, is_new=is_new)
    if found is not None:
        parts = found.parts.set_index("account_id")
        for name in PARTS:
            rows[f"change_{name}"] = rows["account_id"].map(parts[f"change_{name}"]).astype("float64")
        told = dict(zip(found.parts["account_id"], change_reasons(found, words), strict=True))
        rows["change_reason"] = [told.get(account) for account in rows["account_id"]]
    return rows


class Words:
    """What sentences about a change need.

    Parameters
    ----------
    specs : list of FeatureSpec
    titles : dict of str to str
        What each driver is called in the language.
    days_to_renewal : dict of str to int
        By account_id; accounts without a renewal ahead are not in it.
    language : {"en", "zh"}
    currency : str
    """

    def __init__(self, specs, titles: dict, days_to_renewal: dict, language: str, currency: str):
        self.specs = {spec.name: spec for spec in specs}
        self.titles, self.days_to_renewal = titles, days_to_renewal
        self.language, self.currency = language, currency


def change_reasons(found, words: Words) -> list:
    """Say of each account what moved its probability most, in one sentence; None where it hardly moved.

    The sentence names the feature of the cause's driver that moved the probability farthest in the direction of the cause.

    Parameters
    ----------
    found : scoring.changes.Changes
    words : Words

    Returns
    -------
    list of (str or None), shape (n_accounts,)
    """
    top = main_cause(found)
    features = _telling(found, top, words)
    said = []
    for row, (cause, points) in enumerate(zip(top["cause"], top["points"], strict=True)):
        if cause is None:
            said.append(None)
            continue
        what = None
        if cause == "time":
            what = _by_time(found, row, words)
        elif features[row] is not None:
            what = _by_feature(found, row, features[row], words)
        said.append(reason(cause, points, what, words.language, words.titles.get(cause)))
    return said


def _telling(found, top, words):
    """Choose for each row the feature of its driver that did most; None where the cause is no driver."""
    import numpy as np

    chosen = np.full(len(top), None, dtype=object)
    names = {driver: [] for driver in found.drivers}
    for name in found.points:
        driver = "contract" if is_gate(name) else words.specs[name].driver if name in words.specs else None
        if driver in names:
            names[driver].append(name)
    for driver, columns in names.items():
        mine = np.flatnonzero((top["cause"] == driver).to_numpy())
        if len(mine) and columns:
            along = found.points[columns].to_numpy()[mine] * np.sign(top["points"].to_numpy()[mine])[:, None]
            chosen[mine] = np.array(columns, dtype=object)[along.argmax(axis=1)]
    return chosen


def _by_time(found, row: int, words: Words):
    if found.gate_opened_by_time[row]:
        return gate_moved(False, words.language)
    days = words.days_to_renewal.get(found.parts["account_id"].iat[row])
    return None if days is None else days_left(days, words.language)


def _by_feature(found, row: int, name: str, words: Words) -> str:
    if is_gate(name):
        return gate_moved(bool(found.gated[row]), words.language)
    values = (found.before[name].iat[row], found.after[name].iat[row])
    return feature_moved(words.specs[name], *values, words.language, words.currency)


def gone(view, last, in_scope, as_of, language: str):
    """List the accounts of the last list that are not in scope any more, and why.

    Parameters
    ----------
    view : datasets.view.View
    last : pandas.DataFrame
        The last list as it was published.
    in_scope : iterable of str
        Accounts on the list of now.
    as_of : datetime.date
        Its day.
    language : {"en", "zh"}

    Returns
    -------
    pandas.DataFrame
        The columns of ``publishing.supplement.GONE_COLUMNS``, by account_id. The probability is the one that was last published:
        it is read from the list and never computed again.
    """
    import numpy as np

    frame = last[~last["account_id"].isin(set(in_scope))].sort_values("account_id", ignore_index=True)
    frame = frame[["account_id", "account_name", "owner", "arr", "churn_probability"]]
    frame = frame.rename(columns={"churn_probability": "churn_probability_last_list"})
    why = _why_gone(list(frame["account_id"]), view, as_of, language) if len(frame) else []
    return frame.assign(why=np.array(why, dtype=object))


def _why_gone(accounts: list, view, as_of, language: str) -> list:
    import pandas as pd

    words, said = _GONE[language], []
    if "contracts" not in view.store.tables:
        known, label = set(view.attributes(as_of).index), getattr(view.params.labels, view.params.scoring.target)
        return [words["inactive" if one in known else "absent"].format(days=label.active_within_days) for one in accounts]
    terms = view.known_contracts(as_of)
    # Open-ended cover ends never, which for a comparison is far enough away.
    ends = terms["ends_on"].fillna(pd.Timestamp("2262-01-01")).groupby(terms["account_id"]).max().to_dict()
    for account in accounts:
        if account not in ends:
            said.append(words["absent"])
        elif ends[account] + pd.Timedelta(days=view.grace_days) < pd.Timestamp(as_of):
            said.append(words["churned"].format(day=ends[account].date().isoformat(), grace=view.grace_days))
        else:
            said.append(words["restated"])
    return said
