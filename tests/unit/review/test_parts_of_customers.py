"""The parts on lifecycle and milestones: whole, in both languages, and quiet where a project keeps too little."""

import datetime as dt
import re

import numpy as np
import pandas as pd
import pytest
import yaml
from small_project import params_of
from spec import text_tables

from renewcast import Project
from renewcast.review.inputs import Inputs
from renewcast.review.parts.lifecycle import lifecycle
from renewcast.review.parts.milestones import milestones

T = dt.date(2025, 12, 1)
PARTS = {"lifecycle": lifecycle, "milestones": milestones}


def check(part, name):
    """A part is what the review expects of it."""
    assert part.name == name and set(part.title) == {"en", "zh"}
    if part.missing is not None:
        assert set(part.missing) == {"en", "zh"} and not part.tables
        return part
    assert len({table.name for table in part.tables}) == len(part.tables)
    by_name = {table.name: table for table in part.tables}
    for table in part.tables:
        assert [column.name for column in table.columns] == list(table.frame.columns), table.name
        assert table.frame.index.equals(pd.RangeIndex(len(table.frame)))
        for column in table.columns:
            values = table.frame[column.name]
            assert not column.required or values.notna().all(), (table.name, column.name)
            if column.kind in ("share", "number", "money", "integer"):
                assert not np.isinf(values.astype(float)).any(), (table.name, column.name)
            if column.kind == "share":
                assert values.dropna().between(0, 1).all(), (table.name, column.name)
            if column.kind == "integer":
                assert (values.dropna() == values.dropna().round()).all()
        if {"share", "low", "high"} <= set(table.frame):
            known = table.frame.dropna(subset=["share"])
            assert (known["low"] <= known["share"] + 1e-12).all() and (known["share"] <= known["high"] + 1e-12).all()
        for column, words in (table.words or {}).items():
            assert all(set(said) == {"en", "zh"} for said in words.values())
            if column not in ("grouping", "cohort"):
                assert set(table.frame[column].dropna()) <= set(words), (table.name, column)
    for chart in part.charts:
        frame = by_name[chart.table].frame
        assert {chart.x, *chart.y, chart.group, chart.low, chart.high} - {None} <= set(frame.columns), chart.table
    for said in (*part.says, *(figure.label for figure in part.figures), *(table.title for table in part.tables)):
        assert set(said) == {"en", "zh"} and all(said.values())
        assert not re.search(r"nan|NaT|[{}]", said["en"] + said["zh"]), said
    return part


@pytest.fixture(scope="module")
def inputs(company):
    return Inputs(Project.load(company.directory), T)


@pytest.fixture(scope="module")
def parts(inputs):
    return {name: make(inputs) for name, make in PARTS.items()}


@pytest.mark.parametrize("name", PARTS)
def test_a_part_is_whole_and_the_same_each_time(inputs, parts, name):
    part = check(parts[name], name)
    assert len(part.tables) > 5 and len(part.says) > 2 and part.figures and part.charts
    again = PARTS[name](inputs)
    assert [said["zh"] for said in again.says] == [said["zh"] for said in part.says]
    for one, other in zip(part.tables, again.tables, strict=True):
        pd.testing.assert_frame_equal(one.frame, other.frame)


def test_stage_sizes_add_up_to_the_population(inputs, parts):
    sizes = next(table.frame for table in parts["lifecycle"].tables if table.name == "stage_sizes")
    everybody = inputs.view.population([T])
    assert sizes["accounts"].sum() == len(everybody)
    assert sizes["arr"].sum() == pytest.approx(everybody["mrr"].sum() * 12, abs=0.05)
    assert sizes["arr_share"].sum() == pytest.approx(1)


def tiny(directory, **tables):
    """Lay out a project of these text tables."""
    sources = {}
    for name, text in tables.items():
        (directory / f"{name}.csv").write_text(text_tables.to_csv(text_tables.rows(text)))
        sources[name] = {"files": f"{name}.csv", "known_at": {"column": "known_at"}}
    params = params_of(sources).model_dump(mode="json")
    (directory / "params.yaml").write_text(yaml.safe_dump(params, sort_keys=False))
    return Project.load(directory)


ACCOUNTS = """
    account_id | signed_up_at | known_at
    A          | 2025-01-06   | 2025-01-06
    B          | 2025-08-04   | 2025-08-04
"""
CONTRACTS = """
    contract_id | account_id | starts_on  | ends_on    | mrr | known_at
    a           | A          | 2025-01-20 | 2026-01-20 | 100 | 2025-01-15
    b           | B          | 2025-11-01 |            | 50  | 2025-10-30
"""
USAGE = """
    account_id | occurred_at         | known_at
    A          | 2025-11-20 10:00:00 | 2025-11-20 10:00:00
    B          | 2025-11-25 10:00:00 | 2025-11-25 10:00:00
"""
MILESTONES = """
    account_id | milestone | kind     | due_on     | achieved_at | known_at
    A          | deal      | customer | 2025-03-01 |             | 2025-01-21
"""
TINY = {
    "two accounts, contracts only": {"accounts": ACCOUNTS, "contracts": CONTRACTS},
    "no contracts": {"accounts": ACCOUNTS, "usage": USAGE},
    "one milestone": {"accounts": ACCOUNTS, "contracts": CONTRACTS, "usage": USAGE, "milestones": MILESTONES},
}


@pytest.mark.parametrize("tables", TINY, ids=str)
def test_parts_of_a_tiny_project_do_not_fail_and_say_what_is_missing(tables, tmp_path):
    project = tiny(tmp_path, **TINY[tables])
    inputs = Inputs(project, project.last_snapshot_day())
    part = check(lifecycle(inputs), "lifecycle")
    assert part.tables[0].frame["accounts"].sum() == len(inputs.known.accounts) > 0
    part = check(milestones(inputs), "milestones")
    # Who pays and renews is told by contracts alone; of milestones there may be nothing.
    assert (part.missing is not None) == (tables == "no contracts")
    assert ("milestone_status" in {table.name for table in part.tables}) == (tables == "one milestone")
