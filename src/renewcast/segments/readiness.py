"""How far large accounts are on the way to a benchmark: first value, a case, a joint appearance (C57)."""

CONTACT_DAYS = 182
"""Days within which somebody who decides was met, so that a joint appearance can be agreed."""
DECIDING = ("executive_meeting", "business_review")
STEPS = ("first_value", "case", "campaign")


def readiness(known, now, policy, features):
    """Say for each account that is large enough which of three steps it has taken; the rule is declared, nothing is learned.

    first_value: a milestone of the customer's own was reached or, where there are no such milestones, value actions were seen in
    the last 91 days. case: promoter answers as the policy asks for. campaign: a meeting with executives or a business review in
    the last 182 days, in which a joint appearance can be agreed.

    Parameters
    ----------
    known : renewcast.datasets.known.Known
    now : pandas.DataFrame
        Of one day of a tier history: account_id, arr, advocacy, tier.
    policy : params.TiersSection
    features : pandas.DataFrame
        Feature rows of that day, indexed by account_id; asked for value actions.

    Returns
    -------
    pandas.DataFrame, sorted by falling readiness, then falling ARR
        account_id, tier, arr, first_value, case, campaign (bool; None where the tables cannot tell), readiness (share of the
        steps that can be told), next_step (the first that is open; None where none is).
    """
    import numpy as np

    rows = now[(now["arr"] >= policy.benchmark_min_arr) | (now["tier"] == "benchmark")].reset_index(drop=True)
    account, blank = rows["account_id"], np.full(len(rows), None, dtype=object)

    def among(accounts):
        return account.isin(set(accounts)).to_numpy(dtype=object)

    value = blank
    if known.has("milestones.kind", "milestones.achieved_at"):
        reached = known.frame("milestones", "achieved_at", where=lambda one: one.kind == "customer")
        value = among(reached.loc[reached["achieved_at"].notna(), "account_id"])
    elif "value_actions_91d" in features.columns:
        value = among(features.index[features["value_actions_91d"].to_numpy() > 0])
    case = (
        (rows["advocacy"] >= max(policy.benchmark_min_advocacy, 1)).to_numpy(dtype=object)
        if known.has("feedback.kind")
        else blank
    )
    met = blank
    if known.has("touchpoints.kind"):
        contacts = known.frame("touchpoints", days=CONTACT_DAYS, where=lambda one: one.kind.isin(DECIDING))
        # Where nobody notes such meetings, that an account had none says nothing.
        met = among(contacts["account_id"]) if len(contacts) else blank
    found = rows[["account_id", "tier", "arr"]].assign(first_value=value, case=case, campaign=met)
    taken = np.stack([value, case, met], axis=1) if len(rows) else np.empty((0, 3), dtype=object)
    told = np.array([[one is not None for one in row] for row in taken], dtype=bool).reshape(-1, 3)
    done = np.array([[one is True for one in row] for row in taken], dtype=bool).reshape(-1, 3)
    found["readiness"] = done.sum(axis=1) / np.maximum(told.sum(axis=1), 1)
    is_open = told & ~done
    found["next_step"] = np.where(is_open.any(axis=1), np.array(STEPS, dtype=object)[is_open.argmax(axis=1)], None)
    return found.sort_values(["readiness", "arr", "account_id"], ascending=[False, False, True], ignore_index=True)
