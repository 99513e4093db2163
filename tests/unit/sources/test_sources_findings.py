"""What staging says about rows that it keeps."""

import datetime as dt

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from small_project import params_of

from renewcast.sources import stage

AT = dt.datetime.fromisoformat
START = AT("2023-01-01")


def project(folder, tables: dict, **rules):
    """Stage tables given as lists of dicts; every table may have its own rule for known_at."""
    sources = {}
    for name, rows in tables.items():
        pq.write_table(pa.Table.from_pylist(rows), folder / f"{name}.parquet")
        usual = "static" if name == "accounts" else {"lag_days": 0}
        sources[name] = {"files": f"{name}.parquet", "known_at": rules.get(name, usual)}
    staged = stage(params_of(sources), folder, raise_on_stop=False)
    return staged, {one.name: {found.code: found for found in [*one.warnings, *one.notes]} for one in staged.reports}


def account(name, since=START, **more):
    return {"account_id": name, "signed_up_at": since, **more}


def event(name, day, **more):
    return {"account_id": name, "occurred_at": START + dt.timedelta(days=day), **more}


def term(name, number, start, end, **more):
    day = START.date()
    ends_on = None if end is None else day + dt.timedelta(days=end)
    return {
        "contract_id": number,
        "account_id": name,
        "starts_on": day + dt.timedelta(days=start),
        "ends_on": ends_on,
        "mrr": 1.0,
        **more,
    }


@pytest.fixture(scope="module")
def company(tmp_path_factory):
    return project(
        tmp_path_factory.mktemp("company"),
        {
            "accounts": [
                account("A", parent_account_id=None),
                account("B", AT("2023-01-11")),
                account("C", parent_account_id="nobody"),
                account("c"),
            ],
            "contracts": [term("A", "a1", 0, 30), term("A", "a2", 20, 60), term("A", "a3", 60, 90), term("B", "b1", 10, None)],
            "usage": [
                *(event("A", day, contract_id="a1") for day in (0, 29, 30, 95)),
                event("B", 9, contract_id="b1"),
                event("B", 10, contract_id="gone"),
                event("B", 10),
                event("B", 10),
                event("C", 5),
            ],
            "tickets": [
                {"ticket_id": "t", "account_id": "B", "opened_at": AT("2023-01-10")},
                {"ticket_id": "u", "account_id": "B", "opened_at": AT("2033-01-10")},
            ],
        },
    )


@pytest.mark.parametrize(
    ("table", "code", "rows"),
    [
        ("accounts", "near_duplicate_id", 2),
        ("accounts", "unknown_parent", 1),
        ("accounts", "no_contract", 2),
        ("contracts", "overlapping_terms", 1),
        ("usage", "before_sign_up", 1),
        ("usage", "before_contract", 1),
        ("usage", "after_contract", 2),  # the end is the first day without cover
        ("usage", "unknown_contract", 1),
        ("usage", "before_terms", 1),
        ("usage", "after_terms", 1),
        ("usage", "no_term", 1),
        ("usage", "twin_events", 1),
        ("tickets", "before_sign_up", 1),
        ("tickets", "future", 1),
    ],
)
def test_doubtful_rows_are_counted_and_kept(company, table, code, rows):
    staged, found = company
    assert found[table][code].rows == rows
    assert f"{rows} " in found[table][code].sentence
    assert not any(report.rows_quarantined for report in staged.reports)


def test_the_share_is_of_the_rows_kept(company):
    assert company[1]["usage"]["after_contract"].share == pytest.approx(2 / 9)


def test_nothing_is_said_about_sound_data(tmp_path):
    tables = {
        "accounts": [account("A")],
        "contracts": [term("A", "a1", 0, 365, currency="eur"), term("A", "a2", 365, None, currency="EUR")],
        "usage": [event("A", day, event_id=str(day), contract_id="a1") for day in range(30)],
    }
    staged, found = project(tmp_path, tables)
    assert found == {"accounts": {}, "contracts": {}, "usage": {}} and not staged.stops


def test_history_that_was_loaded_at_once_is_pointed_out(tmp_path):
    loaded = AT("2024-06-01 03:00")
    tables = {"accounts": [account("A")], "usage": [event("A", day, known_at=loaded) for day in range(100)]}
    found = project(tmp_path, tables, usage={"column": "known_at"})[1]
    assert found["usage"]["one_known_at"].share == 1


def test_one_busy_day_is_not_a_load(tmp_path):
    rows = [event("A", 3, known_at=AT("2023-01-04 12:00"), event_id=str(number)) for number in range(100)]
    assert project(tmp_path, {"accounts": [account("A")], "usage": rows}, usage={"column": "known_at"})[1]["usage"] == {}


def test_a_foreign_currency_stops_the_run(tmp_path):
    contracts = [term("A", "a1", 0, 365, currency="EUR"), term("A", "a2", 0, 365, currency="USD")]
    staged, _ = project(tmp_path, {"accounts": [account("A")], "contracts": contracts, "usage": [event("A", 1)]})
    assert "1 rows are in USD, the project in EUR" in staged.stops[0]


def test_data_end_is_the_latest_knowledge_of_usage_and_contracts(tmp_path):
    tables = {"accounts": [account("A")], "contracts": [term("A", "a1", 0, 365)], "usage": [event("A", 10), event("A", 50)]}
    for number, (rules, expected) in enumerate([
        ({}, 50),
        ({"usage": {"lag_days": 2}}, 52),
        ({"contracts": {"lag_days": 900}}, 50),  # derived from a start, which may lie ahead: usage alone counts
    ]):  # fmt: skip
        folder = tmp_path / str(number)
        folder.mkdir()
        assert project(folder, tables, **rules)[0].data_end == START + dt.timedelta(days=expected)
    told = [term("A", "a1", 0, 365, known_at=START + dt.timedelta(days=70))]
    (tmp_path / "told").mkdir()
    staged, _ = project(tmp_path / "told", tables | {"contracts": told}, contracts={"column": "known_at"})
    assert staged.data_end == START + dt.timedelta(days=70)


def latest_known(staged, name):
    return next(one.latest_known_at for one in staged.reports if one.name == name)


def test_a_term_booked_ahead_moves_neither_the_data_end_nor_what_is_known_of_contracts(tmp_path):
    terms = [term("A", "a1", 0, 30), term("A", "a2", 30, 365), term("A", "a3", 365, 730)]
    others = {
        "usage": [event("A", 50)],
        "tickets": [{"ticket_id": "t", "account_id": "A", "opened_at": START + dt.timedelta(days=50)}],
        "invoices": [{"invoice_id": "i", "account_id": "A", "issued_on": (START + dt.timedelta(days=50)).date()}],
    }
    for name, rows in others.items():
        (tmp_path / name).mkdir()
        staged, _ = project(tmp_path / name, {"accounts": [account("A")], "contracts": terms, name: rows})
        assert staged.data_end == START + dt.timedelta(days=50) and not staged.stops
        assert latest_known(staged, "contracts") == (START + dt.timedelta(days=30)).isoformat()


def test_terms_known_by_their_start_alone_cannot_say_how_far_the_data_go(tmp_path):
    tables = {"accounts": [account("A")], "contracts": [term("A", "a1", 0, 30), term("A", "a2", 365, 730)]}
    staged, _ = project(tmp_path, tables)
    assert staged.data_end is None
    (stop,) = staged.stops
    assert stop.startswith("sources.contracts: ") and "known_at: {column: ...}" in stop and "snapshots.last" in stop


def test_a_declared_last_snapshot_says_how_far_the_contracts_go(tmp_path):
    project(tmp_path, {"accounts": [account("A")], "contracts": [term("A", "a1", 0, 30), term("A", "a2", 365, 730)]})
    sources = {
        "accounts": {"files": "accounts.parquet", "known_at": "static"},
        "contracts": {"files": "contracts.parquet", "known_at": {"lag_days": 0}},
    }
    params = params_of(sources)
    snapshots = params.snapshots.model_copy(update={"last": dt.date(2023, 6, 5)})
    staged = stage(params.model_copy(update={"snapshots": snapshots}), tmp_path)
    assert staged.data_end == START and latest_known(staged, "contracts") == START.isoformat()


def test_without_usage_the_other_events_say_how_far_the_data_go(tmp_path):
    opened = [{"ticket_id": str(day), "account_id": "A", "opened_at": START + dt.timedelta(days=day)} for day in (3, 90, 4000)]
    tables = {
        "accounts": [account("A")],
        "contracts": [term("A", "a1", 0, 365, known_at=START + dt.timedelta(days=84))],
        "tickets": opened,  # one by a wrong clock
        "touchpoints": [event("A", 88, kind="call")],
    }
    staged, found = project(tmp_path, tables, contracts={"column": "known_at"})
    assert staged.data_end == START + dt.timedelta(days=90) and found["tickets"]["future"].rows == 1
    assert latest_known(staged, "contracts") == (START + dt.timedelta(days=84)).isoformat()


def test_a_wrong_clock_does_not_move_the_data_end_that_the_source_tells(tmp_path):
    rows = [event("A", 1, known_at=AT("2023-01-03")), event("A", 30_000, known_at=AT("2023-01-04"))]
    staged, found = project(tmp_path, {"accounts": [account("A")], "usage": rows}, usage={"column": "known_at"})
    assert staged.data_end == AT("2023-01-04") and found["usage"]["future"].rows == 1


def test_static_rows_are_known_from_their_event_or_from_the_beginning(tmp_path):
    users = [
        {"account_id": "A", "user_id": "u", "joined_at": AT("2023-02-01")},
        {"account_id": "A", "user_id": "v", "joined_at": None},
    ]
    tables = {
        "accounts": [account("A")],
        "usage": [event("A", 1)],
        "users": users,
        "milestones": [{"account_id": "A", "milestone": "m"}],
    }
    staged, _ = project(tmp_path, tables, users="static", milestones="static")
    known = {row["user_id"]: row["known_at"] for row in pq.read_table(staged.tables["users"]).to_pylist()}
    assert known == {"u": AT("2023-02-01"), "v": AT("1900-01-01")}
    assert pq.read_table(staged.tables["milestones"])["known_at"].to_pylist() == [AT("1900-01-01")]
