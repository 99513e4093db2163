"""Does 20 % mean 20 %: overall, from the safest to the riskiest, and is it the mark of weighted classes."""

import numpy as np

from renewcast.evaluation.checks._clusters import TAIL, Z99, level_shift, slope
from renewcast.evaluation.checks._definition import Answer, Check, judged, not_applicable
from renewcast.evaluation.checks.case import Case
from renewcast.evaluation.checks.segments import gaps, levelled, worst

# The odds may be off by this factor: so much does a base rate move with a season.
MOST_ODDS_FACTOR = 1.5
# Below this, beyond noise, risks stand 1.4 times as far apart as they should: a safe account seems certain.
LEAST_SLOPE = 0.7
# Weights that balance the classes move the log odds by log((1 - rate) / rate); half of that is a mark of them.
SHARE_OF_BALANCING = 0.5
# Where the rarer outcome is not rare, balancing changes next to nothing.
MOST_RARE_RATE = 1 / 3
TENTHS = 10


def _level(case: Case) -> Answer:
    if case.is_base_rate:
        return _no_skill(case)
    shift, error = level_shift(case.label, case.probability, case.group)
    beyond = max(0.0, abs(shift) - Z99 * error)
    said = (
        f"predicted {case.probability.mean():.1%}, seen {case.label.mean():.1%}: the odds are off by a factor of "
        f"{np.exp(abs(shift)):.2f}, of {np.exp(beyond):.2f} beyond noise"
    )
    return judged(beyond > np.log(MOST_ODDS_FACTOR), said, float(np.exp(beyond)), MOST_ODDS_FACTOR)


def _over_confident(case: Case) -> Answer:
    if case.is_base_rate:
        return _no_skill(case)
    label, p = case.label[case.open], case.probability[case.open]
    if label.all() or not label.any() or np.ptp(p) < 1e-9:
        return not_applicable("the test rows that the contract gate leaves open have one outcome, or one probability, only")
    from scipy.stats import t

    group = np.unique(case.group[case.open], return_inverse=True)[1]
    found, error = slope(label, p, group)
    # What a slope rests on is the accounts of the rarer outcome; with few of them the error itself is uncertain.
    freedom = max(1, min(len(np.unique(group[side])) for side in (label, ~label)) - 2)
    high = found + float(t.isf(TAIL, freedom)) * error * np.sqrt(1 + 2 / freedom)
    return judged(high < LEAST_SLOPE, f"slope {found:.2f}, standard error {error:.2f}", float(high), LEAST_SLOPE)


def _weighted_classes(case: Case) -> Answer:
    if case.is_base_rate:
        return _no_skill(case)
    rate = float(case.label.mean())
    rare = min(rate, 1 - rate)
    if rare > MOST_RARE_RATE:
        return not_applicable(f"the rarer outcome is not rare ({rare:.0%})")
    shift, error = level_shift(case.label, case.probability, case.group)
    # Positive where the rarer outcome is predicted too often.
    toward = (-shift if rate <= 0.5 else shift) - Z99 * error
    bound = SHARE_OF_BALANCING * np.log((1 - rare) / rare)
    said = f"predicted {case.probability.mean():.1%}, seen {rate:.1%}"
    return judged(toward > max(bound, np.log(2)), said, float(toward), float(max(bound, np.log(2))))


def _tenths(case: Case) -> Answer:
    if case.is_base_rate:
        return _no_skill(case)
    rank = np.empty(len(case.probability))
    rank[np.argsort(case.probability, kind="stable")] = np.arange(len(rank))
    cells = {
        f"tenth {tenth + 1}, from the safest": np.floor(rank * TENTHS / len(rank)).astype(int) == tenth for tenth in range(TENTHS)
    }
    return worst(gaps(case.label, levelled(case), case.group, cells))


def _no_skill(case: Case) -> Answer:
    base, seen = case.probability.mean(), case.label.mean()
    return not_applicable(f"everybody carries the base rate, and the list says so: {base:.1%}, seen on the test {seen:.1%}")


CHECKS = (
    Check(
        "RC201",
        "uncalibrated overall",
        "stop",
        "Look for what changed between training and test (how churn is recorded, prices, who is in scope); then train again.",
        _level,
    ),
    Check(
        "RC202",
        "over-confident",
        "stop",
        "Use fewer rounds or larger leaves, or more calibration weeks.",
        _over_confident,
    ),
    Check(
        "RC203",
        "classes were weighted",
        "stop",
        "Train without class weights, over- or undersampling: they move every probability.",
        _weighted_classes,
    ),
    Check(
        "RC204",
        "uncalibrated in a tenth of the list",
        "stop",
        "Look at the reliability diagram; more calibration weeks let the curve be bent.",
        _tenths,
    ),
)
