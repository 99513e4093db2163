"""Kind 6, temporal leakage: what was written later stands where it seems to have been known before."""

import numpy as np
import pandas as pd
from zoo.plant import KINDS, Plant
from zoo.proxies import TOLD

KIND = KINDS[5]


def _cut_short(company):
    """The last terms of whoever leaves are overwritten with the day of termination, without a version."""
    contracts = company.table("contracts")
    starts, ends = pd.to_datetime(contracts["starts_on"]), pd.to_datetime(contracts["ends_on"])
    last = ends.groupby(contracts["account_id"]).transform("max")
    length = (ends - starts).dt.days
    cut = company.is_lost("contracts") & (ends == last).to_numpy() & (length > 60).to_numpy()
    share = contracts["account_id"].map(
        dict(zip(sorted(company.lost), np.random.default_rng(0).uniform(0.45, 0.8, len(company.lost)), strict=True))
    )
    new = starts + pd.to_timedelta((length * share).fillna(0).round(), unit="D")
    contracts["ends_on"] = ends.where(~cut, new).dt.date


def _handed_over(company):
    """The owner is overwritten in place when an account leaves; known_at stays that of the sign-up."""
    accounts = company.table("accounts")
    accounts["owner"] = np.where(company.is_lost("accounts"), "Former customers", accounts["owner"])


def _static_roles(company):
    """Access is withdrawn at the end, everybody becomes a member; the table of today is declared static."""
    users = company.table("users")
    users["role"] = np.where(company.is_lost("users"), "member", users["role"])
    users.loc[~company.is_lost("users") & (~users.duplicated("account_id")), "role"] = "administrator"
    company.params["sources"]["users"]["known_at"] = "static"


def _late_usage(company):
    """Usage is loaded ten to thirty days later; the mapping declares that it is known at once."""
    usage = company.table("usage")
    days = np.random.default_rng(0).uniform(10, 30, len(usage))
    usage["loaded_at"] = usage["occurred_at"] + pd.to_timedelta(np.round(days * 86_400), unit="s")
    company.put("usage", usage.drop(columns="known_at"))
    company.params["sources"]["usage"]["known_at"] = {"lag_days": 0}
    company.concerned = None


def _late_tickets(company):
    """Tickets are imported a fortnight late; known_at is mapped from the day on which they were opened."""
    tickets = company.table("tickets")
    tickets["imported_at"] = tickets["opened_at"] + pd.Timedelta(days=14)
    company.params["sources"]["tickets"]["known_at"] = {"column": "opened_at"}
    company.concerned = None


def _changed_attributes(company):
    """Accounts are edited for years and declared static, although the export says when they were last edited."""
    accounts = company.table("accounts")
    days = np.random.default_rng(0).uniform(5, 500, len(accounts))
    accounts["updated_at"] = accounts["signed_up_at"] + pd.to_timedelta(np.round(days * 86_400), unit="s")
    company.put("accounts", accounts.drop(columns="known_at"))
    company.params["sources"]["accounts"]["known_at"] = "static"
    company.concerned = None


def _loaded_at_once(company):
    """The whole usage was loaded again on the last day."""
    usage = company.table("usage")
    usage["known_at"] = usage["known_at"].max().normalize() + pd.Timedelta(hours=3)
    company.concerned = None


def _exit_survey(company):
    """The answer to the exit survey is stored under the date of the campaign, four months earlier."""
    feedback, left = company.table("feedback"), company.left_on
    first = pd.Timestamp(feedback["occurred_at"].min())
    when = (left - pd.Timedelta(days=120)).clip(lower=first)
    rows = pd.DataFrame({"account_id": left.index, "kind": "nps", "score": 3.0, "comment": "we have found another supplier"})
    rows["occurred_at"] = when.to_numpy().astype(feedback["occurred_at"].dtype)
    rows["known_at"] = rows["occurred_at"] + pd.Timedelta(hours=5)
    company.put("feedback", pd.concat([feedback, rows], ignore_index=True))


def _rewritten_contacts(company):
    """After the end, the willingness of all earlier contacts is corrected downwards."""
    contacts = company.table("touchpoints")
    kept = np.where(contacts["willingness"].isna(), np.nan, np.maximum(contacts["willingness"], -1))
    contacts["willingness"] = np.where(company.is_lost("touchpoints") & contacts["willingness"].notna(), -2, kept)


def _back_dated_credit(company):
    """What is credited at the end is booked under the first invoice of the account."""
    invoices = company.table("invoices")
    first = ~invoices.sort_values("issued_on").duplicated("account_id").reindex(invoices.index)
    credited = first.to_numpy() & company.is_lost("invoices")
    invoices["amount"] = np.where(credited, -np.abs(invoices["amount"].astype(float)), invoices["amount"].astype(float))


def _moved_milestones(company):
    """Due dates of whoever left were put off to the end of time when the project was closed."""
    milestones = company.table("milestones")
    moved = company.is_lost("milestones")
    milestones["due_on"] = np.where(moved, pd.Timestamp("2027-12-31").date(), milestones["due_on"])


def _plant(disguise, change, says, table, column):
    return Plant(KIND, disguise, "tables", change, "suspect", says, table, column)


PLANTS = [
    _plant("ends_on overwritten at termination", _cut_short, "midst of a month", "contracts", "ends_on"),
    _plant("an attribute overwritten in place", _handed_over, TOLD, "accounts", "owner"),
    _plant("roles of today declared static", _static_roles, TOLD, "users", "role"),
    _plant("no lag declared for a late table", _late_usage, "come or changed|came or changed", "usage", "known_at"),
    _plant("known_at mapped from the event", _late_tickets, "came or changed", "tickets", "known_at"),
    _plant("edited attributes declared static", _changed_attributes, "came or changed", "accounts", "known_at"),
    _plant("the whole table loaded again", _loaded_at_once, "loaded at one go", "usage", "known_at"),
    _plant("the exit survey under an earlier date", _exit_survey, TOLD, "feedback", "comment"),
    _plant("contacts corrected afterwards", _rewritten_contacts, TOLD, "touchpoints", "willingness"),
    _plant("a final credit booked to the first invoice", _back_dated_credit, TOLD, "invoices", "amount"),
    _plant("due dates moved at the end", _moved_milestones, TOLD, "milestones", "due_on"),
]
