"""The contract: what is paid, for how long still, on what terms, how far the quota is burnt (C64, C84)."""

import ibis
import numpy as np

from renewcast.engine.portable import cents, day_number, nearest
from renewcast.engine.rollup import Measure
from renewcast.features._definition import Family, divide
from renewcast.snapshots.terms import is_live

family = Family("contract", "Contract", "合同", role="context")

_DAY_SECONDS = 86_400
_MILLION = 1_000_000
_UNLIMITED = 2.0**53
"""Millionths of a unit a day, nine billion units: more than that stands for "no limit", and would not be a whole number."""


def _days_between(later, earlier):
    return (later.cast("timestamp").epoch_seconds() - earlier.cast("timestamp").epoch_seconds()) / _DAY_SECONDS


def _quota_per_day(table):
    days = (day_number(table.ends_on) - day_number(table.starts_on)).nullif(0)
    per_day = table.quota / days.cast("float64") * float(_MILLION)
    return nearest(ibis.ifelse(per_day > _UNLIMITED, _UNLIMITED, per_day))


used = Measure("usage", "sum", value=lambda t: nearest(t.quantity * 100.0), per=100.0)
granted = Measure(
    "contracts",
    "level",
    at="starts_on",
    until="ends_on",
    value=_quota_per_day,
    where=lambda t: t.quota.notnull() & (t.ends_on > t.starts_on),
    per=float(_MILLION),
)
family.combine(
    "quota_pace_91d",
    ((used, 91), granted),
    lambda spent, per_day: divide(spent / 91.0, per_day),
    unit="share",
    form="share",
    window=91,
    source="usage",
    en="pace of use against the quota bought (1 burns it exactly by the end)",
    zh="用量进度与购买额度之比（1为恰好用完）",
)


def _spec(name, en, zh, unit="count", empty="missing", form="level", window=None):
    words = {"en": en, "zh": zh, "unit": unit, "window": window, "empty": empty, "form": form}
    return family.spec(name, "contracts", path="rows", is_clockwork=True, **words)


@family.rows(
    "terms",
    [
        _spec("arr", "annual recurring revenue", "年度经常性收入", "money"),
        _spec("live_terms", "live terms", "有效合同数", empty="0"),
        _spec("products_held", "products held", "持有产品数", empty="0"),
        _spec("terms_so_far", "terms begun so far", "累计合同数", empty="0"),
    ],
)
def what_is_held(rows):
    """Sum up the live terms."""
    live = is_live(rows)
    mrr = cents(rows.mrr)
    return {
        "arr": ibis.ifelse(live, mrr, 0).sum() * 12 / 100.0,
        "live_terms": live.sum(),
        "products_held": rows.product.nunique(where=live),
        "terms_so_far": (rows.starts_on.cast("timestamp") < rows.as_of).sum(),
    }


@family.rows(
    "terms",
    [
        _spec("days_to_term_end", "days until the next undecided term ends", "距下一个未定合同到期天数", "days"),
        _spec("days_to_last_live_end", "days until the last live term ends", "距最后一份有效合同到期天数", "days"),
        _spec("renewals_signed", "live terms with a signed renewal", "已签续约的有效合同数", empty="0"),
        _spec("days_past_notice_date", "days past the last day for giving notice", "距通知截止日已过天数", "days"),
        _spec("term_length_days", "days that the longest live term covers", "最长有效合同天数", "days"),
        _spec("is_auto_renewing", "share of live terms that renew by themselves", "自动续约合同占比", "share", form="share"),
    ],
)
def when_it_ends(rows):
    """Find how long the live terms still last."""
    live = is_live(rows)
    open_end = live & ~rows.is_succeeded
    left = _days_between(rows.ends_on, rows.as_of)
    return {
        "days_to_term_end": left.min(where=open_end),
        "days_to_last_live_end": left.max(where=live),
        "renewals_signed": (live & rows.is_succeeded).sum(),
        "days_past_notice_date": (rows.notice_days - left).max(where=open_end),
        "term_length_days": _days_between(rows.ends_on, rows.starts_on).max(where=live),
        "is_auto_renewing": ibis.ifelse(rows.auto_renews, 1.0, 0.0).mean(where=live & rows.auto_renews.notnull()),
    }


@family.rows(
    "terms",
    [
        _spec("days_since_term_start", "days since the newest live term began", "最新合同开始至今天数", "days"),
        _spec("mrr_trend_91d", "monthly recurring revenue", "月度经常性收入", "log ratio", form="trend", window=91),
        _spec("mrr_trend_364d", "monthly recurring revenue", "月度经常性收入", "log ratio", form="trend", window=364),
    ],
    after=lambda frame: frame.assign(
        mrr_trend_91d=_log_growth(frame["mrr_now"], frame["mrr_91d_ago"]),
        mrr_trend_364d=_log_growth(frame["mrr_now"], frame["mrr_364d_ago"]),
    ),
)
def how_it_changed(rows):
    """Compare today's recurring revenue with that of a quarter and of a year ago, as known today."""
    mrr = cents(rows.mrr)

    def held(days_ago):
        then = rows.as_of - ibis.interval(days=days_ago)
        was_live = (rows.starts_on.cast("timestamp") < then) & (rows.ends_on.isnull() | (rows.ends_on.cast("timestamp") >= then))
        return ibis.ifelse(was_live, mrr, 0).sum() / 100.0

    return {
        "days_since_term_start": _days_between(rows.as_of, rows.starts_on).min(where=is_live(rows)),
        "mrr_now": held(0),
        "mrr_91d_ago": held(91),
        "mrr_364d_ago": held(364),
    }


@family.rows(
    "terms",
    [_spec("discount_mean", "mean discount of the live terms", "平均折扣", "share", form="share")],
)
def discount(rows):
    """Average the discount over the live terms."""
    # Sums of whole numbers: the mean of the same terms is the same on every engine and in every order.
    live = is_live(rows) & rows.discount.notnull()
    return {"discount_mean": ibis.ifelse(live, (rows.discount * 10_000).round(), 0).sum() / live.sum().nullif(0) / 10_000}


@family.rows(
    "terms",
    [_spec("billing_months", "months between invoices", "付款周期（月）", "months")],
)
def billing_cycle(rows):
    """Take the longest billing cycle of the live terms."""
    return {"billing_months": rows.billing_months.max(where=is_live(rows))}


def _log_growth(now, then):
    """Growth on the log scale; missing where there was, or is, nothing to compare."""
    paid = (now > 0) & (then > 0)
    return np.log(now.where(paid) / then.where(paid))


family.agree(safer=("renewals_signed",))
family.mark(lever=("quota_pace",), proxy=("terms_so_far",))
family.reads(good=("mrr_trend", "is_auto_renewing"))
