"""The ledger on random histories: no cent is lost, a day-by-day recount agrees, and what was known stays as it was.

500 histories by default, 10,000 with RENEWCAST_DEEP=1.
"""

import datetime as dt
import os

import numpy as np
import pytest
from revenue_by_hand import ledger_by_hand
from revenue_histories import histories, known_before, section

from renewcast.revenue.ledger import build_ledger
from renewcast.revenue.movements import roll_forward
from renewcast.revenue.retention import retention

ACCOUNTS = 10_000 if os.environ.get("RENEWCAST_DEEP") == "1" else 500
AS_OF = dt.date(2025, 11, 3)
CASES = [
    {},
    {"grace_days": 0},
    {"level": "product"},
    {"level": "parent", "grace_days": 14},
    {"pause_days": 60},
    {"unpaid_cover": "churned", "pause_days": 61, "corrected_within_days": 0},
    {"level": "product", "unpaid_cover": "churned", "grace_days": 31},
]


@pytest.fixture(scope="module")
def versions():
    return histories(ACCOUNTS, seed=11)


def heads_of(versions):
    """Three accounts in a row make a group."""
    accounts = sorted(set(versions["account_id"]))
    return {account: accounts[number - number % 3] for number, account in enumerate(accounts)}


def ledger_of(versions, as_of=AS_OF, zone="UTC", **chosen):
    seen = known_before(versions, as_of)
    return build_ledger(seen, as_of, section(**chosen), zone=zone, heads=heads_of(versions))


@pytest.mark.parametrize("chosen", CASES, ids=str)
def test_every_cell_equals_a_recount_day_by_day(versions, chosen):
    zone = "America/New_York" if "pause_days" in chosen else "Asia/Shanghai"
    few = versions[versions["account_id"] < f"A{ACCOUNTS // 5:05d}"] if chosen else versions
    ledger = ledger_of(few, zone=zone, **chosen)
    seen = known_before(few, AS_OF)
    cells, months = ledger_by_hand(seen, AS_OF, section(**chosen), zone=zone, heads=heads_of(few))
    assert [str(month) for month in ledger.months] == [f"{year}-{number:02d}" for year, number in months]
    level = chosen.get("level", "account")
    units = [(a, p) if level == "product" else a for a, p in ledger.units[["account_id", "product"]].itertuples(index=False)]
    assert set(units) >= {unit for (unit, _), cell in cells.items() if cell != (0, False)}
    wanted = np.array([[cells.get((unit, month), (0, False)) for month in months] for unit in units])
    assert np.array_equal(ledger.cents[:, 1:], wanted[:, :, 0])
    assert np.array_equal(ledger.is_customer[:, 1:], wanted[:, :, 1].astype(bool))


@pytest.mark.parametrize("chosen", CASES, ids=str)
def test_opening_and_movements_make_the_closing_to_the_cent(versions, chosen):
    ledger = ledger_of(versions, **chosen)
    rows = ledger.frame()
    assert (rows["opening_cents"] + rows["change_cents"] == rows["closing_cents"]).all()
    changed = np.diff(ledger.cents, axis=1)
    assert int(rows["change_cents"].sum()) == int(changed.sum()) == int(ledger.cents[:, -1].sum())
    assert ((rows["movement"] != "none") | (rows["change_cents"] == 0)).all(), "every change has a name"
    for period in (1, 3, 12):
        total = roll_forward(ledger, period)
        moved = total[[f"{word}_cents" for word in ("new", "expansion", "contraction", "churn", "reactivation")]].sum(axis=1)
        assert (total["opening_cents"] + moved == total["closing_cents"]).all()
        assert (total["customers"] + total["new"] + total["reactivated"] - total["churned"] == total["customers_at_end"]).all()
        assert (total[["contraction_cents", "churn_cents"]] <= 0).all(axis=None)
        assert (total[["new_cents", "expansion_cents", "reactivation_cents"]] >= 0).all(axis=None)
        assert total["opening_cents"].iloc[0] == ledger.cents[:, 0].sum() == 0
        assert total["closing_cents"].tolist() == ledger.cents[:, period:].sum(axis=0).tolist()


def test_net_and_gross_retention_equal_a_plain_recount(versions):
    cells, months = ledger_by_hand(known_before(versions, AS_OF), AS_OF, section(), zone="UTC")
    units = sorted({unit for unit, _ in cells})
    found = retention(ledger_of(versions), periods=(1, 12)).set_index(["period_months", "month"])
    for period in (1, 12):
        for place, month in enumerate(months[period:], start=period):
            start = {unit: cells[unit, months[place - period]] for unit in units}
            cohort = [unit for unit in units if start[unit][1]]
            opening = sum(start[unit][0] for unit in cohort)
            ends = [cells[unit, month] for unit in cohort]
            net = sum(cents for cents, _ in ends)
            gross = sum(min(cents, start[unit][0]) for unit, (cents, _) in zip(cohort, ends, strict=True))
            row = found.loc[(period, f"{month[0]}-{month[1]:02d}-01")]
            assert row["opening_cents"] == opening and row["customers"] == len(cohort)
            if opening:
                assert row["net_dollar_retention"] == net / opening
                assert row["gross_dollar_retention"] == gross / opening
                assert row["logo_retention"] == sum(stays for _, stays in ends) / len(cohort)


@pytest.mark.parametrize("chosen", CASES, ids=str)
def test_what_was_known_stays_as_it_was(versions, chosen):
    """The later ledger repeats each row of the earlier one, but where something was told since."""
    earlier, later = dt.date(2025, 3, 10), AS_OF
    before, after = (ledger_of(versions, day, **chosen).frame() for day in (earlier, later))
    keys = ["account_id", *(["product"] if chosen.get("level") == "product" else []), "month"]
    kept = after[after["known_at"] < np.datetime64(earlier)]
    assert len(kept) > 0.5 * len(before)
    both = kept.merge(before, on=keys, how="left", suffixes=("", "_before"))
    for name in ("opening_cents", "closing_cents", "change_cents", "known_at"):
        other = both[both[name] != both[f"{name}_before"]]
        assert not len(other), other.iloc[0].to_dict()
    assert (both["movement"].astype(str) == both["movement_before"].astype(str)).all()
    # And the other way: what the earlier ledger had settled changes by new facts only.
    gone = before.merge(after[keys], on=keys, how="left", indicator=True)
    gone = gone[gone["_merge"] == "left_only"]
    told = versions[(versions["known_at"] >= np.datetime64(earlier)) | (versions["superseded_at"] >= np.datetime64(earlier))]
    accounts = heads_of(versions)
    assert set(gone["account_id"]) <= set(told["account_id"]) | {accounts[account] for account in told["account_id"]}


def test_order_of_rows_and_company_of_others_change_nothing(versions):
    whole = ledger_of(versions)
    shuffled = build_ledger(known_before(versions, AS_OF).sample(frac=1, random_state=1), AS_OF, section(), zone="UTC")
    assert np.array_equal(whole.cents, shuffled.cents) and np.array_equal(whole.known_at, shuffled.known_at)
    half = versions[versions["account_id"] < f"A{ACCOUNTS // 2:05d}"]
    part = ledger_of(half).frame()
    rows = whole.frame()
    rows = rows[rows["account_id"] < f"A{ACCOUNTS // 2:05d}"].reset_index(drop=True)
    assert rows.equals(part)
