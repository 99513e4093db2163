"""Runs of one study are nested in it, and a training says where it comes from."""

import hashlib
import json
import os
import subprocess
import sys

import pytest
from trained_company import ROOT

from renewcast.params import load_params
from renewcast.tracking.provenance import provenance

STUDY = """
import json, pathlib, sys
from renewcast.params import load_params
from renewcast.tracking.runs import study
here = pathlib.Path(".")
with study(here, load_params(pathlib.Path(sys.argv[1])), "a backtest", {"target": "churn"}) as log:
    children = [log(f"as of {day}", {"day": day}, {"auc": 0.5 + day / 100, "none": None}, documents={"a.json": {"day": day}})
                for day in (1, 2)]
import mlflow
client = mlflow.MlflowClient()
runs = [client.get_run(child) for child in children]
print("TOLD" + json.dumps({
    "parent": log.parent, "parents": [run.data.tags["mlflow.parentRunId"] for run in runs],
    "metrics": [run.data.metrics for run in runs], "params": [run.data.params for run in runs],
    "status": [run.info.status for run in runs] + [client.get_run(log.parent).info.status],
    "tags": client.get_run(log.parent).data.tags, "experiment": client.get_experiment(runs[0].info.experiment_id).name,
}))
"""


def test_the_runs_of_a_study_are_nested_in_it(tmp_path):
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", STUDY, str(ROOT / "params.yaml")],
        cwd=tmp_path, env=os.environ | {"MLFLOW_DISABLE_TELEMETRY": "true"}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.partition("TOLD")[2])
    assert told["parents"] == [told["parent"]] * 2 and set(told["status"]) == {"FINISHED"}
    assert told["metrics"] == [{"auc": 0.51}, {"auc": 0.52}] and told["params"] == [{"day": "1"}, {"day": "2"}]
    assert told["tags"]["study"] == "a backtest" and told["tags"]["target"] == "churn" and told["experiment"] == "renewcast-demo"


@pytest.fixture
def params():
    return load_params(ROOT / "params.yaml")


def test_outside_a_repository_there_is_no_commit_and_the_lock_is_the_checkouts(tmp_path, params, monkeypatch):
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    found = provenance(tmp_path, params)
    assert found["git_commit"] is None
    assert found["lock_sha256"] == hashlib.sha256((ROOT / "requirements.lock").read_bytes()).hexdigest()


def test_a_projects_own_lock_and_commit_are_named_and_a_change_is_marked(tmp_path, params):
    (tmp_path / "requirements.lock").write_text("numpy==2.0\n")
    who = ["-c", "user.name=A", "-c", "user.email=a@example.org"]
    for words in (["init", "-q"], ["add", "."], [*who, "commit", "-q", "-m", "first"]):
        subprocess.run(["git", *words], cwd=tmp_path, check=True, capture_output=True)
    commit = subprocess.run(["git", "rev-parse", "HEAD"], cwd=tmp_path, check=True, capture_output=True, text=True).stdout.strip()
    found = provenance(tmp_path, params)
    assert found["git_commit"] == commit and found["lock_sha256"] == hashlib.sha256(b"numpy==2.0\n").hexdigest()
    (tmp_path / "requirements.lock").write_text("numpy==2.1\n")
    assert provenance(tmp_path, params)["git_commit"] == commit + "+"


def test_other_parameters_have_another_digest(tmp_path, params):
    other = params.model_copy(update={"model": params.model.model_copy(update={"seed": params.model.seed + 1})})
    assert provenance(tmp_path, params)["params_sha256"] != provenance(tmp_path, other)["params_sha256"]
