"""Milestones: what an account should have reached by when.

What goes wrong with such data: ``achieved_at`` is filled in later and is shown only from that time on. Due dates are moved
when they are missed, so that nothing ever was late: keep them as versions. Milestones are ticked off in one go before a
review.
"""

from renewcast.sources._contract import Column, TableContract, account_id

MILESTONES = TableContract(
    name="milestones",
    one_row_per="account and milestone, or version of it",
    kind="state",
    key=("account_id", "milestone"),
    may_be_static=True,
    may_lag=False,
    columns={
        "account_id": account_id(),
        "milestone": Column("text", "what should be reached", required=True, is_id=True),
        "kind": Column("text", "whose milestone", allowed=("functional", "customer")),
        "due_on": Column("date", "day by which it should be reached"),
        "achieved_at": Column("timestamp", "when it was reached", revealed_by="achieved_at"),
    },
)
