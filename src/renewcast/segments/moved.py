"""Who changed segment between two days, and which features moved them."""


def moved(segments, before, after):
    """List the accounts whose segment changed, with what moved them most.

    How much nearer an account came to one centre than to another is a weighted sum of its scaled features, so the change splits
    into one part a feature, exactly; those that moved it towards its new segment are named.

    Parameters
    ----------
    segments : segments.clusters.Clusters
    before, after : pandas.DataFrame
        Feature rows of an earlier and a later day, indexed by account_id. On the later day an account stays where it was until
        another centre is nearer by a margin.

    Returns
    -------
    pandas.DataFrame, sorted by account_id
        account_id, from_segment, to_segment (ids), feature, before, after (its values), share (of all parts towards the new
        segment, in (0, 1]), feature_2, share_2 (the second; None and NaN where there is none).
    """
    import numpy as np
    import pandas as pd

    columns = ["account_id", "from_segment", "to_segment", "feature", "before", "after", "share", "feature_2", "share_2"]
    both = sorted(set(before.index) & set(after.index))
    if not segments.exist or not both:
        return pd.DataFrame(columns=columns)
    before, after, ids = before.loc[both], after.loc[both], np.array(segments.ids, dtype=object)
    was = segments.assign(before)
    now = segments.assign(after, ids[was])
    at = np.flatnonzero(was != now)
    if not len(at):
        return pd.DataFrame(columns=columns)
    means, weights = np.array(segments.means), np.array(segments.weights) ** 2
    old, new = (np.nan_to_num(segments.scaled(rows.iloc[at])) for rows in (before, after))
    parts = 2 * weights * (means[now[at]] - means[was[at]]) * (new - old)
    towards = np.maximum(parts, 0.0)
    shares = towards / np.maximum(towards.sum(axis=1), 1e-12)[:, None]
    order, rows = np.argsort(-towards, axis=1, kind="stable"), np.arange(len(at))
    names, first = np.array(segments.features, dtype=object), order[:, 0]
    found = pd.DataFrame(
        {"account_id": np.array(both, dtype=object)[at], "from_segment": ids[was[at]], "to_segment": ids[now[at]]}
    )
    found["feature"] = names[first]
    for column, frame in (("before", before), ("after", after)):
        found[column] = frame[list(segments.features)].to_numpy(dtype="float64")[at][rows, first]
    found["share"] = shares[rows, first]
    has_second = len(segments.features) > 1
    second = order[:, 1] if has_second else first
    counts = (towards[rows, second] > 0) & has_second
    found["feature_2"] = np.where(counts, names[second], None)
    found["share_2"] = np.where(counts, shares[rows, second], np.nan)
    return found[columns]
