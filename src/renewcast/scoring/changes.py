"""Why each probability moved since the last list: behaviour by driver, time, late data, the model, its calibration.

The chain, each state with one more thing that is new:

1. the last list, as it was published;
2. **data**: its snapshot again, under the model of then, with what was told since of events from before it (late, restated); so
   too whatever else made the published number differ from what is computed today, such as history that was rewritten;
3. **time**: the date of now, while nothing new is told. What follows from the date and the known terms moves (days to the
   renewal, tenure, the gate); counts over a window do not, since a quiet week is behaviour and not the calendar's doing;
4. **behaviour**: everything known now, split by driver;
5. **model**: the model of now with the calibration of then;
6. **calibration**: the model of now, as it is: the probability on this list.

Data come first, because a wrong start should not count as a move; facts come before models, so that behaviour is judged by the
model that the reader saw last. Where the model of then is not to be had, or cannot be told these features, all is judged by the
model of now: then **model** is what it says differently about the last list's snapshot, calibration included, and comes first.
"""

import dataclasses

PARTS = ("behaviour", "time", "data", "model", "calibration")
SMALLEST_CHANGE = 1e-3
"""A change below a tenth of a percentage point has no reason worth a sentence."""
REWRITTEN = 1e-9
"""What is computed today and differs by less from what was published is the same number, rounded otherwise."""


@dataclasses.dataclass(frozen=True, eq=False)
class Changes:
    """What changed between the last list and a snapshot, for the accounts scored on both.

    Attributes
    ----------
    parts : pandas.DataFrame
        account_id, churn_probability_last_list, churn_probability and ``change_`` each of `PARTS`, in probability points,
        positive is riskier; they add up to the difference of the two probabilities, to 1e-9.
    points : pandas.DataFrame
        change_behaviour by feature, the contract gate as ``term_outlasts_horizon``; indexed alike.
    drivers : pandas.DataFrame
        change_behaviour by driver, a column a driver; indexed alike.
    before, after : pandas.DataFrame
        The features between which behaviour lies: those of the last snapshot as the calendar moved them, and those of now.
    gate_opened_by_time : array of bool
        The known term came within the horizon by the calendar alone.
    gated : array of bool
        Whether it outlasts the horizon now.
    judged_by_the_model_of_then : bool
        Otherwise ``change_model`` holds what a new calibration changed too.
    """

    parts: object
    points: object
    drivers: object
    before: object
    after: object
    gate_opened_by_time: object
    gated: object
    judged_by_the_model_of_then: bool


def changes(two, last, scores, then, now, specs, *, shown=None, other="data") -> Changes:
    """Split the change of each probability since the last list.

    Parameters
    ----------
    two : datasets.two_snapshots.TwoSnapshots
        The snapshots of the last list and of ``scores``.
    last : pandas.DataFrame
        The last list as it was published: account_id and churn_probability.
    scores : scoring.scores.Scores
        Of the snapshot of now, under ``now``.
    then, now : estimators.scorer.Scorer
        The models of the last list and of now, the same object where they are one model; ``then`` is None where it is not to
        be had.
    specs : list of FeatureSpec
        They name the driver of each feature.
    shown : pandas.Series, optional
        The probability that was published for the snapshot of now, by account_id; by default that of ``scores``.
    other : one of `PARTS`
        What ``shown`` counts as where it is not what ``now`` says: data (history was rewritten since) or, where ``now`` only
        stands in for a model that was lost, model.

    Returns
    -------
    Changes
        In the order of ``scores``.
    """
    import numpy as np

    from renewcast.estimators.gate_by_term import GATE_FEATURE
    from renewcast.estimators.logit import add_up, sigmoid
    from renewcast.explanation.change import chain, split_step

    published = last.set_index("account_id")["churn_probability"].astype("float64")
    account_id, probability, start, rows = _on_both(scores, published, shown)
    features = scores.features[scores.scored].iloc[rows].reset_index(drop=True)
    gated = scores.frame["gated"].to_numpy(dtype=bool)[scores.scored][rows]
    is_known = then is not None and {spec.name for spec in then.specs} <= set(features.columns)
    judge = then if is_known else now

    first, gated_first = two.then(account_id)
    recomputed = _predict(judge, first, gated_first)
    late = two.late(account_id)
    told = _replaced(first, late, two.told_late(account_id[late])) if late.any() else first
    with_late = recomputed.copy()
    with_late[late] = _predict(judge, told[late].reset_index(drop=True), gated_first[late])

    by_clock, gated_clock = two.by_the_clock(account_id)
    before = told.assign(**{name: by_clock[name].to_numpy() for name in by_clock})
    base, parts_before = judge.contributions(before, gated_clock)
    parts_after = _parts_now(judge, now, scores, rows, features, gated, gated_clock)
    points = split_step(base, parts_before, parts_after, _differ(before, features, parts_before.columns))
    timed, acted = sigmoid(add_up(base, parts_before.to_numpy())), sigmoid(add_up(base, parts_after.to_numpy()))
    turned = gated != gated_clock
    gate = np.zeros(len(points)) if GATE_FEATURE not in points else points[GATE_FEATURE].to_numpy(copy=True)
    if turned.any():
        closed = _predict(judge, features[turned].reset_index(drop=True), gated[turned])
        gate[turned] += closed - acted[turned]
        acted[turned] = closed
    points = points.assign(**{GATE_FEATURE: gate})
    model_says = scores.attribution.probability[rows]
    if judge is now:
        acted = model_says.copy()
    if is_known:
        settled = np.abs(recomputed - start) < REWRITTEN
        with_late = np.where(settled & ~late, start, with_late)
        states = {"last": start, "data": with_late, "time": timed, "behaviour": acted}
        states |= {"model": _as_calibrated_then(then, now, features, gated, model_says), "calibration": model_says}
    else:
        states = {"last": start, "model": recomputed, "data": with_late, "time": timed, "behaviour": acted}
    found = chain(states)
    if not is_known:
        found["calibration"] = 0.0
    found[other] += probability - model_says
    parts = found[list(PARTS)].add_prefix("change_")
    parts.insert(0, "churn_probability", probability)
    parts.insert(0, "churn_probability_last_list", start)
    parts.insert(0, "account_id", account_id)
    drivers = _by_driver(points, [*specs, *judge.specs])
    return Changes(parts, points, drivers, before, features, gated_first & ~gated_clock, gated, is_known)


def causes(found: Changes):
    """List every cause beside the others: the drivers of behaviour, then time, data, model and calibration.

    Parameters
    ----------
    found : Changes

    Returns
    -------
    pandas.DataFrame, shape (n_accounts, n_drivers + 4)
        Probability points; a row's sum is the change.
    """
    import pandas as pd

    others = [name for name in PARTS if name != "behaviour"]
    rest = found.parts[[f"change_{name}" for name in others]].set_axis(others, axis=1)
    return pd.concat([found.drivers, rest], axis=1)


def main_cause(found: Changes):
    """Name the cause of most weight of each change: the one that moved the probability farthest in the direction it went.

    Parameters
    ----------
    found : Changes

    Returns
    -------
    pandas.DataFrame
        cause (None where the change is below a tenth of a point) and points; of equal causes the one that `causes` lists first.
    """
    import numpy as np
    import pandas as pd

    by_cause = causes(found)
    change = (found.parts["churn_probability"] - found.parts["churn_probability_last_list"]).to_numpy()
    along = by_cause.to_numpy() * np.sign(change)[:, None]
    place = along.argmax(axis=1) if len(along) else np.zeros(0, dtype=int)
    names = by_cause.columns.to_numpy(dtype=object)[place]
    points = by_cause.to_numpy()[np.arange(len(along)), place]
    told = np.abs(change) >= SMALLEST_CHANGE
    cause = pd.Series(np.where(told, names, None), index=found.parts.index, dtype=object)
    return pd.DataFrame({"cause": cause, "points": np.where(told, points, np.nan)})


def _on_both(scores, published, shown):
    """Return the accounts scored on both lists, their probabilities now and then, and their places among the scored."""
    import numpy as np

    accounts = scores.frame["account_id"].astype(str).to_numpy(dtype=object)[scores.scored]
    now = scores.attribution.probability if shown is None else shown.reindex(accounts).to_numpy(dtype="float64")
    before = published.reindex(accounts).to_numpy(dtype="float64")
    rows = np.flatnonzero(~np.isnan(before) & ~np.isnan(now))
    return accounts[rows], np.asarray(now)[rows], before[rows], rows


def _replaced(frame, mask, rows):
    """Put other rows in the place of those under a mask."""
    import pandas as pd

    columns = {}
    for name in frame:
        columns[name] = frame[name].to_numpy(copy=True)
        columns[name][mask] = rows[name].to_numpy()
    return pd.DataFrame(columns, index=frame.index)


def _predict(scorer, features, gated):
    import numpy as np

    return np.array(scorer.predict(features, gated), dtype=float) if len(features) else np.zeros(0)


def _parts_now(judge, now, scores, rows, features, gated, gated_clock):
    """Return the contributions of now, the gate left where the calendar had it; those already computed are not made again."""
    from renewcast.explanation.attribution import Attribution
    from renewcast.explanation.change import log_odds_parts

    if judge is not now:
        return judge.contributions(features, gated_clock)[1]
    kept = scores.attribution
    points = kept.points.iloc[rows].reset_index(drop=True)
    _, parts = log_odds_parts(Attribution(kept.base_probability[rows], kept.probability[rows], points))
    turned = gated != gated_clock
    if turned.any():
        parts.loc[turned, :] = judge.contributions(features[turned], gated_clock[turned])[1].to_numpy()
    return parts


def _differ(before, after, names):
    """Say which features differ; what is missing on both sides does not, and the gate may always."""
    import pandas as pd

    found = {}
    for name in names:
        if name not in before:
            found[name] = True
            continue
        left, right = before[name], after[name]
        found[name] = ~((left == right) | (left.isna() & right.isna())).to_numpy(dtype=bool)
    return pd.DataFrame(found, index=after.index, columns=list(names))


def _as_calibrated_then(then, now, features, gated, shown):
    """Return what the model of now says under the calibration of then; what is shown, where no such step can be told."""
    if then is now:
        return shown
    lent = now.calibrated_as(then)
    return shown if lent is None or lent is now else _predict(lent, features, gated)


def _by_driver(points, specs):
    import numpy as np
    import pandas as pd

    from renewcast.estimators.gate_by_term import GATE_DRIVER, GATE_FEATURE

    driver_of = {spec.name: spec.driver for spec in specs} | {GATE_FEATURE: GATE_DRIVER}
    summed = {driver: np.zeros(len(points)) for driver in dict.fromkeys(driver_of.values())}
    for name in points.columns:
        summed[driver_of[name]] = summed[driver_of[name]] + points[name].to_numpy()
    return pd.DataFrame(summed, index=points.index)
