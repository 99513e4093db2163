"""Staged tables arrive in PostgreSQL and come back as they were; refusals say what to do and tell no password."""

import psycopg
import pyarrow.parquet as pq
import pytest

from engines.generated_tables import write_tables
from renewcast.engine.postgres import open_postgres
from renewcast.errors import RenewcastError


@pytest.fixture(scope="module")
def paths(tmp_path_factory):
    return write_tables(tmp_path_factory.mktemp("staged"), seed=3, rows=200)


def test_rows_come_back_as_they_were_staged(paths, postgres_address):
    with open_postgres(paths, postgres_address) as opened:
        for name, path in paths.items():
            staged, found = pq.read_table(path), opened.to_arrow(opened.tables[name])
            assert found.schema == staged.schema.remove_metadata()
            assert sorted(map(repr, found.to_pylist())) == sorted(map(repr, staged.to_pylist()))


def test_an_empty_result_and_a_lone_null_are_what_they_are(paths, postgres_address):
    with open_postgres(paths, postgres_address) as opened:
        users = opened.tables["users"]
        assert opened.to_arrow(users.filter(users.user_id == "nobody")).num_rows == 0
        roles = opened.to_arrow(users.select("role")).to_pylist()
        assert len(roles) == 200 and {"role": None} in roles


def test_nothing_is_left_in_the_database(paths, postgres_address):
    open_postgres(paths, postgres_address).close()
    with psycopg.connect(postgres_address) as connection:
        left = connection.execute("SELECT tablename FROM pg_tables WHERE tablename LIKE 'renewcast%'").fetchall()
    assert left == []


def test_a_query_that_fails_is_one_sentence(paths, postgres_address):
    with open_postgres(paths, postgres_address) as opened:
        users = opened.tables["users"]
        with pytest.raises(RenewcastError, match="PostgreSQL cannot roll up: .*; check"):
            opened.to_arrow(users.select(wrong=users.user_id.cast("int64")))


@pytest.mark.parametrize("address", ["host=127.0.0.1 secret", "postgresql://me:secret@127.0.0.1/crm?secret=1"])
def test_an_address_that_is_none_is_not_repeated(paths, address):
    with pytest.raises(RenewcastError, match="the address of PostgreSQL is not one") as refusal:
        open_postgres(paths, address)
    assert "secret" not in str(refusal.value)


def test_a_database_that_is_not_there_is_one_sentence(paths, postgres_address):
    elsewhere = postgres_address.rpartition("/")[0] + "/nowhere"
    with pytest.raises(RenewcastError, match='database "nowhere" does not exist; check the address'):
        open_postgres(paths, elsewhere)
