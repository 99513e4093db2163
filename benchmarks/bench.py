"""How fast the feature engine is beside other ways, on the same generated events, in the same run, with the same numbers.

Run it with `make bench` or `python benchmarks/bench.py --events 20e6 --accounts 20000 --weeks 104`. Each method runs in a process
of its own with the given number of threads, in turn, as often as asked for; its least time counts. All results are compared
cell by cell over every account, snapshot and feature. Read the ratios: single times on shared machines mean little.

A table goes to stderr; the last line of stdout is one JSON object.
"""

import argparse
import dataclasses
import json
import os
import platform
import subprocess
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path

import numpy as np
from events import generate
from task import FEATURES, Task

HERE = Path(__file__).resolve().parent
SCANS = ("scan:with_duckdb", "scan:with_arrow", "scan:with_polars")
COMPARED = ("engine", "polars_version", "range_join")
KEPT = ("engine:rebuild", "engine:update")
IN_FULL = 50_000_000
"""Events; with more of them the range join is computed for one account in 20 and its time scaled, and polars is left out."""
SAMPLE = 20


def main() -> None:
    """Measure, compare, tell."""
    asked = _arguments()
    events = int(asked.events)
    folder = Path(asked.folder)
    path = generate(folder, events, asked.accounts, asked.weeks, asked.late, asked.restated, asked.seed)
    task = Task(str(path), asked.accounts, asked.weeks, asked.every, asked.threads, SAMPLE if events > IN_FULL else 1)
    # The polars version does not know replaced rows, so it is no competitor where there are some.
    has_polars = not asked.restated and events <= IN_FULL
    methods = [*SCANS, *(name for name in COMPARED if name != "polars_version" or has_polars), *KEPT]
    with tempfile.TemporaryDirectory(dir=folder) as results:
        _run(SCANS[0], task, None)  # so that no method pays for bringing the file into the memory
        told = {}
        for _ in range(asked.runs):
            for name in methods:
                result = Path(results) / f"{name}.npy" if name in COMPARED else None
                told.setdefault(name, []).append(_run(name, task, result))
        differences = {name: _differences(Path(results), name, task) for name in COMPARED[:-1] if name in methods}
    best = {name: {key: _least(runs, key) for key in runs[0]} for name, runs in told.items()}
    answer = _answer(asked, task, best, differences)
    _print_table(best, differences, answer)
    if asked.keep:
        kept = HERE / "results" / f"{asked.keep}.json"
        kept.parent.mkdir(exist_ok=True)
        kept.write_text(json.dumps(answer, indent=1) + "\n")
    sys.stdout.write(json.dumps(answer) + "\n")


def _arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--events", type=float, default=1e6, help="rows, such as 20e6")
    parser.add_argument("--accounts", type=int, default=1000)
    parser.add_argument("--weeks", type=int, default=65, help="of events; there are 13 fewer snapshots")
    parser.add_argument("--late", type=float, default=0.05, help="share of rows known 1 to 40 days late")
    parser.add_argument("--restated", type=float, default=0.0, help="share of rows that are replaced later")
    parser.add_argument("--every", type=int, default=1, help="take every n-th weekly snapshot")
    parser.add_argument("--threads", type=int, default=2, help="of each method")
    parser.add_argument("--runs", type=int, default=1, help="the least time counts")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--folder", default=os.environ.get("BENCH_DIR", "data/bench"), help="for the events, kept for reruns")
    parser.add_argument("--keep", default="", help="keep the result as benchmarks/results/NAME.json")
    asked = parser.parse_args()
    if asked.weeks < 14 or asked.events < 1 or min(asked.accounts, asked.every, asked.threads, asked.runs) < 1:
        parser.error("weeks must be at least 14; events, accounts, every, threads and runs at least 1")
    return asked


def _run(name: str, task: Task, result: Path | None) -> dict:
    """Run one method in a fresh process and return what it told."""
    threads = str(task.threads)
    names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMEXPR_NUM_THREADS", "POLARS_MAX_THREADS", "NUMBA_NUM_THREADS")
    command = [sys.executable, str(HERE / "one_method.py"), name, json.dumps(dataclasses.asdict(task))]
    done = subprocess.run(
        command + ([str(result)] if result else []),
        env={**os.environ, **dict.fromkeys(names, threads)},
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        sys.exit(f"bench: {name} ended with code {done.returncode}; what it said stands above")
    return json.loads(done.stdout.splitlines()[-1])


def _least(runs, key):
    values = [run[key] for run in runs]
    return None if None in values else max(values) if key == "peak_mb" else min(values)


def _differences(folder: Path, name: str, task: Task) -> int:
    """Count the cells in which a method's result differs from the range join's, over all accounts that this was computed for."""
    ours, theirs = (np.load(folder / f"{one}.npy", mmap_mode="r")[:: task.share] for one in (name, "range_join"))
    return sum(int((ours[i : i + 1000] != theirs[i : i + 1000]).sum()) for i in range(0, len(theirs), 1000))


def _answer(asked, task: Task, best: dict, differences: dict) -> dict:
    scan = min(best[name]["seconds"] for name in SCANS)
    range_join = best["range_join"]["seconds"]
    if task.share > 1:  # the file is read once all the same
        range_join = scan + max(range_join - scan, 0) * task.share
    engine, polars = best["engine"], best.get("polars_version", {})
    names = ("python", "renewcast", "duckdb", "numpy", "polars", "pyarrow")
    return {
        "events": int(asked.events),
        "snapshots": task.accounts * len(task.numbers),
        "measures": len(FEATURES),
        "scan_s": _round(scan),
        "range_join_s": _round(range_join),
        "engine_s": _round(engine["seconds"]),
        "engine_peak_mb": round(engine["peak_mb"]),
        "speedup": round(range_join / engine["seconds"], 1),
        "differences": sum(differences.values()),
        "incremental_s": _round(best["engine:update"]["seconds"]),
        "rebuild_s": _round(best["engine:rebuild"]["seconds"]),
        "accounts": task.accounts,
        "weeks": task.weeks,
        "every": task.every,
        "late": asked.late,
        "restated": asked.restated,
        "runs": asked.runs,
        "threads": task.threads,
        "engine_cpu_s": _round(engine["cpu_seconds"]),
        "polars_s": _round(polars.get("seconds")),
        "polars_cpu_s": _round(polars.get("cpu_seconds")),
        "polars_peak_mb": polars and round(polars["peak_mb"]) or None,
        "range_join_cpu_s": _round(best["range_join"]["cpu_seconds"]),
        "range_join_peak_mb": round(best["range_join"]["peak_mb"]),
        "range_join_share": 1 / task.share,
        "machine": _machine(),
        "versions": {name: platform.python_version() if name == "python" else version(name) for name in names},
    }


def _round(seconds):
    return None if seconds is None else round(seconds, 3)


def _machine() -> str:
    """Name processor, cores and memory; no host, no path."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        model = next(line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        model = platform.machine()
    try:
        memory = f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.0f} GB"
    except (ValueError, OSError):
        memory = "unknown memory"
    return f"{model}, {os.cpu_count()} cores, {memory}, {platform.system()}"


def _print_table(best: dict, differences: dict, answer: dict) -> None:
    task = "{events:,} events, {snapshots:,} snapshots of {accounts:,} accounts, {measures} features, {late:.0%} late"
    said = [
        (task + ", {threads} threads, best of {runs}; {machine}").format(**answer),
        f"{'method':<18}{'seconds':>10}{'CPU s':>10}{'engine is':>16}{'peak MB':>10}{'differences':>13}",
    ]
    for name, told in best.items():
        seconds = answer["range_join_s"] if name == "range_join" else told["seconds"]
        if seconds is not None:
            ratio = f"{seconds / best['engine']['seconds']:.2f} x as fast" if name not in KEPT else ""
            differs = differences.get(name, "")
            cpu = told["cpu_seconds"]
            said.append(f"{name:<18}{seconds:>10.2f}{cpu:>10.2f}{ratio:>16}{told['peak_mb']:>10.0f}{differs:>13}")
    if answer["range_join_share"] < 1:
        said.append(f"The range join was computed for {answer['range_join_share']:.0%} of the accounts and its time scaled.")
    sys.stderr.write("\n".join(said) + "\n")


if __name__ == "__main__":
    main()
