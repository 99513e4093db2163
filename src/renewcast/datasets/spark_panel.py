"""Population and features on Spark: nothing but the plan comes to the driver, however long the panel is.

Cells of every pass are grouped by Spark SQL. They and the rows that features look at one by one are brought together by account,
and each partition of accounts goes through the same code as in :class:`renewcast.datasets.view.View`.
"""

import dataclasses
import datetime as dt
import gc
import tempfile
from pathlib import Path

from renewcast.datasets.view import View, measures_of
from renewcast.engine.cells import RollUp
from renewcast.engine.connect import connect
from renewcast.errors import RenewcastError
from renewcast.features.build import build_features
from renewcast.features.catalogue import catalogue
from renewcast.features.derived import with_derived
from renewcast.params import Params
from renewcast.snapshots.calendar import Calendar
from renewcast.snapshots.population import population

ACCOUNTS_A_PARTITION = 1000
"""With some years of weeks, the cells of so many accounts and the kernel's grids take well below 2 GB."""
SNAPSHOTS = "snapshots"


def spark_panel(view: View, days: list[dt.date], *, target: str | None = None, session=None, partitions: int | None = None):
    """Compute the population of snapshot days, and every feature for it, on Spark.

    Parameters
    ----------
    view : View
        Names the staged tables, which on a cluster lie where every worker can read them. Its own engine computes no feature.
    days : list of datetime.date
        Snapshot days.
    target : {"churn", "inactivity"}, optional
        Decides who is in scope; the target of the list by default.
    session : pyspark.sql.SparkSession, optional
        See :func:`renewcast.engine.spark.open_spark`.
    partitions : int, optional
        Of accounts. A worker holds one at a time, beside ``engine.memory_gb`` for its own DuckDB; by default about a thousand
        accounts each.

    Returns
    -------
    pyspark.sql.DataFrame
        account_id, as_of (timestamp), is_eligible, gated (booleans) and one column a feature: double with NaN for missing, or
        text with NULL. As :meth:`View.population` and :meth:`View.features` give them, bit for bit, in no particular order.
        Nothing is computed yet, and nothing is collected.

    Raises
    ------
    RenewcastError
        A day is not on the calendar; or see :func:`renewcast.engine.spark.open_spark`.
    """
    for day in days:
        view.calendar.number(day)
    return _on_spark(view, _Accounts.of(view, tuple(days), target), None, session, partitions)


def spark_features(view: View, snapshots, *, partitions: int | None = None):
    """Compute every feature on Spark for given snapshots.

    Parameters
    ----------
    view : View
    snapshots : pyspark.sql.DataFrame
        account_id (text) and as_of (date or timestamp, on the calendar).
    partitions : int, optional

    Returns
    -------
    pyspark.sql.DataFrame
        account_id, as_of and the features; see :func:`spark_panel`. RenewcastError where ``snapshots`` lacks a column.
    """
    lacking = sorted({"account_id", "as_of"} - set(snapshots.columns))
    if lacking:
        raise RenewcastError(f"features on Spark: the snapshots have no column {lacking[0]}; give account_id and as_of.")
    chosen = snapshots.select("account_id", "as_of")
    return _on_spark(view, _Accounts.of(view, None, None), chosen, snapshots.sparkSession, partitions)


def _on_spark(view: View, accounts: "_Accounts", snapshots, session, partitions: int | None):
    from renewcast.engine.spark import map_partitions, open_spark

    opened = open_spark(view.files, session)
    staged = {name: view.store.contracts[name] for name in view.files}
    there = with_derived(opened.tables, staged, view.mapped_columns, view.grace_days)
    frames = {f"rows {name}": opened.frame(there.tables[name]) for name in accounts.rows}
    planned = RollUp(view.store.tables, view.store.contracts, view.calendar.origin, view.measures, bases=view.store.bases)
    for number, one in enumerate(planned.passes()):
        cells = one.cells(there.tables[one.table], there.contracts[one.table], view.calendar.origin)
        frames[f"cells {number}"] = opened.frame(cells)
    if snapshots is not None:
        frames[SNAPSHOTS] = snapshots
    if partitions is None:
        listed = view.store.tables["accounts"].account_id.nunique().to_pyarrow().as_py()
        partitions = -(-listed // ACCOUNTS_A_PARTITION)
    return map_partitions(frames, accounts, accounts.schema, max(partitions, 1))


@dataclasses.dataclass(frozen=True)
class _Accounts:
    """What a worker does with the accounts of one partition; it is sent there, so it holds nothing that is open.

    ``rows`` names the tables whose rows arrive, ``schemas`` says how they and the staged tables are laid out, and ``schema`` how
    the result is. Without ``days`` the snapshots arrive, too.
    """

    params: Params
    mapped_columns: dict
    grace_days: int
    schemas: dict
    rows: tuple[str, ...]
    schema: object
    days: tuple[dt.date, ...] | None
    target: str | None

    @classmethod
    def of(cls, view: View, days, target: str | None) -> "_Accounts":
        """Collect what the workers need to know of a view."""
        import pyarrow as pa

        features, store = view.catalogue, view.store
        used = {"accounts", *({"contracts"} & set(view.files))}
        used |= {group.source for group in features.rows} | {feature.held for feature in features.products}
        used |= {basis.beside for basis in store.bases.values() if basis.beside is not None}
        # Terms are made from an account's own contracts, which arrive; what is a module is told by everybody's usage.
        rows = tuple(sorted(used - {"terms"}))
        fields = [("account_id", pa.string()), ("as_of", pa.timestamp("us"))]
        fields += [] if days is None else [("is_eligible", pa.bool_()), ("gated", pa.bool_())]
        fields += [(spec.name, pa.string() if spec.is_categorical else pa.float64()) for spec in features.specs]
        schemas = {name: store.tables[name].schema().to_pyarrow() for name in {*view.files, *rows}}
        target = target or view.params.scoring.target
        return cls(view.params, view.mapped_columns, view.grace_days, schemas, rows, pa.schema(fields), days, target)

    def __call__(self, frames: dict):
        """Return the rows of the accounts in ``frames`` as pyarrow.Table."""
        with tempfile.TemporaryDirectory(prefix="renewcast-") as folder:
            backend = connect(self.params.engine.memory_gb, 1, Path(folder) / "spill", readable=[Path(folder)])
            try:
                return self._panel(backend, frames)
            finally:
                # What was cached is dropped first, which needs the connection; a worker goes on to other partitions.
                gc.collect()
                backend.disconnect()

    def _panel(self, backend, frames: dict):
        import pyarrow as pa

        store, rollup, features, calendar = self._opened(backend, frames)
        if self.days is None:
            panel = frames[SNAPSHOTS].select(["account_id", "as_of"]).cast(pa.schema(list(self.schema)[:2])).to_pandas()
        else:
            label = getattr(self.params.labels, self.target)
            days, grace = list(self.days), self.grace_days
            panel = population(rollup, days, calendar, target=self.target, label=label, grace_days=grace)
        if panel.empty:
            return self.schema.empty_table()
        built = build_features(features, store, rollup, panel, calendar, memory_gb=self.params.engine.memory_gb)
        columns = {}
        for field in self.schema:
            values = panel[field.name] if field.name in panel else built[field.name]
            # A missing number stays NaN, as the model takes it; a missing text is NULL.
            columns[field.name] = pa.array(values, field.type, from_pandas=not pa.types.is_floating(field.type))
        return pa.table(columns, schema=self.schema)

    def _opened(self, backend, frames: dict):
        """Open the rows that arrived as the tables that they belong to, and their cells as the roll-up of all the others."""
        from renewcast.sources import CONTRACTS

        def rows(name: str):
            schema = self.schemas[name]
            arrived = frames[f"rows {name}"].select(schema.names).cast(schema) if name in self.rows else schema.empty_table()
            return backend.create_table(f"rows_{name}", arrived)

        tables = {name: rows(name) for name in self.mapped_columns}
        contracts = {name: CONTRACTS[name] for name in tables}
        store = with_derived(tables, contracts, self.mapped_columns, self.grace_days)
        store.tables.update({name: rows(name) for name in self.rows if name not in tables})
        if "terms" in store.tables:
            store.tables["terms"] = store.tables["terms"].cache()
        chosen = self.params.features
        features = catalogue(chosen.families, tuple(chosen.windows_days), store)
        calendar = Calendar(self.params.snapshots.first, self.params.snapshots.last)
        numbers: dict = {}

        def cells(one):
            return backend.create_table(f"cells_{numbers[one]}", frames[f"cells {numbers[one]}"])

        measures = measures_of(features, store)
        rollup = RollUp(store.tables, store.contracts, calendar.origin, measures, bases=store.bases, cells=cells)
        # The same measures in the same order are the same passes as on the driver.
        numbers.update({one: number for number, one in enumerate(rollup.passes())})
        return store, rollup, features, calendar
