"""What MLflow was told of the trainings, read through MLflow's own interface in a process of its own."""

import hashlib
import json
import os
import subprocess
import sys

import pytest
import yaml
from trained_company import AS_OF

ASK = """
import json, pathlib, sys
import mlflow, numpy as np, pandas as pd
mlflow.set_tracking_uri("sqlite:///" + str(pathlib.Path("mlflow.db").resolve()))
client = mlflow.MlflowClient()
told = {}
for target in ("churn", "renewal"):
    name = "demo-" + target
    version = client.get_model_version_by_alias(name, "champion")
    run = client.get_run(version.run_id)
    model = mlflow.models.get_model_info("models:/" + name + "@champion")
    folder = pathlib.Path(mlflow.artifacts.download_artifacts("models:/" + name + "@champion"))
    told[target] = {
        "version": version.version, "run_id": version.run_id, "params": run.data.params, "metrics": run.data.metrics,
        "tags": run.data.tags, "status": run.info.status,
        "aliases": list(client.get_registered_model(name).aliases),
        "by_date": {metric.step: metric.value for metric in client.get_metric_history(version.run_id, "by_date.rows")},
        "documents": [file.path for file in client.list_artifacts(version.run_id)],
        "checks": mlflow.artifacts.load_dict(run.info.artifact_uri + "/checks.json")["checks"],
        "card": mlflow.artifacts.load_text(run.info.artifact_uri + "/CARD.md"),
        "figures": [file.path for file in client.list_artifacts(version.run_id, "figures")],
        "inputs": [column["name"] for column in model.signature.inputs.to_dict()],
        "outputs": [column["name"] for column in model.signature.outputs.to_dict()],
        "asked": [{key: one[key] for key in ("name", "default")} for one in model.signature.params.to_dict()],
        "digests": version.tags,
        "files": sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()),
    }
from renewcast import Project
project = Project.load(".")
scores, snapshots = project.scores(AS_OF), project.snapshots(AS_OF)
assert scores["account_id"].tolist() == snapshots["account_id"].tolist()
scored = (scores["status"] == "scored").to_numpy()
frame = project.features(AS_OF)[scored].assign(gated=snapshots["gated"].to_numpy(dtype=bool)[scored])
served = mlflow.pyfunc.load_model("models:/demo-churn@champion").predict(frame.drop(columns="account_id"))
told["apart"] = float(np.abs(served["probability"].to_numpy() - scores["churn_probability"].to_numpy()[scored]).max())
told["served"] = len(served)
print("TOLD" + json.dumps(told))
"""


@pytest.fixture(scope="module")
def told(trained_company):
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", ASK.replace("AS_OF", repr(AS_OF))],
        cwd=trained_company,
        env=os.environ | {"MLFLOW_DISABLE_TELEMETRY": "true"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.partition("TOLD")[2])


@pytest.mark.parametrize("target", ["churn", "renewal"])
def test_a_run_has_its_parameters_metrics_figures_and_the_datas_fingerprint(told, answers, target):
    run, answer = told[target], answers[target]
    assert (run["run_id"], str(run["version"]), run["status"]) == (answer["run_id"], answer["model_version"], "FINISHED")
    assert run["params"]["model.seed"] == "7" and run["params"]["label.horizon_days"] == "90"
    assert run["metrics"]["auc"] == pytest.approx(answer["auc"])
    assert run["metrics"]["health_score.log_loss"] == pytest.approx(answer["baselines"]["health_score"]["log_loss"])
    assert run["tags"]["fingerprint"] == answer["fingerprint"] and run["tags"]["target"] == target
    assert len(run["figures"]) >= 3


@pytest.mark.parametrize("target", ["churn", "renewal"])
def test_a_run_has_the_checks_the_card_the_figures_a_date_and_where_it_comes_from(told, answers, trained_company, target):
    run = told[target]
    assert run["aliases"] == ["champion"], "a promoted model is no challenger any more"
    assert sum(run["by_date"].values()) == answers[target]["test"]["rows"] and len(run["by_date"]) >= 5
    assert {f"by_date.{name}" for name in ("auc", "log_loss", "seen", "predicted")} <= set(run["metrics"])
    assert {"evaluation.json", "training_set.json", "checks.json", "CARD.md"} <= set(run["documents"])
    assert run["card"] == (trained_company / "models" / target / "CARD.md").read_text()
    assert run["checks"] == json.loads((trained_company / "models" / target / "checks.json").read_text())
    assert run["tags"]["stopped_by"] == "none" and len(run["tags"]["params_sha256"]) == len(run["tags"]["lock_sha256"]) == 64


@pytest.mark.parametrize("target", ["churn", "renewal"])
def test_the_registered_model_has_a_signature_and_no_pickle(told, answers, target):
    model = told[target]
    assert model["outputs"][:4] == ["probability", "low", "high", "driver_1"] and len(model["outputs"]) == 12
    assert model["asked"] == [{"name": "reasons", "default": True}]
    assert len(model["inputs"]) == answers[target]["features"] + 1 and "usage_events_28d" in model["inputs"]
    assert model["files"] and not [
        name for name in model["files"] if name.endswith((".pkl", ".pickle", ".joblib", ".cloudpickle"))
    ]


@pytest.mark.parametrize("target", ["churn", "renewal"])
def test_the_registry_vouches_for_every_file_as_the_record_does(told, trained_company, target):
    record = yaml.safe_load((trained_company / "models" / target / "champion.yaml").read_text())
    folder = trained_company / "models" / target / "artefact" / record["sha256"][:16]
    tags, found = told[target]["digests"], {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}
    assert tags["sha256"] == record["sha256"]
    assert json.loads(tags["files_sha256"]) == record["files_sha256"] == found


def test_the_served_model_predicts_what_the_list_shows(told, answers):
    assert told["served"] == answers["week"]["scored"]
    assert told["apart"] < 1e-12
