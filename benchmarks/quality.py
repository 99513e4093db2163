"""How well the default recipe predicts on public data: `make quality`.

Every set is taken under one protocol (columns, population, horizon, dates, an embargo of one horizon; five folds where a table
has no dates) and with the same settings: those of the project's own params.yaml. Nothing is chosen for a set. The last line of
the output is one JSON object; a set whose data are absent is named on stderr and left out.
"""

import argparse
import json
import os
import platform
import resource
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "src"))
sys.path.insert(0, str(ROOT / "benchmarks"))

from quality_dated import DATED, judge_dated  # noqa: E402
from quality_static import STATIC, judge_static  # noqa: E402
from quality_survival import judge_survival  # noqa: E402

from renewcast.filesystem import replace_file  # noqa: E402

FOLDERS = {**{name: one.folder for name, one in DATED.items()}, **{name: one.folder for name, one in STATIC.items()}}


def main() -> None:
    """Judge the sets that are there and print one line of JSON."""
    parser = argparse.ArgumentParser(description="Judge the default recipe on public data.")
    parser.add_argument("sets", nargs="*", help=f"of {', '.join(FOLDERS)}; all by default")
    parser.add_argument("--keep", default="", help="keep the result under benchmarks/results with this name")
    chosen = parser.parse_args()
    data = Path(os.environ.get("RENEWCAST_DATA", ROOT.parent / "shared" / "data")).resolve()
    os.environ["RENEWCAST_DATA"] = str(data)
    results = {}
    for name in chosen.sets or FOLDERS:
        if not (data / FOLDERS[name]).is_dir():
            sys.stderr.write(f"{name}: SKIPPED, {FOLDERS[name]} is not under RENEWCAST_DATA\n")
            continue
        started = _cpu_seconds()
        found = (judge_dated if name in DATED else judge_static)(name, data)
        if name == "pysurvival_saas":
            survival = judge_survival(data)
            if not survival:
                sys.stderr.write(f"{name}: c_index left out, renewcast.estimators has no HazardModel yet\n")
            found |= survival
        seconds = round(_cpu_seconds() - started, 1)
        results[name] = {key: round(value, 4) for key, value in found.items()} | {"seconds": seconds}
        sys.stderr.write(f"{name}: {json.dumps(results[name])}\n")
    if chosen.keep:
        content = {"machine": _machine(), "seconds": "CPU seconds of one process, user and system", "sets": results}
        replace_file(ROOT / "benchmarks" / "results" / f"{chosen.keep}.json", (json.dumps(content, indent=1) + "\n").encode())
    sys.stdout.write(json.dumps(results) + "\n")


def _cpu_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _machine() -> str:
    model = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        names = [line.split(":", 1)[1].strip() for line in cpuinfo.read_text().splitlines() if line.startswith("model name")]
        model = names[0] if names else model
    return f"{model}, {os.cpu_count()} cores, Python {platform.python_version()}, {time.strftime('%Y-%m')}"


if __name__ == "__main__":
    main()
