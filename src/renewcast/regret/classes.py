"""In which class a churn belongs: warned of, or why not. Pure tables: the definitions are all here.

A list is **in time** for a churn when it is of the 13 weeks that end ``lead_days`` before the deadline: the day of notice where
the contract names one, else the last day of cover. Each churn is in exactly one class, the first that holds:

no_list          no list was published in time
warned           on a list in time, among the first K of its owner, at more than the base rate (a short list warns of nobody)
out_of_capacity  seen, but never among the first K: its probability was `RAISED` times the base rate, or more, on a list in time
new_account      on the last list in time the account was younger than `NEW_DAYS`, or not yet a customer
out_of_scope     an older account that no list in time scored
late_data        it would have been seen (among the first K, or at `RAISED` times the base rate), had what had happened been known
too_small        a signal fired, or a driver of its probability rose, in time: too little to be seen
no_sign          nothing moved
"""

CLASSES = ("warned", "out_of_capacity", "new_account", "out_of_scope", "late_data", "too_small", "no_sign", "no_list")
SPAN_DAYS = 91
NEW_DAYS = 91
RAISED = 2.0
"""Times the base rate: from here on a probability counts as having been seen."""
MOVED = 0.5
"""Times the base rate: by so many probability points a driver must lie above its median of the weeks before to have risen."""
KEYS = ["account_id", "churned_on"]
CHURN_COLUMNS = [
    *KEYS, "owner", "arr", "deadline", "class", "lists_in_time", "lists_scored", "best_place", "highest_probability",
    "base_rate", "seen_on", "seen_by", "days_before",
]  # fmt: skip


def lists_in_time(churns, list_days, lead_days: int):
    """Pair each churn with the lists that were in time for it.

    Parameters
    ----------
    churns : pandas.DataFrame
        account_id, churned_on, deadline (datetime64).
    list_days : sequence of datetime
        Days of the published lists.
    lead_days : int

    Returns
    -------
    pandas.DataFrame
        account_id, churned_on, as_of.

    Examples
    --------
    >>> import pandas as pd
    >>> churn = pd.DataFrame({"account_id": ["A"], "churned_on": pd.to_datetime(["2026-06-30"])})
    >>> days = pd.to_datetime(["2026-02-23", "2026-03-02", "2026-05-25", "2026-06-01"])
    >>> lists_in_time(churn.assign(deadline=churn["churned_on"]), days, 30)["as_of"].dt.strftime("%m-%d").tolist()
    ['03-02', '05-25']
    """
    import pandas as pd

    days = pd.DataFrame({"as_of": pd.to_datetime(sorted(set(list_days))).astype("datetime64[us]")})
    rows = churns[[*KEYS, "deadline"]].merge(days, how="cross")
    last = rows["deadline"] - pd.Timedelta(days=lead_days)
    inside = (rows["as_of"] <= last) & (rows["as_of"] > last - pd.Timedelta(days=SPAN_DAYS))
    return rows.loc[inside, [*KEYS, "as_of"]].reset_index(drop=True)


def classify(churns, standing, evidence):
    """Put every churn into its class, and say when it could first have been seen, and by what.

    Parameters
    ----------
    churns : pandas.DataFrame
        account_id, churned_on, deadline, arr, owner; a row a churn.
    standing : pandas.DataFrame
        A row a churn and list in time: account_id, churned_on, as_of, is_scored, churn_probability (as published), base_rate,
        place (among its owner's accounts; NaN: none), in_top (bool), age_days (NaN: not yet a customer).
    evidence : pandas.DataFrame
        What else was there to see: account_id, churned_on, as_of, kind ("signal", "driver" or "late"), what (text).

    Returns
    -------
    pandas.DataFrame
        ``CHURN_COLUMNS``, ordered by churned_on and account_id; seen_on and seen_by (kind, colon, what) tell the first week in
        which it was or could have been seen, days_before how long before the deadline that was.
    """
    import pandas as pd

    by_churn = {key: part.sort_values("as_of") for key, part in standing.groupby(KEYS)}
    beside = {key: part for key, part in evidence.groupby(KEYS)} if len(evidence) else {}
    rows = []
    for churn in churns.sort_values(["churned_on", "account_id"]).itertuples(index=False):
        key = (churn.account_id, churn.churned_on)
        lists, found = by_churn.get(key), beside.get(key)
        row = {name: getattr(churn, name) for name in (*KEYS, "owner", "arr", "deadline")}
        rows.append(row | _judge(lists, found) | _first_seen(churn.deadline, lists, found))
    return pd.DataFrame(rows, columns=CHURN_COLUMNS)


def _judge(lists, found) -> dict:
    if lists is None:
        return {"class": "no_list", "lists_in_time": 0, "lists_scored": 0}
    kinds = set() if found is None else set(found["kind"])
    scored, last = lists[lists["is_scored"].astype(bool)], lists.iloc[-1]
    facts = {
        "lists_in_time": len(lists),
        "lists_scored": len(scored),
        "best_place": scored["place"].min(),
        "highest_probability": scored["churn_probability"].max(),
        "base_rate": last["base_rate"],
    }
    if _warned(scored).any():
        name = "warned"
    elif _raised(scored).any():
        name = "out_of_capacity"
    elif not last["age_days"] >= NEW_DAYS:
        name = "new_account"
    elif not len(scored):
        name = "out_of_scope"
    elif "late" in kinds:
        name = "late_data"
    elif kinds:
        name = "too_small"
    else:
        name = "no_sign"
    return {"class": name, **facts}


def _first_seen(deadline, lists, found) -> dict:
    """Find the earliest week in which anything was to be seen; of one week, first what the list itself said."""
    seen = []
    if lists is not None:
        scored = lists[lists["is_scored"].astype(bool)]
        for order, mask, text in ((0, _warned(scored), "list"), (1, _raised(scored), "probability")):
            seen += [(day, order, text) for day in scored.loc[mask, "as_of"]]
    if found is not None:
        order = {"signal": 2, "driver": 3, "late": 4}
        seen += [(row.as_of, order[row.kind], f"{row.kind}: {row.what}") for row in found.itertuples()]
    if not seen:
        return {}
    day, _, text = min(seen)
    return {"seen_on": day, "seen_by": text, "days_before": (deadline - day).days}


def _warned(scored):
    return scored["in_top"].astype(bool) & (scored["churn_probability"] > scored["base_rate"])


def _raised(scored):
    return scored["churn_probability"] >= RAISED * scored["base_rate"]
