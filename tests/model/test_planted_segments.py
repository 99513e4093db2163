"""Kinds of use that were planted: written down when asked for, found by the segments, and kept from week to week."""

import datetime as dt
import os
import shutil
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from sklearn.metrics import adjusted_rand_score

from renewcast import Project
from renewcast.simulate import simulate
from renewcast.simulate.truth import load_truth_behaviours

ROOT = Path(__file__).resolve().parents[2]
SEEDS = range(3) if os.environ.get("RENEWCAST_DEEP") == "1" else ()


def test_kinds_of_use_are_planted_on_request_and_show_in_the_usage(tmp_path):
    made = simulate(tmp_path, accounts=40, weeks=20, seed=1, behaviours=True)
    truth = load_truth_behaviours(tmp_path).to_pandas().set_index("account_id")["behaviour"]
    assert len(truth) == made["rows"]["truth_behaviours"] == 40 and truth.nunique() == 4
    usage = pq.read_table(tmp_path / "usage.parquet", columns=["account_id", "is_value_action"]).to_pandas()
    value = usage.groupby(usage["account_id"].map(truth))["is_value_action"].mean()
    assert value["builders"] > 0.6 and 0.2 < value["specialists"] < 0.4 and value["readers"] < 0.06
    often = usage.groupby("account_id").size().groupby(truth).median()
    assert often["visitors"] < 0.2 * often["readers"]


def test_a_company_without_kinds_leaves_no_truth_about_them(tmp_path):
    simulate(tmp_path, accounts=20, weeks=8, seed=1, behaviours=True)
    simulate(tmp_path, accounts=20, weeks=8, seed=1)
    assert not (tmp_path / "truth_behaviours.parquet").exists()


@pytest.mark.parametrize("seed", SEEDS)
def test_planted_kinds_are_found_and_kept_week_after_week(tmp_path, seed):
    shutil.copy(ROOT / "params.yaml", tmp_path / "params.yaml")
    simulate(tmp_path / "data" / "raw", accounts=800, weeks=60, seed=seed, behaviours=True)
    project = Project.load(tmp_path)
    last = project.last_snapshot_day()
    truth = load_truth_behaviours(tmp_path / "data" / "raw").to_pandas().set_index("account_id")["behaviour"]
    days = [last - dt.timedelta(weeks=back) for back in range(8, -1, -1)]
    population = project.view.population(days)
    features = project.view.features(population)
    first = (population["as_of"].dt.date == days[0]).to_numpy()
    segments = project.segment(days[0])
    kind = truth.reindex(population.loc[first, "account_id"])
    assert adjusted_rand_score(kind, segments.assign(features[first])) >= 0.8
    known, moved = {}, []
    for day in days:
        today = (population["as_of"].dt.date == day).to_numpy()
        accounts = population.loc[today, "account_id"]
        now = np.array(segments.ids)[segments.assign(features[today], [known.get(one) for one in accounts])]
        before = [known.get(one) for one in accounts]
        moved.append(np.mean([old != new for old, new in zip(before, now, strict=True) if old is not None] or [0]))
        known |= dict(zip(accounts, now, strict=True))
    print(f"seed {seed}: moved by week {np.round(moved[1:], 4).tolist()}")
    assert np.mean(moved[1:]) <= 0.02
