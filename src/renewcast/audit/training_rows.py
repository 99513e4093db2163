"""Whether the training set holds the right rows: all of them, once, with the right label and the right group."""

import numpy as np

from renewcast.audit.finding import Finding

RARE = 0.05
"""A value that fewer rows share is one by which two rows can be recognised as one."""
FEWEST_RARE = 8
SAME_SHARE = 0.9
SAME_WITHIN = 0.01
CHANCE = 1e-3
ROWS_AT_ONCE = 500
WHY_LEFT_OUT = "the rows left out decide what the test says of accounts like them; build the training set with every eligible row"


def check_rows(project, training_set, expected: dict) -> tuple[int, list[Finding]]:
    """Compare the rows of a training set with the recount.

    Parameters
    ----------
    project : renewcast.Project
    training_set : renewcast.datasets.TrainingSet
    expected : dict of (account_id, instant) to bool
        See :func:`renewcast.audit.training_recount.recount`.

    Returns
    -------
    (int, list of Finding)
    """
    frame = training_set.frame
    keys = list(zip(frame["account_id"].astype(str), frame["as_of"].dt.to_pydatetime(), strict=True))
    label = dict(zip(keys, frame["label"].astype(bool), strict=True))
    findings = []

    def report(rows, message):
        if rows:
            account, as_of = rows[0]
            findings.append(training_finding(message.format(rows=f"{len(rows):,}"), account, as_of))

    missing = sorted(key for key in expected if key not in label)
    lost = sum(expected[key] for key in missing)
    report(
        missing,
        f"{{rows}} of {len(expected):,} eligible snapshots are not in the training set, {lost:,} of them of accounts that were "
        f"lost: {WHY_LEFT_OUT}.",
    )
    report(
        sorted(key for key in label if key not in expected),
        "{rows} rows of the training set are no eligible snapshots with a finished outcome: their labels are guesses; "
        "leave them out.",
    )
    report(
        sorted(key for key, value in label.items() if key in expected and value != expected[key]),
        "{rows} labels differ from those counted again from the tables; take labels from labels.window alone.",
    )
    report(
        sorted({key for key, times in _counts(keys).items() if times > 1}),
        "{rows} snapshots stand in the training set more than once, so that copies lie on both sides of a split; keep each once.",
    )
    findings += _groups(project, frame)
    return len(expected) + len(keys), findings


def check_copies(rows, development, test) -> tuple[int, list[Finding]]:
    """Find test rows that are all but copies of development rows, under whatever account and date.

    Two rows are copies where, of the values other than nothing that less than one row in twenty shares, there are eight or
    more and nine in ten agree to one per cent. Where features are few and coarse, such rows come by chance: the late half of
    development is compared with its early half, and only what that makes unlikely is reported.

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
    flat = np.sign(values) * np.log1p(np.abs(values))
    middle = np.nanmedian(flat, axis=0)
    flat = np.where(np.isnan(flat), middle - 3.0, flat - middle)
    flat /= flat.std(axis=0) + 1e-9

    def copies(here, there):
        """Find which rows have a copy elsewhere, and where."""
        near = there[_nearest(flat[here], flat[there])]
        one, other = values[here], values[near]
        same = np.isclose(one, other, rtol=SAME_WITHIN, atol=0.0)
        # Nothing is the same nothing everywhere: new customers have it in common.
        telling = (rare[here] | rare[near]) & ~((np.nan_to_num(one) == 0) & (np.nan_to_num(other) == 0))
        number = telling.sum(axis=1)
        return (number >= FEWEST_RARE) & ((same & telling).sum(axis=1) >= SAME_SHARE * number), near

    at_test, at_development = np.flatnonzero(test), np.flatnonzero(development)
    found, near = copies(at_test, at_development)
    middle_day = np.median(rows.as_of[development].astype(np.int64)).astype("datetime64[s]")
    early, late = at_development[rows.as_of[development] <= middle_day], at_development[rows.as_of[development] > middle_day]
    usual = 0.5
    if len(early) and len(late):
        usual = (copies(late, early)[0].sum() + 0.5) / (len(late) + 1) * len(at_development) / len(early)
    if not found.any() or binom.sf(found.sum() - 1, len(at_test), min(usual, 1.0)) >= CHANCE:
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


def _nearest(rows, others):
    """Return for each row the place of the nearest other one; among so many features no tree is quicker than comparing all."""
    half, places = (others**2).sum(axis=1) / 2, []
    for low in range(0, len(rows), ROWS_AT_ONCE):
        places.append(np.argmin(half - rows[low : low + ROWS_AT_ONCE] @ others.T, axis=1))
    return np.concatenate(places)


def _is_rare(column):
    _, place, counts = np.unique(column, return_inverse=True, return_counts=True)
    return counts[place] < RARE * len(column)


def _counts(keys) -> dict:
    found: dict = {}
    for key in keys:
        found[key] = found.get(key, 0) + 1
    return found


def _groups(project, frame) -> list[Finding]:
    """Find accounts of one company that do not stand in one group."""
    import pandas as pd

    accounts = pd.read_parquet(project.staged.tables["accounts"], columns=["account_id", "parent_account_id", "superseded_at"])
    parents = accounts[accounts["superseded_at"].isna()].dropna(subset=["parent_account_id"])
    group = frame.drop_duplicates("account_id").set_index("account_id")["group"]
    mixed = frame.groupby("account_id")["group"].nunique()
    apart = sorted(mixed.index[mixed > 1])
    for account, parent in parents[["account_id", "parent_account_id"]].sort_values("account_id").itertuples(index=False):
        if account in group.index and parent in group.index and group[account] != group[parent]:
            apart.append(account)
    if not apart:
        return []
    return [
        training_finding(
            f"{len(apart):,} accounts do not stand in the group of their company: subsidiaries would count as independent; "
            "take group from the parents.",
            str(apart[0]),
        )
    ]


def training_finding(message: str, account_id=None, as_of=None) -> Finding:
    """Make a finding about the training."""
    return Finding("training", message, account_id=account_id, as_of=None if as_of is None else str(as_of)[:10])
