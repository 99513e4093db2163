"""Whether two models tell the same drivers of an account, ties counted as ties (ST11, P14)."""

import numpy as np

from renewcast.explanation.attribution import Attribution
from renewcast.explanation.ties import driver_totals, rank_drivers


def first_drivers(attribution: Attribution, specs, number: int = 3) -> list[tuple[frozenset, frozenset]]:
    """Return for each row the drivers that are told, and those that might as well be.

    Parameters
    ----------
    attribution : Attribution
    specs : iterable of objects with ``name`` and ``driver``
    number : int
        At most so many drivers are told.

    Returns
    -------
    list of (frozenset of str, frozenset of str)
        The second holds the drivers, told or not, that are tied across the border between told and not told.
    """
    drivers, totals = driver_totals(attribution.points, {spec.name: spec.driver for spec in specs})
    ranking, found = rank_drivers(attribution, drivers, totals), []
    for order, group, raising in zip(ranking.order.tolist(), ranking.group.tolist(), ranking.raising.tolist(), strict=True):
        names, kinds = [drivers[at] for at in order[:raising]], group[:raising]
        on_border = kinds[number] if raising > number and kinds[number] == kinds[number - 1] else None
        tied = frozenset(name for name, kind in zip(names, kinds, strict=True) if kind == on_border)
        found.append((frozenset(names[:number]), tied))
    return found


def agreement(one: list, other: list, *, count_ties: bool = True) -> np.ndarray:
    """Say row by row how far two models agree on the drivers that are told.

    Parameters
    ----------
    one, other : list
        From :func:`first_drivers`, of the same rows.
    count_ties : bool
        Whether a driver that one of the models shows as tied across the border counts as told by both.

    Returns
    -------
    array of float in [0, 1], shape (n,)
        Shared over all drivers told by either; 1 where neither tells any.

    References
    ----------
    Jaccard, The distribution of the flora in the alpine zone, New Phytologist 11, 1912.

    Examples
    --------
    >>> one = [(frozenset("abc"), frozenset())]
    >>> agreement(one, [(frozenset("abd"), frozenset())]), agreement(one, [(frozenset("abd"), frozenset("cd"))])
    (array([0.5]), array([1.]))
    """
    found = np.ones(len(one))
    for row, ((told, tied), (also_told, also_tied)) in enumerate(zip(one, other, strict=True)):
        apart = (told ^ also_told) - ((tied | also_tied) if count_ties else frozenset())
        if told | also_told:
            found[row] = 1 - len(apart) / len(told | also_told)
    return found
