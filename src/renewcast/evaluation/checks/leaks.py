"""Does the model know what it cannot know, or rest on a single number."""

import numpy as np
import pandas as pd

from renewcast.estimators._definition import TrainingRows
from renewcast.evaluation.checks._definition import Answer, Check, judged, not_applicable
from renewcast.evaluation.checks.case import Case
from renewcast.evaluation.honest import BEST_HONEST_AUC, BEST_HONEST_MISSING_AUC, FEWEST
from renewcast.evaluation.metrics import auc

# One feature of several may make this share of a model's spread; with more, the model is that feature.
MOST_SHARE = 0.8
# And only where losing it takes away nearly all that the model knows.
MOST_SKILL_LOST = 0.8
FEWEST_FEATURES = 3


def _too_good(case: Case) -> Answer:
    label, p = case.label[case.open], case.probability[case.open]
    groups = case.test.group[case.open]
    if min(len(np.unique(groups[label])), len(np.unique(groups[~label]))) < FEWEST:
        return not_applicable(f"fewer than {FEWEST} accounts of an outcome in the test")
    found, bound = auc(label, p), BEST_HONEST_AUC["near"]
    return judged(found >= bound, f"AUC {found:.3f} on open terms", found, bound)


def _one_feature_tells(case: Case) -> Answer:
    rows = case.rows.take(~case.rows.gated)
    if rows.positive_groups() < FEWEST:
        return not_applicable(f"fewer than {FEWEST} accounts of an outcome")
    name, how, found, bound = max(_tellings(rows, case.trained.specs), key=lambda one: one[2] / one[3])
    return judged(found >= bound, f"{how}{name} alone has AUC {found:.3f} on open terms", found, bound)


def _tellings(rows: TrainingRows, specs):
    """Yield name, what of it is read, AUC (0.5 to 1) and bound, for each feature: its value, its emptiness, its levels."""
    yield "no feature", "", 0.5, 1.0
    for spec in specs:
        column = rows.features[spec.name]
        empty = column.isna().to_numpy()
        if 0 < empty.sum() < len(empty):
            yield spec.name, "the emptiness of ", _either_way(rows.label, empty.astype(float)), BEST_HONEST_MISSING_AUC["near"]
        known = ~empty
        values = _levels(column, rows) if spec.is_categorical else column.to_numpy(dtype=float)
        if min(len(np.unique(rows.group[known & side])) for side in (rows.label, ~rows.label)) >= FEWEST:
            yield spec.name, "", _either_way(rows.label[known], values[known]), BEST_HONEST_AUC["near"]


def _levels(column: pd.Series, rows: TrainingRows) -> np.ndarray:
    """Give each level the share of the outcome among the other accounts that carry it, so that rare levels tell nothing."""
    frame = pd.DataFrame({"level": column.to_numpy(), "group": rows.group, "label": rows.label.astype(float)})
    level, own = frame.groupby("level")["label"], frame.groupby(["level", "group"])["label"]
    total, count = level.transform("sum") - own.transform("sum"), level.transform("size") - own.transform("size")
    rate = rows.label.mean()
    return ((total + rate) / (count + 1)).fillna(rate).to_numpy()


def _either_way(label, values) -> float:
    found = auc(label, values)
    return max(found, 1 - found)


def _one_feature_carries(case: Case) -> Answer:
    shares = case.shares
    if len(case.trained.specs) < FEWEST_FEATURES or not len(shares):
        return not_applicable("the model uses no feature, or there are fewer than three")
    name, share = shares.index[0], float(shares.iloc[0])
    said = f"{name} makes {share:.0%} of the model's spread"
    if share <= MOST_SHARE or name not in case.test.features:
        return judged(False, said, share, MOST_SHARE)
    lost = _skill_lost_without(case, name)
    return judged(lost > MOST_SKILL_LOST, f"{said}, and without it {lost:.0%} of what it knows is gone", share, MOST_SHARE)


def _skill_lost_without(case: Case, name: str) -> float:
    """Share of the gain in log loss over the base rate that is gone once one feature is shuffled among the test rows."""
    rows = case.test.take(case.taken_apart)
    shuffled = rows.features.copy()
    shuffled[name] = shuffled[name].to_numpy()[np.random.default_rng(0).permutation(len(rows))]
    estimator = case.trained.development[case.shipped]

    def loss(p):
        return float(-np.where(rows.label, np.log(p), np.log1p(-p)).mean())

    own = loss(np.clip(estimator.predict(rows.features, rows.gated), 1e-9, 1 - 1e-9))
    without = loss(np.clip(estimator.predict(shuffled, rows.gated), 1e-9, 1 - 1e-9))
    base = loss(np.clip(np.full(len(rows), rows.label.mean()), 1e-9, 1 - 1e-9))
    return (without - own) / (base - own) if base > own else 1.0


CHECKS = (
    Check(
        "RC301",
        "leak suspected: too good to be true",
        "stop",
        "Run `renewcast audit`, and look for a column that is filled in after the outcome.",
        _too_good,
    ),
    Check(
        "RC302",
        "leak suspected: one feature tells the outcome",
        "stop",
        "Look when that column becomes known; correct known_at, or leave the feature out.",
        _one_feature_tells,
    ),
    Check(
        "RC303",
        "one feature carries the model",
        "stop",
        "Look whether the feature is what you think; a rule on it may do, or its source alone may break the list.",
        _one_feature_carries,
    ),
)
