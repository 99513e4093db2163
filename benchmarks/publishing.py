"""How long 100,000 accounts take from finished rows to a published list: every format written, read back, sealed.

Run it anywhere: `python benchmarks/publishing.py --rows 100000 --owners 400`. The rows are made up, with every column filled and
three sentences each; explanations and opportunities stand beside them, and weeks and events of those that the page shows.

The last line of stdout is one JSON object.
"""

import argparse
import cProfile
import datetime as dt
import json
import os
import pstats
import resource
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

from renewcast.publishing import ListFacts, publish_list
from renewcast.publishing.columns import COLUMN_NAMES, LIST_COLUMNS
from renewcast.publishing.supplement import EVENT_COLUMNS, GONE_COLUMNS, OPPORTUNITY_COLUMNS, WEEK_COLUMNS, Supplement

AS_OF = dt.date(2026, 6, 29)
DRIVERS = ("usage", "people", "contract", "support", "billing", "relationship", "milestones", "adoption")
CAPACITY = 50


def made_up(count: int, owners: int, seed: int = 7) -> pd.DataFrame:
    """Rows with every column filled, as the weekly job hands them over."""
    random = np.random.default_rng(seed)
    rows = pd.DataFrame({"rank": np.arange(1, count + 1), "account_id": [f"A{n:06d}" for n in range(count)]})
    rows["account_name"] = [f"Account {n} & Partners GmbH" for n in range(count)]
    rows["owner"] = [f"Owner {n:03d}" for n in random.integers(0, owners, count)]
    probability = -np.sort(-random.beta(1.2, 6, count))
    for column in LIST_COLUMNS:
        if column.name in rows:
            continue
        if column.kind == "text":
            numbers = random.integers(1, 400, count)
            rows[column.name] = [
                f"{column.name}: usage fell by {n / 4} % against its own season (now {n}, typical 400)." for n in numbers
            ]
        elif column.kind == "day":
            rows[column.name] = [AS_OF + dt.timedelta(int(n)) for n in random.integers(0, 360, count)]
        elif column.kind == "integer":
            rows[column.name] = random.integers(0, 360, count)
        elif column.kind == "money":
            rows[column.name] = random.lognormal(10, 1, count).round(2)
        else:
            rows[column.name] = probability * random.random(count)
    rows["churn_probability"] = probability
    rows["movement"] = random.choice(["up", "down", "steady", "new"], count, p=[0.1, 0.1, 0.78, 0.02])
    for name, codes in (
        ("tier", ["benchmark", "ordinary"]),
        ("lifecycle_stage", ["growth", "steady"]),
        ("segment", ["a", "b", "c"]),
    ):
        rows[name] = random.choice(codes, count)
    place = rows.groupby("owner").cumcount() + 1
    rows["owner_place"] = place.where(place <= CAPACITY).astype("Int64")
    rows["status"], rows["reason_not_scored"], rows["model_version"], rows["as_of"] = "scored", None, "12", AS_OF
    return rows[list(COLUMN_NAMES)]


def beside(rows: pd.DataFrame, shown: int, seed: int = 7) -> Supplement:
    """Make up what stands beside them: explanations of all, opportunities of one in twenty, weeks and events of those shown."""
    random, count = np.random.default_rng(seed), len(rows)
    points = pd.DataFrame(random.normal(0, 0.02, (count, len(DRIVERS))), columns=[f"{driver}_points" for driver in DRIVERS])
    explained = pd.concat([rows[["account_id", "churn_probability"]].assign(base_probability=0.1), points], axis=1)
    some = rows.iloc[::20]
    opportunities = some[["account_id", "account_name", "owner", "tier", "arr", "renewal_date", "due_on"]].assign(
        kind="expansion",
        signal="quota_burn",
        evidence="84 % of the quota is used.",
        play="Talk about a larger quota",
        held_back=None,
    )[list(OPPORTUNITY_COLUMNS)]
    gone = pd.DataFrame([(f"G{n}", "Gone", "Owner 001", 9000.0, 0.5, "churned") for n in range(500)], columns=GONE_COLUMNS)
    ids = np.repeat(rows["account_id"].to_numpy()[:shown], 26)
    weeks = pd.DataFrame({"account_id": ids, "as_of": [AS_OF - dt.timedelta(7 * n) for n in range(26)] * shown})
    for name in WEEK_COLUMNS[2:]:
        weeks[name] = random.random(len(ids)) if name.startswith("churn") else random.integers(0, 500, len(ids))
    ids = np.repeat(rows["account_id"].to_numpy()[:shown], 14)
    events = pd.DataFrame({"account_id": ids, "day": AS_OF - dt.timedelta(30), "kind": "ticket", "text": "Ticket opened, high"})
    play = {
        "play": "usage_review",
        "version": 1,
        "title": "Review what is used",
        "goal": "prevent_churn",
        "steps": ["Look."],
        "days": 21,
    }
    return Supplement(opportunities, explained, gone, weeks[list(WEEK_COLUMNS)], events[list(EVENT_COLUMNS)], [], [play])


def main() -> None:
    """Measure and tell."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--owners", type=int, default=400)
    parser.add_argument("--shown", type=int, default=2_000, help="accounts with weeks and events")
    parser.add_argument("--profile", action="store_true", help="tell on stderr where the time goes")
    asked = parser.parse_args()
    rows = made_up(asked.rows, asked.owners)
    supplement = beside(rows, min(asked.shown, asked.rows))
    week = "2026-W27"
    about = ListFacts(project="demo", week=week, as_of=AS_OF, language="en", currency="USD", target="churn", run_key="1")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with tempfile.TemporaryDirectory() as folder:
        profile = cProfile.Profile()
        wall, cpu = time.perf_counter(), sum(os.times()[:4])
        if asked.profile:
            profile.enable()
        published = publish_list(Path(folder), rows, about, supplement)
        profile.disable()
        wall, cpu = time.perf_counter() - wall, sum(os.times()[:4]) - cpu
        sizes = {path.name: path.stat().st_size for path in published.list_dir.iterdir() if path.is_file()}
        owners = len(list((published.list_dir / "owners").iterdir()))
    if asked.profile:
        pstats.Stats(profile, stream=sys.stderr).sort_stats("cumulative").print_stats(45)
    kinds = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    answer = {
        "rows": asked.rows,
        "owners_files": owners,
        "published_s": round(wall, 1),
        "published_cpu_s": round(cpu, 1),
        "memory_before_gb": round(before / 2**20, 2),
        "peak_memory_gb": round(sum(resource.getrusage(one).ru_maxrss for one in kinds) / 2**20, 2),
        "megabytes": {name: round(size / 1e6, 1) for name, size in sorted(sizes.items())},
    }
    sys.stdout.write(json.dumps(answer) + "\n")


if __name__ == "__main__":
    main()
