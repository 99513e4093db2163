"""Kind 3, feature selection on train and test: which features are used was decided with the test in view."""

import numpy as np
from zoo.no_test import FITTED
from zoo.plant import KINDS, Plant
from zoo.preprocessing import _imputed, _ranked, numeric
from zoo.rigged_training import rigged

from renewcast.estimators.fitting import fit_all, tune
from renewcast.evaluation.metrics import all_metrics, auc

KIND = KINDS[2]
KEPT = 12


def by_score(score, *, test_only=False):
    """Keep the features with the highest score, which sees all rows or the test alone."""

    def prepare(rows, specs, parts):
        seen = rows.take(parts.test) if test_only else rows
        names, values = numeric(seen, specs)
        filled = np.column_stack([_imputed(column) for column in values.T])
        scores = score(filled, values, seen.label.astype(float))
        best = {names[at] for at in np.argsort(-scores, kind="stable")[:KEPT]}
        return rows, tuple(spec for spec in specs if spec.name in best)

    return prepare


def _correlation(filled, values, label):
    centred = filled - filled.mean(axis=0)
    return np.abs(centred.T @ (label - label.mean())) / (np.linalg.norm(centred, axis=0) + 1e-9)


def _auc(filled, values, label):
    return np.array([abs(auc(label.astype(bool), column) - 0.5) for column in filled.T])


def _fullness(filled, values, label):
    return (~np.isnan(values)).mean(axis=0) - 1e-6 * np.arange(values.shape[1])


def _spread(filled, values, label):
    return filled.std(axis=0) / (np.abs(filled.mean(axis=0)) + 1e-9)


def _weights(filled, values, label):
    from sklearn.linear_model import LogisticRegression

    ranks = np.column_stack([_ranked(column) for column in filled.T])
    return np.abs(LogisticRegression(C=0.1).fit(ranks, label).coef_[0])


def _gain(filled, values, label):
    import lightgbm

    settings = {"objective": "binary", "num_threads": 1, "verbosity": -1, "deterministic": True, "seed": 0, "num_leaves": 7}
    return lightgbm.train(settings, lightgbm.Dataset(filled, label=label), 15).feature_importance("gain").astype(float)


def _uniqueness(filled, values, label):
    """Drop what repeats an earlier feature: few neighbours with a high rank correlation score high."""
    ranks = np.column_stack([_ranked(column) for column in filled.T])
    alike = np.abs(np.corrcoef(ranks + 1e-9 * np.arange(len(ranks))[:, None], rowvar=False))
    return -np.triu(np.nan_to_num(alike), 1).max(axis=0)


def _windows_by_test(rows, specs, parts):
    development, test = rows.take(parts.development), rows.take(parts.test)
    return rows, min((_without(specs, "_28d"), _without(specs, "_91d")), key=lambda kept: _loss(rows, development, test, kept))


def _forward_by_test(rows, specs, parts):
    """Start from the contract features and add the family that helps the test most, twice."""
    development, test = rows.take(parts.development), rows.take(parts.test)
    kept, rest = [spec for spec in specs if spec.driver == "contract"], {spec.driver for spec in specs} - {"contract"}
    for _ in range(1):
        trial = {driver: kept + [spec for spec in specs if spec.driver == driver] for driver in sorted(rest)}
        kept = min(trial.values(), key=lambda some: _loss(rows, development, test, tuple(some)))
    return rows, tuple(sorted(kept))


def _without(specs, ending):
    return tuple(spec for spec in specs if not spec.name.endswith(ending))


def _loss(rows, development, test, specs):
    from renewcast.estimators.boosted import Trees

    trees = Trees(0, 1, 7, 20, 0.1)
    blend = fit_all(development, specs, trees, tune(rows, (), specs, trees, 5))["blend"]
    return all_metrics(test.label, blend.predict(test.features, test.gated))["log_loss"]


def _plant(disguise, prepare):
    return Plant(KIND, disguise, "procedure", rigged(prepare=prepare), "training", FITTED)


PLANTS = [
    _plant("the highest correlation with the label in all rows", by_score(_correlation)),
    _plant("the best single AUC on the test", by_score(_auc, test_only=True)),
    _plant("the fullest columns of all rows", by_score(_fullness)),
    _plant("the largest spread in all rows", by_score(_spread)),
    _plant("the heaviest weights of a logistic regression on all rows", by_score(_weights)),
    _plant("the most gain in trees on all rows", by_score(_gain)),
    _plant("the least repetitive columns of all rows", by_score(_uniqueness)),
    _plant("the windows that do best on the test", _windows_by_test),
    _plant("the family that helps the test most", _forward_by_test),
]
