"""The benchmark as somebody runs it, far too small to tell anything about speed: every method finds the same numbers."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROMISED = [
    "events", "snapshots", "measures", "scan_s", "range_join_s", "engine_s", "engine_peak_mb", "speedup", "differences",
    "incremental_s", "rebuild_s",
]  # fmt: skip


def bench(folder, *arguments):
    return subprocess.run(
        [sys.executable, "benchmarks/bench.py", "--folder", str(folder), "--threads", "1", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("arguments", "weekly"),
    [((), 17), (("--restated", "0.05", "--every", "4"), 5)],
    ids=["late", "late and replaced, every fourth week"],
)
def test_every_method_finds_the_same_numbers(arguments, weekly, tmp_path):
    done = bench(tmp_path, "--events", "20e3", "--accounts", "60", "--weeks", "30", *arguments)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    assert list(told)[: len(PROMISED)] == PROMISED
    assert (told["events"], told["snapshots"], told["measures"]) == (20_000, 60 * weekly, 36)
    assert told["differences"] == 0
    assert (told["polars_s"] is None) == ("--restated" in arguments)
    assert "range_join" in done.stderr and told["machine"] in done.stderr
    left = [path.name for path in tmp_path.iterdir()]
    assert len(left) == 1 and left[0].startswith("events-20000-60-30-"), "the events are kept, the results are not"


def test_a_benchmark_without_a_full_window_is_refused(tmp_path):
    done = bench(tmp_path, "--weeks", "13")
    assert done.returncode == 2 and "weeks must be at least 14" in done.stderr
    assert not list(tmp_path.iterdir())


def test_results_that_differ_are_counted(tmp_path, monkeypatch):
    import numpy as np

    monkeypatch.syspath_prepend(ROOT / "benchmarks")
    import bench as benchmark
    from task import Task

    found = np.arange(24, dtype="int32").reshape(4, 3, 2)
    np.save(tmp_path / "range_join.npy", found)
    found[1, 0, 0], found[2, 2, 1] = -1, -1
    np.save(tmp_path / "engine.npy", found)
    assert benchmark._differences(tmp_path, "engine", Task("", 4, 16)) == 2
    assert benchmark._differences(tmp_path, "engine", Task("", 4, 16, share=2)) == 1
