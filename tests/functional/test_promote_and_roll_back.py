"""A challenger from training to promotion and back, through the command line, as a scheduler and a person meet it."""

import json
import re
import shutil

import pandas as pd
import pytest
import yaml
from functional.refusals import refused
from trained_company import AS_OF, WEEK_BEFORE, answer, answer_all, renewcast

BY_HAND = ("promote: automatically", "promote: by_hand")
OTHER_MODEL = ("learning_rate: 0.05", "learning_rate: 0.1")


@pytest.fixture(scope="module")
def waiting(trained_company, tmp_path_factory):
    """A copy of the trained company in which another model waits to be promoted by hand; its own MLflow records."""
    place = shutil.copytree(
        trained_company, tmp_path_factory.mktemp("waiting") / "project", ignore=shutil.ignore_patterns("mlruns", "mlflow.db")
    )
    text = (place / "params.yaml").read_text()
    for old, new in (BY_HAND, OTHER_MODEL):
        assert text.count(old) == 1
        text = text.replace(old, new)
    (place / "params.yaml").write_text(text)
    told = answer_all(
        {"train": ("run", "train", "--as-of", WEEK_BEFORE), "shadow": ("shadow", "--as-of", AS_OF),
         "week": ("run", "weekly_risk_list", "--as-of", AS_OF)},
        cwd=place,
    )  # fmt: skip
    return place, told


def record(place, name="champion.yaml"):
    return yaml.safe_load((place / "models" / "churn" / name).read_text())


def test_training_promotes_by_itself_where_no_check_stops_the_model(answers, trained_company):
    for target in ("churn", "renewal"):
        told = answers[target]
        assert told["promoted"] and told["why_not_promoted"] is None, told["why_not_promoted"]
        kept = yaml.safe_load((trained_company / "models" / target / "champion.yaml").read_text())
        assert kept["checks"]["checks"] >= 20 and not [one for one in kept["checks"]["failed"] if one["severity"] == "stop"]
        assert set(told["failed_checks"]) == {one["id"] for one in kept["checks"]["failed"]}
        assert not (trained_company / "models" / target / "challenger.yaml").exists()


def test_the_card_says_all_that_a_reviewer_asks(trained_company, answers):
    for target in ("churn", "renewal"):
        card = (trained_company / "models" / target / "CARD.md").read_text()
        parts = ("Population and data", "What it is worth", "In segments", "Checks", "Limits", "How to make it again")
        for part in (*parts, f"The {answers[target]['features']} features"):
            assert f"\n## {part}\n" in card, part
        assert "**Purpose.**" in card and "95 % intervals" in card
        assert len(re.findall(r"^\| RC\d+ ", card, re.MULTILINE)) >= 20
        assert f"renewcast run train --target {target} --as-of {WEEK_BEFORE}" in card and answers[target]["fingerprint"] in card


def test_the_gates_findings_are_a_data_frame(trained_company):
    from renewcast import Project

    found = Project.load(trained_company).gate()
    assert list(found.columns) == ["id", "title", "severity", "outcome", "said", "measured", "bound", "remedy"]
    assert found["id"].is_unique and set(found["outcome"]) <= {"passed", "failed", "not_applicable"}
    assert found.attrs["model"] == "champion"
    rows_differ = found.set_index("id").loc["RC403"]
    assert rows_differ["outcome"] == "passed" and rows_differ["said"].startswith("0 of ")


def test_a_challenger_by_hand_waits_and_the_list_stays_the_champions(waiting, answers):
    place, told = waiting
    assert not told["train"]["promoted"] and "renewcast promote --target churn" in told["train"]["why_not_promoted"]
    assert record(place)["sha256"] != record(place, "challenger.yaml")["sha256"]
    assert record(place)["run_id"] == answers["churn"]["run_id"]
    assert told["week"]["model_version"] == answers["week"]["model_version"]


def test_the_shadow_says_who_would_move(waiting, answers):
    place, told = waiting
    shadow = told["shadow"]
    assert told["week"]["shadow"] == shadow
    assert shadow["accounts"] == answers["week"]["scored"] and shadow["enter"] == shadow["leave"] <= shadow["top"]
    assert 0 < shadow["rank_correlation"] <= 1 and len(shadow["movers"]) == 10
    done = renewcast("shadow", "--as-of", AS_OF, cwd=place)
    assert done.returncode == 0 and f"{shadow['enter']} would enter, {shadow['leave']} would leave" in done.stdout


def test_without_a_challenger_there_is_no_shadow_and_nothing_to_promote(trained_company):
    refused(renewcast("shadow", "--as-of", AS_OF, cwd=trained_company), "no challenger for churn")
    refused(renewcast("promote", "--json", cwd=trained_company), "there is no challenger for churn", as_json=True)
    refused(renewcast("rollback", cwd=trained_company), "there is no former champion for churn")


def test_promoted_by_hand_rolled_back_and_the_list_is_that_of_the_first_champion_to_the_byte(waiting, trained_company, tmp_path):
    place = shutil.copytree(waiting[0], tmp_path / "project")
    first = record(place)
    promoted = answer("promote", cwd=place)
    assert promoted["promoted"] and record(place)["sha256"] == promoted["sha256"] != first["sha256"]
    refused(renewcast("promote", "--accept", "RC201", cwd=place), "--accept ID and --because TEXT go together")
    told = answer("rollback", cwd=place)
    assert told["model_version"] == first["model_version"] and record(place) == first
    shutil.rmtree(place / "lists" / "2026-W01")
    again = answer("run", "weekly_risk_list", "--as-of", AS_OF, cwd=place)
    assert again["status"] == "published"
    original, now = (folder / "lists/2026-W01/r1/risk_list.csv" for folder in (trained_company, place))
    assert now.read_bytes() == original.read_bytes()
    refused(renewcast("promote", cwd=place), "was rolled back", "--accept withdrawn --because TEXT")


def test_a_stopped_model_ends_a_training_well_and_a_promotion_not(untrained, tmp_path):
    """A feed that nearly stops a quarter before the day makes everybody look silent."""
    place = shutil.copytree(untrained, tmp_path / "project")
    path = place / "data" / "raw" / "usage.parquet"
    usage = pd.read_parquet(path)
    late = usage["occurred_at"] >= pd.Timestamp("2025-09-22", tz=usage["occurred_at"].dt.tz)
    usage[~late | (usage.index % 20 == 0)].to_parquet(path)
    done = renewcast("run", "train", "--as-of", WEEK_BEFORE, "--json", cwd=place)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert not told["promoted"] and "RC401" in told["failed_checks"]
    assert not (place / "models" / "churn" / "champion.yaml").exists()
    refused(renewcast("promote", cwd=place), "is not promoted: RC", "RC401 drifted")
    told = answer(
        "promote", *(word for id in _stops(told) for word in ("--accept", id)), "--because", "the old feed ended; Ada", cwd=place
    )
    assert told["promoted"] and record(place)["accepted"]["RC401"] == "the old feed ended; Ada"


def _stops(told):
    return [id for id, said in told["failed_checks"].items() if "(stop)" in said]
