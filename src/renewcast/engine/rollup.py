"""Step one of the feature engine: facts to cells, a plain GROUP BY that means the same on every engine.

Measures of one source that share a clock (when a fact happens, when it is known, when it ends) and a key are columns of one
*pass*: one GROUP BY, however many features rest on it.
"""

import dataclasses
import datetime as dt
from collections.abc import Callable

import ibis

from renewcast.engine import visibility
from renewcast.engine.facts import FOREVER, LAST_VALUES

BEFORE = -1
"""The week in which whatever was known before the first snapshot's week counts as known."""


@dataclasses.dataclass(frozen=True)
class Measure:
    """What is rolled up from one source, before any window is laid over it.

    Parameters
    ----------
    source : str
        Name of a staged or derived table.
    kind : {"sum", "distinct", "days", "latest", "earliest", "last", "first", "level"}
        "sum" adds ``value`` (or counts rows); "distinct" counts different ``column``; "days" counts different calendar days;
        "latest" and "earliest" give the time of the last and first fact, "last" and "first" its ``value`` (of several at one
        second the larger, or smaller); "level" is a sum that holds from ``at`` until ``until`` and has no window.
    at : str, optional
        Column that says when the fact happens; the source's event time when absent.
    value : callable, optional
        Table to a whole-number Ibis expression; rows are counted when absent. For "last" and "first" in [0, 2**20).
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
class Basis:
    """How a derived table rests on a staged one, so that its measures are rolled up there and joined afterwards.

    Attributes
    ----------
    table : str
        The staged table whose facts they are.
    key : str
        Its column that names who or what each fact belongs to, such as user_id.
    beside : str or None
        The staged table with the versions of the key, on account_id and ``key``: what measures of the derived table filter by,
        or count, is read there. None where the derived table's account_id is account and key together.
    """

    table: str
    key: str
    beside: str | None = None


@dataclasses.dataclass(frozen=True)
class Pass:
    """One GROUP BY over one table.

    Attributes
    ----------
    table : str
    at, until : str
        Columns; ``until`` may be None.
    reveals : tuple of str
        Columns whose times reveal what the measures read.
    key : str or None
        Column that the cells are kept apart by, beside the account.
    summaries : tuple of tuple (kind, value, where)
        The columns m0, m1, ... of the cells.
    """

    table: str
    at: str
    until: str | None
    reveals: tuple[str, ...]
    key: str | None
    summaries: tuple[tuple, ...]

    def cells(self, table, contract, origin: dt.datetime):
        """Roll the rows of a table up.

        Parameters
        ----------
        table : ibis.Table
            account_id, known_at, superseded_at and the columns of the pass.
        contract : renewcast.sources.TableContract
        origin : datetime.datetime
            First snapshot of the calendar.

        Returns
        -------
        ibis.Table
            account_id, key (text, where the pass has one), happened, enter, gone, known (int32), m0, m1, ... (int64). One row a
            group: the week in which the facts happened, the first snapshot that sees them, the first that no longer does
            (``FOREVER``: none), the week in which their rows were known.
        """
        rows = table.filter(table[self.at].notnull())
        if self.key is not None:
            rows = rows.filter(rows[self.key].notnull())
        known = visibility.known(rows, contract, set(self.reveals))
        if self.reveals:
            rows = rows.filter(known.notnull())
            known = visibility.known(rows, contract, set(self.reveals))
        happened = visibility.cell(rows[self.at], origin)
        gone = ibis.coalesce(visibility.cell(rows.superseded_at, origin) + 1, int(FOREVER))
        if self.until is not None:
            # NULL is "not ended": engines leave NULL out of least, so it is replaced before they see it.
            gone = ibis.least(gone, ibis.coalesce(visibility.cell(rows[self.until], origin) + 1, int(FOREVER)))
        whole = {
            "happened": happened,
            "enter": ibis.greatest(happened, visibility.cell(known, origin)) + 1,
            "gone": gone,
            "known": ibis.greatest(visibility.cell(rows.known_at, origin), ibis.literal(BEFORE, "int64")),
        }
        by = {name: number.cast("int32") for name, number in whole.items()}
        if self.key is not None:
            by = {"key": rows[self.key].cast("string"), **by}
        values = {f"m{i}": _value(rows, *summary, self.at, origin) for i, summary in enumerate(self.summaries)}
        chosen = rows.select("account_id", **by, **values)
        totals = {f"m{i}": _total(chosen[f"m{i}"], kind) for i, (kind, _, _) in enumerate(self.summaries)}
        return chosen.group_by("account_id", *by).aggregate(**totals)


def owner(account_id, key):
    """Name one key of one account, such as a product; works on Ibis expressions and on pandas Series of text."""
    return account_id + "\x1f" + key


def plan(measures, tables: dict, contracts: dict, bases: dict[str, Basis]) -> dict[Measure, tuple[Pass, int]]:
    """Assign every measure to a column of a pass, with as few passes as can be.

    Parameters
    ----------
    measures : iterable of Measure
    tables : dict of str to ibis.Table
        Staged and derived tables.
    contracts : dict of str to TableContract
    bases : dict of str to Basis
        Of the derived tables that have one.

    Returns
    -------
    dict of Measure to tuple (Pass, number of its column)
    """
    groups: dict[tuple, list] = {}
    places: dict[Measure, tuple[tuple, int]] = {}
    for measure in measures:
        if measure in places:
            continue
        contract, basis = contracts[measure.source], bases.get(measure.source)
        at = measure.at or contract.event_time
        used = measure.columns(tables[measure.source]) | {at}
        where, key = measure.where, measure.column if measure.kind == "distinct" else None
        if basis is not None:
            key = basis.key
            where = where if basis.beside is None else None
        table = basis.table if basis else measure.source
        group = (table, at, measure.until, visibility.revealing(contract, used), key)
        summary = ("any" if measure.kind == "distinct" else measure.kind, measure.value, where)
        summaries = groups.setdefault(group, [])
        if summary not in summaries:
            summaries.append(summary)
        places[measure] = (group, summaries.index(summary))
    passes = {group: Pass(*group, tuple(summaries)) for group, summaries in groups.items()}
    return {measure: (passes[group], column) for measure, (group, column) in places.items()}


def _value(rows, kind: str, value, where, at: str, origin: dt.datetime):
    """Return what one row brings to a summary; NULL where it does not count."""
    if kind in ("latest", "earliest"):
        brought = visibility.seconds(rows[at])
    elif kind in ("last", "first"):
        brought = visibility.seconds(rows[at]) * LAST_VALUES + value(rows).cast("int64")
    elif kind == "days":
        brought = visibility.day_bit(rows[at], origin)
    elif value is None:
        brought = ibis.literal(1, type="int64")
    else:
        brought = value(rows).cast("int64")
    if where is None:
        return brought
    return ibis.ifelse(where(rows), brought, ibis.null("int64"))


def _total(column, kind: str):
    if kind in ("latest", "last", "any"):
        return column.max()
    if kind in ("earliest", "first"):
        return column.min()
    if kind == "days":
        return column.bit_or()
    return column.sum().cast("int64")
