"""Hours saved against a count of the raw rows, one by one."""

import datetime as dt
from collections import defaultdict

import pytest

from renewcast import RenewcastError

T, RATE = dt.date(2025, 12, 1), 40.0


@pytest.fixture(scope="module")
def minutes(company):
    actions = company.table("usage")["action"].dropna().value_counts().index
    return {actions[0]: 6.0, actions[-1]: 1.5}


def test_hours_are_those_of_the_rows_counted_one_by_one(company, minutes):
    found = company.hours_saved(minutes, rate=RATE, as_of=T, days=90)
    first = dt.datetime.combine(T, dt.time()) - dt.timedelta(days=90)
    times, spent, alone = defaultdict(int), defaultdict(float), defaultdict(int)
    scope = set(company.snapshots(T)["account_id"])
    rows = company.table("usage", as_of=T)[["account_id", "action", "user_id", "duration_s", "occurred_at"]]
    rows = rows[rows["action"].isin(list(minutes)) & (rows["occurred_at"] >= first)]
    for account, action, user, seconds in zip(*(rows[name].tolist() for name in list(rows)[:4]), strict=True):
        if account in scope:
            times[account, action] += 1
            if user is None or user != user:
                alone[account, action] += 1
            else:
                spent[account, action] += (seconds if seconds == seconds else 0.0) / 3600
    rows = {(row["account_id"], row["action"]): row for row in found.actions.to_dict("records")}
    assert set(rows) == set(times) and len(rows) > 50
    for key, row in rows.items():
        assert (row["times"], row["automated"]) == (times[key], alone[key])
        saved = times[key] * minutes[key[1]] / 60 - spent[key]
        assert row["hours_saved"] == pytest.approx(saved) and row["value"] == pytest.approx(saved * RATE)
    accounts = found.accounts.set_index("account_id")
    assert set(accounts.index) == scope and accounts["times"].sum() == sum(times.values())
    assert accounts["value"].sum() == pytest.approx(found.actions["value"].sum())
    mrr = company.snapshots(T).set_index("account_id")["mrr"].astype(float)
    assert (accounts["paid"] / mrr[accounts.index] - 90 * 12 / 365.25).abs().max() < 1e-9
    said = found.statement(next(iter(rows))[0], "USD")
    assert set(said) == {"en", "zh"} and f"{accounts.loc[next(iter(rows))[0], 'times']:,} actions" in said["en"]


def test_what_cannot_be_is_refused(company, minutes):
    with pytest.raises(RenewcastError, match="no usage has the action juggle"):
        company.hours_saved({"juggle": 1.0}, rate=RATE, as_of=T)
    with pytest.raises(RenewcastError, match="rate must be above 0"):
        company.hours_saved(minutes, rate=0, as_of=T)
