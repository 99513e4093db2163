"""The made-up company as files: whole, typed, consistent, inside its time, and the same for the same seed.

In questions, ``<table>_now`` holds the latest version of every key, with ``first_known``.
"""

import datetime as dt
import hashlib
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from renewcast.errors import RenewcastError
from renewcast.simulate import company, simulate

START, WEEKS, ACCOUNTS = dt.date(2024, 1, 1), 60, 300
TEXT, TIME, DAY, MONEY = pa.string(), pa.timestamp("us"), pa.date32(), pa.decimal128(18, 2)
NUMBER, WHOLE, BOOL = pa.float64(), pa.int64(), pa.bool_()

# Written out once more on purpose: the canonical columns are a contract with the sources, not a detail of the simulator.
COLUMNS = {
    "accounts": [
        ("account_id", TEXT),
        ("name", TEXT),
        ("signed_up_at", TIME),
        ("industry", TEXT),
        ("company_size", TEXT),
        ("region", TEXT),
        ("country", TEXT),
        ("acquisition_channel", TEXT),
        ("acquisition_cost", MONEY),
        ("parent_account_id", TEXT),
        ("owner", TEXT),
        ("known_at", TIME),
    ],
    "contracts": [
        ("contract_id", TEXT),
        ("account_id", TEXT),
        ("product", TEXT),
        ("starts_on", DAY),
        ("ends_on", DAY),
        ("mrr", MONEY),
        ("currency", TEXT),
        ("seats", WHOLE),
        ("quota", NUMBER),
        ("billing_months", WHOLE),
        ("auto_renews", BOOL),
        ("notice_days", WHOLE),
        ("discount", NUMBER),
        ("known_at", TIME),
    ],
    "usage": [
        ("account_id", TEXT),
        ("user_id", TEXT),
        ("occurred_at", TIME),
        ("known_at", TIME),
        ("module", TEXT),
        ("action", TEXT),
        ("is_value_action", BOOL),
        ("quantity", NUMBER),
        ("duration_s", NUMBER),
        ("event_id", TEXT),
    ],
    "users": [
        ("user_id", TEXT),
        ("account_id", TEXT),
        ("role", TEXT),
        ("department", TEXT),
        ("joined_at", TIME),
        ("left_at", TIME),
        ("known_at", TIME),
    ],
    "tickets": [
        ("ticket_id", TEXT),
        ("account_id", TEXT),
        ("opened_at", TIME),
        ("first_response_at", TIME),
        ("resolved_at", TIME),
        ("severity", TEXT),
        ("channel", TEXT),
        ("picked_up", BOOL),
        ("first_contact_resolved", BOOL),
        ("csat", NUMBER),
        ("known_at", TIME),
    ],
    "invoices": [
        ("invoice_id", TEXT),
        ("account_id", TEXT),
        ("issued_on", DAY),
        ("due_on", DAY),
        ("paid_on", DAY),
        ("amount", MONEY),
        ("known_at", TIME),
    ],
    "feedback": [
        ("account_id", TEXT),
        ("user_id", TEXT),
        ("kind", TEXT),
        ("score", NUMBER),
        ("occurred_at", TIME),
        ("comment", TEXT),
        ("known_at", TIME),
    ],
    "touchpoints": [
        ("account_id", TEXT),
        ("occurred_at", TIME),
        ("kind", TEXT),
        ("owner", TEXT),
        ("willingness", WHOLE),
        ("note", TEXT),
        ("known_at", TIME),
    ],
    "milestones": [
        ("account_id", TEXT),
        ("milestone", TEXT),
        ("kind", TEXT),
        ("due_on", DAY),
        ("achieved_at", TIME),
        ("known_at", TIME),
    ],
    "plays": [
        ("play_id", TEXT),
        ("account_id", TEXT),
        ("play", TEXT),
        ("started_at", TIME),
        ("due_on", DAY),
        ("finished_at", TIME),
        ("verdict", TEXT),
        ("owner", TEXT),
        ("known_at", TIME),
    ],
}
TRUTH = ["truth", "truth_terms", "truth_plays", "truth_play_effects"]
VERSIONED = {
    "accounts": "account_id",
    "contracts": "contract_id",
    "usage": "event_id",
    "users": "user_id",
    "tickets": "ticket_id",
    "invoices": "invoice_id",
    "milestones": "account_id || milestone",
}
KEYS = {
    "plays": "play_id",
    "truth": "account_id || as_of",
    "truth_terms": "contract_id",
    "truth_plays": "play",
    "truth_play_effects": "contract_id || play",
}
REQUIRED = {
    "accounts": ["account_id", "signed_up_at"],
    "contracts": ["contract_id", "account_id", "starts_on", "ends_on", "mrr"],
    "usage": ["account_id", "user_id", "occurred_at", "event_id"],
    "users": ["user_id", "account_id"],
    "tickets": ["ticket_id", "account_id", "opened_at"],
    "invoices": ["invoice_id", "account_id", "issued_on"],
    "feedback": ["account_id", "occurred_at"],
    "touchpoints": ["account_id", "occurred_at"],
    "milestones": ["account_id", "milestone"],
    "plays": ["play_id", "account_id", "play", "started_at"],
}
# Days that are agreed beforehand may lie behind the end of the data.
AGREED = {"starts_on", "ends_on", "due_on"}
HAPPENED = {
    "accounts": "signed_up_at",
    "usage": "occurred_at",
    "users": "joined_at",
    "tickets": "opened_at",
    "invoices": "issued_on",
    "feedback": "occurred_at",
    "touchpoints": "occurred_at",
    "plays": "started_at",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    directory = tmp_path_factory.mktemp("company")
    simulate(directory, accounts=ACCOUNTS, weeks=WEEKS, start=START, seed=7)
    return directory


@pytest.fixture(scope="module")
def ask(folder):
    """Ask one question of the tables in SQL and return the rows."""
    connection = duckdb.connect()
    for path in sorted(folder.glob("*.parquet")):
        connection.read_parquet(str(path)).create_view(path.stem)
    for name, key in VERSIONED.items():
        connection.execute(f"""create view {name}_now as select *, min(known_at) over (partition by {key}) as first_known
            from {name} qualify known_at = max(known_at) over (partition by {key})""")
    yield lambda question: connection.sql(question).fetchall()
    connection.close()


def _digests(directory: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(directory.iterdir())}


@pytest.mark.parametrize("name", COLUMNS)
def test_each_canonical_table_has_its_columns_in_order_and_type(folder, name):
    assert [(field.name, field.type) for field in pq.read_schema(folder / f"{name}.parquet")] == COLUMNS[name]


@pytest.mark.parametrize("name", COLUMNS)
def test_each_table_has_rows_and_never_an_empty_required_cell(folder, name):
    table = pq.read_table(folder / f"{name}.parquet", columns=[*REQUIRED[name], "known_at"])
    assert table.num_rows > 0
    assert {column: table[column].null_count for column in table.column_names if table[column].null_count} == {}


@pytest.mark.parametrize("name", KEYS)
def test_keys_are_unique(ask, name):
    assert ask(f"select count(*) - count(distinct {KEYS[name]}) from {name}") == [(0,)]


@pytest.mark.parametrize("name", VERSIONED)
def test_versions_of_a_key_became_known_at_different_times_and_differ(ask, name):
    key = VERSIONED[name]
    assert ask(f"select count(*) from (select 1 from {name} group by {key}, known_at having count(*) > 1)") == [(0,)]
    said = ", ".join(column for column, _ in COLUMNS[name] if column != "known_at")
    assert ask(f"""select count(*) from (select hash({said}) = lag(hash({said})) over (partition by {key} order by known_at)
        as same from {name}) where same""") == [(0,)]
    assert ask(f"select count(*) > count(distinct {key}) from {name}") == [(True,)]


def test_the_same_seed_writes_the_same_bytes_and_another_seed_does_not(tmp_path):
    written = {}
    for run, seed in (("first", 7), ("again", 7), ("zero", 0), ("zero again", 0)):
        simulate(tmp_path / run, accounts=60, weeks=30, seed=seed)
        written[run] = _digests(tmp_path / run)
        # What plays do is the same in every company.
        written[run].pop("truth_plays.parquet")
    assert written["first"] == written["again"]
    assert written["zero"] == written["zero again"]
    assert all(written["zero"][name] != digest for name, digest in written["first"].items())


def test_any_number_of_workers_writes_the_same_bytes(tmp_path, monkeypatch):
    monkeypatch.setattr(company, "_BLOCK", 40)
    summaries = [simulate(tmp_path / str(workers), accounts=150, weeks=40, workers=workers) for workers in (1, 2, 3)]
    assert summaries[0] == summaries[1] == summaries[2]
    assert _digests(tmp_path / "1") == _digests(tmp_path / "2") == _digests(tmp_path / "3")


def test_blocks_of_accounts_share_no_id_and_make_a_company_like_one_block(tmp_path, monkeypatch, folder, ask):
    monkeypatch.setattr(company, "_BLOCK", 70)
    simulate(tmp_path, accounts=ACCOUNTS, weeks=WEEKS, start=START, seed=7)
    for name, key in {**VERSIONED, **KEYS}.items():
        known = "known_at" if name in VERSIONED else "''"
        table = duckdb.read_parquet(str(tmp_path / f"{name}.parquet"))
        rows, keys, account_ids = table.aggregate(
            f"count(*), count(distinct {key} || {known}), {'0' if name == 'truth_plays' else 'count(distinct account_id)'}"
        ).fetchone()
        assert rows == keys, name
        assert rows == pytest.approx(ask(f"select count(*) from {name}")[0][0], rel=0.2, abs=20), name
        if name == "usage":
            assert abs(account_ids - ask("select count(distinct account_id) from usage")[0][0]) <= 3
    ids = pq.read_table(tmp_path / "accounts.parquet")["account_id"].unique().to_pylist()
    assert sorted(ids) == [f"A{number:05d}" for number in range(1, ACCOUNTS + 1)]


def test_nothing_is_left_beside_the_files_of_the_tables(folder):
    expected = sorted(f"{name}.parquet" for name in [*COLUMNS, *TRUTH])
    assert sorted(path.name for path in folder.iterdir()) == expected


@pytest.mark.parametrize("name", COLUMNS)
def test_nothing_happens_or_becomes_known_after_the_end(ask, name):
    end = START + dt.timedelta(weeks=WEEKS)
    moments = [column for column, kind in COLUMNS[name] if kind in (TIME, DAY) and column not in AGREED]
    counts = ", ".join(f"count(*) filter ({column} >= date '{end}')" for column in moments)
    assert ask(f"select {counts} from {name}") == [(0,) * len(moments)]


@pytest.mark.parametrize("name", ["usage", "tickets", "invoices", "feedback", "touchpoints", "plays"])
def test_facts_begin_on_the_first_day(ask, name):
    assert ask(f"select min({HAPPENED[name]}) >= date '{START}' from {name}") == [(True,)]


@pytest.mark.parametrize("name", HAPPENED)
def test_nothing_is_known_before_it_happens(ask, name):
    assert ask(f"select count(*) from {name} where known_at < {HAPPENED[name]}") == [(0,)]


def test_what_is_filled_in_later_lies_after_its_row(ask):
    assert ask("select count(*) from users_now where left_at <= first_known") == [(0,)]
    assert ask("""select count(*) from tickets
        where first_response_at < opened_at or resolved_at < first_response_at""") == [(0,)]
    assert ask("select count(*) from tickets where csat is not null and resolved_at is null") == [(0,)]
    assert ask("select count(*) from tickets where (picked_up is null) != (first_response_at is null)") == [(0,)]
    assert ask("select count(*) from milestones where achieved_at <= known_at") == [(0,)]
    assert ask("""select count(*) from plays
        where finished_at < started_at or (verdict is null) != (finished_at is null)""") == [(0,)]
    assert ask("select count(*) from invoices where paid_on < issued_on") == [(0,)]


@pytest.mark.parametrize(
    "name", [name for name in COLUMNS if name != "accounts"] + ["truth", "truth_terms", "truth_play_effects"]
)
def test_every_row_belongs_to_an_account(ask, name):
    assert ask(f"select count(*) from {name} anti join accounts using (account_id)") == [(0,)]


@pytest.mark.parametrize("name", ["usage", "feedback"])
def test_every_person_is_a_user_of_the_same_account(ask, name):
    assert ask(f"select count(*) from {name} anti join users using (user_id, account_id)") == [(0,)]


def test_parents_were_there_before_their_children(ask):
    assert ask("""select count(*) > 0, bool_and(p.signed_up_at is not null and p.signed_up_at <= c.signed_up_at + interval 14 day)
        from accounts c left join accounts_now p on p.account_id = c.parent_account_id
        where c.parent_account_id is not null and c.known_at <= c.signed_up_at + interval 15 day""") == [(True, True)]


def test_enumerated_columns_hold_only_their_values(ask):
    expected = {
        ("users", "role"): {"key_user", "executive", "administrator", "member"},
        ("tickets", "severity"): {"low", "medium", "high", "urgent"},
        ("feedback", "kind"): {"nps", "csat"},
        ("touchpoints", "kind"): {"call", "meeting", "executive_meeting", "email", "business_review", "training"},
        ("touchpoints", "willingness"): {-2, -1, 0, 1, 2, None},
        ("milestones", "kind"): {"functional", "customer"},
        ("contracts", "product"): {"platform", "collection", "monitoring", "visualisation", "analysis"},
        ("accounts", "company_size"): {"1-50", "51-200", "201-1000", "1001+"},
    }
    for (name, column), values in expected.items():
        assert {value for (value,) in ask(f"select distinct {column} from {name}")} == values, (name, column)


def test_scores_stay_on_their_scales(ask):
    assert ask("select min(csat), max(csat) from tickets") == [(1.0, 5.0)]
    assert ask("""select kind, min(score) >= if(kind = 'nps', 0, 1), max(score) <= if(kind = 'nps', 10, 5)
        from feedback group by 1 order by 1""") == [("csat", True, True), ("nps", True, True)]
    assert ask("""select count(*) from contracts
        where mrr <= 0 or seats < 1 or discount not between 0 and 0.4 or ends_on <= starts_on""") == [(0,)]


def test_a_renewal_is_a_new_row_that_follows_the_one_before(ask):
    """Base terms carry the quota. A gap is late paperwork (at most 25 days) or a return (more than 90); a few begin early."""
    rows = ask("""select date_diff('day', before, starts_on) as gap, date_diff('day', before, first_known) as lag, count(*) from (
        select *, lag(ends_on) over (partition by account_id order by starts_on) as before from contracts_now
        where quota is not null)
        where before is not null group by all""")
    renewals = [(lag, count) for gap, lag, count in rows if gap <= 25]
    assert all(-76 <= gap <= 25 or gap > 90 for gap, _, _ in rows)
    assert all(-30 <= lag <= 25 for gap, lag, _ in rows if 0 <= gap <= 25)
    assert any(gap < 0 for gap, _, _ in rows)
    late = sum(count for lag, count in renewals if lag > 0)
    assert 0.02 < late / sum(count for _, count in renewals) < 0.2


def test_no_add_on_outlasts_the_base_term(ask):
    assert ask("""select count(*) from contracts_now c where quota is null and not exists (
        select 1 from contracts_now b
        where b.account_id = c.account_id and b.quota is not null and b.ends_on = c.ends_on)""") == [(0,)]


def test_usage_lies_inside_the_cover_and_inside_what_was_bought(ask):
    assert ask("""select count(*) from (select distinct account_id, occurred_at::date as day from usage) u where not exists (
        select 1 from contracts c where c.account_id = u.account_id and u.day >= c.starts_on
        and u.day < c.ends_on + interval 26 day)""") == [(0,)]
    bought = "select account_id, product as module from contracts"
    used = "select distinct account_id, module from usage"
    assert ask(f"select count(*) from ({used}) anti join ({bought}) using (account_id, module)") == [(0,)]
    assert ask(f"select count(*) > 0 from ({bought}) anti join (from usage) using (account_id, module)") == [(True,)]


def test_no_two_events_say_the_same(ask):
    assert ask("""select count(*) from (select 1 from usage_now group by user_id, occurred_at::date, module, action
        having count(*) > 1)""") == [(0,)]


def test_a_leaver_stops_before_the_crm_learns_of_it(ask):
    [(count, shortest)] = ask("""select count(*), min(date_diff('day', last, left_at)) from (
        select user_id, left_at, max(occurred_at) as last from users join usage using (user_id)
        where left_at is not null group by all)""")
    assert count > 10 and shortest >= 4


def test_names_are_unique_and_not_all_ascii(ask):
    assert ask("select count(distinct name) = count(*), bool_or(strlen(name) > length(name)) from accounts_now") == [(True, True)]


def test_the_summary_and_the_progress_say_what_was_written(tmp_path):
    seen = []
    summary = simulate(tmp_path, accounts=12, weeks=20, seed=1, progress=lambda *step: seen.append(step))
    assert summary["rows"] == {path.stem: pq.read_metadata(path).num_rows for path in tmp_path.iterdir()}
    assert summary["end"] == dt.date(2024, 5, 20)
    assert [done for done, _, _ in seen] == list(range(1, 15)) and {total for _, total, _ in seen} == {14}
    assert {text for _, _, text in seen} == {f"{name}: {rows:,} rows" for name, rows in summary["rows"].items()}


def test_the_progress_of_several_blocks_counts_on_to_the_end(tmp_path, monkeypatch):
    monkeypatch.setattr(company, "_BLOCK", 10)
    seen = []
    summary = simulate(tmp_path, accounts=24, weeks=20, seed=1, progress=lambda *step: seen.append(step))
    total = 14 + 13 + 13
    assert [step[:2] for step in seen] == [(done, total) for done in range(1, total + 1)]
    assert seen[0][2].startswith("8 of 24 accounts, ") and seen[-1][2].startswith("24 of 24 accounts, ")
    assert summary["rows"] == {path.stem: pq.read_metadata(path).num_rows for path in tmp_path.iterdir()}


def test_the_smallest_company_is_possible(tmp_path):
    assert simulate(tmp_path, accounts=1, weeks=1, seed=0)["rows"]["accounts"] == 1


@pytest.mark.parametrize(
    "wrong", [{"accounts": 0}, {"weeks": 0}, {"seed": -1}, {"seed": True}, {"accounts": 2.5}, {"workers": 0}]
)
def test_a_number_out_of_range_is_refused_by_name(tmp_path, wrong):
    with pytest.raises(RenewcastError, match=f"simulate: {next(iter(wrong))} is"):
        simulate(tmp_path, **wrong)


def test_a_directory_that_cannot_be_made_is_one_sentence(tmp_path):
    (tmp_path / "taken").write_text("a file")
    with pytest.raises(RenewcastError, match="cannot be written"):
        simulate(tmp_path / "taken" / "raw", accounts=2, weeks=2)


def test_a_run_that_breaks_off_leaves_the_old_company_as_it_was(tmp_path):
    simulate(tmp_path, accounts=10, weeks=10, seed=1)
    before = _digests(tmp_path)

    def stop(done, total, text):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        simulate(tmp_path, accounts=10, weeks=10, seed=2, progress=stop)
    assert _digests(tmp_path) == before
