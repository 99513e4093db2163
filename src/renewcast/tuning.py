"""The search for a better shape of the trees, from tables to a line for params.yaml. Nothing is changed by itself."""

import datetime as dt

from renewcast.errors import RenewcastError


def tune_trees(project, target: str, as_of: dt.date) -> dict:
    """Search for ``tuning.minutes`` on the slices of the development rows; the test is not looked at.

    What was tried is kept under data/work/tuning, so the next call on the same rows goes on from there.

    Parameters
    ----------
    project : renewcast.Project
    target : str
        One of the targets that are trained.
    as_of : datetime.date
        Only what was known before it is used.

    Returns
    -------
    dict
        target, as_of, is_better, best, given, gain, standard_error, trials, pruned, earlier, and ``model``: the line for
        params.yaml. Plain JSON values.

    Raises
    ------
    RenewcastError
        "... no slice ...", where the history is too short to compare shapes on.
    """
    import dataclasses
    import hashlib
    import json

    from renewcast.estimators._definition import input_specs
    from renewcast.estimators.boosted import Trees
    from renewcast.estimators.search import search
    from renewcast.estimators.splits import cut
    from renewcast.filesystem import make_folder
    from renewcast.training import estimator_rows

    params = project.params
    training_set = project.training_set(target, as_of)
    rows, specs = estimator_rows(training_set).in_order(), input_specs(training_set.specs)
    splits = params.splits
    parts = cut(
        rows,
        test_weeks=splits.test_weeks,
        calibration_weeks=splits.calibration_weeks,
        embargo_days=training_set.embargo_days,
        seed=params.model.seed,
    )
    told = [project.staged.fingerprint, target, as_of.isoformat(), [list(spec) for spec in specs], splits.model_dump(mode="json")]
    told += [params.model.model_dump(mode="json"), params.snapshots.model_dump(mode="json")]
    name = hashlib.sha256(json.dumps(told).encode()).hexdigest()[:16]
    folder = project.directory / "data" / "work" / "tuning"
    make_folder(folder)
    if not parts.slices:
        raise RenewcastError(
            f"there is no slice with enough churn before the test to compare shapes on for {target}; "
            "raise splits.calibration_weeks or bring more history."
        )
    found = search(
        rows,
        parts.slices,
        specs,
        Trees.chosen(params.model),
        params.model.max_rounds,
        minutes=params.tuning.minutes,
        study=folder / f"{target}.db",
        name=name,
        say=project.progress or (lambda done, total, text: None),
    )
    chosen = found.best if found.is_better else found.given
    model = params.model.model_dump(mode="json") | {key: chosen[key] for key in chosen if key in type(params.model).model_fields}
    line = ", ".join(f"{key}: {json.dumps(value)}" for key, value in model.items()).replace('"', "")
    return {"target": target, "as_of": as_of.isoformat(), **dataclasses.asdict(found), "model": f"model: {{{line}}}"}
