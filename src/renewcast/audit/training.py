"""Audit a training: which rows it was given, how it split them, what each fit saw, and what the test was made of."""

import contextlib
import dataclasses
import datetime as dt
from collections.abc import Callable

import numpy as np

from renewcast.audit.finding import Finding
from renewcast.audit.training_attack import differences, fitted_parts, flatter, spoil, thinned
from renewcast.audit.training_copies import check_copies
from renewcast.audit.training_recount import recount, wait_days
from renewcast.audit.training_rows import check_rows, training_finding
from renewcast.audit.training_split import check_split, check_test
from renewcast.errors import RenewcastError

SMALL = {"fits": 1, "max_rounds": 20}
"""Enough rounds for every part to be fitted; what leaks into a long training leaks into a short one."""
SPOILT = 2
"""How often the rows outside development are spoilt; once more they are flattered."""


@dataclasses.dataclass(frozen=True)
class Procedure:
    """The training under audit: what it is given, and how it fits and judges.

    Attributes
    ----------
    training_set : callable
        Called as ``training_set(project, target, as_of)``; returns a :class:`renewcast.datasets.TrainingSet`.
    train : callable
        Called as ``train(rows, specs, model, splits, embargo_days)``; returns a :class:`renewcast.evaluation.training.Trained`.
    """

    training_set: Callable
    train: Callable


def standard_procedure() -> Procedure:
    """Return the project's own training: what `renewcast run train` does."""
    from renewcast.evaluation.training import train

    return Procedure(lambda project, target, as_of: project.training_set(target, as_of), train)


def audit_training(
    project, as_of: dt.date, seed: int, *, procedure: Procedure | None = None, training_set=None
) -> tuple[int, list[Finding]]:
    """Check how a project's model is trained and judged.

    1. The rows and labels are those of a recount from the tables, each once, whole companies in one group.
    2. Test rows are later than development by lead, horizon and grace, they are all of the last weeks, and none is a copy.
    3. What was judged is the test, by the fit on development; the metrics are those of these predictions.
    4. With every row outside development changed beyond recognition, and with outcomes that flatter the fit, each fitted part
       stays the same byte for byte.

    Parameters
    ----------
    project : renewcast.Project
    as_of : datetime.date
        Snapshot day at which the training takes place.
    seed : int
        Draws the changes.
    procedure : Procedure, optional
        The training of the project by default.
    training_set : renewcast.datasets.TrainingSet, optional
        What the procedure is given, where it was built already.

    Returns
    -------
    int
        Rows, masks and parts looked at.
    list of Finding

    Notes
    -----
    Where no outcome is finished yet nothing is looked at (0 probes); where there is too little to train on, only the rows are.

    References
    ----------
    Kapoor, Narayanan, Leakage and the reproducibility crisis in machine-learning-based science, Patterns 4, 2023.
    Chen et al., Metamorphic Testing: A New Approach for Generating Next Test Cases, 1998.
    """
    from renewcast.estimators.one_thread import one_thread

    procedure = procedure or standard_procedure()
    target, params = project.params.scoring.target, project.params
    try:
        training_set = training_set or procedure.training_set(project, target, as_of)
    except RenewcastError:
        return 0, []
    wait = wait_days(project, target)
    probes, findings = check_rows(project, training_set, recount(project, target, as_of))
    if training_set.embargo_days < wait:
        findings.append(
            training_finding(
                f"the embargo is {training_set.embargo_days} days, but an outcome takes {wait} days to be known (lead, horizon "
                "and grace); keep at least as many between what is learnt and what is judged."
            )
        )
    model = params.model.model_copy(update=SMALL)

    def train(rows):
        return procedure.train(rows, training_set.specs, model, params.splits, training_set.embargo_days)

    # On several threads that wait for each other, linear algebra takes three times the CPU time on a busy machine.
    with one_thread():
        more, found = _as_trained(training_set, train, params.splits.test_weeks, wait, seed)
    return probes + more, findings + found


def _as_trained(training_set, train, test_weeks: int, wait: int, seed: int) -> tuple[int, list[Finding]]:
    from renewcast.training import estimator_rows

    try:
        rows = estimator_rows(training_set).in_order()
        trained = train(rows)
    except RenewcastError:
        return 0, []
    except ValueError as refused:
        return 0, [training_finding(f"the rows cannot be trained on: {refused}.")]
    looks = (
        check_split(rows, trained, test_weeks, wait),
        check_test(rows, trained),
        _copies(rows, trained),
        _attacks(rows, trained, train, seed),
    )
    return sum(looked_at for looked_at, _ in looks), [finding for _, found in looks for finding in found]


def _copies(rows, trained):
    if len(trained.splits.test) != len(rows):
        return 0, []
    return check_copies(rows, trained.splits.development & ~trained.splits.test, trained.splits.test)


def _attacks(rows, trained, train, seed: int) -> tuple[int, list[Finding]]:
    if len(trained.splits.development) != len(rows):
        return 0, []
    with contextlib.suppress(RenewcastError):  # of the fewer, too few may lie before the test: then all are attacked
        fewer = thinned(rows, seed)
        rows, trained = fewer, trained if fewer is rows else train(fewer)
    before = fitted_parts(trained)
    outside = ~trained.splits.development | trained.splits.test
    if not outside.any():
        return 0, []
    attacks = [spoil(rows, outside, seed + number) for number in range(SPOILT)]
    attacks += [flattered] if (flattered := flatter(rows, trained)) is not None else []
    changed: list[str] = []
    for attacked in attacks:
        try:
            changed = differences(before, fitted_parts(train(attacked)))
        except RenewcastError as refused:
            return len(before), [
                training_finding(f"with other test rows the training refuses to run: {refused} It must not depend on them.")
            ]
        if changed:
            break
    if not changed:
        return len(before) * len(attacks), []
    at = int(np.flatnonzero(outside)[0])
    named = ", ".join(changed[:4]) + (f" and {len(changed) - 4} more" if len(changed) > 4 else "")
    return len(before) * len(attacks), [
        training_finding(
            f"fitted on rows outside development: changing the test rows changes {named}; fit every encoder, imputer, scaler, "
            "choice of features and calibration on the development rows alone.",
            str(rows.account_id[at]),
            rows.as_of[at],
        )
    ]
