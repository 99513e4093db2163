"""Attacks on time: nothing that happens, or becomes known, at or after a snapshot changes its row."""

import dataclasses
import datetime as dt
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
MICROSECOND = pd.Timedelta(microseconds=1)


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


@pytest.mark.parametrize("table", ["contracts", "usage", "users", "tickets", "invoices", "feedback", "touchpoints", "milestones"])
def test_deleting_everything_known_at_or_after_the_snapshot_changes_nothing(company, before, table, tmp_path):
    snapshots, expected = before
    frame = pd.read_parquet(company.staged.tables[table])
    past = frame[frame["known_at"] < pd.Timestamp(AS_OF)].copy()
    assert len(past) < len(frame)
    # What a later version says of an earlier one is not known yet either.
    assert_same(rows_at(view_of(company, {table: past}, tmp_path), snapshots), expected)


@pytest.mark.parametrize(
    ("table", "time", "column", "value"),
    [
        ("usage", "occurred_at", "quantity", 1e6),
        ("tickets", "resolved_at", "csat", 1.0),
        ("tickets", "resolved_at", "first_contact_resolved", True),
        ("invoices", "paid_on", "paid_on", None),
        ("users", "left_at", "left_at", None),
        ("milestones", "achieved_at", "achieved_at", None),
        ("touchpoints", "occurred_at", "willingness", -2),
        ("feedback", "occurred_at", "score", 0.0),
    ],
)
def test_changing_what_was_not_yet_revealed_changes_nothing(company, before, table, time, column, value, tmp_path):
    snapshots, expected = before
    frame = pd.read_parquet(company.staged.tables[table])
    hidden = pd.to_datetime(frame[time]) >= pd.Timestamp(AS_OF)
    assert hidden.any()
    frame.loc[hidden, column] = value
    assert_same(rows_at(view_of(company, {table: frame}, tmp_path), snapshots), expected)


@pytest.mark.parametrize(
    ("shift", "is_seen"),
    [(-MICROSECOND, True), (pd.Timedelta(0), False), (MICROSECOND, False)],
    ids=["1 us before", "at", "1 us after"],
)
@pytest.mark.parametrize("late", ["occurred_at", "known_at"])
def test_the_cut_is_strict_to_the_microsecond(company, before, shift, is_seen, late, tmp_path):
    snapshots, expected = before
    account = snapshots["account_id"].iloc[0]
    frame = pd.read_parquet(company.staged.tables["usage"])
    event = frame[frame["account_id"] == account].iloc[[0]].copy()
    early = pd.Timestamp(AS_OF) - pd.Timedelta(days=3)
    event["occurred_at"] = pd.Timestamp(AS_OF) + shift if late == "occurred_at" else early
    event["known_at"] = pd.Timestamp(AS_OF) + shift
    event["event_id"] = "planted"
    frame = pd.concat([frame, event.astype(frame.dtypes.to_dict())], ignore_index=True)
    found = rows_at(view_of(company, {"usage": frame}, tmp_path), snapshots)
    difference = found["usage_events_7d"] - expected["usage_events_7d"]
    assert difference.tolist() == [1.0 if is_seen else 0.0] + [0.0] * (len(snapshots) - 1)


@pytest.mark.parametrize("window", [7, 28, 91])
def test_the_far_end_of_a_window_belongs_to_it(company, before, window, tmp_path):
    snapshots, expected = before
    frame = pd.read_parquet(company.staged.tables["usage"])
    edge = pd.Timestamp(AS_OF) - pd.Timedelta(days=window)
    planted = []
    for instant in (edge - MICROSECOND, edge, edge + MICROSECOND):
        event = frame[frame["account_id"] == snapshots["account_id"].iloc[0]].iloc[[0]].copy()
        event["occurred_at"], event["known_at"], event["event_id"] = instant, instant, f"planted {instant}"
        planted.append(event.astype(frame.dtypes.to_dict()))
    frame = pd.concat([frame, *planted], ignore_index=True)
    found = rows_at(view_of(company, {"usage": frame}, tmp_path), snapshots)
    assert found[f"usage_events_{window}d"].iloc[0] - expected[f"usage_events_{window}d"].iloc[0] == 2


def test_a_training_row_equals_the_scoring_row_of_its_week(company):
    days = company.view.calendar.days(company.last_snapshot_day(), 5)[-6:]
    together = company.view.population(days)
    panel = rows_at(company.view, together)
    for day in days:
        alone = company.view.population([day])
        of_day = (together["as_of"] == pd.Timestamp(day)).to_numpy()
        assert_same(rows_at(company.view, alone).reset_index(drop=True), panel[of_day].reset_index(drop=True))


def test_the_order_of_rows_does_not_matter(company, before, tmp_path):
    snapshots, expected = before
    shuffled = {
        name: pd.read_parquet(company.staged.tables[name]).sample(frac=1, random_state=0)
        for name in ("usage", "contracts", "feedback", "touchpoints")
    }
    assert_same(rows_at(view_of(company, shuffled, tmp_path), snapshots), expected)


def test_other_accounts_do_not_matter(company, before, tmp_path):
    snapshots, expected = before
    kept = snapshots["account_id"].iloc[::3]
    few = snapshots[snapshots["account_id"].isin(kept)]
    frames = {name: pd.read_parquet(company.staged.tables[name]) for name in ("contracts", "tickets", "invoices", "users")}
    alone = {name: frame[frame["account_id"].isin(kept)] for name, frame in frames.items()}
    found = rows_at(view_of(company, alone, tmp_path), few)
    assert_same(found, expected.loc[few.index])


def test_a_wider_window_never_counts_less(company, before):
    _, features = before
    counts = [spec for spec in company.view.catalogue.specs if spec.form == "window" and spec.unit == "count"]
    stems = {spec.name.rsplit("_", 1)[0] for spec in counts}
    assert len(stems) > 20
    for stem in stems:
        assert (features[f"{stem}_7d"] <= features[f"{stem}_28d"]).all(), stem
        assert (features[f"{stem}_28d"] <= features[f"{stem}_91d"]).all(), stem


def test_no_feature_is_infinite(before):
    _, features = before
    numbers = features.select_dtypes("number").to_numpy()
    assert not np.isinf(numbers).any()


INSTANT = st.integers(-40 * 86_400, 40 * 86_400).map(lambda s: dt.datetime(2025, 1, 6) + dt.timedelta(seconds=s))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], derandomize=True)
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
