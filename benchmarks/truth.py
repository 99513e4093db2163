"""Probabilities and intervals against the truth of simulated companies: calibration, coverage, ranking.

`python benchmarks/truth.py --seeds 1,2,3,4,5` makes up a company a seed, trains on what was known at one day, scores
five later snapshots, and compares with what only the simulator knows. Nothing of these seeds is in what is shipped: the
constants of `renewcast.estimators.doubt` come from the seeds 101 to 105.

The truth of a row is the probability that the account churns in the 90 days after its day: decisions that were taken before
count as they fell, later ones with the probability with which they will be drawn. It still knows the hidden state at
those later decisions, which nobody can. The target of an interval is therefore its mean over accounts of like features, the
conditional probability E[truth | features]: it is estimated by a strong regressor (LightGBM, cross entropy) that learns the truth
itself from the same features of the other companies. That regressor's rank correlation with the truth is the ceiling.
`coverage_like` asks the same without a regressor's noise in single rows: over cells of 60 rows that it holds for alike, the mean
truth must lie between the mean low and the mean high.

One JSON object a company goes to stdout, then one over all.
"""

import argparse
import datetime as dt
import json
import shutil
import sys
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd

from renewcast import Project
from renewcast.estimators.artefact import load, save
from renewcast.estimators.encoding import Encoding
from renewcast.evaluation.metrics import all_metrics
from renewcast.evaluation.training import train
from renewcast.simulate import simulate
from renewcast.simulate.truth import load_truth_terms
from renewcast.training import estimator_rows

ROOT = Path(__file__).resolve().parents[1]
FIRST, WEEKS, HORIZON = dt.date(2024, 1, 1), 130, pd.Timedelta(days=90)
TRAINED = "2025-12-22"
SCORED = ("2025-12-22", "2026-01-19", "2026-02-16", "2026-03-16", "2026-03-30")
BINS = (0.03, 0.06, 0.12, 0.25)
# Rows of one cell of like features, over which truth and interval are averaged.
LIKE = 60
REGRESSOR = {
    "objective": "cross_entropy", "num_leaves": 15, "learning_rate": 0.06, "min_data_in_leaf": 100, "feature_fraction": 0.3,
    "bagging_fraction": 0.7, "bagging_freq": 1, "lambda_l2": 5.0, "max_bin": 63, "verbosity": -1, "num_threads": 1, "seed": 0,
    "deterministic": True, "force_row_wise": True,
}  # fmt: skip
ROUNDS = 300


def main() -> None:
    """Measure and tell."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--seeds", default="1,2,3,4,5", help="at least two")
    parser.add_argument("--accounts", type=int, default=2500)
    asked = parser.parse_args()
    seeds = [int(seed) for seed in asked.seeds.split(",")]
    companies = {seed: company(seed, asked.accounts) for seed in seeds}
    told = []
    for seed, found in companies.items():
        others = [other for number, other in companies.items() if number != seed]
        told.append({"seed": seed, **judged(found, conditional(found, others))})
        sys.stdout.write(json.dumps(told[-1]) + "\n")
        sys.stdout.flush()
    numbers = [name for name, value in told[0].items() if isinstance(value, float)]
    over = {name: [min(one[name] for one in told), max(one[name] for one in told)] for name in numbers}
    sys.stdout.write(json.dumps({"companies": len(told), "least_and_most": over}) + "\n")


def company(seed: int, accounts: int) -> dict:
    """Make a company up, train as of one day, score later days, and keep what is needed to judge."""
    place = Path(tempfile.mkdtemp(prefix="truth-"))
    try:
        shutil.copy(ROOT / "params.yaml", place)
        simulate(place / "data" / "raw", accounts=accounts, weeks=WEEKS, start=FIRST, seed=seed, workers=1)
        project = Project.load(place)
        training_set = project.training_set("churn", TRAINED)
        rows = estimator_rows(training_set)
        params = project.params
        trained = train(rows, training_set.specs, params.model, params.splits, training_set.embargo_days)
        scorer = load(place / "artefact", expected_sha256=save(trained, place / "artefact"))
        population = project.view.population([project.day(day) for day in SCORED], target="churn")
        features = project.view.features(population)
        kept = np.flatnonzero(population["is_eligible"].to_numpy(dtype=bool))
        features, population = features.iloc[kept].reset_index(drop=True), population.iloc[kept].reset_index(drop=True)
        gated = population["gated"].to_numpy(dtype=bool)
        terms = load_truth_terms(place / "data" / "raw").to_pandas()
        found = truth(terms, population["account_id"], population["as_of"])
        low, high = scorer.interval(features, gated)
        learnt = ~rows.gated
        return {
            "specs": trained.specs,
            "features": features,
            "gated": gated,
            "p": scorer.predict(features, gated),
            "low": low,
            "high": high,
            **found,
            "ranked_by": scorer.ranked_by,
            "slope": trained.tuning.shape.slope,
            "open_features": features[~gated],
            "open_truth": found["truth"][~gated],
            "past_features": rows.features[learnt],
            "past_truth": truth(terms, rows.account_id[learnt], rows.as_of[learnt])["truth"],
        }
    finally:
        shutil.rmtree(place)


def truth(terms: pd.DataFrame, account_id, as_of) -> dict:
    """Return each row's true probability on its day, and the outcome."""
    rows = pd.DataFrame({"account_id": np.asarray(account_id, dtype=object), "as_of": pd.to_datetime(np.asarray(as_of))})
    rows["row"] = np.arange(len(rows))
    days = {name: pd.to_datetime(terms[name]).astype(rows["as_of"].dtype) for name in ("ends_on", "decided_on")}
    pairs = rows.merge(terms.assign(**days), on="account_id")
    pairs = pairs[(pairs["ends_on"] >= pairs["as_of"]) & (pairs["ends_on"] <= pairs["as_of"] + HORIZON)]
    taken = pairs["decided_on"] < pairs["as_of"]
    pairs["kept"] = np.where(taken, pairs["renewed"].astype(float), pairs["p_renew"])
    by_row = pairs.groupby("row")
    risk, left = np.zeros(len(rows)), np.zeros(len(rows), dtype=bool)
    risk[list(by_row.groups)] = 1 - by_row["kept"].prod().to_numpy()
    left[list(by_row.groups)] = ~by_row["renewed"].all().to_numpy()
    return {"truth": risk, "left": left}


def conditional(one: dict, others: list[dict]) -> np.ndarray:
    """Estimate E[truth | features] of a company's rows from the truth of the others; 0 behind the gate."""
    import lightgbm

    specs = one["specs"]
    names = [spec.name for spec in specs]
    known = pd.concat([other[part][names] for other in others for part in ("past_features", "open_features")])
    wanted = np.concatenate([other[part] for other in others for part in ("past_truth", "open_truth")])
    encoding = Encoding.learn(known, specs)
    categorical = [at for at, spec in enumerate(specs) if spec.is_categorical]
    data = lightgbm.Dataset(encoding.matrix(known), wanted, categorical_feature=categorical, params=REGRESSOR)
    found = lightgbm.train(REGRESSOR, data, ROUNDS).predict(encoding.matrix(one["features"]), num_threads=1)
    return np.where(one["gated"], 0.0, found)


def judged(one: dict, target: np.ndarray) -> dict:
    """Compare a company's probabilities and intervals with the truth and with what the features allow."""
    is_open, p = ~one["gated"], one["p"]
    inside = (one["low"] <= target) & (target <= one["high"])
    metrics = all_metrics(one["left"], p)
    row = np.argsort(target[is_open], kind="stable")
    cells = np.array_split(row, max(1, len(row) // LIKE))
    mean = {name: one[name][is_open] for name in ("truth", "low", "high")}
    like = [mean["low"][cell].mean() <= mean["truth"][cell].mean() <= mean["high"][cell].mean() for cell in cells]
    found = {
        "rows": len(p),
        "open_rows": int(is_open.sum()),
        "ranked_by": one["ranked_by"],
        "slope": one["slope"],
        "ece": metrics["ece"],
        "auc": metrics["auc"],
        "coverage": float(inside[is_open].mean()),
        "coverage_all": float(inside.mean()),
        "coverage_like": float(np.mean(like)),
        "mean_width": float((one["high"] - one["low"])[is_open].mean()),
    }
    for name, which in (("all", slice(None)), ("open", is_open)):
        reached, ceiling = _rank(p[which], one["truth"][which]), _rank(target[which], one["truth"][which])
        found |= {f"spearman_{name}": reached, f"ceiling_{name}": ceiling, f"share_of_ceiling_{name}": reached / ceiling}
    bins = np.digitize(p, BINS)
    found["coverage_by_probability"] = [
        round(float(inside[is_open & (bins == one_bin)].mean()), 3) if (is_open & (bins == one_bin)).sum() >= LIKE else None
        for one_bin in range(len(BINS) + 1)
    ]
    return {name: round(value, 4) if isinstance(value, float) else value for name, value in found.items()}


def _rank(one: np.ndarray, other: np.ndarray) -> float:
    return float(pd.Series(one).corr(pd.Series(other), method="spearman"))


if __name__ == "__main__":
    main()
