"""Contracts: one row per term.

What goes wrong with such data: ``ends_on`` is overwritten on the day a customer gives notice, so the table of today tells the
outcome for all of the past; only versions with their ``known_at`` keep it honest. ``ends_on`` is the first day without cover:
where a source gives the last day with cover, add a day in ``sql``. Open-ended terms carry 9999-12-31 (read as null). Renewals
are booked late, which leaves gaps; add-ons are terms of their own, so several terms at once are normal and only counted.
Monthly and yearly prices stand in one column: ``mrr`` is per month. It is what is paid: where a source gives the list price, take
the ``discount`` off in ``sql``. Several currencies: ``revenue.rates`` says what they are worth.
"""

from renewcast.sources._contract import Column, TableContract, account_id

CONTRACTS_TABLE = TableContract(
    name="contracts",
    one_row_per="term, or version of it",
    kind="state",
    key=("contract_id",),
    event_time="starts_on",
    in_order=(("starts_on", "ends_on"),),
    columns={
        "contract_id": Column("text", "the term", required=True, is_id=True),
        "account_id": account_id(),
        "product": Column("text", "what was sold"),
        "starts_on": Column("date", "first day of cover", required=True),
        "ends_on": Column("date", "first day without cover; null is open-ended"),
        "mrr": Column("money", "recurring revenue a month", required=True, lowest=0),
        "currency": Column("text", "ISO code of the currency of mrr"),
        "seats": Column("integer", "seats paid for", lowest=0),
        "quota": Column("number", "units of use paid for", lowest=0),
        "billing_months": Column("integer", "months between invoices", lowest=0, highest=120),
        "auto_renews": Column("boolean", "renews unless cancelled"),
        "notice_days": Column("integer", "days of notice before the end", lowest=0, highest=3660),
        "discount": Column("number", "share taken off the list price", lowest=0, highest=1),
    },
)
