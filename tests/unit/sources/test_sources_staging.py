"""Staging is repeated only when something changed, never uses half a stage, and leaves nothing behind."""

import io
import json
import os

import pyarrow.parquet as pq
import pytest
from small_project import params_of

from renewcast.errors import RenewcastError
from renewcast.sources import check, stage

ACCOUNTS = "account_id,signed_up_at\nB,2023-01-02\nA,2023-01-01\n"
USAGE = "account_id,occurred_at\nA,2023-02-01\nB,2023-02-02\n"


@pytest.fixture
def project(tmp_path):
    (tmp_path / "accounts.csv").write_text(ACCOUNTS)
    (tmp_path / "usage.csv").write_text(USAGE)
    return tmp_path


def params(zone="UTC", **usage):
    usage = {"files": "usage.csv", "known_at": {"lag_days": 1}} | usage
    return params_of({"accounts": {"files": "accounts.csv", "known_at": "static"}, "usage": usage}, time_zone=zone)


def staged_tables(project, chosen):
    seen = []
    stage(chosen, project, progress=lambda done, total, text: seen.append(text.removeprefix("staging ")))
    return seen


def test_the_second_time_nothing_is_read(project):
    first = stage(params(), project)
    assert staged_tables(project, params()) == []
    assert stage(params(), project) == first


def test_another_file_mapping_or_zone_is_staged_again(project):
    stage(params(), project)
    assert staged_tables(project, params(known_at={"lag_days": 2})) == ["accounts", "usage"]
    assert staged_tables(project, params("Asia/Tokyo")) == ["accounts", "usage"]
    (project / "usage.csv").write_text(USAGE.replace("02-02", "02-03"))
    assert staged_tables(project, params("Asia/Tokyo")) == ["accounts", "usage"]
    os.utime(project / "usage.csv", ns=(1, 1))
    assert staged_tables(project, params("Asia/Tokyo")) == ["accounts", "usage"]


def test_a_new_file_under_the_glob_is_read(project):
    stage(params(files="usage*.csv"), project)
    (project / "usage_2.csv").write_text("account_id,occurred_at\nA,2023-02-03\n")
    assert len(pq.read_table(stage(params(files="usage*.csv"), project).tables["usage"])) == 3


def test_a_stage_that_broke_off_is_not_used(project, monkeypatch):
    first = stage(params(), project)
    (project / "usage.csv").write_text(USAGE.replace("02-02", "02-03"))

    def break_off(source, target):
        raise OSError("disk is gone")

    with monkeypatch.context() as patched:
        patched.setattr(os, "replace", break_off)
        with pytest.raises(OSError, match="disk is gone"):
            stage(params(), project)
    assert all(path.exists() for path in first.tables.values())
    again = stage(params(), project)
    assert again.fingerprint != first.fingerprint and len(pq.read_table(again.tables["usage"])) == 2


@pytest.mark.parametrize("damage", ["table is gone", "table is cut", "summary is cut"])
def test_a_damaged_stage_is_staged_again(project, damage):
    first = stage(params(), project)
    table = first.tables["usage"]
    if damage == "table is gone":
        table.unlink()
    elif damage == "table is cut":
        table.write_bytes(table.read_bytes()[:-10])
    else:
        (project / "data/work/staged.json").write_text("{")
    assert staged_tables(project, params()) == ["accounts", "usage"]
    assert stage(params(), project) == first


def test_nothing_is_left_behind_but_tables_quarantine_and_summary(project):
    (project / "usage.csv").write_text(USAGE + "Z,2023-01-01\n")
    stage(params(), project)
    names = {str(path.relative_to(project / "data/work")) for path in (project / "data/work").rglob("*")}
    folder = f"tables/{stage(params(), project).fingerprint[:16]}"
    assert names == {
        "tables",
        folder,
        f"{folder}/accounts.parquet",
        f"{folder}/usage.parquet",
        "quarantine",
        "quarantine/usage.parquet",
        "staged.json",
        "staged.lock",
    }
    (project / "usage.csv").write_text(USAGE)
    stage(params(), project)
    assert list((project / "data/work/quarantine").iterdir()) == []


def test_files_are_the_same_byte_for_byte_whatever_the_order_of_rows(project):
    first = {name: path.read_bytes() for name, path in stage(params(), project).tables.items()}
    for name, text in (("accounts", ACCOUNTS), ("usage", USAGE)):
        head, *lines = text.splitlines()
        (project / f"{name}.csv").write_text("\n".join([head, *reversed(lines)]))
    assert {name: path.read_bytes() for name, path in stage(params(), project).tables.items()} == first


def test_times_with_and_without_an_offset_in_one_column_need_a_declared_zone(project):
    (project / "usage.csv").write_text("account_id,occurred_at\nA,2023-02-01 10:00:00Z\nB,2023-02-02 10:00:00\n")
    with pytest.raises(
        RenewcastError, match="occurred_at holds 1 times with an offset and 1 without; declare sources.usage.time_zone"
    ):
        stage(params(), project)
    times = pq.read_table(stage(params(time_zone="Asia/Tokyo"), project).tables["usage"])["occurred_at"]
    assert [f"{time:%H:%M}" for time in times.to_pylist()] == ["10:00", "01:00"]


def test_a_wrong_format_stops_with_the_column_and_examples(project):
    report = check(params(formats={"occurred_at": "%d-%m-%Y"}), project)
    assert "every row was set aside" in report.stops[0]
    assert report.to_dict()["tables"]["usage"]["quarantined"][0]["examples"] == ["2023-02-01", "2023-02-02"]


def test_the_report_is_json_and_prints(project):
    from rich.console import Console

    (project / "accounts.csv").write_text(ACCOUNTS + "[bold]C,never\n")
    report = check(params(), project)
    assert json.loads(json.dumps(report.to_dict()))["tables"]["usage"]["rows_kept"] == 2
    console = Console(width=120, record=True, file=io.StringIO())
    console.print(report.render())
    text = console.export_text()
    assert "accounts: set aside 1 row: signed_up_at cannot be read as its type (never)" in text
    assert "0 reason(s) to stop" in text


def test_an_unset_variable_is_a_stop_that_check_lists(project):
    assert "NOT_SET is not set" in check(params(files="${NOT_SET}/usage.csv"), project).stops[0]
    with pytest.raises(RenewcastError, match="NOT_SET is not set"):
        stage(params(files="${NOT_SET}/usage.csv"), project)


def test_hostile_column_names_and_values_are_only_names_and_values(project):
    nasty = ['a"; DROP TABLE x; --', "select", "x" * 300, "'", "{rows}", "[red]"]
    header = ",".join('"' + name.replace('"', '""') + '"' for name in ["account_id", "occurred_at", *nasty])
    (project / "usage.csv").write_text(header + "\nA,2023-02-01," + ",".join(f'"{n}"' for n in range(6)) + "\n")
    mapped = params(columns={"module": nasty[0], "action": nasty[1]})
    assert pq.read_table(stage(mapped, project).tables["usage"])["module"].to_pylist() == ["0"]
