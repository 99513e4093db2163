"""A company as it stood on a day: what became known later is not there."""

import datetime as dt

import ibis

from renewcast.datasets.view import View
from renewcast.features.derived import with_derived


def without_what_came_later(project, day: dt.date) -> View:
    """Open the company as it stood on a day: rows known later are not there, nor what was filled in or replaced since."""
    whole = project.view
    view = View(project.params, project.staged, project.directory / "data" / "work" / "spill")
    instant = ibis.literal(dt.datetime.combine(day, dt.time()))
    tables = {}
    for name in whole.files:
        table, contract = whole.store.tables[name], whole.store.contracts[name]
        kept = table.filter(table.known_at < instant)
        masked = {"superseded_at": ibis.ifelse(kept.superseded_at < instant, kept.superseded_at, ibis.null("timestamp"))}
        for column, declared in contract.columns.items():
            if declared.revealed_by is not None:
                told = kept[declared.revealed_by].cast("timestamp") < instant
                masked[column] = ibis.ifelse(told, kept[column], ibis.null(kept[column].type()))
        tables[name] = kept.mutate(**masked).cache()
    contracts = {name: whole.store.contracts[name] for name in tables}
    view.store = with_derived(tables, contracts, whole.mapped_columns, view.grace_days)
    return view
