"""The tables of a made-up free tier as frames, without staging: for tests over many seeds. Nothing there is late or replaced
but the ends of terms, so the latest version of each row is what is known at the end."""

import datetime as dt

import pandas as pd

from renewcast.markets.prospects import USE_DAYS, prospects
from renewcast.simulate.freemium import draw_freemium

START = dt.date(2024, 1, 1)


def drawn(seed: int, *, accounts=2000, weeks=78, niche=("healthcare", "51-200")) -> dict:
    """Return the tables by name, and "today"."""
    tables = draw_freemium(accounts=accounts, weeks=weeks, start=START, seed=seed, niche=niche)
    frames = {name: table.to_pandas() for name, table in tables.items()}
    for frame in frames.values():
        for column in frame.select_dtypes("category"):
            frame[column] = frame[column].astype(object)
    frames["accounts"] = frames["accounts"].set_index("account_id")
    contracts = frames["contracts"].sort_values(["contract_id", "known_at"]).drop_duplicates("contract_id", keep="last")
    contracts = contracts.astype({"mrr": "float64"}).reset_index(drop=True)
    for name in ("starts_on", "ends_on"):
        contracts[name] = pd.to_datetime(contracts[name]).astype("datetime64[us]")
    frames["contracts"] = contracts
    return frames | {"today": pd.Timestamp(START + dt.timedelta(weeks=weeks))}


def prospects_of(frames, segment_by=("industry", "company_size"), motion=None):
    """Return the prospects as the review would see them."""
    touched = frames["touchpoints"].groupby("account_id")["occurred_at"].min()
    active = active_of(frames)
    return prospects(frames["accounts"], frames["contracts"], touched, active, frames["today"], list(segment_by), motion=motion)


def active_of(frames):
    """Return the days of use in the last 28, by account."""
    usage = frames["usage"]
    recent = usage[usage["occurred_at"] >= frames["today"] - pd.Timedelta(days=USE_DAYS)]
    return recent.assign(day=recent["occurred_at"].dt.floor("D")).groupby("account_id")["day"].nunique()


def motion_of(frames):
    """Return the motion of each account."""
    from renewcast.markets.motion import motions

    ids = frames["accounts"].index
    first_use = frames["usage"].groupby("account_id")["occurred_at"].min().reindex(ids)
    bought_on = frames["contracts"].groupby("account_id")["starts_on"].min().reindex(ids)
    return motions(frames["accounts"]["signed_up_at"], first_use, bought_on)


def dates_of(frames):
    """Return when each account signed up, used, acted to value, and bought."""
    usage, ids = frames["usage"], frames["accounts"].index
    of = usage.groupby("account_id")["occurred_at"]
    valued = usage[usage["is_value_action"]].groupby("account_id")["occurred_at"].min()
    found = {
        "signed_up": frames["accounts"]["signed_up_at"],
        "first_use": of.min().reindex(ids),
        "last_use": of.max().reindex(ids),
    }
    bought = frames["contracts"].groupby("account_id")["starts_on"].min().reindex(ids)
    return pd.DataFrame(found | {"first_value": valued.reindex(ids), "bought_on": bought}, index=ids)


def counted_of(frames):
    """Return the early steps, counted row by row."""
    from renewcast.markets.early_steps import FIRST_DAYS, counted_steps, early_uses

    signed_up = frames["accounts"]["signed_up_at"]
    touched = frames["touchpoints"]
    early = touched[touched["known_at"] < touched["account_id"].map(signed_up) + pd.Timedelta(days=FIRST_DAYS)]
    early = early.assign(step="touchpoint " + early["kind"]).groupby(["account_id", "step"]).size().rename("times").reset_index()
    used = frames["usage"].groupby(["account_id", "action"]).agg(first_at=("occurred_at", "min"), told_at=("known_at", "min"))
    return counted_steps([early, early_uses(used.reset_index(), signed_up)], frames["accounts"].index)


def company_of(frames):
    """Return the company of each account: its parent, or itself."""
    accounts = frames["accounts"]
    return accounts["parent_account_id"].where(accounts["parent_account_id"].notna(), accounts.index.to_series())


def blocks_of(frames):
    """Return the days of use in each four weeks, counted back from today, of what was known by the end of them."""
    day, told = frames["usage"]["occurred_at"].dt.floor("D"), frames["usage"]["known_at"].dt.floor("D")
    block, told = (((frames["today"] - pd.Timedelta(days=1) - one).dt.days // 28).rename("block") for one in (day, told))
    usage, day, block = frames["usage"][block == told], day[block == told], block[block == told]
    return day.groupby([usage["account_id"], block]).nunique().rename("days").reset_index()
