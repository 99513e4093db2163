"""The gate: coded checks, each with an id, a severity, what it measured against which bound, and a remedy."""

from renewcast.evaluation.checks import calibration, drift, inputs, leaks, segments, stability, worth
from renewcast.evaluation.checks._definition import Answer, Check, Finding, Verdict
from renewcast.evaluation.checks.case import Case

__all__ = ["CHECKS", "Answer", "Case", "Check", "Finding", "Verdict", "judge"]

_ROOMS = (worth, calibration, segments, leaks, drift, inputs, stability)
CHECKS: tuple[Check, ...] = tuple(sorted((one for room in _ROOMS for one in room.CHECKS), key=lambda check: check.id))


def judge(case: Case, *, checks: tuple[Check, ...] = CHECKS, progress=None) -> Verdict:
    """Run every check on a model.

    Parameters
    ----------
    case : Case
    checks : tuple of Check
    progress : callable, optional
        Told what is being looked at.

    Returns
    -------
    Verdict

    Examples
    --------
    In a notebook, after a training of one's own::

        training_set = project.training_set("churn")
        rows = estimator_rows(training_set).in_order()
        trained = train(rows, training_set.specs, params.model, params.splits, training_set.embargo_days)
        judge(Case(trained, rows, params.model)).to_frame()
    """
    findings = []
    for check in checks:
        if progress:
            progress(f"checking {check.id}")
        answer = check.run(case)
        findings.append(
            Finding(
                check.id,
                check.title,
                check.severity,
                answer.outcome,
                answer.said,
                None if answer.measured is None else float(answer.measured),
                None if answer.bound is None else float(answer.bound),
                check.remedy,
            )
        )
    return Verdict(tuple(findings))
