"""Paths, environment variables and addresses: found, or one sentence that says what is there instead."""

import pytest
from small_project import params_of

from renewcast.errors import RenewcastError
from renewcast.sources._origins import expand, find_origin, masked


def section(**origin):
    return params_of({"accounts": {**origin, "known_at": "static"}, "usage": {"files": "usage.csv"}}).sources["accounts"]


@pytest.fixture
def raw(tmp_path):
    for name in ("accounts_2024.csv", "accounts_2025.csv", "usage.csv"):
        (tmp_path / "data").mkdir(exist_ok=True)
        (tmp_path / "data" / name).write_text("account_id\n")
    return tmp_path


def test_a_glob_finds_its_files_in_order(raw):
    found = find_origin(section(files="data/acc*.csv"), "sources.accounts", raw).files
    assert [path.name for path in found] == ["accounts_2024.csv", "accounts_2025.csv"]


def test_an_absolute_path_is_taken_as_it_is(raw, tmp_path_factory):
    found = find_origin(section(files=str(raw / "data" / "usage.csv")), "sources.accounts", tmp_path_factory.mktemp("elsewhere"))
    assert found.files == (raw / "data" / "usage.csv",)


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        ("data/account_2024.csv", "in .*/data there is accounts_2024.csv, accounts_2025.csv"),
        ("dta/accounts.csv", "there is data"),
        ("data/*.parquet", "there is"),
        ("data", "there is data"),
    ],
)
def test_no_match_names_the_path_and_what_is_near(raw, pattern, words):
    with pytest.raises(RenewcastError, match=f"sources.accounts: no file matches .*{pattern.replace('*', '[*]')}.*{words}"):
        find_origin(section(files=pattern), "sources.accounts", raw)


def test_environment_variables_are_filled_in(monkeypatch):
    monkeypatch.setenv("RAW_PLACE", "/mnt/raw")
    monkeypatch.setenv("RAW_EMPTY", "")
    assert expand("${RAW_PLACE}/a.csv", "x") == "/mnt/raw/a.csv"
    assert expand("${RAW_PLACE:-data}/${RAW_NONE:-b}.csv", "x") == "/mnt/raw/b.csv"
    assert expand("${RAW_EMPTY:-c}", "x") == "c"
    assert expand("${RAW_NONE:-}", "x") == ""
    with pytest.raises(RenewcastError, match="x: the environment variable RAW_NONE is not set"):
        expand("${RAW_NONE}/a.csv", "x")


@pytest.mark.parametrize("address", ["postgresql://me:secret@host/crm", "postgresql://host/crm?user=me&password=secret"])
def test_a_password_in_params_is_refused_and_not_repeated(raw, address):
    with pytest.raises(RenewcastError, match="holds a password") as refused:
        find_origin(section(database=address, table="accounts"), "sources.accounts", raw)
    assert "secret" not in str(refused.value)


def test_an_address_from_the_environment_may_hold_a_password_and_never_shows_it(raw, monkeypatch):
    monkeypatch.setenv("CRM", "postgresql://me:secret@host/crm")
    origin = find_origin(section(database="env:CRM", table="accounts"), "sources.accounts", raw)
    assert origin.is_postgres and "secret" not in origin.title
    assert "secret" not in masked("postgresql://me:s@ec@ret@host/crm?password=secret")


def test_another_kind_of_database_is_refused(raw):
    with pytest.raises(RenewcastError, match="mysql://host/crm is not known"):
        find_origin(section(database="mysql://host/crm", table="accounts"), "sources.accounts", raw)
