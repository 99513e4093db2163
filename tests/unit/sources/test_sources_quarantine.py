"""Every reason to set a row aside: bad rows beside good ones, and what the report says about them."""

import pyarrow.parquet as pq
import pytest
from small_project import params_of

from renewcast.errors import RenewcastError
from renewcast.sources import check, stage

ACCOUNTS = """account_id,signed_up_at,acquisition_cost,name
A,2023-01-01,10,Good
B,2023-01-01,,No cost
NULL,2023-01-01,,word for missing
 ,2023-01-01,,blank
E,1970-01-01,,placeholder
F,,,no sign-up
G,yesterday,,unreadable
H,2023-01-01,-5,negative
I,9999-12-31,,placeholder
J,2023-01-01,10,once
J,2023-01-01,10,once
K,2023-01-01,10,first
K,2023-01-01,10,second
L,2023-01-01,,fine
M,2023-01-01,,fine
N,2023-01-01,,fine
O,2023-01-01,,fine
P,2023-01-01,,fine
"""
CONTRACTS = """contract_id,account_id,starts_on,ends_on,mrr,discount,auto_renews,known_at
c1,A,2023-01-01,2024-01-01,100,0.1,yes,2022-12-01
c2,A,2023-01-01,9999-12-31,100,,,2022-12-01
c3,A,2024-01-01,2023-01-01,100,,,2022-12-01
c4,A,2023-01-01,,-1,,,2022-12-01
c5,A,2023-01-01,,100,10,,2022-12-01
c6,A,2023-01-01,,100,,maybe,2022-12-01
c7,Z,2023-01-01,,100,,,2022-12-01
c8,A,2023-01-01,,100,,,
c9,A,2023-01-01,2023-01-01,0,,,2022-12-01
v,A,2023-01-01,,100,,,2022-12-01
v,A,2023-01-01,2024-01-01,100,,,2023-06-01
v,A,2023-01-01,2023-12-01,100,,,2023-03-01
w,A,2023-01-01,,100,,,2022-12-01
w,A,2023-01-01,,200,,,2022-12-01
w,A,2023-01-01,,300,,,2023-12-01
x,A,2023-01-01,,100,,,2022-12-01
x,A,2023-01-01,,100,,,2022-12-01
"""
TICKETS = """ticket_id,account_id,opened_at,resolved_at,severity,csat
t1,A,2023-02-01,2023-02-02,High,5
t2,A,2023-02-01,2023-01-31,low,5
t3,A,2023-02-01,,low,6
t4,A,2023-02-01,,low,0
t5,A,2023-02-01,,critical,
t6,A,2023-02-01,,low,good
t7,A,2023-02-01,1900-01-01,,
t8,E,2023-02-01,,low,
t9,A,2023-02-01,,low,
u1,A,2023-02-01,,low,
u2,A,2023-02-01,,low,
"""
TOUCHPOINTS = """account_id,occurred_at,kind,willingness,known_at
A,2023-02-01,call,-2,2023-02-03
A,2023-02-01,call,-3,2023-02-03
A,2023-02-01,call,1.5,2023-02-03
A,2023-02-05,Business Review,2,2023-02-03
A,2023-02-01,call,2,2023-02-03
"""
FEEDBACK = """account_id,occurred_at,kind,score
A,2023-02-01,NPS,10
A,2023-02-01,ces,5
A,2023-02-01,csat,11
A,2023-02-01,csat,1e400
A,2023-02-01,nps,
"""
FILES = {
    "accounts": (ACCOUNTS, "static"), "contracts": (CONTRACTS, None), "tickets": (TICKETS, {"lag_days": 0}),
    "touchpoints": (TOUCHPOINTS, None), "feedback": (FEEDBACK, {"lag_days": 0}),
}  # fmt: skip


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    folder = tmp_path_factory.mktemp("project")
    for name, (text, _) in FILES.items():
        (folder / f"{name}.csv").write_text(text)
    sources = {name: {"files": f"{name}.csv"} | ({"known_at": rule} if rule else {}) for name, (_, rule) in FILES.items()}
    return folder, stage(params_of(sources), folder, raise_on_stop=False)


def report_of(project, name):
    return next(one for one in project[1].reports if one.name == name)


EXPECTED = {
    "accounts": {
        ("missing_value", "account_id"): (2, [" ", "NULL"]),
        ("placeholder_date", "signed_up_at"): (2, ["1970-01-01", "9999-12-31"]),
        ("missing_value", "signed_up_at"): (1, []),
        ("unreadable_value", "signed_up_at"): (1, ["yesterday"]),
        ("out_of_range", "acquisition_cost"): (1, ["-5"]),
        ("conflicting_duplicate", "account_id"): (2, ["K"]),
    },
    "contracts": {
        ("end_before_start", "ends_on"): (1, ["2023-01-01"]),
        ("out_of_range", "mrr"): (1, ["-1"]),
        ("out_of_range", "discount"): (1, ["10"]),
        ("unreadable_value", "auto_renews"): (1, ["maybe"]),
        ("orphan_account", "account_id"): (1, ["Z"]),
        ("missing_value", "known_at"): (1, []),
        ("conflicting_duplicate", "contract_id"): (2, ["w"]),
    },
    "tickets": {
        ("end_before_start", "resolved_at"): (1, ["2023-01-31"]),
        ("out_of_range", "csat"): (2, ["0", "6"]),
        ("unreadable_value", "csat"): (1, ["good"]),
        ("orphan_account", "account_id"): (1, ["E"]),
    },
    "touchpoints": {
        ("out_of_range", "willingness"): (1, ["-3"]),
        ("unreadable_value", "willingness"): (1, ["1.5"]),
    },
    "feedback": {
        ("not_allowed", "kind"): (1, ["ces"]),
        ("out_of_range", "score"): (1, ["11"]),
        ("unreadable_value", "score"): (1, ["1e400"]),
    },
}  # fmt: skip


@pytest.mark.parametrize("name", EXPECTED)
def test_rows_are_set_aside_for_the_reason_that_is_theirs(project, name):
    got = {}
    for group in report_of(project, name).quarantined:
        rows, examples = got.get((group.reason, group.column), (0, []))
        got[group.reason, group.column] = (rows + group.rows, sorted(examples + group.examples))
    assert got == EXPECTED[name]


@pytest.mark.parametrize("name", EXPECTED)
def test_rows_read_are_kept_or_set_aside_or_dropped_twins(project, name):
    report = report_of(project, name)
    twins = sum(note.rows for note in report.notes if note.code == "identical_duplicate")
    assert report.rows_read == report.rows_kept + report.rows_quarantined + twins
    assert report.rows_read == FILES[name][0].count("\n") - 1


def test_the_quarantine_keeps_raw_values_and_the_place_of_the_row(project):
    rows = pq.read_table(project[0] / "data/work/quarantine/accounts.parquet").to_pylist()
    assert rows[2] == {
        "row": 5, "reason": "placeholder_date", "column": "signed_up_at", "account_id": "E", "name": "placeholder",
        "signed_up_at": "1970-01-01", "acquisition_cost": None,
    }  # fmt: skip


def test_a_placeholder_in_an_optional_column_becomes_null(project):
    contracts = {row["contract_id"]: row for row in pq.read_table(project[1].tables["contracts"]).to_pylist()}
    assert contracts["c2"]["ends_on"] is None
    tickets = {row["ticket_id"]: row for row in pq.read_table(project[1].tables["tickets"]).to_pylist()}
    assert tickets["t7"]["resolved_at"] is None
    assert [note.rows for note in report_of(project, "tickets").notes if note.code == "placeholder_emptied"] == [1]


def test_versions_of_one_key_follow_each_other(project):
    rows = [row for row in pq.read_table(project[1].tables["contracts"]).to_pylist() if row["contract_id"] in "vwx"]
    spans = sorted(
        (row["contract_id"], f"{row['known_at']:%Y-%m}", row["superseded_at"] and f"{row['superseded_at']:%Y-%m}") for row in rows
    )
    assert spans == [
        ("v", "2022-12", "2023-03"), ("v", "2023-03", "2023-06"), ("v", "2023-06", None), ("w", "2023-12", None),
        ("x", "2022-12", None),
    ]  # fmt: skip


def test_an_event_known_before_it_happened_becomes_known_when_it_happened(project):
    rows = pq.read_table(project[1].tables["touchpoints"]).to_pylist()
    early = next(row for row in rows if row["kind"] == "business_review")
    assert early["known_at"] == early["occurred_at"]
    assert [note.rows for note in report_of(project, "touchpoints").notes if note.code == "known_raised"] == [1]


def test_a_term_known_before_it_starts_stays_so(project):
    first = pq.read_table(project[1].tables["contracts"]).to_pylist()[0]
    assert f"{first['known_at']:%Y-%m-%d}" == "2022-12-01" < str(first["starts_on"])


def test_words_are_brought_to_one_spelling_and_strange_ones_are_counted(project):
    tickets = {row["ticket_id"]: row for row in pq.read_table(project[1].tables["tickets"]).to_pylist()}
    assert tickets["t1"]["severity"] == "high" and tickets["t5"]["severity"] == "critical"
    assert [found.rows for found in report_of(project, "tickets").warnings if found.code == "unusual_value"] == [1]


def test_more_than_half_set_aside_stops_the_run(project):
    assert [stop[:16] for stop in project[1].stops] == ["sources.feedback"]
    assert "60% of the rows were set aside, most because of" in project[1].stops[0]


def test_a_stop_raises_its_sentence_and_check_lists_all(tmp_path):
    (tmp_path / "accounts.csv").write_text("account_id,signed_up_at\n")
    (tmp_path / "usage.csv").write_text("account_id,occurred_at\nA,never\n")
    (tmp_path / "users.csv").write_text("account_id,user_id\nA,u\n")
    (tmp_path / "plays.csv").write_text("")
    params = params_of({
        "accounts": {"files": "accounts.csv", "known_at": "static"},
        "usage": {"files": "usage.csv", "known_at": {"lag_days": 1}},
        "users": {"files": "users.csv", "known_at": {"lag_days": 1}},
        "plays": {"files": "plays.csv", "known_at": {"lag_days": 1}},
    })  # fmt: skip
    stops = check(params, tmp_path).stops
    assert [stop.split(":")[0] for stop in stops] == ["sources.accounts", "sources.usage", "sources.users", "sources.plays"]
    assert "has no rows" in stops[0] and "every row was set aside" in stops[1]
    assert "declare known_at: {column: ...} or known_at: static" in stops[2] and "0 bytes" in stops[3]
    with pytest.raises(RenewcastError, match="accounts.csv has no rows"):
        stage(params, tmp_path)
    with pytest.raises(RenewcastError, match="accounts.csv has no rows"):
        stage(params, tmp_path)
