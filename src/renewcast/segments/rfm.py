"""Recency, frequency and money: what kinds of customer there are where nobody signs contracts."""

CELLS = ("champions", "loyal", "recent", "needs_attention", "at_risk", "slipping", "hibernating")
"""From the best to the least."""


def rfm(features):
    """Score customers in fifths of recency, frequency and money, and name the cell that each is in.

    Parameters
    ----------
    features : pandas.DataFrame, shape (n_accounts, n_features)
        Indexed by account_id, with days_since_last_use and, over the longest window built, active_days and usage_quantity.

    Returns
    -------
    pandas.DataFrame, indexed as ``features``, or None where one of them is not built
        recency (days), frequency (days with use), money (units), recency_score, frequency_score, money_score (1 to 5, 5 is best;
        equal values score alike), cell: champions (recency 4 or 5; frequency and money together 4 or 5), loyal (3 or more in
        both), recent (recency 4 or 5, little else), needs_attention (recency 3, little else), at_risk (long ago, but often and
        much), slipping (long ago, middling), hibernating (the rest).

    References
    ----------
    Hughes, A. M. (1994). Strategic Database Marketing, for the fifths.

    Examples
    --------
    >>> import pandas as pd
    >>> rows = pd.DataFrame({"days_since_last_use": [1, 9, 40, 90, 300], "active_days_364d": [90, 1, 12, 40, 1],
    ...     "usage_quantity_364d": [9e3, 10.0, 400.0, 5e3, 5.0]}, index=list("ABCDE"))
    >>> rfm(rows)["cell"].to_dict()
    {'A': 'champions', 'B': 'recent', 'C': 'loyal', 'D': 'at_risk', 'E': 'hibernating'}
    """
    import numpy as np
    import pandas as pd

    frequency, money = _longest(features, "active_days_"), _longest(features, "usage_quantity_")
    if frequency is None or money is None or "days_since_last_use" not in features.columns:
        return None
    found = pd.DataFrame(
        {"recency": features["days_since_last_use"], "frequency": features[frequency], "money": features[money]}, dtype="float64"
    )
    scores = pd.DataFrame({"recency_score": _fifths(-found["recency"])})
    for name in ("frequency", "money"):
        scores[f"{name}_score"] = _fifths(found[name])
    recency, both = scores["recency_score"], np.ceil((scores["frequency_score"] + scores["money_score"]) / 2)
    cell = np.select(
        [
            (recency >= 4) & (both >= 4),
            (recency >= 3) & (both >= 3),
            recency >= 4,
            recency == 3,
            both >= 4,
            both == 3,
        ],
        CELLS[:-1],
        CELLS[-1],
    )
    return pd.concat([found, scores], axis=1).assign(cell=cell)


def _longest(features, begin: str):
    """Return the column over the longest window."""
    ends = {name: name[len(begin) : -1] for name in features.columns if name.startswith(begin) and name.endswith("d")}
    windows = {int(days): name for name, days in ends.items() if days.isdigit()}
    return windows[max(windows)] if windows else None


def _fifths(values):
    """Score from 1 to 5 by rank; equal values share a rank, what is not known is last."""
    import numpy as np

    rank = values.rank(pct=True, method="average", na_option="top")
    return np.clip(np.ceil(rank * 5), 1, 5).astype("int64")
