"""What probabilities are made of: one account driver by driver, feature by feature; all accounts driver by driver."""

import difflib

from renewcast.errors import RenewcastError
from renewcast.scoring.not_scored import why_not_scored
from renewcast.scoring.reasons import Speaker

FEATURES_SHOWN = 3
REASONS_SHOWN = 3


def explanations(scores, specs):
    """Say of every scored account what its probability is made of.

    Parameters
    ----------
    scores : scoring.scores.Scores
    specs : list of FeatureSpec

    Returns
    -------
    pandas.DataFrame
        account_id, base_probability, churn_probability and one column DRIVER_points a driver; base_probability plus the points
        is churn_probability, to 1e-9. The contract gate counts as contract.
    """
    import pandas as pd

    from renewcast.explanation.attribution import driver_points

    points = driver_points(scores.attribution, specs).add_suffix("_points").reset_index(drop=True)
    head = {
        "account_id": scores.frame.loc[scores.scored, "account_id"].reset_index(drop=True),
        "base_probability": scores.attribution.base_probability,
        "churn_probability": scores.attribution.probability,
    }
    return pd.concat([pd.DataFrame(head), points], axis=1)


def explain_account(account_id: str, champion, scores, specs, language: str, currency: str) -> dict:
    """Say of one account what its probability is made of.

    Parameters
    ----------
    account_id : str
    champion : tracking.champion.Champion
    scores : scoring.scores.Scores
    specs : list of FeatureSpec
    language : {"en", "zh"}
    currency : str

    Returns
    -------
    dict
        account_id, as_of, model_version, ranked_by, status and, where scored, churn_probability, base_probability,
        term_outlasts_horizon_points, ties (which of the first reasons cannot be told apart; None: all can) and drivers, reasons
        first: each with its points, its reason as on the list (None where it lowers the probability), and its features of most
        weight, with value, role, points, the points that fall away at the typical value, and sentence. Base plus all points is
        the probability.

    Raises
    ------
    RenewcastError
        "account ... is not in scope".
    """
    frame = scores.frame.reset_index(drop=True)
    ids = frame["account_id"].tolist()
    if account_id not in ids:
        near = difflib.get_close_matches(account_id, ids, n=1)
        hint = f"; did you mean {near[0]}?" if near else "; see the list for the accounts in scope."
        raise RenewcastError(f"account {account_id!r} is not in scope at {scores.as_of}{hint}")
    place = ids.index(account_id)
    head = {
        "account_id": account_id,
        "as_of": scores.as_of.isoformat(),
        "model_version": champion.version,
        "ranked_by": champion.record["ranked_by"],
    }
    if not scores.scored[place]:
        reason = why_not_scored(frame["reason_not_scored"].iat[place], language)
        return {**head, "status": "not_scored", "reason_not_scored": reason, "drivers": []}
    row = int(scores.scored[:place].sum())
    speaker = Speaker(scores, specs, language, currency)
    drivers, raising = [], int(speaker.ranking.raising[row])
    by_driver = dict(zip(speaker.drivers, speaker.totals[row].tolist(), strict=True))
    for place, at in enumerate(speaker.ranking.order[row].tolist()):
        driver = speaker.drivers[at]
        spoken, text = speaker.reason(row, driver) if place < raising else (None, None)
        by_weight = sorted(speaker.strongest(row, driver), key=lambda entry: -abs(entry[1]))
        kept = by_weight[:FEATURES_SHOWN] + [entry for entry in by_weight[FEATURES_SHOWN:] if entry[0] == spoken]
        features = [speaker.told(row, name) | {"points": weight} for name, weight in kept]
        drivers.append({"driver": driver, "points": by_driver[driver], "reason": text, "features": features})
    attribution = scores.attribution
    probability, base = float(attribution.probability[row]), float(attribution.base_probability[row])
    return {
        **head,
        "status": "scored",
        "churn_probability": probability,
        "base_probability": base,
        "term_outlasts_horizon_points": float(attribution.points.iloc[row].sum() - speaker.totals[row].sum()),
        "ties": speaker.ties(REASONS_SHOWN)[row],
        "drivers": drivers,
    }
