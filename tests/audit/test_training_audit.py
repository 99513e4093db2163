"""The audit of a training: its recount is the training set, and its attack changes what it should and nothing else."""

import numpy as np
import pytest
from small_project import params_of
from synthetic_panel import EMBARGO_DAYS, MODEL, SPECS, SPLITS, panel

from renewcast import Project
from renewcast.audit.training_attack import differences, fitted_parts, flatter, spoil
from renewcast.audit.training_recount import recount
from renewcast.audit.training_rows import check_copies
from renewcast.evaluation.training import train


def as_counted(training_set):
    frame = training_set.frame
    return dict(zip(zip(frame["account_id"], frame["as_of"].dt.to_pydatetime(), strict=True), frame["label"], strict=True))


def test_the_recount_is_the_training_set(company):
    day = company.last_snapshot_day()
    assert recount(company, "churn", day) == as_counted(company.training_set("churn", day))


def test_the_recount_of_a_business_without_contracts_is_its_training_set(company):
    sources = {
        name: {"files": str(company.raw_directory / f"{name}.parquet"), "known_at": {"column": "known_at"}}
        for name in ("accounts", "usage")
    }
    project = Project(company.directory / "without", params_of(sources))
    day = project.last_snapshot_day()
    assert recount(project, "inactivity", day) == as_counted(project.training_set("inactivity", day))


def test_there_is_no_recount_of_renewals(company):
    with pytest.raises(ValueError, match="no recount of renewal"):
        recount(company, "renewal", company.last_snapshot_day())


@pytest.fixture(scope="module")
def world():
    return panel(accounts=200, dates=14)[0].in_order()


@pytest.fixture(scope="module")
def trained(world):
    return train(world, SPECS, MODEL, SPLITS, EMBARGO_DAYS)


def test_spoiling_changes_every_feature_of_the_chosen_rows_and_no_other_row(world, trained):
    at = trained.splits.test
    spoilt = spoil(world, at, 0)
    assert spoilt.features[~at].equals(world.features[~at])
    assert (spoilt.label[~at] == world.label[~at]).all() and (spoilt.gated[~at] == world.gated[~at]).all()
    assert (spoilt.label[at] != world.label[at]).mean() > 0.3
    for name in world.features:
        assert not spoilt.features.loc[at, name].equals(world.features.loc[at, name])
    assert np.nanmax(np.abs(spoilt.features.loc[at, "tenure_days"].to_numpy(float))) > 1e6


def test_flattering_changes_labels_of_the_test_alone(world, trained):
    flattered, at = flatter(world, trained), trained.splits.test
    assert flattered.features is world.features and (flattered.label[~at] == world.label[~at]).all()
    shown = trained.test_predictions["blend"].to_numpy()
    assert shown[flattered.label[at]].min() >= shown[~flattered.label[at]].max()


def test_an_honest_training_withstands_both(world, trained):
    outside, parts = ~trained.splits.development, fitted_parts(trained)
    for rows in (spoil(world, outside, 0), flatter(world, trained)):
        assert differences(parts, fitted_parts(train(rows, SPECS, MODEL, SPLITS, EMBARGO_DAYS))) == []


def test_a_development_row_that_changes_is_seen(world, trained):
    at = np.zeros(len(world), dtype=bool)
    at[np.flatnonzero(trained.splits.development)[:20]] = True
    changed = differences(fitted_parts(trained), fitted_parts(train(spoil(world, at, 0), SPECS, MODEL, SPLITS, EMBARGO_DAYS)))
    assert any(name.startswith("blend") for name in changed)


def test_rows_that_are_alike_by_chance_are_no_copies():
    """Where features are few and coarse, neighbours are everywhere."""
    rows = panel(accounts=300, dates=10)[0]
    for name in rows.features:
        if rows.features[name].dtype.kind == "f":
            rows.features[name] = rows.features[name].round(0)
    late = rows.as_of > np.sort(np.unique(rows.as_of))[6]
    assert check_copies(rows, ~late, late)[1] == []
