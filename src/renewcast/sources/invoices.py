"""Invoices: what was billed and when it was paid.

What goes wrong with such data: ``paid_on`` is filled in later and is shown only after that day. A status column ("overdue",
"written off") is today's and must not be mapped. Credit notes are negative amounts and are kept. Invoices of a term that
starts next month are issued today.
"""

from renewcast.sources._contract import Column, TableContract, account_id

INVOICES = TableContract(
    name="invoices",
    one_row_per="invoice",
    kind="event",
    key=("invoice_id",),
    event_time="issued_on",
    columns={
        "invoice_id": Column("text", "the invoice", required=True, is_id=True),
        "account_id": account_id(),
        "issued_on": Column("date", "day of issue", required=True),
        "due_on": Column("date", "last day for payment"),
        "paid_on": Column("date", "day of payment; null is unpaid", revealed_by="paid_on"),
        "amount": Column("money", "amount; negative is a credit"),
    },
)
