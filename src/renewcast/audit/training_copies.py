"""Whether test rows stand among the development rows once more, under another id, another date or a little changed."""

import numpy as np

from renewcast.audit.finding import Finding
from renewcast.audit.training_rows import training_finding

RARE = 0.05
"""A value that fewer rows share is one by which two rows can be recognised as one."""
FEWEST_RARE = 8
SAME_SHARE = 0.9
SAME_WITHIN = 0.01
CHANCE = 1e-3
ROWS_AT_ONCE = 500
FOLDS = 10


def check_copies(rows, development, test) -> tuple[int, list[Finding]]:
    """Find test rows that are all but copies of development rows, under whatever account and date.

    Two rows are copies where, of the values other than nothing that less than one row in twenty shares, there are eight or
    more and nine in ten agree to one per cent. Such rows come by chance too, where features are few and coarse or an account
    stands still; so the development rows are compared with each other, as far apart as the test is from them. A group of accounts
    is one witness, however many of its rows have copies. Of all groups with copies, whose number is given, so many would be
    groups of the test by chance: only what that makes unlikely is reported.

    Parameters
    ----------
    rows : renewcast.estimators._definition.TrainingRows
    development, test : array of bool, shape (n_rows,)

    Returns
    -------
    (int, list of Finding)
        Test rows looked at, and at most one finding.
    """
    from scipy.stats import binom

    names = [name for name in rows.features.columns if rows.features[name].dtype.kind in "fiu"]
    values = rows.features[names].to_numpy(dtype=float)
    values = values[:, np.nanstd(np.where(np.isnan(values).all(axis=0), 0.0, values), axis=0) > 0]
    if not values.shape[1] or not development.any() or not test.any():
        return 0, []
    rare = np.column_stack([_is_rare(column) for column in values.T])
    flat = _scaled(values)

    def copies(here, there):
        """Find which rows have a copy elsewhere, and where."""
        near = there[_nearest(flat[here], flat[there])]
        one, other = values[here], values[near]
        same = np.isclose(one, other, rtol=SAME_WITHIN, atol=0.0)
        # Nothing is the same nothing everywhere: new customers have it in common.
        telling = (rare[here] | rare[near]) & ~((np.nan_to_num(one) == 0) & (np.nan_to_num(other) == 0))
        number = telling.sum(axis=1)
        return (number >= FEWEST_RARE) & ((same & telling).sum(axis=1) >= SAME_SHARE * number), near

    at_test = np.flatnonzero(test)
    found, near = copies(at_test, np.flatnonzero(development))
    if not found.any():
        return len(at_test), []
    looked_at, by_chance = [], []
    for here, there in _as_far_apart(rows, development, test):
        looked_at.append(here)
        by_chance.append(here[copies(here, there)[0]])
    witnesses, usual = _groups_of(rows, at_test[found]), _groups_of(rows, *by_chance)
    share = _groups_of(rows, at_test) / (_groups_of(rows, at_test) + _groups_of(rows, *looked_at))
    if binom.sf(witnesses - 1, witnesses + usual, share) >= CHANCE:
        return len(at_test), []
    first = int(np.flatnonzero(found)[0])
    one, other = at_test[first], near[first]
    return len(at_test), [
        training_finding(
            f"{found.sum():,} test rows are all but copies of development rows, such as {rows.account_id[one]} of that of "
            f"{rows.account_id[other]} at {str(rows.as_of[other])[:10]}: the model has seen the answers; keep each row once.",
            str(rows.account_id[one]),
            rows.as_of[one],
        )
    ]


def _scaled(values):
    """Bring columns of any size and skew to one scale; what is empty stands apart."""
    flat = np.sign(values) * np.log1p(np.abs(values))
    middle = np.nanmedian(flat, axis=0)
    flat = np.where(np.isnan(flat), middle - 3.0, flat - middle)
    return (flat / (flat.std(axis=0) + 1e-9)).astype("float32")


def _as_far_apart(rows, development, test):
    """Yield development rows with those development rows that are as far from them as development is from the test.

    That far in time; by group where test and development share their time, or development is shorter than that.
    """
    gap = rows.as_of[test].min() - rows.as_of[development].max()
    at, day = np.flatnonzero(development), rows.as_of[development]
    if gap <= np.timedelta64(0) or gap > day.max() - day.min():
        gap, day = 1, np.unique(rows.group[development], return_inverse=True)[1] % FOLDS
    for one in np.unique(day):
        there = at[np.abs(day - one) >= gap]
        if len(there):
            yield at[day == one], there


def _groups_of(rows, *at) -> int:
    return len(np.unique(rows.group[np.concatenate([np.zeros(0, dtype=int), *at])]))


def _nearest(rows, others):
    """Return for each row the place of the nearest other one; among so many features no tree is quicker than comparing all."""
    half, places = (others**2).sum(axis=1) / 2, []
    for low in range(0, len(rows), ROWS_AT_ONCE):
        places.append(np.argmin(half - rows[low : low + ROWS_AT_ONCE] @ others.T, axis=1))
    return np.concatenate(places)


def _is_rare(column):
    _, place, counts = np.unique(column, return_inverse=True, return_counts=True)
    return counts[place] < RARE * len(column)
