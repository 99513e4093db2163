"""One training from tables to champion."""

import datetime as dt


def train_and_promote(project, target: str, as_of: dt.date) -> dict:
    """Build the training set, fit and evaluate, log to MLflow and promote.

    Parameters
    ----------
    project : renewcast.Project
    target : {"churn", "renewal", "inactivity"}
    as_of : datetime.date
        Only what was known before it is used.

    Returns
    -------
    dict
        target, rows, accounts, base_rate, the metrics of the model on the test, the same for each baseline, ranked_by, has_skill,
        run_id, model_version and more; plain JSON values.
    """
    from renewcast.estimators import artefact
    from renewcast.evaluation.training import train, with_companions
    from renewcast.tracking import promotion, runs

    params = project.params
    training_set = project.training_set(target, as_of)
    say = project.progress or (lambda done, total, text: None)
    rows = estimator_rows(training_set)
    trained = train(
        rows,
        training_set.specs,
        params.model,
        params.splits,
        training_set.embargo_days,
        progress=lambda text: say(0, 0, text),
    )
    say(0, 0, "fitting what is said beside the probability")
    trained = with_companions(trained, rows, training_set, params.model, project.view.grace_days)
    # The artefact gets a folder of its own, so the champion in use stays whole whatever happens before the record is written.
    staged = promotion.artefact_folder(project.directory, target, "new")
    digest = artefact.save(trained, staged)
    folder = promotion.settle(staged, promotion.artefact_folder(project.directory, target, digest))
    facts = {"fingerprint": project.staged.fingerprint, "trained_as_of": as_of.isoformat(), "sha256": digest}
    say(0, 0, "logging to MLflow")
    run_id, model_name, version = runs.log_training(project.directory, params, training_set, trained, folder, facts)
    found = trained.evaluation
    record = {
        "target": target,
        "model_name": model_name,
        "model_version": version,
        "run_id": run_id,
        **facts,
        "files_sha256": artefact.digests(folder),
        "label": getattr(params.labels, target).model_dump(mode="json"),
        "ranked_by": trained.ranked_by,
        "has_skill": trained.has_skill,
        "base_rate": found["base_rate"],
        "metrics": found["metrics"],
        "baselines": found["baselines"],
        "skill": found["skill"],
        "history": found["history"],
    }
    project.keep(trained.test_predictions, f"test_predictions_{target}")
    promotion.promote(project.directory, target, record, artefact.load(folder, expected_sha256=digest).signature, trained)
    return {
        "target": target,
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
        "fingerprint": facts["fingerprint"],
        "run_id": run_id,
        "model_name": model_name,
        "model_version": version,
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
        is_good_outcome=training_set.target == "renewal",
    )
