"""Paying: invoices overdue, paid late, how late."""

from renewcast.engine.portable import cents, day_number
from renewcast.engine.rollup import Measure
from renewcast.features._definition import Family

family = Family("billing", "Billing", "账单")


def _cents(table):
    return cents(table.amount)


def _days_late(table):
    return day_number(table.paid_on) - day_number(table.due_on)


family.count("invoices_issued", "invoices", en="invoices issued", zh="已开发票")
family.count("invoiced_amount", "invoices", value=_cents, per=100.0, unit="money", en="amount invoiced", zh="开票金额")
family.level("invoices_overdue", "invoices", at="due_on", until="paid_on", en="overdue invoices", zh="逾期发票")
family.level(
    "overdue_amount",
    "invoices",
    at="due_on",
    until="paid_on",
    value=_cents,
    per=100.0,
    unit="money",
    en="overdue amount",
    zh="逾期金额",
)
paid = Measure("invoices", "sum", at="paid_on")
late = family.count(
    "invoices_paid_late",
    "invoices",
    at="paid_on",
    where=lambda t: t.paid_on > t.due_on,
    en="invoices paid late",
    zh="逾期支付的发票",
)
family.share("paid_late_share", late, paid, windows=(91, 182, 364), en="share of invoices paid late", zh="逾期支付占比")
days_late = Measure("invoices", "sum", at="paid_on", value=_days_late, where=lambda t: t.paid_on > t.due_on)
family.share(
    "days_late_mean",
    days_late,
    paid,
    unit="days",
    form="mean",
    windows=(91, 182, 364),
    en="mean days paid late",
    zh="平均逾期天数",
)
family.days_since("days_since_last_payment", "invoices", at="paid_on", en="payment", zh="付款")

family.agree(riskier=("invoices_overdue", "overdue_amount", "paid_late_share", "days_late_mean"))
family.mark(proxy=("invoices_issued", "invoiced_amount", "days_since_last_payment"))
family.reads(bad=("invoices_paid_late",))
