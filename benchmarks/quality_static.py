"""Static sets: one table without dates, five folds, predictions out of fold and pooled."""

import dataclasses
from pathlib import Path

import numpy as np

FOLDS = 5


@dataclasses.dataclass(frozen=True)
class Static:
    """One table: where it lies, what is predicted, and what must not be known."""

    folder: str
    file: str
    label: str
    churned: object
    left_out: tuple[str, ...]


STATIC = {
    "ibm_telco": Static("ibm_telco", "Telco-Customer-Churn.csv", "Churn", "Yes", ("customerID",)),
    "pysurvival_saas": Static("pysurvival_saas", "churn.csv", "churned", 1.0, ("months_active",)),
}


def table_of(name: str, data: Path):
    """Return the columns that may be known, and who churned."""
    import pandas as pd

    one = STATIC[name]
    table = pd.read_csv(data / one.folder / one.file)
    return table.drop(columns=[one.label, *one.left_out]), (table[one.label] == one.churned).to_numpy()


def judge_static(name: str, data: Path) -> dict[str, float]:
    """Predict every row by a classifier that saw four other fifths, and judge all of them together."""
    from sklearn.model_selection import StratifiedKFold

    from renewcast.estimators import ChurnClassifier
    from renewcast.evaluation.metrics import auc, log_loss

    table, churned = table_of(name, data)
    p = {kind: np.empty(len(churned)) for kind in ("blend", "logistic", "constant")}
    for fit, look in StratifiedKFold(FOLDS, shuffle=True, random_state=0).split(table, churned):
        model = ChurnClassifier().fit(table.iloc[fit], churned[fit])
        p["blend"][look] = model.predict_proba(table.iloc[look])[:, 1]
        features = model.columns_.read(table.iloc[look])
        p["logistic"][look] = model.blend_.members["logistic"].predict(features, np.zeros(len(look), dtype=bool))
        p["constant"][look] = churned[fit].mean()
    return {
        "auc": auc(churned, p["blend"]),
        "log_loss": log_loss(churned, p["blend"]),
        "logistic_auc": auc(churned, p["logistic"]),
        "logistic_log_loss": log_loss(churned, p["logistic"]),
        "constant_log_loss": log_loss(churned, p["constant"]),
    }
