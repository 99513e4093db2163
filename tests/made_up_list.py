"""A made-up risk list: plausible rows from a seed, for every test of publishing."""

import datetime as dt
import random

import pandas as pd

from renewcast.publishing import ListFacts
from renewcast.publishing.columns import COLUMN_NAMES

AS_OF = dt.date(2026, 6, 29)
OWNERS = ("Ana Lopez", "Ben Okafor", "Chen Wei", "王芳", None)
SEGMENTS = ("Daily collaborators", "Report readers", "Rare visitors")
TIERS = ("benchmark", "value-add", "ordinary")
STAGES = ("onboarding", "growth", "steady", "renewal")


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
    return row


def made_up_rows(count=8, *, seed=7, as_of=AS_OF):
    """Rows of a list as pandas; the last account is not scored."""
    random_numbers = random.Random(seed)
    rows = [made_up_row(rank, random_numbers, as_of) for rank in range(1, count + 1)]
    unscored = dict.fromkeys(
        (
            "churn_probability",
            "churn_low",
            "churn_high",
            "renewal_probability",
            "arr_at_risk",
            "churn_probability_last_list",
            "renewal_date",
            "days_to_renewal",
            "driver_1",
            "driver_2",
            "driver_1_points",
            "driver_2_points",
        )
    )
    rows[-1].update(unscored, status="not_scored", reason_not_scored="Signed up under 28 days ago.")
    # Objects, not numpy types: None stays None, as a list that is put together row by row has it.
    return pd.DataFrame(rows, columns=COLUMN_NAMES).astype(object)


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
