"""What the search for suspects sees, what it lets pass, and that nothing but the data and the seed decides."""

import dataclasses
import datetime as dt
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from small_project import params_of

from renewcast import Project
from renewcast.audit.suspects import suspects
from renewcast.audit.suspects_evidence import judge
from renewcast.audit.suspects_existence import early_silence
from renewcast.audit.suspects_names import denied_names
from renewcast.audit.suspects_panel import FAR_DAYS, Panel, panels
from renewcast.audit.suspects_readings import Reading, readings

NO_TABLE = ("accounts", "industry", "the value")


def panel_of(lost):
    lost = np.asarray(lost, dtype=bool)
    rows = pd.DataFrame({"account_id": [f"A{number}" for number in range(len(lost))], "as_of": pd.Timestamp("2025-01-06")})
    return Panel("near", rows, lost)


def found(values, lost, kind="value"):
    return judge([Reading(*NO_TABLE, kind, np.asarray(values, dtype=float))], panel_of(lost))


def test_an_honest_strong_predictor_is_no_suspect():
    rng = np.random.default_rng(0)
    lost = np.arange(600) < 200
    for seed in range(20):
        strong = np.random.default_rng(seed).normal(2.2 * lost)
        assert found(strong, lost) == []
    assert found(np.where(lost, 1.0, rng.random(600) < 0.3), lost, "level") == []


def test_a_copy_of_the_outcome_is_one_whatever_its_sign():
    lost = np.arange(60) < 20
    noise = np.random.default_rng(0).random(60)
    assert [round(one.score, 2) for one in found(lost + noise * 0.9, lost)] == [1.0]
    (evidence,) = found(-1.0 * lost - noise * 0.9, lost)
    assert lost[evidence.example]


def test_few_accounts_prove_nothing():
    lost = np.arange(60) < 11
    assert found(lost, lost) == []
    lost, mark = np.arange(60) < 20, np.arange(60) < 6
    assert found(mark, lost, "level") == [] and len(found(np.arange(60) < 15, lost, "level")) == 1


def test_the_more_marks_are_looked_at_the_more_each_must_prove():
    lost, mark = np.arange(60) < 20, (np.arange(60) < 8).astype(float)
    many = [Reading(*NO_TABLE, "level", np.zeros(60)) for _ in range(500)]
    alone = Reading(*NO_TABLE, "level", mark)
    assert len(judge([alone], panel_of(lost))) == 1 and judge([alone, *many], panel_of(lost)) == []


def test_each_look_has_one_row_an_account_and_the_far_one_is_half_a_year_ahead(company):
    training_set = company.training_set()
    day = company.last_snapshot_day()
    in_scope = set(company.view.population([day])["account_id"])
    looks = {panel.look: panel for panel in panels(training_set, in_scope, 0)}
    bad = training_set.frame[training_set.frame["label"]].groupby("account_id")["as_of"].min()
    assert "near" in looks
    for look, panel in looks.items():
        assert panel.rows["account_id"].is_unique
        assert not set(panel.rows["account_id"][panel.lost]) & in_scope and set(panel.rows["account_id"][~panel.lost]) <= in_scope
        lost = panel.rows[panel.lost]
        ahead = lost["account_id"].map(bad) - lost["as_of"]
        assert (ahead >= pd.Timedelta(days=FAR_DAYS)).all() if look == "far" else (ahead <= pd.Timedelta(0)).all()


def test_a_reading_sees_what_the_snapshot_sees_and_nothing_else(company):
    (panel, *_) = panels(company.training_set(), set(company.view.population([company.last_snapshot_day()])["account_id"]), 0)
    by_words = {one.words: one for one in readings(company.view, "tickets", panel, company.staged.mapped_columns["tickets"])}
    number = by_words["the number of rows"].values
    for row, (account, as_of) in enumerate(panel.rows.itertuples(index=False)):
        if row % 7 == 0:
            known = company.table("tickets", as_of.date())
            assert (known["account_id"] == account).sum() == number[row]


def test_the_seed_decides_and_the_order_of_the_tables_does_not(company):
    day, training_set = company.last_snapshot_day(), company.training_set()
    mixed = dataclasses.replace(training_set, frame=training_set.frame.sample(frac=1.0, random_state=3).reset_index(drop=True))
    assert suspects(company, day, 5, training_set=training_set) == suspects(company, day, 5, training_set=mixed)


@pytest.mark.parametrize(
    ("table", "canonical", "raw", "is_denied"),
    [
        ("accounts", "industry", "AccountStatus", True),
        ("accounts", "owner", "renewal_stage", True),
        ("contracts", "ends_on", "cancelled_at", True),
        ("contracts", "product", "endReason", True),
        ("tickets", "severity", "Status", True),
        ("accounts", "company_size", "流失原因", True),
        ("contracts", "ends_on", "expires_on", False),
        ("contracts", "notice_days", "cancellation_period", False),
        ("users", "left_at", "deactivated_at", False),
        ("tickets", "resolved_at", "closed_at", False),
        ("accounts", "region", "state", False),
        ("accounts", "industry", "closet_makers", False),
    ],
)
def test_names_that_tell_the_outcome(table, canonical, raw, is_denied):
    source = {"files": "x.csv", "columns": {canonical: raw}, "known_at": {"column": "known_at"}}
    sources = {"accounts": {"files": "a.csv"}, "contracts": {"files": "c.csv"}} | {table: source}
    staged = SimpleNamespace(mapped_columns={table: {canonical}}, tables={})
    _, findings = denied_names(SimpleNamespace(params=params_of(sources), staged=staged))
    assert [(one.table, one.column) for one in findings] == ([(table, canonical)] if is_denied else [])


def versions_of_a_reason(rng, is_written_later, is_text):
    """Accounts of which a third gave a reason for leaving, and half have a second version for whatever cause."""
    rows = []
    for number in range(120):
        texts = [f"reason {rng.integers(10_000)}" for _ in "ab"] if is_text else list(rng.choice(["price", "rival"], 2))
        first, second = texts if number % 3 == 0 else (None, None)
        days = pd.Timestamp("2025-01-06") + pd.Timedelta(days=number), pd.Timestamp("2025-09-01")
        if is_written_later and number % 3 == 0:
            rows += [(f"A{number}", None, days[0]), (f"A{number}", second, days[1])]
        else:
            rows += [(f"A{number}", first, days[0])] + ([(f"A{number}", second, days[1])] if number % 12 < 4 else [])
    return pd.DataFrame(rows, columns=["account_id", "owner", "known_at"])


@pytest.mark.parametrize("is_text", [False, True])
@pytest.mark.parametrize("is_written_later", [False, True])
def test_a_reason_that_comes_with_a_version_of_its_own_is_honest_and_one_that_is_only_corrected_is_not(
    is_written_later, is_text, tmp_path
):
    table = versions_of_a_reason(np.random.default_rng(0), is_written_later, is_text)
    table.sample(frac=1.0, random_state=1).to_parquet(tmp_path / "accounts.parquet", index=False)
    sources = {"accounts": {"files": "a.csv", "columns": {"owner": "churn_reason"}}, "contracts": {"files": "c.csv"}}
    staged = SimpleNamespace(mapped_columns={"accounts": {"owner"}}, tables={"accounts": tmp_path / "accounts.parquet"})
    _, findings = denied_names(SimpleNamespace(params=params_of(sources), staged=staged))
    assert [one.column for one in findings] == ([] if is_written_later else ["owner"])


def test_names_are_followed_through_selects():
    sql = "WITH a AS (SELECT id, reason_for_leaving AS why FROM crm) SELECT id AS account_id, coalesce(why, '-') AS owner FROM a"
    source = {"inputs": {"crm": {"files": "a.csv"}}, "sql": sql, "known_at": "static"}
    project = SimpleNamespace(
        params=params_of({"accounts": source, "usage": {"files": "u.csv"}}),
        staged=SimpleNamespace(mapped_columns={"accounts": {"owner"}}, tables={}),
    )
    (finding,) = denied_names(project)[1]
    assert (finding.table, finding.column) == ("accounts", "owner") and "reason_for_leaving" in finding.message


def terms_of_a_company(directory, erased_before=None):
    """800 accounts with yearly terms, a tenth of which ends for good each quarter; nothing else."""
    rng, rows = np.random.default_rng(0), []
    for number in range(800):
        start, last = dt.date(2022, 1, 3) + dt.timedelta(days=int(rng.integers(0, 700))), dt.date(2025, 12, 29)
        while start < last:
            end = start.replace(year=start.year + 1, day=min(start.day, 28))
            rows.append((f"A{number:03d}", f"C{len(rows)}", start, end, start - dt.timedelta(days=3)))
            if rng.random() < 0.3:
                break
            start = end
    terms = pd.DataFrame(rows, columns=["account_id", "contract_id", "starts_on", "ends_on", "known_at"]).assign(mrr=100.0)
    left = terms.groupby("account_id")["ends_on"].max()
    if erased_before is not None:
        terms = terms[terms["account_id"].map(left) >= erased_before]
    first = terms.groupby("account_id")["starts_on"].min().reset_index(name="signed_up_at")
    directory.mkdir()
    terms[terms["known_at"] < dt.date(2025, 12, 29)].to_csv(directory / "contracts.csv", index=False)
    first.assign(known_at=first["signed_up_at"] - pd.Timedelta(days=5)).to_csv(directory / "accounts.csv", index=False)
    sources = {name: {"files": f"{name}.csv", "known_at": {"column": "known_at"}} for name in ("accounts", "contracts")}
    return Project(directory, params_of(sources))


def test_accounts_that_are_erased_some_time_after_they_left_leave_a_silence(tmp_path):
    as_of = dt.date(2025, 12, 29)
    assert early_silence(terms_of_a_company(tmp_path / "whole"), as_of)[1] == []
    (finding,) = early_silence(terms_of_a_company(tmp_path / "erased", dt.date(2025, 1, 6)), as_of)[1]
    assert finding.table == "contracts" and "seem to be deleted" in finding.message
