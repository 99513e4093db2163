"""Which drivers come first, and which of them cannot be told apart.

Two drivers are tied where their difference lies within what another training on the same accounts would change. The fits of the
bagged trees, each with a seed and a bag of its own, show how much that is; their average, which is shown, is surer by the root of
their number. (On the demo company the noise so foretold is that seen over 20 trainings; benchmarks/reasons.py.)
"""

from typing import NamedTuple

import numpy as np

from renewcast.explanation.attribution import Attribution

SMALLEST_POINTS = 1e-4
"""A driver that adds less than a hundredth of a percentage point is no reason."""
# Points are shown with one decimal of a percentage point: half of that nobody can see.
UNSEEN = 5e-4
# The difference of two drivers in one training and in the next differ by more than this many standard errors once in 20 times.
REACH = 1.96


class Ranking(NamedTuple):
    """The drivers of each row in the order in which to tell them.

    Attributes
    ----------
    order : array of int, shape (n, n_drivers)
        Positions of the drivers, strongest first; drivers that are tied stand by name, so the order holds still.
    group : array of int, shape (n, n_drivers)
        The same number at two places: those are tied. Only drivers that raise the probability are.
    raising : array of int, shape (n,)
        How many drivers raise the probability: they stand first.
    """

    order: np.ndarray
    group: np.ndarray
    raising: np.ndarray


def driver_totals(points, driver_of: dict[str, str]) -> tuple[list[str], np.ndarray]:
    """Sum the points of the features of each driver, column by column, so that a row's sum never depends on the batch.

    Parameters
    ----------
    points : pandas.DataFrame, shape (n, n_features)
    driver_of : dict of str to str
        By feature; other columns are left out.

    Returns
    -------
    tuple
        The drivers by name, and array of float, shape (n, n_drivers).
    """
    drivers = sorted({driver_of[name] for name in points.columns if name in driver_of})
    totals, values = np.zeros((len(drivers), len(points))), points.to_numpy()
    for at, name in enumerate(points.columns):
        if name in driver_of:
            totals[drivers.index(driver_of[name])] += values[:, at]
    return drivers, np.ascontiguousarray(totals.T)


def rank_drivers(attribution: Attribution, drivers: list[str], totals: np.ndarray) -> Ranking:
    """Order the drivers of each row, and find those that are tied.

    From the strongest on, drivers are tied with it as long as the gap is at most half the digit shown, or
    REACH s sqrt(2 / n_fits), with s the standard deviation over the fits of the difference of the two; the first that lies
    farther off begins the next group.

    Parameters
    ----------
    attribution : Attribution
    drivers : list of str, by name
    totals : array of float, shape (n, n_drivers)
        Probability points.

    Returns
    -------
    Ranking

    References
    ----------
    Student, The probable error of a mean, Biometrika 6, 1908: the standard error of a mean; that of a difference of two such
    means is sqrt(2) larger.

    Examples
    --------
    >>> import pandas as pd
    >>> attribution = Attribution(np.array([0.1]), np.array([0.3]), pd.DataFrame())
    >>> found = rank_drivers(attribution, ["people", "support", "usage"], np.array([[0.0501, -0.02, 0.0503]]))
    >>> found.order.tolist(), found.group.tolist(), found.raising.tolist()
    ([[0, 2, 1]], [[0, 0, 2]], [2])
    """
    n, width = totals.shape
    rows, order = np.arange(n), np.argsort(-totals, axis=1, kind="stable")
    group = np.tile(np.arange(width), (n, 1))
    fits, leader = _fits(attribution, drivers, n), np.zeros(n, dtype=int)
    for place in range(1, width):
        first, this = order[rows, leader], order[:, place]
        gap, reach = totals[rows, first] - totals[rows, this], np.full(n, UNSEEN)
        if len(fits) > 1:
            spread = (fits[:, first, rows] - fits[:, this, rows]).std(axis=0, ddof=1)
            reach = np.maximum(reach, REACH * spread * np.sqrt(2 / len(fits)))
        tied = (gap <= reach) & (totals[rows, this] > SMALLEST_POINTS)
        leader = np.where(tied, leader, place)
        group[:, place] = leader
    # Drivers are given by name, so their position breaks the tie.
    kept = np.argsort(group * width + order, axis=1, kind="stable")
    return Ranking(np.take_along_axis(order, kept, 1), np.take_along_axis(group, kept, 1), (totals > SMALLEST_POINTS).sum(axis=1))


def _fits(attribution: Attribution, drivers: list[str], rows: int) -> np.ndarray:
    """Bring what the fits say into the order of the drivers; a driver that the trees do not know is the same in all."""
    if attribution.fits is None or not len(attribution.fits):
        return np.zeros((0, len(drivers), rows))
    known = {driver: at for at, driver in enumerate(attribution.drivers)}
    found = np.zeros((len(attribution.fits), len(drivers), rows))
    for at, driver in enumerate(drivers):
        if driver in known:
            found[:, at] = attribution.fits[:, known[driver]]
    return found


def ties_of(ranking: Ranking, number: int, names: list[str]) -> list[str | None]:
    """Write which of the first drivers are tied, by their places.

    Parameters
    ----------
    ranking : Ranking
    number : int
        So many drivers are shown.
    names : list of str
        What each driver is called; one that is as strong as the last one shown, and not shown, is named.

    Returns
    -------
    list of str or None, one a row

    Examples
    --------
    >>> ranking = Ranking(np.array([[2, 0, 1, 3]]), np.array([[0, 0, 2, 2]]), np.array([4]))
    >>> ties_of(ranking, 3, ["People", "Support", "Usage", "Billing"])
    ['1 = 2; 3 = Billing']
    """
    written, result = {}, []
    for order, group, raising in zip(ranking.order.tolist(), ranking.group.tolist(), ranking.raising.tolist(), strict=True):
        kinds = tuple(group[:raising])
        beyond = zip(order[number:raising], kinds[number:], strict=True)
        hidden = tuple(driver for driver, kind in beyond if kind == kinds[number - 1])
        key = kinds[:number], hidden
        if key not in written:
            written[key] = _text(*key, names)
        result.append(written[key])
    return result


def _text(kinds: tuple[int, ...], hidden: tuple[int, ...], names: list[str]) -> str | None:
    parts = []
    for kind in dict.fromkeys(kinds):
        members = [str(place + 1) for place, other in enumerate(kinds) if other == kind]
        members += [names[driver] for driver in hidden] if kind == kinds[-1] else []
        if len(members) > 1:
            parts.append(" = ".join(members))
    return "; ".join(parts) or None
