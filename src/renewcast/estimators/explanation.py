"""What an estimator tells of its log odds, beyond its parts: what a feature elsewhere would do, and how sure it is."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from renewcast.estimators.logit import add_up


class Explanation(NamedTuple):
    """The log odds of rows, taken apart.

    Attributes
    ----------
    base : array of float, shape (n,)
    parts : pandas.DataFrame, shape (n, n_features)
        Base plus the row's parts is the log odds.
    moved : array of float, shape (n, n_features), or None
        The log odds if that feature alone stood at its typical value; None where no typical row was given.
    fits : array of float, shape (n_fits, n_drivers, n)
        What each bagged fit says of each driver, the other members of the estimator being the same for all; no fits where there
        are none.
    drivers : tuple of str
        By name, those of ``fits``.
    """

    base: np.ndarray
    parts: pd.DataFrame
    moved: np.ndarray | None
    fits: np.ndarray
    drivers: tuple[str, ...]

    def with_part(self, name: str) -> "Explanation":
        """Add a part that adds nothing yet, and that moving does not change."""
        moved = None if self.moved is None else np.column_stack([self.moved, add_up(self.base, self.parts.to_numpy())])
        return self._replace(parts=self.parts.assign(**{name: 0.0}), moved=moved)

    def spread_over(self, at: np.ndarray, index: pd.Index) -> "Explanation":
        """Put the rows at their places among more rows, whose parts are 0; the base, the same in all rows, is theirs too."""
        parts = np.zeros((len(index), self.parts.shape[1]))
        parts[at] = self.parts.to_numpy()
        fits = np.zeros((*self.fits.shape[:2], len(index)))
        fits[:, :, at] = self.fits
        moved = None if self.moved is None else np.zeros(parts.shape)
        if moved is not None:
            moved[at] = self.moved
        base = np.full(len(index), self.base[0])
        return Explanation(base, pd.DataFrame(parts, columns=self.parts.columns, index=index), moved, fits, self.drivers)

    def closed(self, rows: np.ndarray, log_odds: float) -> "Explanation":
        """Give some rows fixed log odds, which the last part alone explains and no feature moves."""
        parts, fits = self.parts.to_numpy(copy=True), self.fits.copy()
        parts[rows], fits[:, :, rows] = 0.0, 0.0
        parts[rows, -1] = log_odds - self.base[rows]
        moved = None if self.moved is None else np.where(rows[:, None], log_odds, self.moved)
        frame = pd.DataFrame(parts, columns=self.parts.columns, index=self.parts.index)
        return self._replace(parts=frame, moved=moved, fits=fits)


def explain(estimator, features: pd.DataFrame, gated: np.ndarray, typical: pd.DataFrame | None = None) -> Explanation:
    """Take an estimator's log odds apart.

    Parameters
    ----------
    estimator : Estimator
        With an ``explain`` of its own, or one whose log odds are a sum of functions of one feature each.
    features : pandas.DataFrame, shape (n, n_features)
    gated : array of bool, shape (n,)
    typical : pandas.DataFrame, shape (1, n_features), optional
        Where each feature in turn is moved to.

    Returns
    -------
    Explanation
    """
    if hasattr(estimator, "explain"):
        return estimator.explain(features, gated, typical)
    base, parts = estimator.contributions(features, gated)
    moved = None
    if typical is not None:
        moved = add_up(base, parts.to_numpy())[:, None] + moves_of_a_sum(estimator, parts, typical)
    return Explanation(base, parts, moved, np.zeros((0, 0, len(features))), ())


def moves_of_a_sum(estimator, parts: pd.DataFrame, typical: pd.DataFrame) -> np.ndarray:
    """Say how the log odds change as each feature alone goes to its typical value, where they are a sum over features.

    Parameters
    ----------
    estimator : Estimator
    parts : pandas.DataFrame, shape (n, n_features)
        Its contributions.
    typical : pandas.DataFrame, shape (1, n_features)

    Returns
    -------
    array of float, shape (n, n_features)
    """
    return estimator.contributions(typical, np.zeros(1, dtype=bool))[1].to_numpy() - parts.to_numpy()
