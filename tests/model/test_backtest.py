"""Going back in time: each past training is the one that would have taken place then, and only unfinished ones are repeated."""

import dataclasses
import datetime as dt
import json
import os
import shutil
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from trained_company import answer

from renewcast import Project
from renewcast.backtest.past_training import past_training
from renewcast.datasets.panel import Panel
from renewcast.datasets.training_set import build_training_set, training_days
from renewcast.datasets.view import View

AS_OF, DATE = dt.date(2025, 12, 29), dt.date(2025, 8, 25)
DATES = ["2025-06-30", "2025-07-28", "2025-08-25"]
SETTINGS = {
    "dates: 12, capacity_per_owner: 50, lead_days: [30, 60, 90, 120]": "dates: 3, capacity_per_owner: 5, lead_days: [10, 30]",
    "test_weeks: 26": "test_weeks: 8",
    "fits: 2": "fits: 1",
    "max_rounds: 60": "max_rounds: 20",
}


trains = pytest.mark.skipif(os.environ.get("RENEWCAST_DEEP") != "1", reason="trains again and again; RENEWCAST_DEEP=1 runs it")


@pytest.fixture(scope="module")
def directory(trained_company, tmp_path_factory):
    """A copy of the trained company, with a shorter backtest of a smaller model."""
    place = tmp_path_factory.mktemp("backtest") / "project"
    shutil.copytree(trained_company, place, ignore=shutil.ignore_patterns("mlruns", "mlflow.db", "churn", "renewal", "lists"))
    text = (place / "params.yaml").read_text()
    for old, new in SETTINGS.items():
        assert text.count(old) == 1
        text = text.replace(old, new)
    (place / "params.yaml").write_text(text)
    return place


@pytest.fixture(scope="module")
def told(directory):
    """What the command answered."""
    return answer("run", "backtest", "--as-of", AS_OF, cwd=directory)


@pytest.fixture(scope="module")
def project(directory):
    return Project.load(directory)


def panel_of(view, day=DATE):
    return Panel(view, "churn", [day, *training_days(view, "churn", day)])


@pytest.fixture(scope="module")
def trained(project, tmp_path_factory):
    return past_training(panel_of(project.view), "churn", DATE, [DATE], tmp_path_factory.mktemp("kept")).predictions


def assert_same(left: pd.DataFrame, right: pd.DataFrame) -> None:
    pd.testing.assert_frame_equal(left, right, check_exact=True)


def test_a_panel_holds_the_training_set_that_would_be_built_then(project):
    """The panel reaches beyond the date, and what is cut from it is the same to the bit as what is built from the tables."""
    days = project.view.calendar.days(DATE, 4)
    panel = Panel(project.view, "churn", [*days, *training_days(project.view, "churn", DATE)])
    for day in (DATE, days[-4]):
        cut, built = build_training_set(panel, "churn", day), build_training_set(project.view, "churn", day)
        assert_same(cut.frame, built.frame)
        assert cut.counts == built.counts and [spec.name for spec in cut.specs] == [spec.name for spec in built.specs]
    assert_same(panel.population([DATE]), project.view.population([DATE]))


@trains
def test_a_past_training_says_what_a_training_of_that_day_said(project, directory, trained, tmp_path):
    """Train for real as of the past day, in another copy of the project, and score that day."""
    shutil.copytree(directory, tmp_path / "then", ignore=shutil.ignore_patterns("mlruns", "mlflow.db"))
    answer("run", "train", "--target", "churn", "--as-of", DATE, cwd=tmp_path / "then")
    scores = Project.load(tmp_path / "then").scores(DATE)
    scores = scores[scores["status"] == "scored"].set_index("account_id")["churn_probability"]
    assert trained["account_id"].tolist() == scores.index.tolist()
    np.testing.assert_allclose(trained["listed"], scores, rtol=0, atol=1e-12)


def without_the_future(frame: pd.DataFrame) -> pd.DataFrame:
    return frame[frame["known_at"] < pd.Timestamp(DATE)].copy()


def another_future(frame: pd.DataFrame) -> pd.DataFrame:
    """Keep the rows known later and change what they say: nothing ends when it did, all numbers are other numbers."""
    frame, later = frame.copy(), (frame["known_at"] >= pd.Timestamp(DATE)).to_numpy()
    for name in frame.columns:
        if name in ("known_at", "superseded_at") or not later.any():
            continue
        if name in ("ends_on", "paid_on", "resolved_at", "left_at", "achieved_at"):
            frame.loc[later, name] = None
        elif name in ("mrr", "quantity", "amount", "score", "seats"):
            frame.loc[later, name] = frame.loc[later, name] * 2
    return frame


@trains
@pytest.mark.parametrize("change", [without_the_future, another_future])
def test_nothing_known_after_a_date_changes_what_its_training_predicts(project, trained, change, tmp_path):
    tables, changed = {}, 0
    for name, path in project.staged.tables.items():
        frame = pd.read_parquet(path)
        tables[name] = tmp_path / f"{name}.parquet"
        other = change(frame)
        changed += not other.equals(frame)
        other.to_parquet(tables[name], index=False)
    assert changed >= 5
    view = View(project.params, dataclasses.replace(project.staged, tables=tables), tmp_path / "spill")
    again = past_training(panel_of(view), "churn", DATE, [DATE], tmp_path / "kept").predictions
    assert_same(again, trained)


def test_the_command_answers_and_writes_a_report(told, directory):
    folder = directory / "data" / "work" / "backtest" / f"{AS_OF}-churn"
    assert told["dates"] == DATES and told["target"] == "churn"
    assert set(told["metrics"]) == {"listed", "blend", "logistic", "health_score", "base_rate"}
    auc = told["metrics"]["blend"]["auc"]
    assert 0.5 < auc["low"] < auc["estimate"] < auc["high"] < 1
    assert told["metrics"]["base_rate"]["auc"]["estimate"] <= 0.6
    assert set(told["actionable_recall"]) == {"10_days", "30_days"}
    for found in told["actionable_recall"].values():
        assert set(found) == {"list", "expected_saving", "expected_loss", "largest_arr", "health_score", "random"}
        assert all(0 <= one["low"] <= one["estimate"] <= one["high"] <= 1 for one in found.values())
    assert set(told["staleness"]) >= {"0_weeks", "4_weeks", "8_weeks"}
    assert told["staleness"]["0_weeks"]["auc"] == {"estimate": 0, "low": 0, "high": 0}
    text = (folder / "report.md").read_text()
    for figure in (folder / "figures").iterdir():
        assert figure.read_bytes()[:4] == b"\x89PNG" and f"figures/{figure.name}" in text
    assert len(list((folder / "figures").iterdir())) == 4
    assert json.loads((folder / "summary.json").read_text())["metrics"] == told["metrics"]
    assert pd.read_parquet(folder / "slices.parquet")["verdict"].eq("too small to say").any() and "too small to say" in text


ASK = """
import json, pathlib, sys
import mlflow
client = mlflow.MlflowClient("sqlite:///" + str(pathlib.Path("mlflow.db").resolve()))
parent = client.get_run(sys.argv[1])
query = "tags.`mlflow.parentRunId` = '" + sys.argv[1] + "'"
children = client.search_runs([parent.info.experiment_id], query)
told = {
    "parent": parent.data.metrics, "children": {child.info.run_name: child.data.metrics for child in children},
    "files": [file.path for file in client.list_artifacts(sys.argv[1])],
}
print("TOLD" + json.dumps(told))
"""


def test_every_training_is_a_child_run(told, directory):
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", ASK, told["run_id"]], cwd=directory, capture_output=True, text=True, check=True
    )
    logged = json.loads(done.stdout.partition("TOLD")[2])
    assert set(logged["children"]) == {*told["dates"], *told["staleness_only"], *told["refused"]}
    assert logged["parent"]["blend.auc"] == pytest.approx(told["metrics"]["blend"]["auc"]["estimate"])
    assert all("blend.auc" in logged["children"][date] for date in told["dates"])
    assert set(logged["files"]) >= {"report.md", "figures", "summary.json"}


def test_only_what_is_not_finished_is_trained_again(told, project):
    folder = project.directory / "data" / "work" / "backtest" / f"{AS_OF}-churn" / "trainings"
    before = {path.name: path.stat().st_mtime_ns for path in folder.glob("*.parquet")}
    assert len(before) >= 3
    # As an interruption leaves it: the table written, the record that vouches for it not yet.
    (folder / "2025-07-28.json").unlink()
    found = project.backtest("churn", AS_OF)
    after = {path.name: path.stat().st_mtime_ns for path in folder.glob("*.parquet")}
    assert {name for name in after if after[name] != before.get(name)} == {"2025-07-28.parquet"}
    again = json.loads(json.dumps({**found.answer(), "folder": told["folder"]}))
    assert {name: told[name] for name in again} == again


@trains
def test_other_parameters_or_rows_are_trained_on_anew(project, trained, tmp_path):
    panel = panel_of(project.view)
    first = past_training(panel, "churn", DATE, [DATE], tmp_path)
    assert_same(first.predictions, trained)
    kept = (tmp_path / f"{DATE}.parquet").stat().st_mtime_ns
    assert_same(past_training(panel, "churn", DATE, [DATE], tmp_path).predictions, trained)
    assert (tmp_path / f"{DATE}.parquet").stat().st_mtime_ns == kept
    other = project.params.model_copy(update={"model": project.params.model.model_copy(update={"seed": 1})})
    project.view.params, params = other, project.view.params
    try:
        assert not past_training(panel, "churn", DATE, [DATE], tmp_path).predictions.equals(trained)
    finally:
        project.view.params = params


def test_a_date_with_too_little_history_is_refused_in_words(told):
    assert told["refused"] and all("history" in reason for reason in told["refused"].values())
    assert all(day < min(told["dates"]) and reason.endswith(".") for day, reason in told["refused"].items())
