"""Every registered feature equals the naive oracle, bit for bit: of a simulated company, and of thousands of nasty data sets."""

import dataclasses
import os

import ibis
import numpy as np
import pandas as pd
import pytest
from generated_company import generate

from renewcast.audit.company_slice import cut
from renewcast.audit.futures import rows_of
from renewcast.audit.oracle import Oracle, replay
from renewcast.features.catalogue import everything
from renewcast.params import InactivityLabel

DEEP = os.environ.get("RENEWCAST_DEEP") == "1"
DATA_SETS, PARTS = (500, 10) if DEEP else (60, 1)


@pytest.fixture(scope="module")
def sample(company):
    """Thirty snapshots of different accounts: days drawn with a seed, some of them near the first snapshot."""
    snapshots = company.view.population(company.view.calendar.days(company.last_snapshot_day(), 3))
    snapshots = snapshots.iloc[np.random.default_rng(0).permutation(len(snapshots))].drop_duplicates("account_id").head(30)
    snapshots = snapshots[["account_id", "as_of"]].sort_values(["account_id", "as_of"], ignore_index=True)
    return cut(company.params, company.staged, snapshots["account_id"]), snapshots


def test_every_feature_of_a_simulated_company_equals_the_oracle(company, sample):
    piece, snapshots = sample
    with piece.opened() as view:
        expected = Oracle(piece, view.catalogue, view.grace_days).rows(snapshots)
    assert {spec.name for spec in everything(company.params.features.windows_days)} <= set(expected)
    assert replay(piece, snapshots) == (len(snapshots), [])


@pytest.mark.parametrize("part", range(PARTS))
def test_every_feature_of_generated_data_sets_equals_the_oracle(part, tmp_path, record_testsuite_property):
    generated = generate(DATA_SETS, seed=part)
    company, panel = generated.company(tmp_path), generated.panel()
    compared, findings = replay(company, panel)
    record_testsuite_property(f"generated data sets, part {part}", DATA_SETS)
    record_testsuite_property(f"rows compared, part {part}", compared)
    assert not findings
    assert compared == len(panel) > 3 * DATA_SETS
    if part == 0:
        with company.opened() as view:
            rows = rows_of(view, panel)
            assert {spec.name for spec in everything(company.params.features.windows_days)} == {
                s.name for s in view.catalogue.specs
            }
        still = [name for name in rows if rows[name].dropna().nunique() < 2]
        assert not still, f"{still} never change, so nothing was compared"


def test_a_business_without_contracts_equals_the_oracle(tmp_path):
    generated = generate(8, seed=5)
    company, panel = generated.company(tmp_path), generated.panel()
    label = InactivityLabel(lead_days=0, horizon_days=90, active_within_days=30)
    labels = company.params.labels.model_copy(update={"churn": None, "renewal": None, "inactivity": label})
    scoring = company.params.scoring.model_copy(update={"target": "inactivity"})
    params = company.params.model_copy(update={"labels": labels, "scoring": scoring})
    tables = {name: table for name, table in company.tables.items() if name != "contracts"}
    mapped = {name: columns for name, columns in company.staged.mapped_columns.items() if name != "contracts"}
    staged = dataclasses.replace(company.staged, mapped_columns=mapped)
    company = dataclasses.replace(company, params=params, staged=staged, tables=tables)
    assert replay(company, panel) == (len(panel), [])


def test_other_windows_and_other_grace_equal_the_oracle(tmp_path):
    generated = generate(8, seed=6)
    company = generated.company(tmp_path, windows_days=[7, 14, 182, 364])
    churn = company.params.labels.churn.model_copy(update={"grace_days": 0, "lead_days": 14, "horizon_days": 7})
    labels = company.params.labels.model_copy(update={"churn": churn, "renewal": None})
    company = dataclasses.replace(company, params=company.params.model_copy(update={"labels": labels}))
    assert replay(company, generated.panel()) == (len(generated.snapshots), [])


def test_the_oracle_notices_a_table_that_is_cut_a_second_too_late(tmp_path, monkeypatch):
    """A planted defect: the engine takes tickets for known one second early."""
    from renewcast.datasets import view as view_module

    made = view_module.with_derived

    def leaking(tables, contracts, mapped, grace_days):
        tickets = tables["tickets"]
        early = tickets.mutate(known_at=tickets.known_at - ibis.interval(seconds=1))
        return made({**tables, "tickets": early}, contracts, mapped, grace_days)

    monkeypatch.setattr(view_module, "with_derived", leaking)
    generated = generate(8, seed=1)
    _, findings = replay(generated.company(tmp_path), generated.panel())
    assert findings and {finding.table for finding in findings} == {"tickets"}
    assert all(finding.account_id and finding.feature and finding.as_of for finding in findings)


def test_bought_modules_that_are_not_used_equal_a_count_by_hand(company, sample):
    """Held by a live, known term at the snapshot, and not one known event of that module in the window."""
    snapshots = sample[1].head(10)
    built = company.view.features(snapshots)
    contracts, usage = (company.table(name) for name in ("contracts", "usage"))
    contracts[["starts_on", "ends_on"]] = contracts[["starts_on", "ends_on"]].apply(pd.to_datetime)
    for window in (28, 91):
        expected = []
        for row in snapshots.itertuples():
            known = contracts[contracts["known_at"] < row.as_of]
            known = known[known["superseded_at"].isna() | (known["superseded_at"] >= row.as_of)]
            seen = usage[(usage["occurred_at"] < row.as_of) & (usage["known_at"] < row.as_of)]
            modules = set(usage.loc[usage["known_at"] < row.as_of, "module"].dropna())
            mine = known[known["account_id"] == row.account_id]
            live = mine[(mine["starts_on"] < row.as_of) & (mine["ends_on"].isna() | (mine["ends_on"] >= row.as_of))]
            recent = seen[(seen["account_id"] == row.account_id) & (seen["occurred_at"] >= row.as_of - pd.Timedelta(days=window))]
            expected.append(float(len((set(live["product"]) & modules) - set(recent["module"]))))
        assert built[f"bought_modules_unused_{window}d"].tolist() == expected
