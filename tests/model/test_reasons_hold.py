"""What the list says in words is true of every account of a simulated company, and holds still from training to training."""

import dataclasses
import itertools
import os

import numpy as np
import pytest
from reasons_oracle import numbers_are_right, probability_elsewhere, typical_of
from trained_company import AS_OF, answer_all, once_for_all_workers

from renewcast import Project
from renewcast.estimators.blend import Blend
from renewcast.estimators.boosted import Trees
from renewcast.explanation.agreement import agreement, first_drivers
from renewcast.explanation.attribution import attribute
from renewcast.scoring.explain import explanations
from renewcast.scoring.reasons import reasons
from renewcast.training import estimator_rows

DEEP = os.environ.get("RENEWCAST_DEEP") == "1"
REFITS = 20 if DEEP else 4


@pytest.fixture(scope="module")
def project(trained_company, tmp_path_factory):
    """The small trained company; the reference one of 1,200 accounts where RENEWCAST_DEEP=1."""
    if not DEEP:
        return Project.load(trained_company)

    def build(folder):
        commands = {"init": ("init", "."), "simulate": ("simulate",), "train": ("run", "train", "--target", "churn")}
        return answer_all(commands, cwd=folder)

    return Project.load(once_for_all_workers(tmp_path_factory, "reference_company", build))


@pytest.fixture(scope="module")
def scores(project):
    return project.score_snapshot(None if DEEP else AS_OF)[1]


@pytest.fixture(scope="module", params=["en", "zh"])
def told(request, project, scores):
    """Language, and (row, reason) of all accounts."""
    found = reasons(scores, project.view.catalogue.specs, 3, request.param, "USD")
    return request.param, [(row, reason) for row, listed in enumerate(found) for reason in listed]


def test_every_number_in_every_sentence_is_the_accounts_own(project, scores, told):
    language, found = told
    features = project.features(scores.as_of)[scores.scored].reset_index(drop=True)
    specs = {spec.name: spec for spec in project.view.catalogue.specs}
    typical = {name: typical_of(features[name]) for name in specs}
    assert len(found) > 100
    for row, reason in found:
        if reason.feature is not None:
            spec = specs[reason.feature]
            assert numbers_are_right(reason.text, spec, features.iloc[row], typical[spec.name], language), reason


def test_the_feature_named_lowers_the_probability_as_it_goes_to_the_typical_value(project, scores, told):
    _, found = told
    features = scores.features[scores.scored].reset_index(drop=True)
    gated = scores.frame["gated"].to_numpy(dtype=bool)[scores.scored]
    spoken = [(row, reason.feature) for row, reason in found if reason.feature is not None]
    then = probability_elsewhere(project.champion().scorer, features, gated, spoken)
    now = scores.attribution.probability[[row for row, _ in spoken]]
    assert (then < now).mean() == 1.0


def test_what_was_worked_out_beside_the_points_is_what_the_model_predicts(project, scores):
    features = scores.features[scores.scored].reset_index(drop=True)
    gated = scores.frame["gated"].to_numpy(dtype=bool)[scores.scored]
    columns, generator = list(scores.attribution.points.columns), np.random.default_rng(7)
    known = [name for name in columns if name in features]
    some = generator.choice(known, 12, replace=False)
    asked = [(int(generator.integers(len(features))), str(generator.choice(some))) for _ in range(300)]
    then = probability_elsewhere(project.champion().scorer, features, gated, asked)
    falls = [scores.attribution.falls[row, columns.index(name)] for row, name in asked]
    now = scores.attribution.probability[[row for row, _ in asked]]
    assert np.abs(now - np.array(falls) - then).max() < 1e-9


def test_a_reason_seldom_has_no_single_figure(told):
    assert np.mean([reason.feature is None for _, reason in told[1]]) < 0.1


def test_base_and_points_are_the_probability_of_every_account(project, scores):
    found = explanations(scores, project.view.catalogue.specs)
    points = found.drop(columns=["account_id", "base_probability", "churn_probability"])
    gated = scores.frame["gated"].to_numpy(dtype=bool)[scores.scored]
    predicted = project.champion().scorer.predict(scores.features[scores.scored], gated)
    assert np.abs(found["base_probability"] + points.sum(axis=1) - found["churn_probability"]).max() < 1e-9
    assert np.abs(found["churn_probability"] - predicted).max() < 1e-9
    assert found["account_id"].tolist() == scores.frame.loc[scores.scored, "account_id"].tolist()


def test_the_first_three_drivers_agree_from_training_to_training_or_are_tied(project, scores):
    training_set = project.training_set("churn", None if DEEP else AS_OF)
    rows, specs = estimator_rows(training_set).in_order(), training_set.specs
    blend = project.champion().scorer.estimators["blend"]
    gated = scores.frame["gated"].to_numpy(dtype=bool)[scores.scored]
    features = scores.features[scores.scored][~gated]
    members = [blend.weights[name] for name in ("boosted", "logistic", "logistic_signed_log")]
    recipe = (blend.members["boosted"].rounds, blend.shape, blend.members["logistic"].strength)
    shares, trees, told = tuple(weight / sum(members) for weight in members), Trees.chosen(project.params.model), []
    for refit in range(1, REFITS + 1):
        model = Blend(specs, dataclasses.replace(trees, seed=1000 * refit), *recipe, shares).fit(rows)
        told.append(first_drivers(attribute(model, features, np.zeros(len(features), dtype=bool)), specs))
    found = np.mean([agreement(*pair) for pair in itertools.combinations(told, 2)])
    assert found >= 0.85, found
