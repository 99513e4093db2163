"""Rows of every frame come together by account, each partition once, whatever they hold; refusals say what to do."""

import shutil

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from engines.generated_tables import write_tables
from renewcast.engine.spark import map_partitions, open_spark
from renewcast.errors import RenewcastError

SEEN = pa.schema([("call", pa.string()), ("frame", pa.string()), ("account_id", pa.string()), ("row", pa.string())])


@pytest.fixture(scope="module")
def paths(tmp_path_factory):
    return write_tables(tmp_path_factory.mktemp("staged"), seed=2, rows=60)


@pytest.fixture(scope="module")
def opened(paths, spark):
    return open_spark(paths, spark)


def seen(frames: dict, partitions: int) -> list[dict]:
    """What a function was given: one row for each row of each frame, one for its columns, and which call it was."""
    schema = SEEN

    def look(frames):
        import uuid

        import pyarrow as pa

        found, call = [], uuid.uuid4().hex
        for name, table in frames.items():
            rows = [(row["account_id"], repr(row)) for row in table.to_pylist()]
            rows.append((None, repr([str(column) for column in table.schema])))
            found += [{"call": call, "frame": name, "account_id": account, "row": row} for account, row in rows]
        return pa.Table.from_pylist(found, schema=schema)

    return map_partitions(frames, look, SEEN, partitions).toArrow().to_pylist()


def test_each_partition_is_called_once_with_all_rows_of_its_accounts_as_they_were_staged(opened, paths):
    usage = opened.tables["usage"]
    frames = {name: opened.frame(table) for name, table in opened.tables.items()}
    frames["nothing"] = opened.frame(usage.filter(usage.account_id == "nobody").select("account_id", "quantity"))
    rows = seen(frames, partitions=3)
    calls = {row["call"] for row in rows}
    assert 1 < len(calls) <= 3
    of_accounts: dict = {}
    for row in rows:
        if row["account_id"] is not None:
            of_accounts.setdefault(row["account_id"], set()).add(row["call"])
    assert all(len(of_one) == 1 for of_one in of_accounts.values())
    for name, path in paths.items():
        staged = pq.read_table(path)
        first = ["account_id", *(column for column in staged.column_names if column != "account_id")]
        mine = [row for row in rows if row["frame"] == name]
        arrived = sorted(row["row"] for row in mine if row["account_id"] is not None)
        assert arrived == sorted(map(repr, staged.select(first).to_pylist()))
        columns = {row["row"] for row in mine if row["account_id"] is None}
        assert columns == {repr([str(column.remove_metadata()) for column in staged.select(first).schema])}
    # An empty frame is an empty table in every call.
    assert [row["account_id"] for row in rows if row["frame"] == "nothing"] == [None] * len(calls)


def test_partitions_without_an_account_are_passed_over(opened):
    accounts = opened.tables["accounts"]
    one = opened.frame(accounts.filter(accounts.account_id == "00123").select("account_id", "owner"))
    assert len({row["call"] for row in seen({"accounts": one}, partitions=5)}) == 1
    none = opened.frame(accounts.filter(accounts.account_id == "nobody"))
    assert seen({"accounts": none}, partitions=5) == []


def test_a_folder_may_be_named_like_a_pattern(paths, spark, tmp_path):
    folder = tmp_path / "a [b] {c,d} 100% é * ?"
    folder.mkdir()
    for beside in (tmp_path / "a b c 100% é x y", folder):
        beside.mkdir(exist_ok=True)
        shutil.copy(paths["users"], beside / "users.parquet")
    renamed = open_spark({"people": folder / "users.parquet"}, spark)
    assert renamed.frame(renamed.tables["people"]).count() == 60


def test_a_frame_without_accounts_or_with_a_nested_column_is_refused(opened):
    accounts = opened.tables["accounts"]
    with pytest.raises(RenewcastError, match="owners has no account_id"):
        map_partitions({"owners": opened.frame(accounts.select("owner"))}, lambda frames: None, SEEN, 2)
    nested = opened.session.sql("SELECT 'a' AS account_id, array(1) AS pair")
    with pytest.raises(RenewcastError, match=r"nested\.pair is array<int>"):
        map_partitions({"nested": nested}, lambda frames: None, SEEN, 2)


def test_without_java_the_sentence_says_what_to_install(paths, monkeypatch):
    from pyspark.sql import SparkSession

    monkeypatch.setattr(SparkSession, "getActiveSession", lambda: None)
    monkeypatch.setenv("JAVA_HOME", "/nowhere")
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(RenewcastError, match="there is no java; install openjdk-17-jre-headless"):
        open_spark(paths)


@pytest.mark.parametrize(("package", "extra"), [("pyspark.sql", "spark"), ("psycopg", "postgres")])
def test_without_its_extra_an_engine_says_what_to_install(package, extra, paths, monkeypatch):
    import sys

    from renewcast.engine.postgres import open_postgres

    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(RenewcastError, match=rf"pip install 'renewcast\[{extra}\]'"):
        open_spark(paths) if extra == "spark" else open_postgres(paths, "postgresql://nobody@localhost/nothing")
