"""Which segment is which: ids that are carried from one fit to the next by the accounts that both hold."""

import numpy as np

from renewcast.segments.stability import jaccard

LEAST_OVERLAP = 1 / 3
"""Jaccard similarity below which a segment is a new one."""


def carried_ids(before, now, number: int, highest: int) -> tuple[tuple[str, ...], int]:
    """Give each new segment the id of the old one whose accounts it holds, or one that never was.

    Segments are matched one to one so that the overlaps add up to the most; a split leaves the id with the larger part, a merger
    with the one that brought more.

    Parameters
    ----------
    before : array of object, shape (n_accounts,)
        Id of each account under the earlier fit, on the features of now; None where it had none. All None without an earlier fit.
    now : array of int, shape (n_accounts,)
        Number of its new segment.
    number : int
        New segments.
    highest : int
        The highest id that was ever given; ids are never used again.

    Returns
    -------
    tuple of str
        An id a new segment: "S1", "S2", ...
    int
        The highest id given now.

    References
    ----------
    Kuhn, H. W. (1955). The Hungarian method for the assignment problem. Naval Res. Logist. Quart. 2, 83-97.

    Examples
    --------
    >>> carried_ids(np.array(["S2", "S2", "S1", "S1"], dtype=object), np.array([0, 0, 1, 1]), 2, 2)
    (('S2', 'S1'), 2)
    >>> carried_ids(np.array(["S1", "S1", "S1", None], dtype=object), np.array([0, 0, 0, 1]), 2, 1)
    (('S1', 'S2'), 2)
    """
    from scipy.optimize import linear_sum_assignment

    old = sorted({one for one in before if one is not None}, key=_number)
    place = {one: at for at, one in enumerate(old)}
    ids: list = [None] * number
    if old:
        overlap = jaccard(np.array([place.get(one, -1) for one in before]), now, len(old), number)
        for at, new in zip(*linear_sum_assignment(overlap, maximize=True), strict=True):
            if overlap[at, new] >= LEAST_OVERLAP:
                ids[new] = old[at]
    for new in range(number):
        if ids[new] is None:
            highest += 1
            ids[new] = f"S{highest}"
    return tuple(ids), highest


def _number(one: str) -> int:
    return int(one[1:])
