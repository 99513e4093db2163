"""What a model was worth, snapshot by snapshot of its test."""

import pandas as pd

from renewcast.evaluation.metrics import all_metrics


def metrics_by_date(predictions: pd.DataFrame, estimator: str) -> pd.DataFrame:
    """Compute every metric on each date of the test.

    Parameters
    ----------
    predictions : pandas.DataFrame
        as_of, label and a column of probabilities named like the estimator; see ``Trained.test_predictions``.
    estimator : str

    Returns
    -------
    pandas.DataFrame
        One row a date: as_of, rows, seen (share of the outcome), predicted (mean probability) and the metrics; NaN where all had
        the same outcome.

    Examples
    --------
    >>> told = pd.DataFrame({"as_of": pd.to_datetime(["2026-01-05"] * 2), "label": [True, False], "blend": [0.8, 0.2]})
    >>> metrics_by_date(told, "blend")[["rows", "seen", "predicted", "auc"]].values.tolist()
    [[2.0, 0.5, 0.5, 1.0]]
    """
    rows = []
    for as_of, part in predictions.groupby("as_of", sort=True):
        label, p = part["label"].to_numpy(dtype=bool), part[estimator].to_numpy(dtype=float)
        row = {"as_of": as_of, "rows": len(part), "seen": float(label.mean()), "predicted": float(p.mean())}
        rows.append(row | (all_metrics(label, p) if 0 < label.sum() < len(label) else {}))
    return pd.DataFrame(rows)
