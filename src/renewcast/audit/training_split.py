"""Whether the split keeps what is judged away from what is learnt: in time, by rows, by groups, and with the whole test."""

import numpy as np

from renewcast.audit.finding import Finding
from renewcast.audit.training_rows import training_finding
from renewcast.errors import RenewcastError


def check_split(rows, trained, test_weeks: int, wait_days: int) -> tuple[int, list[Finding]]:
    """Check the masks of a training against the rows.

    Parameters
    ----------
    rows : renewcast.estimators._definition.TrainingRows
        In order.
    trained : renewcast.evaluation.training.Trained
    test_weeks : int
    wait_days : int
        Lead + horizon + grace, from the parameters.

    Returns
    -------
    (int, list of Finding)
        Rows under the masks looked at.
    """
    splits = trained.splits
    masks = [splits.development, splits.test, *(mask for one in splits.slices for mask in (one.fit, one.look))]
    if any(len(mask) != len(rows) for mask in masks):
        return 1, [
            training_finding(
                "the split runs over other rows than those that were handed in; cut before rows are added or dropped."
            )
        ]
    findings = []
    day = np.timedelta64(1, "D")
    weeks = rows.as_of > rows.as_of.max() - test_weeks * 7 * day

    def report(at, message):
        at = np.flatnonzero(at)
        if len(at):
            findings.append(training_finding(message.format(rows=f"{len(at):,}"), str(rows.account_id[at[0]]), rows.as_of[at[0]]))

    def apart(name, fit, look):
        report(fit & look, f"{{rows}} rows are both learnt from and judged on ({name}); hold the judged ones out.")
        if splits.by_time and fit.any() and look.any():
            first = rows.as_of[look].min()
            overlaps = fit & ~look & (rows.as_of + wait_days * day > first)
            report(
                overlaps,
                f"{{rows}} rows are learnt from although their outcome was not known {wait_days} days later, when judged rows "
                f"begin ({name}, {str(first)[:10]}): outcome windows overlap; keep an embargo of lead, horizon and grace.",
            )
        elif not splits.by_time:
            shared = np.isin(rows.group, np.intersect1d(rows.group[fit], rows.group[look]))
            report(shared & look, f"{{rows}} judged rows belong to groups that are learnt from ({name}); split whole groups.")

    if not splits.by_time and len(np.unique(rows.as_of)) > 1:
        report(
            np.arange(len(rows)) == 0,
            "the split is drawn by account although there are several snapshot days: rows are judged by a model that knows their "
            "future; split by time.",
        )
    apart("development and test", splits.development, splits.test)
    for number, one in enumerate(splits.slices, start=1):
        apart(f"slice {number}", one.fit, one.look)
        report(
            (one.fit | one.look) & ~splits.development,
            f"{{rows}} rows of slice {number} are not development rows; tune on development alone.",
        )
    if splits.by_time:
        report(
            weeks & ~splits.test, f"{{rows}} rows of the last {test_weeks} weeks are not in the test; judge every eligible row."
        )
        report(splits.test & ~weeks, f"{{rows}} test rows lie before the last {test_weeks} weeks; judge the newest rows.")
    return int(sum(mask.sum() for mask in masks)), findings


def check_test(rows, trained) -> tuple[int, list[Finding]]:
    """Check that what was judged is the whole test, with its labels, by the model that was fitted on development.

    Parameters
    ----------
    rows : renewcast.estimators._definition.TrainingRows
        In order.
    trained : renewcast.evaluation.training.Trained

    Returns
    -------
    (int, list of Finding)
        Predictions looked at.
    """
    from renewcast.evaluation.metrics import all_metrics

    if len(trained.splits.test) != len(rows):
        return 0, []
    test, judged, findings = rows.take(trained.splits.test), trained.test_predictions, []
    wanted = sorted(zip(test.account_id, test.as_of.astype(str), strict=True))
    given = sorted(
        zip(judged["account_id"].astype(str), judged["as_of"].to_numpy().astype("datetime64[s]").astype(str), strict=True)
    )
    if wanted != given:
        away = sorted(set(wanted) - set(given)) or sorted(set(given) - set(wanted)) or wanted
        return len(given), [
            training_finding(
                f"{len(given):,} rows were judged where the test has {len(wanted):,}, and they are not the same rows; judge "
                "every row of the test once and no other.",
                *away[0],
            )
        ]
    if not np.array_equal(judged["label"].to_numpy(dtype=bool), test.label):
        at = np.flatnonzero(judged["label"].to_numpy(dtype=bool) != test.label)[0]
        findings.append(
            training_finding("the labels judged by are not those of the test rows.", str(test.account_id[at]), test.as_of[at])
        )
    for name, estimator in trained.development.items():
        try:
            again = estimator.predict(test.features, test.gated)
        except RenewcastError as refused:
            findings.append(training_finding(f"{name} cannot predict the test rows as they were handed in: {refused}"))
            break
        if not np.array_equal(again, judged[name].to_numpy()):
            at = int(np.argmax(again != judged[name].to_numpy()))
            findings.append(
                training_finding(
                    f"what was judged of {name} is not what the fit on development says of the test rows; predict the test with "
                    "that fit and nothing else.",
                    str(test.account_id[at]),
                    test.as_of[at],
                )
            )
            break
    claimed = {"blend": trained.evaluation["metrics"], **trained.evaluation["baselines"]}
    for name, numbers in claimed.items():
        if all_metrics(test.label, judged[name]) != numbers:
            findings.append(
                training_finding(f"the metrics of {name} are not those of its test predictions; compute them on the test.")
            )
            break
    return len(given), findings
