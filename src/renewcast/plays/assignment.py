"""Which play each account gets, with which goal, by when, how it will be judged, and what it should save."""

import dataclasses
import datetime as dt

from renewcast.plays.diagnosis import at_rest, goals, play_weights
from renewcast.plays.saved import expected_saving, horizon_needed, read

BEGIN_WITHIN_DAYS = 28
"""However far the renewal is away, what is wrong is taken up within four weeks."""
WORDS = {
    "en": {
        "prevent_churn": "Prevent churn",
        "expand": "Expand",
        "cross_sell": "Cross-sell",
        "part_well": "Part well",
        "check": "By {day}: {check}",
        "late": "Too late for the whole play before {what}, begin at once. By {day}: {check}",
        "notice": "notice",
        "renewal": "renewal",
    },
    "zh": {
        "prevent_churn": "挽留",
        "expand": "扩展",
        "cross_sell": "交叉销售",
        "part_well": "妥善收尾",
        "check": "{day}前：{check}",
        "late": "{what}前已来不及完成整个方案，请立即开始。{day}前：{check}",
        "notice": "通知期",
        "renewal": "续约",
    },
}


@dataclasses.dataclass(frozen=True, eq=False)
class Trouble:
    """What is known of the accounts that are to get a play, row by row.

    Attributes
    ----------
    account_id : pandas.Series of str, shape (n,)
    arr : array of float, shape (n,)
        Currency units a year.
    curve : array of float in [0, 1], shape (n, 12)
        Probability of churn within 30, 60, ..., 360 days; NaN where the account is not scored, and then it gets no play.
    drivers : dict of str to array of float >= 0, shape (n,)
        Of :func:`renewcast.plays.diagnosis.driver_weights`.
    fired : dict of str to array of bool, shape (n,)
        The signals that speak.
    opportunity : array of str or None, shape (n,)
        "expand" or "cross_sell" where an opportunity is not held back.
    noted : array of bool, shape (n,)
        A note says that the account leaves for another product.
    ends_on : array of datetime64[D], shape (n,)
        The next undecided end of a term; NaT: none.
    notice_days : array of float, shape (n,)
    plays : pandas.DataFrame
        Of :func:`renewcast.plays.known.known_plays`.
    """

    account_id: object
    arr: object
    curve: object
    drivers: dict
    fired: dict
    opportunity: object
    noted: object
    ends_on: object
    notice_days: object
    plays: object


def assign(library, effects: dict, trouble: Trouble, as_of: dt.date, *, language: str, longest_play_days: int):
    """Give each scored account a goal, a play, a day to begin by, a check and an expected saving.

    Of the plays that serve the goal, are not running and did not just end, and answer to what raises the account's risk, the one
    that answers most of it is taken, if its days still fit before the last day of notice (where that is past: before the
    end of the term). Where none fits, the shortest is taken at once, and the check says that it is late.

    Parameters
    ----------
    library : Library
    effects : dict of str to dict
        Of :func:`renewcast.plays.effects.in_force`.
    trouble : Trouble
    as_of : datetime.date
    language : {"en", "zh"}
    longest_play_days : int

    Returns
    -------
    pandas.DataFrame, shape (n, 8)
        goal and check (text), play (its title), play_id, due_on (datetime.date, from as_of on: begin by this day),
        share_saved (of revenue, in [0, 1]), expected_arr_saved (the same times ARR, whole cents), is_late (bool). None and NaN
        where the account is not scored or nothing is wrong.
    """
    import numpy as np
    import pandas as pd

    words, n, plays = WORDS[language], len(trouble.account_id), library.plays
    notice = np.asarray(trouble.notice_days, dtype=float)
    horizon = horizon_needed(notice, longest_play_days)
    probability = read(trouble.curve, horizon)
    is_scored = ~np.isnan(probability)
    goal = goals(library, probability, trouble.fired, trouble.noted, trouble.opportunity)
    weights = play_weights(library, effects, trouble.drivers, trouble.fired, n)
    serves = np.array([[play.goal == one for play in plays] for one in words if one in _GOALS])
    serves = serves[[list(_GOALS).index(one) for one in goal]] if n else np.zeros((0, len(plays)), dtype=bool)
    # Who is to part well gets a play for it whatever the drivers say.
    weights = np.where((goal == "part_well")[:, None], np.maximum(weights, 1e-6), weights)
    weights = np.where(serves & ~at_rest(library, trouble.plays, trouble.account_id, as_of), weights, 0.0)

    today = np.datetime64(as_of)
    ends = np.asarray(trouble.ends_on, dtype="datetime64[D]")
    left = np.where(np.isnat(ends), np.nan, (ends - today).astype(float))
    until_notice = left - np.nan_to_num(notice)
    in_notice = until_notice >= 0
    until = np.where(np.isnan(left), np.inf, np.where(in_notice, until_notice, left))
    days = np.array([play.days for play in plays])
    fits = (weights > 0) & (days[None, :] <= until[:, None])
    any_fits = fits.any(axis=1)
    # Without one that fits: the shortest of those that answer, the weightier one of equals.
    shortest = np.where(weights > 0, weights - 1e6 * days[None, :], -np.inf)
    chosen = np.where(any_fits, np.argmax(np.where(fits, weights, -1.0), axis=1), np.argmax(shortest, axis=1))
    has_play = is_scored & (weights > 0).any(axis=1)
    is_late = has_play & ~any_fits

    begin = np.clip(np.where(is_late, 0, until - days[chosen]), 0, BEGIN_WITHIN_DAYS).astype(int)
    due = today + begin.astype("timedelta64[D]")
    within = np.array([play.check.within_days for play in plays])[chosen]
    told = due + within.astype("timedelta64[D]")
    effect = np.array([effects[play.id]["effect"] for play in plays])[chosen]
    share = expected_saving(
        trouble.curve, left, notice, effect=effect, play_days=days[chosen], longest_play_days=longest_play_days
    )
    checks = np.array([getattr(play.check, language) for play in plays], dtype=object)[chosen]
    titles = np.array([getattr(play.title, language) for play in plays], dtype=object)[chosen]
    ids = np.array([play.id for play in plays], dtype=object)[chosen]
    what = np.where(np.asarray(np.nan_to_num(notice) > 0) & in_notice, words["notice"], words["renewal"])
    by_day = told.astype(str)
    text = [
        words["late" if late else "check"].format(day=day, check=check, what=before)
        for late, day, check, before in zip(is_late, by_day, checks, what, strict=True)
    ]
    named = np.array([words[one] for one in goal], dtype=object)

    def where(values):
        return pd.Series(np.where(has_play, np.array(values, dtype=object), None), dtype=object)

    found = pd.DataFrame({"goal": where(named), "play": where(titles), "play_id": where(ids)})
    found["due_on"] = where(due.astype(object))
    found["check"] = where(text)
    found["share_saved"] = np.where(has_play, share, np.nan)
    found["expected_arr_saved"] = np.where(has_play, np.round(share * np.nan_to_num(trouble.arr), 2), np.nan)
    found["is_late"] = is_late
    return found


_GOALS = ("prevent_churn", "expand", "cross_sell", "part_well")
