"""Whether reasons hold still: the first three drivers of every account over many trainings of the same company.

Run it on a project that has a champion: `python benchmarks/reasons.py --project DIR --refits 20`. The champion is fitted again
with other seeds (the same accounts, other bags and splits), and with other seeds on 80 % of the accounts each; rounds, penalty,
shares and calibration are the champion's. Every pair of trainings is compared on the newest snapshot. Told beside it: how well
the bagged fits foretell the noise between trainings, how drivers go together, and what merging two that do would bring.

The last line of stdout is one JSON object; --keep NAME keeps it as benchmarks/results/NAME.json.
"""

import argparse
import dataclasses
import itertools
import json
import sys
from pathlib import Path

import numpy as np

from renewcast import Project
from renewcast.estimators.blend import Blend
from renewcast.estimators.boosted import Trees, hashed_share
from renewcast.explanation.agreement import agreement, first_drivers
from renewcast.explanation.attribution import attribute
from renewcast.explanation.ties import driver_totals
from renewcast.training import estimator_rows

BAG = 0.8


def main() -> None:
    """Refit, compare, tell."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--project", default=".")
    parser.add_argument("--refits", type=int, default=20)
    parser.add_argument("--keep", default="")
    asked = parser.parse_args()
    project = Project.load(asked.project)
    training_set = project.training_set()
    rows, specs = estimator_rows(training_set).in_order(), training_set.specs
    _, scores = project.score_snapshot()
    gated = scores.frame["gated"].to_numpy(dtype=bool)[scores.scored]
    features = scores.features[scores.scored][~gated]
    blend = project.champion().scorer.estimators["blend"]
    fit_again = refitter(blend, Trees.chosen(project.params.model), specs)
    champion = attribute(blend, features, np.zeros(len(features), dtype=bool))
    names, groups = np.unique(rows.group, return_inverse=True)
    answer = {"accounts": len(features), "refits": asked.refits, "fits": project.params.model.fits, "ranked_by": "blend"}
    for kind in ("seeds", "bags"):
        trained = []
        for refit in range(1, asked.refits + 1):
            kept = hashed_share(names, f"reasons:{refit}") < BAG if kind == "bags" else np.ones(len(names), dtype=bool)
            model = fit_again(rows.take(kept[groups]), seed=1000 * refit)
            trained.append(attribute(model, features, np.zeros(len(features), dtype=bool)))
            sys.stderr.write(f"{kind} {refit}\n")
        answer[kind] = compared(champion, trained, specs)
    answer["drivers_together"] = together(champion, specs)
    if asked.keep:
        (Path(__file__).parent / "results" / f"{asked.keep}.json").write_text(json.dumps(answer, indent=1) + "\n")
    sys.stdout.write(json.dumps(answer) + "\n")


def refitter(blend: Blend, trees: Trees, specs):
    """Return a function that fits the champion's recipe again."""
    members = [blend.weights[name] for name in ("boosted", "logistic", "logistic_signed_log")]
    shares = tuple(weight / sum(members) for weight in members)
    rounds, strength = blend.members["boosted"].rounds, blend.members["logistic"].strength
    return lambda rows, seed: Blend(specs, dataclasses.replace(trees, seed=seed), rounds, blend.shape, strength, shares).fit(rows)


def compared(champion, trained: list, specs) -> dict:
    """Compare every pair of trainings, and every training with the champion."""
    told, champions = [first_drivers(one, specs) for one in trained], first_drivers(champion, specs)
    pairs = list(itertools.combinations(told, 2))
    merged = [first_drivers(one, [_merged(spec) for spec in specs]) for one in trained]
    driver_of = {spec.name: spec.driver for spec in specs}
    totals = np.array([driver_totals(one.points, driver_of)[1] for one in trained])
    seen = totals.std(axis=0, ddof=1).mean(axis=0)
    foretold = (champion.fits.std(axis=0, ddof=1) / np.sqrt(len(champion.fits))).mean(axis=1)

    def mean(found):
        return round(float(np.mean(found)), 4)

    return {
        "jaccard": mean([agreement(*pair, count_ties=False) for pair in pairs]),
        "jaccard_with_ties": mean([agreement(*pair) for pair in pairs]),
        "with_champion": mean([agreement(champions, one, count_ties=False) for one in told]),
        "with_champion_and_ties": mean([agreement(champions, one) for one in told]),
        "tied_across_the_border": mean([bool(tied) for _, tied in champions]),
        "jaccard_usage_and_people_as_one": mean(
            [agreement(*pair, count_ties=False) for pair in itertools.combinations(merged, 2)]
        ),
        "noise_seen_over_foretold": {
            driver: round(float(one / other), 2)
            for driver, one, other in zip(champion.drivers, seen, foretold, strict=True)
            if other > 0
        },
    }


def _merged(spec):
    return dataclasses.replace(spec, driver="usage") if spec.driver == "people" else spec


def together(champion, specs) -> dict:
    """Return the correlation of the points of each two drivers over accounts, where it is 0.2 or more either way."""
    drivers, totals = driver_totals(champion.points, {spec.name: spec.driver for spec in specs})
    found = np.corrcoef(totals.T)
    pairs = itertools.combinations(range(len(drivers)), 2)
    return {f"{drivers[a]}, {drivers[b]}": round(float(found[a, b]), 2) for a, b in pairs if abs(found[a, b]) >= 0.2}


if __name__ == "__main__":
    main()
