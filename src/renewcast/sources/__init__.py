"""Sources: a company's own tables become ten canonical tables, and what does not fit is set aside with a reason.

``CONTRACTS`` says what each table promises, :func:`stage` fills them, :func:`check` says what is wrong with the data.

Examples
--------
>>> CONTRACTS["tickets"].columns["csat"].revealed_by
'resolved_at'
>>> CONTRACTS["usage"].event_time
'occurred_at'
"""

from renewcast.sources._contract import Column, TableContract
from renewcast.sources.accounts import ACCOUNTS
from renewcast.sources.contracts import CONTRACTS_TABLE
from renewcast.sources.feedback import FEEDBACK
from renewcast.sources.invoices import INVOICES
from renewcast.sources.milestones import MILESTONES
from renewcast.sources.plays import PLAYS
from renewcast.sources.tickets import TICKETS
from renewcast.sources.touchpoints import TOUCHPOINTS
from renewcast.sources.usage import USAGE
from renewcast.sources.users import USERS

CONTRACTS: dict[str, TableContract] = {
    contract.name: contract
    for contract in (
        ACCOUNTS, CONTRACTS_TABLE, USAGE, USERS, TICKETS, INVOICES, FEEDBACK, TOUCHPOINTS, MILESTONES, PLAYS,
    )
}  # fmt: skip

__all__ = ["CONTRACTS", "CheckReport", "Column", "Staged", "TableContract", "check", "database_address", "stage"]


def __getattr__(name: str):
    # DuckDB and Ibis load on the first call, so that `renewcast --help` stays fast.
    if name in ("stage", "check", "Staged", "CheckReport"):
        from renewcast.sources import staging

        return getattr(staging, name)
    if name == "database_address":
        from renewcast.sources import _origins

        return _origins.database_address
    raise AttributeError(f"module 'renewcast.sources' has no attribute {name!r}")
