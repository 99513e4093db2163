"""How long the scored accounts of a snapshot stay, and what they are worth while they do."""

from renewcast.snapshots.terms import cover_days

DAYS_A_MONTH = 365.25 / 12
LIST_HORIZONS = (30, 180)
"""Beside its own probability, the list shows these horizons."""


def survival(scorer, scores, label, horizons_days: list[int], lifetime):
    """Read each account's survival curve.

    Parameters
    ----------
    scorer : estimators.scorer.Scorer
        The champion's; its artefact holds the hazard, or, where it is older or for inactivity, does not.
    scores : scoring.scores.Scores
    label : params.TermLabel
    horizons_days : list of int
        Days from the start of the outcome window, as the label counts them.
    lifetime : params.LifetimeSection

    Returns
    -------
    pandas.DataFrame, in the order of ``scores.frame``
        account_id, churn_probability_{days}d for each horizon, expected_lifetime_days (up to ``limit_months``), lifetime_value
        (currency units, whole cents). Empty (NaN) where the account is not scored or the artefact holds no hazard. The
        label's own horizon carries the list's probability, and a longer horizon is never safer.
    """
    import numpy as np
    import pandas as pd

    from renewcast.estimators.survival_curves import SurvivalCurves
    from renewcast.estimators.term_hazard import STEP_DAYS

    frame = scores.frame
    columns = [*(f"churn_probability_{days}d" for days in horizons_days), "expected_lifetime_days", "lifetime_value"]
    found = pd.DataFrame(np.nan, index=range(len(frame)), columns=columns)
    found.insert(0, "account_id", frame["account_id"].to_numpy())
    hazard = scorer.companions.get("survival")
    if hazard is None or not scores.scored.any():
        return found
    rows = frame[scores.scored]
    steps = hazard.predict(scores.features[scores.scored], cover_days(rows["cover_ends_on"], rows["as_of"], label.lead_days))
    limit = lifetime.limit_months * DAYS_A_MONTH
    probability = rows["churn_probability"].to_numpy()
    curves = SurvivalCurves.through(steps, STEP_DAYS, probability, label.horizon_days, limit_days=limit)
    margin = rows["mrr"].fillna(0.0).to_numpy() * 12 * lifetime.gross_margin
    read = [curves.probability_by(days) for days in horizons_days]
    read += [curves.lifetime_days(limit), curves.lifetime_value(margin, lifetime.annual_discount_rate, limit)]
    found.loc[scores.scored, columns] = np.column_stack(read)
    return found
