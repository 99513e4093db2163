"""What MLflow is told of a training: parameters, metrics a date, figures, checks, where it comes from, the model, its alias.

MLflow keeps to a sqlite file in the project unless its usual environment variables say otherwise; telemetry is off.
"""

import contextlib
import json
import os
import shutil
import tempfile
from pathlib import Path

from renewcast.errors import RenewcastError
from renewcast.filesystem import make_folder

CHAMPION, CHALLENGER = "champion", "challenger"


def _client(directory: Path):
    """Import MLflow with telemetry off and point it at the project, where the environment does not name a server."""
    os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"
    os.environ["DO_NOT_TRACK"] = "true"
    import logging

    import mlflow

    logging.getLogger("mlflow").setLevel(logging.ERROR)
    logging.getLogger("alembic").setLevel(logging.ERROR)
    if not os.environ.get("MLFLOW_TRACKING_URI"):
        mlflow.set_tracking_uri(f"sqlite:///{(directory / 'mlflow.db').resolve()}")
    return mlflow


def _experiment(mlflow, directory: Path, project: str) -> str:
    name = os.environ.get("MLFLOW_EXPERIMENT_NAME") or f"renewcast-{project}"
    found = mlflow.get_experiment_by_name(name)
    if found is not None:
        return found.experiment_id
    local = mlflow.get_tracking_uri().startswith("sqlite:")
    place = (directory / "mlruns").resolve().as_uri() if local else None
    return mlflow.create_experiment(name, artifact_location=place)


def log_training(directory: Path, params, training_set, trained, artefact: Path, facts: dict, verdict) -> tuple[str, str, str]:
    """Log one training and register its model under the alias ``challenger``.

    Parameters
    ----------
    directory : pathlib.Path
        The project.
    params : Params
    training_set : TrainingSet
    trained : evaluation.training.Trained
    artefact : pathlib.Path
        The saved model.
    facts : dict
        fingerprint, trained_as_of, sha256 and where it comes from, kept as tags.
    verdict : evaluation.checks.Verdict

    Returns
    -------
    tuple of str
        Run id, name of the registered model, version.
    """
    mlflow = _client(directory)
    from renewcast.estimators.artefact import digests
    from renewcast.tracking import figures, pyfunc

    model_name = f"{params.project.name}-{training_set.target}"
    try:
        experiment = _experiment(mlflow, directory, params.project.name)
        with mlflow.start_run(experiment_id=experiment, run_name=f"{training_set.target} {facts['trained_as_of']}") as run:
            mlflow.log_params(_parameters(params, training_set))
            mlflow.log_metrics(_metrics(trained.evaluation))
            _log_by_date(mlflow, run.info.run_id, trained)
            told = {name: value for name, value in facts.items() if value is not None}
            stops = ", ".join(one.id for one in verdict.stops) or "none"
            mlflow.set_tags({"target": training_set.target, "ranked_by": trained.ranked_by, "stopped_by": stops, **told})
            mlflow.log_dict({"checks": verdict.to_list()}, "checks.json")
            mlflow.log_dict(trained.evaluation, "evaluation.json")
            mlflow.log_dict(training_set.counts, "training_set.json")
            for name, figure in figures.draw(trained, training_set.target).items():
                mlflow.log_figure(figure, f"figures/{name}.png")
            info = pyfunc.log_model(mlflow, trained, artefact, training_set)
            version = mlflow.register_model(info.model_uri, model_name).version
            # What the registry vouches for, where the artefact cannot reach it: one digest, and one a file.
            for name, value in {"sha256": facts["sha256"], "files_sha256": json.dumps(digests(artefact))}.items():
                mlflow.MlflowClient().set_model_version_tag(model_name, version, name, value)
            mlflow.MlflowClient().set_registered_model_alias(model_name, CHALLENGER, version)
        return run.info.run_id, model_name, str(version)
    except mlflow.exceptions.MlflowException as refused:
        raise _refused(mlflow, refused) from None


def log_card(directory: Path, run_id: str, card: str) -> None:
    """Add the card to a run; it names the run, so it is written after it."""
    _client(directory).MlflowClient().log_text(run_id, card, "CARD.md")


def move_aliases(directory: Path, record: dict) -> str:
    """Give a promoted model the alias ``champion`` in the registry, and take ``challenger`` from it.

    Returns
    -------
    str
        What was done, or why not: the files in models/ are in force whatever the registry says.
    """
    mlflow = _client(directory)
    client, name, version = mlflow.MlflowClient(), record["model_name"], str(record["model_version"])
    try:
        client.set_registered_model_alias(name, CHAMPION, version)
        if str(client.get_registered_model(name).aliases.get(CHALLENGER)) == version:
            client.delete_registered_model_alias(name, CHALLENGER)
    except mlflow.exceptions.MlflowException as refused:
        return f"alias not moved at {mlflow.get_tracking_uri()}: {str(refused).split(':', 1)[0]}"
    return f"{name} version {version} is {CHAMPION}"


@contextlib.contextmanager
def study(directory: Path, params, name: str, tags: dict | None = None):
    """Open the parent run of a study (a backtest, a search) and yield a function that logs one run nested in it.

    Parameters
    ----------
    directory : pathlib.Path
        The project.
    params : Params
    name : str
    tags : dict, optional
        Of the parent.

    Yields
    ------
    callable
        ``log(name, parameters, metrics, tags=None, documents=None)``: a finished child run; ``documents`` are dicts by file
        name. Returns its run id. Its attribute ``parent`` is the parent's run id; ``note(parameters, metrics, files)`` logs to
        the parent.

    Raises
    ------
    RenewcastError
        "MLflow at ... refused the run".
    """
    mlflow = _client(directory)

    def log(child: str, parameters: dict, metrics: dict, tags: dict | None = None, documents: dict | None = None) -> str:
        with mlflow.start_run(experiment_id=experiment, run_name=child, nested=True) as run:
            mlflow.log_params(parameters)
            mlflow.log_metrics({key: float(value) for key, value in metrics.items() if value is not None})
            mlflow.set_tags(tags or {})
            for file, content in (documents or {}).items():
                mlflow.log_dict(content, file)
        return run.info.run_id

    def note(parameters: dict, metrics: dict, files: list[Path]) -> None:
        mlflow.log_params(parameters)
        mlflow.log_metrics({key: float(value) for key, value in metrics.items() if value is not None})
        for file in files:
            mlflow.log_artifact(str(file), "figures" if file.suffix == ".png" else None)

    try:
        experiment = _experiment(mlflow, directory, params.project.name)
        with mlflow.start_run(experiment_id=experiment, run_name=name) as run:
            mlflow.set_tags({"study": name, **(tags or {})})
            log.parent, log.note = run.info.run_id, note
            yield log
    except mlflow.exceptions.MlflowException as refused:
        raise _refused(mlflow, refused) from None


def fetch_artefact(directory: Path, record: dict, folder: Path) -> None:
    """Bring a champion's artefact from the registry to its folder; the caller verifies its digest.

    Raises
    ------
    RenewcastError
        "the artefact of ... is absent here and in the registry".
    """
    mlflow = _client(directory)
    uri = f"models:/{record['model_name']}/{record['model_version']}"
    make_folder(folder.parent)
    with tempfile.TemporaryDirectory(dir=folder.parent) as staging:
        try:
            found = Path(mlflow.artifacts.download_artifacts(artifact_uri=uri, dst_path=staging))
            place = next(found.rglob("digest.json")).parent
        except (mlflow.exceptions.MlflowException, StopIteration, OSError):
            raise RenewcastError(
                f"the artefact of {record['model_name']} version {record['model_version']} is absent here and in the registry at "
                f"{mlflow.get_tracking_uri()}; set MLFLOW_TRACKING_URI or run `renewcast run train --target {record['target']}`."
            ) from None
        shutil.copytree(place, Path(staging) / "fetched")
        os.replace(Path(staging) / "fetched", folder)


def registered_model(directory: Path, record: dict) -> str:
    """Point MLflow at the project's registry and return the address of the champion's model there.

    Raises
    ------
    RenewcastError
        "the model ... is not in the registry".
    """
    mlflow = _client(directory)
    name, version = record["model_name"], str(record["model_version"])
    try:
        mlflow.MlflowClient().get_model_version(name, version)
    except mlflow.exceptions.MlflowException:
        raise RenewcastError(
            f"the model {name} version {version} is not in the registry at {mlflow.get_tracking_uri()}; "
            f"set MLFLOW_TRACKING_URI or run `renewcast run train --target {record['target']}`."
        ) from None
    return f"models:/{name}/{version}"


def _refused(mlflow, why) -> RenewcastError:
    said = str(why).split(":", 1)[0] if len(str(why)) > 200 else str(why)
    return RenewcastError(
        f"MLflow at {mlflow.get_tracking_uri()} refused the run: {said}; check the server or unset MLFLOW_TRACKING_URI."
    )


def _log_by_date(mlflow, run_id: str, trained) -> None:
    """Log what the shipped model was worth on each date of the test; the step is the date, YYYYMMDD."""
    from mlflow.entities import Metric

    from renewcast.evaluation.by_date import metrics_by_date

    metrics = []
    for row in metrics_by_date(trained.test_predictions, trained.ranked_by).to_dict("records"):
        day = row.pop("as_of")
        at, step = int(day.timestamp() * 1000), int(day.strftime("%Y%m%d"))
        metrics += [Metric(f"by_date.{name}", float(value), at, step) for name, value in row.items() if value == value]
    mlflow.MlflowClient().log_batch(run_id, metrics=metrics)


def _parameters(params, training_set) -> dict:
    label = getattr(params.labels, training_set.target)
    sections = {"label": label, "snapshots": params.snapshots, "splits": params.splits, "model": params.model}
    flat = {
        f"{section}.{key}": value for section, model in sections.items() for key, value in model.model_dump(mode="json").items()
    }
    flat["features.count"] = len(training_set.specs)
    flat["features.windows_days"] = ",".join(map(str, params.features.windows_days))
    return flat


def _metrics(evaluation: dict) -> dict:
    metrics = dict(evaluation["metrics"])
    for name, values in evaluation["baselines"].items():
        metrics |= {f"{name}.{metric}": value for metric, value in values.items()}
    metrics |= {"base_rate": evaluation["base_rate"], "rows": evaluation["rows"], "accounts": evaluation["accounts"]}
    return {name: float(value) for name, value in metrics.items() if value is not None}
