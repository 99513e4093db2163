"""Is it wrong about some: predicted against seen in each segment, judged all together so that luck refuses nobody."""

import numpy as np
import pandas as pd

from renewcast.estimators.logit import logit, sigmoid
from renewcast.evaluation.checks._clusters import design_effect, level_shift
from renewcast.evaluation.checks._definition import Answer, Check, judged, not_applicable
from renewcast.evaluation.checks.case import Case

# Chance that any segment of a calibrated model looks wrong.
FAMILY_LEVEL = 0.05
# A gap that matters: two points, or this share of what is seen or predicted, beyond noise.
LEAST_GAP, LEAST_GAP_SHARE = 0.02, 0.15
# A segment with fewer accounts, or where fewer independent outcomes are to be expected, tells nothing.
FEWEST_GROUPS, FEWEST_EXPECTED = 20, 5.0
QUARTERS = ("lowest quarter", "second quarter", "third quarter", "highest quarter")
# Numeric features by which a company looks at its accounts; all categorical ones are taken.
CUT_INTO_QUARTERS = ("tenure_days", "arr", "seats", "mrr_trend_364d")
MOST_LEVELS = 50


def dimensions(features: pd.DataFrame, specs) -> pd.DataFrame:
    """Say in which segments rows are: each categorical feature, and quarters of tenure, ARR, seats and growth.

    Parameters
    ----------
    features : pandas.DataFrame, shape (n, n_features)
    specs : iterable of objects with ``name`` and ``is_categorical``

    Returns
    -------
    pandas.DataFrame, shape (n, n_dimensions)
        Text; "other" for levels beyond the fifty most frequent, "not known" where empty.

    Examples
    --------
    >>> from renewcast.estimators._definition import InputSpec
    >>> frame = pd.DataFrame({"region": ["north", None], "usage": [1.0, 2.0]})
    >>> dimensions(frame, [InputSpec("region", "tenure", True), InputSpec("usage", "usage", False)]).to_dict("list")
    {'region': ['north', 'not known']}
    """
    found = {}
    for spec in specs:
        column = features[spec.name]
        if spec.is_categorical:
            kept = column.value_counts().sort_index().sort_values(ascending=False, kind="stable").index[:MOST_LEVELS]
            found[spec.name] = column.where(column.isin(kept) | column.isna(), "other").fillna("not known").astype(str)
        elif spec.name in CUT_INTO_QUARTERS:
            found[spec.name] = quarters(column)
    return pd.DataFrame(found, index=features.index)


def quarters(column: pd.Series) -> pd.Series:
    """Cut a numeric column into four parts of about equal count; equal values stay together.

    Examples
    --------
    >>> quarters(pd.Series([1.0, 2.0, 3.0, 4.0, float("nan")])).tolist()
    ['lowest quarter', 'second quarter', 'third quarter', 'highest quarter', 'not known']
    """
    rank = column.rank(pct=True, method="average")
    at = np.clip(np.ceil(rank * 4) - 1, 0, 3)
    return at.map(lambda one: "not known" if np.isnan(one) else QUARTERS[int(one)])


def gaps(label, probability, group, cells: dict) -> pd.DataFrame:
    """Compare predicted with seen in each cell, with intervals that hold in all cells at once.

    Parameters
    ----------
    label : array of bool, shape (n,)
    probability : array of float, shape (n,)
    group : array of int, shape (n,)
    cells : dict of str to array of bool, shape (n,)

    Returns
    -------
    pandas.DataFrame
        A row for each cell with at least 20 groups and five expected (or seen) independent outcomes: segment, rows, groups,
        predicted, seen, low and high (of seen minus predicted; in 95 % of healthy models all of them hold 0), beyond (how far 0
        lies outside) and matters (the gap from which on it counts).

    Notes
    -----
    The error is that of the null, a calibrated model: of independent rows, times the root of the design effect of all rows. The
    spread seen inside a cell is no measure of it: it grows with the very gap that is looked for, and is nothing where nobody
    churned. Bonferroni over the cells.

    References
    ----------
    Spiegelhalter, Statistics in Medicine 5, 1986 (the variance of the null). Dunn, Multiple comparisons among means, JASA 56,
    1961. Hebert-Johnson et al., Multicalibration, ICML 2018 (the aim).
    """
    from scipy.stats import norm

    label = np.asarray(label, dtype=float)
    effect = design_effect(label, probability, group)
    rows = []
    for name, mask in cells.items():
        at = np.flatnonzero(mask)
        if not len(at):
            continue
        p, groups = probability[at], len(np.unique(group[at]))
        predicted, seen = float(p.mean()), float(label[at].mean())
        rarer = max(min(total, len(at) - total) for total in (p.sum(), label[at].sum())) / effect
        if groups < FEWEST_GROUPS or rarer < FEWEST_EXPECTED:
            continue
        error = np.sqrt(float((p * (1 - p)).sum()) * effect) / len(at)
        rows.append((name, len(at), groups, predicted, seen, error))
    found = pd.DataFrame(rows, columns=["segment", "rows", "groups", "predicted", "seen", "error"])
    width = norm.isf(FAMILY_LEVEL / 2 / max(1, len(found))) * found.pop("error")
    gap = found["seen"] - found["predicted"]
    found["low"], found["high"] = gap - width, gap + width
    found["beyond"] = (gap.abs() - width).clip(lower=0)
    found["matters"] = (LEAST_GAP_SHARE * found[["predicted", "seen"]].max(axis=1)).clip(lower=LEAST_GAP)
    return found


def worst(found: pd.DataFrame) -> Answer:
    """Judge the cell whose gap exceeds what matters by most."""
    if found.empty:
        return not_applicable("no part of the test has enough outcomes to be looked at")
    one = found.loc[(found["beyond"] / found["matters"]).idxmax()]
    said = (
        f"of {len(found)} looked at, the worst is {one.segment}: predicted {one.predicted:.1%}, seen {one.seen:.1%} "
        f"on {one.rows:,} rows, {one.beyond:.1%} beyond noise"
    )
    return judged(bool(one.beyond > one.matters), said, float(one.beyond), float(one.matters))


def levelled(case: Case) -> np.ndarray:
    """Return the shipped probabilities with the level that fits the whole test, array of float.

    What all rows share is said once, by the check of the level; a segment is judged by what it does not share.
    """
    shift, _ = level_shift(case.label, case.probability, case.group)
    return sigmoid(logit(case.probability) + shift)


def table(case: Case, probability=None) -> pd.DataFrame:
    """Return :func:`gaps` of every segment of a case; of the shipped probabilities, unless others are given."""
    probability = case.probability if probability is None else probability
    listed = case.segments if case.segments is not None else dimensions(case.test.features, case.trained.specs)
    cells = {}
    for dimension in listed:
        values = listed[dimension].to_numpy(dtype=object)
        cells |= {f"{dimension} = {level}": values == level for level in sorted(set(values))}
    return gaps(case.label, probability, case.group, cells)


def _segments(case: Case) -> Answer:
    if case.is_base_rate:
        return not_applicable("everybody carries the base rate, and the list says so")
    return worst(table(case, levelled(case)))


CHECKS = (
    Check(
        "RC205",
        "uncalibrated in a segment",
        "stop",
        "Look at how the tables are filled for that segment; give it a feature of its own, or leave it out until mended.",
        _segments,
    ),
)
