"""One account explained: what its probability is made of, driver by driver, feature by feature."""

import difflib

from renewcast.errors import RenewcastError
from renewcast.scoring.not_scored import why_not_scored
from renewcast.scoring.reasons import Speaker

FEATURES_SHOWN = 3


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
        term_outlasts_horizon_points and drivers: each with its points and its features of most weight, with value, points and
        sentence. Base plus all points is the probability.

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
    drivers = []
    for driver, points in zip(speaker.drivers, speaker.totals[row].tolist(), strict=True):
        by_weight = sorted(speaker.strongest(row, driver), key=lambda entry: -abs(entry[1]))[:FEATURES_SHOWN]
        features = [
            {"feature": name, "value": speaker.value(row, name), "points": weight, "sentence": speaker.say(row, name)}
            for name, weight in by_weight
        ]
        drivers.append({"driver": driver, "points": points, "features": features})
    attribution = scores.attribution
    probability, base = float(attribution.probability[row]), float(attribution.base_probability[row])
    return {
        **head,
        "status": "scored",
        "churn_probability": probability,
        "base_probability": base,
        "term_outlasts_horizon_points": float(attribution.points.iloc[row].sum() - speaker.totals[row].sum()),
        "drivers": sorted(drivers, key=lambda entry: -entry["points"]),
    }
