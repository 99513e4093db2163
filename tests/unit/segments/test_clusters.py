"""Segments: found where they are, refused where they are not, the same in any order of accounts, steady from week to week."""

import os

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import adjusted_rand_score

from renewcast.errors import RenewcastError
from renewcast.features import FeatureSpec
from renewcast.segments.clusters import Clusters, id_shown
from renewcast.segments.fit import BEHAVIOUR, fit_clusters
from renewcast.segments.rules import follows, rule_in_words

COLUMNS = list(BEHAVIOUR[:8])
FORMS = {"usage_events_trend_28d": "trend", "value_action_share_28d": "share", "seat_utilization_28d": "share"}
DEEP = os.environ.get("RENEWCAST_DEEP") == "1"
SPECS = [
    FeatureSpec(
        name, "usage", name.replace("_", " "), f"中文{name}", "count", "usage", 28, "0", FORMS.get(name, "window"), "kernel"
    )
    for name in BEHAVIOUR
]
NOISE = {
    "gaussian": lambda rng, n: rng.normal(50, 10, (n, 8)),
    "correlated": lambda rng, n: 10 * rng.normal(size=(n, 8)) @ rng.normal(size=(8, 8)) + 50,
    "one factor": lambda rng, n: np.exp(2 * rng.normal(size=(n, 1)) + 0.5 * rng.normal(size=(n, 8))),
    "skewed": lambda rng, n: rng.exponential(20, (n, 8)),
    "very skewed": lambda rng, n: np.exp(1.5 * rng.normal(size=(n, 8)) + 3),
    "uniform": lambda rng, n: rng.uniform(0, 100, (n, 8)),
    "small counts": lambda rng, n: rng.poisson(rng.uniform(0.3, 6, 8), (n, 8)).astype(float),
    "long counts": lambda rng, n: rng.negative_binomial(1, 0.1, (n, 8)).astype(float),
    "heavy tails": lambda rng, n: rng.standard_t(2, (n, 8)),
    "yes and no": lambda rng, n: rng.integers(0, 2, (n, 8)).astype(float),
}


def fit(frame, numbers=(3, 4, 5, 6), seed=7, previous=None):
    return fit_clusters(frame, SPECS, list(numbers), seed, "2026-06-29", previous)


def noise(kind, seed):
    rng = np.random.default_rng([seed, 5])
    return pd.DataFrame(NOISE[kind](rng, int(rng.choice([80, 200, 600, 1500] if DEEP else [80, 200]))), columns=COLUMNS)


def planted(number, accounts, seed, apart=1.0):
    """Accounts of some kinds that differ in four of eight features, with the kind of each."""
    rng = np.random.default_rng([seed, number])
    kind = rng.integers(0, number, accounts)
    levels = np.array([[1, 1, 1, 1], [4, 1, 4, 2], [1, 4, 2, 4], [5, 5, 1, 1], [5, 2, 5, 5]])[:number]
    values = rng.normal(3.0, 0.35, (accounts, 8))
    values[:, :4] = apart * levels[kind] + rng.normal(0, 0.35, (accounts, 4))
    return pd.DataFrame(np.expm1(np.abs(values)), columns=COLUMNS), kind


@pytest.fixture(scope="module")
def four():
    return planted(4, 400, 0)


@pytest.fixture(scope="module")
def segments(four):
    return fit(four[0])


@pytest.mark.parametrize("kind", NOISE)
def test_a_cloud_without_gaps_is_refused(kind):
    """At least 95 of 100 of each kind; by default one of each is looked at."""
    seeds = range(100 if DEEP else 1)
    found = [seed for seed in seeds if fit(noise(kind, seed), seed=seed).exist]
    assert len(found) <= 0.05 * len(seeds), f"{kind}: segments in {len(found)} of {len(seeds)}"


def test_stability_alone_would_not_refuse_a_cloud():
    """The reason for the test on gaps: pieces of one long cloud come back too."""
    cloud = noise("one factor", 0)
    assert max(one["stability"] for one in fit(cloud).tried) >= 0.75 and not fit(cloud).exist


@pytest.mark.parametrize("number", [3, 4, 5])
def test_planted_segments_are_found(number):
    for seed in range(10 if DEEP else 1):
        frame, kind = planted(number, 600, seed)
        found = fit(frame, seed=seed)
        assert len(found.means) == number and adjusted_rand_score(kind, found.assign(frame)) >= 0.95


def test_what_was_tried_is_kept_with_the_reasons(segments):
    assert [one["number"] for one in segments.tried] == [3, 4, 5, 6]
    assert segments.tried[1]["gap_p"] < 0.05 < segments.tried[2]["gap_p"] and min(segments.stability) > 0.9


def test_segments_are_numbered_by_size_with_a_name_each_in_both_languages(four, segments):
    sizes = np.bincount(segments.assign(four[0]))
    assert sizes.tolist() == sorted(sizes, reverse=True) and segments.ids == ("S1", "S2", "S3", "S4")
    assert all(len(set(names)) == 4 and all(names) for names in segments.names.values())


def test_the_order_of_accounts_shows_in_nothing(four, segments):
    frame = four[0].sample(frac=1, random_state=3)
    again = fit(frame)
    assert again.to_json() == segments.to_json()
    assert adjusted_rand_score(segments.assign(four[0]), pd.Series(again.assign(frame), frame.index).sort_index()) == 1.0


def test_fitting_on_top_of_itself_and_reading_back_change_nothing(four, segments):
    assert fit(four[0], previous=segments).to_json() == segments.to_json()
    assert Clusters.from_json(segments.to_json()) == segments


def test_ids_stay_with_their_accounts_while_behaviour_drifts(four):
    """Each quarter everybody does a little more, sizes change, and the order by size with them."""
    frame, kind = four
    before, ids = None, []
    for quarter in range(4):
        kept = (kind != 0) | (np.arange(len(kind)) % 5 >= quarter)
        now = fit(frame[kept] * 1.08**quarter, seed=quarter, previous=before)
        shown = np.array(now.ids)[now.assign(frame[kept] * 1.08**quarter)]
        ids.append([pd.Series(shown[kind[kept] == one]).mode()[0] for one in range(4)])
        before = now
    assert len({tuple(one) for one in ids}) == 1 and before.highest_id == 4


def test_an_id_that_ended_is_never_given_again(four, segments):
    frame, kind = four
    ended = next(one for place, one in enumerate(segments.ids) if place == segments.assign(frame)[kind == 3][0])
    fewer = fit(frame[kind != 3], previous=segments)
    assert ended not in fewer.ids and set(fewer.ids) < set(segments.ids) and fewer.highest_id == 4
    back = fit(frame, previous=fewer)
    assert sorted(back.ids) == sorted({*fewer.ids, "S5"})


def test_ids_are_not_forgotten_while_there_are_no_segments(four, segments):
    nothing = fit(noise("gaussian", 0), previous=segments)
    assert not nothing.exist and nothing.highest_id == 4 and nothing.shown(four[0], "en").tolist() == [None] * 400
    assert fit(four[0], previous=Clusters.from_json(nothing.to_json())).ids == ("S5", "S6", "S7", "S8")


def test_an_account_stays_until_another_centre_is_nearer_by_a_margin(segments):
    """On the way from one centre to another: at the middle it is as near, past it by a sixth of the way it moves."""
    way = np.linspace(0, 1, 41)[:, None]
    ends = np.array(segments.means)[:2]
    scaled = ends[0] * (1 - way) + ends[1] * way
    raw = np.array(segments.centre) + np.clip(scaled, -2, 2) * np.array(segments.spread)
    frame = pd.DataFrame(np.sign(raw) * np.expm1(np.abs(raw)), columns=segments.features)
    there = segments.assign(frame, ["S1"] * 41)
    back = segments.assign(frame, ["S2"] * 41)
    fresh = segments.assign(frame)
    assert (there == 1).sum() < (fresh == 1).sum() < (back == 1).sum()
    assert there[[0, -1]].tolist() == back[[0, -1]].tolist() == fresh[[0, -1]].tolist() == [0, 1]
    assert segments.assign(frame, [None] * 41).tolist() == segments.assign(frame, ["S99"] * 41).tolist() == fresh.tolist()


def test_noise_from_week_to_week_moves_few_with_the_margin(four, segments):
    rng = np.random.default_rng(1)
    last, moved = np.array(segments.ids)[segments.assign(four[0])], []
    for _ in range(8):
        now = np.array(segments.ids)[segments.assign(four[0] * rng.lognormal(0, 0.15, four[0].shape), last)]
        moved.append(np.mean(now != last))
        last = now
    assert max(moved) <= 0.02


def test_a_row_is_assigned_as_among_many_and_by_what_is_known_of_it(four, segments):
    frame, whole = four[0], segments.assign(four[0])
    assert [segments.assign(frame.iloc[[row]])[0] for row in (0, 7, 399)] == whole[[0, 7, 399]].tolist()
    little = frame.assign(**{COLUMNS[0]: np.nan, COLUMNS[6]: np.nan})
    assert adjusted_rand_score(segments.assign(little), whole) > 0.8
    nothing = pd.DataFrame([dict.fromkeys(COLUMNS, np.nan)])
    assert segments.assign(nothing).tolist() == [0]


def test_a_young_account_is_not_judged_by_windows_it_has_not_lived_through(four, segments):
    frame = four[0].assign(tenure_days=400.0)
    young = frame.iloc[[0]].assign(tenure_days=10.0)
    for name in (name for name in COLUMNS if name not in FORMS):
        young[name] = 0.0
    blank = young.assign(**{name: np.nan for name in COLUMNS if FORMS.get(name) != "share"})
    assert segments.assign(young).tolist() == segments.assign(blank).tolist()


def test_rules_say_the_segments_again(four, segments):
    frame = four[0]
    told = np.array([follows(paths, frame[list(segments.features)].to_numpy()) for paths in segments.rules])
    assigned = segments.assign(frame)
    assert (told.sum(axis=0) == 1).all() and np.mean(told.argmax(axis=0) == assigned) == segments.fidelity[-1] >= 0.9
    for one in range(4):
        assert np.mean(told[one] == (assigned == one)) == pytest.approx(segments.fidelity[one], abs=1e-12)
    specs = [next(spec for spec in SPECS if spec.name == name) for name in segments.features]
    for language, word in (("en", " and "), ("zh", "且")):
        words = [rule_in_words(paths, specs, language) for paths in segments.rules]
        assert len(set(words)) == 4 and all(words) and any(word in one for one in words)


def test_ids_are_read_back_from_what_the_list_shows(four, segments):
    shown = segments.shown(four[0], "zh")
    assert [id_shown(one) for one in shown] == np.array(segments.ids)[segments.assign(four[0])].tolist()


def test_a_file_of_an_earlier_version_is_read():
    text = '{"features": ["a"], "centre": [0.0], "spread": [1.0], "means": [[0.0], [2.0]], '
    text += '"names": {"en": ["x", "y"], "zh": ["x", "y"]}, "fitted_as_of": "2026-06-22", "silhouette": 0.2}'
    assert Clusters.from_json(text).shown(pd.DataFrame({"a": [0.1, 9.0]}), "en").tolist() == ["S1: x", "S2: y"]


def test_too_few_accounts_are_refused(four):
    with pytest.raises(RenewcastError, match="too few accounts to segment: 15 are in scope, 20 are needed"):
        fit(four[0].head(15), [2, 3])


def test_features_that_are_gone_are_named(four, segments):
    with pytest.raises(RenewcastError, match="fitted on usage_events_28d.*renewcast run segment"):
        segments.assign(four[0].drop(columns="usage_events_28d"))
