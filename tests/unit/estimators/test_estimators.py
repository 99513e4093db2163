"""Each estimator: order never matters, state round trips exactly, parts add up, unknown input has a stated answer."""

import numpy as np
import pandas as pd
import pytest
from synthetic_panel import SPECS, panel

from renewcast.errors import RenewcastError
from renewcast.estimators._definition import InputSpec, TrainingRows, input_specs
from renewcast.estimators.blend import Blend
from renewcast.estimators.boosted import Boosted, Trees
from renewcast.estimators.calibration import Shape
from renewcast.estimators.health_score import RULES, HealthScore
from renewcast.estimators.logistic import Logistic
from renewcast.estimators.logit import logit
from renewcast.estimators.pooled import Pooled
from renewcast.estimators.prior import Prior
from renewcast.estimators.shares import weights_for

TREES = Trees(seed=0, fits=2, num_leaves=7, min_rows_per_leaf=10, learning_rate=0.1)
MAKERS = {
    "base_rate": lambda: Prior(SPECS),
    "health_score": lambda: HealthScore(SPECS),
    "logistic": lambda: Logistic(SPECS),
    "pooled_rates": lambda: Pooled(SPECS),
    "signed_log": lambda: Logistic(SPECS, "signed_log"),
    "boosted": lambda: Boosted(SPECS, TREES, rounds=20),
    "blend": lambda: Blend(SPECS, TREES, rounds=20, shape=Shape(slope=0.8)),
    "saturated": lambda: Blend(SPECS, TREES, rounds=20, shape=Shape(slope=1.5, floor=0.02, ceiling=0.85)),
}
every_estimator = pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)


@pytest.fixture(scope="module")
def rows():
    return panel(accounts=120, dates=8)[0]


@every_estimator
def test_the_order_of_the_rows_never_changes_a_bit(make, rows):
    shuffled = rows.take(np.random.default_rng(1).permutation(len(rows)))
    one, other = make().fit(rows), make().fit(shuffled)
    assert one.to_state() == other.to_state()
    assert one.predict(rows.features, rows.gated).tobytes() == other.predict(rows.features, rows.gated).tobytes()


@every_estimator
def test_a_row_is_predicted_the_same_alone_and_in_company(make, rows):
    fitted = make().fit(rows)
    whole = fitted.predict(rows.features, rows.gated)
    alone = [fitted.predict(rows.features.iloc[[at]], rows.gated[[at]])[0] for at in (0, 3, 77)]
    assert alone == [whole[0], whole[3], whole[77]]


@every_estimator
def test_the_order_of_the_columns_never_matters(make, rows):
    fitted = make().fit(rows)
    turned = rows.features[rows.features.columns[::-1]]
    assert np.array_equal(fitted.predict(rows.features, rows.gated), fitted.predict(turned, rows.gated))


@every_estimator
def test_state_round_trips_exactly_and_is_text(make, rows):
    fitted = make().fit(rows)
    state = fitted.to_state()
    transform = {"transform": fitted.transform} if isinstance(fitted, Logistic) else {}
    again = type(fitted).from_state(state, **transform)
    assert np.array_equal(again.predict(rows.features, rows.gated), fitted.predict(rows.features, rows.gated))
    assert again.to_state() == state
    assert all(name.endswith((".json", ".txt")) and data.decode() for name, data in state.items())


@every_estimator
def test_base_and_parts_add_up_to_the_logit_of_the_probability(make, rows):
    fitted = make().fit(rows)
    base, parts = fitted.contributions(rows.features, rows.gated)
    assert np.abs(base + parts.sum(axis=1).to_numpy() - logit(fitted.predict(rows.features, rows.gated))).max() < 1e-9


@every_estimator
def test_no_rows_give_no_probabilities(make, rows):
    assert make().fit(rows).predict(rows.features.iloc[:0], rows.gated[:0]).shape == (0,)


@every_estimator
def test_probabilities_stay_finite_whatever_the_numbers(make, rows):
    fitted, wild = make().fit(rows), rows.features.copy()
    for column, value in zip(["usage_events_trend_28d", "open_severe_tickets", "nps_last"], [1e300, -1e300, np.nan], strict=True):
        wild[column] = value
    p = fitted.predict(wild, rows.gated)
    assert np.isfinite(p).all() and (p > 0).all() and (p < 1).all()


@pytest.mark.parametrize("name", ["logistic", "boosted", "blend"])
def test_an_unseen_category_is_predicted_like_an_account_of_no_known_category(name, rows):
    fitted, unseen = MAKERS[name]().fit(rows), rows.features.copy()
    unseen["industry"] = pd.Series(["space"] * len(rows), dtype=object)
    assert np.isfinite(fitted.predict(unseen, rows.gated)).all()


@pytest.mark.parametrize("name", ["logistic", "boosted", "blend"])
def test_a_missing_column_is_refused_by_name(name, rows):
    fitted = MAKERS[name]().fit(rows)
    with pytest.raises(RenewcastError, match="lack nps_last"):
        fitted.predict(rows.features.drop(columns="nps_last"), rows.gated)


@pytest.mark.parametrize(
    ("column", "value"), [("nps_last", "nine"), ("industry", 4.0), ("tenure_days", np.inf)], ids=["text", "number", "infinity"]
)
def test_a_mistyped_column_is_refused_by_name(column, value, rows):
    fitted = Logistic(SPECS).fit(rows)
    wrong = rows.features.assign(**{column: value})
    with pytest.raises(RenewcastError, match=f"Feature {column}"):
        fitted.predict(wrong, rows.gated)


def test_columns_that_never_vary_or_are_always_empty_do_no_harm():
    rows, _ = panel(accounts=40, dates=4)
    features = rows.features.assign(tenure_days=5.0, nps_last=np.nan)
    flat = TrainingRows(features, rows.label, rows.account_id, rows.group, rows.as_of, rows.gated)
    assert np.isfinite(Blend(SPECS, TREES, rounds=5).fit(flat).predict(features, rows.gated)).all()


def test_seed_zero_is_a_seed(rows):
    other = Trees(seed=1, fits=2, num_leaves=7, min_rows_per_leaf=10, learning_rate=0.1)
    zero, again, one = (Boosted(SPECS, trees, 20).fit(rows) for trees in (TREES, TREES, other))
    p = [model.predict(rows.features, rows.gated) for model in (zero, again, one)]
    assert np.array_equal(p[0], p[1]) and not np.array_equal(p[0], p[2])


def test_signed_logs_and_clipping_tame_an_outlier(rows):
    features = rows.features.copy()
    features.loc[0, "tenure_days"] = 1e12
    spoiled = TrainingRows(features, rows.label, rows.account_id, rows.group, rows.as_of, rows.gated)
    for transform in ("raw", "signed_log"):
        calm = Logistic(SPECS, transform).fit(rows).predict(rows.features, rows.gated)
        assert np.abs(Logistic(SPECS, transform).fit(spoiled).predict(rows.features, rows.gated) - calm).max() < 0.02


def test_a_health_score_without_its_features_is_the_base_rate(rows):
    fitted = HealthScore([InputSpec("industry", "tenure", True)]).fit(rows)
    assert np.allclose(fitted.predict(rows.features, rows.gated), (rows.label.sum() + 0.5) / (len(rows) + 1), atol=1e-6)


def test_a_health_score_that_points_the_wrong_way_is_flat(rows):
    turned = TrainingRows(rows.features, ~rows.label, rows.account_id, rows.group, rows.as_of, rows.gated)
    assert np.ptp(HealthScore(SPECS).fit(turned).predict(rows.features, rows.gated)) == 0


def test_the_rules_of_the_health_score_name_each_feature_once():
    assert len({rule.feature for rule in RULES}) == len(RULES)
    assert all(rule.points > 0 and rule.bad != rule.good for rule in RULES)


def test_few_churned_accounts_take_weight_from_the_trees():
    weights = [weights_for(churned) for churned in (0, 10, 30, 50, 1000)]
    assert [w["boosted"] for w in weights] == sorted(w["boosted"] for w in weights) and weights[3] == weights[4]
    assert all(abs(sum(w.values()) - 1) < 1e-9 for w in weights)


def test_two_rows_of_one_account_at_one_date_are_refused(rows):
    with pytest.raises(ValueError, match="two rows"):
        rows.take(np.array([0, 0])).in_order()


def test_two_features_of_one_name_are_refused():
    with pytest.raises(ValueError, match="two features"):
        input_specs([SPECS[0], SPECS[0]])
