"""A made-up risk list and what stands beside it: plausible rows from a seed, for every test of publishing."""

import datetime as dt
import random

import pandas as pd

from renewcast.publishing import ListFacts
from renewcast.publishing.columns import COLUMN_NAMES
from renewcast.publishing.supplement import (
    EVENT_COLUMNS,
    GONE_COLUMNS,
    OPPORTUNITY_COLUMNS,
    WEEK_COLUMNS,
    Supplement,
)

AS_OF = dt.date(2026, 6, 29)
OWNERS = ("Ana Lopez", "Ben Okafor", "Chen Wei", "王芳", None)
SEGMENTS = ("Daily collaborators", "Report readers", "Rare visitors")
TIERS = ("benchmark", "value-add", "ordinary")
STAGES = ("onboarding", "growth", "steady", "renewal")
DRIVERS = ("usage", "people", "contract", "support", "billing", "relationship", "milestones", "adoption")
PARTS = ("behaviour", "time", "data", "model", "calibration")
SIGNALS = (
    "Usage fell by 62 % against the account's own season (18 from 47).",
    "The key user has not logged in for 31 days.",
    "3 of 5 bought modules are used less than by a quarter of the peers.",
)
PLAYS = (
    {
        "play": "key_user_handover",
        "version": 2,
        "title": "Hand over to a new key user",
        "goal": "prevent_churn",
        "steps": ["Name the successor with the sponsor.", "Train the successor.", "Review the first month together."],
        "days": 30,
        "check": "The successor is active on 8 days within 28 days.",
    },
    {
        "play": "usage_review",
        "version": 1,
        "title": "Review what is used",
        "goal": "prevent_churn",
        "steps": ["Look at the usage together.", "Agree on one outcome."],
        "days": 21,
        "check": "Usage is back at its own level within 28 days.",
    },
)


def made_up_row(rank, random_numbers, as_of=AS_OF):
    """One scored account."""
    probability = round(random_numbers.betavariate(1.2, 6), 6)
    arr = round(random_numbers.lognormvariate(10, 1), 2)
    days = random_numbers.randint(-5, 360)
    row = dict.fromkeys(COLUMN_NAMES)
    row.update(
        rank=rank,
        account_id=f"{rank:05d}",
        account_name=f"Account {rank}",
        owner=random_numbers.choice(OWNERS),
        segment=random_numbers.choice(SEGMENTS),
        tier=random_numbers.choice(TIERS),
        lifecycle_stage=random_numbers.choice(STAGES),
        renewal_date=as_of + dt.timedelta(days),
        days_to_renewal=days,
        arr=arr,
        churn_probability=probability,
        churn_low=probability / 2,
        churn_high=min(1.0, 2 * probability),
        renewal_probability=1 - probability,
        arr_at_risk=round(arr * probability, 2),
        churn_probability_last_list=min(1.0, probability + 0.01),
        driver_1="Logins fell 40 % (12 from 20).",
        driver_2="The key user has not logged in for 31 days.",
        driver_1_points=probability / 2,
        driver_2_points=probability / 4,
        status="scored",
        model_version="churn-12",
        as_of=as_of,
    )
    row.update(_change_and_actions(row, random.Random(rank), as_of))
    return row


def _change_and_actions(row, random_numbers, as_of):
    """What is said of a row's change and of what to do; a generator of its own, so that the rest stays as it was."""
    probability = row["churn_probability"]
    movement = random_numbers.choices(("steady", "up", "down", "new"), (80, 9, 7, 4))[0]
    moved = {"steady": -0.01, "up": probability * 0.6, "down": -0.05, "new": 0.0}[movement]
    last = min(1.0, max(0.0, probability - moved))
    change, share = probability - last, random_numbers.random()
    parts = [change * share, change * (1 - share) * 0.5, change * (1 - share) * 0.3, 0.0]
    found = {"movement": movement, "churn_probability_last_list": None if movement == "new" else last}
    if movement != "new":
        found |= {f"change_{part}": size for part, size in zip(PARTS, [*parts, change - sum(parts)], strict=True)}
        found["change_reason"] = f"Usage, by {change * share * 100:+.1f} points: logins fell to 12 in 28 days."
    found |= {
        "churn_probability_30d": probability / 3,
        "churn_probability_180d": min(1.0, probability * 1.6),
        "lifetime_value": round(row["arr"] * 2.5, 2),
        "driver_3": "2 severe tickets are open (typical account: 0).",
        "driver_3_points": probability / 9,
        "driver_ties": "2 = 3" if row["rank"] % 5 == 0 else None,
        "signals": SIGNALS[row["rank"] % len(SIGNALS)] if row["rank"] % 3 == 0 else None,
    }
    if row["rank"] % 4:
        play = PLAYS[row["rank"] % len(PLAYS)]
        found |= {
            "owner_place": (row["rank"] + 3) // 4,
            "goal": "prevent_churn",
            "play": play["title"],
            "due_on": as_of + dt.timedelta(3 + row["rank"] % 25),
            "check": play["check"],
            "expected_arr_saved": round(row["arr"] * probability * 0.2, 2),
        }
    return found


def made_up_rows(count=8, *, seed=7, as_of=AS_OF):
    """Rows of a list as pandas; the last account is not scored."""
    random_numbers = random.Random(seed)
    rows = [made_up_row(rank, random_numbers, as_of) for rank in range(1, count + 1)]
    kept = {"rank", "account_id", "account_name", "owner", "segment", "tier", "lifecycle_stage", "arr", "model_version", "as_of"}
    rows[-1].update(dict.fromkeys(set(COLUMN_NAMES) - kept))
    rows[-1].update(status="not_scored", reason_not_scored="Signed up under 28 days ago.")
    # Objects, not numpy types: None stays None, as a list that is put together row by row has it.
    return pd.DataFrame(rows, columns=COLUMN_NAMES).astype(object)


def made_up_supplement(rows, *, seed=7, weeks=26, events=14):
    """What stands beside such rows: opportunities, explanations, who is gone, weeks, events, signal cards and plays."""
    random_numbers = random.Random(seed)
    scored = [row for row in rows.to_dict("records") if row["status"] == "scored"]
    return Supplement(
        opportunities=_opportunities(scored),
        explanations=_explanations(scored, random_numbers),
        gone=_gone(rows["as_of"].iloc[0]),
        weeks=_weeks(scored, random_numbers, weeks),
        events=_events(scored, random_numbers, events),
        signals=_cards(),
        plays=[dict(one) for one in PLAYS],
    )


def _opportunities(scored):
    kinds = (("expansion", "quota_burn"), ("cross_sell", "module_interest"), ("referral", "promoter"))
    found = []
    for place, row in enumerate(scored[:60:4]):
        kind, signal = kinds[place % 3]
        found.append(
            {name: row[name] for name in ("account_id", "account_name", "owner", "tier", "arr", "renewal_date")}
            | {
                "kind": kind,
                "signal": signal,
                "evidence": "84 % of the quota is used after 55 % of the term.",
                "play": "Talk about a larger quota",
                "due_on": row["as_of"] + dt.timedelta(14),
                "held_back": "Waits: the churn probability is above twice the base rate." if place % 3 == 1 else None,
            }
        )
    return pd.DataFrame(found, columns=OPPORTUNITY_COLUMNS).astype(object)


def _explanations(scored, random_numbers):
    base, found = 0.12, []
    for row in scored:
        weights = [random_numbers.gauss(0, 1) for _ in DRIVERS]
        mean, share = sum(weights) / len(weights), (row["churn_probability"] - base) / len(DRIVERS)
        points = [share + 0.02 * (one - mean) for one in weights]
        found.append(
            {"account_id": row["account_id"], "base_probability": base, "churn_probability": row["churn_probability"]}
            | {f"{driver}_points": size for driver, size in zip(DRIVERS, points, strict=True)}
        )
    columns = ["account_id", "base_probability", "churn_probability", *(f"{driver}_points" for driver in DRIVERS)]
    return pd.DataFrame(found, columns=columns)


def _gone(as_of):
    found = [
        ("G0001", "Gone and churned Ltd", "Ana Lopez", 24_000.0, 0.61, f"churned on {as_of - dt.timedelta(4)}"),
        ("G0002", "Out of scope AG", None, 9_000.0, 0.08, "no longer in scope"),
    ]
    return pd.DataFrame(found, columns=GONE_COLUMNS).astype(object)


def _weeks(scored, random_numbers, weeks):
    found = []
    for row in scored:
        level, now = random_numbers.uniform(5, 400), row["churn_probability"]
        for back in range(weeks - 1, -1, -1):
            level *= random_numbers.uniform(0.9, 1.09)
            probability = min(1.0, max(0.0, now * (1 - back * 0.02) + random_numbers.gauss(0, 0.004))) if back else now
            known = back < 12  # before the first list there is usage, and no probability
            found.append(
                {
                    "account_id": row["account_id"],
                    "as_of": row["as_of"] - dt.timedelta(7 * back),
                    "churn_probability": probability if known else None,
                    "events": round(level),
                    "active_users": round(level / 12) + 1,
                    "open_tickets": random_numbers.choice((0, 0, 0, 1, 2)),
                    "churn_low": probability * 0.6 if known else None,
                    "churn_high": min(1.0, probability * 1.5) if known else None,
                }
            )
    return pd.DataFrame(found, columns=WEEK_COLUMNS)


def _events(scored, random_numbers, events):
    told = (
        ("term", "Term begins: platform, 24,000 USD a year, until 2026-12-31"),
        ("milestone", "Reached: first decision"),
        ("milestone", "Due: business outcome"),
        ("ticket", "Ticket opened, high, solved after 4 days"),
        ("ticket", "Ticket opened, low, open"),
        ("touchpoint", "Call"),
        ("touchpoint", "Business review, willing (+1)"),
        ("play", "Usage review begun, due 2026-07-20"),
        ("person", "Key user left"),
        ("person", "Executive joined"),
    )
    found = []
    for row in scored:
        days = sorted(random_numbers.randint(-180, 20) for _ in range(events))
        for day in days:
            kind, text = random_numbers.choice(told)
            found.append({"account_id": row["account_id"], "day": row["as_of"] + dt.timedelta(day), "kind": kind, "text": text})
    return pd.DataFrame(found, columns=EVENT_COLUMNS)


def _cards():
    names = ("usage_drop", "Usage drop", True), ("key_user_left", "Key user left", True), ("late_payment", "Late payment", False)
    return [
        {
            "name": name,
            "title": title,
            "kind": "risk",
            "precision": 0.31,
            "lift": 2.4,
            "lead_days": 47.0,
            "false_alarms_per_100_weeks": 1.9,
            "speaks": speaks,
        }
        for name, title, speaks in names
    ]


def made_up_facts(**changed):
    """Facts about the list of 2026-W27."""
    facts = {
        "project": "demo",
        "week": "2026-W27",
        "as_of": AS_OF,
        "language": "en",
        "currency": "USD",
        "target": "churn",
        "run_key": "key-1",
        "banners": ["Usage data end three days early."],
        "notes": ["A note."],
        "model": {"model_version": "churn-12", "trained_as_of": dt.date(2026, 3, 30), "auc": 0.81, "ranked_by": "arr_at_risk"},
    }
    return ListFacts(**(facts | changed))
