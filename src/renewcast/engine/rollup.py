"""Step one of the feature engine: facts to cells, a plain GROUP BY that means the same on every engine.

Measures that share a source and a clock (when a fact happens, when it is known, when it ends) are rolled up in one pass.
"""

import dataclasses
import datetime as dt
from collections.abc import Callable

import ibis
import numpy as np

from renewcast.engine import visibility
from renewcast.engine.accumulate import FOREVER


@dataclasses.dataclass(frozen=True)
class Measure:
    """What is rolled up from one source, before any window is laid over it.

    Parameters
    ----------
    source : str
        Name of a staged or derived table.
    kind : {"sum", "distinct", "latest", "earliest", "level"}
        "sum" adds ``value`` (or counts rows); "distinct" counts different ``column``; "latest" and "earliest" give the time of
        the last and first fact; "level" is a sum that holds from ``at`` until ``until`` and has no window.
    at : str, optional
        Column that says when the fact happens; the source's event time when absent.
    value : callable, optional
        Table to a whole-number Ibis expression; rows are counted when absent.
    where : callable, optional
        Table to a boolean Ibis expression; only rows where it is true count.
    column : str, optional
        For "distinct".
    until : str, optional
        For "level", or "distinct" of what holds: column that says when the fact ends.
    is_open_ended : bool
        No end at all is a valid state: the measure can be built though ``until`` is filled in nowhere.
    per : float
        The rolled-up whole number is divided by this (100 for cents).
    """

    source: str
    kind: str
    at: str | None = None
    value: Callable | None = None
    where: Callable | None = None
    column: str | None = None
    until: str | None = None
    is_open_ended: bool = False
    per: float = 1.0

    def columns(self, table) -> set[str]:
        """Name the columns that this measure reads."""
        used = {self.column} if self.column else set()
        used |= {self.at} if self.at else set()
        for part in (self.value, self.where):
            if part is not None:
                used |= visibility.columns_of(part(table), table)
        return used


@dataclasses.dataclass(frozen=True)
class RolledUp:
    """Cells of one measure: parallel arrays, one entry per group.

    Attributes
    ----------
    account : array of str, shape (n_groups,)
    key : array of int64 or None
        Codes of the distinct keys, for "distinct".
    happened, enter, gone : array of int64
        Cell of the fact; first snapshot that sees it; first snapshot that no longer does.
    value : array of int64
    """

    account: np.ndarray
    key: np.ndarray | None
    happened: np.ndarray
    enter: np.ndarray
    gone: np.ndarray
    value: np.ndarray


def roll_up(tables: dict, contracts: dict, measures: list[Measure], origin: dt.datetime) -> dict[Measure, RolledUp]:
    """Roll measures up to (account, cell happened, snapshot entered, snapshot gone).

    Parameters
    ----------
    tables : dict of str to ibis.Table
        Staged and derived tables; each has account_id, known_at and superseded_at.
    contracts : dict of str to TableContract
    measures : list of Measure
    origin : datetime.datetime
        First snapshot of the calendar.

    Returns
    -------
    dict of Measure to RolledUp
    """
    passes: dict[tuple, list[Measure]] = {}
    for measure in measures:
        table, contract = tables[measure.source], contracts[measure.source]
        at = measure.at or contract.event_time
        reveals = visibility.revealing(contract, measure.columns(table) | {at})
        shape = ("distinct", measure) if measure.kind == "distinct" else (measure.kind in ("latest", "earliest"),)
        passes.setdefault((measure.source, at, measure.until, reveals, shape), []).append(measure)
    rolled: dict[Measure, RolledUp] = {}
    for (source, at, until, reveals, _), group in passes.items():
        rolled.update(_one_pass(tables[source], contracts[source], at, until, reveals, group, origin))
    return rolled


def _one_pass(table, contract, at, until, reveals, group, origin) -> dict[Measure, RolledUp]:
    clock = table.filter(table[at].notnull())
    known = visibility.known(clock, contract, set(reveals))
    clock = clock.filter(known.notnull())
    known = visibility.known(clock, contract, set(reveals))
    happened = visibility.cell(clock[at], origin)
    entered = visibility.cell(known, origin)
    gone = ibis.coalesce(visibility.cell(clock.superseded_at, origin) + 1, int(FOREVER))
    if until is not None:
        # NULL is "not ended": engines leave NULL out of least, so it is replaced before they see it.
        gone = ibis.least(gone, ibis.coalesce(visibility.cell(clock[until], origin) + 1, int(FOREVER)))
    is_distinct = group[0].kind == "distinct"
    extra = {"key": clock[group[0].column]} if is_distinct else {}
    if is_distinct:
        keep = group[0].where(clock) if group[0].where else ibis.literal(True)
        rows = clock.mutate(happened=happened, enter=ibis.greatest(happened, entered) + 1, gone=gone, **extra)
        rows = rows.filter(keep & rows.key.notnull())
        cells = rows.select("account_id", "key", "happened", "enter", "gone").distinct()
    else:
        values = {f"m{i}": _value(clock, measure, at) for i, measure in enumerate(group)}
        rows = clock.select("account_id", happened=happened, enter=ibis.greatest(happened, entered) + 1, gone=gone, **values)
        totals = {
            f"m{i}": {"latest": rows[f"m{i}"].max(), "earliest": rows[f"m{i}"].min()}.get(measure.kind, rows[f"m{i}"].sum())
            for i, measure in enumerate(group)
        }
        cells = rows.group_by("account_id", "happened", "enter", "gone").aggregate(**totals)
    frame = cells.to_pandas()
    integers = {name: frame[name].to_numpy(dtype="int64") for name in ("happened", "enter", "gone")}
    account = frame["account_id"].to_numpy(dtype=object)
    result = {}
    for i, measure in enumerate(group):
        if is_distinct:
            key = _codes(frame["key"])
            result[measure] = RolledUp(account=account, key=key, value=np.ones(len(frame), dtype="int64"), **integers)
            continue
        value = frame[f"m{i}"].to_numpy(dtype="float64", na_value=np.nan)
        # A sum of zero changes no window, so such groups are dropped; a time of zero is still a time.
        keep = np.isfinite(value) & ((value != 0) if measure.kind in ("sum", "level") else True)
        cut = {name: array[keep] for name, array in integers.items()}
        result[measure] = RolledUp(account=account[keep], key=None, value=value[keep].astype("int64"), **cut)
    return result


def _value(clock, measure: Measure, at: str):
    if measure.kind in ("latest", "earliest"):
        value = visibility.seconds(clock[at])
    elif measure.value is None:
        value = ibis.literal(1, type="int64")
    else:
        value = measure.value(clock).cast("int64")
    nothing = ibis.null("int64") if measure.kind in ("latest", "earliest") else ibis.literal(0, type="int64")
    return value if measure.where is None else ibis.ifelse(measure.where(clock), value, nothing)


def _codes(column) -> np.ndarray:
    import pandas as pd

    return pd.factorize(column)[0].astype("int64")
