"""Said against happened: by week, by owner, and by how high the probability was."""

WEEK_COLUMNS = [
    "week", "revision", "as_of", "is_backfilled", "scored", "expected_churns", "churns", "expected_lost_arr", "lost_arr",
    "in_top", "churns_in_top", "share_found", "lost_arr_in_top", "share_of_arr_found",
]  # fmt: skip

_LIST = ("week", "revision", "as_of", "is_backfilled")


def by_week(judged):
    """Add up each list: what it expected, what happened, and how much of it stood in the owners' first places.

    Parameters
    ----------
    judged : pandas.DataFrame
        Of :func:`renewcast.regret.said.with_what_happened`.

    Returns
    -------
    pandas.DataFrame
        ``WEEK_COLUMNS``; ARR in currency units; the shares are NaN where nothing was lost.

    Examples
    --------
    >>> import pandas as pd
    >>> judged = pd.DataFrame({"week": "2026-W02", "revision": 1, "as_of": pd.Timestamp("2026-01-05"), "is_backfilled": False,
    ...     "account_id": ["A", "B"], "churn_probability": [0.5, 0.25], "arr": [100.0, 40.0], "label": [True, False],
    ...     "in_top": [True, False]})
    >>> by_week(judged)[["expected_churns", "churns", "expected_lost_arr", "lost_arr", "share_found"]].iloc[0].tolist()
    [0.75, 1.0, 60.0, 100.0, 1.0]
    """
    return _added_up(judged, list(_LIST))[WEEK_COLUMNS]


def by_owner(judged):
    """Add up each owner's accounts over all lists, as :func:`by_week` does each list; a row an owner and week."""
    named = judged.assign(owner=judged["owner"].astype(object).where(judged["owner"].notna(), ""))
    return _added_up(named, ["owner", *_LIST])[["owner", *WEEK_COLUMNS]]


def calibration(judged):
    """Compare the published probabilities with what happened; see :func:`renewcast.evaluation.reliability.reliability`."""
    import pandas as pd

    from renewcast.evaluation.reliability import reliability

    if not len(judged):
        return pd.DataFrame(columns=["rows", "accounts", "churned", "predicted", "seen", "seen_low", "seen_high", "agrees"])
    return reliability(
        judged["label"].to_numpy(dtype=bool),
        judged["churn_probability"].to_numpy(dtype=float),
        group=judged["account_id"].to_numpy(dtype=str),
    )


def _added_up(judged, keys: list[str]):
    label, top = judged["label"].astype(bool), judged["in_top"].astype(bool)
    arr = judged["arr"].astype(float)
    rows = judged[keys].assign(
        scored=1,
        expected_churns=judged["churn_probability"].astype(float),
        churns=label.astype(int),
        expected_lost_arr=judged["churn_probability"].astype(float) * arr,
        lost_arr=arr.where(label, 0.0),
        in_top=top.astype(int),
        churns_in_top=(label & top).astype(int),
        lost_arr_in_top=arr.where(label & top, 0.0),
    )
    found = rows.groupby(keys, as_index=False, sort=True).sum()
    found["share_found"] = found["churns_in_top"] / found["churns"].where(found["churns"] > 0)
    found["share_of_arr_found"] = found["lost_arr_in_top"] / found["lost_arr"].where(found["lost_arr"] > 0)
    return found
