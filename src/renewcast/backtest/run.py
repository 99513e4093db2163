"""The backtest as a job: train at past dates, wait for what came, judge, write everything down."""

import dataclasses
import datetime as dt
from pathlib import Path

from renewcast.backtest.kinds import account_kinds
from renewcast.backtest.past_training import past_training
from renewcast.datasets.panel import Panel
from renewcast.datasets.past_snapshots import with_outcomes
from renewcast.datasets.training_set import finished_snapshots, label_of, training_days
from renewcast.errors import RenewcastError

RANKINGS = {
    "list": ["listed", "arr"],
    "expected_saving": ["expected_saving", "arr"],
    "expected_loss": ["expected_loss", "arr"],
    "largest_arr": ["arr"],
    "health_score": ["health_score", "arr"],
    "random": [],
}
"""What the lists are ranked by to ask what was found in time: by probability, by what a play may still save (what fills the
owners' places), by probability times ARR, by three plain means."""


@dataclasses.dataclass(frozen=True, eq=False)
class Backtest:
    """What a backtest found; every table is a pandas.DataFrame.

    Attributes
    ----------
    target : str
    as_of : datetime.date
        Outcomes are those known before it.
    folder : pathlib.Path
        Where everything is written.
    trainings : DataFrame
        One row a training: as_of, role (date, or staleness only) and the facts of ``past_training.PastTraining``.
    metrics : DataFrame
        See :func:`renewcast.evaluation.over_dates.metrics_over_dates`.
    slices : DataFrame
        Of the probability that the list carried; see :func:`renewcast.evaluation.slices.slice_table`.
    recall : DataFrame
        See :func:`renewcast.evaluation.actionable_recall.actionable_recall`; no rows where nothing tells ARR and deadlines.
    staleness : DataFrame
        See :func:`renewcast.evaluation.staleness.staleness_curve`.
    predictions : DataFrame
        The judged rows: keys, label, group, probabilities and the kinds of account.
    losses : DataFrame
        The lost terms, with how far each ranking found them in time.
    """

    target: str
    as_of: dt.date
    folder: Path
    trainings: object
    metrics: object
    slices: object
    recall: object
    staleness: object
    predictions: object
    losses: object

    TABLES = ("trainings", "metrics", "slices", "recall", "staleness", "predictions", "losses")

    @property
    def dates(self) -> list[str]:
        """The dates that were judged, as text."""
        return sorted(self.predictions["as_of"].dt.strftime("%Y-%m-%d").unique())

    def answer(self) -> dict:
        """Return the headline figures as plain JSON values."""
        from renewcast.evaluation.over_dates import ALL_DATES

        pooled = self.metrics[self.metrics["date"] == ALL_DATES]
        refused = self.trainings[self.trainings["refused"].notna()]
        extra = self.trainings[self.trainings["refused"].isna() & (self.trainings["role"] == "staleness only")]
        aged = self.staleness[self.staleness["metric"].isin(("auc", "log_loss"))]
        return {
            "target": self.target,
            "as_of": self.as_of.isoformat(),
            "folder": str(self.folder),
            "dates": self.dates,
            "staleness_only": [str(day) for day in extra["as_of"]],
            "refused": {str(row.as_of): row.refused for row in refused.itertuples()},
            "rows": len(self.predictions),
            "positives": int(self.predictions["label"].sum()),
            "metrics": {
                estimator: {row.metric: _interval(row.estimate, row.low, row.high) for row in part.itertuples()}
                for estimator, part in pooled.groupby("estimator", sort=False)
            },
            "actionable_recall": {
                f"{lead}_days": {row.ranking: _interval(row.recall, row.low, row.high) for row in part.itertuples()}
                for lead, part in self.recall.groupby("lead_days")
            },
            "staleness": {
                f"{age}_weeks": {row.metric: _interval(row.difference, row.low, row.high) for row in part.itertuples()}
                for age, part in aged.groupby("age_weeks")
            },
            "slices_off": [
                f"{row.column} {row.slice}: {row.verdict}"
                for row in self.slices.itertuples()
                if row.verdict in ("too high", "too low")
            ],
        }


def _interval(*bounds) -> dict:
    """Name an estimate and its bounds; what is undefined becomes None, since JSON has no word for it."""
    return {
        name: float(value) if value == value else None for name, value in zip(("estimate", "low", "high"), bounds, strict=True)
    }


def run_backtest(project, target: str, as_of: dt.date) -> Backtest:
    """Train at past dates as it would have been done then, score, judge by what came, and write it down.

    Parameters
    ----------
    project : renewcast.Project
    target : str
    as_of : datetime.date
        Outcomes known before it judge; the newest judged snapshot is the last whose outcome was finished then.

    Returns
    -------
    Backtest
        Written to data/work/backtest/<as_of>-<target>/ as Parquet, summary.json and report.md with its figures.

    Raises
    ------
    RenewcastError
        What the trainings said, where none of the dates had enough to train on; what the training set says of an unknown target.

    Notes
    -----
    Each training sees the labels that were finished and known before its date. Its features are cut at each snapshot, so a panel
    that is computed once holds the same rows as one computed then. What a training scored is kept beside the report, and used
    again as long as nothing that went into it has changed.
    """
    from renewcast.backtest.report import write
    from renewcast.evaluation.backtest import ESTIMATORS, Plan
    from renewcast.evaluation.over_dates import metrics_over_dates
    from renewcast.evaluation.slices import slice_table

    view, params, seed = project.view, project.params, project.params.model.seed
    say = project.progress or (lambda done, total, text: None)
    plan = Plan.back_from(view.calendar.days(as_of), finished_snapshots(view, target, as_of)[-1], params.backtest)
    panel = Panel(view, target, {*plan.days, *_days_that_train(view, target, plan)}, progress=project.progress)
    folder = project.directory / "data" / "work" / "backtest" / f"{as_of}-{target}"
    trainings = []
    for done, day in enumerate(plan.trainings):

        def tell(text, done=done, day=day):
            say(0, 0, f"{day} ({done + 1} of {len(plan.trainings)}): {text}")

        tell("reading" if (folder / "trainings" / f"{day}.json").exists() else "training")
        trainings.append(past_training(panel, target, day, plan.scored(day), folder / "trainings", tell))
    trained = {one.as_of: one.predictions for one in trainings if one.predictions is not None}
    judged = [_on(trained[day], [day]) for day in plan.dates if day in trained]
    if not judged:
        raise RenewcastError(f"no past date could be trained on: {trainings[-1].facts['refused']}")
    import pandas as pd

    say(0, 0, "judging")
    judged = with_outcomes(panel, target, pd.concat(judged, ignore_index=True), as_of)
    kinds = account_kinds(panel, judged, project.segments())
    judged = pd.concat([judged, kinds], axis=1)
    recall, losses = _recall(view, params, target, as_of, plan, trained, seed, project.plays_library())
    found = Backtest(
        target=target,
        as_of=as_of,
        folder=folder,
        trainings=_trainings(trainings, plan),
        metrics=metrics_over_dates(judged, list(ESTIMATORS), seed=seed),
        slices=slice_table(judged, list(kinds.columns), "listed", seed=seed),
        recall=recall,
        staleness=_staleness(panel, target, as_of, plan, trained, seed),
        predictions=judged,
        losses=losses,
    )
    say(0, 0, "writing the report")
    write(found, params)
    return found


def _days_that_train(view, target, plan):
    for day in plan.trainings:
        try:
            yield from training_days(view, target, day)
        except RenewcastError:  # too early: the training itself will say so
            continue


def _on(predictions, days):
    import pandas as pd

    return predictions[predictions["as_of"].isin(pd.to_datetime(days))]


def _trainings(trainings, plan):
    import pandas as pd

    rows = [
        {"as_of": one.as_of, "role": "date" if one.as_of in plan.dates else "staleness only", **one.facts} for one in trainings
    ]
    return pd.DataFrame(rows)


def _staleness(panel, target, as_of, plan, trained, seed):
    """Pair each training with every later date that has one of its own, an age of the curve apart."""
    import pandas as pd

    from renewcast.evaluation.staleness import staleness_curve

    keys, pairs = ["account_id", "as_of", "contract_id"], []
    for day, predictions in trained.items():
        for judged in plan.aged(day):
            if judged in trained:
                fresh = _on(trained[judged], [judged])[[*keys, "blend"]].rename(columns={"blend": "fresh"})
                stale = _on(predictions, [judged])[[*keys, "blend"]].rename(columns={"blend": "stale"})
                pairs.append(stale.merge(fresh, on=keys).assign(trained_as_of=pd.Timestamp(day).as_unit("us")))
    pairs = with_outcomes(panel, target, pd.concat(pairs, ignore_index=True), as_of)
    return staleness_curve(pairs, seed=seed)


def _recall(view, params, target, as_of, plan, trained, seed, library):
    """Ask what the weekly lists found in time; two empty tables where the outcome is not the end of terms."""
    import pandas as pd

    from renewcast.backtest.saving import expected_savings
    from renewcast.evaluation.actionable_recall import (
        RECALL_COLUMNS,
        actionable_recall,
        churned_spells,
        found_in_time,
        lost_terms,
    )

    if target != "churn":
        return pd.DataFrame(columns=RECALL_COLUMNS), pd.DataFrame()
    label, settings = label_of(view, target), params.backtest
    lists = pd.concat([_on(trained[day], plan.lists[day]) for day in plan.dates if day in trained], ignore_index=True)
    owners = [
        view.attributes(day.date())["owner"].rename("owner").to_frame().assign(as_of=day) for day in lists["as_of"].unique()
    ]
    lists = lists.merge(pd.concat(owners).reset_index(), on=["account_id", "as_of"], how="left")
    lists["arr"] = 12 * lists["mrr"]
    lists["expected_loss"] = lists["listed"] * lists["arr"]
    known_until = min(pd.Timestamp(as_of), pd.Timestamp(view.outcomes_known_until(target)))
    lists["expected_saving"] = expected_savings(view, lists, library, max(settings.lead_days))
    churned = churned_spells(view.known_contracts(as_of), label.grace_days, known_until)
    losses = lost_terms(view.known_deadlines(as_of), churned, label.horizon_days)
    losses["group"] = view.groups(losses["account_id"], as_of)
    found = found_in_time(losses, lists, RANKINGS, settings.capacity_per_owner, settings.lead_days)
    return actionable_recall(found, list(RANKINGS), seed=seed), found
