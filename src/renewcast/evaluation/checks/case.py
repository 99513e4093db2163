"""What the checks look at: a trained model, the rows it was trained and tested on, and what it is to be used on."""

import datetime as dt
import functools
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from renewcast.estimators._definition import TrainingRows
from renewcast.evaluation.training import Trained
from renewcast.params import ModelSection

# Contributions of so many rows are enough to see who carries a model, and quick.
MOST_ROWS_TAKEN_APART = 2000


@dataclass(frozen=True, eq=False)
class Case:
    """Everything that is known of one model on the day of its judgement; what is left out makes its checks not applicable.

    Parameters
    ----------
    trained : Trained
    rows : TrainingRows
        The labelled rows that ``trained`` came from, in their order (``rows.in_order()``).
    model : ModelSection, optional
        To refit on halves of the accounts.
    embargo_days : int
        Lead + horizon + grace.
    as_of : datetime.date, optional
        The day on which the model is to score.
    segments : pandas.DataFrame, optional
        A row a test row, a column of text a dimension (size, region, tier, ...); see :func:`segments.dimensions`.
    recent : pandas.DataFrame, optional
        Feature rows of the newest snapshot, those that will be scored.
    rebuilt : pandas.DataFrame, optional
        Feature rows made once more, the way that scoring makes them, for some of the training rows: account_id, unit, as_of
        and the features.
    champion_predictions : pandas.DataFrame, optional
        What the champion's development fit said of its own test: account_id, unit, as_of, label, probability.
    kept : dict
        What one check has computed and another needs too; see :meth:`once`.

    Examples
    --------
    See :func:`renewcast.evaluation.checks.judge`.
    """

    trained: Trained
    rows: TrainingRows
    model: ModelSection | None = None
    embargo_days: int = 0
    as_of: dt.date | None = None
    segments: pd.DataFrame | None = None
    recent: pd.DataFrame | None = None
    rebuilt: pd.DataFrame | None = None
    champion_predictions: pd.DataFrame | None = None
    kept: dict = field(default_factory=dict, init=False, repr=False)

    # -- what is shipped -------------------------------------------------------------------------------------------

    @property
    def shipped(self) -> str:
        """The estimator that ranks the list."""
        return self.trained.ranked_by

    @property
    def is_base_rate(self) -> bool:
        """Whether everybody carries the base rate: a model without skill, which says so."""
        return self.shipped == "base_rate"

    @functools.cached_property
    def test(self) -> TrainingRows:
        """The test rows."""
        return self.rows.take(self.trained.splits.test)

    @functools.cached_property
    def development(self) -> TrainingRows:
        """The development rows."""
        return self.rows.take(self.trained.splits.development)

    @functools.cached_property
    def label(self) -> np.ndarray:
        """Outcome of each test row, array of bool."""
        return self.trained.test_predictions["label"].to_numpy(dtype=bool)

    @functools.cached_property
    def probability(self) -> np.ndarray:
        """What the shipped estimator's development fit said of each test row."""
        return self.trained.test_predictions[self.shipped].to_numpy(dtype=float)

    @functools.cached_property
    def group(self) -> np.ndarray:
        """The group of each test row as a number from 0."""
        return np.unique(self.test.group, return_inverse=True)[1]

    @functools.cached_property
    def open(self) -> np.ndarray:
        """Test rows that the contract gate does not decide, array of bool."""
        return ~self.test.gated

    def once(self, name: str, make):
        """Return what ``make()`` returns, computed once for all checks that ask for it by name."""
        if name not in self.kept:
            self.kept[name] = make()
        return self.kept[name]

    # -- who carries the model -------------------------------------------------------------------------------------

    @functools.cached_property
    def taken_apart(self) -> np.ndarray:
        """Positions of the test rows whose contributions are looked at, spread evenly over the open ones."""
        at = np.flatnonzero(self.open)
        return at[np.unique(np.linspace(0, len(at) - 1, min(len(at), MOST_ROWS_TAKEN_APART)).astype(int))] if len(at) else at

    @functools.cached_property
    def shares(self) -> pd.Series:
        """Share of each feature in the shipped estimator's contributions: mean |contribution - its mean|, summing to 1."""
        rows = self.test.take(self.taken_apart)
        return contribution_shares(self.trained.development[self.shipped], rows)

    @functools.cached_property
    def driver_of(self) -> dict[str, str]:
        """The driver of each feature."""
        return {spec.name: spec.driver for spec in self.trained.specs}


def contribution_shares(estimator, rows: TrainingRows) -> pd.Series:
    """Return how much of an estimator's spread in log odds each feature makes, sorted from the greatest, summing to 1.

    Empty where the estimator uses no feature, or where nothing moves.
    """
    _, parts = estimator.contributions(rows.features, rows.gated)
    spread = (parts - parts.mean()).abs().mean()
    if not spread.sum() > 0:
        return pd.Series(dtype=float)
    return (spread / spread.sum()).sort_values(ascending=False, kind="stable")
