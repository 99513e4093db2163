"""Staged tables stay as they were opened: a command reads on while others stage, and nothing piles up."""

import os
import shutil
import subprocess
import sys
import threading

import duckdb
import ibis
import pyarrow.parquet as pq
import pytest
from small_project import params_of

from renewcast.engine.connect import connect
from renewcast.filesystem import locked
from renewcast.sources import _kept, stage

DAYS = ["02-01", "02-02", "02-03", "02-04"]


@pytest.fixture
def project(tmp_path):
    (tmp_path / "accounts.csv").write_text("account_id,signed_up_at\nA,2023-01-01\n")
    write(tmp_path, DAYS[0])
    return tmp_path


def write(project, day):
    (project / "usage.csv").write_text(f"account_id,occurred_at\nA,2023-{day}\n")


def params(zone="UTC", **usage):
    usage = {"files": "usage.csv"} | usage
    return params_of(
        {"accounts": {"files": "accounts.csv", "known_at": "static"}, "usage": usage | {"known_at": {"lag_days": 1}}},
        time_zone=zone,
    )


def folders(project):
    return sorted(path.name for path in (project / "data/work/tables").iterdir())


def day_of(table):
    return f"{table.occurred_at.max().execute():%m-%d}"


def test_a_command_reads_on_what_it_opened_while_another_stages(project):
    engine = connect(0.5, 1, project / "data/work/spill")
    opened = engine.read_parquet(str(stage(params(), project).tables["usage"]))
    write(project, DAYS[1])
    newer = stage(params(), project)
    assert day_of(opened) == DAYS[0]
    assert day_of(engine.read_parquet(str(newer.tables["usage"]))) == DAYS[1]


def test_the_newest_two_contents_stay(project):
    names = []
    for day in DAYS:
        write(project, day)
        names.append(stage(params(), project).fingerprint[:16])
        assert folders(project) == sorted(names[-2:])
    write(project, DAYS[2])
    assert stage(params(), project).fingerprint[:16] == names[2]
    assert folders(project) == sorted(names[2:])


def test_the_same_rows_from_a_database_stay_in_their_folder(project):
    with duckdb.connect(project / "crm.duckdb") as database:
        database.execute("CREATE TABLE usage AS SELECT 'A' AS account_id, TIMESTAMP '2023-02-01' AS occurred_at")
    from_database = params(files=None, database="crm.duckdb", table="usage")
    path = stage(from_database, project).tables["usage"]
    before = path.stat().st_ino, path.stat().st_mtime_ns
    assert stage(from_database, project).tables["usage"] == path
    assert (path.stat().st_ino, path.stat().st_mtime_ns) == before and len(folders(project)) == 1


def test_a_project_that_is_copied_with_its_times_is_not_staged_anew(project, tmp_path_factory):
    first = stage(params(), project)
    copied = shutil.copytree(project, tmp_path_factory.mktemp("copied") / "project")
    written = (copied / "data/work/staged.json").stat().st_ino
    assert stage(params(), copied).fingerprint == first.fingerprint
    assert (copied / "data/work/staged.json").stat().st_ino == written
    write(copied, DAYS[1])
    assert day_of(connect(0.5, 1, copied / "spill").read_parquet(str(stage(params(), copied).tables["usage"]))) == DAYS[1]


def test_what_a_killed_stage_left_is_swept_by_the_next(project):
    left = project / "data/work/staging-killed"
    (left / "tables").mkdir(parents=True)
    (left / "tables" / "usage.parquet").write_bytes(b"half")
    (project / "data/work/spill").mkdir()
    stage(params(), project)
    assert not left.exists() and (project / "data/work/spill").exists()


def test_a_stage_waits_for_the_one_that_runs_and_then_uses_it(project):
    first = stage(params(), project)
    summary = (project / "data/work/staged.json").read_bytes()
    (project / "data/work/staged.json").unlink()
    seen, found = [], []

    def wait():
        found.append(stage(params(), project, progress=lambda *step: seen.append(step)))

    with locked(project / "data/work/staged.lock"):
        waiting = threading.Thread(target=wait)
        waiting.start()
        waiting.join(0.3)
        assert waiting.is_alive() and not seen
        (project / "data/work/staged.json").write_bytes(summary)
    waiting.join()
    assert found == [first] and not seen


def test_two_processes_staging_different_mappings_leave_one_whole_stage(project):
    code = (
        "import sys; from pathlib import Path; from renewcast.sources import stage; from small_project import params_of\n"
        "lag = int(sys.argv[1])\n"
        "rule = lambda days: {'files': 'usage.csv', 'known_at': {'lag_days': days}}\n"
        "sources = lambda days: {'accounts': {'files': 'accounts.csv', 'known_at': 'static'}, 'usage': rule(days)}\n"
        "staged = stage(params_of(sources(lag)), Path(sys.argv[2]))\n"
        "print(staged.fingerprint, staged.data_end.day)"
    )
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(part for part in sys.path if part)}
    running = [
        subprocess.Popen([sys.executable, "-c", code, str(lag), str(project)], stdout=subprocess.PIPE, env=environment, text=True)
        for lag in (1, 2)
    ]
    told = [one.communicate()[0].split() for one in running]
    assert [day for _, day in told] == ["2", "3"]
    for fingerprint, day in told:
        (known,) = pq.read_table(project / "data/work/tables" / fingerprint[:16] / "usage.parquet")["known_at"].to_pylist()
        assert str(known.day) == day
    assert not list((project / "data/work").glob("staging-*"))


@pytest.mark.parametrize("part", ["code", "DuckDB"])
def test_other_code_or_another_duckdb_stages_again(project, monkeypatch, part):
    stage(params(), project)
    seen = []
    if part == "code":
        monkeypatch.setattr(_kept, "code_digest", lambda: "other")
    else:
        monkeypatch.setattr(duckdb, "__version__", "0.0.1")
    stage(params(), project, progress=lambda *step: seen.append(step))
    assert len(seen) == 2


def test_the_digest_of_the_code_covers_every_file_of_the_package(monkeypatch, tmp_path):
    (tmp_path / "one.py").write_text("a = 1")
    (tmp_path / "two.py").write_text("b = 2")
    monkeypatch.setattr(_kept.resources, "files", lambda package: tmp_path)
    digest = _kept.code_digest.__wrapped__
    before = digest()
    (tmp_path / "two.py").write_text("b = 3")
    changed = digest()
    (tmp_path / "two.py").rename(tmp_path / "three.py")
    assert len({before, changed, digest()}) == 3


def test_a_folder_of_an_earlier_stage_that_was_damaged_is_made_whole(project):
    first = stage(params(), project).tables["usage"]
    whole = first.read_bytes()
    write(project, DAYS[1])
    stage(params(), project)
    first.write_bytes(whole[:-10])
    write(project, DAYS[0])
    assert stage(params(), project).tables["usage"] == first and first.read_bytes() == whole


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "America/Los_Angeles"])
def test_what_is_told_by_the_day_is_never_known_before_that_day(project, zone):
    (project / "usage.csv").write_text(
        "account_id,occurred_at,known_at,module\nA,2025-11-30,2025-12-01,day\nA,2025-11-30 08:00,2025-12-01 23:00,time\n"
    )
    sources = params(zone).model_dump(mode="json", exclude_none=True)["sources"]
    sources["usage"]["known_at"] = {"column": "known_at"}
    rows = ibis.memtable(pq.read_table(stage(params_of(sources, time_zone=zone), project).tables["usage"]))
    known = {row["module"]: row["known_at"] for row in rows.select("module", "known_at").to_pyarrow().to_pylist()}
    assert f"{known['day']:%Y-%m-%d %H:%M}" == "2025-12-01 00:00"
    assert (
        f"{known['time']:%Y-%m-%d %H:%M}"
        == {"Asia/Shanghai": "2025-12-01 15:00", "America/Los_Angeles": "2025-12-02 07:00"}[zone]
    )


def test_an_end_with_a_time_on_the_day_of_its_start_is_kept(project):
    (project / "tickets.csv").write_text(
        "ticket_id,account_id,opened_at,resolved_at\n"
        "t,A,2025-12-01,2025-12-01 03:00\n"
        "u,A,2025-12-01,2025-12-02 03:00\n"
        "v,A,2025-12-01,2025-11-30 23:00\n"
    )
    sources = params().model_dump(mode="json", exclude_none=True)["sources"]
    sources["tickets"] = {"files": "tickets.csv", "known_at": {"lag_days": 0}}
    staged = stage(params_of(sources, time_zone="Asia/Shanghai"), project)
    rows = {row["ticket_id"]: row["resolved_at"] for row in pq.read_table(staged.tables["tickets"]).to_pylist()}
    assert {name: f"{end:%Y-%m-%d %H:%M}" for name, end in rows.items()} == {"t": "2025-12-01 00:00", "u": "2025-12-01 19:00"}
