"""The search keeps a better shape only with proof, goes on where it stopped, and the agreed directions hold."""

from dataclasses import replace

import numpy as np
import pytest
from synthetic_panel import EMBARGO_DAYS, MODEL, SPECS, SPLITS, panel

from renewcast.estimators.boosted import Boosted, Trees
from renewcast.estimators.search import search
from renewcast.estimators.splits import cut

DIRECTED = tuple(
    spec._replace(direction={"usage_events_trend_28d": -1, "open_severe_tickets": 1}.get(spec.name, 0)) for spec in SPECS
)


@pytest.fixture(scope="module")
def world():
    rows = panel(accounts=250, dates=16)[0].in_order()
    slices = cut(
        rows,
        test_weeks=SPLITS.test_weeks,
        calibration_weeks=SPLITS.calibration_weeks,
        embargo_days=EMBARGO_DAYS,
        seed=0,
    ).slices
    return rows, slices


def found(world, trees, **more):
    return search(*world, DIRECTED, trees, 40, minutes=60, **more)


def test_a_hopeless_shape_is_beaten_and_a_sound_one_is_not_replaced_by_luck(world):
    """Where two signs together decide, which logistic regression cannot see, a stump is no match for trees."""
    rows, slices = world
    alike = (rows.features["usage_events_trend_28d"] > -0.2) == (rows.features["tenure_days"] > 1000)
    label = np.random.default_rng(4).random(len(rows)) < np.where(alike, 0.5, 0.1)
    stump = Trees(seed=0, fits=1, num_leaves=2, min_rows_per_leaf=1500, learning_rate=0.001)
    beaten = found((replace(rows, label=label), slices), stump, most_trials=6)
    assert beaten.is_better and beaten.best["log_loss"] < beaten.given["log_loss"] and beaten.gain > 0
    kept = found(world, Trees.chosen(MODEL), most_trials=1)
    assert not kept.is_better and kept.best == kept.given and kept.gain == 0


def test_a_search_goes_on_where_it_stopped(world, tmp_path):
    trees, study = Trees.chosen(MODEL), tmp_path / "study.db"
    first = found(world, trees, most_trials=2, study=study)
    second = found(world, trees, most_trials=2, study=study)
    assert (first.earlier, first.trials, second.earlier, second.trials) == (0, 2, 2, 2)
    assert second.best["log_loss"] <= first.best["log_loss"]
    other = found(world, trees, most_trials=1, study=study, name="other rows")
    assert other.earlier == 0


def test_the_same_seed_tries_the_same_shapes(world):
    trees = replace(Trees.chosen(MODEL), seed=0)
    assert found(world, trees, most_trials=3) == found(world, trees, most_trials=3)


def test_without_slices_there_is_nothing_to_search_on(world):
    with pytest.raises(ValueError, match="no slices"):
        search(world[0], (), DIRECTED, Trees.chosen(MODEL), 40, minutes=1)


@pytest.mark.parametrize("is_good_outcome", [False, True])
def test_with_directions_the_risk_never_goes_the_other_way(world, is_good_outcome):
    rows = replace(world[0], label=world[0].label ^ is_good_outcome, is_good_outcome=is_good_outcome)
    trees = Trees(seed=0, fits=2, num_leaves=15, min_rows_per_leaf=5, learning_rate=0.3, monotone=True)
    model, features = Boosted(DIRECTED, trees, 40).fit(rows), rows.features.head(200)
    for name, direction in (("usage_events_trend_28d", -1), ("open_severe_tickets", 1)):
        sign = -direction if is_good_outcome else direction
        low, high = (features.assign(**{name: features[name] + shift}) for shift in (-0.5, 0.5))
        steps = sign * (model.log_odds(high) - model.log_odds(low))
        assert (steps >= -1e-12).all() and steps.max() > 0
    free = Boosted(DIRECTED, replace(trees, monotone=False), 40).fit(rows)
    steps = [free.log_odds(features.assign(open_severe_tickets=number)) for number in np.arange(5.0)]
    assert (np.diff(steps, axis=0) * (-1 if is_good_outcome else 1) < 0).any()
