"""Probabilities and intervals against what only the simulator knows, on five companies; only with RENEWCAST_DEEP=1.

The target of an interval is the conditional probability E[truth | features], as a strong regressor finds it that learns the
truth itself from the other companies; see benchmarks/truth.py.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DEEP = os.environ.get("RENEWCAST_DEEP") == "1"


@pytest.fixture(scope="module")
def companies():
    if not DEEP:
        pytest.skip("five companies take a quarter of an hour; RENEWCAST_DEEP=1 makes them up")
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "benchmarks/truth.py", "--seeds", "1,2,3,4,5"],
        cwd=ROOT, env=os.environ | {"OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT / "src")},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    told = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(told) == 6 and told[-1]["companies"] == 5
    return told[:-1]


def test_a_risk_of_thirty_in_a_hundred_means_thirty(companies):
    assert all(one["rows"] >= 5000 for one in companies)
    assert max(one["ece"] for one in companies) <= 0.02


def test_nine_intervals_of_ten_hold_the_conditional_probability(companies):
    assert all(0.85 <= one["coverage"] <= 0.95 for one in companies)


@pytest.mark.xfail(reason="0.84 to 1.00: on one company of five like accounts are held too seldom", strict=True)
def test_nine_intervals_of_ten_hold_the_mean_of_like_accounts(companies):
    """Averaged over accounts of like features there is less noise, and no more room."""
    assert min(one["coverage_like"] for one in companies) >= 0.85


def test_the_ranking_comes_near_to_what_the_features_allow(companies):
    assert min(one["share_of_ceiling_all"] for one in companies) >= 0.85


@pytest.mark.xfail(reason="0.77 to 0.87: the regressor learns the hidden probabilities, we the drawn outcomes", strict=True)
def test_so_does_the_ranking_of_the_accounts_whose_cover_can_end(companies):
    assert min(one["share_of_ceiling_open"] for one in companies) >= 0.85
