"""An earlier snapshot, seen with what was told late: the roll-up as it would be had late facts about the past come in time.

A fact is late between two snapshots when it happened before the first and became known, or was restated, only before the second.
Only events can be late. A state (a contract, a user, a milestone) has no time from which it is true but the one at which it was
told, so a new version of it is news.
"""

import functools
import operator

import ibis

from renewcast.engine.cells import RollUp
from renewcast.engine.rollup import Pass
from renewcast.engine.visibility import cell


def hindsight(rollup: RollUp, before: int, now: int) -> RollUp:
    """Return the roll-up in which everything late between two snapshots was known by the first.

    Parameters
    ----------
    rollup : RollUp
    before, now : int
        Snapshot numbers, ``before`` < ``now``.

    Returns
    -------
    RollUp
        To be read at ``before`` only: facts that happened later are left as they are.

    Notes
    -----
    The cells of a pass are taken as they are and only their times move, so a stored roll-up makes this cheap. Where a
    cell does not tell enough, because its facts end (an open ticket: ended, or replaced?) or are revealed by another time than
    the one they count by, the rows of the pass are rolled up anew.
    """
    origin = rollup.origin

    def moved(one: Pass):
        if rollup.contracts[one.table].kind != "event":
            return rollup.cells_of(one)
        if one.until is not None or set(one.reveals) - {one.at}:
            table = known_in_time(rollup.tables[one.table], one.at, before, now, origin)
            return one.cells(table, rollup.contracts[one.table], origin).cache()
        cells = rollup.cells_of(one)
        is_past, told = cells.happened < before, cells.known.between(before, now - 1)
        first = ibis.literal(before, "int32")
        return cells.mutate(
            enter=ibis.ifelse(is_past & told & cells.enter.between(before + 1, now), first, cells.enter),
            gone=ibis.ifelse(is_past & cells.gone.between(before + 1, now), first, cells.gone),
        )

    return RollUp(rollup.tables, rollup.contracts, origin, rollup.measures, bases=rollup.bases, cells=moved)


def known_in_time(table, at: str, before: int, now: int, origin):
    """Return the rows of events with the late ones dated as if they had been told in the week before the first snapshot.

    Parameters
    ----------
    table : ibis.Table
        A staged table of events.
    at : str
        The column that says when it happened.
    before, now : int
        Snapshot numbers.
    origin : datetime.datetime

    Returns
    -------
    ibis.Table
    """
    last = origin_of(origin, before) - ibis.interval(microseconds=1)
    is_past = cell(table[at], origin) < before
    told, replaced = cell(table.known_at, origin), cell(table.superseded_at, origin)
    return table.mutate(
        known_at=ibis.ifelse(is_past & told.between(before, now - 1), last, table.known_at),
        superseded_at=ibis.ifelse(is_past & replaced.between(before, now - 1), last, table.superseded_at),
    )


def origin_of(origin, number: int):
    """Return the instant of a snapshot as an Ibis literal."""
    return ibis.literal(origin) + ibis.interval(days=7 * number)


def late_accounts(rollup: RollUp, before: int, now: int) -> list[str]:
    """Name the accounts with an event that was told, or restated, late between two snapshots.

    Parameters
    ----------
    rollup : RollUp
    before, now : int
        Snapshot numbers.

    Returns
    -------
    list of str, sorted
    """
    start, end = (origin_of(rollup.origin, number) for number in (before, now))
    counted: dict[str, set] = {}
    for one in rollup.passes():
        if rollup.contracts[one.table].kind == "event":
            counted.setdefault(one.table, set()).add(one.at)
    found = set()
    for name, times in sorted(counted.items()):
        table = rollup.tables[name]
        told = (table.known_at >= start) & (table.known_at < end)
        replaced = table.superseded_at.notnull() & (table.superseded_at >= start) & (table.superseded_at < end)
        is_past = [table[one].notnull() & (table[one].cast("timestamp") < start) for one in sorted(times)]
        late = table.filter((told | replaced) & functools.reduce(operator.or_, is_past))
        found |= set(late.select("account_id").distinct().to_pyarrow()["account_id"].to_pylist())
    return sorted(found)
