"""Tables that features rest on and that are joined from staged ones.

Who used it, which bought module was used, what came after a term.

A derived row is known when all its parts are known, and replaced when one of them is.
"""

import dataclasses

import ibis

from renewcast.engine.rollup import Basis, owner
from renewcast.snapshots.terms import with_successors
from renewcast.sources import Column


@dataclasses.dataclass(frozen=True)
class Tables:
    """Staged and derived tables with their contracts and the columns that are really mapped.

    Attributes
    ----------
    tables : dict of str to ibis.Table
    contracts : dict of str to TableContract
    mapped : dict of str to set of str
    bases : dict of str to Basis
        Of the derived tables whose measures are rolled up on a staged table.
    """

    tables: dict
    contracts: dict
    mapped: dict
    bases: dict = dataclasses.field(default_factory=dict)


def with_derived(tables: dict, contracts: dict, mapped: dict, grace_days: int) -> Tables:
    """Add the derived tables whose parts exist.

    Parameters
    ----------
    tables : dict of str to ibis.Table
        Staged tables.
    contracts : dict of str to TableContract
    mapped : dict of str to set of str
        Columns of each staged table that hold anything.
    grace_days : int
        How late after a term's end a successor may start.

    Returns
    -------
    Tables
    """
    tables, contracts, mapped = dict(tables), dict(contracts), {name: set(columns) for name, columns in mapped.items()}
    bases: dict[str, Basis] = {}

    def add(name, table, like, **columns):
        base = contracts[like]
        tables[name] = table
        contracts[name] = dataclasses.replace(base, name=name, columns={**base.columns, **columns})
        mapped[name] = mapped[like] | set(columns)

    if "contracts" in tables:
        terms = with_successors(tables["contracts"], grace_days)
        add("terms", terms, "contracts", is_succeeded=Column("boolean", "a successor is known"))
    if "users" in tables and "user_id" in mapped.get("usage", ()):
        people = {name: contracts["users"].columns[name] for name in ("role", "department")}
        add("usage_people", _with_people(tables["usage"], tables["users"]), "usage", **people)
        mapped["usage_people"] -= {"role", "department"} - mapped["users"]
        bases["usage_people"] = Basis("usage", "user_id", beside="users")
    if "module" in mapped.get("usage", ()) and "product" in mapped.get("contracts", ()):
        add("module_terms", _module_terms(tables["contracts"], tables["usage"]), "contracts")
        usage = tables["usage"]
        add("usage_by_module", usage.mutate(account_id=owner(usage.account_id, usage.module)), "usage")
        bases["usage_by_module"] = Basis("usage", "module")
    return Tables(tables, contracts, mapped, bases)


def _with_people(usage, users):
    people = users.select(
        p_account_id="account_id",
        p_user_id="user_id",
        role="role",
        department="department",
        p_known_at="known_at",
        p_superseded_at="superseded_at",
    )
    joined = usage.join(people, (usage.account_id == people.p_account_id) & (usage.user_id == people.p_user_id))
    return _known_together(joined)


def _known_together(joined):
    """Combine the times of knowing of two joined rows, the second one's named p_*."""
    return joined.mutate(
        known_at=ibis.greatest(joined.known_at, joined.p_known_at),
        superseded_at=ibis.ifelse(
            joined.superseded_at.isnull() | (joined.p_superseded_at < joined.superseded_at),
            joined.p_superseded_at,
            joined.superseded_at,
        ),
    ).drop("p_account_id", "p_known_at", "p_superseded_at")


def _module_terms(contracts, usage):
    # A product counts as a module from the time on which its use, by anyone, was first known.
    modules = usage.filter(usage.module.notnull()).group_by("module").aggregate(p_known_at=usage.known_at.min())
    joined = contracts.join(modules, contracts.product == modules.module)
    return joined.mutate(known_at=ibis.greatest(joined.known_at, joined.p_known_at)).drop("module", "p_known_at")
