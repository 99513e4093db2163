"""Whether the model is as good for each kind of account as it is for all of them."""

import numpy as np
import pandas as pd

from renewcast.evaluation.intervals import account_bootstraps
from renewcast.evaluation.metrics import auc

FEWEST_GROUPS = 10
"""Accounts of each outcome that a slice needs before anything is said of it."""
TOO_SMALL, TOO_HIGH, TOO_LOW, FAIR = "too small to say", "too high", "too low", "as seen"
UNKNOWN = "(unknown)"


def slice_table(judged: pd.DataFrame, columns: list[str], probability: str, *, seed: int, resamples: int = 200) -> pd.DataFrame:
    """Judge the probabilities inside each slice.

    Parameters
    ----------
    judged : pandas.DataFrame
        group, label (bool), the probability and the columns to cut by; an empty value is a slice of its own, "(unknown)".
    columns : list of str
    probability : str
        Name of the column of probabilities.
    seed : int
    resamples : int

    Returns
    -------
    pandas.DataFrame
        One row a slice, by column and then the most rows first: ``column``, ``slice``, ``rows``, ``accounts`` (groups),
        ``positives``, ``positive_accounts``, ``base_rate``, ``mean_probability``, ``calibration`` (mean probability minus base
        rate) with ``calibration_low`` and ``calibration_high``, ``auc`` with ``auc_low`` and ``auc_high``, and ``verdict``:
        "too high" or "too low" where the interval of the calibration does not hold 0, "as seen" where it does.
        With fewer than ten accounts of either outcome the verdict is "too small to say", and calibration and AUC are NaN.

    Notes
    -----
    The intervals are 95 % each, by accounts drawn whole. Of twenty slices one is expected outside by chance alone.

    Examples
    --------
    >>> judged = pd.DataFrame({"group": np.arange(200).astype(str), "label": [True, False] * 100, "p": 0.2, "region": "EMEA"})
    >>> slice_table(judged, ["region"], "p", seed=0)[["slice", "rows", "calibration", "verdict"]].values.tolist()
    [['EMEA', 200, -0.3, 'too low']]
    """
    rows = []
    for column in columns:
        names = judged[column].astype(object).where(judged[column].notna(), UNKNOWN).astype(str)
        cut = [(name, part) for name, part in judged.groupby(names, sort=True)]
        cut.sort(key=lambda pair: -len(pair[1]))
        rows += [{"column": column, "slice": name, **_judge(part, probability, seed, resamples)} for name, part in cut]
    return pd.DataFrame(rows)


def _judge(rows: pd.DataFrame, probability: str, seed: int, resamples: int) -> dict:
    label, group = rows["label"].to_numpy(dtype=bool), rows["group"].to_numpy(dtype=str)
    p = rows[probability].to_numpy(dtype=float)
    # In order, the sort inside every resample is a single pass.
    order = np.argsort(p, kind="stable")
    label, group, p = label[order], group[order], p[order]
    churned = len(np.unique(group[label]))
    facts = {
        "rows": len(rows),
        "accounts": len(np.unique(group)),
        "positives": int(label.sum()),
        "positive_accounts": churned,
        "base_rate": float(label.mean()),
        "mean_probability": float(p.mean()),
    }
    empty = dict.fromkeys(("calibration", "calibration_low", "calibration_high", "auc", "auc_low", "auc_high"), np.nan)
    if min(churned, len(np.unique(group[~label]))) < FEWEST_GROUPS:
        return facts | empty | {"verdict": TOO_SMALL}

    def statistics(weight):
        away = float(((p - label) * weight).sum() / weight.sum())
        try:
            return {"calibration": away, "auc": auc(label, p, weight)}
        except ValueError:
            return {"calibration": away, "auc": float("nan")}

    found = {}
    for name, interval in account_bootstraps(group, statistics, resamples=resamples, seed=seed).items():
        found |= {name: interval.estimate, f"{name}_low": interval.low, f"{name}_high": interval.high}
    verdict = TOO_HIGH if found["calibration_low"] > 0 else TOO_LOW if found["calibration_high"] < 0 else FAIR
    return facts | found | {"verdict": verdict}
