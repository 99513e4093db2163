"""A project's ledger, retention and definitions of churn: from its opened tables to the tables that people ask for."""

import datetime as dt

from renewcast.errors import RenewcastError
from renewcast.revenue.churned import Comparison, compare
from renewcast.revenue.ledger import Ledger, build_ledger
from renewcast.revenue.versions import contract_versions, heads


def ledger_of(view, as_of: dt.date) -> Ledger:
    """Write the ledger of a project as it was known on a day.

    Raises
    ------
    RenewcastError
        "no recurring revenue: ..." for a business without contracts, or as :func:`renewcast.revenue.ledger.build_ledger`.
    """
    section, versions = _section(view), contract_versions(view, as_of)
    of_group = heads(view, versions["account_id"], as_of) if section.definition.level == "parent" else None
    return build_ledger(versions, as_of, section, zone=view.params.project.time_zone, heads=of_group)


def product_ledger(view, as_of: dt.date) -> Ledger:
    """Write the same ledger with a unit for each account and product, whatever the definition's level.

    Raises
    ------
    RenewcastError
        As :func:`ledger_of`.
    """
    section = _section(view)
    by_product = section.model_copy(update={"definition": section.definition.model_copy(update={"level": "product"})})
    return build_ledger(contract_versions(view, as_of), as_of, by_product, zone=view.params.project.time_zone)


def comparison_of(view, as_of: dt.date, other) -> Comparison:
    """Compare the project's definition of churn with another; see :func:`renewcast.revenue.churned.compare`."""
    section, versions, project = _section(view), contract_versions(view, as_of), view.params.project
    of_group = heads(view, versions["account_id"], as_of)
    shared = {"zone": project.time_zone, "language": project.language}
    return compare(versions, as_of, section, other, heads=of_group, **shared)


def latest_day(view) -> dt.date:
    """Return the day after the contracts end: later nobody renews any more, and everybody would seem to churn."""
    return (view.outcomes_known_until("churn") + dt.timedelta(days=1)).date()


def _section(view):
    if view.params.revenue is None:
        raise RenewcastError(
            "no recurring revenue: this project has no contracts, so revenue is null in params.yaml; map sources.contracts first."
        )
    return view.params.revenue
