"""Would other accounts have taught the same: two halves of the accounts, refitted, must rank alike."""

import numpy as np

from renewcast.estimators.boosted import hashed_share
from renewcast.evaluation.checks._definition import Answer, Check, judged, not_applicable
from renewcast.evaluation.checks.case import Case, contribution_shares
from renewcast.evaluation.training import FEWEST_POSITIVE_GROUPS, refit

# The rank correlation of two halves of pure noise stays below this; of a model that found something it is above.
LEAST_CORRELATION = 0.25
# Halves with fewer accounts of an outcome than a training needs differ whatever the model is worth.
FEWEST_IN_A_HALF = FEWEST_POSITIVE_GROUPS
HALVES_FITS = 2
TOP_DRIVERS = 3


def _halves(case: Case) -> list | str:
    """Refit the shipped estimator on each half of the development's groups; or say why not."""
    if case.is_base_rate:
        return "everybody carries the base rate: there is no ranking"
    if case.model is None:
        return "the model's parameters were not given, so nothing was refitted"
    names, position = np.unique(case.development.group, return_inverse=True)
    first = (hashed_share(names, f"{case.model.seed}:halves") < 0.5)[position]
    halves = [case.development.take(first), case.development.take(~first)]
    if min(half.positive_groups() for half in halves) < FEWEST_IN_A_HALF:
        return f"fewer than {FEWEST_IN_A_HALF} accounts of an outcome in a half"
    return [refit(case.trained, half, fits=HALVES_FITS)[case.shipped] for half in halves]


def _ranking_moves(case: Case) -> Answer:
    halves = case.once("halves", lambda: _halves(case))
    if isinstance(halves, str):
        return not_applicable(halves)
    from scipy.stats import spearmanr

    rows = case.test.take(case.taken_apart)
    one, other = (half.predict(rows.features, rows.gated) for half in halves)
    if np.ptp(one) == 0 or np.ptp(other) == 0:
        return not_applicable("a half predicts the same for everybody")
    found = float(spearmanr(one, other).statistic)
    said = f"rank correlation of two halves of the accounts {found:.2f}"
    return judged(found < LEAST_CORRELATION, said, found, LEAST_CORRELATION)


def _drivers_move(case: Case) -> Answer:
    halves = case.once("halves", lambda: _halves(case))
    if isinstance(halves, str):
        return not_applicable(halves)
    rows = case.test.take(case.taken_apart)
    ranked = []
    for half in halves:
        shares = contribution_shares(half, rows)
        ranked.append(shares.groupby(lambda name: case.driver_of.get(name, name)).sum().sort_values(ascending=False))
    if not all(len(one) for one in ranked):
        return not_applicable("a half uses no feature")
    tops = [one.index[0] for one in ranked]
    fails = any(top not in other.index[:TOP_DRIVERS] for top, other in ((tops[0], ranked[1]), (tops[1], ranked[0])))
    return judged(fails, f"the strongest drivers of two halves are {tops[0]} and {tops[1]}")


CHECKS = (
    Check(
        "RC501",
        "unstable: other accounts teach another ranking",
        "stop",
        "Bring more history, use fewer features, or let logistic regression rank.",
        _ranking_moves,
    ),
    Check(
        "RC502",
        "unstable: other accounts teach other drivers",
        "warn",
        "Read the reasons with care; drivers that take turns say the same thing.",
        _drivers_move,
    ),
)
