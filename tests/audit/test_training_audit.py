"""The audit of a training: its recount is the training set, and its attack changes what it should and nothing else."""

import dataclasses

import numpy as np
import pandas as pd
import pytest
from small_project import params_of
from synthetic_panel import EMBARGO_DAYS, MODEL, SPECS, SPLITS, panel

from renewcast import Project
from renewcast.audit.training_attack import MOST_GROUPS, differences, fitted_parts, flatter, spoil, thinned
from renewcast.audit.training_copies import check_copies
from renewcast.audit.training_recount import recount
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


def with_telling_features(rows, draws, seed=0):
    """Add twelve features; rows with the same number in ``draws`` have the same values."""
    values = np.random.default_rng(seed).normal(size=(draws.max() + 1, 12))[draws]
    added = pd.DataFrame(values, columns=[f"told_{number}" for number in range(12)])
    return dataclasses.replace(rows, features=pd.concat([rows.features[["tenure_days"]], added], axis=1))


def before_and_after(rows):
    dates = np.unique(rows.as_of)
    return rows.as_of <= dates[7], rows.as_of >= dates[11]


def of_groups(rows, groups, since=0):
    """Number the rows; the first so many groups stand still from a date on, and have one number each since then."""
    group = np.unique(rows.group, return_inverse=True)[1]
    is_still = (group < groups) & (rows.as_of >= np.unique(rows.as_of)[since])
    return np.where(is_still, group, groups + np.arange(len(rows)))


@pytest.mark.parametrize(("still", "since"), [(3, 6), (3, 0), (60, 0), (200, 0)])
def test_accounts_that_stand_still_are_no_copies(world, still, since):
    """Three are few witnesses, however many rows each has; of sixty or all there are as many in development."""
    rows = with_telling_features(world, of_groups(world, still, since))
    assert check_copies(rows, *before_and_after(rows))[1] == []


def test_accounts_that_are_alike_by_chance_are_no_copies(world):
    """Where accounts are of few sorts, neighbours are everywhere."""
    rows = with_telling_features(world, np.random.default_rng(1).integers(0, 300, len(world)))
    assert check_copies(rows, *before_and_after(rows))[1] == []


@pytest.mark.parametrize("is_split_by_time", [True, False])
def test_rows_of_the_test_that_development_holds_too_are_copies(world, is_split_by_time):
    """With the time between them, and where development and test share their dates."""
    development, test = before_and_after(world)
    if not is_split_by_time:
        test = np.unique(world.group, return_inverse=True)[1] < 60
        development = ~test
    draws = of_groups(world, 5)
    assert check_copies(with_telling_features(world, draws), development, test)[1] == []
    copied = np.flatnonzero(test)[::3]
    draws[np.flatnonzero(development)[: len(copied)]] = draws[copied]
    (finding,) = check_copies(with_telling_features(world, draws), development, test)[1]
    assert "all but copies" in finding.message


def test_a_large_training_is_attacked_on_some_whole_groups_of_both_outcomes():
    rows = panel(accounts=MOST_GROUPS + 100, dates=3)[0]
    fewer = thinned(rows, 0)
    groups = np.unique(fewer.group)
    assert len(groups) == MOST_GROUPS and len(fewer) == np.isin(rows.group, groups).sum()
    marked = np.unique(rows.group[rows.label])
    assert np.isin(marked, groups).all() if len(marked) <= MOST_GROUPS // 2 else np.isin(marked, groups).sum() >= MOST_GROUPS // 2
    assert thinned(fewer, 0) is fewer and (thinned(rows, 0).account_id == fewer.account_id).all()
    assert set(np.unique(thinned(rows, 1).group)) != set(groups)
