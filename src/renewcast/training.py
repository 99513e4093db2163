"""One training from tables to challenger, and on to champion where the gate lets it pass."""

import datetime as dt

KEPT = ("ranked_by", "has_skill", "base_rate", "metrics", "baselines", "skill", "history")
"""What a record takes over from the evaluation."""


def train_and_promote(project, target: str, as_of: dt.date) -> dict:
    """Build the training set, fit and evaluate, check, log to MLflow as challenger and, where no check stops it, promote.

    Parameters
    ----------
    project : renewcast.Project
    target : one of ``datasets.training_set.TARGETS``
    as_of : datetime.date
        Only what was known before it is used.

    Returns
    -------
    dict
        target, rows, accounts, base_rate, the metrics of the model on the test, the same for each baseline, ranked_by, has_skill,
        run_id, model_version, promoted, failed_checks (id: title, severity, what was found and the remedy), why_not_promoted and
        more; plain JSON values.

    Notes
    -----
    A model that a check stops is a finished training, not an error: the champion before it stays in force, and the week's list
    can be published. A scheduler reads ``promoted``.
    """
    from renewcast.estimators import artefact
    from renewcast.evaluation.checks import judge
    from renewcast.evaluation.training import train, with_companions
    from renewcast.gate import case_of, predictions_name
    from renewcast.tracking import promotion, runs
    from renewcast.tracking.provenance import provenance

    params = project.params
    training_set = project.training_set(target, as_of)

    def tell(text):
        if project.progress:
            project.progress(0, 0, text)

    as_built = estimator_rows(training_set)
    rows = as_built.in_order()
    trained = train(rows, training_set.specs, params.model, params.splits, training_set.embargo_days, progress=tell)
    case = case_of(project, training_set, rows, trained, as_of)
    verdict = judge(case, progress=tell)
    tell("fitting what is said beside the probability")
    trained = with_companions(trained, as_built, training_set, params.model, project.view.grace_days)
    # The artefact gets a folder of its own, so the champion in use stays whole whatever happens before a record is written.
    staged = promotion.staging_folder(project.directory, target)
    digest = artefact.save(trained, staged)
    facts = {"fingerprint": project.staged.fingerprint, "trained_as_of": as_of.isoformat(), "sha256": digest}
    facts |= provenance(project.directory, params)
    tell("logging to MLflow")
    run_id, model_name, version = runs.log_training(project.directory, params, training_set, trained, staged, facts, verdict)
    record = {
        "target": target,
        "model_name": model_name,
        "model_version": version,
        "run_id": run_id,
        **facts,
        "files_sha256": artefact.digests(staged),
        "label": getattr(params.labels, target).model_dump(mode="json"),
        **{name: trained.evaluation[name] for name in KEPT},
        "checks": verdict.brief(),
    }
    papers = _papers(record, case, verdict, training_set, artefact.load(staged, expected_sha256=digest).signature)
    runs.log_card(project.directory, run_id, papers.card)
    project.keep(trained.test_predictions.assign(unit=case.test.unit), predictions_name(target, digest))
    promotion.challenge(project.directory, target, papers, staged)
    why_not = promotion.why_not([vars(one) for one in verdict.stops]) or None
    if why_not is None and params.gate.promote == "by_hand":
        why_not = f"gate.promote is by_hand; run `renewcast promote --target {target}`."
    if why_not is None:
        project.promote(target, only=digest)
    return _told(training_set, trained, record, as_of) | {
        "promoted": why_not is None,
        "why_not_promoted": why_not,
        "failed_checks": {
            one.id: f"{one.title} ({one.severity}): {one.said}. {one.remedy}" for one in (*verdict.stops, *verdict.warnings)
        },
    }


def _papers(record: dict, case, verdict, training_set, signature: dict):
    from renewcast.evaluation.card import CardFacts, card
    from renewcast.tracking.papers import Papers

    commands = [f"renewcast run train --target {record['target']} --as-of {record['trained_as_of']}"]
    written = card(CardFacts(record["target"], record, case, verdict, training_set.specs, training_set.counts, commands))
    return Papers(record, written, signature, verdict.to_list())


def _told(training_set, trained, record: dict, as_of: dt.date) -> dict:
    found = trained.evaluation
    return {
        "target": training_set.target,
        "as_of": as_of.isoformat(),
        "rows": training_set.counts["rows"],
        "accounts": training_set.counts["accounts"],
        "base_rate": found["base_rate"],
        **found["metrics"],
        "baselines": found["baselines"],
        "ranked_by": trained.ranked_by,
        "has_skill": trained.has_skill,
        "skill": found["skill"],
        "test": found["test"],
        "train": found["train"],
        "counts": training_set.counts,
        "features": len(training_set.specs),
        "rounds": found["rounds"],
        "slope": found["slope"],
        "gate": found["gate"],
        **{name: record[name] for name in ("fingerprint", "run_id", "model_name", "model_version")},
    }


def estimator_rows(training_set):
    """Hand the training set to the estimators; a renewal row is one term."""
    from renewcast.estimators._definition import TrainingRows

    frame = training_set.frame
    return TrainingRows(
        features=training_set.features,
        label=frame["label"].to_numpy(dtype=bool),
        account_id=frame["account_id"].to_numpy(dtype=str),
        unit=frame["contract_id" if "contract_id" in frame else "account_id"].to_numpy(dtype=str),
        group=frame["group"].to_numpy(dtype=str),
        as_of=frame["as_of"].to_numpy(dtype="datetime64[s]"),
        gated=frame["gated"].to_numpy(dtype=bool),
        is_good_outcome=training_set.target in ("renewal", "expansion"),
    )
