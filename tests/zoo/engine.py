"""Kind 6 again, temporal leakage by mistakes in the engine or in a feature: the attack on futures must see each of them."""

import ibis
import ibis.expr.operations as ops
from zoo.plant import KINDS, Plant

from renewcast.engine import visibility
from renewcast.features._definition import RowFeatures
from renewcast.features.contract import family as contract_family
from renewcast.features.usage import family as usage_family

KIND = KINDS[5]
HONEST_CELL = visibility.cell


def _cut(*, boundary="<", by_known_at=True, by_event=True, masks=True, replaced=True):
    """The visible rows of the engine with one of its rules broken."""

    def before(when, as_of):
        return when < as_of if boundary == "<" else when <= as_of

    def visible_rows(table, snapshots, contract):
        panel = snapshots.select(panel_account_id="account_id", as_of="as_of")
        joined = table.join(panel, table.account_id == panel.panel_account_id)
        keep = ibis.literal(True)
        if by_known_at:
            keep &= before(joined.known_at, joined.as_of)
        if by_event and contract.kind == "event" and contract.event_time is not None:
            event = joined[contract.event_time]
            keep &= event.isnull() | before(event.cast("timestamp"), joined.as_of)
        if replaced:
            keep &= joined.superseded_at.isnull() | ~before(joined.superseded_at, joined.as_of)
        rows = joined.filter(keep)
        masked = {}
        for name, column in contract.columns.items():
            if masks and column.revealed_by is not None:
                reveal = before(rows[column.revealed_by].cast("timestamp"), rows.as_of)
                masked[name] = ibis.ifelse(reveal, rows[name], ibis.null(rows[name].type()))
        return rows.drop("panel_account_id").mutate(**masked)

    return visible_rows


def _rows(**broken):
    return lambda monkeypatch: monkeypatch.setattr(visibility, "visible_rows", _cut(**broken))


def _nothing_is_revealed_later(monkeypatch):
    """Payments count from the day on which the invoice was issued."""
    monkeypatch.setattr(visibility, "visible_rows", _cut(masks=False))
    _add(monkeypatch, contract_family, "invoices", "paid_share", lambda rows: {"paid_share": rows.paid_on.notnull().mean()})


def _clock_six_hours_slow(monkeypatch):
    """Instants are read as if they were local time of another zone."""
    monkeypatch.setattr(
        visibility, "cell", lambda instant, origin: HONEST_CELL(instant.cast("timestamp") - ibis.interval(hours=6), origin)
    )


def _add(monkeypatch, family, source, name, aggregate):
    spec = family.spec(name, source, en=name, zh=name, unit="share", empty="missing", form="rows", path="rows")
    monkeypatch.setattr(family, "row_features", [*family.row_features, RowFeatures(source, (spec,), aggregate)])


def _whole(rows, column):
    """The table as it lies there, found by whoever wants it."""
    tables = [table for table in rows.op().find(ops.PhysicalTable) if column in table.schema]
    return tables[0].to_expr()


def _share_of_all_time(monkeypatch):
    """An account's events as a share of all events ever stored."""

    def aggregate(rows):
        whole = _whole(rows, "occurred_at").count().as_scalar()
        return {"events_share_of_all_time": rows.count().cast("float64") / whole.cast("float64")}

    _add(monkeypatch, usage_family, "usage", "events_share_of_all_time", aggregate)


def _scaled_by_the_largest(monkeypatch):
    """Revenue divided by the largest term that any account ever has."""

    def aggregate(rows):
        largest = _whole(rows, "mrr").mrr.max().as_scalar()
        return {"mrr_of_the_largest": rows.mrr.max().cast("float64") / largest.cast("float64")}

    _add(monkeypatch, contract_family, "contracts", "mrr_of_the_largest", aggregate)


def _plant(disguise, plant, table=None):
    return Plant(KIND, disguise, "engine", plant, "future_change", ".", table)


PLANTS = [
    _plant("what is known at the snapshot counts too", _rows(boundary="<=")),
    _plant("the time of knowing is forgotten", _rows(by_known_at=False)),
    _plant("payments count before they are made", _nothing_is_revealed_later, "invoices"),
    _plant("a clock that is six hours slow", _clock_six_hours_slow),
    _plant("a share of all events ever", _share_of_all_time, "usage"),
    _plant("scaled by the largest term ever", _scaled_by_the_largest, "contracts"),
]
