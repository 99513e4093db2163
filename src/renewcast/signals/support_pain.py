"""Support hurts: severe cases stay open, cases come more often than usual, or answers are bad (C72)."""

from renewcast.datasets.known import Known
from renewcast.signals._definition import signal

DAYS = 91
SEVERE = ("high", "urgent")
OPEN_DAYS = 7
MIN_TICKETS, TIMES = 4, 3.0
MIN_ANSWERS, BAD = 2, 2.5
"""Two answers, since one bad day is no verdict; 2.5 of 5 is where more are dissatisfied than not."""


@signal(
    "support_pain",
    en="Support hurts",
    zh="支持体验差",
    say_en="{opened} tickets in 28 days ({usual:.1f} are usual), {open_severe} severe ones open for over a week, "
    "satisfaction {csat}",
    say_zh="28天内{opened}个工单（平时{usual:.1f}个），{open_severe}个严重工单超过一周未解决，满意度{csat}",
    needs=("tickets.opened_at",),
)
def support_pain(known: Known):
    """Fire on a severe ticket open for a week; on four tickets in 28 days, thrice the usual; on bad answers in 28 days.

    Usual is the account's own number a 28 days in the nine weeks before.
    """
    frame = known.frame("tickets", "opened_at", "resolved_at", "severity", "csat", days=DAYS)
    age = (known.as_of - frame["opened_at"]).dt.total_seconds() / 86_400
    answered = (known.as_of - frame["resolved_at"]).dt.total_seconds() / 86_400 <= 28
    frame = frame.assign(
        opened=age <= 28,
        before=age > 28,
        open_severe=frame["severity"].isin(SEVERE) & frame["resolved_at"].isna() & (age > OPEN_DAYS),
        answers=frame["csat"].where(answered),
    )
    found = frame.groupby("account_id").agg(
        opened=("opened", "sum"),
        before=("before", "sum"),
        open_severe=("open_severe", "sum"),
        answers=("answers", "count"),
        mean=("answers", "mean"),
    )
    found["usual"] = found["before"] * 28 / (DAYS - 28)
    often = (found["opened"] >= MIN_TICKETS) & (found["opened"] >= TIMES * found["usual"])
    bad = (found["answers"] >= MIN_ANSWERS) & (found["mean"] <= BAD)
    found["csat"] = [f"{mean:.1f}/5" if count else "-" for mean, count in zip(found["mean"], found["answers"], strict=True)]
    return found[(found["open_severe"] > 0) | often | bad].reset_index()
