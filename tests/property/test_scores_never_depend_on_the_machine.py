"""The same rows give the same bytes, whatever the threads, the order of the rows, and the company in which a row is scored."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from fingerprint_training import wide_panel
from hypothesis import given, settings
from hypothesis import strategies as st
from synthetic_panel import EMBARGO_DAYS, MODEL, SPECS, SPLITS, panel

from renewcast.estimators.scorer import Scorer
from renewcast.evaluation.training import train

DEEP = os.environ.get("RENEWCAST_DEEP") == "1"
SHUFFLES = 20 if DEEP else 3
THREADS = (1, 2, 8)
TESTS = Path(__file__).resolve().parents[1]


def trained_elsewhere(threads: int, seeds: list[int]) -> set[str]:
    """Train in a process that was started with so many threads, once a seed, and return the digests."""
    held = {name: str(threads) for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS")}
    path = os.pathsep.join([str(TESTS), str(TESTS.parent / "src")])
    command = [sys.executable, str(TESTS / "fingerprint_training.py"), str(threads), *map(str, seeds)]
    told = subprocess.run(command, env=os.environ | held | {"PYTHONPATH": path}, capture_output=True, text=True, check=True)
    lines = told.stdout.splitlines()
    assert len(lines) == len(seeds) and all(len(line.split()) == 3 for line in lines), told.stderr
    return set(lines)


def test_threads_and_the_order_of_the_rows_never_change_a_byte_of_a_training():
    shares = [list(range(SHUFFLES))] * len(THREADS) if DEEP else [[seed] for seed in range(SHUFFLES)]
    assert len(set.union(*(trained_elsewhere(*job) for job in zip(THREADS, shares, strict=True)))) == 1


def test_a_fit_is_the_same_on_any_number_of_threads_and_gives_them_back():
    from threadpoolctl import threadpool_info, threadpool_limits

    from renewcast.estimators.logistic import Logistic

    rows, specs = wide_panel()
    states = []
    for threads in THREADS:
        with threadpool_limits(limits=threads):
            before = threadpool_info()
            states.append(Logistic(specs).fit(rows).to_state())
            assert threadpool_info() == before
    assert states[0] == states[1] == states[2]


@pytest.fixture(scope="module")
def scored():
    rows, _ = panel(accounts=150, dates=12)
    trained = train(rows, SPECS, MODEL, SPLITS, EMBARGO_DAYS)
    scorers = [
        Scorer(name, trained.final, trained.specs, trained.final["blend"].members["boosted"].encoding.levels)
        for name in trained.final
    ]
    return rows, [(one, one.predict(rows.features, rows.gated), one.contributions(rows.features, rows.gated)) for one in scorers]


@settings(max_examples=200 if DEEP else 15, deadline=None)
@given(seed=st.integers(0, 10_000), size=st.integers(1, 700))
def test_neither_the_batch_nor_the_place_in_it_changes_a_bit_of_a_score_or_of_its_parts(scored, seed, size):
    rows, scorers = scored
    at = np.random.default_rng(seed).permutation(len(rows))[:size]
    batch = rows.take(at)
    for scorer, probability, (base, parts) in scorers:
        assert scorer.predict(batch.features, batch.gated).tobytes() == probability[at].tobytes()
        level, share = scorer.contributions(batch.features, batch.gated)
        assert level.tobytes() == base[at].tobytes()
        assert share.to_numpy().tobytes() == parts.to_numpy()[at].tobytes()
