"""The naive oracle: every feature once more, from rows and plain comparisons of times.

It knows nothing of cells, grids, windows of the kernel or joins of the engine. Only what a definition says of a row (its value,
whether it counts, its key) and how readings combine come from the definition; every rule about time is written a second time.
"""

import datetime as dt
import math
import tempfile
from pathlib import Path

import numpy as np

from renewcast.audit.company_slice import CompanySlice
from renewcast.audit.cut_rows import is_live, terms, visible
from renewcast.audit.facts import Facts, Source, micros, product_of
from renewcast.audit.finding import Finding
from renewcast.audit.frames import same
from renewcast.audit.scope import scope

SECOND, DAY = 10**6, 86_400 * 10**6


def replay(company: CompanySlice, snapshots, *, built=None) -> tuple[int, list[Finding]]:
    """Compare what is built for some snapshots with the oracle.

    Parameters
    ----------
    company : CompanySlice
    snapshots : pandas.DataFrame
        account_id, as_of.
    built : pandas.DataFrame, optional
        What is built for them, where :func:`renewcast.audit.futures.rows_of` did so already.

    Returns
    -------
    int
        Rows compared.
    list of Finding
        One a feature that differs.
    """
    from renewcast.audit.futures import rows_of

    with company.opened() as view:
        built = rows_of(view, snapshots) if built is None else built
        oracle = Oracle(company, view.catalogue, view.grace_days)
        expected = oracle.rows(snapshots)
    findings = []
    for name in expected:
        # By value: which bits stand for missing, or for zero, is nothing that the oracle has to know.
        wrong = (~same(built[name].astype(object), expected[name].astype(object))).nonzero()[0]
        if len(wrong):
            account, day = snapshots["account_id"].iloc[wrong[0]], snapshots["as_of"].iloc[wrong[0]].date().isoformat()
            message = (
                f"{name} of account {account} at {day} is {built[name].iloc[wrong[0]]}, but {expected[name].iloc[wrong[0]]} when "
                f"counted by hand, and differs in {len(wrong)} of {len(snapshots)} rows; do not use it before this is mended."
            )
            findings.append(Finding("oracle", message, oracle.table(name), oracle.column(name), name, account, day))
    return len(snapshots), findings


class Oracle:
    """Features and scope of single snapshots, row by row.

    Parameters
    ----------
    company : CompanySlice
    catalogue : renewcast.features.catalogue.Catalogue
        What is defined; nothing that is built.
    grace_days : int
        How late after a term's end a successor may start.
    """

    def __init__(self, company: CompanySlice, catalogue, grace_days: int):
        self.company, self.catalogue, self.grace_days = company, catalogue, grace_days
        self.facts = Facts(company)
        measures = [use[0] for feature in catalogue.kernel for use in feature.uses]
        measures += [feature.measure for feature in catalogue.products]
        self._read = {}
        with tempfile.TemporaryDirectory(prefix="renewcast-audit-") as folder:
            for name in sorted({measure.source for measure in measures}):
                source = self.facts.source(name)
                mine = sorted({measure for measure in measures if measure.source == name}, key=repr)
                self._read |= evaluated(source, mine, Path(folder))

    def rows(self, snapshots):
        """Return every feature, and scope and cover as "population.<column>", of each snapshot.

        Parameters
        ----------
        snapshots : pandas.DataFrame
            account_id, as_of.

        Returns
        -------
        pandas.DataFrame
            In the given order.
        """
        import pandas as pd

        asked = list(zip(snapshots["account_id"], (instant.to_pydatetime() for instant in snapshots["as_of"]), strict=True))
        columns = {}
        readings: dict = {}
        for feature in self.catalogue.kernel:
            for use in feature.uses:
                if use not in readings:
                    readings[use] = np.array([self.reading(use, account, as_of) for account, as_of in asked], dtype="float64")
            with np.errstate(all="ignore"):
                values = np.asarray(feature.combine(*(readings[use] for use in feature.uses)), dtype="float64")
            columns[feature.spec.name] = np.where(np.isfinite(values), values, np.nan)
        for feature in self.catalogue.products:
            columns[feature.spec.name] = np.array([self._products(feature, account, as_of) for account, as_of in asked])
        for group in self.catalogue.rows:
            columns |= self._aggregates(group, asked)
        settings = self.company.params
        label = getattr(settings.labels, settings.scoring.target)
        columns |= scope(self.facts, asked, settings.scoring.target, label, self.grace_days)
        return pd.DataFrame(columns)

    def reading(self, use: tuple, owner, as_of: dt.datetime) -> float:
        """Return one measure over one window, of one account at one snapshot."""
        measure, window, skip = use if len(use) == 3 else (*use, 0)
        source, now = self.facts.source(measure.source), micros(as_of)
        here = source.place(owner)
        counts, value, reveals = self._read[measure]
        at = source.instants(measure.at or source.contract.event_time)[here]
        seen = counts[here] & (at < now) & (source.instants("known_at")[here] < now)
        seen &= source.instants("superseded_at")[here] >= now
        for column in reveals:
            seen &= source.instants(column)[here] < now
        if measure.until is not None:
            seen &= source.instants(measure.until)[here] >= now
        if window is not None and measure.kind in ("sum", "distinct", "days"):
            end = now - skip * DAY
            seen &= (at < end) & (at >= end - window * DAY)
        if measure.kind == "distinct":
            return float(len(set(source.codes(measure.column)[here][seen]) - {-1}))
        if measure.kind == "days":
            return float(len(set(at[seen] // DAY)))
        if measure.kind in ("sum", "level"):
            return float(value[here][seen].sum()) / measure.per
        return _extreme(measure, at[seen] // SECOND, value[here][seen], now)

    def _products(self, feature, account: str, as_of: dt.datetime) -> float:
        source = self.facts.source(feature.held)
        mine = source.rows[source.place(account)]
        held = {term["product"] for term in visible(mine, source.contract, as_of) if is_live(term, as_of)} - {None}
        use = (feature.measure, feature.spec.window_days)
        uses = np.array([self.reading(use, product_of(account, product), as_of) for product in sorted(held)], dtype="float64")
        return float(np.sum(feature.chosen(uses)))

    def _aggregates(self, group, asked) -> dict:
        """Evaluate a definition over the rows that were known at each snapshot, cut by hand."""
        import pandas as pd
        import pyarrow as pa

        base = self.facts.source("contracts" if group.source == "terms" else group.source)
        rows = []
        for number, (account, as_of) in enumerate(asked):
            is_terms = group.source == "terms"
            mine = [] if is_terms else visible(base.rows[base.place(account)], base.contract, as_of)
            mine = terms(self.facts, account, as_of, self.grace_days) if is_terms else mine
            rows += [row | {"as_of": as_of, "snapshot": number} for row in mine]
        schema = base.schema.append(pa.field("as_of", pa.timestamp("us"))).append(pa.field("snapshot", pa.int64()))
        schema = schema.append(pa.field("is_succeeded", pa.bool_())) if group.source == "terms" else schema
        with tempfile.TemporaryDirectory(prefix="renewcast-audit-") as folder:
            table = stored(pa.Table.from_pylist(rows, schema=schema), Path(folder))
            aggregates = group.aggregate(table)
            found = table.group_by("snapshot").aggregate(**aggregates).to_pandas().set_index("snapshot")
        if group.after is not None:
            found = group.after(found.assign(**{name: found[name].astype("float64") for name in aggregates}))
        found = found.reindex(pd.RangeIndex(len(asked)))
        columns = {}
        for spec in group.specs:
            if spec.is_categorical:
                columns[spec.name] = found[spec.name].astype(object).where(found[spec.name].notna(), None).to_numpy()
            else:
                numbers = found[spec.name].astype("float64")
                columns[spec.name] = (numbers.fillna(0.0) if spec.empty == "0" else numbers).to_numpy()
        return columns

    def table(self, name: str) -> str:
        """Name the source of a feature."""
        return next((spec.source for spec in self.catalogue.specs if spec.name == name), "contracts")

    def column(self, name: str) -> str | None:
        """Name the column that a feature counts, or by whose time it counts."""
        feature = next((one for one in self.catalogue.kernel if one.spec.name == name), None)
        if feature is None:
            return None
        measure = feature.uses[0][0]
        return measure.column or measure.at or self.facts.source(measure.source).contract.event_time


def _extreme(measure, seconds: np.ndarray, value: np.ndarray, now: int) -> float:
    """Return the days since the last or first fact, or the value of it; of several at one second the larger, or smaller."""
    if not len(seconds):
        return math.nan
    is_last = measure.kind in ("latest", "last")
    second = seconds.max() if is_last else seconds.min()
    if measure.kind in ("latest", "earliest"):
        return (now // SECOND - int(second)) / 86_400
    tied = value[seconds == second]
    return float(tied.max() if is_last else tied.min())


def evaluated(source: Source, measures: list, folder: Path) -> dict:
    """Ask the definitions what each row is worth: measure -> (whether it counts, its value, columns whose times reveal it)."""
    import ibis
    import pyarrow as pa

    rows = [row | {"account_id": str(row["account_id"]), "place": place} for place, row in enumerate(source.rows)]
    table = stored(pa.Table.from_pylist(rows, schema=source.schema.append(pa.field("place", pa.int64()))), folder / source.name)
    columns = {"place": table.place}
    for number, measure in enumerate(measures):
        counts = ibis.literal(True) if measure.where is None else measure.where(table).fill_null(False)
        value = ibis.literal(1.0) if measure.value is None else measure.value(table).cast("float64")
        columns[f"counts_{number}"] = counts
        columns[f"value_{number}"] = ibis.ifelse(counts, value, ibis.null("float64")).fill_null(0.0)
    frame = table.select(**columns).to_pandas().sort_values("place")
    found = {}
    for number, measure in enumerate(measures):
        at = measure.at or source.contract.event_time
        reveals = {
            about.revealed_by
            for name, about in source.contract.columns.items()
            if about.revealed_by is not None and (name in (at, measure.column) or _reads(measure, table, name))
        }
        counts = frame[f"counts_{number}"].to_numpy(dtype=bool)
        found[measure] = counts, frame[f"value_{number}"].to_numpy(dtype="float64"), tuple(sorted(reveals))
    return found


def _reads(measure, table, column: str) -> bool:
    """Say whether a measure needs a column: without it, its definition fails."""
    without = table.drop(column)
    for part in (measure.value, measure.where):
        try:
            _ = part is not None and part(without)
        except Exception:  # whatever Ibis says of a column that is not there
            return True
    return False


def stored(rows, folder: Path):
    """Lay Arrow rows into a database of their own, so that definitions can be evaluated on them."""
    from renewcast.engine.connect import connect

    return connect(1, 1, folder / "spill").create_table("facts", rows, temp=True)
