"""Usage: one row per event in the product (or per account, day and kind of event with a ``quantity``).

What goes wrong with such data: events arrive days late or are loaded again with today's load time, so that history looks as
if it had been known at once (counted: the share of rows that share one ``known_at``). Tracking breaks, and a silent week looks
like a leaving customer. Clocks of clients are wrong. Test users and the vendor's own staff are in it. The same event is sent
twice: with ``event_id`` identical twins are dropped and conflicting ones set aside; without it they are kept and counted.
``contract_id`` is optional and only serves the check that use lies inside its term.
"""

from renewcast.sources._contract import Column, TableContract, account_id

USAGE = TableContract(
    name="usage",
    one_row_per="event",
    kind="event",
    key=("event_id",),
    event_time="occurred_at",
    columns={
        "account_id": account_id(),
        "user_id": Column("text", "the person", is_id=True),
        "occurred_at": Column("timestamp", "when it happened", required=True),
        "module": Column("text", "part of the product"),
        "action": Column("text", "what was done"),
        "is_value_action": Column("boolean", "does the thing the customer pays for"),
        "quantity": Column("number", "how many or how much"),
        "duration_s": Column("number", "how long, in seconds", lowest=0),
        "event_id": Column("text", "the event", is_id=True),
        "contract_id": Column("text", "the term it belongs to", is_id=True, references="contracts.contract_id"),
    },
)
