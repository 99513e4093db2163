"""How long the ledger and retention of many accounts take: CPU seconds, without reading the tables.

``python benchmarks/ledger.py --accounts 100000 --months 36``
"""

import argparse
import datetime as dt
import json
import sys
import time

import numpy as np
import pandas as pd

from renewcast.params import RevenueSection
from renewcast.revenue.ledger import build_ledger
from renewcast.revenue.retention import retention

SECTION = {
    "rates": {"stated_on": "2026-06-30", "per_unit": {}},
    "corrected_within_days": 30,
    "definition": {"level": "account", "grace_days": 30, "pause_days": 0, "unpaid_cover": "stays"},
    "bars": {"net_dollar_retention": 1.2, "nps": 10},
}


def versions_of(accounts: int, months: int, seed: int):
    """Draw yearly and quarterly terms of two products, renewed early, on time or late, a quarter of them changed meanwhile."""
    rng = np.random.default_rng(seed)
    rows, day_end = [], months * 30.5
    yearly = rng.random(accounts) < 0.7
    for product, share in (("base", 1.0), ("add-on", 0.4)):
        who = np.flatnonzero(rng.random(accounts) < share)
        start = rng.integers(0, int(day_end * 0.6), len(who)).astype(float)
        while len(who):
            length = np.where(yearly[who], 365, 91)
            rows.append((who, start, start + length, product, rng.integers(1000, 900000, len(who)), rng.random(len(who)) < 0.25))
            goes_on = (rng.random(len(who)) < 0.85) & (start + length < day_end)
            start = (start + length + rng.integers(-20, 20, len(who)))[goes_on]
            who = who[goes_on]
    first = np.datetime64("2023-01-01")
    parts = []
    for number, (who, start, end, product, cents, changed) in enumerate(rows):
        frame = pd.DataFrame(
            {"account_id": [f"A{one:07d}" for one in who], "product": product, "cents": cents, "currency": "EUR"}
        )
        frame["contract_id"] = [f"C{number:03d}-{one:07d}" for one in who]
        frame["starts_on"] = first + start.astype("timedelta64[D]")
        frame["ends_on"] = first + end.astype("timedelta64[D]")
        frame["known_at"] = (frame["starts_on"] - pd.Timedelta(days=5)).astype("datetime64[us]")
        told = (frame["starts_on"] + pd.Timedelta(days=60)).astype("datetime64[us]")
        frame["superseded_at"] = told.where(changed)
        later = frame[changed].assign(known_at=told[changed], superseded_at=pd.NaT, cents=frame["cents"] * 2)
        parts += [frame, later]
    return pd.concat(parts, ignore_index=True).astype({"superseded_at": "datetime64[us]"})


def main():
    """Print one JSON object."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--accounts", type=int, default=100_000)
    parser.add_argument("--months", type=int, default=36)
    given = parser.parse_args()
    versions = versions_of(given.accounts, given.months, 7)
    as_of = dt.date(2023 + given.months // 12, 1, 1)
    versions = versions[versions["known_at"] < pd.Timestamp(as_of)].reset_index(drop=True)
    versions["superseded_at"] = versions["superseded_at"].where(versions["superseded_at"] < pd.Timestamp(as_of))
    section = RevenueSection.model_validate(SECTION)
    told = {"accounts": given.accounts, "months": given.months, "versions": len(versions)}
    begun = time.process_time()
    ledger = build_ledger(versions, as_of, section, zone="Europe/Berlin")
    told["ledger_s"] = round(time.process_time() - begun, 1)
    rows = ledger.frame()
    told["rows"], told["frame_s"] = len(rows), round(time.process_time() - begun, 1)
    found = retention(ledger)
    told["total_s"] = round(time.process_time() - begun, 1)
    told["net_dollar_retention"] = float(found["net_dollar_retention"].iloc[-1])
    sys.stdout.write(json.dumps(told) + "\n")


if __name__ == "__main__":
    main()
