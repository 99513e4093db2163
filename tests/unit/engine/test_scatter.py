"""Scattering a file onto the grid gives what a GROUP BY over the same rows gives, to the last bit, for whatever fits."""

import dataclasses
import datetime as dt
from decimal import Decimal

import duckdb
import ibis
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from renewcast.engine import batch, scatter
from renewcast.engine.cells import RollUp
from renewcast.engine.grid import Grid
from renewcast.engine.portable import cents, nearest, one_if
from renewcast.engine.rollup import Measure
from renewcast.sources import CONTRACTS, Column

ORIGIN = dt.datetime(2024, 1, 1)
WEEKS = 30
US = dt.timedelta(microseconds=1)
SCHEMA = pa.schema(
    {
        "account_id": pa.string(), "user_id": pa.string(), "module": pa.string(), "action": pa.string(), "trial": pa.bool_(),
        "occurred_at": pa.timestamp("us"), "ended_at": pa.timestamp("us"), "quantity": pa.float64(), "pages": pa.int64(),
        "amount": pa.decimal128(18, 2), "known_at": pa.timestamp("us"), "superseded_at": pa.timestamp("us"),
    }
)  # fmt: skip
ACCOUNTS = ["A", "b 'c'", "0", "00", "北京", "a\x00b", "", " ", "NULL", *(f"account {number}" for number in range(11))]
ACTIONS = ["view", "View", "edit", "", "\x1f", "👁", None]
CONTRACT = dataclasses.replace(
    CONTRACTS["usage"],
    columns={
        name: Column("boolean" if kind == pa.bool_() else "text", name)
        for name, kind in zip(SCHEMA.names, SCHEMA.types, strict=True)
        if name not in ("account_id", "known_at", "superseded_at")
    },
)
MEASURES = {
    "rows": Measure("usage", "sum"),
    "rows of an action": Measure("usage", "sum", where=lambda t: t.action == "view"),
    "rows without an action": Measure("usage", "sum", where=lambda t: t.action.isnull()),
    "rows of another action": Measure("usage", "sum", where=lambda t: t.action != "view"),
    "rows of a flag": Measure("usage", "sum", where=lambda t: t.trial),
    "rows of no flag": Measure("usage", "sum", where=lambda t: ~t.trial),
    "rows of a flag or none": Measure("usage", "sum", where=lambda t: t.trial.fill_null(True)),
    "rows of two columns": Measure("usage", "sum", where=lambda t: t.trial & (t.action == "view")),
    "rows of a number": Measure("usage", "sum", where=lambda t: t.quantity > 1),
    "rows of an instant": Measure("usage", "sum", where=lambda t: t.ended_at > t.occurred_at),
    "every row": Measure("usage", "sum", where=lambda t: ibis.literal(True)),
    "two a row": Measure("usage", "sum", value=lambda t: ibis.literal(2)),
    "a column": Measure("usage", "sum", value=lambda t: t.pages),
    "a column of halves": Measure("usage", "sum", value=lambda t: t.quantity),
    "a column of money": Measure("usage", "sum", value=lambda t: t.amount),
    "a column of flags": Measure("usage", "sum", value=lambda t: one_if(t.trial)),
    "a column where": Measure("usage", "sum", value=lambda t: t.pages, where=lambda t: t.action == "edit"),
    "hundredths": Measure("usage", "sum", value=lambda t: nearest(t.quantity * 100.0), per=100.0),
    "cents": Measure("usage", "sum", value=lambda t: cents(t.amount), where=lambda t: t.trial, per=100.0),
    "days": Measure("usage", "days"),
    "days of an action": Measure("usage", "days", where=lambda t: t.action == "view"),
    "days of a flag": Measure("usage", "days", where=lambda t: ~t.trial),
    "days of two columns": Measure("usage", "days", where=lambda t: t.trial | (t.pages > 3)),
    "users": Measure("usage", "distinct", column="user_id"),
    "modules": Measure("usage", "distinct", column="module"),
    "actions": Measure("usage", "distinct", column="action"),
}
OTHER_MEASURES = {
    "users of an action": Measure("usage", "distinct", column="user_id", where=lambda t: t.action == "view"),
    "by another time": Measure("usage", "sum", at="ended_at"),
    "latest": Measure("usage", "latest"),
    "earliest of a flag": Measure("usage", "earliest", where=lambda t: t.trial),
    "last": Measure("usage", "last", value=lambda t: t.pages),
    "first": Measure("usage", "first", value=lambda t: t.pages),
    "level": Measure("usage", "level", until="ended_at", is_open_ended=True),
}
WINDOWS = [(7, 0), (28, 0), (91, 28), (None, 0), (None, 14)]


def usage(seed: int, rows: int = 3000, *, modules: int = 5, late: float = 0.2, replaced: float = 0.1, shared=False) -> pa.Table:
    """Draw events: at every edge of a day and week, long before the first snapshot, late, replaced, with NULLs everywhere."""
    rng = np.random.default_rng([seed, 7])

    def some(values, empty: float):
        return [None if rng.random() < empty else values[int(rng.integers(len(values)))] for _ in range(rows)]

    def instants(low: float, high: float) -> list:
        drawn = []
        for _ in range(rows):
            day = ORIGIN + dt.timedelta(days=int(rng.integers(low * 7, high * 7)))
            edge = rng.random() < 0.5
            drawn.append(day + int(rng.integers(-1, 2)) * US if edge else day + int(rng.integers(86_400 * 10**6)) * US)
        return drawn

    account = some(ACCOUNTS, 0)
    happened = instants(-4, WEEKS + 3)
    for place in rng.integers(rows, size=rows // 50) if rows else ():
        # Far beyond both ends of the grid, and no time at all.
        far = (dt.datetime(1955, 11, 5), dt.datetime(2013, 5, 6), dt.datetime(2099, 12, 31, 23, 59, 59, 999_999), None)
        happened[place] = far[int(rng.integers(4))]
    known, superseded = [], []
    for event in happened:
        delay = dt.timedelta(0)
        if rng.random() < late:
            delay = [US, -US, dt.timedelta(days=int(rng.integers(-30, 120)))][int(rng.integers(3))]
        known.append((event or ORIGIN) + delay)
        until = known[-1] + int(rng.integers(1, 60 * 86_400 * 10**6)) * US
        superseded.append(until if rng.random() < replaced else None)
    users = [f"{'' if shared else name}user {int(rng.integers(9))}" for name in account]
    return pa.table(
        {
            "account_id": account,
            "user_id": [None if rng.random() < 0.1 else user for user in users],
            "module": some([f"module {number}" for number in range(modules)], 0.2),
            "action": some(ACTIONS, 0.1),
            "trial": some([True, False], 0.2),
            "occurred_at": happened,
            "ended_at": [None if rng.random() < 0.3 else instant for instant in instants(-4, WEEKS + 3)],
            "quantity": some([0.0, 0.5, 1.5, 2.5, -0.5, -2.5, 0.005, 1.005, 1e6], 0.2),
            "pages": some([0, 1, 7, -3, 10**9], 0.2),
            "amount": some([Decimal("0.50"), Decimal("1.50"), Decimal("2.50"), Decimal("-0.50"), Decimal("12345.67")], 0.2),
            "known_at": known,
            "superseded_at": superseded,
        },
        schema=SCHEMA,
    )


class Files:
    """Tables written by the program and in the way that a test chooses, rolled up in both ways."""

    def __init__(self, folder):
        self.path, self.engine = folder / "usage.parquet", ibis.duckdb.connect(threads=1)

    def write(self, table: pa.Table, way: str) -> None:
        if way == "duckdb":
            connection = duckdb.connect()
            connection.register("usage", table)
            connection.sql("SELECT * FROM usage").write_parquet(str(self.path), row_group_size=2048)
            connection.close()
        else:
            options = {
                "plain": {"use_dictionary": False},
                "dictionary": {},
                "row groups": {"row_group_size": 97},
                "no statistics": {"write_statistics": False, "row_group_size": 500},
                "large text": {},
            }
            if way == "large text":
                kinds = [pa.large_string() if kind == pa.string() else kind for kind in table.schema.types]
                table = table.cast(pa.schema(list(zip(table.column_names, kinds, strict=True))))
            pq.write_table(table, self.path, **options[way])

    def rollups(self, measures, threads: int = 1) -> tuple[RollUp, RollUp]:
        """Return the one that may scatter the file, and the one that cannot."""
        tables, contracts = {"usage": self.engine.read_parquet(str(self.path))}, {"usage": CONTRACT}
        files = {"usage": self.path}
        return (
            RollUp(tables, contracts, ORIGIN, measures, files=files, threads=threads),
            RollUp(tables, contracts, ORIGIN, measures),
        )


@pytest.fixture
def files(tmp_path):
    return Files(tmp_path)


def grids(rollups, accounts, numbers) -> list[Grid]:
    owners = np.repeat(np.array(accounts, dtype=object), len(numbers))
    return [Grid(rollup, owners, np.tile(numbers, len(accounts))) for rollup in rollups]


def differences(rollups, measures: dict, accounts=ACCOUNTS, numbers=range(WEEKS + 1)) -> list:
    """Name the measures and windows that the two ways do not agree on to the last bit, and what came of the others."""
    scattered, grouped = grids(rollups, accounts, numbers)
    wrong = []
    for name, measure in measures.items():
        for window, skip in WINDOWS:
            found, wanted = scattered.read(measure, window, skip), grouped.read(measure, window, skip)
            if not np.array_equal(found.view("int64"), wanted.view("int64")):
                wrong.append((name, window, skip, int((found != wanted).sum())))
    return wrong


def scattered_measures(rollup: RollUp, measures: dict) -> list[str]:
    """Name the measures that were read from the scattered file."""
    return [name for name, measure in measures.items() if rollup._scatter(rollup._place(measure)[0]) is not None]


@pytest.mark.parametrize("way", ["duckdb", "plain", "dictionary", "row groups", "no statistics", "large text"])
def test_every_measure_is_what_a_group_by_says(files, way):
    files.write(usage(seed=0), way)
    rollups = files.rollups(MEASURES.values())
    assert differences(rollups, MEASURES) == []
    assert scattered_measures(rollups[0], MEASURES) == list(MEASURES)
    said = grids(rollups, ACCOUNTS, range(WEEKS))[0]
    assert [name for name, measure in MEASURES.items() if len(np.unique(said.read(measure, 7))) < 4] == []


@pytest.mark.parametrize("seed", range(1, 9))
def test_whatever_share_of_rows_is_late_or_replaced(files, seed):
    late, replaced = [(0, 0), (0, 0.3), (1, 0), (1, 1), (0.5, 0.5), (0.01, 0), (0, 0.001), (0.9, 0.1)][seed - 1]
    rows = [3000, 1500, 1000, 800, 400, 60, 2500, 7][seed - 1]
    table = usage(seed, rows, late=late, replaced=replaced, modules=seed)
    files.write(table, ["dictionary", "row groups", "duckdb", "plain"][seed % 4])
    rollups = files.rollups(MEASURES.values(), threads=2)
    assert differences(rollups, MEASURES) == []
    assert scattered_measures(rollups[0], MEASURES) == list(MEASURES)


def test_what_does_not_fit_is_grouped_beside_what_does(files):
    files.write(usage(seed=20), "row groups")
    every = MEASURES | OTHER_MEASURES
    rollups = files.rollups(every.values())
    assert differences(rollups, every) == []
    # All users, and those of one action, come from one pass.
    assert scattered_measures(rollups[0], every) == [name for name in MEASURES if name != "users"]


def test_what_nobody_planned_is_right_too(files):
    files.write(usage(seed=21, rows=500), "dictionary")
    rollups = files.rollups([MEASURES["rows"]])
    assert differences(rollups, MEASURES | OTHER_MEASURES) == []


def test_users_of_several_accounts_are_grouped(files):
    files.write(usage(seed=22, shared=True), "row groups")
    # Few keys are kept apart for every account, whoever has them.
    rollups = files.rollups(MEASURES.values())
    assert scattered_measures(rollups[0], MEASURES) == list(MEASURES)
    assert differences(rollups, MEASURES) == []
    table = usage(seed=22, shared=True)
    many = [None if user is None else f"{user} {number % 13}" for number, user in enumerate(table["user_id"].to_pylist())]
    files.write(table.set_column(1, "user_id", pa.array(many, pa.string())), "row groups")
    rollups = files.rollups(MEASURES.values())
    assert scattered_measures(rollups[0], MEASURES) == []
    assert differences(rollups, MEASURES) == []


@pytest.mark.parametrize("modules", [63, 64, 65, 300])
def test_the_number_of_modules_changes_nothing(files, modules):
    table = usage(seed=23, modules=modules)
    files.write(table, "dictionary")
    rollups = files.rollups(MEASURES.values())
    assert (scattered_measures(rollups[0], MEASURES) == list(MEASURES)) == (modules <= 64)
    assert differences(rollups, MEASURES) == []


@pytest.mark.parametrize("way", ["duckdb", "dictionary", "no statistics"])
def test_an_empty_table_and_one_that_holds_nothing(files, way):
    table = usage(seed=24, rows=40)
    files.write(table.slice(0, 0), way)
    rollups = files.rollups(MEASURES.values())
    assert differences(rollups, MEASURES) == []
    kept = ("account_id", "known_at")
    bare = [column if name in kept else pa.nulls(40, SCHEMA.field(name).type) for name, column in _columns(table)]
    files.write(pa.table(bare, schema=SCHEMA), way)
    assert differences(files.rollups(MEASURES.values()), MEASURES) == []
    keys = [column if name != "user_id" else pa.nulls(40, pa.string()) for name, column in _columns(table)]
    files.write(pa.table(keys, schema=SCHEMA), way)
    assert differences(files.rollups(MEASURES.values()), MEASURES) == []


def _columns(table: pa.Table):
    return zip(table.column_names, table.columns, strict=True)


@pytest.mark.parametrize("at", ["known on time", "late"])
def test_instants_around_midnight_count_in_their_own_day_and_week(files, at):
    edges = [ORIGIN + dt.timedelta(days=day) + step * US for day in (-1, 0, 1, 7, 8, 14) for step in (-1, 0, 1)]
    drawn = usage(seed=25, rows=len(edges), late=0, replaced=0)
    known = edges if at == "known on time" else [edge + dt.timedelta(days=7) for edge in edges]
    whole = {"occurred_at": edges, "known_at": known, "account_id": ["A"] * len(edges)}
    table = pa.table({name: whole.get(name, column) for name, column in _columns(drawn)}, schema=SCHEMA)
    files.write(table, "dictionary")
    rollups = files.rollups(MEASURES.values())
    assert differences(rollups, MEASURES, accounts=["A"]) == []
    counted = grids(rollups, ["A"], range(6))[0].read(MEASURES["rows"], 7)
    seen = [
        sum(
            event < (now := ORIGIN + dt.timedelta(weeks=week)) and event >= now - dt.timedelta(days=7) and told < now
            for event, told in zip(edges, known, strict=True)
        )
        for week in range(6)
    ]
    assert counted.tolist() == seen


def test_rows_of_a_far_future_do_not_widen_the_grid(files):
    table = usage(seed=26, rows=300)
    far = [
        dt.datetime(9999, 12, 31) if number % 50 == 0 else event for number, event in enumerate(table["occurred_at"].to_pylist())
    ]
    table = table.set_column(5, "occurred_at", pa.array(far, pa.timestamp("us")))
    files.write(table, "dictionary")
    rollups = files.rollups(MEASURES.values())
    assert differences(rollups, MEASURES) == []
    weeks = rollups[0]._scatter(rollups[0]._place(MEASURES["rows"])[0])._width
    assert weeks < 3000


def test_days_as_times_of_events_are_grouped(files):
    table = usage(seed=27, rows=500)
    place = table.schema.get_field_index("occurred_at")
    files.write(table.set_column(place, "occurred_at", table["occurred_at"].cast(pa.date32(), safe=False)), "dictionary")
    rollups = files.rollups(MEASURES.values())
    assert scattered_measures(rollups[0], MEASURES) == []
    assert differences(rollups, MEASURES) == []


def test_some_of_the_accounts_and_accounts_that_the_file_does_not_know(files):
    files.write(usage(seed=28), "row groups")
    rollups = files.rollups(MEASURES.values())
    assert differences(rollups, MEASURES, accounts=["nobody", ACCOUNTS[5], "Zoë", ACCOUNTS[0]], numbers=[3, 4, 20]) == []
    assert differences(rollups, MEASURES, accounts=["nobody"], numbers=[0]) == []
    assert differences(rollups, MEASURES, accounts=ACCOUNTS[:3], numbers=[WEEKS + 40]) == []


def test_batches_change_nothing(files, monkeypatch):
    files.write(usage(seed=29), "row groups")
    whole = files.rollups(MEASURES.values())
    monkeypatch.setattr(scatter, "ROWS_A_BATCH", 200)
    monkeypatch.setattr(scatter, "FEW_TEXTS", 10)
    assert scattered_measures(whole[0], MEASURES) == list(MEASURES)
    assert differences(whole, MEASURES) == []


def test_rows_that_lie_far_apart_are_counted_alike(files, monkeypatch):
    files.write(usage(seed=40), "row groups")
    monkeypatch.setattr(batch, "ROOM", 0)
    rollups = files.rollups(MEASURES.values())
    assert differences(rollups, MEASURES) == []
    assert scattered_measures(rollups[0], MEASURES) == list(MEASURES)


def test_accounts_and_keys_that_appear_as_time_goes_by(files):
    # Each row group holds accounts, users and actions that none before it did, and later everybody comes back.
    rows = [usage(seed=30 + number, rows=120) for number in range(12)]
    for number, part in enumerate(rows[:9]):
        for name in ("account_id", "user_id", "action"):
            texts = [text and f"{text} of {number}" for text in part[name].to_pylist()]
            part = part.set_column(part.schema.get_field_index(name), name, pa.array(texts, pa.string()))
        rows[number] = part
    with pq.ParquetWriter(files.path, SCHEMA) as writer:
        for part in rows:
            writer.write_table(part)
    rollups = files.rollups([measure for name, measure in MEASURES.items() if name != "actions"])
    accounts = sorted({name for part in rows for name in part["account_id"].to_pylist()})
    assert differences(rollups, MEASURES, accounts) == []
    assert scattered_measures(rollups[0], MEASURES) == [name for name in MEASURES if name != "actions"]


@pytest.mark.parametrize("late", [0, 1])
@pytest.mark.parametrize("modules", [5, 64, 65])
def test_a_module_that_turns_up_in_a_second_account_after_many_rows(files, modules, late):
    alone = usage(seed=50, rows=200, modules=3, late=late)
    alone = alone.set_column(2, "module", pa.array([f"only of {name}" for name in alone["account_id"].to_pylist()]))
    shared = usage(seed=51, rows=2000, modules=modules - len(ACCOUNTS), late=late) if modules > 5 else alone.slice(0, 0)
    again = alone.set_column(0, "account_id", pa.array(["newcomer"] * 200)) if modules == 5 else alone
    users = [None if user is None else "user of nobody else" for user in again["user_id"].to_pylist()]
    again = again.set_column(1, "user_id", pa.array(users if modules == 5 else again["user_id"].to_pylist(), pa.string()))
    with pq.ParquetWriter(files.path, SCHEMA) as writer:
        for part in (alone, shared, again):
            writer.write_table(part)
    rollups = files.rollups(MEASURES.values())
    assert differences(rollups, MEASURES, [*ACCOUNTS, "newcomer"]) == []
    assert (scattered_measures(rollups[0], MEASURES) == list(MEASURES)) == (modules <= 64)


@pytest.mark.parametrize("modules", [64, 65])
def test_modules_that_become_many_after_they_were_shared(files, modules):
    few, many = usage(seed=52, rows=200, modules=5), usage(seed=53, rows=200)
    names = pa.array([f"module {5 + number % (modules - 5)}" for number in range(200)])
    with pq.ParquetWriter(files.path, SCHEMA) as writer:
        for part in (few, many.set_column(2, "module", names)):
            writer.write_table(part)
    rollups = files.rollups(MEASURES.values())
    assert differences(rollups, MEASURES) == []
    assert (scattered_measures(rollups[0], MEASURES) == list(MEASURES)) == (modules <= 64)


def test_rows_of_no_account_count_nowhere(files):
    table = usage(seed=60)
    # The first 97 rows are a row group.
    accounts = [None if number < 97 or number % 7 == 0 else name for number, name in enumerate(table["account_id"].to_pylist())]
    files.write(table.set_column(0, "account_id", pa.array(accounts, pa.string())), "row groups")
    rollups = files.rollups(MEASURES.values())
    assert differences(rollups, MEASURES) == []
    assert scattered_measures(rollups[0], MEASURES) == list(MEASURES)
