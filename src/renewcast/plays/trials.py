"""The trials from which effects are estimated: snapshots of the past, what stood there, what was done, what came of it."""

import datetime as dt

from renewcast.plays.effects import Trials
from renewcast.plays.known import known_plays

FOLDS = 5
TARGET = "churn"
WEEK_DAYS = 7


def trials(view, library, as_of: dt.date, *, seed: int, progress=None) -> Trials:
    """Put the trials together from what was known at a day.

    A row is a snapshot of an account whose cover ends inside the horizon and whose outcome is finished. The snapshots of the
    training set are the trials without a play; one of them, or of the weeks between, after which a play was begun within the
    week is a trial of that play, if the play was begun before the last day of notice. Kinds that were begun up to
    ``lasts_days`` before a snapshot, or that are begun later than a week after it and before the end, stand beside as
    ``before_<kind>`` and ``later_<kind>``, so that they count neither as treated nor as untreated.

    Parameters
    ----------
    view : datasets.view.View
    library : Library
    as_of : datetime.date
        Outcomes and plays known before it.
    seed : int
        Of the folds.
    progress : callable, optional

    Returns
    -------
    Trials
    """
    import numpy as np
    import pandas as pd

    from renewcast.datasets import build_training_set
    from renewcast.datasets.training_set import finished_snapshots, label_of, labelled_rows
    from renewcast.snapshots.terms import cover_days

    training_set = build_training_set(view, TARGET, as_of, progress=progress)
    label, plays = label_of(view, TARGET), known_plays(view, as_of)
    weekly = labelled_rows(view, TARGET, label, finished_snapshots(view, TARGET, as_of), as_of, {})[0]
    weekly["left"] = cover_days(weekly["cover_ends_on"], weekly["as_of"], label.lead_days) - 1
    weekly["row"] = np.arange(len(weekly))
    until_notice = weekly["left"].to_numpy() - _notice(weekly, view.known_deadlines(as_of))
    kinds, columns = [play.id for play in library.plays if (plays["play"] == play.id).any()], {}
    for play in library.plays:
        if play.id in kinds:
            of_kind = plays[plays["play"] == play.id]
            now, before, later = _begun(weekly, of_kind, until_notice, play.lasts_days)
            columns |= {play.id: now, f"before_{play.id}": before, f"later_{play.id}": later & ~now}
    is_open = ~weekly["gated"].to_numpy(dtype=bool) & (weekly["left"].to_numpy() >= 0)
    of_training = pd.MultiIndex.from_frame(training_set.frame[["account_id", "as_of"]])
    is_training = pd.MultiIndex.from_frame(weekly[["account_id", "as_of"]]).isin(of_training)
    is_treated = np.any([np.zeros(len(weekly), dtype=bool), *(columns[kind] for kind in kinds)], axis=0)
    keep = np.flatnonzero(is_open & (is_training | is_treated))
    rows = weekly.iloc[keep].reset_index(drop=True)
    parts = _parts_before(training_set, rows, view.features(rows[["account_id", "as_of"]], progress=progress), seed)
    return Trials(
        label=rows["label"].to_numpy(dtype=bool),
        risk=parts,
        days_to_end=rows["left"].to_numpy(dtype=float),
        group=rows["group"].to_numpy(dtype=str),
        treated={kind: columns[kind][keep].astype(float) for kind in kinds},
        beside={name: value[keep].astype(float) for name, value in columns.items() if name not in kinds},
    )


def _parts_before(training_set, rows, features, seed: int):
    """Say of each row, by driver, what a model makes of it that was fitted on other groups: no outcome explains itself."""
    import numpy as np

    from renewcast.estimators._definition import TrainingRows, input_specs
    from renewcast.estimators.boosted import hashed_share
    from renewcast.estimators.logistic import Logistic

    frame = training_set.frame
    fitting = TrainingRows(
        features=training_set.features,
        label=frame["label"].to_numpy(dtype=bool),
        account_id=frame["account_id"].to_numpy(dtype=str),
        group=frame["group"].to_numpy(dtype=str),
        as_of=frame["as_of"].to_numpy(dtype="datetime64[s]"),
        gated=frame["gated"].to_numpy(dtype=bool),
    )
    driver_of = {spec.name: spec.driver for spec in training_set.specs}
    drivers = sorted(set(driver_of.values()))

    def fold(group):
        return np.floor(hashed_share(np.asarray(group, dtype=str), f"{seed}:plays") * FOLDS).astype(int)

    inside, found = fold(rows["group"]), np.zeros((len(rows), len(drivers)))
    of_fitting = fold(fitting.group)
    for number in range(FOLDS):
        at = np.flatnonzero(inside == number)
        if not len(at):
            continue
        model = Logistic(input_specs(training_set.specs), "signed_log")
        model.fit(fitting.take((of_fitting != number) & ~fitting.gated))
        _, parts = model.contributions(features.iloc[at], np.zeros(len(at), dtype=bool))
        for name in parts.columns:
            if name in driver_of:
                found[at, drivers.index(driver_of[name])] += parts[name].to_numpy()
    return found


def _notice(rows, terms):
    """Find the notice of the next term that ends on or after each snapshot, 0 where there is none."""
    import numpy as np
    import pandas as pd

    terms = terms.dropna(subset=["ends_on"])[["account_id", "ends_on", "notice_days"]]
    terms = terms.sort_values(["ends_on", "account_id", "notice_days"], kind="stable")
    left = rows[["account_id", "as_of", "row"]].sort_values("as_of", kind="stable")
    left["as_of"] = left["as_of"].astype("datetime64[us]")
    joined = pd.merge_asof(left, terms, left_on="as_of", right_on="ends_on", by="account_id", direction="forward")
    found = np.zeros(len(rows))
    found[joined["row"].to_numpy()] = joined["notice_days"].fillna(0).to_numpy(dtype=float)
    return found


def _begun(rows, plays, until_notice, lasts_days: int):
    """Tell of each row whether a play was begun in its week and in time, was begun before and is felt, is begun later."""
    import numpy as np
    import pandas as pd

    pairs = rows[["account_id", "as_of", "row", "left"]].merge(plays[["account_id", "started_at"]], on="account_id")
    after = (pairs["started_at"] - pairs["as_of"]) / pd.Timedelta(days=1)
    now = (after >= 0) & (after < WEEK_DAYS) & (after <= until_notice[pairs["row"]])
    before = (after < 0) & (after >= -lasts_days)
    later = (after >= 0) & (after < pairs["left"])
    found = []
    for chosen in (now, before, later):
        mask = np.zeros(len(rows), dtype=bool)
        mask[pairs.loc[chosen, "row"].to_numpy()] = True
        found.append(mask)
    return found
