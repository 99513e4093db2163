"""Points by feature and by driver: they sum to the probability shown."""

import numpy as np
import pytest
from synthetic_panel import SPECS, panel

from renewcast.estimators.blend import Blend
from renewcast.estimators.boosted import Trees
from renewcast.estimators.health_score import HealthScore
from renewcast.estimators.logistic import Logistic
from renewcast.explanation.attribution import attribute, driver_points

TREES = Trees(seed=7, fits=2, num_leaves=7, min_rows_per_leaf=10, learning_rate=0.1)


@pytest.mark.parametrize("make", [lambda: Blend(SPECS, TREES, rounds=20), lambda: Logistic(SPECS), lambda: HealthScore(SPECS)])
def test_points_sum_to_the_probability_by_feature_and_by_driver(make):
    rows, _ = panel(accounts=80, dates=6)
    fitted = make().fit(rows)
    found = attribute(fitted, rows.features, rows.gated)
    shown = fitted.predict(rows.features, rows.gated)
    assert np.abs(found.base_probability + found.points.sum(axis=1).to_numpy() - shown).max() < 1e-9
    drivers = driver_points(found, SPECS)
    assert np.abs(found.base_probability + drivers.sum(axis=1).to_numpy() - shown).max() < 1e-9


def test_the_contract_alone_explains_an_account_behind_the_gate():
    rows, _ = panel(accounts=80, dates=6)
    drivers = driver_points(attribute(Blend(SPECS, TREES, rounds=20).fit(rows), rows.features, rows.gated), SPECS)
    assert (drivers.loc[rows.gated, "contract"] < 0).all()
    assert (drivers.loc[rows.gated].drop(columns="contract") == 0).all(axis=None)
    assert (drivers.loc[~rows.gated, "contract"] == 0).all()


def test_falling_usage_gets_points_and_rising_usage_takes_them():
    rows, _ = panel(accounts=150, dates=8, gated_share=0)
    points = attribute(Blend(SPECS, TREES, rounds=30).fit(rows), rows.features, rows.gated).points["usage_events_trend_28d"]
    trend = rows.features["usage_events_trend_28d"]
    assert points[trend < -0.9].mean() > 0.1 and points[trend > 0.5].mean() < -0.03
