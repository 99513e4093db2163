"""A company of text tables at one Monday, and what its signals say; use is written as events a week, the oldest week first."""

import datetime as dt
import shutil
import tempfile
from pathlib import Path

from small_project import params_of
from spec import text_tables

from renewcast.datasets.view import View
from renewcast.params import Params
from renewcast.signals.catalogue import BY_NAME
from renewcast.signals.firing import known_at
from renewcast.sources import stage

T = dt.date(2026, 6, 29)
_EVENT_TIME = {name: "occurred_at" for name in ("touchpoints", "feedback", "usage")}
_EVENT_TIME |= {"tickets": "opened_at", "invoices": "issued_on"}


def company(*, accounts: str | None = None, contracts: str | None = None, as_of: dt.date = T, **tables: str) -> View:
    """Open a company; without ``contracts`` every account has one long term, without ``accounts`` all are those that are named.

    ``usage`` has the columns account, weeks ("3 3 0": three weeks, the last one ends at ``as_of``) and, if wanted, user, module,
    value (so many of a week's events are value actions) and quantity.
    """
    read = {name: text_tables.rows(text) for name, text in tables.items()}
    if "usage" in read:
        read["usage"] = [event for row in read["usage"] for event in _events(row, as_of)]
    if contracts is not None:
        read["contracts"] = text_tables.rows(contracts)
    facts = [row for rows in read.values() for row in rows]
    read["accounts"] = text_tables.rows(accounts) if accounts else [{"account": one} for one in _names(facts)]
    if contracts is None:
        read["contracts"] = [{"account": one, "starts_on": "2024-01-01", "ends_on": "2027-01-01"} for one in _names(facts)]
    for name, rows in read.items():
        for number, row in enumerate(rows):
            row["account_id"] = row.pop("account")
            row["known_at"] = row.get("known_at") or row.get(_EVENT_TIME.get(name, "")) or "2024-01-01"
            if name == "accounts":
                row["signed_up_at"] = row.get("signed_up_at") or "2024-01-01"
            if name == "contracts":
                row["contract_id"], row["mrr"] = row.get("contract_id") or f"term {number}", row.get("mrr") or "100"
                row["known_at"] = "2023-12-01" if row["known_at"] == "2024-01-01" else row["known_at"]
            if name in ("tickets", "invoices"):
                row[f"{name[:-1]}_id"] = str(number)
    return _open(read)


def _names(facts) -> list[str]:
    return list(dict.fromkeys(row.get("account") or row["account_id"] for row in facts))


def _events(row: dict, as_of: dt.date):
    counts = [int(count) for count in row["weeks"].split()]
    for back, count in enumerate(reversed(counts)):
        for number in range(count):
            at = dt.datetime.combine(as_of - dt.timedelta(days=7 * (back + 1)), dt.time(9)) + dt.timedelta(minutes=10 * number)
            yield {
                "account": row["account"], "user_id": row.get("user"), "occurred_at": str(at), "module": row.get("module"),
                "is_value_action": str(number < int(row.get("value") or 0)).lower(), "quantity": row.get("quantity") or "1",
                "known_at": str(at),
            }  # fmt: skip


def _open(tables: dict) -> View:
    directory = Path(tempfile.mkdtemp())
    try:
        sources = {}
        for name, table in tables.items():
            (directory / f"{name}.csv").write_text(text_tables.to_csv(table))
            sources[name] = {"files": f"{name}.csv", "known_at": {"column": "known_at"}}
        params = params_of(sources).model_dump(mode="json")
        params["labels"] = {"churn": {"lead_days": 0, "horizon_days": 90, "grace_days": 30}}
        params["segments"]["tiers"]["benchmark_min_arr"] = 10_000
        params = Params.model_validate(params)
        staged = stage(params, directory)
        assert all(not report.quarantined for report in staged.reports), "an example must not be set aside"
        view = View(params, staged, directory / "data" / "work" / "spill")
        # Views read lazily; the tables go into memory, so that the folder can go.
        view.store.tables.update({name: table.cache() for name, table in view.store.tables.items()})
        return view
    finally:
        shutil.rmtree(directory)


def table(head: str, rows) -> str:
    """Write rows as a text table: the head, then the cells of each row between bars."""
    return "\n".join([head, *(" | ".join(str(cell) for cell in row) for row in rows)])


def fires(view: View, name: str, *number: str, as_of: dt.date = T):
    """Say for which accounts a signal fires: their names, or with ``number`` its numbers by account."""
    known, one = known_at(view, as_of), BY_NAME[name]
    assert known.has(*one.needs), f"{name} needs {one.needs}"
    fired = one.fires(known).set_index("account_id").sort_index()
    assert fired.index.is_unique
    said = one.sentences(fired.reset_index(), "en") + one.sentences(fired.reset_index(), "zh")
    assert all("nan" not in sentence and "NaT" not in sentence for sentence in said)
    if not number:
        return list(fired.index)
    return {account: tuple(row) for account, row in zip(fired.index, fired[list(number)].itertuples(index=False), strict=True)}
