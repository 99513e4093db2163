"""DuckDB opened by us stays inside its folders, in UTC, and cannot be opened up again."""

import os

import duckdb
import pytest

from renewcast.engine.connect import connect
from renewcast.errors import RenewcastError


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    folder = tmp_path_factory.mktemp("it's a project")
    (folder / "secret.csv").write_text("a\n1\n")
    (folder / "work").mkdir()
    (folder / "work" / "own.csv").write_text("a\n2\n")
    os.symlink(folder / "secret.csv", folder / "work" / "link.csv")
    return folder


@pytest.fixture(scope="module")
def engine(place):
    backend = connect(0.5, 1, place / "work" / "spill")
    yield backend
    backend.disconnect()


ESCAPES = [
    "SELECT * FROM read_csv('/etc/passwd')",
    "SELECT * FROM read_text('/etc/passwd')",
    "SELECT * FROM read_blob('/etc/hostname')",
    "FROM '/etc/passwd'",
    "SELECT * FROM glob('/etc/*')",
    "SELECT * FROM read_csv('{place}/secret.csv')",
    "SELECT * FROM read_csv('{place}/work/../secret.csv')",
    "SELECT * FROM read_csv('{place}/work/link.csv')",
    "SELECT * FROM read_parquet('https://example.org/x.parquet')",
    "COPY (SELECT 1) TO '{place}/out.csv'",
    "COPY (SELECT 1) TO '/tmp/renewcast-escape.parquet' (FORMAT parquet)",
    "EXPORT DATABASE '{place}/export'",
    "ATTACH '{place}/other.duckdb'",
    "INSTALL httpfs",
    "LOAD httpfs",
    "SET enable_external_access = true",
    "SET lock_configuration = false",
    "RESET lock_configuration",
    "SET allowed_directories = ['/']",
    "SET memory_limit = '100GB'",
    "SET python_enable_replacements = true",
    "CREATE SECRET (TYPE s3)",
]


@pytest.mark.parametrize("escape", ESCAPES)
def test_a_way_out_is_refused(engine, place, escape):
    with pytest.raises(duckdb.Error):
        engine.con.execute(escape.format(place=str(place).replace("'", "''"))).fetchall()
    assert sorted(path.name for path in place.iterdir()) == ["secret.csv", "work"]


def test_files_inside_the_folder_are_read_and_written(engine, place):
    table = engine.read_csv(place / "work" / "own.csv")
    engine.to_parquet(table, place / "work" / "own.parquet")
    assert engine.to_pyarrow(engine.read_parquet(place / "work" / "own.parquet")).to_pylist() == [{"a": 2}]


def test_a_folder_inside_the_folder_is_within_reach(engine, place):
    below = place / "work" / "tables" / "0123456789abcdef"
    below.mkdir(parents=True)
    (below / "own.csv").write_text("a\n3\n")
    assert engine.to_pyarrow(engine.read_csv(below / "own.csv")).to_pylist() == [{"a": 3}]


def test_a_python_variable_named_like_a_table_is_not_a_table(engine):
    leaked = [{"a": 1}]  # noqa: F841
    with pytest.raises(duckdb.Error):
        engine.con.execute("SELECT * FROM leaked")


def test_times_are_utc_whatever_the_zone_of_the_machine(tmp_path, monkeypatch):
    monkeypatch.setenv("TZ", "America/St_Johns")
    backend = connect(0.5, 1, tmp_path / "spill")
    assert backend.con.execute("SELECT TIMESTAMPTZ '2024-01-01 00:00:00+00'::VARCHAR").fetchone() == ("2024-01-01 00:00:00+00",)


def test_a_relative_folder_is_the_same_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "own.csv").write_text("a\n2\n")
    from pathlib import Path

    assert connect(0.5, 1, Path("spill")).read_csv("own.csv").count().execute() == 1


def test_no_memory_is_refused(tmp_path):
    with pytest.raises(RenewcastError, match="memory_gb is 0"):
        connect(0, 1, tmp_path)
