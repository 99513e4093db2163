"""The future never matters, whatever of it changes; where it does, the auditor names the table, the column and the account."""

import dataclasses
import os

import ibis
import pytest
from generated_company import generate

from renewcast.audit.futures import changed_futures
from renewcast.audit.perturbation import KINDS, Perturber
from renewcast.audit.sample import draw
from renewcast.sources import CONTRACTS

DEEP = os.environ.get("RENEWCAST_DEEP") == "1"
PROBES = 2_000 if DEEP else 300
PARTS = 5 if DEEP else 1


def test_no_future_changes_a_row_of_a_simulated_company(company, record_testsuite_property):
    piece, snapshots = draw(company, company.last_snapshot_day(), 60 if DEEP else 30, seed=0)
    probes, findings = changed_futures(piece, snapshots, PROBES, seed=0)
    record_testsuite_property("perturbations, simulated", probes)
    assert not findings and probes >= PROBES


@pytest.mark.parametrize("part", range(PARTS))
def test_no_future_changes_a_row_of_a_generated_company(part, tmp_path, record_testsuite_property):
    generated = generate(40 if DEEP else 10, seed=part)
    probes, findings = changed_futures(generated.company(tmp_path), generated.panel(), PROBES, seed=part)
    record_testsuite_property(f"perturbations, part {part}", probes)
    assert not findings and probes >= PROBES


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_change_is_tried_in_every_table_that_allows_it(kind, tmp_path):
    import numpy as np

    generated = generate(20, seed=3)
    company = generated.company(tmp_path)
    as_of = dict(generated.snapshots)
    for name, contract in CONTRACTS.items():
        perturber = Perturber(contract, {}, {}, {})
        changes = [
            perturber.change(kind, account, company.rows[name].get(account, []), as_of[account], np.random.default_rng(place))
            for place, account in enumerate(as_of)
        ]
        is_possible = {
            "restate": bool(contract.key),
            "reveal": any(column.revealed_by for column in contract.columns.values()),
        }.get(kind, True)
        assert any(changes) == is_possible, name


def test_what_changes_lies_at_or_after_the_snapshot(tmp_path):
    """The attack itself is fair: whatever it touches could not be known, or was not revealed, at the snapshot."""
    import numpy as np

    generated = generate(20, seed=4)
    company = generated.company(tmp_path)
    for place, (account, as_of) in enumerate(generated.snapshots):
        for name, contract in CONTRACTS.items():
            rows = company.rows[name].get(account, [])
            perturber = Perturber(contract, {}, {}, {})
            for kind in KINDS:
                change = perturber.change(kind, account, rows, as_of, np.random.default_rng(place))
                if change is None:
                    continue
                left = [row for number, row in rows if number not in change.removed]
                assert seen_at(rows, as_of, contract) == seen_at([(0, row) for row in [*left, *change.added]], as_of, contract)


def seen_at(rows, as_of, contract) -> list[str]:
    """What a snapshot may know of some rows: no row from later on, no end or column that was told later."""
    seen = []
    for _, row in rows:
        if row["known_at"] >= as_of:
            continue
        told = dict(row)
        if row["superseded_at"] is not None and row["superseded_at"] >= as_of:
            told["superseded_at"] = None
        for name, column in contract.columns.items():
            revealing = row[column.revealed_by] if column.revealed_by else None
            if column.revealed_by and (revealing is None or not before(revealing, as_of)):
                told[name] = None
        seen.append(repr(sorted(told.items())))
    return sorted(seen)


def before(value, as_of) -> bool:
    return value < (as_of if hasattr(value, "hour") else as_of.date())


def leak(monkeypatch, spoil) -> None:
    """Plant a defect where staged tables enter the engine."""
    from renewcast.datasets import view

    made = view.with_derived
    monkeypatch.setattr(view, "with_derived", lambda tables, contracts, *rest: made(*spoil(dict(tables), dict(contracts)), *rest))


def findings_of(tmp_path, data_sets=8):
    generated = generate(data_sets, seed=0)
    return changed_futures(generated.company(tmp_path), generated.panel(), 10, seed=0)[1]


@pytest.mark.parametrize("table", ["usage", "contracts", "milestones"] if DEEP else ["usage"])
def test_a_table_whose_rows_are_known_too_early_is_named(table, tmp_path, monkeypatch):
    def spoil(tables, contracts):
        early = tables[table]
        tables[table] = early.mutate(known_at=early.known_at - ibis.interval(days=1))
        return tables, contracts

    leak(monkeypatch, spoil)
    named = [finding for finding in findings_of(tmp_path) if finding.table is not None]
    assert named and {finding.table for finding in named} == {table}
    assert all(finding.account_id and finding.as_of and finding.feature and finding.column for finding in named)


def test_a_column_that_is_shown_before_it_is_revealed_is_named(tmp_path, monkeypatch):
    def spoil(tables, contracts):
        columns = dict(contracts["tickets"].columns)
        columns["picked_up"] = dataclasses.replace(columns["picked_up"], revealed_by=None)
        columns["first_response_at"] = dataclasses.replace(columns["first_response_at"], revealed_by=None)
        contracts["tickets"] = dataclasses.replace(contracts["tickets"], columns=columns)
        tickets = tables["tickets"]
        tables["tickets"] = tickets.mutate(first_response_at=tickets.opened_at)
        return tables, contracts

    leak(monkeypatch, spoil)
    named = findings_of(tmp_path, data_sets=30)
    assert ("tickets", "picked_up") in {(finding.table, finding.column) for finding in named}
    assert any(finding.feature.startswith("pick_up_rate") for finding in named if finding.column == "picked_up")
