"""Which labelled snapshots train, calibrate and test: cut by as_of, an embargo apart; by account where there is one date."""

from dataclasses import dataclass

import numpy as np

from renewcast.errors import RenewcastError
from renewcast.estimators._definition import TrainingRows
from renewcast.estimators.boosted import hashed_share

MOST_SLICES = 3
# A slice is judged by a model of its own, which needs some churn to learn from.
FEWEST_SLICE_POSITIVE_GROUPS = 10
STATIC_FOLDS = 5


@dataclass(frozen=True, eq=False)
class Slice:
    """One rehearsal: fit on some rows, look at later ones; masks over the same rows."""

    fit: np.ndarray
    look: np.ndarray


@dataclass(frozen=True, eq=False)
class Splits:
    """Masks over the labelled rows.

    Parameters
    ----------
    development, test : array of bool, shape (n_snapshots,)
    slices : tuple of Slice
        Up to three in time order (four folds of groups), both masks inside development.
    by_time : bool
        False where every row has the same as_of: then folds of whole groups stand in for spans of time.
    """

    development: np.ndarray
    test: np.ndarray
    slices: tuple[Slice, ...]
    by_time: bool


def cut(rows: TrainingRows, *, test_weeks: int, calibration_weeks: int, embargo_days: int, seed: int) -> Splits:
    """Cut labelled snapshots into development and test, and the end of development into slices.

    The test is every snapshot of the last ``test_weeks`` weeks; development is every snapshot whose outcome window is over
    before the first test snapshot: as_of + embargo <= first test as_of. The last ``calibration_weeks`` weeks of development
    are cut into up to three slices of whole dates; each is looked at by a model fitted on the development snapshots
    with as_of + embargo <= first as_of of the slice. Slices whose rows to fit have churn in fewer than ten groups, or whose own
    rows hold one class, are left out. With a single date, five folds of whole groups take the place of time: one tests,
    the other four are looked at in turn.

    Parameters
    ----------
    rows : TrainingRows
    test_weeks, calibration_weeks : int
    embargo_days : int
        At least lead + horizon, so that no outcome window of a training row reaches into the rows looked at.
    seed : int
        Draws the folds of groups; unused where time decides.

    Returns
    -------
    Splits

    Raises
    ------
    RenewcastError
        "The labelled snapshots span ...", when nothing is left to train on.

    References
    ----------
    Lopez de Prado, Advances in Financial Machine Learning, 2018, chapter 7: purging and embargo.

    Examples
    --------
    >>> import pandas as pd
    >>> days = np.array(["2026-01-05", "2026-02-02", "2026-03-02"], dtype="datetime64[s]")
    >>> rows = TrainingRows(pd.DataFrame(index=range(3)), [True] * 3, ["A"] * 3, ["A"] * 3, days, [False] * 3)
    >>> cut(rows, test_weeks=1, calibration_weeks=4, embargo_days=28, seed=0).development.tolist()
    [True, True, False]
    """
    dates = np.unique(rows.as_of)
    if len(dates) < 2:
        return _cut_by_group(rows, seed)
    week, embargo = np.timedelta64(7, "D"), np.timedelta64(embargo_days, "D")
    test = rows.as_of > dates[-1] - test_weeks * week
    development = rows.as_of + embargo <= rows.as_of[test].min()
    if not development.any():
        span = int((dates[-1] - dates[0]) / week)
        raise RenewcastError(
            f"The labelled snapshots span {span} weeks, and {test_weeks} weeks of test with an embargo of {embargo_days} days "
            "leave nothing to train on; lower splits.test_weeks or bring more history."
        )
    developed = np.unique(rows.as_of[development])
    calibrated = developed[developed > developed[-1] - calibration_weeks * week]
    return Splits(development, test, _spans(rows, development, calibrated, embargo), by_time=True)


def slices_by_time(rows: TrainingRows, embargo_days: int) -> tuple[Slice, ...]:
    """Cut the later half of all dates into up to three slices, each looked at by a model of the rows an embargo before it.

    Parameters
    ----------
    rows : TrainingRows
        All of them train in the end; nothing is kept for a test.
    embargo_days : int

    Returns
    -------
    tuple of Slice

    Examples
    --------
    >>> import pandas as pd
    >>> days = np.datetime64("2026-01-05", "s") + np.arange(40) * np.timedelta64(7, "D")
    >>> names = np.array([f"A{number}" for number in range(40)])
    >>> rows = TrainingRows(pd.DataFrame(index=range(40)), np.arange(40) % 2 == 0, names, names, days, np.zeros(40))
    >>> [int(one.look.sum()) for one in slices_by_time(rows, 28)]
    [7, 6]
    """
    dates = np.unique(rows.as_of)
    later = dates[len(dates) // 2 :]
    return _spans(rows, np.ones(len(rows), dtype=bool), later, np.timedelta64(embargo_days, "D"))


def slices_by_group(rows: TrainingRows, seed: int) -> tuple[Slice, ...]:
    """Cut rows of one date into five folds of whole groups, each looked at by a model of the other four.

    Parameters
    ----------
    rows : TrainingRows
    seed : int

    Returns
    -------
    tuple of Slice
    """
    fold = _folds(rows, seed)
    return _usable(rows, [Slice(fit=fold != one, look=fold == one) for one in range(STATIC_FOLDS)])


def _spans(rows: TrainingRows, development, calibrated, embargo) -> tuple[Slice, ...]:
    slices = []
    for span in np.array_split(calibrated, min(MOST_SLICES, len(calibrated))):
        fit = development & (rows.as_of + embargo <= span[0])
        slices.append(Slice(fit=fit, look=development & (rows.as_of >= span[0]) & (rows.as_of <= span[-1])))
    return _usable(rows, slices)


def _folds(rows: TrainingRows, seed: int) -> np.ndarray:
    names, position = np.unique(rows.group, return_inverse=True)
    return np.floor(hashed_share(names, f"{seed}:folds") * STATIC_FOLDS).astype(int)[position]


def _cut_by_group(rows: TrainingRows, seed: int) -> Splits:
    fold = _folds(rows, seed)
    if not (fold == STATIC_FOLDS - 1).any() or (fold == STATIC_FOLDS - 1).all():
        # Of a handful of groups none, or all, may fall into the fold that tests: then the fullest one does, and if it holds
        # all of them, the first group stays behind.
        names, position = np.unique(rows.group, return_inverse=True)
        fullest = int(np.bincount(fold, minlength=STATIC_FOLDS).argmax())
        fold = np.where(fold == fullest, STATIC_FOLDS - 1, np.where(fold == STATIC_FOLDS - 1, fullest, fold))
        if (fold == STATIC_FOLDS - 1).all():
            fold = np.where(position == 0, 0, fold)
    test = fold == STATIC_FOLDS - 1
    development = ~test
    slices = [Slice(fit=development & (fold != one), look=fold == one) for one in range(STATIC_FOLDS - 1)]
    return Splits(development, test, _usable(rows, slices), by_time=False)


def _usable(rows: TrainingRows, slices: list[Slice]) -> tuple[Slice, ...]:
    def enough(one: Slice) -> bool:
        fit, look = rows.label[one.fit], rows.label[one.look]
        churned = len(np.unique(rows.group[one.fit][fit]))
        return churned >= FEWEST_SLICE_POSITIVE_GROUPS and not fit.all() and look.any() and not look.all()

    return tuple(one for one in slices if enough(one))
