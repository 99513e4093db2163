"""What a model loses by growing old: judged weeks after its training, beside one that was trained on the day."""

import numpy as np
import pandas as pd

from renewcast.evaluation.intervals import account_bootstraps
from renewcast.evaluation.over_dates import defined_metrics

AGES_WEEKS = (0, 4, 8, 13, 26, 39, 52)
"""Weeks between the training and the snapshot that is judged."""


def staleness_curve(pairs: pd.DataFrame, *, seed: int, resamples: int = 200) -> pd.DataFrame:
    """Judge models of each age against fresh ones on the same rows.

    Parameters
    ----------
    pairs : pandas.DataFrame
        One row a judged snapshot and training: trained_as_of and as_of (datetime64), group, label, ``stale`` (the probability by
        the model of trained_as_of) and ``fresh`` (that by the model trained at as_of).
    seed : int
    resamples : int

    Returns
    -------
    pandas.DataFrame
        One row an age and metric: ``age_weeks``, ``pairs`` (of dates), ``rows``, ``positives``, ``metric``, ``stale``,
        ``fresh``, ``difference`` (stale minus fresh), ``low`` and ``high`` (95 %, the same accounts drawn for both). All pairs of
        dates of one age are taken together. Without rows: no rows, the same columns.

    Examples
    --------
    >>> pairs = pd.DataFrame({"trained_as_of": pd.to_datetime(["2026-01-05"] * 4), "as_of": pd.to_datetime(["2026-02-02"] * 4),
    ...     "group": list("ABCD"), "label": [True, False] * 2, "stale": [0.1, 0.2, 0.9, 0.3], "fresh": [0.9, 0.1, 0.8, 0.2]})
    >>> found = staleness_curve(pairs, seed=0).query("metric == 'auc'")
    >>> found[["age_weeks", "stale", "fresh", "difference"]].values.tolist()
    [[4.0, 0.5, 1.0, -0.5]]
    """
    age = (pairs["as_of"] - pairs["trained_as_of"]).dt.days // 7
    rows = []
    for weeks, part in pairs.groupby(age, sort=True):
        label, stale, fresh = (part[name].to_numpy() for name in ("label", "stale", "fresh"))
        found = _differences(label.astype(bool), stale, fresh, part["group"].to_numpy(dtype=str), resamples, seed)
        dates = len(part[["trained_as_of", "as_of"]].drop_duplicates())
        facts = {"age_weeks": int(weeks), "pairs": dates, "rows": len(part), "positives": int(label.sum())}
        rows += [facts | {"metric": metric, **values} for metric, values in found.items()]
    names = ["age_weeks", "pairs", "rows", "positives", "metric", "stale", "fresh", "difference", "low", "high"]
    return pd.DataFrame(rows, columns=names)


def _differences(label, stale, fresh, group, resamples, seed):
    at = np.arange(len(label))

    def statistics(weight):
        drawn = np.repeat(at, weight.astype(int))
        old, new = defined_metrics(label[drawn], stale[drawn]), defined_metrics(label[drawn], fresh[drawn])
        return {name: old[name] - new[name] for name in old}

    if np.array_equal(stale, fresh):
        resamples = 1  # every draw has the difference 0
    intervals = account_bootstraps(group, statistics, resamples=resamples, seed=seed)
    old, new = defined_metrics(label, stale), defined_metrics(label, fresh)
    return {
        name: {"stale": old[name], "fresh": new[name], "difference": one.estimate, "low": one.low, "high": one.high}
        for name, one in intervals.items()
    }
