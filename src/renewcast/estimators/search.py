"""Search for a better shape of the trees under a time budget; what is found must prove itself on the slices."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from renewcast.estimators._definition import TrainingRows
from renewcast.estimators.boosted import Trees
from renewcast.estimators.fitting import Rehearsal, looks_of, rehearse
from renewcast.estimators.groups import error_of_sum
from renewcast.estimators.splits import Slice

# A gain on the slices counts from so many standard errors over groups on: the best of many tries is partly luck.
PROOF = 2.0
SHAPE = ("num_leaves", "min_rows_per_leaf", "learning_rate", "monotone")

SPAN = {"num_leaves": (3, 63), "min_rows_per_leaf": (5, 400), "learning_rate": (0.01, 0.2)}


@dataclass(frozen=True)
class Found:
    """What a search found.

    Parameters
    ----------
    is_better : bool
        Whether the best shape beats the given one on the slices by at least two standard errors over groups.
    best, given : dict
        num_leaves, min_rows_per_leaf, learning_rate, monotone, with rounds and log_loss on the slices.
    gain, standard_error : float
        Mean log loss saved by the best, and how uncertain that is.
    trials, pruned, earlier : int
        Tried in this search, given up early among them, and tried in earlier ones that it went on from.
    """

    is_better: bool
    best: dict
    given: dict
    gain: float
    standard_error: float
    trials: int
    pruned: int
    earlier: int


def search(
    rows: TrainingRows,
    slices: tuple[Slice, ...],
    specs,
    trees: Trees,
    max_rounds: int,
    *,
    minutes: float,
    most_trials: int | None = None,
    study: Path | None = None,
    name: str = "trees",
    say: Callable[[int, int, str], None] = lambda done, total, text: None,
) -> Found:
    """Try shapes of the trees on rolling origins for some minutes.

    Parameters
    ----------
    rows : TrainingRows
        The rows over which the masks of the slices run; rows of the test are not among those looked at.
    slices : tuple of Slice
    specs : iterable of objects with ``name``, ``driver``, ``is_categorical`` and ``direction``
    trees : Trees
        The shape that is in use: tried first, and what the others must beat. Its seed draws the tries.
    max_rounds : int
    minutes : float
        No new try begins after so long.
    most_trials : int, optional
    study : pathlib.Path, optional
        A file in which tries are kept, so that the search can be gone on with; made if absent.
    name : str
        Of the study in the file. Tries are only comparable on the same rows: give another name to other ones.
    say : callable
        Told (seconds spent, seconds in all, text).

    Returns
    -------
    Found

    Raises
    ------
    ValueError
        "no slices", where there is nothing to compare on.

    References
    ----------
    Akiba et al., Optuna: A Next-generation Hyperparameter Optimization Framework, KDD 2019.
    Bergstra et al., Algorithms for Hyper-Parameter Optimization, NeurIPS 2011 (the tree-structured Parzen estimator).
    """
    import time

    import optuna

    looks = looks_of(rows, slices, specs, trees)
    given = rehearse(looks, max_rounds)
    if not len(given.losses):
        raise ValueError("no slices: nothing to compare shapes on")
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    directed = any(getattr(spec, "direction", 0) for spec in specs)
    rehearsals: dict[int, tuple[Trees, Rehearsal]] = {}

    def reach(key: str) -> tuple:
        """Return the usual span, widened to what is in use."""
        return min(SPAN[key][0], getattr(trees, key)), max(SPAN[key][1], getattr(trees, key))

    def suggested(trial) -> Trees:
        return replace(
            trees,
            num_leaves=trial.suggest_int("num_leaves", *reach("num_leaves"), log=True),
            min_rows_per_leaf=trial.suggest_int("min_rows_per_leaf", *reach("min_rows_per_leaf"), log=True),
            learning_rate=trial.suggest_float("learning_rate", *reach("learning_rate"), log=True),
            monotone=trial.suggest_categorical("monotone", [False, True]) if directed else False,
        )

    def objective(trial) -> float:
        shape = suggested(trial)

        def watch(grown: int, loss: float) -> None:
            trial.report(loss, grown)
            if trial.should_prune():
                raise optuna.TrialPruned

        found = rehearse([look.with_trees(specs, shape) for look in looks], max_rounds, watch)
        rehearsals[trial.number] = shape, found
        return float(found.losses.mean())

    storage = None if study is None else f"sqlite:///{study}"
    opened = optuna.create_study(
        study_name=name,
        storage=storage,
        load_if_exists=True,
        sampler=optuna.samplers.TPESampler(seed=trees.seed),
        pruner=optuna.pruners.MedianPruner(n_startup_trials=8, n_warmup_steps=50),
    )
    earlier, started, budget = len(opened.trials), time.monotonic(), 60 * minutes
    first = {key: getattr(trees, key) for key in SHAPE if directed or key != "monotone"}
    if not earlier:
        opened.enqueue_trial(first)

    def told(study, trial) -> None:
        spent = min(time.monotonic() - started, budget)
        least = f"log loss {given.losses.mean():.4f} to {study.best_value:.4f}"
        say(int(spent), int(budget), f"{len(study.trials)} shapes tried, {least}")

    opened.optimize(objective, n_trials=most_trials, timeout=budget, callbacks=[told])
    return _judged(opened, rehearsals, looks, specs, trees, given, max_rounds, earlier)


def _judged(opened, rehearsals, looks, specs, trees: Trees, given: Rehearsal, max_rounds: int, earlier: int) -> Found:
    import optuna

    best = opened.best_trial
    if best.number in rehearsals:
        shape, found = rehearsals[best.number]
    else:  # of an earlier search: only its figures were kept
        shape = replace(trees, **{key: best.params[key] for key in SHAPE if key in best.params})
        found = rehearse([look.with_trees(specs, shape) for look in looks], max_rounds)
    saved = given.losses - found.losses
    error = error_of_sum(saved - saved.mean(), given.group) / len(saved)
    here = opened.trials[earlier:]
    pruned = sum(trial.state == optuna.trial.TrialState.PRUNED for trial in here)
    gain = float(saved.mean())
    is_better = gain > 0 and gain >= PROOF * error
    return Found(is_better, _told(shape, found), _told(trees, given), gain, error, len(here), pruned, earlier)


def _told(shape: Trees, found: Rehearsal) -> dict:
    kept = {key: value for key, value in asdict(shape).items() if key in SHAPE}
    return kept | {"rounds": found.tuning.rounds, "log_loss": float(found.losses.mean())}
