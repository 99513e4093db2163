"""Survival curves from durations: Kaplan and Meier where nothing tells rows apart, closed forms, scikit-learn's checks."""

import json
import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.utils.estimator_checks import check_estimator

from renewcast.estimators import HazardModel
from renewcast.estimators.person_period import Periods

SMALL = {"fits": 2, "max_rounds": 40}


def customers(n=400, *, seed=0, bins=12):
    """Durations with a constant hazard that depends on the plan, cut off at random; bins=None leaves them continuous."""
    generator = np.random.default_rng(seed)
    table = pd.DataFrame(
        {
            "plan": pd.Series(generator.choice(["free", "pro", None], n), dtype=object),
            "seats": np.where(generator.random(n) < 0.2, np.nan, generator.integers(1, 50, n)),
            "since": pd.Timestamp("2020-01-01") + pd.to_timedelta(generator.integers(0, 999, n), unit="D"),
        }
    )
    life, cut_off = generator.exponential(np.where(table["plan"] == "free", 3.0, 9.0)), generator.uniform(1, 14, n)
    if bins:
        life, cut_off = np.ceil(life), np.floor(np.minimum(cut_off, bins))
    return table, np.minimum(life, cut_off), life <= cut_off


def test_scikit_learn_accepts_it_without_a_single_expected_failure():
    # The checks draw from the global generator themselves; it is given back as it was.
    before = np.random.get_state()  # noqa: NPY002
    found = check_estimator(HazardModel(fits=1, max_rounds=5, min_rows_per_leaf=5), on_skip=None)
    np.random.set_state(before)  # noqa: NPY002
    assert {one["status"] for one in found} <= {"passed", "skipped"} and len(found) > 40


@pytest.mark.parametrize("bins", [12, None], ids=["whole months", "any time"])
def test_where_nothing_tells_rows_apart_the_curve_is_that_of_kaplan_and_meier(bins):
    from sksurv.nonparametric import kaplan_meier_estimator, nelson_aalen_estimator

    _, duration, event = customers(bins=bins)
    same = pd.DataFrame({"same": np.ones(len(duration))})
    model = HazardModel(**SMALL, max_periods=1000).fit(same, duration=duration, event=event)
    times, survival = kaplan_meier_estimator(event, duration)
    assert model.predict_survival(same[:1], times)[0] == pytest.approx(survival, abs=1e-9)
    _, cumulative = nelson_aalen_estimator(event, duration)
    hazard = model.predict_hazard(same[:1])[0]
    assert hazard.sum() == pytest.approx(cumulative[-1], abs=1e-9)


def test_with_features_the_mean_hazard_of_those_at_risk_is_still_the_one_seen():
    from sksurv.nonparametric import kaplan_meier_estimator

    table, duration, event = customers()
    model = HazardModel(**SMALL).fit(table, duration=duration, event=event)
    hazard, at_risk = model.predict_hazard(table), duration[:, None] >= model.periods_.ends
    mean = (hazard * at_risk).sum(axis=0) / at_risk.sum(axis=0)
    times, survival = kaplan_meier_estimator(event, duration)
    curve = model.periods_.survival(mean[None], times)[0]
    assert curve == pytest.approx(survival, abs=1e-9)


@pytest.mark.parametrize("rate", [0.02, 0.1, 0.5])
def test_geometric_and_exponential_lifetimes_have_their_closed_forms(rate):
    ends, limit = np.arange(1.0, 61.0), 60
    steps, falling = Periods(ends, True), Periods(ends, False)
    hazard = np.full((1, 60), rate)
    assert steps.mean_lifetime(hazard, limit)[0] == pytest.approx((1 - (1 - rate) ** limit) / rate)
    per_month = -np.log1p(-rate)
    assert falling.mean_lifetime(hazard, limit)[0] == pytest.approx((1 - np.exp(-per_month * limit)) / per_month)
    assert falling.survival(hazard, np.array([7.5]))[0, 0] == pytest.approx(np.exp(-per_month * 7.5))
    assert steps.survival(hazard, np.array([7.5]))[0, 0] == pytest.approx((1 - rate) ** 7)


def test_many_different_times_are_cut_into_periods_that_recover_a_constant_hazard():
    generator = np.random.default_rng(3)
    life, cut_off = generator.exponential(10.0, 4000), generator.uniform(0, 20, 4000)
    table = pd.DataFrame({"noise": np.zeros(4000)})
    model = HazardModel(**SMALL).fit(table, duration=np.minimum(life, cut_off), event=life <= cut_off)
    times = np.array([2.0, 5.0, 10.0, 15.0])
    assert len(model.periods_.ends) == 40
    # Two standard errors of a survival curve of 4,000 rows are about 0.02 here.
    assert model.predict_survival(table[:1], times)[0] == pytest.approx(np.exp(-times / 10), abs=0.02)


@pytest.mark.parametrize("bins", [12, None], ids=["whole months", "any time"])
def test_curves_are_probabilities_that_never_rise_whatever_the_rows(bins):
    table, duration, event = customers(bins=bins)
    model = HazardModel(**SMALL).fit(table, duration=duration, event=event)
    odd = pd.DataFrame({"plan": ["never seen", None, "pro"], "seats": [1e12, np.nan, -5], "since": pd.NaT})
    curves = model.predict_survival(pd.concat([table, odd]), np.linspace(0, 40, 161))
    assert curves.shape == (403, 161) and (curves[:, 0] <= 1).all() and (curves >= 0).all()
    assert (np.diff(curves, axis=1) <= 0).all()
    free, pro = (model.risk(table)[(table["plan"] == plan).to_numpy()].mean() for plan in ("free", "pro"))
    assert free > 1.5 * pro
    assert (np.diff(np.stack([model.expected_lifetime(table, limit) for limit in (1, 3, 9)]), axis=0) >= 0).all()


def test_the_three_forms_of_y_and_any_order_of_rows_and_columns_give_the_same_model():
    table, duration, event = customers(200)
    structured = np.array(list(zip(event, duration, strict=True)), dtype=[("ended", bool), ("months", float)])
    shuffled = np.random.default_rng(1).permutation(200)
    wanted = HazardModel(**SMALL).fit(table, duration=duration, event=event)
    others = [
        HazardModel(**SMALL).fit(table, structured),
        HazardModel(**SMALL).fit(table, np.column_stack([event, duration])),
        HazardModel(**SMALL).fit(table.iloc[shuffled], duration=duration[shuffled], event=event[shuffled]),
    ]
    for other in others:
        assert other.to_state() == wanted.to_state()
    assert np.array_equal(wanted.risk(table[table.columns[::-1]]), wanted.risk(table))


def test_whole_weights_are_numbers_of_rows():
    table, duration, event = customers(150)
    weight = np.arange(150) % 3
    doubled = np.repeat(np.arange(150), weight)
    one = HazardModel(**SMALL).fit(table, duration=duration, event=event, sample_weight=weight)
    other = HazardModel(**SMALL).fit(table.iloc[doubled], duration=duration[doubled], event=event[doubled])
    assert one.to_state() == other.to_state()


def test_a_model_comes_back_from_json_and_booster_text_to_the_last_bit():
    table, duration, event = customers(200)
    model = HazardModel(**SMALL).fit(table, duration=duration, event=event)
    state = model.to_state()
    for name, content in state.items():
        assert content.startswith(b"tree\n") if name.endswith(".txt") else json.loads(content)
    again = HazardModel.from_state(state)
    assert np.array_equal(again.predict_hazard(table), model.predict_hazard(table))
    assert again.get_params() == model.get_params()


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "give either y or duration"),
        ({"duration": [1.0, -1.0, 2.0]}, "Negative values"),
        ({"duration": [1.0, np.nan, 2.0]}, "missing or infinite"),
        ({"duration": [1, 2, 3], "event": [0, 0, 0]}, "bring rows whose end was seen"),
        ({"duration": [1, 2, 3], "event": [0, 1, 2]}, "event must be true or false"),
        ({"duration": [1, 2]}, "inconsistent numbers of samples"),
        ({"duration": ["a", "b", "c"]}, "durations must be numbers"),
    ],
)
def test_what_cannot_be_fitted_is_refused_in_one_sentence(given, said):
    with pytest.raises(ValueError, match=said):
        HazardModel().fit(pd.DataFrame({"seats": [1, 2, 3]}), **given)


@pytest.mark.skipif(os.environ.get("RENEWCAST_DEEP") != "1", reason="half a minute; RENEWCAST_DEEP=1 runs it")
def test_subscriptions_of_a_real_company_are_ranked_and_timed_out_of_fold():
    from sklearn.model_selection import KFold
    from sksurv.metrics import concordance_index_censored, integrated_brier_score
    from sksurv.util import Surv

    table = pd.read_csv(Path(os.environ["RENEWCAST_DATA"]) / "pysurvival_saas" / "churn.csv")
    duration, event = table.pop("months_active").to_numpy(), table.pop("churned").to_numpy() == 1
    risk, curves, months = np.zeros(len(table)), np.zeros((len(table), 8)), np.arange(1, 9)
    for fit, look in KFold(5, shuffle=True, random_state=0).split(table):
        model = HazardModel().fit(table.iloc[fit], duration=duration[fit], event=event[fit])
        risk[look], curves[look] = model.risk(table.iloc[look]), model.predict_survival(table.iloc[look], months)
    seen = Surv.from_arrays(event, duration)
    # The best published and re-run peers reach 0.83 and 0.869; these are our bounds.
    assert concordance_index_censored(event, duration, risk)[0] >= 0.875
    assert integrated_brier_score(seen, seen, curves, months) <= 0.066
