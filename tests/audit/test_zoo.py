"""The leak zoo: every planted leak is caught by the check that must see it, and named where it lies."""

import os
from collections import Counter

import pandas as pd
import pytest
from zoo.company import made_up
from zoo.everything import ALWAYS, ZOO
from zoo.plant import KINDS

from renewcast.audit.futures import changed_futures
from renewcast.audit.sample import draw
from renewcast.audit.suspects import suspects
from renewcast.audit.training import audit_training

DEEP = os.environ.get("RENEWCAST_DEEP") == "1"
CHOSEN = [plant for plant in ZOO if DEEP or plant.disguise in ALWAYS]
SNAPSHOTS, PROBES = (200, 2_000) if DEEP else (6, 60)


def of(where):
    plants = [plant for plant in CHOSEN if plant.where == where]
    return pytest.mark.parametrize("plant", plants, ids=[plant.disguise for plant in plants])


@pytest.fixture(scope="session")
def town(tmp_path_factory):
    """The company into whose copies leaks are planted."""
    return made_up(tmp_path_factory.mktemp("zoo"))


@pytest.fixture(scope="session")
def clean(town, tmp_path_factory):
    """The same company with nothing planted, opened; its training set is built once."""
    project = town.copy().open(tmp_path_factory.mktemp("clean") / "project")
    built = project.training_set(None, project.last_snapshot_day())
    project.training_set = lambda target=None, as_of=None: built
    return project


def test_there_are_eight_disguises_of_each_of_the_eight_kinds():
    kinds = Counter(plant.kind for plant in ZOO)
    assert set(kinds) == set(KINDS) and min(kinds.values()) >= 8 and len(ZOO) >= 64
    names = [plant.disguise for plant in ZOO]
    assert len(set(names)) == len(names) and set(ALWAYS) <= set(names)
    assert {plant.kind for plant in ZOO if plant.disguise in ALWAYS} == set(KINDS)


def test_without_a_leak_nothing_is_found(clean):
    day = clean.last_snapshot_day()
    assert suspects(clean, day, 0)[1] == []
    tried, findings = audit_training(clean, day, 0)
    assert tried > 1000 and findings == []


def test_the_training_that_is_rigged_is_otherwise_the_projects_own(clean):
    from zoo.rigged_training import rigged

    from renewcast.evaluation.training import train
    from renewcast.training import estimator_rows

    training_set, params = clean.training_set(), clean.params
    given = (estimator_rows(training_set), training_set.specs, params.model, params.splits, training_set.embargo_days)
    same, own = rigged()(clean).train(*given), train(*given)
    pd.testing.assert_frame_equal(same.test_predictions, own.test_predictions)
    assert same.evaluation["metrics"] == own.evaluation["metrics"] and same.tuning == own.tuning


@of("tables")
def test_a_leak_in_the_tables_is_caught_and_named(plant, town, tmp_path):
    company = town.copy()
    plant.plant(company)
    project = company.open(tmp_path / "project")
    _, findings = suspects(project, project.last_snapshot_day(), 0)
    assert any(plant.is_caught_by(finding, company.concerned) for finding in findings), findings


@of("procedure")
def test_a_leak_in_the_training_is_caught(plant, clean):
    _, findings = audit_training(clean, clean.last_snapshot_day(), 0, procedure=plant.plant(clean))
    assert any(plant.is_caught_by(finding) for finding in findings), findings


@of("engine")
def test_a_leak_in_the_engine_or_a_feature_is_caught(plant, clean, monkeypatch):
    company, snapshots = draw(clean, clean.last_snapshot_day(), SNAPSHOTS, 0)
    plant.plant(monkeypatch)
    _, findings = changed_futures(company, snapshots, PROBES, 0)
    assert any(plant.is_caught_by(finding) for finding in findings), findings
