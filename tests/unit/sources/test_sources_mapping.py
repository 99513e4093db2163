"""Names are matched or refused in one sentence, and every table needs a rule for when its rows were known."""

import pytest
from small_project import params_of

from renewcast.errors import RenewcastError
from renewcast.sources import CONTRACTS
from renewcast.sources._mapping import map_source


def mapped(table, raw_columns, **section):
    sources = {"accounts": {"files": "a.csv"}, "usage": {"files": "u.csv"}, table: {"files": "x.csv", **section}}
    return map_source(CONTRACTS[table], params_of(sources).sources[table], raw_columns, f"sources.{table}", "Europe/Berlin")


USAGE = ["account_id", "occurred_at"]


def test_columns_under_their_canonical_name_are_taken_by_themselves():
    mapping = mapped("usage", [*USAGE, "module", "known_at", "extra"], columns={"action": "extra"})
    assert mapping.raw == {name: name for name in (*USAGE, "module", "known_at")} | {"action": "extra"}
    assert mapping.rule == "column known_at" and mapping.zone == "Europe/Berlin"


def test_a_mapped_name_wins_over_the_same_name_and_a_constant_over_both():
    mapping = mapped(
        "usage", [*USAGE, "module", "area"], columns={"module": "area"}, constants={"action": "x"}, known_at={"lag_days": 1}
    )
    assert mapping.raw["module"] == "area" and mapping.filled == ["account_id", "occurred_at", "module", "action"]
    assert "module" not in mapped("usage", [*USAGE, "module"], constants={"module": "x"}, known_at={"lag_days": 1}).raw


@pytest.mark.parametrize(
    ("table", "raw", "section", "words"),
    [
        ("usage", ["Account_ID", "occurred_at"], {}, "nothing fills the required column account_id; did you mean Account_ID"),
        ("usage", ["account_id", "ocurred_at"], {}, "occurred_at; did you mean ocurred_at"),
        ("usage", USAGE, {"columns": {"modul": "x"}}, "usage has no column modul; did you mean module"),
        ("usage", [*USAGE, "Area"], {"columns": {"module": "area"}}, "raw table has no column 'area'; did you mean Area"),
        ("usage", USAGE, {"constants": {"mrr": 1}}, "usage has no column mrr"),
        ("usage", USAGE, {"formats": {"ocurred_at": "%Y"}}, "did you mean occurred_at"),
        ("usage", USAGE, {"columns": {"known_at": "x"}}, "known_at has a rule of its own"),
        ("usage", USAGE, {}, "nothing says when a row could first have been known; declare known_at"),
        ("usage", USAGE, {"known_at": "static"}, "would leak"),
        ("usage", USAGE, {"known_at": {"column": "loaded"}}, "no column 'loaded'"),
        ("usage", USAGE, {"known_at": {"lag_days": 1}, "time_zone": "Berlin"}, "'Berlin' is not a time zone"),
        ("contracts", ["contract_id", "account_id", "starts_on", "mrr"], {"known_at": "static"}, "would leak"),
        ("accounts", ["account_id", "signed_up_at"], {"known_at": {"lag_days": 1}}, "a lag says nothing about later changes"),
        ("users", ["account_id", "user_id"], {"known_at": {"lag_days": 1}}, "known_at: static"),
        ("milestones", ["account_id", "milestone"], {"known_at": {"lag_days": 1}}, "known_at: static"),
    ],
)
def test_what_cannot_be_matched_is_one_sentence_that_says_what_to_do(table, raw, section, words):
    with pytest.raises(RenewcastError, match=words) as refused:
        mapped(table, raw, **section)
    sentence = str(refused.value)
    assert sentence.startswith(f"sources.{table}") and sentence.endswith(".") and "\n" not in sentence


def test_contracts_may_be_told_by_a_lag():
    raw = ["contract_id", "account_id", "starts_on", "mrr"]
    assert mapped("contracts", raw, known_at={"lag_days": 3}).rule == "3 days after starts_on"
