"""Tickets: support cases.

What goes wrong with such data: a ticket's row is overwritten until it is closed, so resolution, first-contact resolution and
satisfaction stand beside the opening date as if they had been known then; each is shown only from the time that reveals it.
Tickets merged or reopened change their dates. Automatic tickets drown the real ones. A satisfaction of 0 usually means
"no answer": map it to null in ``sql``, or the rows are set aside as out of range.
"""

from renewcast.sources._contract import Column, TableContract, account_id

TICKETS = TableContract(
    name="tickets",
    one_row_per="ticket",
    kind="event",
    key=("ticket_id",),
    event_time="opened_at",
    in_order=(("opened_at", "first_response_at"), ("opened_at", "resolved_at")),
    columns={
        "ticket_id": Column("text", "the ticket", required=True, is_id=True),
        "account_id": account_id(),
        "opened_at": Column("timestamp", "when it was opened", required=True),
        "first_response_at": Column("timestamp", "first answer by a person", revealed_by="first_response_at"),
        "resolved_at": Column("timestamp", "when it was solved", revealed_by="resolved_at"),
        "severity": Column("text", "how bad", usual=("low", "medium", "high", "urgent")),
        "channel": Column("text", "how it came in"),
        "picked_up": Column("boolean", "somebody took the call", revealed_by="first_response_at"),
        "first_contact_resolved": Column("boolean", "solved at the first contact", revealed_by="resolved_at"),
        "csat": Column("number", "satisfaction, 1 worst to 5 best", revealed_by="resolved_at", lowest=1, highest=5),
    },
)
