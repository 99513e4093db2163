"""How ready an account is to become a benchmark customer (C57): first value, then a case, then a campaign together."""

import numpy as np

from renewcast.activity.company import ranks

STEPS = ("not_yet", "first_value", "case", "campaign")
"""A value of its own reached; a case worth telling: used more than by half of its peers, and staying; somebody who tells it."""


def readiness(known, features, probability=None):
    """Say how far each account has come on the way to a benchmark customer, by declared rules.

    Parameters
    ----------
    known : renewcast.datasets.known.Known
    features : pandas.DataFrame
        The model's rows, indexed by account_id.
    probability : pandas.Series, optional
        Of churn, by account_id; without it nobody is held back for being at risk.

    Returns
    -------
    pandas.DataFrame or None
        account_id, step (of ``STEPS``), score (conditions met, 0 to 4), has_value (a milestone of its own reached), is_used (more
        value actions, or events, in the middle window than half of its size class), stays (churn at most as likely as for the
        median account), promotes (NPS answer of 9 or 10 within 364 days), arr; most ready first. None where no milestones are
        kept. A step needs those before it.

    Notes
    -----
    The rules are declared, not learnt: what a benchmark customer brought (MQL, SQL) is in no table, so nothing could be learnt.
    """
    if "milestones" not in known.view.store.tables or not known.has("milestones.kind") or not len(features):
        return None
    ids = features.index
    reached = known.frame("milestones", "kind", "achieved_at")
    reached = reached[reached["kind"].eq("customer") & reached["achieved_at"].notna()]
    has_value = ids.isin(reached["account_id"])
    days = sorted(known.params.features.windows_days)
    days = days[len(days) // 2]
    name = next((f"{stem}_{days}d" for stem in ("value_actions", "usage_events") if f"{stem}_{days}d" in features), None)
    if name is None:
        return None
    group = np.unique(_sizes(features), return_inverse=True)[1]
    is_used = ranks(features[name].to_numpy(dtype="float64"), group) > 0.5
    p = np.full(len(ids), np.nan) if probability is None else probability.reindex(ids).to_numpy(dtype="float64")
    stays = np.isnan(p) | (p <= np.nanmedian(p)) if np.isfinite(p).any() else np.ones(len(ids), dtype=bool)
    promotes = known.view.advocacy(ids.to_series(), known.as_of.date()) > 0
    step = np.select(
        [has_value & is_used & stays & promotes, has_value & is_used & stays, has_value], [STEPS[3], STEPS[2], STEPS[1]], STEPS[0]
    )
    frame = known.accounts.set_index("account_id").reindex(ids).reset_index(names="account_id")[["account_id"]]
    frame = frame.assign(step=step.astype(object), score=has_value.astype(int) + is_used + stays + promotes)
    frame = frame.assign(has_value=has_value, is_used=is_used, stays=stays, promotes=promotes)
    frame["arr"] = 12 * known.of(ids, "mrr").astype("float64")
    order = -np.array([STEPS.index(one) for one in frame["step"]])
    place = np.lexsort((frame["account_id"].astype(str), -frame["arr"].fillna(0), -frame["score"], order))
    return frame.iloc[place].reset_index(drop=True)


def _sizes(features):
    if "company_size" not in features:
        return np.full(len(features), "")
    return features["company_size"].fillna("").astype(str).to_numpy(dtype=str)
