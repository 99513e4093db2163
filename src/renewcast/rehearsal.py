"""The test predictions of a champion: what its published figures were computed from, kept, or made again in the same way."""

from renewcast.errors import RenewcastError

# A library that rounds differently on another machine moves the log loss by less.
SAME_LOG_LOSS = 1e-6


def predictions_on_test(project, target: str):
    """Return the predictions that the champion's evaluation rests on, made by the fit that had not seen the test.

    They are read from ``data/work/test_predictions/`` where the champion's are kept; otherwise the
    training is repeated without logging or promoting anything, which takes as long as a training, and its predictions are kept.

    Parameters
    ----------
    project : renewcast.Project
    target : {"churn", "renewal", "inactivity"}

    Returns
    -------
    pandas.DataFrame
        account_id, group, as_of, label, gated, unit (the term, for renewal) and a probability an estimator: blend, base_rate,
        health_score, logistic.

    Raises
    ------
    RenewcastError
        "the champion for ... cannot be made again": tables or parameters have changed since it was trained.
    """
    import pandas as pd

    from renewcast.evaluation.training import train
    from renewcast.gate import predictions_name
    from renewcast.training import estimator_rows

    record = project.champion(target).record
    name = predictions_name(target, record["sha256"])
    path = project.directory / "data" / "work" / f"{name}.parquet"
    if path.exists():
        kept = pd.read_parquet(path)
        if _are_of(kept, record):
            return kept
    training_set = project.training_set(target, record["trained_as_of"])
    params = project.params
    rows = estimator_rows(training_set).in_order()
    trained = train(rows, training_set.specs, params.model, params.splits, training_set.embargo_days)
    if not _are_of(trained.test_predictions, record):
        raise RenewcastError(
            f"the champion for {target} cannot be made again from the tables and params.yaml as they are now; "
            f"run `renewcast run train --target {target}` to have a champion that fits them."
        )
    predictions = trained.test_predictions.assign(unit=rows.take(trained.splits.test).unit)
    project.keep(predictions, name)
    return predictions


def _are_of(predictions, record: dict) -> bool:
    """Tell whether predictions are those that a champion's record speaks of."""
    from renewcast.evaluation.metrics import log_loss

    spoken = {"blend": record["metrics"], **record["baselines"]}
    label = predictions["label"].to_numpy()
    return all(
        name in predictions and abs(log_loss(label, predictions[name].to_numpy()) - found["log_loss"]) < SAME_LOG_LOSS
        for name, found in spoken.items()
    )
