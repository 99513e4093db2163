"""The project's training with its steps exposed, so that one of them can be rigged; unrigged, it is the same training."""

import dataclasses

from renewcast.audit.training import Procedure
from renewcast.estimators._definition import input_specs
from renewcast.estimators.boosted import Trees
from renewcast.estimators.fitting import BASELINES, fit_all, tune
from renewcast.estimators.splits import cut
from renewcast.evaluation.metrics import all_metrics
from renewcast.evaluation.training import _predict_test, train


@dataclasses.dataclass(frozen=True)
class Steps:
    """The steps of a training; each may be replaced by a rigged one."""

    prepare: object = lambda rows, specs, parts: (rows, specs)
    cut: object = cut
    tune: object = tune
    fit: object = fit_all
    judge: object = _predict_test


def rigged(**steps):
    """Return a procedure whose training has some steps replaced; the training set is the project's own."""
    chosen = Steps(**steps)

    def train_rigged(rows, specs, model, splits, embargo_days, *, progress=None):
        specs, rows = input_specs(specs), rows.in_order()
        settings = {"test_weeks": splits.test_weeks, "calibration_weeks": splits.calibration_weeks, "seed": model.seed}
        parts = chosen.cut(rows, embargo_days=embargo_days, **settings)
        rows, specs = chosen.prepare(rows, specs, parts)
        trees = Trees(model.seed, model.fits, model.num_leaves, model.min_rows_per_leaf, model.learning_rate)
        tuning = chosen.tune(rows, parts.slices, specs, trees, model.max_rounds)
        fitted = chosen.fit(rows.take(parts.development), specs, trees, tuning)
        predictions = chosen.judge(fitted, rows.take(parts.test))
        return told(rows, specs, parts, tuning, fitted, predictions)

    return lambda project: Procedure(standard_set, train_rigged)


def standard_set(project, target, as_of):
    """The project's own training set."""
    return project.training_set(target, as_of)


def rebuilt(change):
    """Return a procedure whose training set is changed before the project's own training sees it."""

    def plant(project):
        def training_set(project, target, as_of):
            return change(project, standard_set(project, target, as_of))

        return Procedure(training_set, train)

    return plant


def retold(change):
    """Return a procedure whose result is changed after the project's own training: ``change(trained, rows)``."""

    def plant(project):
        def train_and_change(rows, specs, model, splits, embargo_days):
            rows = rows.in_order()
            return change(train(rows, specs, model, splits, embargo_days), rows)

        return Procedure(standard_set, train_and_change)

    return plant


def told(rows, specs, parts, tuning, fitted, predictions):
    """Put together what a training tells, as far as an audit reads it."""
    from types import SimpleNamespace

    return SimpleNamespace(
        specs=specs,
        development=fitted,
        tuning=tuning,
        splits=parts,
        test_predictions=predictions,
        evaluation=numbers(predictions, fitted),
    )


def numbers(predictions, fitted) -> dict:
    """Compute the metrics of predictions, as the evaluation holds them."""
    found = {name: all_metrics(predictions["label"].to_numpy(dtype=bool), predictions[name]) for name in fitted}
    return {"metrics": found["blend"], "baselines": {name: found[name] for name in BASELINES}}
