"""Our SHAP values are LightGBM's own, for every kind of split, and a row's values do not depend on its neighbours."""

import lightgbm
import numpy as np
import pytest

from renewcast.errors import RenewcastError
from renewcast.estimators.lightgbm_text import read_trees
from renewcast.estimators.tree_shap import compare_with_lightgbm, path_tree, tree_shap, values_and_moves

ROWS, FEATURES, CATEGORICAL = 1500, 9, [7, 8]


def inputs(seed, rows=ROWS):
    """Numbers with gaps, zeros and ties, a column that is never missing in training, and two of codes."""
    generator = np.random.default_rng(seed)
    matrix = generator.normal(size=(rows, FEATURES)) * 10.0 ** generator.integers(-3, 4, FEATURES)
    matrix[:, 1] = generator.integers(0, 3, rows)
    matrix[:, 7], matrix[:, 8] = generator.integers(0, 6, rows), generator.integers(0, 40, rows)
    matrix[:, 2:][generator.random((rows, FEATURES - 2)) < 0.25] = np.nan
    matrix[:, 3][generator.random(rows) < 0.4] = 0.0
    return matrix


def fitted(seed, rounds=12, **parameters):
    generator, matrix = np.random.default_rng(seed), inputs(seed)
    z = np.nan_to_num(matrix / np.nanstd(matrix, axis=0)) @ generator.normal(size=FEATURES) + (matrix[:, 8] % 3 == 0)
    label = generator.random(ROWS) < 1 / (1 + np.exp(-z))
    settings = {"objective": "binary", "num_threads": 1, "verbosity": -1, "seed": seed, "cat_smooth": 1.0, **parameters}
    data = lightgbm.Dataset(matrix, label=label, categorical_feature=CATEGORICAL, params=settings)
    return lightgbm.Booster(model_str=lightgbm.train(settings, data, rounds).model_to_string())


def path_trees(text):
    return [path_tree(tree) for tree in read_trees(text)]


@pytest.mark.parametrize(
    "parameters",
    [
        {"num_leaves": 15},
        {"num_leaves": 2},
        {"num_leaves": 31, "min_data_in_leaf": 3},
        {"num_leaves": 120, "min_data_in_leaf": 2},
        {"num_leaves": 15, "zero_as_missing": True},
        {"num_leaves": 15, "use_missing": False},
        {"num_leaves": 40, "max_cat_to_onehot": 1, "min_data_in_leaf": 5},
        {"num_leaves": 15, "max_cat_to_onehot": 50},
        {"num_leaves": 15, "min_gain_to_split": 1e9},
    ],
    ids=str,
)
@pytest.mark.parametrize("seed", range(3))
def test_the_values_are_lightgbms_own(parameters, seed):
    booster = fitted(seed, **parameters)
    # Other rows than those of the training: with gaps where there were none, and codes that were never seen.
    new = inputs(seed + 100, 400)
    new[::7, 0], new[::5, 7], new[::11, 8] = np.nan, 17.0, np.nan
    base, values = tree_shap(path_trees(booster.model_to_string()), np.ascontiguousarray(new.T))
    own = booster.predict(new, pred_contrib=True, num_threads=1)
    assert np.abs(own[:, :-1] - values.T).max() < 1e-9
    assert np.abs(own[:, -1] - base).max() < 1e-9
    assert np.abs(base + values.sum(axis=0) - booster.predict(new, raw_score=True)).max() < 1e-9


def test_a_rows_values_do_not_depend_on_the_batch_to_the_last_bit():
    trees, new = path_trees(fitted(1, num_leaves=15).model_to_string()), inputs(5, 300)
    _, whole = tree_shap(trees, np.ascontiguousarray(new.T))
    shuffled = np.random.default_rng(0).permutation(300)
    assert np.array_equal(tree_shap(trees, np.ascontiguousarray(new[shuffled].T))[1], whole[:, shuffled])
    for row in range(0, 300, 41):
        assert np.array_equal(tree_shap(trees, np.ascontiguousarray(new[[row]].T))[1][:, 0], whole[:, row])


@pytest.mark.parametrize(
    "parameters", [{"num_leaves": 15}, {"num_leaves": 120, "min_data_in_leaf": 2}, {"use_missing": False}], ids=str
)
def test_one_feature_moved_alone_changes_the_score_as_lightgbm_says(parameters):
    booster, new, elsewhere = fitted(3, **parameters), inputs(7, 200), inputs(8, 1)[0]
    elsewhere[[0, 3]] = np.nan, 0.0
    _, values, moves = values_and_moves(path_trees(booster.model_to_string()), np.ascontiguousarray(new.T), elsewhere)
    assert np.array_equal(values, tree_shap(path_trees(booster.model_to_string()), np.ascontiguousarray(new.T))[1])
    now = booster.predict(new, raw_score=True)
    for feature in range(FEATURES):
        there = new.copy()
        there[:, feature] = elsewhere[feature]
        assert np.abs(booster.predict(there, raw_score=True) - now - moves[feature]).max() < 1e-12


def test_no_rows_have_no_values():
    base, values = tree_shap(path_trees(fitted(1, num_leaves=15).model_to_string()), np.empty((FEATURES, 0)))
    assert values.shape == (FEATURES, 0) and np.isfinite(base)


def test_values_that_are_not_lightgbms_own_are_refused():
    booster, new = fitted(2, num_leaves=15), inputs(6, 50)
    base, values = tree_shap(path_trees(booster.model_to_string()), np.ascontiguousarray(new.T))
    compare_with_lightgbm(booster, 12, new, base, values)
    with pytest.raises(RenewcastError, match="not LightGBM's own"):
        compare_with_lightgbm(booster, 12, new, base, values + 1e-8)


@pytest.mark.parametrize(
    "old, new",
    [
        ("left_child=", "left_child=1 "),
        ("num_leaves=15", "num_leaves=16"),
        ("leaf_count=", "leaf_kount="),
        ("right_child=", "right_child=99 "),
        ("internal_count=", "internal_count=x "),
    ],
)
def test_a_damaged_text_is_refused_in_one_sentence(old, new):
    text = fitted(3, num_leaves=15).model_to_string()
    assert old in text
    with pytest.raises(RenewcastError, match="is damaged"):
        path_trees(text.replace(old, new))
