"""Training on panels of known hazard: signal is found, noise is called noise, the future never touches the past."""

import json
from types import SimpleNamespace

import numpy as np
import pytest
from scipy.stats import spearmanr
from synthetic_panel import EMBARGO_DAYS, MODEL, SPECS, SPLITS, panel

from renewcast.errors import RenewcastError
from renewcast.estimators._definition import TrainingRows
from renewcast.evaluation.training import train


def relabelled(rows, **changes):
    kept = {name: getattr(rows, name) for name in ("features", "label", "account_id", "group", "as_of", "gated")}
    return TrainingRows(**(kept | changes))


@pytest.fixture(scope="module")
def world():
    return panel(accounts=300, dates=16)


@pytest.fixture(scope="module")
def trained(world):
    return train(world[0], SPECS, MODEL, SPLITS, EMBARGO_DAYS)


def test_a_strong_signal_is_found_ranked_and_calibrated(world, trained):
    rows, probability = world
    test = trained.splits.test
    shown = trained.test_predictions[trained.ranked_by]
    assert trained.has_skill
    assert spearmanr(probability[test], shown).statistic > 0.85
    assert trained.evaluation["metrics"]["ece"] < 0.04
    assert trained.evaluation["metrics"]["log_loss"] < trained.evaluation["baselines"]["base_rate"]["log_loss"] - 0.02


def test_the_evaluation_is_plain_json_and_names_its_dates(trained):
    told = json.loads(json.dumps(trained.evaluation, allow_nan=False))
    assert told["calibration"][-1]["last_as_of"] <= told["train"]["last_as_of"] < told["test"]["first_as_of"]
    assert set(told["baselines"]) == {"base_rate", "health_score", "logistic"}
    assert len(told["calibration"]) == 3 and 0.3 <= told["slope"] <= 1.6 and told["gate"]["used"]


def test_pure_noise_has_no_skill():
    rows, _ = panel(accounts=200, dates=14, strength=0.0, gated_share=0.0)
    assert not train(rows, SPECS, MODEL, SPLITS, EMBARGO_DAYS).has_skill


def test_no_fitted_part_of_development_depends_on_the_test_rows(world, trained):
    rows = world[0]
    features, test = rows.features.copy(), trained.splits.test
    for name in ("usage_events_trend_28d", "open_severe_tickets", "nps_last", "tenure_days"):
        features.loc[test, name] = features.loc[test, name] * 1e6 + 1e6
    features.loc[test, "industry"] = "tomorrow"
    spoiled = relabelled(rows, features=features, label=np.where(test, ~rows.label, rows.label))
    again = train(spoiled, SPECS, MODEL, SPLITS, EMBARGO_DAYS)
    assert again.tuning == trained.tuning
    assert {n: e.to_state() for n, e in again.development.items()} == {n: e.to_state() for n, e in trained.development.items()}


def test_the_order_of_the_rows_never_changes_a_training(world, trained):
    rows = world[0]
    again = train(rows.take(np.random.default_rng(2).permutation(len(rows))), SPECS[::-1], MODEL, SPLITS, EMBARGO_DAYS)
    assert again.evaluation == trained.evaluation
    assert {n: e.to_state() for n, e in again.final.items()} == {n: e.to_state() for n, e in trained.final.items()}


def test_what_scores_is_refitted_on_all_rows_and_what_is_judged_is_not(world, trained):
    for fitted, label in ((trained.final, world[0].label), (trained.development, world[0].label[trained.splits.development])):
        assert fitted["base_rate"].rate == pytest.approx((label.sum() + 0.5) / (len(label) + 1))


def test_rows_of_one_account_are_refused_in_one_sentence(world):
    rows = world[0]
    for taken in (rows.take(rows.group == rows.group[0]), rows.take(np.zeros(0, dtype=int)), rows.take(np.array([0]))):
        with pytest.raises(RenewcastError, match="at least two accounts"):
            train(taken, SPECS, MODEL, SPLITS, EMBARGO_DAYS)


def test_a_test_of_one_outcome_gives_no_verdict_and_the_base_rate(world, trained):
    rows = world[0]
    one_sided = train(relabelled(rows, label=rows.label & ~trained.splits.test), SPECS, MODEL, SPLITS, EMBARGO_DAYS)
    assert not one_sided.has_skill and one_sided.ranked_by == "base_rate"
    assert one_sided.evaluation["metrics"]["auc"] is None and one_sided.skill.auc[1:] == (0.0, 1.0)
    json.dumps(one_sided.evaluation, allow_nan=False)


def test_a_short_history_is_trained_with_the_stated_defaults():
    rows, _ = panel(accounts=200, dates=6)
    short = train(rows, SPECS, MODEL, SimpleNamespace(test_weeks=8, calibration_weeks=4), EMBARGO_DAYS * 2 - 28)
    assert (short.tuning.slices, short.tuning.rounds, short.tuning.shape.slope) == (0, MODEL.max_rounds, 1.0)


def test_one_date_is_judged_on_groups_held_out():
    rows, _ = panel(accounts=900, dates=1)
    trained = train(rows, SPECS, MODEL, SPLITS, EMBARGO_DAYS)
    assert trained.evaluation["cut"].startswith("by account") and trained.has_skill and trained.tuning.slices == 4
