"""A project's own SELECT sees its inputs and nothing else."""

import pytest
from small_project import params_of

from renewcast.errors import RenewcastError
from renewcast.sources._origins import find_origins
from renewcast.sources._sandbox import columns_used, refuse_all_but_one_select, selected


@pytest.fixture
def run(tmp_path):
    """Run a select over the input ``events`` and return its rows."""
    (tmp_path / "events.csv").write_text("account,day,note\nA,2024-01-01,x\nB,2024-01-02,y\n")
    (tmp_path / "secret.csv").write_text("a\n1\n")

    def runs(query):
        section = params_of({
            "accounts": {"files": "x.csv", "known_at": "static"},
            "usage": {"inputs": {"events": {"files": "events.csv"}}, "sql": query},
        })  # fmt: skip
        scratch = tmp_path / "scratch"
        scratch.mkdir()
        origins = find_origins(section.sources["usage"], "sources.usage", tmp_path)
        with selected(query, origins, "sources.usage", section.engine, scratch) as reader:
            return reader.read_all().to_pylist()

    return runs


def test_a_select_over_the_inputs_runs(run):
    assert run("SELECT account AS account_id FROM events WHERE day > '2024-01-01'") == [{"account_id": "B"}]


ESCAPES = [
    "SELECT * FROM read_csv('/etc/passwd')",
    "SELECT * FROM read_text('{folder}/secret.csv')",
    "SELECT * FROM '{folder}/secret.csv'",
    "SELECT * FROM glob('/etc/*')",
    "SELECT * FROM parquet_metadata('/etc/passwd')",
    "SELECT * FROM sniff_csv('{folder}/secret.csv')",
    "SELECT * FROM read_json('https://example.org/x.json')",
    "SELECT * FROM events WHERE account = (SELECT content FROM read_text('/etc/hostname'))",
    "SELECT * FROM query('COPY events TO ''{folder}/out.csv''')",
    "SELECT * FROM run",
    "COPY events TO '{folder}/out.csv'",
    "COPY (SELECT 1) TO '/tmp/renewcast-out.csv'",
    "EXPORT DATABASE '{folder}/out'",
    "ATTACH '{folder}/out.duckdb'",
    "INSTALL httpfs",
    "LOAD httpfs",
    "SET enable_external_access = true",
    "PRAGMA database_list",
    "CALL pragma_version()",
    "CREATE TABLE t AS SELECT 1",
    "DROP TABLE events",
    "DELETE FROM events",
    "EXPLAIN ANALYZE SELECT 1",
    "SELECT 1; COPY events TO '{folder}/out.csv'",
    "SELECT 1 AS a; SELECT 2 AS a",
    "SELECT",
    "",
]


@pytest.mark.parametrize("escape", ESCAPES)
def test_everything_but_one_select_over_the_inputs_is_refused_in_one_sentence(run, tmp_path, escape):
    with pytest.raises(RenewcastError, match=r"^sources\.usage\.sql[^\n]*\.$"):
        run(escape.format(folder=tmp_path))
    assert {path.name for path in tmp_path.iterdir()} <= {"events.csv", "secret.csv", "scratch"}


@pytest.mark.parametrize(
    "query",
    [
        "SELECT now() AS a", "SELECT current_date", "SELECT current_timestamp", "SELECT today()", "SELECT random()",
        "SELECT uuid()",
        "SELECT age(TIMESTAMP '2024-01-01')", "SELECT * FROM events USING SAMPLE 1", "SELECT * FROM events ORDER BY random()",
        "WITH x AS (SELECT get_current_timestamp() AS t) SELECT * FROM x",
    ],
)  # fmt: skip
def test_a_select_that_would_give_other_rows_tomorrow_is_refused(query):
    with pytest.raises(RenewcastError, match="changes from run to run"):
        refuse_all_but_one_select(query, "sources.usage")


def test_an_age_between_two_columns_and_a_final_semicolon_are_fine():
    refuse_all_but_one_select("SELECT age(a, b) FROM events;", "sources.usage")


@pytest.mark.parametrize(
    ("query", "kept"),
    [
        ("SELECT a FROM t", "a"),
        ("SELECT s.a FROM t AS s WHERE B > 1", "ab"),
        ("SELECT a FROM t JOIN u USING (c)", "ac"),
        ("SELECT count(*) FROM t", "a"),
        ("SELECT * FROM t", "abc"),
        ("FROM t", "abc"),
        ("SELECT t FROM t", "abc"),
        ("SELECT a FROM t NATURAL JOIN u", "abc"),
        ("SELECT COLUMNS('a.*') FROM t", "abc"),
        ("WITH w AS (SELECT a FROM t) SELECT w FROM w", "abc"),
    ],
)
def test_only_columns_that_the_select_can_see_are_loaded(query, kept):
    assert "".join(columns_used(refuse_all_but_one_select(query, "x"))(["a", "b", "c"])) == kept
