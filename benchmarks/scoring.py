"""How long 100,000 accounts take from their features to probability, interval and reasons, loading the model included.

Run it on a project that has a champion: `python benchmarks/scoring.py --project DIR --rows 100000`. The rows are the accounts
of as many snapshots, counted back from the newest, as it takes; rows of other weeks are other rows. Building their features is
measured too.

The last line of stdout is one JSON object.
"""

import argparse
import json
import os
import resource
import sys
import time
from types import SimpleNamespace

import numpy as np

from renewcast import Project


class Clock:
    """Wall and CPU seconds of named stretches, children included."""

    def __init__(self):
        self.found, self._wall, self._cpu = {}, time.perf_counter(), sum(os.times()[:4])

    def stop(self, name: str) -> None:
        """Name the stretch since the last one ended."""
        wall, cpu = time.perf_counter(), sum(os.times()[:4])
        self.found |= {f"{name}_s": round(wall - self._wall, 2), f"{name}_cpu_s": round(cpu - self._cpu, 2)}
        self._wall, self._cpu = wall, cpu


def main() -> None:
    """Measure and tell."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--project", default=".")
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--no-gate", action="store_true", help="explain every account, those whose term outlasts the horizon too")
    asked = parser.parse_args()
    project = Project.load(asked.project)
    days = project.snapshot_days()
    # How many weeks there have to be is known from the newest one.
    weeks = min(len(days), -(-asked.rows * 5 // (4 * len(project.snapshots(days[-1])))))
    clock = Clock()
    frame = project.view.population(days[-weeks:])
    features = project.view.features(frame)
    clock.stop("features")
    kept = np.flatnonzero(frame["is_eligible"].to_numpy(dtype=bool))[-asked.rows :]
    features = features.iloc[kept].reset_index(drop=True)
    gated = frame["gated"].to_numpy(dtype=bool)[kept] & (not asked.no_gate)
    clock.stop("between")

    from renewcast.explanation.attribution import attribute, check_sums
    from renewcast.explanation.typical import typical_row
    from renewcast.scoring.reasons import reasons

    champion = project.champion()
    clock.stop("load")
    attribution = attribute(champion.scorer, features, gated, typical_row(features))
    clock.stop("probability_and_points")
    predicted, low, high = champion.scorer.judge(features, gated)
    check_sums(attribution, predicted)
    clock.stop("interval")
    scores = SimpleNamespace(attribution=attribution, features=features, scored=np.ones(len(kept), dtype=bool))
    found = reasons(scores, project.view.catalogue.specs, 3, project.params.project.language, project.params.project.currency)
    clock.stop("reasons")
    names = ("load", "probability_and_points", "interval", "reasons")
    answer = {
        "rows": len(kept),
        "open_rows": int((~gated).sum()),
        "features": features.shape[1],
        "ranked_by": champion.scorer.ranked_by,
        **{name: value for name, value in clock.found.items() if not name.startswith("between")},
        "scoring_s": round(sum(clock.found[f"{name}_s"] for name in names), 2),
        "scoring_cpu_s": round(sum(clock.found[f"{name}_cpu_s"] for name in names), 2),
        "inside": bool((low <= attribution.probability + 1e-9).all() and (attribution.probability <= high + 1e-9).all()),
        "mean_reasons": round(float(np.mean([len(one) for one in found])), 2),
        "no_single_figure": round(float(np.mean([one.feature is None for row in found for one in row])), 4),
        "peak_memory_gb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20, 2),
    }
    sys.stdout.write(json.dumps(answer) + "\n")


if __name__ == "__main__":
    main()
