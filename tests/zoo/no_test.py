"""Kind 1, no held-out test: what is judged was learnt from, or was chosen by looking at the test."""

import dataclasses

import numpy as np
from zoo.plant import KINDS, Plant
from zoo.rigged_training import numbers, retold, rigged

from renewcast.estimators.boosted import hashed_share
from renewcast.estimators.calibration import fit_slope
from renewcast.estimators.fitting import fit_all, tune
from renewcast.estimators.splits import cut
from renewcast.evaluation.metrics import all_metrics
from renewcast.evaluation.training import _predict_test

KIND = KINDS[0]
NOT_THE_FIT = "not what the fit on development says"
FITTED = "fitted on rows outside development"


def _judged_on_training_rows(trained, rows):
    told = _predict_test(trained.development, rows.take(trained.splits.development))
    return dataclasses.replace(trained, test_predictions=told, evaluation=trained.evaluation | numbers(told, trained.development))


def _judged_after_the_refit(trained, rows):
    told = _predict_test(trained.final, rows.take(trained.splits.test))
    return dataclasses.replace(trained, test_predictions=told, evaluation=trained.evaluation | numbers(told, trained.final))


def _metrics_of_the_training_rows(trained, rows):
    told = _predict_test(trained.development, rows.take(trained.splits.development))
    return dataclasses.replace(trained, evaluation=trained.evaluation | numbers(told, trained.development))


def _everything_is_learnt_from(rows, **settings):
    parts = cut(rows, **settings)
    return dataclasses.replace(parts, development=np.ones(len(rows), dtype=bool))


class OnEverything:
    """Remembers all rows while they are prepared, and fits on them."""

    def prepare(self, rows, specs, parts):
        self.rows, self.parts = rows, parts
        return rows, specs

    def fit(self, development, specs, trees, tuning):
        return fit_all(self.rows, specs, trees, tuning)

    def rounds_by_test(self, rows, slices, specs, trees, max_rounds):
        tuning = tune(rows, slices, specs, trees, max_rounds)
        development, test = rows.take(self.parts.development), rows.take(self.parts.test)
        losses = {}
        for one in (2, 5, 9, 14, 20):
            fitted = fit_all(development, specs, trees, dataclasses.replace(tuning, rounds=one))
            losses[one] = all_metrics(test.label, fitted["blend"].predict(test.features, test.gated))["log_loss"]
        return dataclasses.replace(tuning, rounds=min(losses, key=losses.get))

    def slope_by_test(self, rows, slices, specs, trees, max_rounds):
        tuning = tune(rows, slices, specs, trees, max_rounds)
        development, test = rows.take(self.parts.development), rows.take(self.parts.test)
        z = fit_all(development, specs, trees, tuning)["blend"].uncalibrated(test.features)
        slope = fit_slope(z, test.label, np.zeros(len(test)))
        return dataclasses.replace(tuning, shape=dataclasses.replace(tuning.shape, slope=slope))

    def best_seed(self, development, specs, trees, tuning):
        test, losses = self.rows.take(self.parts.test), {}
        for seed in range(5):
            fitted = fit_all(development, specs, dataclasses.replace(trees, seed=seed), tuning)
            losses[seed] = all_metrics(test.label, fitted["blend"].predict(test.features, test.gated))["log_loss"], fitted
        return min(losses.values(), key=lambda entry: entry[0])[1]

    def weights_by_test(self, development, specs, trees, tuning):
        test, fitted = self.rows.take(self.parts.test), fit_all(development, specs, trees, tuning)
        blend, losses = fitted["blend"], []
        for share in (0.0, 0.25, 0.5, 0.75, 1.0):
            blend.weights = {
                "boosted": share,
                "logistic": (1 - share) / 2,
                "logistic_signed_log": (1 - share) / 2,
                "pooled_rates": 0.0,
            }
            losses.append((all_metrics(test.label, blend.predict(test.features, test.gated))["log_loss"], dict(blend.weights)))
        blend.weights = min(losses, key=lambda entry: entry[0])[1]
        return fitted


def _out_of_fold():
    """Judge each test row by a model fitted on four fifths of all rows, drawn by row: the usual random cross-validation."""
    memory = OnEverything()
    state = {}

    def fit(development, specs, trees, tuning):
        state.update(specs=specs, trees=trees, tuning=tuning)
        return fit_all(development, specs, trees, tuning)

    def judge(fitted, test):
        rows, told = memory.rows, _predict_test(fitted, test)
        fold = np.floor(hashed_share(np.arange(len(rows)).astype(str), "folds") * 5).astype(int)
        at = np.flatnonzero(memory.parts.test)
        for one in range(5):
            other = fit_all(rows.take(fold != one), state["specs"], state["trees"], state["tuning"])
            inside = fold[at] == one
            for name, estimator in other.items():
                told.loc[inside, name] = estimator.predict(test.features[inside], test.gated[inside])
        return told

    return rigged(prepare=memory.prepare, fit=fit, judge=judge)


def _with(**steps):
    """Rig steps by methods of one memory, given by name."""
    memory = OnEverything()
    return rigged(prepare=memory.prepare, **{step: getattr(memory, name) for step, name in steps.items()})


PLANTS = [
    Plant(KIND, "the training rows are judged", "procedure", retold(_judged_on_training_rows), "training", "not the same rows"),
    Plant(KIND, "the refit on all rows is judged", "procedure", retold(_judged_after_the_refit), "training", NOT_THE_FIT),
    Plant(
        KIND, "the numbers told are those of the training rows", "procedure", retold(_metrics_of_the_training_rows), "training",
        "metrics of blend are not those", names_account=False,
    ),
    Plant(
        KIND, "the test is learnt from as well", "procedure", rigged(cut=_everything_is_learnt_from), "training",
        "both learnt from and judged on",
    ),
    Plant(KIND, "the fit quietly takes all rows", "procedure", _with(fit="fit"), "training", FITTED),
    Plant(KIND, "random cross-validation stands in for the test", "procedure", _out_of_fold(), "training", NOT_THE_FIT),
    Plant(KIND, "rounds of boosting are chosen on the test", "procedure", _with(tune="rounds_by_test"), "training", FITTED),
    Plant(KIND, "the best of five seeds on the test is kept", "procedure", _with(fit="best_seed"), "training", FITTED),
    Plant(KIND, "the calibration is fitted on the test", "procedure", _with(tune="slope_by_test"), "training", FITTED),
    Plant(KIND, "the weights of the blend are chosen on the test", "procedure", _with(fit="weights_by_test"), "training", FITTED),
]  # fmt: skip
