"""Attacks on time: nothing that happens, or becomes known, at or after a snapshot changes its row."""

import dataclasses
import datetime as dt
import os
import shutil

import ibis
import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from renewcast.datasets.view import View
from renewcast.sources import stage

AS_OF = dt.date(2025, 9, 1)
DEEP = os.environ.get("RENEWCAST_DEEP") == "1"


def view_of(project, changed: dict, tmp_path) -> View:
    """Open a project's staged tables with some of them replaced."""
    tables = {}
    for name, path in project.staged.tables.items():
        tables[name] = tmp_path / f"{name}.parquet"
        if name in changed:
            changed[name].to_parquet(tables[name], index=False)
        else:
            shutil.copy(path, tables[name])
    return View(project.params, dataclasses.replace(project.staged, tables=tables), tmp_path / "spill")


def rows_at(view: View, snapshots: pd.DataFrame) -> pd.DataFrame:
    return view.features(snapshots)


def assert_same(left: pd.DataFrame, right: pd.DataFrame) -> None:
    """Bit for bit, and naming the first column that differs."""
    assert list(left.columns) == list(right.columns)
    for name in left:
        if left[name].dtype == float:
            same = np.array_equal(left[name].to_numpy().view("int64"), right[name].to_numpy().view("int64"))
        else:
            same = left[name].tolist() == right[name].tolist()
        assert same, f"{name} changed"


@pytest.fixture(scope="module")
def before(company):
    snapshots = company.snapshots(AS_OF)
    return snapshots, rows_at(company.view, snapshots)


def test_deleting_everything_known_at_or_after_the_snapshot_changes_nothing(company, before, tmp_path):
    """The plainest attack of all, written without the auditor."""
    snapshots, expected = before
    frames = {name: pd.read_parquet(path) for name, path in company.staged.tables.items()}
    past = {name: frame[frame["known_at"] < pd.Timestamp(AS_OF)].copy() for name, frame in frames.items()}
    assert all(len(past[name]) < len(frame) for name, frame in frames.items() if name != "accounts")
    # What a later version says of an earlier one is not known yet either.
    assert_same(rows_at(view_of(company, past, tmp_path), snapshots), expected)


def test_a_training_row_equals_the_scoring_row_of_its_week(company):
    days = company.view.calendar.days(company.last_snapshot_day(), 5)[-6 if DEEP else -2 :]
    together = company.view.population(days)
    panel = rows_at(company.view, together)
    for day in days:
        alone = company.view.population([day])
        of_day = (together["as_of"] == pd.Timestamp(day)).to_numpy()
        assert_same(rows_at(company.view, alone).reset_index(drop=True), panel[of_day].reset_index(drop=True))


INSTANT = st.integers(-40 * 86_400, 40 * 86_400).map(lambda s: dt.datetime(2025, 1, 6) + dt.timedelta(seconds=s))


@settings(
    max_examples=60 if DEEP else 4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], derandomize=True
)
@given(
    rows=st.lists(
        st.tuples(
            st.sampled_from("ABC"),
            st.sampled_from("uvw"),
            INSTANT,
            st.integers(0, 30 * 86_400),
            st.one_of(st.none(), st.integers(1, 20 * 86_400)),
            st.integers(0, 50),
        ),
        min_size=1,
        max_size=25,
    )
)
def test_the_kernel_equals_the_definition_for_late_and_replaced_facts(rows):
    """Any facts, known late and replaced later: every window of every kind equals the rule applied row by row."""
    from renewcast.engine.cells import RollUp
    from renewcast.engine.grid import Grid
    from renewcast.engine.rollup import Measure
    from renewcast.sources import CONTRACTS

    table = pd.DataFrame(rows, columns=["account_id", "user_id", "occurred_at", "lag", "replaced_after", "quantity"])
    table["known_at"] = table["occurred_at"] + pd.to_timedelta(table["lag"], unit="s")
    table["superseded_at"] = table["known_at"] + pd.to_timedelta(table["replaced_after"].astype("Float64"), unit="s")
    for column in ("occurred_at", "known_at", "superseded_at"):
        table[column] = table[column].astype("datetime64[us]")
    origin = dt.datetime(2025, 1, 6)
    measures = [
        Measure("usage", "sum"),
        Measure("usage", "sum", value=lambda t: t.quantity),
        Measure("usage", "distinct", column="user_id"),
        Measure("usage", "latest"),
        Measure("usage", "earliest"),
        Measure("usage", "days"),
        Measure("usage", "last", value=lambda t: t.quantity),
        Measure("usage", "first", value=lambda t: t.quantity),
    ]
    accounts, numbers = np.repeat(list("ABC"), 8), np.tile(np.arange(8), 3)
    tables = {"usage": ibis.memtable(table)}
    grid = Grid(RollUp(tables, CONTRACTS, origin, measures), accounts, numbers)
    for measure in measures:
        for window in (7, 21, None):
            found = grid.read(measure, window)
            for place, (account, number) in enumerate(zip(accounts, numbers, strict=True)):
                as_of = pd.Timestamp(origin) + pd.Timedelta(days=7 * int(number))
                mine = table[(table["account_id"] == account) & (table["occurred_at"] < as_of) & (table["known_at"] < as_of)]
                mine = mine[mine["superseded_at"].isna() | (mine["superseded_at"] >= as_of)]
                if window is not None and measure.kind in ("sum", "distinct", "days"):
                    mine = mine[mine["occurred_at"] >= as_of - pd.Timedelta(days=window)]
                if measure.kind == "distinct":
                    expected = mine["user_id"].nunique()
                elif measure.kind == "days":
                    expected = mine["occurred_at"].dt.normalize().nunique()
                elif measure.kind in ("last", "first"):
                    in_order = mine.sort_values(["occurred_at", "quantity"])["quantity"].tolist()
                    expected = np.nan if mine.empty else in_order[-1 if measure.kind == "last" else 0]
                elif measure.kind == "sum":
                    expected = len(mine) if measure.value is None else mine["quantity"].sum()
                else:
                    chosen = mine["occurred_at"].max() if measure.kind == "latest" else mine["occurred_at"].min()
                    expected = np.nan if mine.empty else (as_of - chosen).total_seconds() / 86_400
                assert found[place] == expected or (np.isnan(found[place]) and np.isnan(expected)), (
                    measure,
                    window,
                    account,
                    number,
                )


def test_staging_twice_gives_the_same_fingerprint(company):
    assert stage(company.params, company.directory).fingerprint == company.staged.fingerprint
