"""One result wherever the roll-up ran: every feature of generated companies, bit for bit, on three engines and in five ways."""

import dataclasses
import datetime as dt

import generated_company
import ibis
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from engines.generated_tables import ACCOUNTS
from renewcast.datasets.spark_panel import spark_features, spark_panel
from renewcast.datasets.view import View
from renewcast.engine.storage import known_days
from renewcast.errors import RenewcastError
from renewcast.params import FAMILIES, InactivityLabel

FIRST, DAY = generated_company.FIRST, generated_company.DAY
DAYS = [(FIRST + 7 * week * DAY).date() for week in (0, 1, 17, 38, 39, 64)]
MIDWAY = FIRST + 7 * 45 * DAY
"""An instant up to which a first run knows the tables."""


def company(folder, *, without=(), seed=4):
    """A generated company whose accounts have the most awkward ids, staged."""
    generated = generated_company.generate(data_sets=10, seed=seed)
    odd = dict(zip([account for account, _ in generated.snapshots], ACCOUNTS[:-1], strict=False))
    tables = {
        name: [row | {"account_id": odd.get(row["account_id"], row["account_id"])} for row in rows]
        for name, rows in generated.tables.items()
        if name not in without
    }
    snapshots = [(odd.get(account, account), as_of) for account, as_of in generated.snapshots]
    made = generated_company.Generated(tables, snapshots)
    return made.panel(), with_days(made.staged(folder))


def with_days(staged):
    """The digests of days that staging would have written."""
    backend = ibis.duckdb.connect()
    tables = {name: backend.read_parquet(str(path)) for name, path in staged.tables.items()}
    days = {name: known_days(backend, table) for name, table in tables.items()}
    backend.disconnect()
    return dataclasses.replace(staged, known_days=days)


def params(backend="duckdb", database=None, *, with_contracts=True):
    """The reference parameters with every family of features, on an engine."""
    made = generated_company.params_of(families=list(FAMILIES))
    engine = made.engine.model_copy(update={"backend": backend, "database": database, "threads": 1, "memory_gb": 1.0})
    if with_contracts:
        return made.model_copy(update={"engine": engine})
    label = InactivityLabel(lead_days=0, horizon_days=90, active_within_days=90)
    labels = made.labels.model_copy(update={"churn": None, "renewal": None, "inactivity": label})
    scoring = made.scoring.model_copy(update={"target": "inactivity"})
    return made.model_copy(update={"engine": engine, "labels": labels, "scoring": scoring})


def bits(column: pd.Series) -> list:
    """The values of a column so that equal ones are the same to the last bit."""
    if column.dtype == "float64":
        return column.to_numpy().view("int64").tolist()
    return [value if isinstance(value, str) else None for value in column]


def assert_same(found: pd.DataFrame, expected: pd.DataFrame) -> None:
    """Naming every column that differs."""
    assert list(found.columns) == list(expected.columns) and len(found) == len(expected)
    assert [name for name in expected if bits(found[name]) != bits(expected[name])] == []


def rows_of(panel, features) -> pd.DataFrame:
    """One row a snapshot with its features, in order."""
    return in_order(pd.concat([panel.reset_index(drop=True), features.reset_index(drop=True)], axis=1))


def in_order(rows: pd.DataFrame) -> pd.DataFrame:
    rows = rows.sort_values(["account_id", "as_of"], ignore_index=True)
    rows["as_of"] = rows["as_of"].dt.strftime("%Y-%m-%d")
    return rows


def collected(frame) -> pd.DataFrame:
    return in_order(frame.toArrow().to_pandas())


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """The one folder in which DuckDB may read and write."""
    return tmp_path_factory.mktemp("hôme of 100%41")


@pytest.fixture(scope="module")
def made(home):
    """Snapshots, and the staged tables of a business with contracts."""
    return company(home / "tables")


@pytest.fixture(scope="module")
def view(made, home):
    return View(params(), made[1], home / "spill")


@pytest.fixture(scope="module")
def panel(view, made):
    """Who is in scope on some days, and every account on a day on which its facts hinge."""
    in_scope = view.population(DAYS)[["account_id", "as_of"]]
    return pd.concat([in_scope, made[0]], ignore_index=True).drop_duplicates(ignore_index=True)


@pytest.fixture(scope="module")
def expected(view, panel):
    """What DuckDB and the scattered Parquet say."""
    assert view.catalogue.absent == [] and len(view.catalogue.specs) > 150
    features = view.features(panel)
    said = [name for name in features if features[name].nunique(dropna=False) > 1]
    assert len(said) > 0.9 * len(features.columns), sorted(set(features) - set(said))
    return rows_of(panel, features)


def test_stored_cells_say_what_scattered_parquet_says(made, panel, expected, home):
    view = View(params(), made[1], home / "spill", rollup_directory=home / "stored by duckdb")
    assert_same(rows_of(panel, view.features(panel)), expected)


@pytest.mark.parametrize("stored", [False, True], ids=["anew", "stored"])
def test_postgresql_says_what_duckdb_says(made, panel, expected, postgres_address, home, stored):
    folder = home / "stored by postgresql" if stored else None
    view = View(params("postgres", postgres_address), made[1], home / "spill", rollup_directory=folder)
    assert_same(rows_of(panel, view.features(panel)), expected)


def test_spark_says_what_duckdb_says(made, panel, expected, spark, home):
    view = View(params("pyspark"), made[1], home / "spill")
    assert_same(rows_of(panel, view.features(panel)), expected)


def test_after_more_rows_the_store_that_postgresql_fills_is_that_of_a_rebuild(made, panel, expected, postgres_address, home):
    staged = made[1]
    (home / "tables before").mkdir()
    before = {}
    for name, path in staged.tables.items():
        rows = pq.read_table(path)
        known, replaced = (rows[column].to_pandas() for column in ("known_at", "superseded_at"))
        superseded_at = pa.array(replaced.where(replaced < MIDWAY), pa.timestamp("us"), from_pandas=True)
        held = rows.set_column(rows.schema.get_field_index("superseded_at"), "superseded_at", superseded_at)
        before[name] = home / "tables before" / f"{name}.parquet"
        pq.write_table(held.filter(pa.array(known < MIDWAY)), before[name])
    then = with_days(dataclasses.replace(staged, tables=before))
    settings = params("postgres", postgres_address)
    first = View(settings, then, home / "spill", rollup_directory=home / "rollup")
    seen = panel[panel["as_of"] < MIDWAY]
    # No later row changes what a snapshot saw, so even the first run says what the last one does.
    assert_same(rows_of(seen, first.features(seen)), in_order_of(expected, seen))
    stored = {path.name for path in (home / "rollup").glob("*/*.parquet")}
    second = View(settings, staged, home / "spill", rollup_directory=home / "rollup")
    assert_same(rows_of(panel, second.features(panel)), expected)
    kept = {path.name for path in (home / "rollup").glob("*/*.parquet")}
    assert stored & kept and kept - stored


def in_order_of(rows: pd.DataFrame, panel) -> pd.DataFrame:
    """The rows of a part of the snapshots."""
    wanted = in_order(panel)
    return wanted.merge(rows, on=["account_id", "as_of"], how="left")


def expected_panel(view, days, target=None) -> pd.DataFrame:
    """What the view says that the panel on Spark is to say."""
    scope = view.population(days, target=target)[["account_id", "as_of", "is_eligible", "gated"]]
    return rows_of(scope, view.features(scope))


def assert_same_panel(found: pd.DataFrame, expected: pd.DataFrame) -> None:
    for flag in ("is_eligible", "gated"):
        assert found[flag].dtype == bool and found[flag].tolist() == expected[flag].tolist()
    assert_same(found.drop(columns=["is_eligible", "gated"]), expected.drop(columns=["is_eligible", "gated"]))


def test_the_panel_on_spark_is_that_of_the_view(view, spark):
    frame = spark_panel(view, DAYS, session=spark, partitions=3)
    assert dict(frame.dtypes)["as_of"] == "timestamp_ntz"
    wanted = expected_panel(view, DAYS)
    assert 0 < wanted["is_eligible"].sum() < len(wanted) and wanted["gated"].any()
    assert_same_panel(collected(frame), wanted)


def test_features_on_spark_for_given_snapshots_are_those_of_the_view(view, panel, expected, spark, tmp_path):
    panel.assign(as_of=panel["as_of"].dt.date).to_parquet(tmp_path / "snapshots.parquet", index=False)
    snapshots = spark.read.parquet(str(tmp_path / "snapshots.parquet"))
    assert_same(collected(spark_features(view, snapshots, partitions=2)), expected)
    with pytest.raises(RenewcastError, match="have no column as_of"):
        spark_features(view, snapshots.drop("as_of"))


def test_a_business_without_contracts_has_its_panel_on_spark_too(spark, tmp_path):
    _, staged = company(tmp_path / "tables", without=("contracts", "invoices", "milestones"), seed=5)
    view = View(params(with_contracts=False), staged, tmp_path / "spill")
    wanted = expected_panel(view, DAYS)
    assert len(wanted) > 20 and wanted["is_eligible"].all() and not wanted["gated"].any()
    # One partition: the default for few accounts.
    assert_same_panel(collected(spark_panel(view, DAYS, session=spark)), wanted)


def test_a_day_off_the_calendar_is_refused(view, spark):
    with pytest.raises(RenewcastError, match="snapshot"):
        spark_panel(view, [DAYS[0] + dt.timedelta(days=1)], session=spark)
