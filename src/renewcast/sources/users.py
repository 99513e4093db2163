"""Users: the people of an account.

What goes wrong with such data: people who left are deleted, so the past seems to have had fewer people and none who left;
``left_at`` must be kept and is shown only from that time on. ``role`` is today's role: a person promoted after the churn risk
was seen looks like a key user all along, unless roles come as versions. One person works for two accounts, so the key is
(account, user).
"""

from renewcast.sources._contract import Column, TableContract, account_id

USERS = TableContract(
    name="users",
    one_row_per="person in an account, or version of it",
    kind="state",
    key=("account_id", "user_id"),
    event_time="joined_at",
    in_order=(("joined_at", "left_at"),),
    may_be_static=True,
    may_lag=False,
    columns={
        "user_id": Column("text", "the person", required=True, is_id=True),
        "account_id": account_id(),
        "role": Column("text", "part played", allowed=("key_user", "executive", "administrator", "member")),
        "department": Column("text", "where the person works"),
        "joined_at": Column("timestamp", "first access"),
        "left_at": Column("timestamp", "end of access", revealed_by="left_at"),
    },
)
