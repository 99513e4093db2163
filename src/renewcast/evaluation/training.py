"""Train and judge: fit on the past, look at the future once, compare with the baselines, refit on everything."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace

import numpy as np
import pandas as pd

from renewcast.errors import RenewcastError
from renewcast.estimators._definition import Estimator, InputSpec, TrainingRows, input_specs
from renewcast.estimators.boosted import Trees
from renewcast.estimators.companions import fit_companions
from renewcast.estimators.fitting import BASELINES, Tuning, fit_all, tune
from renewcast.estimators.splits import Splits, cut
from renewcast.estimators.term_hazard import TermHazard
from renewcast.evaluation.metrics import all_metrics
from renewcast.evaluation.reliability import ece_interval, reliability
from renewcast.evaluation.skill import Skill, judge_skill
from renewcast.params import ModelSection, SplitsSection

# With fewer churned accounts nothing is learnt account by account: the blend is rates by kind of account.
FEWEST_POSITIVE_GROUPS = 20


@dataclass(frozen=True, eq=False)
class Trained:
    """A blend and its baselines, what they were worth on the test, and who ranks the list.

    Parameters
    ----------
    specs : tuple of InputSpec
    final : dict of str to Estimator
        ``blend``, ``base_rate``, ``health_score``, ``logistic``, refitted on all labelled rows: these score. Rounds and
        slope are those of the development fit.
    development : dict of str to Estimator
        The same, fitted on the development rows only: what ``evaluation`` speaks of.
    evaluation : dict
        Plain numbers and texts, ready for JSON.
    ranked_by : str
        The estimator with the least test log loss; the base rate where even that one has no skill.
    has_skill : bool
        Whether it beats the base rate by more than noise; see ``skill``.
    skill : Skill
    tuning : Tuning
    splits : Splits
    test_predictions : pandas.DataFrame
        ``account_id``, ``group``, ``as_of``, ``label``, ``gated`` and one column of probabilities an estimator.
    probe : pandas.DataFrame
        A few rows of features, and ``probe_gated``: a saved model must predict the same on them after loading.
    companions : dict of str to TermHazard, Outcomes or Amount
        What is said beside the probability, fitted on all labelled rows: "survival", and see ``estimators.companions``.
    """

    specs: tuple[InputSpec, ...]
    final: dict[str, Estimator]
    development: dict[str, Estimator]
    evaluation: dict
    ranked_by: str
    has_skill: bool
    skill: Skill
    tuning: Tuning
    splits: Splits
    test_predictions: pd.DataFrame
    probe: pd.DataFrame
    probe_gated: np.ndarray
    companions: dict = field(default_factory=dict)


def train(
    rows: TrainingRows,
    specs,
    model: ModelSection,
    splits: SplitsSection,
    embargo_days: int,
    *,
    progress: Callable[[str], None] | None = None,
) -> Trained:
    """Fit, judge and refit.

    1. Cut by as_of into development and test, an embargo apart (``estimators.splits``).
    2. Find the rounds of boosting and the slope of the calibration on up to three slices of development.
    3. Fit the blend and the baselines on development, predict the test, compute every metric. With fewer than 20 accounts of the
       rarer outcome in development the blend is pooled rates alone (``estimators.pooled``).
    4. Refit all of them on all labelled rows, test included, with the same rounds and slope.

    Parameters
    ----------
    rows : TrainingRows
        Snapshots whose outcome window is over.
    specs : iterable of objects with ``name``, ``driver`` and ``is_categorical``
    model : ModelSection
    splits : SplitsSection
    embargo_days : int
        At least lead + horizon.
    progress : callable, optional
        Told in a few words what is being done.

    Returns
    -------
    Trained

    Raises
    ------
    RenewcastError
        "Training needs ...", with fewer than two accounts; "The labelled snapshots span ...", when nothing is left to train on.

    Notes
    -----
    The refit may use newer rows than the evaluation did, so it is usually a little better than the numbers say.
    """
    say = progress or (lambda text: None)
    specs, rows = input_specs(specs), rows.in_order()
    _refuse_nothing(rows)
    parts = cut(
        rows, test_weeks=splits.test_weeks, calibration_weeks=splits.calibration_weeks, embargo_days=embargo_days, seed=model.seed
    )
    development, test = rows.take(parts.development), rows.take(parts.test)
    enough = development.positive_groups() >= FEWEST_POSITIVE_GROUPS
    trees = Trees.chosen(model) if enough else replace(Trees.chosen(model), fits=0)
    slices = parts.slices if enough else ()
    say(f"tuning on {len(slices)} slices")
    tuning = tune(rows, slices, specs, trees, model.max_rounds)
    fitted = fit_all(development, specs, trees, tuning, say=lambda name: say(f"fitting {name} on development"))
    predictions = _predict_test(fitted, test)
    metrics = {name: all_metrics(test.label, predictions[name]) for name in fitted}
    winner = min(metrics, key=lambda name: metrics[name]["log_loss"])
    say("judging the winner")
    skill = judge_skill(test.label, predictions[winner], predictions["base_rate"], test.group, seed=model.seed)
    # A winner by luck must not rank a list: without skill everybody carries the base rate.
    ranked_by = winner if skill.has_skill else "base_rate"
    evaluation = {
        "estimator": "development fit; the shipped model is refitted on all labelled rows",
        **_facts(test),
        "metrics": metrics["blend"],
        "ece_interval": ece_interval(test.label, predictions["blend"], test.group, seed=model.seed)._asdict(),
        "reliability": reliability(test.label, predictions["blend"], group=test.group).to_dict("records"),
        "baselines": {name: metrics[name] for name in BASELINES},
        "ranked_by": ranked_by,
        "winner": winner,
        "has_skill": skill.has_skill,
        "skill": {
            "auc": skill.auc._asdict(),
            "log_loss_difference": skill.log_loss_difference._asdict(),
            "resamples": skill.resamples,
        },
        "cut": "by as_of" if parts.by_time else "by account, because all snapshots have one as_of",
        "embargo_days": embargo_days,
        "train": _facts(development),
        "test": _facts(test),
        "calibration": [_facts(rows.take(one.look)) for one in slices],
        "rounds": tuning.rounds,
        "strength": tuning.strength,
        **asdict(tuning.shape),
        "drift": fitted["blend"].calibration.drift,
        "weights": fitted["blend"].weights,
        "gate": asdict(fitted["blend"].gate),
    }
    final = fit_all(rows, specs, trees, tuning, say=lambda name: say(f"fitting {name} on all rows"))
    evaluation["history"] = _history(rows, final["base_rate"], enough)
    evaluation["shipped_drift"] = final["blend"].calibration.drift
    probe = rows.take(np.unique(np.linspace(0, len(rows) - 1, 20).astype(int)))
    return Trained(
        specs=specs,
        final=final,
        development=fitted,
        evaluation=evaluation,
        ranked_by=ranked_by,
        has_skill=skill.has_skill,
        skill=skill,
        tuning=tuning,
        splits=parts,
        test_predictions=predictions,
        probe=probe.features[[spec.name for spec in specs]],
        probe_gated=probe.gated,
    )


def with_companions(trained: Trained, rows: TrainingRows, training_set, model: ModelSection, grace_days: int) -> Trained:
    """Add what is said beside the probability, fitted on all rows: why accounts leave, what terms become, how long cover lasts.

    Parameters
    ----------
    trained : Trained
    rows : TrainingRows
        Those of ``train``, in the order of the training set.
    training_set : datasets.training_set.TrainingSet
    model : ModelSection
    grace_days : int

    Returns
    -------
    Trained
    """
    found = fit_companions(rows, training_set.frame, trained.specs, seed=model.seed, embargo_days=training_set.embargo_days)
    if training_set.durations is not None:
        found["survival"] = fit_survival(trained, rows, training_set.durations, grace_days)
    return replace(trained, companions=found)


def fit_survival(trained: Trained, rows: TrainingRows, durations: pd.DataFrame, grace_days: int) -> TermHazard:
    """Fit how long the cover lasts; rounds, strength, shares and slope are the champion's.

    Parameters
    ----------
    trained : Trained
    rows : TrainingRows
        Those of ``train``, in the order of the training set.
    durations : pandas.DataFrame
        Of the training set, row by row.
    grace_days : int

    Returns
    -------
    TermHazard
    """
    # With little history neither has any trees.
    hazard = TermHazard(trained.specs, trained.final["blend"].members["boosted"].trees, trained.tuning, grace_days)
    return hazard.fit(rows, durations, durations["cover_days"].to_numpy())


def refit(trained: Trained, rows: TrainingRows, *, fits: int) -> dict[str, Estimator]:
    """Fit the estimators of a training once more on other rows, with its rounds and calibration and ``fits`` bags at most.

    Returns
    -------
    dict of str to Estimator
        As ``trained.development``.
    """
    trees = trained.final["blend"].members["boosted"].trees
    return fit_all(rows.in_order(), trained.specs, replace(trees, fits=min(fits, trees.fits)), trained.tuning)


def _refuse_nothing(rows: TrainingRows) -> None:
    found = len(np.unique(rows.group))
    if found < 2:
        raise RenewcastError(
            f"Training needs labelled snapshots of at least two accounts, and there are {found}; "
            "check the label and the population, or bring more history."
        )


def _history(rows: TrainingRows, base_rate: Estimator, enough: bool) -> dict:
    """Say how much there was to learn from, and between which bounds the base rate lies with 90 %."""
    low, high = base_rate.interval()
    return {
        "enough": enough,
        "rarer_accounts": rows.positive_groups(),
        "base_rate": base_rate.rate,
        "base_rate_low": low,
        "base_rate_high": high,
    }


def _predict_test(fitted: dict[str, Estimator], test: TrainingRows) -> pd.DataFrame:
    frame = pd.DataFrame(
        {"account_id": test.account_id, "group": test.group, "as_of": test.as_of, "label": test.label, "gated": test.gated}
    )
    for name, estimator in fitted.items():
        frame[name] = estimator.predict(test.features, test.gated)
    return frame


def _facts(rows: TrainingRows) -> dict:
    """Say what a set of rows is: how many, of whom, from when to when, how much churn."""
    return {
        "rows": len(rows),
        "accounts": len(np.unique(rows.account_id)),
        "positives": int(rows.label.sum()),
        "positive_accounts": len(np.unique(rows.account_id[rows.label])),
        "base_rate": float(rows.label.mean()),
        "first_as_of": str(rows.as_of.min())[:10],
        "last_as_of": str(rows.as_of.max())[:10],
    }
