"""What the coming weeks hold for an account and for each of its terms: outcomes that exclude each other and add up to one."""

from renewcast.datasets.term_features import TERM_SPECS, term_features
from renewcast.labels.window import holds_day


def account_outlook(scores, champions: dict):
    """Say of each scored account how likely it is to leave, to pay less, the same or more.

    The probability of churn is the list's. Those of contraction and expansion are conditional on staying, so they share what
    churn leaves; where the two models together promise more than there is, both give way in proportion.

    Parameters
    ----------
    scores : scoring.scores.Scores
    champions : dict of str to tracking.champion.Champion
        By target: "contraction" and "expansion" where they were trained; the list's own tells voluntary from involuntary.

    Returns
    -------
    pandas.DataFrame, one row a scored account
        account_id, mrr, churn_probability, voluntary_probability and involuntary_probability (which add up to it; NaN where the
        label does not tell them apart), contraction_probability, flat_probability and expansion_probability (which add up to 1
        with it), expected_mrr at the end of the horizon. NaN where a model is absent.
    """
    import numpy as np
    import pandas as pd

    frame, features = scores.frame[scores.scored].reset_index(drop=True), scores.features[scores.scored].reset_index(drop=True)
    churn, open_gate = frame["churn_probability"].to_numpy(dtype=float), np.zeros(len(frame), dtype=bool)
    nothing = np.full(len(frame), np.nan)
    rows = pd.DataFrame({"account_id": frame["account_id"], "mrr": frame["mrr"], "churn_probability": churn})
    ranking = next((champions[name] for name in ("churn", "inactivity") if name in champions), None)
    departure = ranking.scorer.companions.get("departure") if ranking is not None else None
    involuntary = nothing if departure is None else churn * departure.predict(features)["involuntary"].to_numpy()
    rows["voluntary_probability"], rows["involuntary_probability"] = churn - involuntary, involuntary
    given = {
        name: champions[name].scorer.predict(features, open_gate) if name in champions else nothing
        for name in ("contraction", "expansion")
    }
    crowded = np.maximum(given["contraction"] + given["expansion"], 1.0)
    for name, probability in given.items():
        rows[f"{name}_probability"] = (1.0 - churn) * probability / crowded
    rows["flat_probability"] = np.clip(1.0 - churn - rows["contraction_probability"] - rows["expansion_probability"], 0.0, 1.0)
    ratio = {name: _ratio(champions.get(name), "changed", features) for name in given}
    kept = rows["flat_probability"] + sum(rows[f"{name}_probability"] * ratio[name] for name in given)
    rows["expected_mrr"] = (rows["mrr"] * kept).round(2)
    return rows


def term_outlook(view, scores, renewal):
    """Say of each undecided term that ends inside the horizon what becomes of it.

    An account leaves when its cover ends, so where churn looks as far ahead as renewal no term is safer than its account: where
    one undecided term carries the cover to its end, and that end lies inside the horizon, the term is lost exactly when the
    account is; elsewhere a term is at least as likely to be lost as the account.

    Parameters
    ----------
    view : datasets.view.View
    scores : scoring.scores.Scores
    renewal : tracking.champion.Champion
        For renewal.

    Returns
    -------
    pandas.DataFrame, one row a term of a scored account, by account_id, ends_on and contract_id
        account_id, contract_id, product, ends_on, mrr, churned_probability, late_probability, contracted_probability,
        flat_probability, expanded_probability (these five add up to 1; the last four are NaN where the champion does not
        tell them apart), renewal_probability (1 less the first), expected_mrr (what follows the term, currency units a month).
    """
    import numpy as np
    import pandas as pd

    label = view.params.labels.renewal
    terms = view.open_terms([scores.as_of])
    terms = terms[holds_day(terms["ends_on"], terms["as_of"], label.lead_days, label.horizon_days)]
    known = scores.frame[scores.scored].assign(row=np.flatnonzero(scores.scored))
    account = known[["account_id", "row", "churn_probability", "cover_ends_on"]]
    terms = term_features(terms.merge(account, on="account_id").reset_index(drop=True))
    inputs = scores.features.iloc[terms["row"]].reset_index(drop=True)
    inputs = inputs.assign(**{spec.name: terms[spec.name].to_numpy() for spec in TERM_SPECS})
    lost = 1.0 - renewal.scorer.predict(inputs, np.zeros(len(inputs), dtype=bool)) if len(terms) else np.zeros(0)
    churn = terms["churn_probability"].to_numpy(dtype=float)
    is_last = terms["ends_on"] == terms["cover_ends_on"]
    alone = is_last & (is_last.groupby(terms["account_id"]).transform("sum") == 1)
    if view.params.labels.churn is not None and _same_window(view.params.labels.churn, label):
        lost = np.where(alone, churn, np.maximum(lost, churn))
    rows = terms[["account_id", "contract_id", "product", "ends_on", "mrr"]].assign(churned_probability=lost)
    split = renewal.scorer.companions.get("renewed_as")
    told = split.predict(inputs) if split is not None else pd.DataFrame(index=rows.index)
    for name in ("late", "contracted", "flat", "expanded"):
        rows[f"{name}_probability"] = (1.0 - lost) * told[name].to_numpy() if name in told else np.nan
    rows["renewal_probability"] = 1.0 - lost
    if split is not None:
        ratio = {name: _ratio(renewal, name, inputs) for name in ("contracted", "expanded")}
        steady = rows["late_probability"] + rows["flat_probability"]
        kept = steady + sum(rows[f"{name}_probability"] * ratio[name] for name in ratio)
        rows["expected_mrr"] = (rows["mrr"] * kept).round(2)
    else:
        rows["expected_mrr"] = np.nan
    return rows.sort_values(["account_id", "ends_on", "contract_id"], ignore_index=True)


def _ratio(champion, name: str, features):
    """Return the expected ratio of new to old revenue; NaN without a champion, 1 where nothing of the kind was ever seen."""
    import numpy as np

    if champion is None:
        return np.full(len(features), np.nan)
    amount = champion.scorer.companions.get(name)
    return np.ones(len(features)) if amount is None else amount.predict(features)


def _same_window(churn, renewal) -> bool:
    return (churn.lead_days, churn.horizon_days) == (renewal.lead_days, renewal.horizon_days)
