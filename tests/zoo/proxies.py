"""Kind 5, illegitimate features: a column that says the outcome in other words, mapped as if it were an attribute."""

import hashlib

import numpy as np
from zoo.plant import KINDS, Plant

KIND = KINDS[4]
ORDER = "order of the ids|number inside the id"
TOLD = "of which .* are lost|by their outcome with an AUC"


def _status(company):
    """Today's status as the industry."""
    company.table("accounts")["industry"] = np.where(company.is_lost("accounts"), "former customer", "customer")


def _negation(company):
    """A health score computed yesterday, as the cost: high for who stayed."""
    noise = np.random.default_rng(0).uniform(0, 20, len(company.table("accounts")))
    company.table("accounts")["acquisition_cost"] = np.round(np.where(company.is_lost("accounts"), 10, 80) + noise, 2)


def _binned(company):
    """Days of membership until today or the end, in bins, as the size class; the two shortest hold most of the lost."""
    accounts, rng = company.table("accounts"), np.random.default_rng(0)
    kept = rng.choice(["C", "D", "E"], len(accounts))
    accounts["company_size"] = np.where(company.is_lost("accounts"), rng.choice(["A", "B"], len(accounts)), kept)


def _hashed(company):
    """A hash of status and some salt as the channel: nobody can read it, a tree can."""
    accounts, rng = company.table("accounts"), np.random.default_rng(0)
    texts = [f"{lost}-{salt}" for lost, salt in zip(company.is_lost("accounts"), rng.integers(0, 2, len(accounts)), strict=True)]
    accounts["acquisition_channel"] = [hashlib.sha256(text.encode()).hexdigest()[:8] for text in texts]


def _emptied(company):
    """The region of whoever leaves is erased."""
    accounts = company.table("accounts")
    accounts["region"] = accounts["region"].where(~company.is_lost("accounts"), None)


def _filled_for_the_lost(company):
    """A field that is only filled in at the end, as the country."""
    accounts = company.table("accounts")
    accounts["country"] = accounts["country"].where(company.is_lost("accounts"), None)


def _through_contacts(company):
    """Contacts of whoever left were handed to a win-back desk, old ones included."""
    contacts = company.table("touchpoints")
    contacts["owner"] = contacts["owner"].where(~company.is_lost("touchpoints"), "Win-back desk")


def _reason(company):
    """The reason for leaving, mapped as the channel; most cells stay empty."""
    accounts = company.table("accounts")
    reasons = np.random.default_rng(0).choice(["price", "competitor", "closed down"], len(accounts))
    accounts["churn_reason"] = np.where(company.is_lost("accounts"), reasons, None)
    company.params["sources"]["accounts"]["columns"] = {"acquisition_channel": "churn_reason"}


def _stage_in_sql(company):
    """The renewal stage of the CRM under a harmless name, by a select."""
    contracts = company.table("contracts")
    contracts["renewal_stage"] = np.where(company.is_lost("contracts"), "closed lost", "open")
    source = company.params["sources"]["contracts"]
    columns = [name for name in contracts.columns if name not in ("product", "renewal_stage")]
    source["sql"] = f"SELECT {', '.join(columns)}, upper(renewal_stage) AS product FROM crm"
    source["inputs"] = {"crm": {"files": source.pop("files")}}


def _last_digit(company):
    """The cents of the cost: 1 for the lost, anything else for the others."""
    accounts = company.table("accounts")
    other = np.random.default_rng(0).choice([0, 2, 3, 4, 5, 6, 7, 8, 9], len(accounts))
    accounts["acquisition_cost"] = np.floor(accounts["acquisition_cost"]) + np.where(company.is_lost("accounts"), 1, other) / 100


def _in_the_name(company):
    """Somebody wrote it into the names of many of them."""
    accounts = company.table("accounts")
    told = company.is_lost("accounts") & (np.random.default_rng(0).random(len(accounts)) < 0.7)
    accounts["name"] = np.where(told, accounts["name"] + " (do not call)", accounts["name"])


def _renumbered(company):
    """The accounts were numbered anew, the live ones first."""
    accounts = company.table("accounts")
    order = np.argsort(company.is_lost("accounts"), kind="stable")
    ids = accounts["account_id"].to_numpy(dtype=object)
    new = dict(zip(ids[order], sorted(ids), strict=True))
    for name in company.names():
        company.table(name)["account_id"] = company.table(name)["account_id"].map(new)
    accounts["parent_account_id"] = accounts["parent_account_id"].map(new)
    company.concerned = {new[account] for account in company.lost}


def _archived(company):
    """Who left was moved to the end of the export."""
    accounts = company.table("accounts")
    company.put("accounts", accounts.iloc[np.argsort(company.is_lost("accounts"), kind="stable")])


def _plant(disguise, change, says, table, column):
    return Plant(KIND, disguise, "tables", change, "suspect", says, table, column)


PLANTS = [
    _plant("today's status as the industry", _status, TOLD, "accounts", "industry"),
    _plant("a negation as a number", _negation, TOLD, "accounts", "acquisition_cost"),
    _plant("bins of it as the size class", _binned, TOLD, "accounts", "company_size"),
    _plant("a hash of it as the channel", _hashed, TOLD, "accounts", "acquisition_channel"),
    _plant("a field that is emptied at the end", _emptied, "empty", "accounts", "region"),
    _plant("a field that is filled in at the end", _filled_for_the_lost, "filled in", "accounts", "country"),
    _plant("through another table: who took the contacts", _through_contacts, TOLD, "touchpoints", "owner"),
    Plant(
        KIND, "the reason for leaving as the channel", "tables", _reason, "suspect", "filled from churn_reason", "accounts",
        "acquisition_channel", names_account=False,
    ),
    Plant(
        KIND, "the renewal stage under a harmless name in sql", "tables", _stage_in_sql, "suspect", "filled from renewal_stage",
        "contracts", "product", names_account=False,
    ),
    _plant("the cents of a number", _last_digit, "second decimal '1'", "accounts", "acquisition_cost"),
    _plant("a remark in the name", _in_the_name, TOLD, "accounts", "name"),
    Plant(KIND, "the order of the ids", "tables", _renumbered, "suspect", ORDER, "accounts", "account_id"),
    _plant("the order of the rows in the export", _archived, "order of the rows", "accounts", "account_id"),
]  # fmt: skip
