"""Beyond the label's horizon: what a past training would have said of the next twelve months, month by month."""

from renewcast.plays.saved import CURVE_DAYS

COLUMNS = tuple(f"churn_by_{days}d" for days in CURVE_DAYS)


def churn_within(view, trained, labelled, training_set, rows, features, probability) -> list:
    """Fit the survival curves of a past training, and read them every 30 days up to 360.

    Parameters
    ----------
    view : renewcast.datasets.view.View or renewcast.datasets.panel.Panel
    trained : renewcast.evaluation.training.Trained
    labelled : renewcast.estimators._definition.TrainingRows
        Of ``training_set``, in its order.
    training_set : renewcast.datasets.training_set.TrainingSet
    rows, features : pandas.DataFrame
        What is scored, of :func:`renewcast.datasets.past_snapshots.scoring_rows`.
    probability : pandas.Series of float in (0, 1)
        What the list carried, of churn inside the label's horizon: the curves pass through it.

    Returns
    -------
    list of pandas.DataFrame
        One with `COLUMNS`, probabilities that rise from left to right, indexed as ``rows``; none for other targets than churn.
    """
    if training_set.durations is None:
        return []
    import numpy as np
    import pandas as pd

    from renewcast.datasets.training_set import label_of
    from renewcast.estimators.survival_curves import SurvivalCurves
    from renewcast.estimators.term_hazard import STEP_DAYS
    from renewcast.evaluation.training import fit_survival
    from renewcast.snapshots.terms import cover_days

    label = label_of(view, training_set.target)
    hazard = fit_survival(trained, labelled, training_set.durations, view.grace_days)
    days = sorted(rows["as_of"].dt.date.unique())
    covered = view.population(days, target=training_set.target)[["account_id", "as_of", "cover_ends_on"]]
    ends = rows[["account_id", "as_of"]].merge(covered, on=["account_id", "as_of"], how="left")["cover_ends_on"]
    ends.index = rows.index
    steps = hazard.predict(features, cover_days(ends, rows["as_of"], label.lead_days))
    curves = SurvivalCurves.through(steps, STEP_DAYS, probability.to_numpy(), label.horizon_days, limit_days=max(CURVE_DAYS))
    read = np.column_stack([curves.probability_by(days) for days in CURVE_DAYS])
    return [pd.DataFrame(read, columns=list(COLUMNS), index=rows.index)]
