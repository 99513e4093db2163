"""How much of the company the product reaches: departments that drop out (C85), licences that lie idle."""

from renewcast.datasets.known import Known, customer_days, live_terms
from renewcast.signals._definition import signal
from renewcast.signals.use import use

MIN_DEPARTMENTS = 3
HALF = 0.5
EARLIER_DAYS, EARLIER_UNTIL_DAYS = 182, 154
"""Four weeks half a year ago: many departments at first, after half a year one."""
UNUSED = 0.75
LICENCE_DAYS = (90, 180)
"""Licences are asked after from day 90 on; after half a year idle licences are no matter of the start any more."""


def active_people(known: Known):
    """Return account_id, user_id, department of who used the product: in the last 28 days (is_now), half a year ago (is_then)."""
    import pandas as pd

    found = known.once(use)
    now = (found.people[:, :4].sum(axis=1) > 0) & (found.user_id != None)  # noqa: E711  an array of objects
    ids = known.accounts["account_id"].to_numpy()
    recent = pd.DataFrame({"account_id": ids[found.account[now]], "user_id": found.user_id[now].astype(str), "is_now": True})
    rows = known.rows("usage", days=EARLIER_DAYS, until_days=EARLIER_UNTIL_DAYS)
    earlier = rows.filter(rows.user_id.notnull()).select("account_id", "user_id").distinct().to_pandas().assign(is_then=True)
    both = recent.merge(earlier, on=["account_id", "user_id"], how="outer")
    both["is_now"], both["is_then"] = both["is_now"].eq(True), both["is_then"].eq(True)
    people = known.frame("users", "user_id", "department").drop_duplicates(["account_id", "user_id"], keep="last")
    return both.merge(people, on=["account_id", "user_id"]).dropna(subset=["department"])


@signal(
    "shrinking_departments",
    en="Departments drop out",
    zh="使用部门减少",
    say_en="used by {now} of {then} departments of half a year ago, {people} people in the last 28 days",
    say_zh="半年前有{then}个部门使用，现为{now}个；最近28天{people}人使用",
    needs=("usage.user_id", "users.department"),
)
def shrinking_departments(known: Known):
    """Fire where three departments or more used the product half a year ago, and at most half as many in the last 28 days."""
    found = known.once(active_people)
    then = found[found["is_then"]].groupby("account_id")["department"].nunique().rename("then")
    now = found[found["is_now"]].groupby("account_id").agg(now=("department", "nunique"), people=("user_id", "nunique"))
    frame = then.to_frame().join(now, how="left").fillna(0).astype("int64").reset_index()
    return frame[(frame["then"] >= MIN_DEPARTMENTS) & (frame["now"] <= HALF * frame["then"])]


def licences(known: Known):
    """Return for each account with seats: seats, people (who used it in the last 91 days), days (as a customer), unused."""
    import numpy as np
    import pandas as pd

    terms = known.once(live_terms)
    # Seats of add-ons are those of the same people.
    seats = terms.groupby("account_id")["seats"].max()
    found = known.once(use)
    named = found.user_id != None  # noqa: E711  an array of objects
    people = np.bincount(found.account[named], minlength=len(known.accounts))
    frame = pd.DataFrame({"account_id": known.accounts["account_id"], "people": people, "days": known.once(customer_days)})
    frame["seats"] = frame["account_id"].map(seats)
    frame = frame[frame["seats"] > 0]
    return frame.assign(unused=(1 - frame["people"] / frame["seats"]).clip(lower=0))


@signal(
    "licences_unused",
    en="Licences lie idle",
    zh="许可闲置",
    say_en="{people:.0f} of {seats:.0f} licences in use on day {days:.0f} ({unused:.0%} unused)",
    say_zh="第{days:.0f}天，{seats:.0f}个许可中仅{people:.0f}个在用（闲置{unused:.0%}）",
    needs=("usage.user_id", "contracts.seats"),
)
def licences_unused(known: Known):
    """Fire from day 90 to day 180 of a customer of which 75 % of the licences or more were used by nobody in 91 days."""
    found = known.once(licences)
    return found[found["days"].between(*LICENCE_DAYS) & (found["unused"] >= UNUSED)]


@signal(
    "seats_full",
    en="Licences are all in use",
    zh="许可已用满",
    say_en="{people:.0f} people used {seats:.0f} licences in the last 91 days",
    say_zh="最近91天{people:.0f}人使用{seats:.0f}个许可",
    needs=("usage.user_id", "contracts.seats"),
    kind="opportunity",
    outcome="expansion",
    goal="expansion",
)
def seats_full(known: Known):
    """Fire where, after the first quarter, as many people as there are licences used the product, and at least five."""
    found = known.once(licences)
    return found[(found["days"] > LICENCE_DAYS[0]) & (found["seats"] >= 5) & (found["people"] >= found["seats"])]
