"""What staging lets through can be built and equals the oracle: the largest numbers, terms of no length, tables without a row."""

import datetime as dt
import decimal

import pytest
from generated_company import DAY, FIRST, Generated, generate

from renewcast.audit.company_slice import cut
from renewcast.audit.oracle import replay
from renewcast.sources import CONTRACTS

AS_OF = FIRST + 70 * DAY
LATELY = AS_OF - 3 * DAY
TERM = {
    "contract_id": "c", "product": "core", "starts_on": LATELY.date(), "ends_on": (AS_OF + 9 * DAY).date(),
    "mrr": decimal.Decimal("10.00"),
}  # fmt: skip
EVENT = {"user_id": "u", "occurred_at": LATELY, "module": "core", "event_id": "e"}
EXTREMES = [
    ("contracts", TERM | {"quota": 1e15, "ends_on": (AS_OF + DAY).date()}),
    ("contracts", TERM | {"quota": 1e15, "ends_on": None}),
    ("contracts", TERM | {"quota": 0.0, "seats": 0, "billing_months": 0, "notice_days": 0, "discount": 1.0}),
    ("contracts", TERM | {"quota": 5.0, "ends_on": LATELY.date()}),
    ("contracts", TERM | {"mrr": decimal.Decimal("9999999999999999.99"), "seats": 10**15}),
    ("contracts", TERM | {"starts_on": dt.date(1900, 1, 2), "ends_on": dt.date(2200, 12, 31)}),
    ("usage", EVENT | {"quantity": 1e15, "duration_s": 1e15}),
    ("usage", EVENT | {"quantity": -1e15}),
    ("usage", EVENT | {"module": "", "action": "", "user_id": ""}),
    ("invoices", {"invoice_id": "i", "issued_on": LATELY.date(), "amount": decimal.Decimal("-9999999999999999.99")}),
    ("tickets", {"ticket_id": "t", "opened_at": LATELY, "first_response_at": LATELY, "resolved_at": LATELY, "csat": 1.0}),
    ("feedback", {"kind": "nps", "score": 0.04, "occurred_at": LATELY}),
]


def test_the_largest_and_smallest_values_are_built(tmp_path):
    generated = generate(5, seed=7)
    for place, (table, fact) in enumerate(EXTREMES):
        account = f"extreme {place}"
        named = {"account_id": account, "known_at": LATELY}
        named |= {"contract_id": f"{account}/c"} if table == "contracts" else {}
        generated.tables[table].append(dict.fromkeys(CONTRACTS[table].staged_columns) | fact | named)
        signed_up = {"account_id": account, "signed_up_at": LATELY, "known_at": LATELY}
        generated.tables["accounts"].append(dict.fromkeys(CONTRACTS["accounts"].staged_columns) | signed_up)
        generated.snapshots.append((account, AS_OF))
    company, panel = generated.company(tmp_path), generated.panel()
    assert replay(company, panel) == (len(panel), [])


@pytest.mark.parametrize("kept", [("accounts",), ("accounts", "contracts"), ("accounts", "usage"), tuple(CONTRACTS)[2:]])
def test_tables_without_a_row_are_no_facts(kept, tmp_path):
    """A few accounts of a company may have no ticket, no answer, no term at all."""
    generated = generate(3, seed=8)
    tables = {name: rows if name in kept or name == "accounts" else [] for name, rows in generated.tables.items()}
    generated = Generated(tables, generated.snapshots)
    assert replay(generated.company(tmp_path), generated.panel()) == (len(generated.snapshots), [])


def test_accounts_of_which_nothing_is_known_have_rows_without_facts(tmp_path):
    generated = generate(3, seed=9)
    company = cut(generated.company(tmp_path).params, generated.staged(tmp_path / "again"), ["nobody"])
    panel = generated.panel().head(1).assign(account_id="nobody")
    assert replay(company, panel) == (1, [])
