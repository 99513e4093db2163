"""Kind 2, pre-processing on train and test: a scaler, imputer, encoder or projection has seen the test rows."""

import dataclasses

import numpy as np
import pandas as pd
from zoo.no_test import FITTED
from zoo.plant import KINDS, Plant
from zoo.rigged_training import rigged

from renewcast.estimators._definition import InputSpec
from renewcast.estimators.gate_by_term import TermGate

KIND = KINDS[1]


def numeric(rows, specs):
    """Names and values of the numeric features."""
    names = [spec.name for spec in specs if not spec.is_categorical]
    return names, rows.features[names].to_numpy(dtype=float)


def with_numbers(rows, names, values):
    """The rows with other values of some numeric features."""
    features = rows.features.copy()
    features[names] = values
    return dataclasses.replace(rows, features=features)


def by_column(change):
    """Change every numeric column by what it says in all rows, test included."""

    def prepare(rows, specs, parts):
        names, values = numeric(rows, specs)
        return with_numbers(rows, names, np.column_stack([change(column) for column in values.T])), specs

    return prepare


def _scaled(column):
    return (column - np.nanmean(column)) / (np.nanstd(column) + 1e-9) if (~np.isnan(column)).any() else column


def _scaled_to_one(column):
    low, high = (np.nanmin(column), np.nanmax(column)) if (~np.isnan(column)).any() else (0.0, 1.0)
    return (column - low) / (high - low + 1e-9)


def _imputed(column):
    return np.where(np.isnan(column), np.nanmean(column) if (~np.isnan(column)).any() else 0.0, column)


def _clipped(column):
    return np.clip(column, *np.nanquantile(column, [0.02, 0.98])) if (~np.isnan(column)).any() else column


def _ranked(column):
    return pd.Series(column).rank(pct=True).to_numpy()


def _projected(rows, specs, parts):
    names, values = numeric(rows, specs)
    filled = np.column_stack([_imputed(column) for column in values.T])
    filled = (filled - filled.mean(axis=0)) / (filled.std(axis=0) + 1e-9)
    _, vectors = np.linalg.eigh(filled.T @ filled)
    kept = vectors[:, -8:] * np.sign(vectors[0, -8:] + 1e-12)
    features = pd.DataFrame(np.round(filled @ kept, 9), columns=[f"part_{one}" for one in range(8)])
    return dataclasses.replace(rows, features=features), tuple(InputSpec(name, "usage", False) for name in features)


def _target_encoded(rows, specs, parts):
    features, new = rows.features.copy(), []
    for spec in specs:
        if spec.is_categorical:
            rate = pd.Series(rows.label.astype(float)).groupby(features[spec.name].fillna("none").to_numpy()).mean()
            features[spec.name] = features[spec.name].fillna("none").map(rate).astype(float)
        new.append(spec._replace(is_categorical=False))
    return dataclasses.replace(rows, features=features), tuple(new)


def _rare_levels_merged(rows, specs, parts):
    features = rows.features.copy()
    for spec in specs:
        if spec.is_categorical:
            counts = features[spec.name].value_counts()
            common = counts.index[counts >= counts.median()]
            features[spec.name] = features[spec.name].where(
                features[spec.name].isin(common) | features[spec.name].isna(), "other"
            )
    return dataclasses.replace(rows, features=features), specs


def _clustered(rows, specs, parts):
    from sklearn.cluster import KMeans

    _, values = numeric(rows, specs)
    ranks = np.column_stack([_ranked(_imputed(column)) for column in values.T])
    found = KMeans(4, n_init=1, random_state=0).fit(ranks)
    features = rows.features.copy()
    for one in range(4):
        features[f"far_from_segment_{one}"] = np.round(np.linalg.norm(ranks - found.cluster_centers_[one], axis=1), 9)
    return dataclasses.replace(rows, features=features), (
        *specs, *(InputSpec(f"far_from_segment_{one}", "usage", False) for one in range(4)),
    )  # fmt: skip


class GateOfAll:
    """Learns the rate behind the contract gate from all rows, test included."""

    def prepare(self, rows, specs, parts):
        self.gate = TermGate.learn(rows)
        return rows, specs

    def fit(self, development, specs, trees, tuning):
        from renewcast.estimators.fitting import fit_all

        fitted = fit_all(development, specs, trees, tuning)
        fitted["blend"].gate = dataclasses.replace(fitted["blend"].gate, rate=self.gate.rate)
        return fitted


def _gate_of_all():
    memory = GateOfAll()
    return rigged(prepare=memory.prepare, fit=memory.fit)


def _plant(disguise, prepare):
    return Plant(KIND, disguise, "procedure", rigged(prepare=prepare), "training", FITTED)


PLANTS = [
    _plant("mean and spread of all rows", by_column(_scaled)),
    _plant("lowest and highest of all rows", by_column(_scaled_to_one)),
    _plant("empty cells filled with the mean of all rows", by_column(_imputed)),
    _plant("clipped at quantiles of all rows", by_column(_clipped)),
    _plant("ranks among all rows", by_column(_ranked)),
    _plant("principal components of all rows", _projected),
    _plant("categories replaced by the churn rate of all rows", _target_encoded),
    _plant("rare categories merged by counts of all rows", _rare_levels_merged),
    _plant("distance from clusters of all rows", _clustered),
    Plant(KIND, "rate behind the gate from all rows", "procedure", _gate_of_all(), "training", FITTED),
]
