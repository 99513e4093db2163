"""Simulate, check, features, training set, training: what each answers, and that answers repeat."""

import json
import shutil

import pandas as pd
import pytest
import yaml
from trained_company import WEEK_BEFORE, answer, artefact_of, renewcast

from renewcast.publishing import current_list, read_manifest

METRICS = {"auc", "average_precision", "log_loss", "brier", "ece", "lift_at_10"}


def test_simulate_says_what_it_made(answers, trained_company):
    made = answers["simulate"]
    assert made["accounts"] == 250 and 0 < made["churned_accounts"] < 250
    for table, rows in made["rows"].items():
        assert len(pd.read_parquet(trained_company / "data" / "raw" / f"{table}.parquet")) == rows


def test_check_finds_nothing_that_stops_a_simulated_company(trained_company):
    found = answer("check", cwd=trained_company)
    assert found["stops"] == [] and len(found["tables"]) == 10
    assert all(table["rows_kept"] == table["rows_read"] for table in found["tables"].values())


def test_the_catalogue_describes_every_feature(trained_company):
    found = answer("features", cwd=trained_company)
    assert found["count"] == len(found["features"]) >= 80
    names = [entry["name"] for entry in found["features"]]
    assert len(set(names)) == len(names)
    for entry in found["features"]:
        assert all(entry[key] for key in ("name", "driver", "meaning", "meaning_zh", "unit", "source", "form")), entry
        assert entry["empty"] in ("0", "missing") and "window_days" in entry
        assert entry["window_days"] is None or entry["window_days"] > 0
        if entry["name"].endswith("d") and entry["form"] in ("window", "share", "mean"):
            assert entry["name"].endswith(f"_{int(entry['window_days'])}d")


def test_the_catalogue_is_readable_as_text(trained_company):
    done = renewcast("features", "--all", cwd=trained_company)
    assert done.returncode == 0 and "usage_events_28d" in done.stdout and "not built" not in done.stdout


def test_the_training_set_is_kept_as_a_file_and_counted(trained_company, answers):
    told = answer("run", "training_set", "--target", "churn", "--as-of", WEEK_BEFORE, cwd=trained_company)
    frame = pd.read_parquet(trained_company / told["path"])
    assert (len(frame), int(frame["label"].sum()), frame["account_id"].nunique()) == (
        told["rows"],
        told["positives"],
        told["accounts"],
    )
    assert not frame.duplicated(["account_id", "as_of"]).any()
    assert (told["rows"], told["accounts"]) == (answers["churn"]["rows"], answers["churn"]["accounts"])
    # An outcome takes lead + horizon + grace = 120 days; no snapshot is younger than that.
    assert frame["as_of"].max() + pd.Timedelta(days=120) <= pd.Timestamp(WEEK_BEFORE)


@pytest.mark.parametrize("target", ["churn", "renewal"])
def test_training_answers_with_the_figures_of_the_model_and_of_every_baseline(answers, target):
    told = answers[target]
    required = {
        "target",
        "as_of",
        "rows",
        "accounts",
        "base_rate",
        "baselines",
        "run_id",
        "model_version",
        "ranked_by",
        "has_skill",
    }
    assert required | METRICS <= set(told) and told["target"] == target
    assert set(told["baselines"]) == {"base_rate", "health_score", "logistic"}
    for figures in (told, *told["baselines"].values()):
        assert set(figures) >= METRICS
        assert 0 <= figures["auc"] <= 1 and figures["log_loss"] > 0 and 0 <= figures["brier"] <= 1 and 0 <= figures["ece"] <= 1
    assert told["baselines"]["base_rate"]["auc"] == 0.5
    assert told["test"]["first_as_of"] > told["train"]["last_as_of"]
    assert told["rows"] > told["accounts"] > 100 and 0 < told["base_rate"] < 1


def test_the_model_of_a_simulated_company_has_skill(answers):
    assert answers["churn"]["has_skill"] and answers["churn"]["auc"] > 0.7
    assert answers["churn"]["log_loss"] < answers["churn"]["baselines"]["base_rate"]["log_loss"]


def test_the_record_under_version_control_says_what_the_training_answered(trained_company, answers):
    for target in ("churn", "renewal"):
        folder = trained_company / "models" / target
        record = yaml.safe_load((folder / "champion.yaml").read_text())
        for name in ("run_id", "model_version", "ranked_by", "has_skill", "base_rate", "baselines", "fingerprint"):
            assert record[name] == answers[target][name]
        assert record["metrics"]["auc"] == answers[target]["auc"] and record["trained_as_of"] == WEEK_BEFORE
        card = (folder / "CARD.md").read_text()
        assert record["sha256"] in card and f"{answers[target]['auc']:.4f}" in card and str(trained_company) not in card
        names = json.loads((folder / "signature.json").read_text())
        assert "usage_events_28d" in json.dumps(names)


def test_training_again_on_the_same_data_gives_the_same_model_and_figures(trained_company, answers, tmp_path):
    again = shutil.copytree(
        trained_company, tmp_path / "again", ignore=shutil.ignore_patterns("mlruns", "mlflow.db", "models", "lists")
    )
    told = answer("run", "train", "--target", "churn", "--as-of", WEEK_BEFORE, cwd=again)
    assert {key: value for key, value in told.items() if key != "run_id"} == {
        key: value for key, value in answers["churn"].items() if key != "run_id"
    }
    first, second = (yaml.safe_load((place / "models/churn/champion.yaml").read_text()) for place in (trained_company, again))
    assert first["sha256"] == second["sha256"]
    files = list(artefact_of(trained_company).iterdir())
    assert len(files) > 5
    for path in files:
        assert path.read_bytes() == (artefact_of(again) / path.name).read_bytes(), path.name


def test_segments_are_looked_for_and_what_was_found_is_kept(trained_company, answers):
    """The made-up company has no kinds of use, and none are made up for it: the list says so."""
    told = answers["segment"]
    assert told["segments"] == told["ids"] == [] and told["refused"] == "no segments: behaviour varies without gaps"
    assert [one["number"] for one in told["tried"]] == [3, 4, 5, 6] and min(one["gap_p"] for one in told["tried"]) > 0.05
    kept = json.loads((trained_company / "models/segments/segments.json").read_text())
    assert kept["names"]["en"] == [] and kept["fitted_as_of"] == WEEK_BEFORE and kept["tried"] == told["tried"]
    (note,) = [one for one in read_manifest(current_list(trained_company / "lists"))["notes"] if "segments" in one]
    assert note.startswith(f"No segments: behaviour varied without gaps on {WEEK_BEFORE}")
