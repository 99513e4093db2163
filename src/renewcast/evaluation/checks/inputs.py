"""Are the rows what the model takes them for: the same in training and scoring, all there, and saying something."""

import numpy as np
import pandas as pd

from renewcast.errors import RenewcastError
from renewcast.estimators.encoding import Encoding
from renewcast.evaluation.checks._definition import Answer, Check, judged, not_applicable
from renewcast.evaluation.checks.case import Case
from renewcast.evaluation.training import FEWEST_POSITIVE_GROUPS

KEYS = ["account_id", "unit", "as_of"]


def _rows_differ(case: Case) -> Answer:
    if case.rebuilt is None:
        return not_applicable("no training rows were made again the way that scoring makes them")
    index = pd.MultiIndex.from_arrays([case.rows.account_id, case.rows.unit, case.rows.as_of.astype("datetime64[us]")])
    again = case.rebuilt.assign(as_of=case.rebuilt["as_of"].astype("datetime64[us]")).set_index(KEYS)
    wanted = index.isin(np.unique(again.index.get_level_values("as_of")), level=2)
    mine = case.rows.features[wanted].set_axis(index[wanted])
    names = [spec.name for spec in case.trained.specs]
    lacking = [name for name in names if name not in again]
    if lacking:
        return judged(True, f"scoring makes no {lacking[0]}", float(len(lacking)), 0.0)
    absent = int((~mine.index.isin(again.index)).sum())
    both = mine.index.intersection(again.index, sort=False)
    mine, again = mine.loc[both, names], again.loc[both, names]
    differ = {name: int((~_same(mine[name], again[name])).sum()) for name in names}
    cells = sum(differ.values())
    first = max(differ, key=differ.get) if differ else ""
    said = f"{cells:,} of {mine.size:,} cells differ and {absent:,} of {len(mine) + absent:,} rows are absent"
    if cells:
        said += f"; {first} differs in {differ[first]:,}"
    return judged(cells + absent > 0, said, float(cells + absent), 0.0)


def _same(one: pd.Series, other: pd.Series) -> np.ndarray:
    """Compare cell by cell; two empty cells are the same."""
    one, other = one.to_numpy(dtype=object), other.to_numpy(dtype=object)
    return (one == other) | (pd.isna(one) & pd.isna(other))


def _cannot_be_scored(case: Case) -> Answer:
    if case.recent is None:
        return not_applicable("the newest feature rows were not given")
    try:
        Encoding(case.trained.specs, {spec.name: () for spec in case.trained.specs if spec.is_categorical}).check(case.recent)
    except RenewcastError as why:
        return judged(True, str(why))
    return judged(False, f"all {len(case.trained.specs)} features are there, of the right kind")


def _says_nothing(case: Case) -> Answer:
    features = case.development.features[[spec.name for spec in case.trained.specs]]
    empty = [name for name in features if features[name].isna().all()]
    constant = [name for name in features if name not in empty and features[name].nunique(dropna=False) == 1]
    gone = []
    if case.recent is not None:
        there = [name for name in features if name in case.recent and name not in empty]
        gone = [name for name in there if case.recent[name].isna().all()]
    kinds = (("empty", empty), ("constant", constant), ("empty at the newest snapshot only", gone))
    said = "; ".join(f"{len(names)} {kind} ({', '.join(names[:3])})" for kind, names in kinds if names)
    number = float(len(empty) + len(constant) + len(gone))
    return judged(number > 0, said or f"each of {features.shape[1]} features varies", number, 0.0)


def _too_few_positives(case: Case) -> Answer:
    if case.is_base_rate:
        return not_applicable("everybody carries the base rate, which needs no more")
    found = case.development.positive_groups()
    said = f"{found} accounts of the rarer outcome to learn from"
    return judged(found < FEWEST_POSITIVE_GROUPS, said, float(found), float(FEWEST_POSITIVE_GROUPS))


def _small_test(case: Case) -> Answer:
    found = case.test.positive_groups()
    said = f"{found} accounts of the rarer outcome in the test"
    return judged(found < FEWEST_POSITIVE_GROUPS, said, float(found), float(FEWEST_POSITIVE_GROUPS))


CHECKS = (
    Check(
        "RC403",
        "train and score rows differ",
        "stop",
        "Run `renewcast audit`; the same account and day must give the same row whenever it is made.",
        _rows_differ,
    ),
    Check(
        "RC404",
        "the newest rows lack what the model needs",
        "stop",
        "Restore the table or column, or train again without it.",
        _cannot_be_scored,
    ),
    Check(
        "RC601",
        "too few outcomes to learn from",
        "stop",
        "Bring more history, or use the base rate or the health score until there is more.",
        _too_few_positives,
    ),
    Check(
        "RC602",
        "too few outcomes in the test",
        "warn",
        "Read every figure with its interval; raise splits.test_weeks.",
        _small_test,
    ),
    Check(
        "RC603",
        "features that say nothing",
        "warn",
        "Look whether their source is still filled; leave out families that nobody fills.",
        _says_nothing,
    ),
)
