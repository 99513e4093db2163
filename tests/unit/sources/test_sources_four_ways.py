"""The same content from CSV, Parquet, a DuckDB file and PostgreSQL gives the same staged rows and the same fingerprint."""

import datetime as dt
import random
from decimal import Decimal

import duckdb
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
import pytest
from small_project import params_of

from renewcast.errors import RenewcastError
from renewcast.sources import stage

AT = dt.datetime.fromisoformat
ACCOUNTS = pa.table({
    "id": ["001", "1", "Ä,3"],
    "Name": ['Say "hi"', None, "two\nlines"],
    "since": pa.array([AT("2023-01-02 03:04:05.123456"), AT("2023-03-26 01:30"), AT("2024-02-29")], pa.timestamp("us")),
    "cost": pa.array([Decimal("10.50"), None, Decimal("0.01")], pa.decimal128(18, 2)),
})  # fmt: skip
CONTRACTS = pa.table({
    "contract": ["c1", "c1", "c2"],
    "account": ["001", "001", "1"],
    "start": pa.array([dt.date(2023, 2, 1)] * 3),
    "end": pa.array([None, dt.date(2024, 2, 1), dt.date(2024, 2, 29)], pa.date32()),
    "price": [100.5, 100.5, 0.1],
    "seats": pa.array([5, 6, None], pa.int64()),
    "auto": [True, False, None],
    "booked": pa.array([AT("2023-01-31 23:59"), AT("2023-06-01 12:00"), AT("2023-01-31 10:00")], pa.timestamp("us")),
})  # fmt: skip
USAGE = pa.table({
    "account": ["001", "1", "Ä,3", "001"],
    "time": pa.array([AT("2023-03-26 02:30"), AT("2023-10-29 02:30"), AT("2023-07-01 00:00"), AT("2023-07-01 00:00")],
    pa.timestamp("us")),
    "n": [1.0, 0.1 + 0.2, None, -2.5],
})  # fmt: skip
TABLES = {"accounts": ACCOUNTS, "contracts": CONTRACTS, "usage": USAGE}
MAPPING = {
    "accounts": {
        "columns": {"account_id": "id", "name": "Name", "signed_up_at": "since", "acquisition_cost": "cost"},
        "known_at": "static",
    },
    "contracts": {
        "columns": {
            "contract_id": "contract", "account_id": "account", "starts_on": "start", "ends_on": "end", "mrr": "price",
            "auto_renews": "auto",
        },
        "known_at": {"column": "booked"},
    },
    "usage": {
        "columns": {"account_id": "account", "occurred_at": "time", "quantity": "n"},
        "constants": {"is_value_action": True},
        "known_at": {"lag_days": 0.5},
    },
}  # fmt: skip


def shuffled(table: pa.Table, seed: int) -> pa.Table:
    order = list(range(len(table)))
    random.Random(seed).shuffle(order)
    return table.take(order)


def as_csv(folder, monkeypatch):
    for name, table in TABLES.items():
        pa_csv.write_csv(table, folder / f"{name}.csv")
    return {name: {"files": f"{name}.csv"} for name in TABLES}


def as_parquet(folder, monkeypatch):
    for name, table in TABLES.items():
        pq.write_table(shuffled(table, 1), folder / f"{name}.parquet")
    return {name: {"files": f"{name}.parquet"} for name in TABLES}


def as_several_parquet_files(folder, monkeypatch):
    for name, table in TABLES.items():
        for number in range(len(table)):
            pq.write_table(table.slice(number, 1), folder / f"{name}-{number}.parquet")
    return {name: {"files": f"{name}-*.parquet"} for name in TABLES}


def as_duckdb(folder, monkeypatch):
    with duckdb.connect(folder / "crm.duckdb") as database:
        database.execute("CREATE SCHEMA crm.crm")
        for name, table in TABLES.items():
            database.register("incoming", shuffled(table, 2))
            database.execute(f"CREATE TABLE crm.crm.{name} AS FROM incoming")  # noqa: S608
    return {name: {"database": "crm.duckdb", "table": f"crm.{name}"} for name in TABLES}


def as_sql(folder, monkeypatch):
    sources = as_csv(folder, monkeypatch)
    return {name: {"inputs": {"raw": source}, "sql": "SELECT * FROM raw ORDER BY 2 DESC"} for name, source in sources.items()}


POSTGRES_TYPES = {
    pa.string(): "text", pa.timestamp("us"): "timestamp", pa.date32(): "date", pa.float64(): "double precision",
    pa.int64(): "bigint",
    pa.bool_(): "boolean", pa.decimal128(18, 2): "numeric(18,2)",
}  # fmt: skip


def as_postgres(address, monkeypatch):
    import psycopg
    from psycopg import sql

    with psycopg.connect(address) as connection:
        connection.execute("DROP SCHEMA IF EXISTS crm CASCADE")
        connection.execute("CREATE SCHEMA crm")
        for name, table in TABLES.items():
            place = sql.Identifier("crm", name)
            columns = [sql.SQL("{} " + POSTGRES_TYPES[field.type]).format(sql.Identifier(field.name)) for field in table.schema]
            connection.execute(sql.SQL("CREATE TABLE {} ({})").format(place, sql.SQL(", ").join(columns)))
            values = sql.SQL(", ").join([sql.Placeholder()] * table.num_columns)
            for row in shuffled(table, 3).to_pylist():
                connection.execute(sql.SQL("INSERT INTO {} VALUES ({})").format(place, values), list(row.values()))
    monkeypatch.setenv("CRM_ADDRESS", address)
    return {name: {"database": "env:CRM_ADDRESS", "table": f"crm.{name}"} for name in TABLES}


def staged_from(sources, folder, **changed):
    merged = {name: {**origin, **MAPPING[name]} for name, origin in sources.items()}
    return stage(params_of(merged | changed, time_zone="Europe/Berlin"), folder)


@pytest.fixture(scope="module")
def from_csv(tmp_path_factory):
    folder = tmp_path_factory.mktemp("csv")
    return staged_from(as_csv(folder, None), folder)


def rows(staged, name):
    return pq.read_table(staged.tables[name]).to_pylist()


WAYS = {"parquet": as_parquet, "several files": as_several_parquet_files, "duckdb": as_duckdb, "sql": as_sql}


@pytest.mark.parametrize("way", WAYS)
def test_every_kind_of_file_gives_the_rows_of_csv(from_csv, tmp_path, monkeypatch, way):
    other = staged_from(WAYS[way](tmp_path, monkeypatch), tmp_path)
    assert {name: rows(other, name) for name in TABLES} == {name: rows(from_csv, name) for name in TABLES}
    assert other.fingerprint == from_csv.fingerprint
    assert other.data_end == from_csv.data_end


def test_postgresql_gives_the_rows_of_csv(from_csv, postgres_address, tmp_path, monkeypatch):
    other = staged_from(as_postgres(postgres_address, monkeypatch), tmp_path)
    assert {name: rows(other, name) for name in TABLES} == {name: rows(from_csv, name) for name in TABLES}
    assert other.fingerprint == from_csv.fingerprint


def test_a_missing_table_of_postgresql_names_those_that_are_there(postgres_address, tmp_path, monkeypatch):
    sources = as_postgres(postgres_address, monkeypatch)
    sources["usage"]["table"] = "crm.usages"
    with pytest.raises(RenewcastError, match=r"has no table crm.usages \(there is crm.usage"):
        staged_from(sources, tmp_path)


def test_a_database_that_does_not_answer_is_one_sentence_without_its_password(tmp_path, monkeypatch):
    monkeypatch.setenv("CRM_ADDRESS", "postgresql://reader:topsecret@/postgres?host=/nowhere")
    sources = as_csv(tmp_path, None) | {"usage": {"database": "env:CRM_ADDRESS", "table": "usage"}}
    with pytest.raises(RenewcastError, match=r"sources.usage: postgresql://reader:\*\*\*@.* cannot be read") as refused:
        staged_from(sources, tmp_path)
    assert "topsecret" not in str(refused.value) and "\n" not in str(refused.value)


def test_a_missing_table_of_a_duckdb_file_names_those_that_are_there(tmp_path, monkeypatch):
    sources = as_duckdb(tmp_path, monkeypatch)
    sources["usage"]["table"] = "crm.usag"
    with pytest.raises(RenewcastError, match=r"has no table crm.usag \(there is"):
        staged_from(sources, tmp_path)


def test_a_file_that_is_no_database_is_one_sentence(tmp_path, monkeypatch):
    (tmp_path / "crm.duckdb").write_bytes(b"no database at all" * 1000)
    sources = as_csv(tmp_path, None) | {"usage": {"database": "crm.duckdb", "table": "usage"}}
    with pytest.raises(RenewcastError, match="sources.usage: .*crm.duckdb cannot be read") as refused:
        staged_from(sources, tmp_path)
    assert "\n" not in str(refused.value)


def test_the_staged_rows_are_those_worked_out_by_hand(from_csv):
    assert rows(from_csv, "contracts")[0] == {
        "contract_id": "c1", "account_id": "001", "product": None, "starts_on": dt.date(2023, 2, 1), "ends_on": None,
        "mrr": Decimal("100.50"), "currency": None, "seats": 5, "quota": None, "billing_months": None, "auto_renews": True,
        "notice_days": None, "discount": None, "known_at": AT("2023-01-31 22:59"), "superseded_at": AT("2023-06-01 10:00"),
    }  # fmt: skip
    assert [(one["account_id"], one["occurred_at"], one["known_at"], one["quantity"]) for one in rows(from_csv, "usage")] == [
        ("001", AT("2023-03-26 01:30"), AT("2023-03-26 13:30"), 1.0),  # a local time that the clock change skipped
        ("001", AT("2023-06-30 22:00"), AT("2023-07-01 10:00"), -2.5),
        ("1", AT("2023-10-29 01:30"), AT("2023-10-29 13:30"), 0.1 + 0.2),  # one that came twice: the later
        ("Ä,3", AT("2023-06-30 22:00"), AT("2023-07-01 10:00"), None),
    ]
    assert [(one["account_id"], one["known_at"]) for one in rows(from_csv, "accounts")] == [
        ("001", AT("2023-01-02 02:04:05.123456")), ("1", AT("2023-03-26 00:30")), ("Ä,3", AT("2024-02-28 23:00")),
    ]  # fmt: skip


def test_types_are_the_canonical_ones_whatever_is_mapped(from_csv):
    types = {field.name: field.type for field in pq.read_schema(from_csv.tables["contracts"])}
    assert types["ends_on"] == pa.date32() and types["mrr"] == pa.decimal128(18, 2) and types["notice_days"] == pa.int64()
    assert types["known_at"] == types["superseded_at"] == pa.timestamp("us")
    assert types["quota"] == pa.float64() and types["auto_renews"] == pa.bool_() and types["currency"] == pa.string()


def test_mapped_columns_are_those_with_a_value(from_csv):
    assert from_csv.mapped_columns["usage"] == {"account_id", "occurred_at", "quantity", "is_value_action"}


def test_another_value_anywhere_gives_another_fingerprint(from_csv, tmp_path, monkeypatch):
    sources = as_csv(tmp_path, None)
    text = (tmp_path / "usage.csv").read_text()
    (tmp_path / "usage.csv").write_text(text.replace("-2.5", "-2.25"))
    assert staged_from(sources, tmp_path).fingerprint != from_csv.fingerprint
