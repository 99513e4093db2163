"""ChurnClassifier on any table: scikit-learn's own checks, and what must hold whatever the rows, columns and weights."""

import os
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.base import clone
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer
from sklearn.utils.estimator_checks import parametrize_with_checks

import renewcast.estimators
from renewcast.errors import RenewcastError
from renewcast.estimators import ChurnClassifier
from renewcast.evaluation.metrics import auc, log_loss

DEEP = os.environ.get("RENEWCAST_DEEP") == "1"
# The recipe is the same with fewer fits; the whole of it is checked under RENEWCAST_DEEP=1.
QUICK = {} if DEEP else {"fits": 2, "max_rounds": 40}


@parametrize_with_checks([ChurnClassifier(**QUICK)], expected_failed_checks=lambda estimator: {})
def test_scikit_learn_has_nothing_to_object(estimator, check):
    # One of the checks shuffles by the global generator.
    state = np.random.get_state()  # noqa: NPY002
    check(estimator)
    np.random.set_state(state)  # noqa: NPY002


def table(rows=400, seed=0):
    """Return columns of every kind, who churned, and the true log odds."""
    generator = np.random.default_rng(seed)
    seats, logins = generator.integers(1, 200, rows), generator.exponential(20, rows)
    logins[generator.random(rows) < 0.1] = np.nan
    plan = generator.choice(["free", "pro", "team", None], rows)
    frame = pd.DataFrame(
        {
            "seats": seats,
            "logins": logins,
            "is_trial": generator.random(rows) < 0.3,
            "plan": pd.Series(plan, dtype=object),
            "region": pd.Categorical(generator.choice(["north", "south"], rows)),
            "spend": [f"{value:.2f}" if value > 20 else " " for value in generator.gamma(2, 40, rows)],
            "signed_up": pd.Timestamp("2024-01-01") + pd.to_timedelta(generator.integers(0, 700, rows), unit="D"),
        }
    )
    z = 0.8 - 0.1 * np.nan_to_num(logins, nan=10.0) + 1.2 * (plan == "free") + 1.5 * ((seats > 50) & (seats < 120))
    return frame, generator.random(rows) < 1 / (1 + np.exp(-z)), z


def fit(*given, **named):
    return ChurnClassifier(**QUICK).fit(*given, **named)


@pytest.fixture(scope="module")
def data():
    return table()


@pytest.fixture(scope="module")
def fitted(data):
    return fit(*data[:2])


def test_every_column_is_taken_for_what_it_is(fitted):
    assert fitted.columns_.numeric == ("is_trial", "logins", "seats", "signed_up", "spend")
    assert fitted.columns_.categorical == ("plan", "region")
    assert fitted.feature_names_in_.tolist() == list(table()[0].columns) and fitted.n_features_in_ == 7


@settings(max_examples=5, deadline=None)
@given(st.randoms(use_true_random=False))
def test_the_order_of_rows_and_columns_never_changes_a_bit(fitted, data, random):
    frame, churned, _ = data
    rows, columns = list(range(len(frame))), list(frame.columns)
    random.shuffle(rows)
    random.shuffle(columns)
    other = fit(frame.iloc[rows][columns], churned[rows])
    assert other.predict_proba(frame[columns]).tobytes() == fitted.predict_proba(frame).tobytes()


def test_the_same_seed_gives_the_same_model_and_zero_is_a_seed(fitted, data):
    frame, churned, _ = data
    again = clone(fitted).fit(frame, churned)
    other = clone(fitted).set_params(random_state=1).fit(frame, churned)
    assert np.array_equal(again.predict_proba(frame), fitted.predict_proba(frame))
    assert not np.array_equal(other.predict_proba(frame), fitted.predict_proba(frame))


def test_a_row_is_predicted_the_same_alone_and_in_company(fitted, data):
    frame = data[0]
    whole = fitted.predict_proba(frame)
    assert [fitted.predict_proba(frame.iloc[[at]])[0].tolist() for at in (0, 7, 99)] == [whole[at].tolist() for at in (0, 7, 99)]


def test_the_kind_of_the_classes_never_matters(fitted, data):
    frame, churned, _ = data
    named = fit(frame, np.where(churned, "yes", "no"))
    assert named.classes_.tolist() == ["no", "yes"]
    assert np.array_equal(named.predict_proba(frame), fitted.predict_proba(frame))
    assert (named.predict(frame) == np.where(fitted.predict(frame), "yes", "no")).all()


def test_a_category_never_seen_a_missing_value_and_a_rare_one_have_an_answer(fitted, data):
    strange = data[0].copy()
    strange["plan"], strange["logins"] = "enterprise", np.nan
    p = fitted.predict_proba(strange)
    assert np.isfinite(p).all() and (p > 0).all() and (p < 1).all()
    unknown = fitted.predict_proba(data[0].assign(plan="another"))
    assert np.array_equal(unknown, fitted.predict_proba(data[0].assign(plan="yet another")))


def test_columns_that_say_nothing_do_no_harm(data):
    frame, churned, _ = data
    empty = frame.assign(empty=np.nan, nothing=None, constant=7, one_text="same")
    p = fit(empty, churned).predict_proba(empty)
    assert np.isfinite(p).all() and auc(churned, p[:, 1]) > 0.8


def test_one_class_is_refused_in_one_sentence(data):
    with pytest.raises(RenewcastError, match=r"^All rows are of one class, True; .* to tell them apart\.$"):
        fit(data[0], np.ones(len(data[0]), dtype=bool))
    with pytest.raises(RenewcastError, match=r"^Only rows of one class have a weight; .*\.$"):
        fit(data[0], data[1], sample_weight=data[1].astype(float))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda frame: frame.drop(columns="logins"), "lacks column logins"),
        (lambda frame: frame.assign(spend="a lot"), "spend held numbers .* 'a lot'"),
        (lambda frame: frame.assign(logins=np.inf), "logins is infinite in 400 rows"),
        (lambda frame: frame.to_numpy()[:, :3], "has 3 features, but ChurnClassifier is expecting 7"),
        (lambda frame: frame.set_axis(["seats"] * 7, axis=1), "seats stands twice"),
    ],
    ids=["missing", "mistyped", "infinite", "too few", "twice"],
)
def test_a_table_that_does_not_fit_is_refused_by_name(fitted, data, change, message):
    with pytest.raises(RenewcastError, match=message):
        fitted.predict(change(data[0]))


def test_a_whole_weight_is_the_row_standing_so_often(data):
    frame, churned, _ = data
    weight = np.arange(len(frame)) % 3
    times = np.repeat(np.arange(len(frame)), weight)
    weighted, repeated = fit(frame, churned, sample_weight=weight), fit(frame.iloc[times], churned[times])
    assert np.array_equal(weighted.predict_proba(frame), repeated.predict_proba(frame))


def test_only_the_ratios_of_other_weights_matter_and_every_member_honours_them(data):
    frame, churned, _ = data
    # Trials count for almost nothing, and among them everything is turned round.
    turned = churned ^ frame["is_trial"].to_numpy()
    weight = np.where(frame["is_trial"], 0.001, 1.5)
    one, other = fit(frame, turned, sample_weight=weight), fit(frame, turned, sample_weight=weight * 64)
    assert np.allclose(one.predict_proba(frame), other.predict_proba(frame), atol=1e-9)
    for member in one.blend_.members.values():
        z = member.log_odds(one.columns_.read(frame[~frame["is_trial"]]))
        mean = 1 / (1 + np.exp(-z))
        rate = churned[~frame["is_trial"]].mean()
        assert abs(mean.mean() - rate) < 0.05, member.name


def test_folds_and_bags_draw_whole_groups(data):
    frame, churned, _ = data
    groups = np.arange(len(frame)) // 4
    one = fit(frame, churned, groups=groups)
    renamed = fit(frame, churned, groups=[f"G{group}" for group in groups])
    assert one.tuning_.slices == 5 and renamed.tuning_.slices == 5
    assert not np.array_equal(one.predict_proba(frame), fit(frame, churned).predict_proba(frame))


def test_a_memory_of_the_group_is_no_skill_where_groups_are_told():
    # Every account stands eight times with the same noise: only folds of whole accounts see that nothing is learnt.
    generator = np.random.default_rng(4)
    noise, churned = generator.normal(size=(60, 5)), generator.random(60) < 0.5
    rows = np.repeat(np.arange(60), 8)
    table = noise[rows] + generator.normal(0, 1e-3, (480, 5))
    told, untold = fit(table, churned[rows], groups=rows), fit(table, churned[rows])
    assert np.std(told.predict_proba(table)[:, 1]) < 0.8 * np.std(untold.predict_proba(table)[:, 1])


def test_slices_lie_an_embargo_after_what_is_fitted(data):
    frame, churned, _ = data
    times = pd.Timestamp("2025-01-06") + pd.to_timedelta(7 * (np.arange(len(frame)) % 40), unit="D")
    model = ChurnClassifier(**QUICK, embargo=56)
    assert model.fit(frame, churned, times=times).tuning_.slices == 3
    assert clone(model).set_params(embargo=400).fit(frame, churned, times=times).tuning_.slices == 0
    with pytest.raises(RenewcastError, match="without an embargo"):
        fit(frame, churned, times=times)
    with pytest.raises(RenewcastError, match="a moment for each of the 400 rows"):
        model.fit(frame, churned, times=[pd.NaT, *times[1:]])


def test_weights_groups_and_times_are_routed_through_a_pipeline(data):
    import sklearn

    frame, churned, _ = data
    groups, weight = np.arange(len(frame)) // 4, np.arange(len(frame)) % 2 + 0.5
    with sklearn.config_context(enable_metadata_routing=True):
        wanted = ChurnClassifier(**QUICK).set_fit_request(sample_weight=True, groups=True, times=False)
        piped = make_pipeline(FunctionTransformer(), wanted).fit(frame, churned, sample_weight=weight, groups=groups)
    direct = fit(frame, churned, sample_weight=weight, groups=groups)
    assert np.array_equal(piped.predict_proba(frame), direct.predict_proba(frame))


def test_the_recipe_is_near_the_truth_and_no_worse_than_logistic_regression():
    frame, churned, z = table(rows=3000, seed=1)
    model = ChurnClassifier(**QUICK | {"max_rounds": 200}).fit(frame[:2000], churned[:2000])
    look, label = frame[2000:], churned[2000:]
    features = model.columns_.read(look)
    logistic = model.blend_.members["logistic"].predict(features, np.zeros(len(look), dtype=bool))
    p, truth = model.predict_proba(look)[:, 1], 1 / (1 + np.exp(-z[2000:]))
    assert auc(label, p) > auc(label, truth) - 0.02
    assert log_loss(label, p) < min(log_loss(label, truth) + 0.03, log_loss(label, logistic))


def test_trees_take_over_where_logistic_regression_sees_nothing():
    generator = np.random.default_rng(2)
    frame = pd.DataFrame(generator.uniform(-1, 1, (1500, 2)), columns=["a", "b"])
    churned = generator.random(1500) < np.where(frame["a"] * frame["b"] > 0, 0.9, 0.1)
    model = fit(frame, churned)
    assert model.tuning_.shares[0] > 0.8 and auc(churned, model.predict_proba(frame)[:, 1]) > 0.85


def test_importing_the_package_loads_no_model():
    code = "import sys, renewcast.estimators; print('sklearn' in sys.modules or 'lightgbm' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "False\n"
    with pytest.raises(AttributeError, match="no attribute 'Nothing'"):
        _ = renewcast.estimators.Nothing
