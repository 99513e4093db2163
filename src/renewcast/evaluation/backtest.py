"""Going back in time: at which dates the model is trained again, on what, and what each training scores."""

import dataclasses
import datetime as dt
from collections.abc import Callable

import numpy as np
import pandas as pd

from renewcast.errors import RenewcastError
from renewcast.estimators._definition import TrainingRows
from renewcast.evaluation.staleness import AGES_WEEKS
from renewcast.evaluation.training import Trained, train
from renewcast.params import BacktestSection, ModelSection, SplitsSection

WEEK = dt.timedelta(weeks=1)
ESTIMATORS = ("listed", "blend", "logistic", "health_score", "base_rate")
"""The columns of probabilities: what the list would have carried (the winner at that time), and each estimator."""


@dataclasses.dataclass(frozen=True)
class Plan:
    """The dates of a backtest, each list in time order.

    Parameters
    ----------
    dates : tuple of datetime.date
        At these the model is trained, scores the accounts in scope and is judged.
    extra : tuple of datetime.date
        Trained as well, so that the staleness curve has its ages.
    lists : dict of datetime.date to tuple of datetime.date
        For each of ``dates`` the weekly lists that its model ranks: from that day until the next training.

    Examples
    --------
    >>> weeks = [dt.date(2025, 1, 6) + week * WEEK for week in range(70)]
    >>> plan = Plan.back_from(weeks, weeks[60], BacktestSection(every_weeks=4, dates=2, capacity_per_owner=5, lead_days=[30]))
    >>> [str(day) for day in plan.dates], len(plan.extra), len(plan.lists[plan.dates[0]])
    (['2026-02-02', '2026-03-02'], 6, 4)
    >>> [str(day) for day in plan.scored(plan.dates[0])]
    ['2026-02-02', '2026-02-09', '2026-02-16', '2026-02-23', '2026-03-02']
    """

    dates: tuple[dt.date, ...]
    extra: tuple[dt.date, ...]
    lists: dict[dt.date, tuple[dt.date, ...]]

    @classmethod
    def back_from(cls, weeks: list[dt.date], latest: dt.date, settings: BacktestSection) -> "Plan":
        """Count back from the newest day whose outcome is known.

        Parameters
        ----------
        weeks : list of datetime.date
            Every snapshot day.
        latest : datetime.date
            The newest one whose outcome is known.
        settings : BacktestSection

        Returns
        -------
        Plan
            ``extra`` begins at the oldest age of the staleness curve that the calendar reaches, before ``latest``, and goes on
            by the other ages from there.
        """
        step = settings.every_weeks * WEEK
        dates = tuple(sorted(day for day in (latest - number * step for number in range(settings.dates)) if day in set(weeks)))
        reached = [age for age in AGES_WEEKS if latest - age * WEEK >= weeks[0]]
        oldest = latest - max(reached) * WEEK
        extra = {oldest + age * WEEK for age in reached} - set(dates)
        lists = {day: tuple(week for week in weeks if day <= week < day + step) for day in dates}
        return cls(dates, tuple(sorted(extra)), lists)

    @property
    def trainings(self) -> tuple[dt.date, ...]:
        """Every date at which a model is trained."""
        return tuple(sorted({*self.dates, *self.extra}))

    def aged(self, trained_as_of: dt.date) -> tuple[dt.date, ...]:
        """Return the trainings' dates at which the model of a date has one of the ages of the staleness curve."""
        return tuple(day for day in self.trainings if (day - trained_as_of) // WEEK in AGES_WEEKS)

    def scored(self, trained_as_of: dt.date) -> tuple[dt.date, ...]:
        """Return the days that the model of a date scores: its own, its lists', and those of the staleness curve."""
        return tuple(sorted({*self.aged(trained_as_of), *self.lists.get(trained_as_of, ())}))

    @property
    def days(self) -> tuple[dt.date, ...]:
        """Every day that is scored."""
        return tuple(sorted({day for training in self.trainings for day in self.scored(training)}))


def train_again(
    rows: TrainingRows,
    specs,
    model: ModelSection,
    splits: SplitsSection,
    embargo_days: int,
    *,
    progress: Callable[[str], None] | None = None,
) -> tuple[Trained, int]:
    """Train as `renewcast run train` would have done; where history was too short for the test asked for, with a shorter one.

    Parameters
    ----------
    rows, specs, model, splits, embargo_days, progress
        As for :func:`renewcast.evaluation.training.train`.

    Returns
    -------
    Trained
    int
        Weeks of test: ``splits.test_weeks``, or half, a quarter, ... of them. Whoever trained then would have been told to lower
        it.

    Raises
    ------
    RenewcastError
        What the training said at first, when not even a test of one week leaves enough to train on.
    """
    weeks, refused = splits.test_weeks, None
    while weeks:
        try:
            shorter = splits.model_copy(update={"test_weeks": weeks})
            return train(rows, specs, model, shorter, embargo_days, progress=progress), weeks
        except RenewcastError as why:
            refused, weeks = refused or why, weeks // 2
    raise refused


def probabilities(trained: Trained, features: pd.DataFrame, gated: np.ndarray) -> pd.DataFrame:
    """Return what the trained estimators say of some rows, one column each of `ESTIMATORS`, indexed as ``features``."""
    inputs, gated = features[[spec.name for spec in trained.specs]], np.asarray(gated, dtype=bool)
    said = {name: estimator.predict(inputs, gated) for name, estimator in trained.final.items()}
    said["listed"] = said[trained.ranked_by]
    return pd.DataFrame({name: said[name] for name in ESTIMATORS}, index=features.index)
