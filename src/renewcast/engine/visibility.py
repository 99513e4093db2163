"""The one place where time is cut: what was known at a snapshot, as an Ibis expression.

The rule has two forms that mean the same. As *cells* it feeds the kernel in :mod:`renewcast.engine.accumulate`; as *rows* it
serves what the kernel cannot say. In both, a fact counts at the snapshot instant ``T`` when it happened before ``T`` **and**
was known before ``T``, strictly, and has not been replaced by a later version that was known before ``T``.

Snapshots stand ``7`` days apart on a calendar that starts at an instant ``origin``; snapshot ``k`` is ``origin + 7 k`` days.
The *cell* of an instant is the number of the week in which it lies, so a fact of cell ``c`` is first visible at ``c + 1``.
"""

import datetime as dt
import functools

import ibis
import ibis.expr.operations as ops
import numpy as np

DAY_SECONDS = 86_400
EPOCH = dt.datetime(1970, 1, 1)
NO_DAY = -(2**31)
"""Stands, among the numbers of days, for a time that is not told; it lies before every week."""


def days_from(instant, origin: dt.datetime):
    """Return whole days from the midnight ``origin`` to an instant, rounded down, as int64.

    A day stands for all of its instants, so one microsecond before midnight stays in the day before, on every engine.
    """
    return instant.cast("date").epoch_days() - (origin - EPOCH).days


def cell(instant, origin: dt.datetime):
    """Return the number of the week, counted from ``origin``, in which an instant lies (int64, may be negative)."""
    # The quotient of two whole numbers of this size never rounds up to the next whole number.
    return (days_from(instant, origin) / 7).floor().cast("int64")


def days_of(instants, origin: dt.datetime):
    """Return what :func:`days_from` means for an array of datetime64[us]: int32, ``NO_DAY`` for NaT."""
    microseconds = instants.view("int64")
    days = (microseconds // (DAY_SECONDS * 1_000_000)).astype("int32")
    days -= np.int32((origin - EPOCH).days)
    empty = np.isnat(instants)
    if empty.any():
        days[empty] = NO_DAY
    return days


def day_bit(instant, origin: dt.datetime):
    """Return 1, 2, 4, ... 64 (int64) for the first to the seventh day of the week, counted from ``origin``, of an instant."""
    # Lifted above zero by whole weeks, since the remainder of a negative number is not the same everywhere.
    day = (days_from(instant, origin) + 7 * 1_000_000) % 7
    return (ibis.literal(1) << day.cast("int32")).cast("int64")


def columns_of(expression, table) -> set[str]:
    """Name the columns of a table that an expression over it reads; what the table itself was made from does not count."""
    return {field.name for field in expression.op().find(ops.Field) if field.rel == table.op()}


def revealing(contract, used: set[str]) -> tuple[str, ...]:
    """Name, in order, the columns whose times reveal the used ones; a revealing column reveals itself."""
    return tuple(sorted({contract.columns[name].revealed_by for name in used if name in contract.columns} - {None}))


def known(table, contract, used: set[str]):
    """Return the instant from which a row is known as far as the used columns go.

    A column that is filled in later than its row (``resolved_at``, ``paid_on``, ``csat``) is known only from the instant that
    reveals it; where that is NULL the row has not been revealed and the result is NULL, so it is never visible.

    Parameters
    ----------
    table : ibis.Table
        A staged table.
    contract : renewcast.sources.TableContract
    used : set of str
        The columns that a measure reads.

    Returns
    -------
    ibis timestamp expression, NULL where not yet revealed
    """
    reveals = revealing(contract, used)
    instants = [table.known_at] + [table[name].cast("timestamp") for name in reveals]
    latest = functools.reduce(lambda a, b: ibis.ifelse(a >= b, a, b), instants)
    missing = functools.reduce(lambda a, b: a | b, [table[name].isnull() for name in reveals], ibis.literal(False))
    return ibis.ifelse(missing, ibis.null("timestamp"), latest)


def known_by(table, instant: dt.datetime):
    """Return the versions of a table's rows that were known, and not replaced, at one instant; nothing is masked.

    Parameters
    ----------
    table : ibis.Table
        A staged table.
    instant : datetime.datetime

    Returns
    -------
    ibis.Table
    """
    cut = ibis.literal(instant)
    return table.filter((table.known_at < cut) & (table.superseded_at.isnull() | (table.superseded_at >= cut)))


def seen_on(table, instants):
    """Return the versions of a table's rows that any of some instants sees, with the instants that see each; nothing is masked.

    Parameters
    ----------
    table : ibis.Table
        A staged table.
    instants : list of datetime.datetime
        Ascending.

    Returns
    -------
    ibis.Table
        With ``seen_from`` and ``seen_until`` (int64): what :func:`known_by` gives at ``instants[k]`` are the rows with
        ``seen_from <= k < seen_until``.
    """
    cuts = [ibis.literal(instant) for instant in instants]
    none, every = ibis.literal(0, type="int64"), ibis.literal(len(cuts), type="int64")
    seen_from = sum(((table.known_at >= cut).cast("int64") for cut in cuts), none)
    seen_until = ibis.coalesce(sum(((table.superseded_at >= cut).cast("int64") for cut in cuts), none), every)
    rows = table.mutate(seen_from=seen_from, seen_until=seen_until)
    return rows.filter(rows.seen_from < rows.seen_until)


def visible_rows(table, snapshots, contract):
    """Join every snapshot with the rows of its account that were known then, later columns masked.

    Events must also have happened before the snapshot. States may be known ahead: a term that was signed before the snapshot
    and starts after it is visible.

    Parameters
    ----------
    table : ibis.Table
        A staged table with account_id, known_at and superseded_at.
    snapshots : ibis.Table
        Columns account_id and as_of (timestamp).
    contract : renewcast.sources.TableContract

    Returns
    -------
    ibis.Table
        The columns of ``table`` and ``as_of``; one row per snapshot and visible row.
    """
    panel = snapshots.select(panel_account_id="account_id", as_of="as_of")
    joined = table.join(panel, table.account_id == panel.panel_account_id)
    happened = ibis.literal(True)
    if contract.kind == "event" and contract.event_time is not None:
        happened = joined[contract.event_time].isnull() | (joined[contract.event_time].cast("timestamp") < joined.as_of)
    is_current = joined.superseded_at.isnull() | (joined.superseded_at >= joined.as_of)
    cut = joined.filter(happened & (joined.known_at < joined.as_of) & is_current)
    masked = {}
    for name, column in contract.columns.items():
        if column.revealed_by is not None:
            reveal = cut[column.revealed_by].cast("timestamp")
            masked[name] = ibis.ifelse(reveal < cut.as_of, cut[name], ibis.null(cut[name].type()))
    return cut.drop("panel_account_id").mutate(**masked)
