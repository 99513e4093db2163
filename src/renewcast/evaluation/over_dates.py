"""Every metric of every estimator, date by date and over all dates together, each with its interval over whole accounts."""

import numpy as np
import pandas as pd

from renewcast.evaluation.intervals import account_bootstraps
from renewcast.evaluation.metrics import auc, average_precision, brier, ece, lift_at, log_loss

ALL_DATES = "all dates"
METRICS = {
    "auc": auc,
    "average_precision": average_precision,
    "log_loss": log_loss,
    "brier": brier,
    "ece": ece,
    "lift_at_10": lambda label, probability: lift_at(label, probability, 0.1),
}


def defined_metrics(label, probability) -> dict[str, float]:
    """Return every metric by name, NaN where one outcome is missing and the metric needs both.

    Examples
    --------
    >>> found = defined_metrics([False, False], [0.5, 0.5])
    >>> found["auc"], found["brier"]
    (nan, 0.25)
    """
    found = {}
    for name, metric in METRICS.items():
        try:
            found[name] = metric(label, probability)
        except ValueError:
            found[name] = float("nan")
    return found


def metrics_over_dates(judged: pd.DataFrame, estimators: list[str], *, seed: int, resamples: int = 200) -> pd.DataFrame:
    """Judge predictions at each date, and over all dates together.

    Parameters
    ----------
    judged : pandas.DataFrame
        as_of (datetime64), group, label (bool) and a column of probabilities an estimator; no probability is empty.
    estimators : list of str
    seed : int
        0 is a seed like any other.
    resamples : int

    Returns
    -------
    pandas.DataFrame
        One row a date (text, or "all dates"), estimator and metric: ``date``, ``estimator``, ``metric``, ``estimate``, ``low``,
        ``high`` (95 %), ``rows``, ``accounts`` (groups), ``positives``, ``base_rate``. NaN where undefined.

    Notes
    -----
    The interval draws whole groups, over all dates together with all their dates. The calibration error (``ece``) of a
    resample holds the noise of the draw beside that of the rows, so its interval lies high: read the upper bound.

    Examples
    --------
    >>> judged = pd.DataFrame({"as_of": pd.to_datetime(["2026-01-05"] * 4), "group": list("ABCD"),
    ...     "label": [True, False, True, False], "blend": [0.9, 0.1, 0.8, 0.2]})
    >>> found = metrics_over_dates(judged, ["blend"], seed=0).query("metric == 'auc'")
    >>> found[["date", "estimate", "rows"]].values.tolist()
    [['2026-01-05', 1.0, 4], ['all dates', 1.0, 4]]
    """
    tables = []
    for date, rows in [*judged.groupby("as_of", sort=True), (None, judged)]:
        name = ALL_DATES if date is None else f"{date:%Y-%m-%d}"
        label, group = rows["label"].to_numpy(dtype=bool), rows["group"].to_numpy(dtype=str)
        facts = {
            "rows": len(rows),
            "accounts": len(np.unique(group)),
            "positives": int(label.sum()),
            "base_rate": float(label.mean()),
        }
        for estimator in estimators:
            found = _intervals(label, rows[estimator].to_numpy(dtype=float), group, resamples, seed)
            tables += [
                {"date": name, "estimator": estimator, "metric": metric, **interval._asdict(), **facts}
                for metric, interval in found.items()
            ]
    return pd.DataFrame(tables)


def _intervals(label, probability, group, resamples, seed):
    at = np.arange(len(label))

    def statistics(weight):
        # A row that was drawn twice stands there twice: so every metric needs to know of one form only.
        drawn = np.repeat(at, weight.astype(int))
        return defined_metrics(label[drawn], probability[drawn])

    return account_bootstraps(group, statistics, resamples=resamples, seed=seed)
