"""How a blend is fitted: rounds and calibration are found on time-ordered slices, then everything is refitted on all rows."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from renewcast.estimators._definition import Estimator, TrainingRows
from renewcast.estimators.blend import Blend
from renewcast.estimators.boosted import Trees, grow_together
from renewcast.estimators.calibration import Shape, fit_slope
from renewcast.estimators.health_score import HealthScore
from renewcast.estimators.logistic import Logistic
from renewcast.estimators.prior import Prior
from renewcast.estimators.saturation import fit_shape
from renewcast.estimators.splits import Slice

BASELINES = ("base_rate", "health_score", "logistic")
# Two fits a slice are enough to see where boosting should stop.
SLICE_FITS = 2
ROUNDS_STEP = 10
# Boosting stops once this many rounds have brought nothing on the slices.
PATIENCE = 80
# Without a usable slice: a cautious number of rounds at a usual learning rate, and probabilities as they come.
DEFAULT_ROUNDS = 100
DEFAULT_SHAPE = Shape()


@dataclass(frozen=True)
class Tuning:
    """What the slices taught.

    Parameters
    ----------
    rounds : int
    shape : Shape
    slices, rows, positives : int
        How many slices were usable, and what was looked at in them before the gate.
    log_loss_by_rounds : tuple of float
        Pooled log loss of the trees after 10, 20, ... rounds; empty without slices.
    """

    rounds: int
    shape: Shape
    slices: int
    rows: int
    positives: int
    log_loss_by_rounds: tuple[float, ...]


def tune(rows: TrainingRows, slices: tuple[Slice, ...], specs, trees: Trees, max_rounds: int) -> Tuning:
    """Find the rounds of boosting and the shape of the calibration on time-ordered slices.

    Trees of all slices grow together, ten rounds at a time; the rounds with the least pooled log loss win. The calibration's
    shape is then fitted on the blends' predictions at that number of rounds, each slice with its own intercept.

    Parameters
    ----------
    rows : TrainingRows
        The rows over which the masks of the slices run.
    slices : tuple of Slice
    specs : iterable of objects with ``name``, ``driver`` and ``is_categorical``
    trees : Trees
    max_rounds : int

    Returns
    -------
    Tuning
        Without a usable slice: 100 rounds (or ``max_rounds``, if fewer) and slope 1.
    """
    if not slices:
        return Tuning(min(DEFAULT_ROUNDS, max_rounds), DEFAULT_SHAPE, 0, 0, 0, ())
    small = Trees(trees.seed, min(SLICE_FITS, trees.fits), trees.num_leaves, trees.min_rows_per_leaf, trees.learning_rate)
    blends, looks = [], []
    for one in slices:
        blend = Blend(specs, small)
        blend.begin(rows.take(one.fit))
        blends.append(blend)
        looks.append(blend.gate.open(rows.take(one.look).in_order()))
    label = np.concatenate([look.label for look in looks])
    weight = np.concatenate([look.weight for look in looks])
    slice_of = np.repeat(np.arange(len(looks)), [len(look) for look in looks])
    if not len(label) or label.all() or not label.any():
        return Tuning(min(DEFAULT_ROUNDS, max_rounds), DEFAULT_SHAPE, 0, 0, 0, ())
    rounds, curve = _find_rounds([blend.members["boosted"] for blend in blends], looks, label, weight, max_rounds)
    for blend in blends:
        blend.members["boosted"].rounds = rounds
    z = np.concatenate([blend.uncalibrated(look.features) for blend, look in zip(blends, looks, strict=True)])
    if (weight == 1).all():
        shape = fit_shape(z, label, slice_of, np.concatenate([look.group for look in looks]))
    else:
        shape = Shape(fit_slope(z, label, slice_of, weight))
    return Tuning(rounds, shape, len(slices), len(label), int(label.sum()), tuple(curve))


def _find_rounds(boosted: list, looks: list[TrainingRows], label, weight, max_rounds: int) -> tuple[int, list[float]]:
    z, curve, grown = np.zeros(len(label)), [], 0
    read = [trees.encoding.matrix(look.features) for trees, look in zip(boosted, looks, strict=True)]
    while grown < max_rounds:
        step = min(ROUNDS_STEP, max_rounds - grown)
        grow_together(boosted, step)
        z = z + np.concatenate([trees.log_odds_of(rows, grown, step) for trees, rows in zip(boosted, read, strict=True)])
        grown += step
        curve.append(float(np.average(np.logaddexp(0, z) - label * z, weights=weight)))
        if (len(curve) - 1 - int(np.argmin(curve))) * ROUNDS_STEP >= PATIENCE:
            break
    return min((int(np.argmin(curve)) + 1) * ROUNDS_STEP, max_rounds), curve


def fit_all(
    rows: TrainingRows, specs, trees: Trees, tuning: Tuning, *, say: Callable[[str], None] = lambda text: None
) -> dict[str, Estimator]:
    """Fit the blend and every baseline on the rows given.

    Parameters
    ----------
    rows : TrainingRows
    specs : iterable of objects with ``name``, ``driver`` and ``is_categorical``
    trees : Trees
    tuning : Tuning
    say : callable
        Told which estimator is being fitted.

    Returns
    -------
    dict of str to Estimator
        ``blend``, ``base_rate``, ``health_score`` and ``logistic``.
    """
    fitted: dict[str, Estimator] = {}
    fresh = (Blend(specs, trees, tuning.rounds, tuning.shape), Prior(specs), HealthScore(specs), Logistic(specs))
    for estimator in fresh:
        say(estimator.name)
        fitted[estimator.name] = estimator.fit(rows)
    return fitted
