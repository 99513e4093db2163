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

DAY_SECONDS = 86_400
WEEK_SECONDS = 7 * DAY_SECONDS
EPOCH = dt.datetime(1970, 1, 1)


def seconds(instant):
    """Return whole seconds since 1970 of a timestamp expression, rounded down, as int64.

    Fractions are cut first, so that one microsecond before midnight stays in the week before, on every engine.
    """
    return instant.cast("timestamp").epoch_seconds().floor().cast("int64")


def cell(instant, origin: dt.datetime):
    """Return the number of the week, counted from ``origin``, in which an instant lies (int64, may be negative)."""
    start = int((origin - EPOCH).total_seconds())
    return ((seconds(instant) - start).cast("float64") / WEEK_SECONDS).floor().cast("int64")


def day_bit(instant, origin: dt.datetime):
    """Return 1, 2, 4, ... 64 (int64) for the first to the seventh day of the week, counted from ``origin``, of an instant."""
    start = int((origin - EPOCH).total_seconds())
    day = ((seconds(instant) - start).cast("float64") / DAY_SECONDS).floor().cast("int64") - 7 * cell(instant, origin)
    bits = [ibis.literal(2**number, "int64") for number in range(7)]
    return ibis.cases(*[(day == number, bits[number]) for number in range(6)], else_=bits[6])


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
