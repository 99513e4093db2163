"""Feedback: answers to surveys.

What goes wrong with such data: only the content answer, and those about to leave answer once more in the exit survey, whose
rows tell the outcome. NPS (0 to 10) and CSAT (1 to 5) share a column: ``kind`` keeps them apart. Answers are stored under
the date of the campaign rather than of the answer: map the date of the answer.
"""

from renewcast.sources._contract import Column, TableContract, account_id

FEEDBACK = TableContract(
    name="feedback",
    one_row_per="answer",
    kind="event",
    event_time="occurred_at",
    columns={
        "account_id": account_id(),
        "user_id": Column("text", "who answered", is_id=True),
        "kind": Column("text", "which survey", allowed=("nps", "csat")),
        "score": Column("number", "the answer", lowest=0, highest=10),
        "occurred_at": Column("timestamp", "when it was given", required=True),
        "comment": Column("text", "free text"),
    },
)
