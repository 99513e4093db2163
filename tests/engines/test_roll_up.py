"""One result on three engines: the cells of every pass over generated tables, bit for bit, whatever the account ids look like."""

import ibis
import pyarrow as pa
import pytest

from engines.generated_tables import ORIGIN, mapped_columns, write_tables
from renewcast.engine.postgres import open_postgres
from renewcast.engine.rollup import plan
from renewcast.engine.spark import map_partitions, open_spark
from renewcast.features.catalogue import catalogue
from renewcast.features.derived import with_derived
from renewcast.params import FAMILIES
from renewcast.sources import CONTRACTS

ROWS = 600
ROW = pa.schema([("name", pa.string()), ("row", pa.string())])


@pytest.fixture(scope="module")
def staged(tmp_path_factory):
    return write_tables(tmp_path_factory.mktemp("staged"), seed=1, rows=ROWS)


@pytest.fixture(scope="module")
def cells_of():
    """A function from one engine's tables to the cells of every pass, as expressions by name."""

    def cells_of(tables: dict) -> dict:
        derived = with_derived(tables, {name: CONTRACTS[name] for name in tables}, mapped_columns(), grace_days=30)
        features = catalogue(list(FAMILIES), (7, 28, 91), derived)
        measures = {use[0] for feature in features.kernel for use in feature.uses} | {one.measure for one in features.products}
        assert not features.absent
        planned = plan(sorted(measures, key=repr), derived.tables, derived.contracts, derived.bases)
        passes = dict.fromkeys(one for one, _ in planned.values())
        return {
            f"{one.table} {one.at} {one.until} {one.reveals} {one.key}": one.cells(
                derived.tables[one.table], derived.contracts[one.table], ORIGIN
            )
            for one in passes
        }

    return cells_of


@pytest.fixture(scope="module")
def expected(staged, cells_of):
    """What DuckDB says."""
    backend = ibis.duckdb.connect()
    tables = {name: backend.read_parquet(str(path), table_name=f"staged_{name}") for name, path in staged.items()}
    found = {name: as_rows(backend.to_pyarrow(cells)) for name, cells in cells_of(tables).items()}
    backend.disconnect()
    assert len(found) > 15 and all(found.values())
    # Some cells hold several facts, so that something is added up.
    assert sum(len(rows) for rows in found.values()) < ROWS * len(found)
    return found


def as_rows(table: pa.Table) -> list[str]:
    return sorted(map(repr, table.to_pylist()))


def assert_same(found: dict, expected: dict) -> None:
    """Naming the first pass that differs, and its first rows."""
    assert found.keys() == expected.keys()
    for name, rows in expected.items():
        assert found[name] == rows, (name, sorted(set(found[name]) ^ set(rows))[:4])


def test_postgresql_rolls_up_what_duckdb_does(staged, cells_of, expected, postgres_address):
    with open_postgres(staged, postgres_address) as opened:
        assert_same({name: as_rows(opened.to_arrow(cells)) for name, cells in cells_of(opened.tables).items()}, expected)


def test_spark_rolls_up_what_duckdb_does_and_brings_it_together_by_account(staged, cells_of, expected, spark):
    opened = open_spark(staged, spark)
    frames = {name: opened.frame(cells) for name, cells in cells_of(opened.tables).items()}

    def as_text(frames):
        import pyarrow as pa

        rows = [{"name": name, "row": repr(row)} for name, table in frames.items() for row in table.to_pylist()]
        return pa.Table.from_pylist(rows, schema=pa.schema([("name", pa.string()), ("row", pa.string())]))

    found: dict = {name: [] for name in frames}
    for row in map_partitions(frames, as_text, ROW, partitions=4).toArrow().to_pylist():
        found[row["name"]].append(row["row"])
    assert_same({name: sorted(rows) for name, rows in found.items()}, expected)
