"""Random histories of contracts with every kind of overlap, gap and correction, as versions of terms."""

import datetime as dt

import numpy as np
import pandas as pd

from renewcast.params import RevenueSection

START, DAYS = dt.date(2023, 1, 1), 1096


def section(*, level="account", grace_days=30, pause_days=0, unpaid_cover="stays", corrected_within_days=20) -> RevenueSection:
    definition = {"level": level, "grace_days": grace_days, "pause_days": pause_days, "unpaid_cover": unpaid_cover}
    return RevenueSection.model_validate(
        {
            "rates": {"stated_on": "2026-06-30", "per_unit": {}},
            "corrected_within_days": corrected_within_days,
            "definition": definition,
            "bars": {"net_dollar_retention": 1.2, "nps": 10},
        }
    )


def histories(accounts: int, seed: int) -> pd.DataFrame:
    """Every version of every term: contract_id, account_id, product, starts_on, ends_on, cents, known_at."""
    rng = np.random.default_rng(seed)
    rows = []
    for number in range(accounts):
        account = f"A{number:05d}"
        products = [None, "base", "add-on"][: rng.integers(1, 4)]
        day = int(rng.integers(0, 300))
        end = day
        for turn in range(int(rng.integers(1, 9))):
            start = _start(rng, day, end)
            length = int(rng.choice([1, 9, 28, 30, 31, 60, 91, 181, 365, 366]))
            day, end = start, start + length
            if rng.random() < 0.3:  # to the last day, or the first, of a month
                end = _to_month(end, rng)
            if end <= start:
                end = start + 1
            forever = rng.random() < 0.05
            rows += _versions(rng, f"{account}-{turn}", account, products[rng.integers(len(products))], start, end, forever)
    frame = pd.DataFrame(rows)
    frame["product"] = frame["product"].astype(object).where(frame["product"].notna(), None)
    return frame.sort_values(["contract_id", "known_at"], ignore_index=True)


def _start(rng, day, end):
    kind = rng.integers(0, 9)
    gap = [0, 0, 29, 30, 31, 59, 60, 61][kind] if kind < 8 else 0
    if kind == 8:  # beside, inside, or on the very day of, the term before
        return max(0, int(rng.choice([day, day, day + 5, end - 20, end - 1])))
    return min(end + gap, DAYS - 2)


def _to_month(day, rng):
    date = START + dt.timedelta(days=day)
    first = (date.replace(day=1) - START).days
    return max(1, first - int(rng.integers(0, 2)))


def _versions(rng, contract, account, product, start, end, forever):
    # Some are entered a year late: who seemed new turns out to have returned.
    late = int(rng.integers(200, 500)) if rng.random() < 0.15 else int(rng.integers(-60, 40))
    known = start + late + float(rng.choice([0.0, 0.4, 0.95]))
    cents = int(rng.choice([0, 1, 9999, 10000, 25050, 123456]))
    said = {
        "start": start,
        "end": None if forever else end,
        "cents": cents,
        "currency": rng.choice([None, None, "USD", "EUR", "JPY"]),
    }
    rows = []
    for _ in range(int(rng.choice([1, 1, 1, 2, 3]))):
        rows.append({"contract_id": contract, "account_id": account, "product": product, "known": known, **said})
        change = rng.integers(0, 4)
        if change <= 1:
            said["cents"] = int(rng.choice([0, 5000, 10000, 30000]))
        elif change == 2:
            said["end"] = max(start + 1, end + int(rng.integers(-40, 40)))
        else:
            said["start"] = min(start + int(rng.integers(-10, 10)), (said["end"] or DAYS) - 1)
        known += float(rng.choice([0.2, 5.0, 19.0, 30.0, 100.5]))
    found = []
    for row, after in zip(rows, [*rows[1:], None], strict=True):
        withdrawn = after is None and rng.random() < 0.03
        replaced = after["known"] if after is not None else known + 50 if withdrawn else None
        found.append(
            {
                **{name: row[name] for name in ("contract_id", "account_id", "product", "cents")},
                "starts_on": _at(row["start"]),
                "ends_on": pd.NaT if row["end"] is None else _at(row["end"]),
                "known_at": _at(row["known"]),
                "superseded_at": pd.NaT if replaced is None else _at(replaced),
            }
        )
    return found


def _at(day: float) -> pd.Timestamp:
    return pd.Timestamp(START) + pd.Timedelta(days=day).round("min")


def known_before(versions: pd.DataFrame, as_of: dt.date) -> pd.DataFrame:
    """What could be seen at a day."""
    seen = versions[versions["known_at"] < pd.Timestamp(as_of)].reset_index(drop=True)
    seen["superseded_at"] = seen["superseded_at"].where(seen["superseded_at"] < pd.Timestamp(as_of))
    return seen
