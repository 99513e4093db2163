"""How long it takes to make up a company, and how much memory: `python benchmarks/simulate.py ACCOUNTS WEEKS`.

The company is written to a new folder under --folder (the system's temporary one by default; 100,000 accounts over 156 weeks need
about 3 GB) and removed afterwards, unless --keep. The work runs in a process of its own, whose memory is told. Prints one JSON
object; progress goes to stderr. Single times on shared machines mean little: the CPU seconds say what the work costs.
"""

import argparse
import json
import multiprocessing
import os
import resource
import shutil
import sys
import tempfile
import time
from pathlib import Path

TOLD_EVERY_S = 20


def main() -> None:
    """Simulate in a fresh process and print what it took."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("accounts", type=int)
    parser.add_argument("weeks", type=int)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--workers", type=int, default=None, help="threads that draw; one a core by default")
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()))
    parser.add_argument("--keep", action="store_true", help="leave the company where it is")
    asked = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="company-", dir=asked.folder))
    try:
        # Started anew rather than forked, so that its memory is its own.
        with multiprocessing.get_context("spawn").Pool(1) as pool:
            told = pool.apply(_measure, (folder, asked.accounts, asked.weeks, asked.seed, asked.workers))
    finally:
        if not asked.keep:
            shutil.rmtree(folder)
    sys.stdout.write(json.dumps(told) + "\n")


def _measure(folder: Path, accounts: int, weeks: int, seed: int, workers: int | None) -> dict:
    from renewcast.simulate import simulate

    told_at = started = time.perf_counter()

    def progress(done: int, total: int, text: str) -> None:
        nonlocal told_at
        if time.perf_counter() - told_at > TOLD_EVERY_S:
            told_at = time.perf_counter()
            sys.stderr.write(f"{told_at - started:6.0f} s  {done}/{total}  {text}\n")

    made = simulate(folder, accounts=accounts, weeks=weeks, seed=seed, workers=workers, progress=progress)
    spent = resource.getrusage(resource.RUSAGE_SELF)
    return {
        "accounts": accounts,
        "weeks": weeks,
        "workers": workers or os.cpu_count(),
        "seconds": round(time.perf_counter() - started, 1),
        "cpu_seconds": round(spent.ru_utime + spent.ru_stime, 1),
        "peak_mb": round(_peak_mb()),
        "written_mb": round(sum(path.stat().st_size for path in folder.iterdir()) / 1e6),
        "rows": made["rows"],
        "churned_accounts": made["churned_accounts"],
        "returned_accounts": made["returned_accounts"],
    }


def _peak_mb() -> float:
    """Return the most memory that this process held at once, in MB."""
    try:
        with open("/proc/self/status") as status:
            return next(int(line.split()[1]) for line in status if line.startswith("VmHWM")) / 1000
    except (OSError, StopIteration):
        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return most / (1e6 if sys.platform == "darwin" else 1e3)


if __name__ == "__main__":
    main()
