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
    frames["accounts"] = frames["accounts"].set_index("account_id")
    contracts = frames["contracts"].sort_values(["contract_id", "known_at"]).drop_duplicates("contract_id", keep="last")
    contracts = contracts.astype({"mrr": "float64"}).reset_index(drop=True)
    for name in ("starts_on", "ends_on"):
        contracts[name] = pd.to_datetime(contracts[name]).astype("datetime64[us]")
    frames["contracts"] = contracts
    return frames | {"today": pd.Timestamp(START + dt.timedelta(weeks=weeks))}


def prospects_of(frames, segment_by=("industry", "company_size"), motion=None):
    """Return the prospects as the review would see them."""
    usage = frames["usage"]
    recent = usage[usage["occurred_at"] >= frames["today"] - pd.Timedelta(days=USE_DAYS)]
    active = recent.assign(day=recent["occurred_at"].dt.floor("D")).groupby("account_id")["day"].nunique()
    touched = frames["touchpoints"].groupby("account_id")["occurred_at"].min()
    return prospects(frames["accounts"], frames["contracts"], touched, active, frames["today"], list(segment_by), motion=motion)


def motion_of(frames):
    """Return the motion of each account."""
    from renewcast.markets.motion import motions

    ids = frames["accounts"].index
    first_use = frames["usage"].groupby("account_id")["occurred_at"].min().reindex(ids)
    bought_on = frames["contracts"].groupby("account_id")["starts_on"].min().reindex(ids)
    return motions(frames["accounts"]["signed_up_at"], first_use, bought_on)
