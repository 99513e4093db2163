"""The bootstrap over accounts: it holds the truth as often as it says, and several statistics share their draws."""

import os

import numpy as np
from scipy.stats import binom

from renewcast.evaluation.intervals import account_bootstrap, account_bootstraps
from renewcast.evaluation.metrics import auc

DEEP = os.environ.get("RENEWCAST_DEEP") == "1"


def clustered(seed, accounts=300, weeks=8):
    """Weekly rows of accounts whose trait moves the score and the outcome of all of their weeks."""
    generator = np.random.default_rng(seed)
    trait, group = np.repeat(generator.normal(size=accounts), weeks), np.repeat(np.arange(accounts).astype(str), weeks)
    z = trait + 0.3 * generator.normal(size=len(trait)) - 1.5
    label, score = generator.random(len(z)) < 1 / (1 + np.exp(-z)), trait + generator.normal(size=len(z))
    order = np.argsort(score)
    return group[order], label[order], score[order]


def test_the_interval_of_the_auc_holds_the_truth_as_often_as_it_says():
    """93 to 97 % of 500 simulated companies (ST4); fewer by default, within what 95 % allow in all but one of a thousand runs."""
    simulations = 500 if DEEP else 60
    low, high = (0.93, 0.97) if DEEP else (binom.ppf(0.001, simulations, 0.95) / simulations, 1.0)
    truth = np.mean([auc(*clustered(seed, accounts=10_000)[1:]) for seed in range(20 if DEEP else 8)])
    hits = 0
    for seed in range(simulations):
        group, label, score = clustered(1000 + seed)
        interval = account_bootstrap(group, lambda weight, y=label, p=score: auc(y, p, weight), seed=seed)
        hits += interval.low <= truth <= interval.high
    assert low <= hits / simulations <= high, hits


def test_several_statistics_at_once_are_those_taken_one_by_one():
    group, label, score = clustered(0, accounts=40)
    one = account_bootstrap(group, lambda weight: auc(label, score, weight), seed=3)
    both = account_bootstraps(
        group, lambda weight: {"auc": auc(label, score, weight), "share": float((label * weight).sum() / weight.sum())}, seed=3
    )
    assert both["auc"] == one and both["share"].low < label.mean() < both["share"].high
