"""Plays: actions that customer success took.

What goes wrong with such data: the verdict is written after the outcome and is shown only once the play is finished. Plays
are started because of a risk list, so their rows carry the list's own judgement. Abandoned plays are never closed.
"""

from renewcast.sources._contract import Column, TableContract, account_id

PLAYS = TableContract(
    name="plays",
    one_row_per="action taken",
    kind="event",
    key=("play_id",),
    event_time="started_at",
    in_order=(("started_at", "finished_at"),),
    columns={
        "play_id": Column("text", "the action", required=True, is_id=True),
        "account_id": account_id(),
        "play": Column("text", "which play of the library", required=True, is_id=True),
        "started_at": Column("timestamp", "when it began", required=True),
        "due_on": Column("date", "day by which it should be done"),
        "finished_at": Column("timestamp", "when it ended", revealed_by="finished_at"),
        "verdict": Column("text", "how it ended", revealed_by="finished_at"),
        "owner": Column("text", "who of ours"),
    },
)
