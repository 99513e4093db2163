"""Whole cents for every level at once: shares of an expected amount that add up to it exactly."""

import numpy as np

MILLION = 1_000_000


def whole_cents(amount, levels):
    """Round expected amounts so that every level adds up to the one above it, and each sum is its own amount rounded up or down.

    The total is rounded first. Its cents go to the first level's groups: each gets its amount rounded down, what is left over
    goes, a cent each, to those whose fractions are largest (of equal ones to the first); so on down to the rows.

    Parameters
    ----------
    amount : array of float >= 0, shape (n,)
        Expected cents of each row.
    levels : list of arrays of int, shape (n,)
        Numbers of the groups, from the coarsest to the finest; each group lies in one group of the level before. None: only the
        total.

    Returns
    -------
    array of int64, shape (n,)

    References
    ----------
    Hamilton's method of largest remainders; Balinski and Young, Fair Representation (1982), chapter 3: it stays within quota.

    Examples
    --------
    >>> whole_cents(np.array([0.4, 0.4, 0.4, 0.8]), [np.array([0, 0, 1, 1])]).tolist()
    [1, 0, 0, 1]
    """
    # Millionths of a cent, as whole numbers: in which order they are added decides nothing.
    parts = np.rint(np.asarray(amount, dtype=np.float64) * MILLION).astype(np.int64)
    if not len(parts):
        return parts
    rows = np.arange(len(parts))
    chain = [np.zeros(len(parts), dtype=np.int64), *(np.unique(level, return_inverse=True)[1] for level in levels), rows]
    given = np.array([(parts.sum() + MILLION // 2) // MILLION])
    for above, here in zip(chain[:-1], chain[1:], strict=True):
        sums = np.zeros(here.max() + 1, dtype=np.int64)
        np.add.at(sums, here, parts)
        owner = np.zeros(len(sums), dtype=np.int64)
        owner[here] = above
        given = _shared_out(sums, owner, given)
    return given


def _shared_out(sums, owner, given):
    """Share the cents of each owner out to its groups."""
    down, fraction = np.divmod(sums, MILLION)
    left = given.copy()
    np.subtract.at(left, owner, down)
    order = np.lexsort((np.arange(len(sums)), -fraction, owner))
    first = np.searchsorted(owner[order], np.arange(len(given)))
    rank = np.empty(len(sums), dtype=np.int64)
    rank[order] = np.arange(len(sums)) - first[owner[order]]
    return down + (rank < left[owner])
