"""Clusters: fitted alike each time, kept as JSON, assigned by the nearest centre."""

import numpy as np
import pandas as pd
import pytest

from renewcast.errors import RenewcastError
from renewcast.features import FeatureSpec
from renewcast.segments.clusters import Clusters, fit_clusters


def spec(name, meaning, form="window"):
    return FeatureSpec(name, "usage", meaning, f"中文{meaning}", "count", "usage", 28, "0", form, "kernel")


SPECS = [
    spec("usage_events_28d", "events"),
    spec("active_users_28d", "users"),
    spec("usage_events_trend_28d", "events", "trend"),
    spec("days_since_last_use", "use", "recency"),
]


@pytest.fixture(scope="module")
def frame():
    """Three kinds of accounts: 60 busy, 40 quiet, 20 gone."""
    generator = np.random.default_rng(0)
    kind = np.repeat([0, 1, 2], [60, 40, 20])
    return pd.DataFrame(
        {
            "usage_events_28d": np.array([5000, 100, 0])[kind] * generator.uniform(0.9, 1.1, 120),
            "active_users_28d": np.array([50, 4, 0])[kind] * generator.uniform(0.9, 1.1, 120),
            "usage_events_trend_28d": np.array([0.1, 0.0, np.nan])[kind],
            "days_since_last_use": np.array([0.0, 3.0, 200.0])[kind],
        }
    )


@pytest.fixture(scope="module")
def clusters(frame):
    return fit_clusters(frame, SPECS, [2, 3, 4], seed=7, as_of="2026-06-29")


def test_the_kinds_that_are_there_are_found_biggest_first(frame, clusters):
    assert np.bincount(clusters.assign(frame)).tolist() == [60, 40, 20] and clusters.silhouette > 0.7


def test_each_cluster_has_a_name_of_its_own_in_both_languages(clusters):
    for names in clusters.names.values():
        assert len(set(names)) == 3 and all(names)
    assert all(name.startswith(("High", "Low")) for name in clusters.names["en"])


def test_fitting_again_and_reading_back_give_the_same(frame, clusters):
    assert fit_clusters(frame, SPECS, [2, 3, 4], seed=7, as_of="2026-06-29") == clusters
    back = Clusters.from_json(clusters.to_json())
    assert back == clusters and back.assign(frame).tolist() == clusters.assign(frame).tolist()


def test_an_account_of_which_nothing_is_known_still_gets_a_cluster(frame, clusters):
    nothing = pd.DataFrame([dict.fromkeys(frame.columns, np.nan)])
    assert clusters.assign(nothing)[0] in (0, 1, 2)


def test_one_row_is_assigned_as_among_many(frame, clusters):
    assert clusters.assign(frame.iloc[[119]]).tolist() == [clusters.assign(frame)[119]]


def test_too_few_accounts_are_refused(frame):
    with pytest.raises(RenewcastError, match="too few accounts to segment: 15 are in scope, 20 are needed"):
        fit_clusters(frame.head(15), SPECS, [2, 3], seed=7, as_of="2026-06-29")


def test_features_that_are_gone_are_named(frame, clusters):
    with pytest.raises(RenewcastError, match="fitted on usage_events_28d.*renewcast run segment"):
        clusters.assign(frame.drop(columns="usage_events_28d"))
