"""Touchpoints: contacts with the customer.

What goes wrong with such data: notes are entered days later or in one go before a review, so the time of entry is the one
that counts (``known_at``). Contact rises because an account is at risk: more meetings do not make it safer. Willingness is a
judgement written down by a person, sometimes after the outcome. Meetings planned for next month are in the calendar already.
"""

from renewcast.sources._contract import Column, TableContract, account_id

TOUCHPOINTS = TableContract(
    name="touchpoints",
    one_row_per="contact",
    kind="event",
    event_time="occurred_at",
    columns={
        "account_id": account_id(),
        "occurred_at": Column("timestamp", "when it took place", required=True),
        "kind": Column(
            "text", "what it was", usual=("call", "meeting", "executive_meeting", "email", "business_review", "training")
        ),
        "owner": Column("text", "who of ours"),
        "willingness": Column("integer", "will to renew, -2 against to 2 for", lowest=-2, highest=2),
        "note": Column("text", "free text"),
    },
)
