"""Star metrics of the benchmark and the value-add team (C60, C61): referrals and advocacy, expansion and renewal."""

import numpy as np

from renewcast.revenue.movements import NEW
from renewcast.scorecard._definition import Series, metric, ratio, untold
from renewcast.scorecard.months import ORDINARY, YEAR
from renewcast.scorecard.operations import QUARTER, TERMS

REFERRAL = "referral"
"""The acquisition channel of accounts that were referred."""


def referred(months):
    """Return which accounts came by referral, bool, shape (n_accounts,); none where no channel is called so."""
    import pandas as pd

    frame = months.known.frame("accounts", "acquisition_channel").drop_duplicates("account_id", keep="last")
    channel = frame["acquisition_channel"].fillna("").astype(str).str.strip().str.lower()
    return pd.Index(months.account_id).isin(frame.loc[channel.eq(REFERRAL), "account_id"].astype(str))


def arrived(months):
    """Return who became a customer for the first time in each month, bool, shape (n_accounts, n_months)."""
    ledger, width = months.ledger, len(months)
    place = np.searchsorted(months.account_id, ledger.units["account_id"].to_numpy(dtype=object).astype(str))
    found = np.zeros((len(months.account_id), width), dtype=bool)
    np.logical_or.at(found, place, ledger.movement[:, -width:] == NEW)
    return found & ~months.is_customer[:, YEAR - 1 : -1]


@metric(
    "referred_customers", "benchmark", 5, "integer",
    en="New customers by referral", zh="推荐新增客户",
    meaning_en="Customers who began to pay in the month and were referred (acquisition channel).",
    meaning_zh="当月开始付费且由推荐而来的客户数。",
    needs=(*TERMS, "accounts.acquisition_channel"),
)  # fmt: skip
def referred_customers(months) -> Series:
    """Count first payments of referred accounts."""
    mine = referred(months)
    return Series((arrived(months) & mine[:, None]).sum(axis=0).astype("float64")).where(mine.any())


mql_and_sql = untold(
    "mql_and_sql", "benchmark", 5, "integer",
    en="MQL and SQL brought", zh="带来的MQL与SQL",
    meaning_en="Leads that marketing and sales owe to benchmark customers.", meaning_zh="标杆客户带来的市场与销售线索数。",
    why_en="The tables begin with the account; leads before it, and who brought them, are not recorded.",
    why_zh="数据表从客户开始，之前的线索及来源未记录。",
)  # fmt: skip


@metric(
    "advocates", "benchmark", 4, "integer",
    en="Advocates", zh="推荐者客户数",
    meaning_en="Customers with an NPS answer of 9 or 10 within the last 364 days; its change is the change of advocacy.",
    meaning_zh="最近364天有9或10分NPS答复的客户数；其变化即口碑变化。",
    needs=(*TERMS, "feedback.kind", "feedback.score"),
)  # fmt: skip
def advocates(months) -> Series:
    """Count customers who promote; told once a year of answers is on record."""
    count = ((months.promoters > 0) & months.is_customer[:, YEAR:]).sum(axis=0).astype("float64")
    told = months.recorded("feedback")
    return Series(count).where(told & (np.cumsum(told) >= YEAR))


brand_index = untold(
    "brand_index", "benchmark", 4, "number",
    en="Change of the brand index", zh="品牌指数变化",
    meaning_en="How well the market knows the name.", meaning_zh="市场知名度。",
    why_en="It is measured in the market; no table of the customers holds it.", why_zh="来自市场调研，客户数据表中没有。",
)  # fmt: skip


@metric(
    "expansion_growth", "value_add", 5, "points",
    en="Growth of expansion revenue", zh="增购收入增长率",
    meaning_en="Revenue added by customers who stayed, over three months, against the same months a year before.",
    meaning_zh="留存客户三个月增购收入相比上年同期。",
    needs=TERMS,
)  # fmt: skip
def expansion_growth(months) -> Series:
    """Compare two quarters, in full."""
    added = expansion(months)
    quarter = np.convolve(added, np.ones(QUARTER))[: len(added)]
    quarter[: QUARTER - 1] = np.nan
    then = np.concatenate([np.full(YEAR, np.nan), quarter[:-YEAR]]) if len(quarter) > YEAR else np.full(len(quarter), np.nan)
    return Series(np.divide(quarter, then, out=np.full(len(quarter), np.nan), where=then > 0) - 1)


def expansion(months):
    """Return the monthly revenue that customers who stayed added in each month, currency units, shape (n_months,)."""
    was, stays = months.is_customer[:, YEAR - 1 : -1], months.is_customer[:, YEAR:]
    more = np.diff(months.cents, axis=1)[:, YEAR - 1 :]
    return np.where(was & stays & (more > 0), more, 0).sum(axis=0) / 100


@metric(
    "referred_arr", "value_add", 5, "money",
    en="ARR by referral", zh="推荐带来的ARR",
    meaning_en="Annual revenue of the new customers of the month who were referred.", meaning_zh="当月推荐新增客户的年度收入。",
    needs=(*TERMS, "accounts.acquisition_channel"),
)  # fmt: skip
def referred_arr(months) -> Series:
    """Add up what referred accounts pay first."""
    mine = referred(months)
    came = arrived(months) & mine[:, None]
    return Series(np.where(came, months.cents[:, YEAR:], 0).sum(axis=0) * 12 / 100).where(mine.any())


advanced_methods = untold(
    "advanced_methods", "value_add", 4, "integer",
    en="Advanced methods written down", zh="高阶方法产出",
    meaning_en="Methods of the trade that the team worked out and passed on.", meaning_zh="团队沉淀并传播的方法数。",
    why_en="What the team writes is in no table of the customers.", why_zh="团队产出的文档不在客户数据表中。",
)  # fmt: skip


def renewal(months, is_mine) -> tuple[Series, Series]:
    """Return the ARR renewed, and its share of the ARR that was due, of the accounts of some tiers.

    Parameters
    ----------
    months : Months
    is_mine : callable
        Takes tiers (int8, -1: not told) at the end of the month before a term ended, says which count.

    Returns
    -------
    tuple of Series
        Amount (counted in full) and rate (interval by account); NaN for months whose terms are not all settled.
    """
    due = months.due
    due = due[is_mine(months.tier_at(due["place"], due["month"], 1))]
    renewed = due["cents"].to_numpy() * due["is_renewed"].to_numpy()
    amount = Series(np.bincount(due["month"], weights=renewed, minlength=len(months)) / 100)
    rate = ratio(renewed, due["cents"], due["month"], due["place"], len(months))
    told = months.is_settled & (np.arange(len(months)) > 0)
    return amount.where(told), rate.where(told)


@metric(
    "value_add_renewed", "value_add", 3, "money",
    en="Renewed by value-add customers", zh="增值客户续约金额",
    meaning_en="ARR of the terms that ended in the month and were renewed, of value-add and benchmark customers.",
    meaning_zh="当月到期并续约的增值与标杆客户合同年度收入。",
    needs=(*TERMS, "contracts.ends_on"),
)  # fmt: skip
def value_add_renewed(months) -> Series:
    """Add up, in full."""
    return renewal(months, lambda tiers: tiers > ORDINARY)[0]


@metric(
    "value_add_renewal_rate", "value_add", 3, "share",
    en="Renewal rate of value-add customers", zh="增值客户续约率",
    meaning_en="ARR renewed, of the ARR whose term ended in the month.", meaning_zh="当月到期ARR中已续约的比例。",
    needs=(*TERMS, "contracts.ends_on"),
)  # fmt: skip
def value_add_renewal_rate(months) -> Series:
    """Divide renewed by due."""
    return renewal(months, lambda tiers: tiers > ORDINARY)[1]


METRICS = (
    referred_customers,
    mql_and_sql,
    advocates,
    brand_index,
    expansion_growth,
    referred_arr,
    advanced_methods,
    value_add_renewed,
    value_add_renewal_rate,
)
