"""How a blend is fitted: rounds and calibration are found on time-ordered slices, then everything is refitted on all rows."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from renewcast.estimators._definition import Estimator, TrainingRows
from renewcast.estimators.blend import Blend
from renewcast.estimators.boosted import Boosted, Trees, grow_together
from renewcast.estimators.calibration import Shape, fit_slope
from renewcast.estimators.drift import A_YEAR
from renewcast.estimators.gate_by_term import TermGate
from renewcast.estimators.groups import rarer_groups
from renewcast.estimators.health_score import HealthScore
from renewcast.estimators.logistic import DEFAULT_STRENGTH, Logistic
from renewcast.estimators.logit import own_levels
from renewcast.estimators.pooled import Pooled
from renewcast.estimators.prior import Prior, jeffreys
from renewcast.estimators.shape_choice import fit_shape
from renewcast.estimators.shares import USUAL_SHARES, learn_shares, weights_for
from renewcast.estimators.splits import Slice

BASELINES = ("base_rate", "health_score", "logistic")
# Two fits a slice are enough to see where boosting should stop.
SLICE_FITS = 2
ROUNDS_STEP = 10
# Boosting stops once this many rounds have brought nothing on the slices.
PATIENCE = 80
# Of all numbers of rounds whose log loss, summed over one row a group, is within so many nats of the least, the fewest
# are kept: with a dozen churned accounts in the slices, 20 rounds and 60 cannot be told apart.
INDIFFERENCE = 0.5
# Without a usable slice: a cautious number of rounds at a usual learning rate, and probabilities as they come.
DEFAULT_ROUNDS = 100
DEFAULT_SHAPE = Shape()
# Inverse penalties tried for the logistic regressions.
STRENGTHS = (2.0, 0.5, 0.1, 0.02, 0.005)


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
        Log loss of the trees after 10, 20, ... rounds, each slice at its own level; empty without slices.
    strength : float
        Of the logistic regressions.
    shares : tuple of float
        Of the members of the blend.
    """

    rounds: int
    shape: Shape
    slices: int
    rows: int
    positives: int
    log_loss_by_rounds: tuple[float, ...]
    strength: float = DEFAULT_STRENGTH
    shares: tuple[float, ...] = USUAL_SHARES


def tune(rows: TrainingRows, slices: tuple[Slice, ...], specs, trees: Trees, max_rounds: int) -> Tuning:
    """Find rounds of boosting, the penalty of logistic regression, the members' shares and the calibration on slices.

    Trees of all slices grow together, ten rounds at a time; the fewest rounds win whose pooled log loss is the least, give or
    take half a nat, and the strength wins at which the two logistic regressions, averaged, have the least. Then the shares of
    the members are found, and the calibration's shape is fitted on the blends' predictions. In all of this each slice has an
    intercept of its own: where it lies in another season than what comes next, its level would stop the trees too early.

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
        Without a usable slice: 100 rounds (or ``max_rounds``, if fewer), the default strength and slope 1.
    """
    return rehearse(looks_of(rows, slices, specs, trees), max_rounds).tuning


@dataclass(frozen=True, eq=False)
class Rehearsal:
    """What slices taught, and how well it did on them.

    Parameters
    ----------
    tuning : Tuning
    losses : array of float, shape (n,)
        Log loss of each row looked at, its slice at its own level; empty where nothing could be taught.
    group : array of str, shape (n,)
    """

    tuning: Tuning
    losses: np.ndarray
    group: np.ndarray


def looks_of(rows: TrainingRows, slices: tuple[Slice, ...], specs, trees: Trees) -> list["Look"]:
    """Prepare each slice: everything that does not depend on the number of rounds."""
    if not slices:
        return []
    accounts = rows.take(np.logical_or.reduce([one.fit | one.look for one in slices])).positive_groups()
    return [Look.prepare(rows, one, specs, trees, accounts) for one in slices]


def rehearse(looks: list["Look"], max_rounds: int, watch: Callable[[int, float], None] | None = None) -> Rehearsal:
    """Let slices teach; see :func:`tune`.

    Parameters
    ----------
    looks : list of Look
    max_rounds : int
    watch : callable, optional
        Told rounds and loss of the trees every ten rounds; what it raises ends the rehearsal.

    Returns
    -------
    Rehearsal
    """
    untaught = Rehearsal(Tuning(min(DEFAULT_ROUNDS, max_rounds), DEFAULT_SHAPE, 0, 0, 0, ()), np.empty(0), np.empty(0, dtype=str))
    if not looks:
        return untaught
    label, weight = (np.concatenate([getattr(look.rows, name) for look in looks]) for name in ("label", "weight"))
    slice_of = np.repeat(np.arange(len(looks)), [len(look.rows) for look in looks])
    if not len(label) or label.all() or not label.any():
        return untaught

    def loss(z):
        z = z + own_levels(z, label, slice_of, weight)[slice_of]
        return float(np.average(np.logaddexp(0, z) - label * z, weights=weight))

    rounds, z_trees, curve = _find_rounds(looks, loss, max_rounds, watch)
    paths = np.concatenate([look.paths for look in looks], axis=2)
    best = int(np.argmin([loss(pair.mean(axis=0)) for pair in paths.swapaxes(0, 1)]))
    members = np.array([z_trees, *paths[:, best]])
    group = np.concatenate([look.rows.group for look in looks])
    shares = learn_shares(members, label, slice_of, weight, rarer_groups(label, group))
    # The members' weights, and the prior's, as a blend of the rows before each slice has them.
    weights = np.array([list(weights_for(look.positive_groups, shares).values()) for look in looks])[slice_of]
    blended = (weights[:, :-1].T * members).sum(axis=0)
    blended += weights[:, -1] * np.concatenate([look.rates for look in looks])
    as_of = np.concatenate([look.rows.as_of for look in looks])
    ratio = np.array([look.accounts / look.learnt_from for look in looks])[slice_of]
    rate = np.array([look.fitted_rate for look in looks])[slice_of]
    if (weight == 1).all():
        # Slices that span a year have seen every season; what they say of the level may be believed.
        all_seasons = np.ptp(as_of) == np.timedelta64(0) or np.ptp(as_of) >= A_YEAR
        shape = fit_shape(blended, label, slice_of, group, ratio=ratio, fitted_rate=rate if all_seasons else None)
    else:
        shape = Shape(fit_slope(blended, label, slice_of, weight, ratio=ratio))
    tuning = Tuning(rounds, shape, len(looks), len(label), int(label.sum()), tuple(curve), STRENGTHS[best], shares)
    shown = blended + own_levels(blended, label, slice_of, weight)[slice_of]
    return Rehearsal(tuning, weight * (np.logaddexp(0, shown) - label * shown), group)


@dataclass(frozen=True, eq=False)
class Look:
    """One slice: the rows looked at, before the gate, and what models of the rows before them make of them.

    ``paths`` holds the log odds of the logistic regressions, shape (2 transforms, n_strengths, n); ``accounts`` are those of the
    rarer outcome in all slices, ``learnt_from`` those that this slice's models saw, ``fitted_rate`` the churn rate that they saw.
    """

    rows: TrainingRows
    before: TrainingRows
    boosted: Boosted
    encoded: np.ndarray
    paths: np.ndarray
    rates: np.ndarray
    positive_groups: int
    learnt_from: int
    fitted_rate: float
    accounts: int

    @classmethod
    def prepare(cls, rows: TrainingRows, one: Slice, specs, trees: Trees, accounts: int) -> "Look":
        """Fit what needs no rounds: the gate, the logistic regressions at every strength, the base rate."""
        fit, look = rows.take(one.fit).in_order(), rows.take(one.look).in_order()
        gate = TermGate.learn(fit)
        before, look = gate.open(fit), gate.open(look)
        small = Boosted(specs, replace(trees, fits=min(SLICE_FITS, trees.fits))).begin(before)
        paths = [Logistic(specs, transform).path(before, look.features, STRENGTHS) for transform in ("raw", "signed_log")]
        rates = Pooled(specs).fit(before).log_odds(look.features)
        encoded = small.encoding.matrix(look.features)
        return cls(
            rows=look,
            before=before,
            boosted=small,
            encoded=encoded,
            paths=np.array(paths),
            rates=rates,
            positive_groups=before.positive_groups(),
            learnt_from=fit.positive_groups(),
            fitted_rate=jeffreys(fit.rate(), len(fit)),
            accounts=accounts,
        )

    def with_trees(self, specs, trees: Trees) -> "Look":
        """Return the same slice with trees of another shape, none grown yet."""
        small = Boosted(specs, replace(trees, fits=min(SLICE_FITS, trees.fits))).begin(self.before)
        return replace(self, boosted=small)


def _find_rounds(looks: list[Look], loss, max_rounds: int, watch=None) -> tuple[int, np.ndarray, list[float]]:
    """Grow the trees of all slices together; return the rounds to keep, the log odds at them, and the loss every ten rounds."""
    z, path, curve, grown = np.zeros(sum(len(look.rows) for look in looks)), [], [], 0
    while grown < max_rounds and (len(curve) - 1 - int(np.argmin(curve or [0]))) * ROUNDS_STEP < PATIENCE:
        step = min(ROUNDS_STEP, max_rounds - grown)
        grow_together([look.boosted for look in looks], step)
        z = z + np.concatenate([look.boosted.log_odds_of(look.encoded, grown, step) for look in looks])
        grown += step
        path.append((grown, z))
        curve.append(loss(z))
        if watch is not None:
            watch(grown, curve[-1])
    groups = len(np.unique(np.concatenate([look.rows.group for look in looks])))
    within_noise = np.array(curve) <= min(curve) + INDIFFERENCE / groups
    return *path[int(np.argmax(within_noise))], curve


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
    fresh = (
        Blend(specs, trees, tuning.rounds, tuning.shape, tuning.strength, tuning.shares),
        Prior(specs),
        HealthScore(specs),
        Logistic(specs),
    )
    for estimator in fresh:
        say(estimator.name)
        fitted[estimator.name] = estimator.fit(rows)
    return fitted
