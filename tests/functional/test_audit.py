"""`renewcast audit` as somebody meets it: one JSON object that ends with the counts, and exit code 2 where anything was found."""

import datetime as dt
import io
import json

import pytest
from functional.refusals import refused
from rich.console import Console
from trained_company import ROOT, renewcast

from renewcast.audit.audit import AuditReport, Check
from renewcast.audit.finding import Finding

LAST_KEYS = ["findings", "probes", "differences", "suspects"]
CHECKS = ["future_change", "oracle", "train_and_score", "suspect", "training"]


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """A project of 60 simulated accounts over 78 weeks."""
    directory = tmp_path_factory.mktemp("small")
    (directory / "params.yaml").write_bytes((ROOT / "params.yaml").read_bytes())
    done = renewcast("simulate", "--accounts", "60", "--weeks", "78", "--seed", "4", cwd=directory)
    assert done.returncode == 0, done.stderr
    return directory


@pytest.fixture(scope="module")
def audited(small):
    return renewcast("audit", "--json", "--probes", "100", cwd=small)


def test_the_answer_is_one_json_object_that_ends_with_the_counts(audited):
    found = json.loads(audited.stdout)
    assert list(found)[-4:] == LAST_KEYS
    assert list(found["checks"]) == CHECKS
    assert found["probes"] == sum(check["probes"] for check in found["checks"].values()) > 200
    assert all(check["probes"] for check in found["checks"].values())
    assert found["differences"] + found["suspects"] == len(found["findings"])


def test_nothing_differs_in_a_simulated_company(audited):
    found = json.loads(audited.stdout)
    assert found["differences"] == 0, [finding["message"] for finding in found["findings"]]


def test_the_exit_code_says_whether_anything_was_found(audited):
    assert audited.returncode == (2 if json.loads(audited.stdout)["findings"] else 0)
    assert "Traceback" not in audited.stderr


def test_an_audit_leaves_the_project_as_it_was(small, audited):
    """What staging makes, and nothing else."""
    made = {path.name for path in (small / "data" / "work").iterdir()}
    assert made <= {"tables", "quarantine", "staged.json", "staged.lock", "spill", "rollup"}
    assert {path.name for path in small.iterdir()} == {"params.yaml", "data"}


def test_a_day_that_is_no_snapshot_is_refused(small):
    refused(renewcast("audit", "--as-of", "2025-01-01", cwd=small), "2025-01-01 is not a snapshot day")


def test_help_names_the_command_and_its_options(tmp_path):
    assert "\n  audit " in renewcast("--help", cwd=tmp_path).stdout
    done = renewcast("audit", "--help", cwd=tmp_path, COLUMNS="200")
    assert done.returncode == 0
    for option in ("--as-of", "--probes", "--seed", "--json", "--project"):
        assert option in done.stdout


def test_a_report_is_laid_out_for_people():
    finding = Finding("future_change", "a [red]feature[/red] changed", "usage", "known_at", "events_7d", "A", "2025-01-06")
    checks = (Check("future_change", "changes facts", 7, (finding,)), Check("suspect", "looks for labels", 3, (), True))
    report = AuditReport(dt.date(2025, 1, 6), 0, 1, checks)
    console = Console(width=140, record=True, file=io.StringIO())
    console.print(report.render())
    text = console.export_text()
    assert "a [red]feature[/red] changed" in text and "probes 10, differences 1, suspects 0" in text
    assert list(report.to_dict())[-4:] == LAST_KEYS
