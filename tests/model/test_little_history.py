"""From no churn at all to fifty churned accounts: something honest ships, never worse than the base rate by more than noise."""

import json
import os
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from synthetic_panel import EMBARGO_DAYS, MODEL, SPECS, SPLITS, panel

from renewcast.estimators import artefact
from renewcast.estimators._definition import InputSpec, TrainingRows
from renewcast.estimators.pooled import Pooled
from renewcast.estimators.prior import Prior
from renewcast.evaluation.training import train

DEEP = os.environ.get("RENEWCAST_DEEP") == "1"
SEEDS = range(50 if DEEP else 2)
COUNTS = (0, 1, 5, 20, 49, 50)


def few_churned(accounts_that_churn: int, seed: int, strength: float = 1.0):
    """Return a panel in which exactly so many accounts ever churn, and a bigger one of later accounts with the same share."""
    rows, _ = panel(accounts=200, dates=14, strength=strength, seed=seed)
    later, _ = panel(accounts=1500, dates=4, strength=strength, seed=10_000 + seed)
    generator = np.random.default_rng(seed)
    churned = np.unique(rows.group[rows.label])
    kept = generator.choice(churned, accounts_that_churn, replace=False)
    share = rows.label[np.isin(rows.group, kept)].sum() / rows.label.sum()
    return (
        replace(rows, label=rows.label & np.isin(rows.group, kept)),
        replace(later, label=later.label & (generator.random(len(later)) < share)),
    )


def excess(label, p, base, group):
    """Return the Brier score of p over that of the base rate, and the standard error of that difference over accounts."""
    difference = (p - label) ** 2 - (base - label) ** 2
    by_account = np.bincount(np.unique(group, return_inverse=True)[1], weights=difference - difference.mean())
    return difference.mean(), np.sqrt((by_account**2).sum()) / len(difference)


@pytest.mark.parametrize("count", COUNTS)
def test_what_ships_is_never_worse_than_the_base_rate_and_nothing_crashes(count, tmp_path):
    for seed in SEEDS:
        rows, later = few_churned(count, seed, strength=seed % 2)
        trained = train(rows, SPECS, MODEL, SPLITS, EMBARGO_DAYS)
        digest = artefact.save(trained, tmp_path / str(seed))
        scorer = artefact.load(tmp_path / str(seed), expected_sha256=digest)
        shown = scorer.predict(later.features, later.gated)
        base = trained.final["base_rate"].predict(later.features, later.gated)
        assert np.isfinite(shown).all() and (shown > 0).all() and (shown < 1).all()
        worse, error = excess(later.label, shown, base, later.group)
        # Three standard errors: of 300 comparisons, chance alone lets fewer than one through.
        assert worse <= 3 * error + 1e-12, (count, seed)
        history = json.loads(json.dumps(trained.evaluation, allow_nan=False))["history"]
        assert history["rarer_accounts"] == count and history["base_rate_low"] < history["base_rate"] < history["base_rate_high"]
        if count < 20:
            assert not history["enough"] and set(np.array(list(trained.final["blend"].weights.values()))) == {0.0, 1.0}


def test_the_interval_of_the_base_rate_widens_as_churn_gets_rarer_and_covers_the_truth():
    hits, widths = 0, []
    for count in (2, 8, 32, 128):
        label = np.arange(1000) < count
        names = np.arange(1000).astype(str)
        rows = TrainingRows(pd.DataFrame(index=range(1000)), label, names, names, ["2026-06-29"] * 1000, [False] * 1000)
        low, high = Prior().fit(rows).interval()
        widths.append((high - low) / (count / 1000))
    assert widths == sorted(widths, reverse=True)
    generator = np.random.default_rng(8)
    for _ in range(400):
        # Twelve rows an account, three of them positive where it churns: rows repeat each other, accounts do not.
        churned = generator.random(150) < 0.1
        label = (np.arange(12) < 3) & churned[:, None]
        names = np.repeat(np.arange(150).astype(str), 12)
        rows = TrainingRows(pd.DataFrame(index=range(1800)), label.ravel(), names, names, ["2026-06-29"] * 1800, [False] * 1800)
        low, high = Prior().fit(rows).interval()
        hits += low <= 0.1 * 3 / 12 <= high
    assert 0.86 <= hits / 400 <= 0.97


def kinds_panel(rates, accounts, seed):
    generator = np.random.default_rng(seed)
    kind = generator.integers(0, len(rates), accounts)
    plan = np.array(["basic", "plus", "trial"], dtype=object)[kind]
    features = pd.DataFrame({"plan": pd.Series(plan, dtype=object), "region": pd.Series(generator.choice(["n", "s"], accounts))})
    names = np.arange(accounts).astype(str)
    label = generator.random(accounts) < np.array(rates)[kind]
    return TrainingRows(features.astype(object), label, names, names, ["2026-06-29"] * accounts, [False] * accounts), kind


KIND_SPECS = (InputSpec("plan", "contract", True), InputSpec("region", "tenure", True))


def test_rates_are_pooled_where_kinds_differ_and_are_one_where_they_do_not():
    truth, found, alike = np.array([0.01, 0.02, 0.25]), [], []
    for seed in range(40):
        rows, kind = kinds_panel(truth, 200, seed)
        pooled, prior = Pooled(KIND_SPECS).fit(rows), Prior().fit(rows)
        found.append([np.mean((one.predict(rows.features, rows.gated) - truth[kind]) ** 2) for one in (pooled, prior)])
        alike.append(Pooled(KIND_SPECS).fit(kinds_panel([0.08] * 3, 200, seed)[0]).kinds is None)
    by_kind, by_all = np.mean(found, axis=0)
    # Where kinds differ, the error of the probabilities falls to a fifth; where they do not, kinds are used at most at the level.
    assert by_kind < by_all / 5 and np.mean(alike) >= 0.9


def test_a_kind_never_seen_carries_the_rate_of_all_and_small_kinds_are_drawn_toward_it():
    rows, _ = kinds_panel([0.01, 0.02, 0.3], 300, 3)
    pooled = Pooled(KIND_SPECS).fit(rows)
    unseen = rows.features.iloc[:1].assign(plan="enterprise")
    assert pooled.kinds.feature == "plan"
    assert pooled.predict(unseen, np.array([False]))[0] == pytest.approx(pooled.rate)
    for code, events, exposure in zip(pooled.kinds.code, pooled.kinds.events, pooled.kinds.exposure, strict=True):
        one = rows.features.iloc[:1].assign(plan=pooled.encoding.levels["plan"][code])
        rate, raw = pooled.predict(one, np.array([False]))[0], events / exposure
        assert min(raw, pooled.rate) <= rate <= max(raw, pooled.rate)
        low, high = pooled.interval(one)
        assert low[0] < rate < high[0]
