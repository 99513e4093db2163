"""Dated sets: the project's own tables, snapshots, labels, features and training, on the dates of the protocol."""

import dataclasses
import datetime as dt
import tempfile
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[1]


@dataclasses.dataclass(frozen=True)
class Dated:
    """The protocol of one set.

    Attributes
    ----------
    example : str
        The project under examples/ whose sources are read.
    folder : str
        Where its data lie.
    target : {"churn", "inactivity"}
    horizon_days : int
    first, test_from, last : datetime.date
        First snapshot, first snapshot of the test, last snapshot.
    known_before : datetime.date or None
        Nothing known on or after it tells an outcome; None where the data end does.
    """

    example: str
    folder: str
    target: str
    horizon_days: int
    first: dt.date
    test_from: dt.date
    last: dt.date
    known_before: dt.date | None = None


DATED = {
    "online_retail_II": Dated(
        "online_retail", "online_retail_II", "inactivity", 90, dt.date(2010, 6, 1), dt.date(2011, 6, 1), dt.date(2011, 9, 1)
    ),
    "fightchurn_crm6": Dated(
        "fightchurn_crm6", "fightchurn_crm6", "churn", 60, dt.date(2022, 3, 1), dt.date(2023, 2, 1), dt.date(2023, 9, 1),
        known_before=dt.date(2023, 12, 1),
    ),
    "miaadnbz_saas": Dated(
        "miaadnbz_saas", "miaadnbz_saas", "churn", 60, dt.date(2024, 6, 1), dt.date(2025, 9, 1), dt.date(2026, 1, 1)
    ),
    "ravenstack": Dated("ravenstack", "ravenstack", "churn", 60, dt.date(2023, 7, 1), dt.date(2024, 7, 1), dt.date(2024, 10, 1)),
}  # fmt: skip
# A month of the protocol; the calendar of a project is weekly.
WEEKS_A_MONTH = 4


def judge_dated(name: str, data: Path) -> dict[str, float]:
    """Train as the project does and return the figures of the test."""
    from renewcast.evaluation.training import train
    from renewcast.training import estimator_rows

    one = DATED[name]
    training_set, params = training_set_of(one)
    trained = train(
        estimator_rows(training_set), training_set.specs, params.model, params.splits, embargo_days=one.horizon_days
    )
    found = trained.evaluation
    return {
        "auc": found["metrics"]["auc"],
        "log_loss": found["metrics"]["log_loss"],
        "logistic_auc": found["baselines"]["logistic"]["auc"],
        "logistic_log_loss": found["baselines"]["logistic"]["log_loss"],
        "constant_log_loss": found["baselines"]["base_rate"]["log_loss"],
    }


def training_set_of(one: Dated):
    """Return the labelled snapshots of a set and the parameters they were built with."""
    from renewcast.datasets import build_training_set
    from renewcast.project_data import ProjectData

    with tempfile.TemporaryDirectory() as folder:
        directory = Path(folder)
        (directory / "params.yaml").write_text(yaml.safe_dump(adapted(one), allow_unicode=True), encoding="utf-8")
        project = ProjectData.load(directory)
        as_of = one.known_before or project.view.data_end.date() + dt.timedelta(days=1)
        return build_training_set(project.view, one.target, as_of), project.params


def adapted(one: Dated) -> dict:
    """Return the example's sources under the protocol's dates, with the settings of the project that `init` copies."""
    params = yaml.safe_load((ROOT / "examples" / one.example / "params.yaml").read_text(encoding="utf-8"))
    defaults = yaml.safe_load((ROOT / "params.yaml").read_text(encoding="utf-8"))
    for section in ("features", "model"):
        params[section] = defaults[section]
    label = params["labels"][one.target] | {"lead_days": 0, "horizon_days": one.horizon_days}
    params["labels"] = {one.target: label}
    params["snapshots"] = {"first": one.first, "last": one.last, "every_days": 7, "train_every_weeks": WEEKS_A_MONTH}
    weeks = (one.last - one.first).days // 7
    test_days = (one.first + dt.timedelta(weeks=weeks) - one.test_from).days
    params["splits"] = defaults["splits"] | {"test_weeks": test_days // 7 + 1}
    return params
