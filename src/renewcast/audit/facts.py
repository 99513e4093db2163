"""The facts of the oracle: every source as rows, the joined ones put together one row at a time.

Nothing here is shared with the engine: only staged tables are read, and what rests on two tables is joined by plain loops.
"""

import dataclasses
import datetime as dt
import functools

import numpy as np

from renewcast.audit.company_slice import CompanySlice
from renewcast.sources import CONTRACTS, TableContract

NEVER = np.iinfo("int64").max
EPOCH = dt.datetime(1970, 1, 1)
MICROSECOND = dt.timedelta(microseconds=1)


def micros(instant) -> int:
    """Return whole microseconds since 1970 of a time or a day (its midnight); never, where there is none.

    Examples
    --------
    >>> micros(dt.date(1970, 1, 2)), micros(dt.datetime(1970, 1, 1, 0, 0, 0, 5))
    (86400000000, 5)
    """
    if instant is None:
        return NEVER
    if not isinstance(instant, dt.datetime):
        instant = dt.datetime(instant.year, instant.month, instant.day)
    return (instant - EPOCH) // MICROSECOND


@dataclasses.dataclass
class Source:
    """The rows of one source, those of one account side by side.

    Attributes
    ----------
    name : str
    contract : TableContract
        Of the staged table whose rows these are.
    owner : dict of str to tuple (start, stop)
        Where an account's rows stand.
    rows : list of dict
    schema : pyarrow.Schema
    """

    name: str
    contract: TableContract
    owner: dict
    rows: list
    schema: object

    def instants(self, column: str) -> np.ndarray:
        """Return a column of times as int64 microseconds, NEVER where it is NULL."""
        if column not in self._instants:
            self._instants[column] = np.array([micros(row[column]) for row in self.rows], dtype="int64")
        return self._instants[column]

    def codes(self, column: str) -> np.ndarray:
        """Return a number for each value of a column; -1 where it is NULL."""
        if column not in self._codes:
            number: dict = {None: -1}
            self._codes[column] = np.array([number.setdefault(row[column], len(number)) for row in self.rows], dtype="int64")
        return self._codes[column]

    @functools.cached_property
    def _instants(self) -> dict:
        return {}

    @functools.cached_property
    def _codes(self) -> dict:
        return {}

    def place(self, owner: str) -> slice:
        """Return where the rows of an account stand."""
        return slice(*self.owner.get(owner, (0, 0)))


class Facts:
    """Every source of a slice, staged or joined.

    Parameters
    ----------
    company : CompanySlice
    """

    def __init__(self, company: CompanySlice):
        self.company = company
        self._known: dict[str, Source] = {}

    def source(self, name: str) -> Source:
        """Return a source by the name that measures use.

        Raises
        ------
        KeyError
            Where the oracle has no rule for it: a new derived table must be written down here a second time.
        """
        if name not in self._known:
            self._known[name] = self._staged(name) if name in self.company.tables else JOINED[name](self)
        return self._known[name]

    def _staged(self, name: str) -> Source:
        rows = [row for mine in self.company.rows[name].values() for _, row in mine]
        return _source(name, CONTRACTS[name], rows, self.company.tables[name].schema)

    def versions(self, name: str, account: str) -> list[dict]:
        """Return all rows of an account in a staged table, every version."""
        return [row for _, row in self.company.rows.get(name, {}).get(account, [])]


def _usage_days(facts: Facts) -> Source:
    import pyarrow as pa

    usage = facts.source("usage")
    rows = [row | {"day": micros(row["occurred_at"]) // (86_400 * 10**6)} for row in usage.rows]
    return _source("usage_days", usage.contract, rows, usage.schema.append(pa.field("day", pa.int64())))


def _usage_by_module(facts: Facts) -> Source:
    usage = facts.source("usage")
    rows = [row | {"account_id": product_of(row["account_id"], row["module"])} for row in usage.rows if row["module"] is not None]
    return _source("usage_by_module", usage.contract, rows, usage.schema)


def _usage_people(facts: Facts) -> Source:
    """Take each event once for every version of the person who did it; known when both are, gone when one of them is."""
    usage, users = facts.source("usage"), facts.source("users")
    people: dict = {}
    for person in users.rows:
        people.setdefault((person["account_id"], person["user_id"]), []).append(person)
    rows = []
    for row in usage.rows:
        for person in people.get((row["account_id"], row["user_id"]), []):
            gone = [one for one in (row["superseded_at"], person["superseded_at"]) if one is not None]
            together = {"known_at": max(row["known_at"], person["known_at"]), "superseded_at": min(gone, default=None)}
            rows.append(row | {name: person[name] for name in ("role", "department")} | together)
    schema = usage.schema
    for name in ("role", "department"):
        schema = schema.append(users.schema.field(name))
    return _source("usage_people", usage.contract, rows, schema)


def _module_terms(facts: Facts) -> Source:
    """Take the terms of products that are modules; known from when the use of the module, by anyone, was first known."""
    contracts, since = facts.source("contracts"), {}
    for row in facts.source("usage").rows:
        module, known = row["module"], row["known_at"]
        since[module] = min(since.get(module, known), known)
    since.pop(None, None)
    rows = [row | {"known_at": max(row["known_at"], since[row["product"]])} for row in contracts.rows if row["product"] in since]
    return _source("module_terms", contracts.contract, rows, contracts.schema)


JOINED = {
    "usage_days": _usage_days,
    "usage_by_module": _usage_by_module,
    "usage_people": _usage_people,
    "module_terms": _module_terms,
}


def product_of(account: str, product: str) -> tuple[str, str]:
    """Name one product of one account."""
    return account, product


def _source(name: str, contract: TableContract, rows: list[dict], schema) -> Source:
    owners: dict = {}
    for row in rows:
        owners.setdefault(row["account_id"], []).append(row)
    together, place = [], {}
    for owner, mine in owners.items():
        place[owner] = len(together), len(together) + len(mine)
        together += mine
    return Source(name, contract, place, together, schema)
