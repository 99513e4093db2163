"""The registered model, served by MLflow's own commands: probability, interval and reasons, as the list has them."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import numpy as np
import pytest
from trained_company import AS_OF, ENVIRONMENT

ROWS = 40
MODEL = "models:/demo-churn@champion"
# In a process of its own, because MLflow keeps its store open for as long as a process lasts.
PREPARE = """
import json, sys
from renewcast import Project
from renewcast.scoring.reasons import reasons
project = Project.load(".")
_, scores = project.score_snapshot(sys.argv[1])
rows = scores.features[scores.scored].head(int(sys.argv[2])).reset_index(drop=True)
frame = scores.frame[scores.scored].head(int(sys.argv[2])).reset_index(drop=True)
rows["gated"] = frame["gated"].astype(bool)
split = json.loads(rows.to_json(orient="split", index=False, double_precision=15))
expected = frame[["churn_probability", "churn_low", "churn_high"]].to_numpy().tolist()
said = reasons(scores, project.view.catalogue.specs, 3, "en", "USD")[: len(rows)]
said = [[[one.driver, one.points] for one in row] for row in said]
print("TOLD" + json.dumps({"split": {"columns": split["columns"], "data": split["data"]}, "expected": expected, "said": said}))
"""


def environment(directory) -> dict:
    """As in an activated environment: MLflow looks for its server, uvicorn, on the PATH."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])
    told = {"MLFLOW_TRACKING_URI": f"sqlite:///{(directory / 'mlflow.db').resolve()}", "MLFLOW_DISABLE_TELEMETRY": "true"}
    return {**os.environ, **ENVIRONMENT, **told, "DO_NOT_TRACK": "true", "PATH": path, "PYTHONWARNINGS": "ignore"}


@pytest.fixture(scope="module")
def told(trained_company):
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", PREPARE, AS_OF, str(ROWS)],
        cwd=trained_company, env=environment(trained_company), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.partition("TOLD")[2])


def check(answers, told, with_reasons=True):
    found = np.array([[one["probability"], one["low"], one["high"]] for one in answers])
    assert np.abs(found - np.array(told["expected"])).max() < 1e-9
    assert (found[:, 1] <= found[:, 0]).all() and (found[:, 0] <= found[:, 2]).all() and (found[:, 2] > found[:, 1]).all()
    if not with_reasons:
        assert all(set(one) == {"probability", "low", "high"} for one in answers)
        return
    assert any(told["said"])
    for one, said in zip(answers, told["said"], strict=True):
        given = [(one[f"driver_{k}"], one[f"driver_{k}_points"]) for k in (1, 2, 3) if one[f"driver_{k}"]]
        assert [driver for driver, _ in given] == [driver for driver, _ in said]
        assert all(abs(points - expected) < 1e-9 for (_, points), (_, expected) in zip(given, said, strict=True))
        assert all(one[f"driver_{k}_feature"] for k in range(1, len(given) + 1))


def test_mlflow_models_predict_answers_what_the_list_shows(trained_company, told, tmp_path):
    asked, answered = tmp_path / "rows.json", tmp_path / "answer.json"
    asked.write_text(json.dumps({"dataframe_split": told["split"]}))
    done = subprocess.run(
        [sys.executable, "-m", "mlflow", "models", "predict", "-m", MODEL, "-i", str(asked), "-o", str(answered),
         "-t", "json", "--env-manager", "local"],
        cwd=trained_company, env=environment(trained_company), capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    check(json.loads(answered.read_text())["predictions"], told)


@pytest.fixture(scope="module")
def server(trained_company, tmp_path_factory):
    """A real server on this machine alone, stopped with all its workers afterwards."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    said = tmp_path_factory.mktemp("server") / "said.txt"
    with said.open("w") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", "mlflow", "models", "serve", "-m", MODEL, "-h", "127.0.0.1", "-p", str(port),
             "--env-manager", "local"],
            cwd=trained_company, env=environment(trained_company), start_new_session=True, stdout=file, stderr=file,
        )  # fmt: skip
    try:
        for _ in range(600):
            assert process.poll() is None, said.read_text()[-3000:]
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/ping", timeout=5) as ping:
                    if ping.status == 200:
                        break
            except (urllib.error.URLError, OSError):
                time.sleep(0.3)
        yield f"http://127.0.0.1:{port}/invocations"
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(timeout=30)


def ask(server, content):
    request = urllib.request.Request(server, json.dumps(content).encode(), {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=120) as answered:
        return json.loads(answered.read())["predictions"]


def test_mlflow_models_serve_answers_what_the_list_shows(server, told):
    check(ask(server, {"dataframe_split": told["split"]}), told)


def test_reasons_are_left_out_where_nobody_wants_them(server, told):
    check(ask(server, {"dataframe_split": told["split"], "params": {"reasons": False}}), told, with_reasons=False)


def test_a_feature_without_a_column_counts_as_missing(server, told):
    columns = told["split"]["columns"]
    at = columns.index("industry")
    without = {
        "columns": [*columns[:at], *columns[at + 1 :]],
        "data": [[*row[:at], *row[at + 1 :]] for row in told["split"]["data"]],
    }
    empty = {"columns": columns, "data": [[*row[:at], None, *row[at + 1 :]] for row in told["split"]["data"]]}
    assert ask(server, {"dataframe_split": without}) == ask(server, {"dataframe_split": empty})
