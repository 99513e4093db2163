"""The forecast of quarterly net dollar retention on simulated companies, at rolling origins: coverage, and error against rivals.

``python benchmarks/forecast.py --seeds 1,2,3,4 --accounts 600`` makes up a company a seed. At every origin a churn model
is trained on what was known there, and the forecast is made from it and from the contracts. A quarter later (grace included) the
revenue of the same customers is counted. One JSON object a forecast goes to stdout, then one over all.
"""

import argparse
import datetime as dt
import json
import shutil
import sys
import tempfile
from pathlib import Path

import numpy as np

from renewcast import Project
from renewcast.datasets.past_snapshots import scoring_rows
from renewcast.evaluation.backtest import probabilities, train_again
from renewcast.forecast.forecast import forecast
from renewcast.forecast.past_quarters import known_before, past_quarters
from renewcast.forecast.rates import rates
from renewcast.forecast.rivals import last_year_rate, sbg_rate
from renewcast.forecast.standing import cover_ahead, laid_out, revenue_on
from renewcast.revenue.versions import contract_versions, heads
from renewcast.simulate import simulate
from renewcast.training import estimator_rows

ROOT = Path(__file__).resolve().parents[1]
FIRST, WEEKS, DAYS, GRACE = dt.date(2023, 1, 2), 182, 90, 30
ORIGINS = ("2025-01-06", "2025-04-07", "2025-07-07", "2025-10-06", "2026-01-05")


def main() -> None:
    """Measure and tell."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--seeds", default="1,2,3,4")
    parser.add_argument("--accounts", type=int, default=600)
    parser.add_argument("--origins", default=",".join(ORIGINS))
    parser.add_argument("--save", type=Path)
    asked = parser.parse_args()
    told = []
    for seed in map(int, asked.seeds.split(",")):
        for one in judged(seed, asked.accounts, asked.origins.split(","), asked.save):
            told.append({"seed": seed, **one})
            sys.stdout.write(json.dumps(told[-1]) + "\n")
            sys.stdout.flush()
    sys.stdout.write(json.dumps(over_all(told)) + "\n")


def judged(seed: int, accounts: int, origins: list[str], save: Path | None):
    """Make a company up and yield what each forecast said and what came."""
    place = Path(tempfile.mkdtemp(prefix="forecast-"))
    try:
        text = (ROOT / "params.yaml").read_text(encoding="utf-8")
        text = (
            text.replace("first: 2024-04-01", "first: 2023-04-03")
            .replace("fits: 8", "fits: 2")
            .replace("max_rounds: 300", "max_rounds: 120")
        )
        (place / "params.yaml").write_text(text, encoding="utf-8")
        simulate(place / "data" / "raw", accounts=accounts, weeks=WEEKS, start=FIRST, seed=seed, workers=1)
        project = Project.load(place)
        for origin in origins:
            yield one_forecast(project, dt.date.fromisoformat(origin), save and save / f"{seed}-{origin}")
    finally:
        shutil.rmtree(place)


def one_forecast(project, origin: dt.date, save: Path | None) -> dict:
    """Forecast a quarter as of its beginning, and count what came."""
    view, section = project.view, project.params.revenue
    training_set = project.training_set("churn", origin)
    trained, _ = train_again(
        estimator_rows(training_set), training_set.specs, project.params.model, project.params.splits, training_set.embargo_days
    )
    rows, features = scoring_rows(view, "churn", [origin])
    said = rows[["account_id"]].assign(churn_probability=probabilities(trained, features, rows["gated"].to_numpy(bool))["listed"])
    later = origin + dt.timedelta(days=DAYS + GRACE + 1)
    everything = contract_versions(view, later)
    versions = known_before(everything, origin)
    of_group = heads(view, versions["account_id"], origin)
    pieces = laid_out(versions, section, zone="UTC")
    terms = cover_ahead(pieces, origin, DAYS, GRACE)
    past = past_quarters(versions, origin, DAYS, section, zone="UTC")
    if save is not None:
        save.mkdir(parents=True, exist_ok=True)
        for name, frame in {"said": said, "everything": everything}.items():
            frame.to_parquet(save / f"{name}.parquet")
    found = forecast(terms, rates(past), as_of=origin, days=DAYS, probabilities=said, groups=of_group, seed=0)
    came = revenue_on(laid_out(everything, section, zone="UTC"), origin + dt.timedelta(days=DAYS - 1))
    opening = found.level("account").set_index("account_id")["opening_cents"]
    closing = came.reindex(opening.index).fillna(0)
    told = found.retention().set_index("measure")
    return {
        "origin": origin.isoformat(),
        "accounts": len(opening),
        "net": float(closing.sum() / opening.sum()),
        "gross": float(np.minimum(closing, opening).sum() / opening.sum()),
        **{f"net_{name}": float(told.loc["net_dollar_retention", name]) for name in ("value", "low", "high")},
        **{f"gross_{name}": float(told.loc["gross_dollar_retention", name]) for name in ("value", "low", "high")},
        "last_year": last_year_rate(past),
        "sbg": sbg_rate(pieces, past, terms, origin, DAYS, GRACE),
        "ranked_by": trained.ranked_by,
    }


def over_all(told: list[dict]) -> dict:
    """Return coverage, and the errors of the forecast and of its rivals."""
    column = {name: np.array([one[name] for one in told]) for name in told[0] if isinstance(told[0][name], float)}
    found = {"forecasts": len(told)}
    for measure in ("net", "gross"):
        inside = (column[f"{measure}_low"] <= column[measure]) & (column[measure] <= column[f"{measure}_high"])
        found[f"{measure}_coverage"] = float(inside.mean())
        found[f"{measure}_mean_width"] = float((column[f"{measure}_high"] - column[f"{measure}_low"]).mean())
    for name in ("net_value", "last_year", "sbg"):
        off = column[name] - column["net"]
        found[name] = {
            "mean_absolute_error": float(np.abs(off).mean()),
            "root_mean_square": float(np.sqrt((off**2).mean())),
            "bias": float(off.mean()),
        }
    for name in ("last_year", "sbg"):
        better = np.abs(column["net_value"] - column["net"]) < np.abs(column[name] - column["net"])
        found[f"nearer_than_{name}"] = float(better.mean())
    return found


if __name__ == "__main__":
    main()
