"""Every kernel feature of a simulated company equals the naive replay, cell by cell, late and restated rows included."""

import numpy as np
import pytest

from oracle import replay
from renewcast.params import FAMILIES


@pytest.fixture(scope="module")
def sample(company):
    """Forty snapshots: accounts and days drawn with a seed, some of them near the first snapshot."""
    snapshots = company.view.population(company.view.calendar.days(company.last_snapshot_day(), 3))
    chosen = np.random.default_rng(0).choice(len(snapshots), 40, replace=False)
    return snapshots.iloc[np.sort(chosen)].reset_index(drop=True)


@pytest.mark.parametrize("family", FAMILIES)
def test_every_kernel_feature_equals_the_naive_replay(company, sample, family):
    view = company.view
    built = view.features(sample)
    features = [feature for feature in view.catalogue.kernel if feature.spec.driver == family]
    assert features or family in ("tenure",)
    for feature in features:
        expected = replay.feature(view.store, feature, sample)
        found = built[feature.spec.name].to_numpy()
        np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-12, err_msg=feature.spec.name)


def test_bought_modules_that_are_not_used_equal_a_count_by_hand(company, sample):
    """Held by a live, known term at the snapshot, and not one known event of that module in the window."""
    import pandas as pd

    view = company.view
    built = view.features(sample)
    contracts, usage = (company.table(name) for name in ("contracts", "usage"))
    contracts[["starts_on", "ends_on"]] = contracts[["starts_on", "ends_on"]].apply(pd.to_datetime)
    for window in (28, 91):
        expected = []
        for row in sample.itertuples():
            seen = usage[(usage["occurred_at"] < row.as_of) & (usage["known_at"] < row.as_of)]
            modules = set(usage.loc[usage["known_at"] < row.as_of, "module"].dropna())
            mine = contracts[(contracts["account_id"] == row.account_id) & (contracts["known_at"] < row.as_of)]
            live = mine[(mine["starts_on"] < row.as_of) & (mine["ends_on"].isna() | (mine["ends_on"] >= row.as_of))]
            recent = seen[(seen["account_id"] == row.account_id) & (seen["occurred_at"] >= row.as_of - pd.Timedelta(days=window))]
            expected.append(float(len((set(live["product"]) & modules) - set(recent["module"]))))
        assert built[f"bought_modules_unused_{window}d"].tolist() == expected
