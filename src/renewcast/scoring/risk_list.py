"""The weekly risk list: one row per account in scope, in the order in which to look at them."""

import dataclasses

from renewcast.lifecycle.stages import lifecycle_stage
from renewcast.plays.offers import with_plays
from renewcast.plays.saved import CURVE_DAYS
from renewcast.scoring.actions import actions
from renewcast.scoring.not_scored import why_not_scored
from renewcast.scoring.opportunities import opportunities
from renewcast.scoring.reasons import fill_reasons
from renewcast.scoring.survival import LIST_HORIZONS, survival
from renewcast.segments.clusters import id_shown
from renewcast.segments.tier_history import tiers_on


def risk_list(view, champion, scores, clusters, last_list, plan, noticed):
    """Put the list together.

    Parameters
    ----------
    view : datasets.view.View
    champion : tracking.champion.Champion
    scores : scoring.scores.Scores
    clusters : segments.clusters.Clusters or None
    last_list : pandas.DataFrame or None
        The list published before this one.
    plan : scoring.actions.Plan
        The plays, and what they rest on.
    noticed : signals.week.Noticed

    Returns
    -------
    pandas.DataFrame
        The columns of publishing.columns.LIST_COLUMNS, in any order. Scored accounts come first, by falling probability; equal
        ones by falling ARR, then by account_id; then the accounts that were not scored.
    pandas.DataFrame
        The opportunities beside it, see :func:`renewcast.scoring.opportunities.opportunities`, with play and due_on.
    """
    import numpy as np
    import pandas as pd

    params = view.params
    language, currency = params.project.language, params.project.currency
    frame = scores.frame.reset_index(drop=True)
    features = scores.features.reset_index(drop=True)
    accounts = view.attributes(scores.as_of).reindex(frame["account_id"])
    rows = pd.DataFrame({"account_id": frame["account_id"].astype(str)})
    rows["account_name"] = accounts["name"].to_numpy()
    rows["owner"] = accounts["owner"].to_numpy()
    arr = (frame["mrr"] * 12).round(2)
    rows["segment"] = (
        None if clusters is None else clusters.shown(features, language, _last_segment(last_list, rows["account_id"]))
    )
    rows["tier"] = tiers_on(view, rows["account_id"], scores.as_of)
    rows["lifecycle_stage"] = lifecycle_stage(view.days_since_start(frame["account_id"], scores.as_of), _days_left(frame))
    rows["renewal_date"] = frame["next_renewal_on"].dt.date
    days = (frame["next_renewal_on"] - frame["as_of"]).dt.days
    rows["days_to_renewal"] = days.astype("Int64")
    rows["arr"] = arr.fillna(0.0)
    for name in ("churn_probability", "churn_low", "churn_high"):
        rows[name] = frame[name]
    rows["renewal_probability"] = frame["renewal_probability"]
    rows["arr_at_risk"] = (frame["churn_probability"] * rows["arr"]).round(2)
    horizons = sorted({*LIST_HORIZONS, *CURVE_DAYS})
    curves = survival(champion.scorer, scores, getattr(params.labels, champion.target), horizons, params.lifetime)
    for name in (*(f"churn_probability_{days}d" for days in LIST_HORIZONS), "lifetime_value"):
        rows[name] = curves[name].to_numpy()
    rows["churn_probability_last_list"] = _last(last_list, rows["account_id"])
    fill_reasons(rows, scores, view.catalogue.specs, language, currency)
    rows["signals"] = noticed.sentences(rows["account_id"])
    held_back_above = params.signals.held_back_above
    found = opportunities(rows, noticed, champion.record["base_rate"], held_back_above, language)
    found = with_plays(plan.library, found, scores.as_of, language=language)
    free = found.loc[found["held_back"].isna(), ["account_id", "signal"]]
    plan = dataclasses.replace(plan, fired=pd.concat([noticed.speaking("risk"), free]), opportunities=found)
    rows = pd.concat([rows, actions(view, champion, scores, rows, curves, plan, last_list)], axis=1)
    rows["status"] = np.where(scores.scored, "scored", "not_scored")
    rows["reason_not_scored"] = [
        None if reason is None or reason != reason else why_not_scored(reason, language) for reason in frame["reason_not_scored"]
    ]
    rows["model_version"] = champion.version
    rows["as_of"] = scores.as_of
    order = np.lexsort((rows["account_id"], -rows["arr"], -rows["churn_probability"].fillna(-1.0)))
    rows = rows.iloc[order].reset_index(drop=True)
    rows.insert(0, "rank", np.arange(1, len(rows) + 1))
    return rows, found


def _days_left(frame):
    return (frame["cover_ends_on"] - frame["as_of"]).dt.days.to_numpy(dtype="float64", na_value=float("nan"))


def _last_segment(last_list, account_id):
    """Read back in which segment the last list showed each account."""
    if last_list is None:
        return None
    return account_id.map(dict(zip(last_list["account_id"], map(id_shown, last_list["segment"]), strict=True))).to_numpy(
        dtype=object
    )


def _last(last_list, account_id):
    import numpy as np

    if last_list is None:
        return np.full(len(account_id), np.nan)
    return account_id.map(last_list.set_index("account_id")["churn_probability"]).to_numpy(dtype="float64")
