"""A project's ledger, retention and definitions of churn: from its opened tables to the tables that people ask for."""

import datetime as dt

from renewcast.errors import RenewcastError
from renewcast.revenue.churned import Comparison, compare
from renewcast.revenue.ledger import Ledger, build_ledger, closings
from renewcast.revenue.pieces import pieces
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
    chosen = {"zone": view.params.project.time_zone, "heads": of_group, "laid": pieces_of(view, as_of)}
    return build_ledger(versions, as_of, section, **chosen)


def pieces_of(view, as_of: dt.date):
    """Lay out what every term of a project pays; see :func:`renewcast.revenue.pieces.pieces`. Those of the last day are kept."""
    return view.once(_pieces, as_of)


def _pieces(view, as_of):
    return pieces(contract_versions(view, as_of), _section(view), zone=view.params.project.time_zone)


def product_closings(view, as_of: dt.date):
    """Return what the ledger would hold with a unit for each account and product, whatever the definition's level.

    Returns
    -------
    tuple
        Units and cents as in :class:`renewcast.revenue.ledger.Ledger`.

    Raises
    ------
    RenewcastError
        As :func:`ledger_of`.
    """
    definition = _section(view).definition.model_copy(update={"level": "product"})
    _, units, _, cents = closings(pieces_of(view, as_of), as_of, definition, zone=view.params.project.time_zone)
    return units, cents


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
