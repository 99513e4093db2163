"""One past training: what would have been trained and scored at a date, kept so that an interrupted backtest goes on."""

import dataclasses
import datetime as dt
import functools
import hashlib
import io
import json
from pathlib import Path

from renewcast.backtest.look_ahead import churn_within
from renewcast.datasets.past_snapshots import scoring_rows
from renewcast.datasets.training_set import build_training_set
from renewcast.errors import RenewcastError
from renewcast.filesystem import replace_file
from renewcast.training import estimator_rows

CHOOSING = ("backtest.py", "intervals.py", "metrics.py", "skill.py", "training.py")
"""What of the evaluation decides which estimator ranks the list; the estimators are digested whole."""


@dataclasses.dataclass(frozen=True)
class PastTraining:
    """A training as of a past date.

    Attributes
    ----------
    as_of : datetime.date
    facts : dict
        refused (None, or why no model could have been trained), ranked_by, has_skill, test_weeks, rows, accounts, base_rate,
        first_as_of, last_as_of, rounds; plain JSON values.
    predictions : pandas.DataFrame or None
        account_id, as_of, contract_id, gated, mrr and a probability an estimator, of every row of the days scored; for churn also
        the columns of :func:`renewcast.backtest.look_ahead.churn_within`.
    """

    as_of: dt.date
    facts: dict
    predictions: object


def past_training(panel, target: str, as_of: dt.date, days, folder: Path, say=None) -> PastTraining:
    """Train as of a past date and score some days; or read what was kept, where nothing that went in has changed.

    Parameters
    ----------
    panel : renewcast.datasets.panel.Panel
        Of the days of the training set and of those to score.
    target : str
    as_of : datetime.date
    days : iterable of datetime.date
        What to score.
    folder : pathlib.Path
        Holds ``<as_of>.json`` (written last: it vouches for the other) and ``<as_of>.parquet``.
    say : callable, optional
        Told in a few words what is being done.

    Returns
    -------
    PastTraining
    """
    try:
        training_set = build_training_set(panel, target, as_of)
    except RenewcastError as why:
        return PastTraining(as_of, {"refused": str(why)}, None)
    rows, features = scoring_rows(panel, target, list(days))
    key = _digest(panel.params, training_set, rows, features)
    kept = _read(folder, as_of, key)
    if kept is not None:
        return kept
    facts, predictions = _train(panel, training_set, rows, features, say)
    if predictions is not None:
        content = io.BytesIO()
        predictions.to_parquet(content, index=False)
        replace_file(folder / f"{as_of}.parquet", content.getvalue())
    replace_file(folder / f"{as_of}.json", json.dumps({"key": key, "facts": facts}, indent=1).encode())
    return PastTraining(as_of, facts, predictions)


def _train(panel, training_set, rows, features, say):
    import pandas as pd

    from renewcast.evaluation.backtest import probabilities, train_again

    params = panel.params
    labelled = estimator_rows(training_set)
    try:
        trained, test_weeks = train_again(
            labelled, training_set.specs, params.model, params.splits, training_set.embargo_days, progress=say
        )
    except RenewcastError as why:
        return {"refused": str(why)}, None
    facts = {
        "refused": None,
        "ranked_by": trained.ranked_by,
        "has_skill": trained.has_skill,
        "test_weeks": test_weeks,
        "rows": len(labelled),
        "accounts": int(training_set.counts["accounts"]),
        "base_rate": float(labelled.label.mean()),
        "first_as_of": str(labelled.as_of.min())[:10],
        "last_as_of": str(labelled.as_of.max())[:10],
        "rounds": trained.tuning.rounds,
    }
    said = probabilities(trained, features, rows["gated"].to_numpy(dtype=bool))
    ahead = churn_within(panel, trained, labelled, training_set, rows, features, said["listed"])
    return facts, pd.concat([rows, said, *ahead], axis=1)


def _read(folder: Path, as_of: dt.date, key: str) -> PastTraining | None:
    import pandas as pd

    record, table = folder / f"{as_of}.json", folder / f"{as_of}.parquet"
    if not record.exists():
        return None
    content = json.loads(record.read_text(encoding="utf-8"))
    if content["key"] != key:
        return None
    if content["facts"]["refused"] is not None:
        return PastTraining(as_of, content["facts"], None)
    return PastTraining(as_of, content["facts"], pd.read_parquet(table)) if table.exists() else None


def _digest(params, training_set, rows, features) -> str:
    """Digest all that goes into a past training: labelled rows, rows to score, the model's parameters, the code that fits."""
    from pandas.util import hash_pandas_object

    chosen = {"model": params.model.model_dump(mode="json"), "splits": params.splits.model_dump(mode="json")}
    digest = hashlib.sha256(json.dumps(chosen, sort_keys=True).encode())
    digest.update(f"{training_set.target} {training_set.embargo_days} {_code_digest()}".encode())
    for frame in (training_set.frame, rows, features):
        digest.update(" ".join(map(str, frame.columns)).encode())
        digest.update(hash_pandas_object(frame, index=False).to_numpy().tobytes())
    return digest.hexdigest()


@functools.cache
def _code_digest() -> str:
    """Digest the source files that fit and choose: other code may say something else of the same rows."""
    import renewcast.estimators
    import renewcast.evaluation

    estimators, evaluation = (Path(room.__file__).parent for room in (renewcast.estimators, renewcast.evaluation))
    files = [*sorted(estimators.glob("*.py")), *(evaluation / name for name in CHOOSING)]
    return hashlib.sha256(b"".join(hashlib.sha256(file.read_bytes()).digest() for file in files)).hexdigest()
