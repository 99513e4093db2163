"""How long assigning and filling take for 100,000 accounts, and how near measured effects of plays come to the truth.

`python benchmarks/plays.py --rows 100000` measures the speed. With `--project DIR` (simulated: data/raw holds the truth) it also
measures the effects there, and compares them with the true effect on the probability of churn inside the horizon: that of the
treated trials, with their plays and without.

The last line of stdout is one JSON object.
"""

import argparse
import datetime as dt
import json
import os
import resource
import sys
from pathlib import Path

import numpy as np
import pandas as pd

from renewcast import Project
from renewcast.layout import reference
from renewcast.plays.assignment import Trouble, assign
from renewcast.plays.capacity import fill
from renewcast.plays.effects import estimate, in_force
from renewcast.plays.known import known_plays
from renewcast.plays.library import load_library
from renewcast.plays.trials import TARGET, _begun, _notice, trials
from renewcast.simulate.truth import load_truth_play_effects, load_truth_terms

AS_OF = dt.date(2026, 6, 29)


def speed(rows: int, library) -> dict:
    """Measure CPU seconds of both steps on made-up accounts, a hundred an owner."""
    rng = np.random.default_rng(0)
    account = pd.Series([f"A{one:07}" for one in range(rows)])
    drivers = ("usage", "people", "support", "billing", "contract", "relationship", "adoption")
    plays = pd.DataFrame({"account_id": account[: rows // 2], "play": "usage_review"})
    plays = plays.assign(started_at=pd.Timestamp("2026-05-01"), finished_at=pd.NaT)
    trouble = Trouble(
        account_id=account,
        arr=np.exp(rng.normal(9, 1, rows)),
        curve=1 - np.cumprod(1 - rng.random((rows, 12)) * 0.1, axis=1),
        drivers={name: np.maximum(rng.normal(0, 0.05, rows), 0) for name in drivers},
        fired={"support_pain": rng.random(rows) < 0.05},
        opportunity=np.full(rows, None, dtype=object),
        noted=rng.random(rows) < 0.01,
        ends_on=np.datetime64(AS_OF) + rng.integers(0, 400, rows),
        notice_days=rng.choice([3.0, 30.0, 90.0], rows),
        plays=plays,
    )
    began = os.times()
    found = assign(library, in_force(library, None), trouble, AS_OF, language="en", longest_play_days=120)
    between = os.times()
    asked = pd.DataFrame(
        {
            "account_id": account,
            "owner": np.char.add("O", rng.integers(0, rows // 100, rows).astype(str)),
            "saving": found["expected_arr_saved"],
            "arr": trouble.arr,
            "is_key": trouble.arr > 20_000,
            "days_since_contact": rng.integers(0, 120, rows).astype(float),
            "was_listed": rng.random(rows) < 0.5,
        }
    )
    places = fill(asked, capacity=50, every_days=90, margin=0.2)
    ended = os.times()
    return {
        "rows": rows,
        "assign_cpu_s": round(sum(between[:4]) - sum(began[:4]), 2),
        "fill_cpu_s": round(sum(ended[:4]) - sum(between[:4]), 2),
        "places": int(places.notna().sum()),
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


def effects(project, library) -> dict:
    """Measure each kind's effect, and compare it with the truth where the company is simulated."""
    view, day = project.view, project.day(None)
    found = trials(view, library, day, seed=project.params.model.seed)
    measured = in_force(library, {"plays": estimate(found)})
    truth = true_effects(project, library, day)
    told = {}
    for kind, true in truth.items():
        one = measured[kind]
        assumed = next(play.effect for play in library.plays if play.id == kind)
        told[kind] = {
            "true": round(true, 3),
            **{name: one[name] if isinstance(one[name], str | int) else round(one[name], 3) for name in one},
            "holds": bool(one["effect_low"] <= true <= one["effect_high"]),
            "error": round(abs(one["effect"] - true), 3),
            "error_assumed": round(abs(assumed.log_odds - true), 3),
        }
    return told


def true_effects(project, library, day) -> dict:
    """Return by kind the log odds of churn inside the horizon of the treated trials, with the play less without it."""
    from renewcast.datasets.training_set import finished_snapshots, label_of, labelled_rows
    from renewcast.snapshots.terms import cover_days

    view, raw = project.view, project.raw_directory
    label = label_of(view, TARGET)
    rows = labelled_rows(view, TARGET, label, finished_snapshots(view, TARGET, day), day, {})[0]
    rows["left"], rows["row"] = cover_days(rows["cover_ends_on"], rows["as_of"], label.lead_days) - 1, np.arange(len(rows))
    until_notice = rows["left"].to_numpy() - _notice(rows, view.known_deadlines(day))
    is_open = ~rows["gated"].to_numpy(dtype=bool) & (rows["left"].to_numpy() >= 0)
    plays, terms = known_plays(view, day), load_truth_terms(raw).to_pandas()
    terms["ends_on"] = pd.to_datetime(terms["ends_on"])
    felt, found = load_truth_play_effects(raw).to_pandas(), {}
    for kind in felt["play"].unique():
        now, _, _ = _begun(rows, plays[plays["play"] == kind], until_notice, 180)
        ends = rows[now & is_open].merge(terms, on="account_id")
        inside = (ends["ends_on"] >= ends["as_of"]) & (ends["ends_on"] < ends["as_of"] + pd.Timedelta(days=label.horizon_days))
        ends = ends[inside].merge(felt[felt["play"] == kind][["contract_id", "p_renew_without"]], on="contract_id", how="left")
        ends["without"] = ends["p_renew_without"].fillna(ends["p_renew"])
        with_, without = (1 - ends.groupby("row")[name].prod().mean() for name in ("p_renew", "without"))
        found[kind] = float(np.log(with_ / (1 - with_)) - np.log(without / (1 - without)))
    return found


def main() -> None:
    """Measure and tell."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--project", type=Path)
    parser.add_argument("--rows", type=int, default=100_000)
    asked = parser.parse_args()
    library = load_library(reference() / "plays.yaml")
    told = {"speed": speed(asked.rows, library)}
    if asked.project is not None:
        told["effects"] = effects(Project.load(asked.project), library)
    sys.stdout.write(json.dumps(told) + "\n")


if __name__ == "__main__":
    main()
