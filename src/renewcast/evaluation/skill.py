"""Whether the winner knows anything: better than the base rate by more than noise, and ranking better than chance."""

from typing import NamedTuple

import numpy as np

from renewcast.evaluation.intervals import Interval, account_bootstrap
from renewcast.evaluation.metrics import auc, row_log_losses

RESAMPLES = 200
# A test with fewer accounts of the rarer outcome cannot tell skill from luck: the bootstrap would draw from a handful.
FEWEST_TEST_GROUPS = 10
# What is known of a ranking where nothing can be.
UNKNOWN_AUC = Interval(0.5, 0.0, 1.0)


class Skill(NamedTuple):
    """The verdict and the numbers behind it.

    ``log_loss_difference`` is the winner's log loss minus the base rate's on the same rows; below 0 is better.
    """

    has_skill: bool
    auc: Interval
    log_loss_difference: Interval
    resamples: int


def judge_skill(label, churn_probability, base_probability, group, *, seed: int) -> Skill:
    """Compare the winner with the base rate on the same test rows, drawing whole accounts.

    Parameters
    ----------
    label : array of bool, shape (n,)
    churn_probability, base_probability : array of float in [0, 1], shape (n,)
        Of the winner, and of the base rate learnt on the development rows.
    group : array of str, shape (n,)
    seed : int

    Returns
    -------
    Skill
        ``has_skill`` needs ten accounts of each outcome, the whole 95 % interval of the log-loss difference below 0 and that of
        the AUC above 0.5. With one outcome only, the AUC is 0.5 with an interval from 0 to 1.

    Examples
    --------
    >>> label, names = np.array([True, False] * 50), np.arange(100).astype(str)
    >>> judge_skill(label, np.where(label, 0.8, 0.2), np.full(100, 0.5), names, seed=7).has_skill
    True
    """
    label, p = np.asarray(label).astype(bool), np.asarray(churn_probability, dtype=float)
    # Sorted once, every resample's sort is a single pass.
    order = np.argsort(p, kind="stable")
    label, p, group = label[order], p[order], np.asarray(group)[order]
    difference = row_log_losses(label, p) - row_log_losses(label, np.asarray(base_probability, dtype=float)[order])
    fewest = min(len(np.unique(group[label])), len(np.unique(group[~label])))
    ranking = UNKNOWN_AUC
    if fewest:
        ranking = account_bootstrap(group, lambda weight: auc(label, p, weight), resamples=RESAMPLES, seed=seed)
    gain = account_bootstrap(
        group, lambda weight: float((difference * weight).sum() / weight.sum()), resamples=RESAMPLES, seed=seed
    )
    proved = fewest >= FEWEST_TEST_GROUPS and gain.high < 0 and ranking.low > 0.5
    return Skill(bool(proved), ranking, gain, RESAMPLES)
