"""A company made of text tables, staged and opened like any other, and what can be asked of it."""

import datetime as dt
import shutil
import tempfile
from pathlib import Path

from small_project import params_of
from spec import text_tables

from renewcast.datasets.view import View
from renewcast.labels import churn, inactivity, renewal
from renewcast.sources import stage

T = dt.date(2026, 6, 29)
LATER = dt.date(2027, 6, 28)
"""When outcomes are looked up: everything entered before it is known."""


def contracts(
    text: str,
    *,
    accounts: str | None = None,
    lead_days: int = 0,
    horizon_days: int = 90,
    grace_days: int = 30,
    rates: dict[str, float] | None = None,
) -> View:
    """Open a company with these terms; the accounts are those of the terms, known long before, unless given."""
    terms = text_tables.rows(text)
    for number, row in enumerate(terms):
        row["account_id"] = row.pop("account")
        row["contract_id"] = row.pop("contract", None) or f"term {number}"
        row.setdefault("mrr", "100")
        row["known_at"] = row.get("known_at") or _ten_days_before(row["starts_on"])
    label = {"lead_days": lead_days, "horizon_days": horizon_days, "grace_days": grace_days}
    tables = {"accounts": _accounts(accounts, terms), "contracts": terms}
    return _open(tables, {"churn": label, "renewal": label}, rates or {})


def usage(text: str, *, lead_days: int = 0, horizon_days: int = 90, active_within_days: int = 180) -> View:
    """Open a company without contracts that saw these events."""
    events = text_tables.rows(text)
    for row in events:
        row["account_id"] = row.pop("account")
        row["known_at"] = row.get("known_at") or row["occurred_at"]
    label = {"lead_days": lead_days, "horizon_days": horizon_days, "active_within_days": active_within_days}
    return _open({"accounts": _accounts(None, events), "usage": events}, {"inactivity": label})


def population(view: View, target: str = "churn") -> dict[str, str]:
    """Say of each account in scope at T whether it is scored, or why not."""
    frame = view.population([T], target=target)
    return {row.account_id: "scored" if row.is_eligible else row.reason_not_scored for row in frame.itertuples()}


def scored(view: View, target: str = "churn"):
    """Return the rows of the accounts that are scored at T."""
    frame = view.population([T], target=target)
    return frame[frame["is_eligible"]].reset_index(drop=True)


def churned(view: View, *, looked_up: dt.date = LATER) -> dict[str, bool | None]:
    """Say of each scored account whether it churned; None: it did so within the lead."""
    frame = scored(view)
    return dict(zip(frame["account_id"], churn(frame, view.known_contracts(looked_up), view.params.labels.churn), strict=True))


def renewed(view: View, *, looked_up: dt.date = LATER) -> dict[str, bool]:
    """Say of each term with something to decide at T whether it was renewed."""
    frame = renewal(view.open_terms([T]), view.known_terms(looked_up), view.params.labels.renewal)
    return dict(zip(frame["contract_id"], frame["renewed"].tolist(), strict=True))


def became_inactive(view: View, *, looked_up: dt.date = LATER) -> dict[str, bool]:
    """Say of each active account whether it fell silent."""
    frame = scored(view, "inactivity")
    found = inactivity(frame, view.known_events(looked_up), view.params.labels.inactivity)
    return dict(zip(frame["account_id"], found.tolist(), strict=True))


def _accounts(text, facts):
    if text is not None:
        given = text_tables.rows(text)
        return [{"account_id": row["account"], "signed_up_at": row["known_at"], "known_at": row["known_at"]} for row in given]
    names = dict.fromkeys(row["account_id"] for row in facts)
    return [{"account_id": name, "signed_up_at": "2024-01-01", "known_at": "2024-01-01 00:00:00"} for name in names]


def _open(tables: dict, labels: dict, rates: dict | None = None) -> View:
    directory = Path(tempfile.mkdtemp())
    try:
        sources = {}
        for name, table in tables.items():
            (directory / f"{name}.csv").write_text(text_tables.to_csv(table))
            sources[name] = {"files": f"{name}.csv", "known_at": {"column": "known_at"}}
        params = params_of(sources).model_dump(mode="json")
        params["labels"] = labels
        if params["revenue"] is not None:
            params["revenue"]["definition"]["grace_days"] = labels["churn"]["grace_days"]
            params["revenue"]["rates"]["per_unit"] = rates
        from renewcast.params import Params

        params = Params.model_validate(params)
        staged = stage(params, directory)
        assert all(not report.quarantined for report in staged.reports), "an example must not be set aside"
        view = View(params, staged, directory / "data" / "work" / "spill")
        # Views read lazily; the tables go into memory, so that the folder can go.
        view.store.tables.update({name: table.cache() for name, table in view.store.tables.items()})
        return view
    finally:
        shutil.rmtree(directory)


def _ten_days_before(day: str) -> str:
    return f"{dt.date.fromisoformat(day) - dt.timedelta(days=10)} 00:00:00"
