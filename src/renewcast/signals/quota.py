"""How fast the quota is burnt: too slowly is a risk, too fast an opportunity (C84)."""

from renewcast.datasets.known import Known, live_terms
from renewcast.signals._definition import signal

FAST, SLOW = 1.4, 0.5
"""Used share over elapsed share: 70 % used after half of the term is 1.4; at half the pace half of what was bought is waste."""
MIN_ELAPSED = 0.25
"""Before a quarter of the term nothing can be said of its pace."""
MIN_DAYS = 42
MIN_TERM_DAYS = 180
"""Of a month's term nobody asks in its second week whether the quota will do; it is bought anew the month after."""
LONGEST_DAYS = 1_100


def burn(known: Known):
    """Return how far each account's quota is burnt: used and elapsed (shares), ratio, and two dates of exhaustion.

    Of several terms with a quota the largest counts. Both dates go on in a straight line: at the pace of the whole term, and at
    that of the last 28 days; the truth lies between them where the pace goes on.
    """
    import ibis
    import pandas as pd

    terms = known.once(live_terms)
    terms = terms[(terms["quota"] > 0) & terms["ends_on"].notna() & (terms["ends_on"] > terms["starts_on"])]
    terms = terms.sort_values(["account_id", "quota", "starts_on"]).drop_duplicates("account_id", keep="last")
    terms["days"] = (known.as_of - terms["starts_on"]).dt.days
    length = (terms["ends_on"] - terms["starts_on"]).dt.days
    terms["elapsed"] = terms["days"] / length
    judged = (length >= MIN_TERM_DAYS) & terms["elapsed"].between(MIN_ELAPSED, 1) & terms["days"].between(MIN_DAYS, LONGEST_DAYS)
    terms = terms[judged]
    if terms.empty:
        return terms.assign(**{name: pd.Series(dtype="float64") for name in ("used", "ratio", "early", "late", "units")})
    starts = ibis.memtable(
        terms[["account_id", "starts_on"]].assign(starts_on=terms["starts_on"].astype("datetime64[us]")).reset_index(drop=True)
    ).rename(term_account_id="account_id", starts_at="starts_on")
    rows = known.rows("usage", days=int(terms["days"].max()))
    rows = rows.join(starts, rows.account_id == starts.term_account_id)
    rows = rows.filter(rows.occurred_at >= rows.starts_at)
    is_recent = rows.occurred_at >= ibis.literal(known.instant) - ibis.interval(days=28)
    # Whole hundredths add up to the same in any order.
    hundredths = (rows.quantity * 100).round().cast("int64")
    found = rows.group_by("account_id").aggregate(units=hundredths.sum(), recent=ibis.ifelse(is_recent, hundredths, 0).sum())
    found = found.to_pandas().astype({"units": "float64", "recent": "float64"})
    frame = terms.merge(found, on="account_id", how="left").fillna({"units": 0.0, "recent": 0.0})
    frame["units"], frame["recent"] = frame["units"] / 100, frame["recent"] / 100
    frame["used"] = frame["units"] / frame["quota"]
    frame["ratio"] = frame["used"] / frame["elapsed"]
    left = (frame["quota"] - frame["units"]).clip(lower=0)
    by_term, by_month = left / (frame["units"] / frame["days"]), left / (frame["recent"] / 28)
    both = pd.concat([by_term, by_month], axis=1)
    frame["early"], frame["late"] = _day(known.as_of, both.min(axis=1)), _day(known.as_of, both.max(axis=1))
    return frame


def _day(as_of, days):
    """Write the day that lies so many days ahead; ten years where it lies beyond."""
    import pandas as pd

    return (as_of + pd.to_timedelta(days.clip(upper=3650).round(), unit="D")).dt.strftime("%Y-%m-%d")


_NEEDS = ("usage.quantity", "contracts.quota", "contracts.ends_on")


@signal(
    "quota_unused",
    en="Quota hardly used",
    zh="额度少用",
    say_en="{used:.0%} of the quota used after {elapsed:.0%} of the term (pace {ratio:.2f})",
    say_zh="合同期已过{elapsed:.0%}，额度仅用{used:.0%}（进度{ratio:.2f}）",
    needs=_NEEDS,
)
def quota_unused(known: Known):
    """Fire where the share used is at most half of the share of the term that is over."""
    found = known.once(burn)
    return found[found["ratio"] <= SLOW]


@signal(
    "quota_burn",
    en="Quota runs out early",
    zh="额度将提前用完",
    say_en="{used:.0%} of the quota used after {elapsed:.0%} of the term (pace {ratio:.2f}); at this pace it is used up between "
    "{early} and {late}, the term ends on {ends_on:%Y-%m-%d}",
    say_zh="合同期已过{elapsed:.0%}，额度已用{used:.0%}（进度{ratio:.2f}）；按此进度将在{early}至{late}之间用完，合同于{ends_on:%Y-%m-%d}到期",
    needs=_NEEDS,
    kind="opportunity",
    outcome="expansion",
    goal="expansion",
)
def quota_burn(known: Known):
    """Fire where use runs at 1.4 times the pace that was bought or faster, and the quota ends before the term by either pace."""
    found = known.once(burn)
    ends_first = found["late"].astype(str) < found["ends_on"].dt.strftime("%Y-%m-%d")
    return found[(found["ratio"] >= FAST) & ends_first]
