"""The gate, applied to a project: what the checks of a new model are given."""

import datetime as dt


def case_of(project, training_set, rows, trained, as_of: dt.date):
    """Put together everything that is known of a model on the day of its training.

    Parameters
    ----------
    project : renewcast.Project
    training_set : renewcast.datasets.TrainingSet
    rows : estimators.TrainingRows
        Of the training set, in order.
    trained : evaluation.training.Trained
    as_of : datetime.date
        The day on which the model would score first.

    Returns
    -------
    evaluation.checks.Case
        With the rows of that day, the last training rows made once more as scoring makes them, the test rows' segments and
        tiers, and what the champion in force said of its own test, where it is kept.
    """
    from renewcast.datasets.past_snapshots import scoring_rows
    from renewcast.evaluation.checks import Case

    target, view = training_set.target, project.view
    last = training_set.frame["as_of"].max().date()
    return Case(
        trained,
        rows,
        project.params.model,
        training_set.embargo_days,
        as_of,
        segments=_segments(project, rows.take(trained.splits.test), trained.specs),
        recent=_whole_rows(*scoring_rows(view, target, [as_of])),
        rebuilt=_whole_rows(*scoring_rows(view, target, [last])),
        champion_predictions=_of_the_champion(project, target),
    )


def predictions_name(target: str, sha256: str) -> str:
    """Name what a model's development fit said of its test, under data/work.

    Examples
    --------
    >>> predictions_name("churn", "bc5571fc4b2adb4fec19")
    'test_predictions/churn-bc5571fc4b2adb4f'
    """
    return f"test_predictions/{target}-{sha256[:16]}"


def _whole_rows(rows, features):
    """Put keys and features side by side as a case has them; None where nothing is in scope."""
    import pandas as pd

    if rows.empty:
        return None
    unit = rows["contract_id"].where(rows["contract_id"].notna(), rows["account_id"])
    keys = rows[["account_id"]].assign(unit=unit, as_of=rows["as_of"], gated=rows["gated"])
    return pd.concat(
        [keys.reset_index(drop=True), features.drop(columns="account_id", errors="ignore").reset_index(drop=True)], axis=1
    )


def _of_the_champion(project, target: str):
    import pandas as pd

    from renewcast.tracking.champion import read_record

    record = read_record(project.directory, target)
    if record is None:
        return None
    path = project.directory / "data" / "work" / f"{predictions_name(target, record['sha256'])}.parquet"
    if not path.exists():
        return None
    kept = pd.read_parquet(path)
    return kept.assign(probability=kept[record["ranked_by"]]) if record["ranked_by"] in kept and "unit" in kept else None


def _segments(project, test, specs):
    """Say in which segments the test rows are: attributes, size and tenure, the tier and the behavioural segment."""
    import numpy as np
    import pandas as pd

    from renewcast.errors import RenewcastError
    from renewcast.evaluation.checks.segments import dimensions
    from renewcast.segments.tiers import arr_growth, tier

    found, features = dimensions(test.features, specs), test.features
    if "arr" in features:
        growth = arr_growth(features)
        advocacy, account_id = np.zeros(len(features)), pd.Series(test.account_id)
        for as_of in np.unique(test.as_of):
            at = np.flatnonzero(test.as_of == as_of)
            advocacy[at] = project.view.advocacy(account_id.iloc[at], pd.Timestamp(as_of).date())
        found["tier"] = tier(features["arr"].to_numpy(), growth, advocacy, project.params.segments.tiers)
    clusters = project.segments()
    if clusters is not None:
        try:
            shown = clusters.shown(features, "en")
            if clusters.exist:
                found["segment"] = shown
        except RenewcastError:
            pass  # fitted on features that the tables no longer give; the weekly list says so
    return found
