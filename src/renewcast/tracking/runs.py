"""What MLflow is told of a training: parameters, metrics, figures, the data's fingerprint, the model, the alias.

MLflow keeps to a sqlite file in the project unless its usual environment variables say otherwise; telemetry is off.
"""

import json
import os
import shutil
import tempfile
from pathlib import Path

from renewcast.errors import RenewcastError
from renewcast.filesystem import make_folder

ALIAS = "champion"


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


def log_training(directory: Path, params, training_set, trained, artefact: Path, facts: dict) -> tuple[str, str, str]:
    """Log one training and register its model under the alias ``champion``.

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
        fingerprint, trained_as_of and sha256, kept as tags.

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
            mlflow.set_tags({"target": training_set.target, "ranked_by": trained.ranked_by, **facts})
            mlflow.log_dict(trained.evaluation, "evaluation.json")
            mlflow.log_dict(training_set.counts, "training_set.json")
            for name, figure in figures.draw(trained, training_set.target).items():
                mlflow.log_figure(figure, f"figures/{name}.png")
            info = pyfunc.log_model(mlflow, trained, artefact, training_set)
            version = mlflow.register_model(info.model_uri, model_name).version
            # What the registry vouches for, where the artefact cannot reach it: one digest, and one a file.
            for name, value in {"sha256": facts["sha256"], "files_sha256": json.dumps(digests(artefact))}.items():
                mlflow.MlflowClient().set_model_version_tag(model_name, version, name, value)
            mlflow.MlflowClient().set_registered_model_alias(model_name, ALIAS, version)
        return run.info.run_id, model_name, str(version)
    except mlflow.exceptions.MlflowException as refused:
        said = str(refused).split(":", 1)[0] if len(str(refused)) > 200 else str(refused)
        raise RenewcastError(
            f"MLflow at {mlflow.get_tracking_uri()} refused the run: {said}; check the server or unset MLFLOW_TRACKING_URI."
        ) from None


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
