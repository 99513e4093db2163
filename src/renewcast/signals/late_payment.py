"""An invoice is long overdue."""

from renewcast.datasets.known import Known
from renewcast.signals._definition import signal

OVERDUE_DAYS = (30, 365)
"""A month is beyond what a slow accounts department explains; after a year it is a matter for lawyers, not for this list."""


@signal(
    "late_payment",
    en="Payment overdue",
    zh="付款逾期",
    say_en="{amount:,.2f} unpaid on {count} invoices, the oldest since {days:.0f} days after it was due",
    say_zh="{count}张发票共{amount:,.2f}未付，最早一张已逾期{days:.0f}天",
    needs=("invoices.due_on", "invoices.amount", "invoices.paid_on"),
)
def late_payment(known: Known):
    """Fire where an invoice is unpaid more than 30 days after it was due; credits do not count."""
    unpaid = known.frame("invoices", "due_on", "amount", where=lambda table: table.paid_on.isnull() & (table.amount > 0))
    days = (known.as_of - unpaid["due_on"]).dt.days
    first, last = OVERDUE_DAYS
    late = unpaid.assign(days=days)[(days > first) & (days <= last)]
    by_account = late.groupby("account_id", as_index=False)
    return by_account.agg(amount=("amount", "sum"), count=("amount", "size"), days=("days", "max"))
