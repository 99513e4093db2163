"""Accounts: the customer organisations.

What goes wrong with such data: the CRM shows today's industry, size and owner for all of the past, so either each change
arrives as a version with its own ``known_at`` or the table is declared static, and then an attribute that follows from the
outcome (a health score, "churned" in a name) must not be mapped at all. Accounts that left are deleted from some CRMs: then
the survivors look safe. Sign-up dates are the dates of a migration (many on one day), or 1970-01-01. The same company
appears twice as ``001`` and ``1``: ids stay text, are never merged, and near-twins are counted.
"""

from renewcast.sources._contract import Column, TableContract

ACCOUNTS = TableContract(
    name="accounts",
    one_row_per="account, or version of it",
    kind="state",
    key=("account_id",),
    event_time="signed_up_at",
    may_be_static=True,
    may_lag=False,
    columns={
        "account_id": Column("text", "the customer organisation", required=True, is_id=True),
        "name": Column("text", "its name"),
        "signed_up_at": Column("timestamp", "when it became a customer", required=True),
        "industry": Column("text", "its trade"),
        "company_size": Column("text", "its size class"),
        "region": Column("text", "sales region"),
        "country": Column("text", "country"),
        "acquisition_channel": Column("text", "how it was won"),
        "acquisition_cost": Column("money", "what winning it cost", lowest=0),
        "parent_account_id": Column("text", "the account it belongs to", is_id=True, references="accounts.account_id"),
        "owner": Column("text", "its customer-success manager"),
    },
)
