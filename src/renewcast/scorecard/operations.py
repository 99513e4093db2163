"""Star metrics of the operations team (C59): value-add customers, daily use and improvements; ARR; retention, NPS, churn."""

import numpy as np

from renewcast.scorecard._definition import Series, metric, ratio, share
from renewcast.scorecard.months import ORDINARY, YEAR

TERMS = ("contracts.mrr",)
QUARTER = 3


@metric(
    "value_add_ratio", "operations", 5, "share",
    en="Value-add customer ratio", zh="增值客户占比",
    meaning_en="Customers of the tiers value-add and benchmark, of all customers at the month's end.",
    meaning_zh="月末增值与标杆客户占全部客户的比例。",
    needs=TERMS,
)  # fmt: skip
def value_add_ratio(months) -> Series:
    """Divide customers above ordinary by customers; months that the ledger cannot compare with the year before are left out."""
    found = share((months.tiers > ORDINARY).sum(axis=0), (months.tiers >= 0).sum(axis=0))
    return found.where(months.years_known)


@metric(
    "daily_active_use", "operations", 5, "number",
    en="Accounts active on a day", zh="日均活跃客户数",
    meaning_en="Mean number of accounts with use on a day, over the 28 days before the month's last snapshot.",
    meaning_zh="当月最后快照前28天平均每日有使用的客户数。",
    needs=("usage.occurred_at",),
)  # fmt: skip
def daily_active_use(months) -> Series:
    """Take the features' active days."""
    return Series(months.daily_active)


@metric(
    "improvement_items", "operations", 5, "integer",
    en="Improvement items begun", zh="启动的改进项",
    meaning_en="Plays that were begun in the month.", meaning_zh="当月启动的行动方案数。",
    needs=("plays.started_at",),
)  # fmt: skip
def improvement_items(months) -> Series:
    """Count plays begun."""
    return Series(months.count(months.facts("plays"))).where(months.recorded("plays"))


@metric(
    "arr_increment", "operations", 4, "money",
    en="ARR increment", zh="ARR增量",
    meaning_en="Annual recurring revenue at the month's end less that at its beginning.",
    meaning_zh="月末年度经常性收入减去月初。",
    needs=TERMS,
)  # fmt: skip
def arr_increment(months) -> Series:
    """Subtract, in full."""
    total = months.cents.sum(axis=0) * 12 / 100
    return Series(np.diff(total)[YEAR - 1 :])


@metric(
    "arr_growth", "operations", 4, "points",
    en="ARR growth within a year", zh="ARR年增长率",
    meaning_en="ARR at the month's end against a year before.", meaning_zh="月末ARR相比一年前。",
    needs=TERMS,
)  # fmt: skip
def arr_growth(months) -> Series:
    """Divide, in full."""
    total = months.cents.sum(axis=0).astype("float64")
    then = total[:-YEAR]
    return Series(np.divide(total[YEAR:], then, out=np.full(len(months), np.nan), where=then > 0) - 1)


@metric(
    "net_dollar_retention", "operations", 3, "share",
    en="Net dollar retention", zh="净收入留存率",
    meaning_en="What the customers of a year before pay now, as a share of what they paid then.",
    meaning_zh="一年前的客户如今支付额占当时的比例。",
    needs=TERMS,
)  # fmt: skip
def net_dollar_retention(months) -> Series:
    """Divide over the opening cohort; the interval draws accounts."""
    was = months.is_customer[:, :-YEAR]
    account, month = np.nonzero(was)
    now, then = months.cents[account, month + YEAR], months.cents[account, month]
    return ratio(now, then, month, account, len(months))


@metric(
    "nps", "operations", 3, "number",
    en="Net promoter score", zh="净推荐值NPS",
    meaning_en="Promoters less detractors, of the answers of the month and the two before, from -100 to 100.",
    meaning_zh="当月及前两月答复中推荐者减贬损者，-100至100。",
    needs=("feedback.kind", "feedback.score"),
)  # fmt: skip
def nps(months) -> Series:
    """Average the answers of three months; the interval counts accounts."""
    frame = months.facts("feedback")
    frame = frame[frame["kind"].eq("nps") & frame["score"].notna()]
    side = np.where(frame["score"] >= 9, 1.0, np.where(frame["score"] <= 6, -1.0, 0.0))
    return over_months(months, side, np.ones(len(side)), frame["month"], frame["place"], QUARTER, 100.0).where(
        months.recorded("feedback")
    )


@metric(
    "churn_rate", "operations", 3, "share",
    en="Monthly churn rate", zh="月流失率",
    meaning_en="Customers at the month's beginning who are none at its end.", meaning_zh="月初客户中月末已流失的比例。",
    better=-1, needs=TERMS,
)  # fmt: skip
def churn_rate(months) -> Series:
    """Count customers who left."""
    was, stays = months.is_customer[:, YEAR - 1 : -1], months.is_customer[:, YEAR:]
    return share((was & ~stays).sum(axis=0), was.sum(axis=0))


def over_months(months, above, below, month, account, length: int, scale: float = 1.0) -> Series:
    """Divide sums over each month and those before it, ``length`` in all; see :func:`renewcast.scorecard._definition.ratio`."""
    month, account = np.asarray(month), np.asarray(account)
    spread = np.concatenate([month + step for step in range(length)])
    inside = spread < len(months)
    repeated = [np.tile(np.asarray(values, dtype="float64"), length)[inside] for values in (above, below)]
    return ratio(*repeated, spread[inside], np.tile(account, length)[inside], len(months), scale)


METRICS = (
    value_add_ratio,
    daily_active_use,
    improvement_items,
    arr_increment,
    arr_growth,
    net_dollar_retention,
    nps,
    churn_rate,
)
