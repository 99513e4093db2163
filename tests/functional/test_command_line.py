"""The command line as somebody meets it: help, and one plain sentence with exit code 2 for everything that is wrong."""

import json

import pytest
from functional.refusals import refused
from trained_company import ROOT, renewcast, small_params

COMMANDS = ("init", "simulate", "check", "features", "run", "promote", "rollback", "shadow", "explain", "labels", "diff")


def test_help_lists_the_commands(tmp_path):
    done = renewcast("--help", cwd=tmp_path)
    assert done.returncode == 0 and done.stderr == ""
    for command in COMMANDS:
        assert f"\n  {command} " in done.stdout
    assert not list(tmp_path.iterdir())


def test_without_a_command_the_help_is_shown(tmp_path):
    done = renewcast(cwd=tmp_path)
    assert "Usage:" in done.stdout + done.stderr and "weekly risk list" in done.stdout + done.stderr


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_and_every_option_has_help(command, tmp_path):
    done = renewcast(command, "--help", cwd=tmp_path, COLUMNS="200")
    assert done.returncode == 0
    usage, _, rest = done.stdout.partition("\n\n")
    assert usage.startswith("Usage: ") and len(rest.split("\n")[0].strip()) > 20
    for line in done.stdout.splitlines():
        if line.startswith("  --"):
            option, _, meaning = line.strip().partition("  ")
            assert len(meaning.strip()) > 5, f"{option} says nothing"
    assert "--json" in done.stdout


def test_a_command_that_does_not_exist_is_refused(tmp_path):
    done = renewcast("chekc", cwd=tmp_path)
    assert done.returncode == 2 and "No such command" in done.stderr and "Traceback" not in done.stderr


@pytest.mark.parametrize("command", [("check",), ("features",), ("run", "train"), ("run", "weekly_risk_list"), ("explain", "A1")])
def test_a_directory_without_a_project_is_refused_with_what_to_do(command, tmp_path):
    done = renewcast(*command, "--project", "nowhere", cwd=tmp_path)
    refused(done, "nowhere/params.yaml does not exist", "renewcast init nowhere")


def test_with_json_an_error_is_one_json_object_too(tmp_path):
    refused(renewcast("check", "--project", "nowhere", "--json", cwd=tmp_path), "nowhere/params.yaml", as_json=True)


def test_an_unknown_key_is_refused_with_the_nearest_known_one(tmp_path):
    (tmp_path / "params.yaml").write_text(small_params().replace("train_every_weeks", "train_evry_weeks"))
    refused(renewcast("check", cwd=tmp_path), "snapshots.train_evry_weeks is not a known key", "did you mean train_every_weeks?")


def test_a_source_file_that_is_missing_is_named(tmp_path):
    (tmp_path / "params.yaml").write_text(small_params())
    refused(renewcast("run", "training_set", cwd=tmp_path), "accounts.parquet")
    done = renewcast("check", "--json", cwd=tmp_path)
    assert done.returncode == 2
    assert "accounts.parquet" in json.loads(done.stdout)["stops"][0]


def test_an_unknown_pipeline_is_refused_with_those_there_are(tmp_path):
    (tmp_path / "params.yaml").write_text(small_params())
    done = renewcast("run", "weekly", cwd=tmp_path)
    refused(done, "there is no pipeline 'weekly'", "training_set", "weekly_risk_list")


@pytest.mark.parametrize(
    ("as_of", "words"),
    [
        ("29.12.2025", ("--as-of: '29.12.2025' is not a day", "YYYY-MM-DD")),
        ("2025-02-30", ("--as-of: '2025-02-30' is not a day",)),
        ("2025-12-24", ("2025-12-24 is not a snapshot day", "use 2025-12-22 or 2025-12-29")),
        ("2024-03-25", ("2024-03-25 lies before the first snapshot, 2024-04-01",)),
        ("2026-01-12", ("--as-of 2026-01-12", "the data end on", "use 2025-12-29")),
    ],
)
def test_a_day_that_cannot_be_used_is_refused_with_one_that_can(untrained, as_of, words):
    refused(renewcast("run", "training_set", "--as-of", as_of, "--json", cwd=untrained), *words, as_json=True)


def test_a_target_that_the_project_does_not_have_is_refused(untrained):
    done = renewcast("run", "train", "--target", "inactivity", cwd=untrained)
    refused(done, "params.yaml has no labels.inactivity")


def test_a_target_that_nobody_has_is_refused(untrained):
    refused(renewcast("run", "train", "--target", "chrun", cwd=untrained), "there is no target 'chrun'", "churn, renewal")


def test_a_list_without_a_model_is_refused_with_the_command_that_makes_one(untrained):
    done = renewcast("run", "weekly_risk_list", cwd=untrained)
    refused(done, "no champion for churn", "renewcast run train --target churn")
    assert not (untrained / "lists").exists()


@pytest.mark.parametrize("options", [("--start", "yesterday"), ("--seed", "-1"), ("--accounts", "3"), ("--weeks", "5")])
def test_a_company_that_cannot_be_made_up_is_refused(options, tmp_path):
    done = renewcast("simulate", *options, cwd=tmp_path)
    assert done.returncode == 2 and "Traceback" not in done.stderr and options[0].strip("-") in done.stderr
    assert not list(tmp_path.iterdir())


def test_init_lays_out_a_project_that_loads_and_never_overwrites_one(tmp_path):
    done = renewcast("init", "acme", "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    made = json.loads(done.stdout)
    acme = tmp_path / "acme"
    kept = sorted(path.relative_to(acme).as_posix() for path in acme.rglob("*") if path.is_file())
    assert sorted(made["files"]) == kept
    assert {"params.yaml", "README.md", ".gitignore", "pipelines/train.py", "pipelines/weekly_risk_list.py"} <= set(kept)
    assert not [name for name in kept if name.startswith(("data", "models", "lists"))]
    from renewcast import Project

    laid_out, reference = Project.load(acme).params.model_dump(), Project.load(ROOT).params.model_dump()
    assert laid_out.pop("project") == reference.pop("project") | {"name": "acme"} and laid_out == reference
    (acme / "params.yaml").write_text("mine")
    refused(renewcast("init", "acme", cwd=tmp_path), "already holds a project")
    assert (acme / "params.yaml").read_text() == "mine"


def test_init_does_not_write_over_a_pipeline_of_ours(tmp_path):
    (tmp_path / "pipelines").mkdir()
    (tmp_path / "pipelines" / "train.py").write_text("# mine")
    refused(renewcast("init", ".", cwd=tmp_path), "train.py is there already")
    assert (tmp_path / "pipelines" / "train.py").read_text() == "# mine"


def test_a_projects_own_pipeline_comes_before_the_librarys(tmp_path):
    (tmp_path / "params.yaml").write_text(small_params())
    (tmp_path / "pipelines").mkdir()
    own = "def run(project, as_of=None, target=None):\n    print('noise')\n    return {'mine': project.params.project.name}\n"
    (tmp_path / "pipelines" / "train.py").write_text(own)
    done = renewcast("run", "train", "--json", cwd=tmp_path)
    assert json.loads(done.stdout) == {"mine": "demo"} and "noise" in done.stderr
