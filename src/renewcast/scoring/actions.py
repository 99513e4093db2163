"""What to do about each row of the list: goal, play, day, check, expected saving, and the place on the owner's list."""

import dataclasses

from renewcast.plays.assignment import Trouble, assign
from renewcast.plays.capacity import fill
from renewcast.plays.diagnosis import driver_weights
from renewcast.plays.known import days_since_contact, known_plays, next_deadlines, noted
from renewcast.plays.saved import CURVE_DAYS

COLUMNS = ("goal", "play", "due_on", "check", "expected_arr_saved", "owner_place")


@dataclasses.dataclass(frozen=True, eq=False)
class Plan:
    """What the actions of a week rest on besides the scores.

    Attributes
    ----------
    library : renewcast.plays.library.Library
    effects : dict of str to dict
        Of :func:`renewcast.plays.effects.in_force`.
    fired : pandas.DataFrame or None
        account_id and signal of the risk signals that speak.
    opportunities : pandas.DataFrame or None
        account_id, kind (expansion, cross_sell or referral) and held_back (None: not held back).
    """

    library: object
    effects: dict
    fired: object = None
    opportunities: object = None


def actions(view, champion, scores, rows, curves, plan: Plan, last_list):
    """Say what to do about every account in scope.

    Parameters
    ----------
    view : datasets.view.View
    champion : tracking.champion.Champion
    scores : scoring.scores.Scores
    rows : pandas.DataFrame
        The list so far, at least account_id, owner and arr, in the order of ``scores.frame``.
    curves : pandas.DataFrame
        Of :func:`renewcast.scoring.survival.survival`, with churn_probability_{days}d for each of ``plays.saved.CURVE_DAYS``;
        where it is empty, churn after the label's horizon is taken not to happen.
    plan : Plan
    last_list : pandas.DataFrame or None
        The list published before this one.

    Returns
    -------
    pandas.DataFrame, in the order of ``rows``
        The columns `COLUMNS`.
    """
    import numpy as np

    settings, language = view.params.actions, view.params.project.language
    account = rows["account_id"]
    curve = curves[[f"churn_probability_{days}d" for days in CURVE_DAYS]].to_numpy(dtype=float)
    probability = scores.frame["churn_probability"].to_numpy(dtype=float)
    curve = np.where(np.isnan(curve), probability[:, None], curve)
    drivers = _drivers(view, champion.scorer, scores)
    ends = next_deadlines(view, scores.as_of).set_index("account_id").reindex(account)
    words = [word for play in plan.library.plays for word in play.answers_to.notes]
    trouble = Trouble(
        account_id=account,
        arr=rows["arr"].to_numpy(dtype=float),
        curve=curve,
        drivers=drivers,
        fired=_fired(plan.fired, account),
        opportunity=_opportunity(plan.opportunities, account),
        noted=noted(view, account, scores.as_of, words),
        ends_on=ends["ends_on"].to_numpy(dtype="datetime64[D]"),
        notice_days=ends["notice_days"].to_numpy(dtype=float),
        plays=known_plays(view, scores.as_of),
    )
    longest = max(view.params.backtest.lead_days)
    found = assign(plan.library, plan.effects, trouble, scores.as_of, language=language, longest_play_days=longest)
    since = days_since_contact(view, account, scores.as_of)
    # Where no revenue is known (a business without contracts) every account counts alike.
    saving = "expected_arr_saved" if rows["arr"].gt(0).any() else "share_saved"
    asked = rows[["account_id", "owner", "arr"]].assign(
        saving=found[saving].to_numpy(),
        is_key=rows["arr"].to_numpy(dtype=float) >= settings.key_account_min_arr,
        days_since_contact=np.nan if since is None else since,
        was_listed=_was_listed(last_list, rows),
    )
    places = fill(
        asked, capacity=settings.capacity_per_owner, every_days=settings.key_account_every_days, margin=settings.keep_margin
    )
    return found.assign(owner_place=places.to_numpy())[list(COLUMNS)]


def _drivers(view, scorer, scores) -> dict:
    """Weigh the drivers of every row, 0 where it is not scored.

    What outlasts the label's horizon carries the gate's rate and no other reason; a play that takes long begins before that, so
    there it is asked what the model would say if the term ended inside the horizon.
    """
    import numpy as np

    from renewcast.explanation.attribution import attribute

    scored, specs, found = scores.scored, view.catalogue.specs, {}
    gated = scores.frame["gated"].to_numpy(dtype=bool) & scored
    parts = [(np.flatnonzero(scored), scores.attribution.points)]
    if gated.any():
        parts.append((np.flatnonzero(gated), attribute(scorer, scores.features[gated], np.zeros(gated.sum(), dtype=bool)).points))
    for at, points in parts:
        for driver, weight in driver_weights(points, specs).items():
            found.setdefault(driver, np.zeros(len(scored)))[at] = weight
    return found


def _fired(fired, account) -> dict:
    if fired is None or not len(fired):
        return {}
    return {signal: account.isin(part["account_id"]).to_numpy() for signal, part in fired.groupby("signal", sort=True)}


def _opportunity(opportunities, account):
    import numpy as np

    found = np.full(len(account), None, dtype=object)
    if opportunities is None or not len(opportunities):
        return found
    free = opportunities[opportunities["held_back"].isna()]
    for kind, goal in (("referral", "expand"), ("cross_sell", "cross_sell"), ("expansion", "expand")):
        found[account.isin(free.loc[free["kind"] == kind, "account_id"]).to_numpy()] = goal
    return found


def _was_listed(last_list, rows):
    """Tell who stood on the last list of the owner of today; a new owner begins afresh."""
    import numpy as np

    if last_list is None or "owner_place" not in last_list or last_list["owner_place"].isna().all():
        return np.zeros(len(rows), dtype=bool)
    stood = last_list[last_list["owner_place"].notna()]
    before = stood.assign(owner=stood["owner"].astype("string").fillna("")).set_index("account_id")["owner"]
    return rows["owner"].astype("string").fillna("").eq(rows["account_id"].map(before)).fillna(False).to_numpy(dtype=bool)
