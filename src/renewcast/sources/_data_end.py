"""How far the data go: the latest thing that was known, not the latest that was booked."""

import datetime as dt

import ibis

from renewcast.days import midnight
from renewcast.sources import CONTRACTS
from renewcast.sources._parse import TIMESTAMP
from renewcast.sources._report import TableReport
from renewcast.sources._table import Workbench, is_told

CLOCK_SLACK = dt.timedelta(days=30)
"""An event this long after everything that other tables tell is taken for a wrong clock."""


def find_data_end(bench: Workbench, reports: list[TableReport], stops: list[str]) -> dt.datetime | None:
    """Return the data end, and lower the reports' ``latest_known_at`` to what the other tables bear out.

    Parameters
    ----------
    bench : Workbench
        All tables are staged.
    reports : list of TableReport
    stops : list of str
        A sentence is added where the contracts alone would have to say how far the data go, and cannot.

    Returns
    -------
    datetime.datetime or None
        Naive UTC. The latest time at which a row of usage was known, or of contracts that tell it in a column; without usage,
        of any event or of the contracts.

    Notes
    -----
    Where a source tells when a row was known, that time is taken as it is. A time that is only derived from the event (a lag,
    or ``static``) is doubtful: terms are booked ahead, and clocks are wrong. So events later than what the other tables bear
    out by over `CLOCK_SLACK` do not count, and of states such as contracts nothing later than it at all. What bears out are
    told times and events. Were a term booked for next year to set the end, outcomes up to then would count as finished.
    """
    by_name = {one.name: one for one in reports if one.latest_known_at is not None and one.name in bench.done}
    evidence = {
        name: dt.datetime.fromisoformat(one.latest_known_at)
        for name, one in by_name.items()
        if is_told(bench.mappings[name]) or CONTRACTS[name].kind == "event"
    }
    derived = {name: one for name, one in by_name.items() if not is_told(bench.mappings[name])}
    bounded = dict(evidence)
    for name in derived:
        others = [moment for other, moment in evidence.items() if other != name]
        if name in evidence and others:
            bounded[name] = _latest_known(bench, name, max(others) + CLOCK_SLACK)
    limit = max(bounded.values(), default=None)
    if limit is None and "contracts" in derived:
        limit = _declared_end(bench, stops)
    for name, one in derived.items():
        if name not in bounded and limit is not None:
            bounded[name] = _latest_known(bench, name, limit)
        if name in bounded:
            one.latest_known_at = bounded[name].isoformat()
    counted = ["usage"] if "usage" in bounded else [name for name in bounded if CONTRACTS[name].kind == "event"]
    if "contracts" in bounded and ("usage" not in bounded or "contracts" not in derived):
        counted.append("contracts")
    return max((bounded[name] for name in counted), default=None)


def _latest_known(bench: Workbench, name: str, limit: dt.datetime) -> dt.datetime:
    """Return when the latest row up to the limit was known; the limit itself where every row lies beyond it."""
    known = bench.done[name].known_at
    found = bench.backend.to_pyarrow(known.max(where=known <= ibis.literal(limit, TIMESTAMP))).as_py()
    return limit if found is None else found


def _declared_end(bench: Workbench, stops: list[str]) -> dt.datetime | None:
    last = bench.params.snapshots.last
    if last is not None:
        return midnight(last)
    stops.append(
        "sources.contracts: a term counts as known from its start, which may lie ahead, and no other table tells how far the "
        "data go; declare known_at: {column: ...}, or set snapshots.last to a day that the data cover."
    )
    return None
