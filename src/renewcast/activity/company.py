"""The company's level: six numbers of activity, each against its own past, its own usual and its peers (C18, C19).

Quantity: events (visits), people, active days. Quality: events and minutes for each active day, and the share of events that
do what the customer pays for. The levels are the features' own.
"""

import numpy as np

from renewcast.activity.readings import MOST, measurable, read_windows
from renewcast.features._definition import divide

QUANTITY = ("usage_events", "active_users", "active_days")
QUALITY = ("events_per_active_day", "minutes_per_active_day", "value_action_share")
METRICS = QUANTITY + QUALITY
PARTS = {
    "events_per_active_day": ("usage_events", "active_days"),
    "minutes_per_active_day": ("usage_minutes", "active_days"),
    "value_action_share": ("value_actions", "usage_events"),
}
"""What each number of quality is divided from."""
EARLIER = 12
"""So many earlier windows, at most, tell what is usual for an account; and none that ended more than a year before."""
YEAR_DAYS = 364
FEWEST_EARLIER = 3
MIN_PEERS = 20
"""A smaller group of peers says nothing of its own; its accounts are held against all."""


def levels(features, windows):
    """Read the six numbers off the feature rows.

    Parameters
    ----------
    features : pandas.DataFrame, shape (n_accounts, n_features)
        The model's rows.
    windows : iterable of int

    Returns
    -------
    dict of (str, int) to array of float, shape (n_accounts,)
        By metric and window; those whose features are not built are left out. Shares and quotients are NaN without use.

    Examples
    --------
    >>> import pandas as pd
    >>> row = pd.DataFrame({"usage_events_7d": [12.0], "active_days_7d": [3.0]})
    >>> {metric: values.tolist() for (metric, _), values in levels(row, (7,)).items()}
    {'usage_events': [12.0], 'active_days': [3.0], 'events_per_active_day': [4.0]}
    """
    found = {}
    for days in windows:
        for metric in METRICS:
            if f"{metric}_{days}d" in features:
                found[metric, days] = features[f"{metric}_{days}d"].to_numpy(dtype="float64")
            elif metric in PARTS and all(f"{part}_{days}d" in features for part in PARTS[metric]):
                above, below = (features[f"{part}_{days}d"].to_numpy(dtype="float64") for part in PARTS[metric])
                found[metric, days] = divide(above, below)
    return found


def company(known, features, *, peers=None):
    """Set each account's activity against its own past and against its peers.

    Parameters
    ----------
    known : renewcast.datasets.known.Known
        Of the accounts in scope.
    features : pandas.DataFrame
        Their feature rows, indexed by account_id.
    peers : pandas.Series, optional
        The group of each account, indexed by account_id; by default its size class (`company_size`), and all accounts without.

    Returns
    -------
    pandas.DataFrame, one row an account, metric and window
        account_id, metric, window_days, level (the feature's value); ``trend``, the feature's own where there is one, else the
        log ratio against the rest of the next longer window, or for the longest against the one before it (counts plus one);
        ``usual``, the mean over up to twelve earlier windows of equal length within a year that lie after the first use (NaN:
        fewer than three), ``against_usual`` (log ratio) and ``own_rank`` (share of those windows that lay below, ties half);
        ``peer_rank`` in (0, 1) (mid-rank among the peers; 0.5 is the middle); sorted by metric, window, account.

    Notes
    -----
    `usual` knows no minutes, which would cost a pass of their own, and of more than 5,000 accounts no people. What is compared
    was known at the snapshot.
    """
    import pandas as pd

    ids, windows = features.index.to_numpy(), sorted(known.params.features.windows_days)
    level = levels(features, windows)
    past = _past(known, ids, windows)
    group = _groups(features, peers)
    frames = []
    for metric in METRICS:
        for place, days in enumerate(windows):
            if (metric, days) not in level:
                continue
            now = level[metric, days]
            longer = windows[place + 1] if place + 1 < len(windows) else None
            columns = {"account_id": ids, "metric": metric, "window_days": days, "level": now}
            columns["trend"] = _trend(features, past, metric, days, longer, now)
            columns |= _against_usual(past, metric, days, now)
            columns["peer_rank"] = ranks(now, group)
            frames.append(pd.DataFrame(columns))
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=COLUMNS)


COLUMNS = [
    "account_id", "metric", "window_days", "level", "trend", "usual", "against_usual", "own_rank", "peer_rank"
]  # fmt: skip


def ranks(values, group):
    """Return the mid-rank of each value within its group, in (0, 1); NaN where the value is.

    Parameters
    ----------
    values : array of float, shape (n,)
    group : array of int, shape (n,)

    Examples
    --------
    >>> ranks(np.array([1.0, 2.0, 2.0, 5.0, np.nan]), np.zeros(5, dtype=int)).tolist()
    [0.125, 0.5, 0.5, 0.875, nan]
    """
    import pandas as pd

    frame = pd.DataFrame({"value": values, "group": group})
    grouped = frame.groupby("group", sort=False)["value"]
    return ((grouped.rank() - 0.5) / grouped.transform("count").replace(0, np.nan)).to_numpy()


def _groups(features, peers):
    """Give each account the number of its peers; groups that are too small are put together."""
    import pandas as pd

    if peers is None:
        peers = features["company_size"] if "company_size" in features else pd.Series("", index=features.index)
    named = peers.reindex(features.index).fillna("").astype(str)
    size = named.map(named.value_counts())
    return pd.factorize(named.where(size >= MIN_PEERS, ""), sort=True)[0]


def _past(known, ids, windows):
    """Read the earlier windows: by their length, the stems' arrays of shape (n_accounts, n_earlier)."""
    asked = [(days, days * number) for days in windows for number in range(1, _count(days) + 1)]
    stems = [stem for stem in measurable(known.view) if len(ids) <= MOST or stem != "active_users"]
    read = read_windows(known.view, ids, known.as_of.date(), asked, stems)
    lengths = np.array([days for days, _ in asked])
    return {days: {stem: values[:, lengths == days] for stem, values in read.items()} for days in windows} | {"stems": stems}


def _count(days: int) -> int:
    return max(1, min(EARLIER, YEAR_DAYS // days))


def _earlier(past, metric, days):
    """Return the metric in the earlier windows, NaN before the first use; None where it cannot be read."""
    parts = PARTS.get(metric, (metric,))
    if any(part not in past["stems"] for part in parts):
        return None
    values = past[days]
    # Windows before anything was ever used are no usual: what lies before the first window with use is cut off.
    used = np.flip(np.logical_or.accumulate(np.flip(values["usage_events"] > 0, axis=1), axis=1), axis=1)
    if metric not in PARTS:
        return np.where(used, values[metric], np.nan)
    above, below = (values[part] for part in parts)
    return divide(above.ravel(), below.ravel()).reshape(above.shape)


def _trend(features, past, metric, days, longer, now):
    name = f"{metric}_trend_{days}d"
    if name in features:
        return features[name].to_numpy(dtype="float64")
    if metric in PARTS and longer is not None:
        parts = [
            features[f"{part}_{longer}d"].to_numpy(dtype="float64") - features[f"{part}_{days}d"].to_numpy(dtype="float64")
            for part in PARTS[metric]
        ]
        return _log_ratio(now, divide(*parts), metric)
    earlier = _earlier(past, metric, days) if "usage_events" in past["stems"] else None
    return np.full(len(now), np.nan) if earlier is None else _log_ratio(now, earlier[:, 0], metric)


def _against_usual(past, metric, days, now):
    earlier = _earlier(past, metric, days) if "usage_events" in past["stems"] else None
    empty = np.full(len(now), np.nan)
    if earlier is None:
        return {"usual": empty, "against_usual": empty, "own_rank": empty}
    seen = np.isfinite(earlier)
    count = seen.sum(axis=1)
    is_judged = count >= FEWEST_EARLIER
    usual = np.where(is_judged, np.where(seen, earlier, 0).sum(axis=1) / np.maximum(count, 1), np.nan)
    below = (np.where(seen, earlier, np.inf) < now[:, None]).sum(axis=1)
    equal = (earlier == now[:, None]).sum(axis=1)
    rank = np.where(is_judged & np.isfinite(now), (below + 0.5 * equal) / np.maximum(count, 1), np.nan)
    return {"usual": usual, "against_usual": _log_ratio(now, usual, metric), "own_rank": rank}


def _log_ratio(now, then, metric):
    """Compare, counts plus one as in the features' trends, quotients as they are where both are above 0."""
    if metric in QUANTITY:
        return np.log((now + 1) / (then + 1))
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.log(now / then)
    return np.where(np.isfinite(ratio), ratio, np.nan)
