"""Studies in MLflow: a parent run with what holds in all, and a run nested in it for each part."""

import math
from pathlib import Path

from renewcast.tracking.runs import study


def log_backtest(directory: Path, params, found) -> str:
    """Log a backtest: a parent run with what holds over all dates and the folder's files, a child run a training.

    Parameters
    ----------
    directory : pathlib.Path
        The project.
    params : Params
    found : backtest.run.Backtest

    Returns
    -------
    str
        Run id of the parent.
    """
    about = {"target": found.target, "as_of": found.as_of.isoformat(), "kind": "backtest"}
    settings = {f"backtest.{key}": str(value) for key, value in params.backtest.model_dump().items()}
    files = [path for path in sorted(found.folder.rglob("*")) if path.suffix in (".md", ".json", ".png")]
    files = [path for path in files if path.parent.name != "trainings"]
    by_date = {date: _by_estimator(part) for date, part in found.metrics.groupby("date")}
    recall = {f"recall.{row.ranking}.{row.lead_days}_days": row.recall for row in found.recall.itertuples()}
    aged = {f"stale.{row.metric}.{row.age_weeks}_weeks": row.difference for row in found.staleness.itertuples()}
    with study(directory, params, f"backtest {found.target} {found.as_of}", about) as log:
        log.note(settings, _finite(by_date["all dates"] | recall | aged), files)
        for training in found.trainings.to_dict("records"):
            day = str(training["as_of"])
            log(day, {key: str(value) for key, value in training.items()}, _finite(by_date.get(day, {})), about)
        return log.parent


def _by_estimator(metrics) -> dict:
    return {f"{row.estimator}.{row.metric}": row.estimate for row in metrics.itertuples()}


def _finite(metrics: dict) -> dict:
    return {name: float(value) for name, value in metrics.items() if math.isfinite(value)}
