"""Step one of the feature engine: facts to cells, a plain GROUP BY that means the same on every engine.

Measures of one source that share a clock (when a fact happens, when it is known, when it ends) and a key are columns of one
*pass*: one GROUP BY, however many features rest on it.
"""

import dataclasses
import datetime as dt
from collections.abc import Callable

import ibis

from renewcast.engine import portable, visibility
from renewcast.engine.facts import FOREVER, LAST_VALUES


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

    def cells(self, table, contract, origin: dt.datetime, *, is_replaced: bool = True):
        """Roll the rows of a table up.

        Parameters
        ----------
        table : ibis.Table
            account_id, known_at, superseded_at and the columns of the pass.
        contract : renewcast.sources.TableContract
        origin : datetime.datetime
            First snapshot of the calendar.
        is_replaced : bool
            False where no row has a superseded_at; that is cheaper.

        Returns
        -------
        ibis.Table
            account_id, key (text, where the pass has one), happened, enter, gone, known (int32), m0, m1, ... (int64). One row a
            group: the week in which the facts happened, the first snapshot that sees them, the first that no longer does
            (``FOREVER``: none), the week in which their rows were known.
        """
        rows, by = self._timed(table, contract, origin, is_replaced)
        values = {f"m{i}": _value(rows, *summary, self.at, origin) for i, summary in enumerate(self.summaries)}
        # A view stands between, so that an engine computes each time once however often it is used.
        chosen = rows.select("account_id", **by, **values).view()
        totals = {f"m{i}": _total(chosen[f"m{i}"], kind) for i, (kind, _, _) in enumerate(self.summaries)}
        return _with_all_times(chosen.group_by("account_id", *by).aggregate(**totals))

    def _timed(self, table, contract, origin: dt.datetime, is_replaced: bool):
        """Return the rows that count one day, and their columns that a GROUP BY takes: the key, and when they count."""
        rows = table.filter(table[self.at].notnull())
        if self.key is not None:
            rows = rows.filter(rows[self.key].notnull())
        if self.reveals:
            rows = rows.filter(visibility.known(rows, contract, set(self.reveals)).notnull())
        by = {} if self.key is None else {"key": rows[self.key].cast("string")}
        by["happened"] = visibility.cell(rows[self.at], origin).cast("int32")
        by["known"] = visibility.cell(rows.known_at, origin).cast("int32")
        if self.reveals:
            known = visibility.known(rows, contract, set(self.reveals))
            by["enter"] = (ibis.greatest(by["happened"], visibility.cell(known, origin)) + 1).cast("int32")
        gone = None
        if is_replaced:
            gone = ibis.coalesce(visibility.cell(rows.superseded_at, origin) + 1, int(FOREVER))
        if self.until is not None:
            # NULL is "not ended": engines leave NULL out of least, so it is replaced before they see it.
            ends = ibis.coalesce(visibility.cell(rows[self.until], origin) + 1, int(FOREVER))
            gone = ends if gone is None else ibis.least(gone, ends)
        if gone is not None:
            by["gone"] = gone.cast("int32")
        return rows, by


def _with_all_times(cells):
    """Add the times that follow from others, in their order."""
    times = {"happened": cells.happened, "enter": (ibis.greatest(cells.happened, cells.known) + 1).cast("int32")}
    times |= {"enter": cells.enter} if "enter" in cells.columns else {}
    times["gone"] = cells.gone if "gone" in cells.columns else ibis.literal(int(FOREVER), "int32")
    times["known"] = cells.known
    others = [name for name in cells.columns if name not in times]
    keys = [name for name in others if name in ("account_id", "key")]
    return cells.select(*keys, **times, **{name: cells[name] for name in others if name not in keys})


def owner(account_id, key):
    """Name one key of one account, such as a product, as an Ibis expression; no two pairs have the same name."""
    return account_id.length().cast("string") + ":" + account_id + key


def owner_name(account_id: str, key: str) -> str:
    """Return the same name for two texts.

    Examples
    --------
    >>> owner_name("A1", "crm")
    '2:A1crm'
    """
    return f"{len(account_id)}:{account_id}{key}"


def plan(measures, tables: dict, contracts: dict, bases: dict[str, Basis], *, apart: bool = False):
    """Assign every measure to a column of a pass, with as few passes as can be.

    Parameters
    ----------
    measures : iterable of Measure
    tables : dict of str to ibis.Table
        Staged and derived tables.
    contracts : dict of str to TableContract
    bases : dict of str to Basis
        Of the derived tables that have one.
    apart : bool
        Keep apart what only asks which keys were there, what adds up and the rest: each may be rolled up in another way.

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
        summary = ("any" if measure.kind == "distinct" else measure.kind, measure.value, where)
        way = summary[0] if summary[0] == "any" else summary[0] in ("sum", "days")
        group = (table, at, measure.until, visibility.revealing(contract, used), key, apart and way)
        summaries = groups.setdefault(group, [])
        if summary not in summaries:
            summaries.append(summary)
        places[measure] = (group, summaries.index(summary))
    passes = {group: Pass(*group[:-1], tuple(summaries)) for group, summaries in groups.items()}
    return {measure: (passes[group], column) for measure, (group, column) in places.items()}


def _value(rows, kind: str, value, where, at: str, origin: dt.datetime):
    """Return what one row brings to a summary; NULL where it does not count."""
    if kind in ("latest", "earliest"):
        brought = portable.seconds(rows[at])
    elif kind in ("last", "first"):
        brought = portable.seconds(rows[at]) * LAST_VALUES + value(rows).cast("int64")
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
        return portable.bit_or(column)
    return column.sum().cast("int64")
