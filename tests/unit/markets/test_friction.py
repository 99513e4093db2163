"""The activation-friction index: its arithmetic by hand, what is learned, and when it keeps its word."""

import numpy as np
import pandas as pd
import pytest

from renewcast.markets.early_steps import at_risk, counted_steps, early_uses
from renewcast.markets.friction import index_of, learn, size_of, verdict
from renewcast.markets.friction_check import by_verdict, is_monotone, kept_by_verdict, learn_and_check
from renewcast.markets.ridge_logistic import fit


@pytest.mark.parametrize(
    ("motivation", "steps", "raw", "clipped", "said"),
    [
        (0, [20, 20], 40, 25, "can_activate"),
        (0, [-20, -20], -40, -25, "failed"),
        (0, [], 0, 0, "undecided"),
        (10, [-5, -5], 0, 0, "undecided"),
        (0, [5, 10, -20], -5, -5, "failed"),
        (3, [-10, 10], 3, 3, "can_activate"),
        (-25, [20, 5], 0, 0, "undecided"),
        (1, [20, 5], 26, 25, "can_activate"),
    ],
    ids=[
        "two delights are 40, held at 25",
        "two angers are -40, held at -25",
        "nothing happened",
        "two annoyances take a motivation of 10 away",
        "one anger outweighs a pleasure and a like",
        "like and dislike leave the motivation",
        "from the bottom to exactly 0",
        "one more than the scale",
    ],
)
def test_the_index_by_hand(motivation, steps, raw, clipped, said):
    assert index_of(motivation, steps) == (raw, clipped, said)


def test_only_exactly_0_is_undecided():
    assert verdict(np.array([-1, 0, 1])).tolist() == ["failed", "undecided", "can_activate"]


def test_points_become_the_nearest_step_and_none_where_the_sign_is_not_sure():
    points = np.array([2.4, 2.5, 7.4, 7.5, 14.9, 15.0, 90.0])
    assert size_of(points, points - 0.1, points + 0.1).tolist() == [0, 5, 5, 10, 10, 20, 20]
    assert size_of(-points, -points - 0.1, -points + 0.1).tolist() == [0, -5, -5, -10, -10, -20, -20]
    assert size_of(points, -points, 3 * points).tolist() == [0] * 7


def planted(n=3000, seed=0):
    rng = np.random.default_rng(seed)
    counted = pd.DataFrame(rng.integers(0, 2, (n, 4)), columns=["a tour", "b call", "c mail", "d loop"])
    points = -4 + counted.to_numpy() @ np.array([20, 10, 0, -20])
    return counted, rng.random(n) < 1 / (1 + np.exp(-points / 10)), np.arange(n).astype("datetime64[D]")


def test_planted_steps_are_learned():
    counted, activated, _ = planted()
    found = learn(counted, activated)
    assert found.steps.set_index("step")["size"].to_dict() == {"a tour": 20, "b call": 10, "c mail": 0, "d loop": -20}
    assert found.motivation == pytest.approx(-4, abs=2) and found.scale == pytest.approx(0.1, abs=0.01)


def test_neither_the_order_of_accounts_nor_of_columns_matters():
    counted, activated, _ = planted(800)
    order = np.random.default_rng(1).permutation(len(counted))
    one, other = learn(counted, activated), learn(counted.iloc[order, ::-1], activated[order])
    pd.testing.assert_frame_equal(one.steps, other.steps, check_exact=False, rtol=1e-6)
    assert one.motivation == other.motivation


def test_a_step_nobody_learned_counts_nothing():
    counted, activated, _ = planted(800)
    found = learn(counted, activated)
    with_new = counted.head(3).assign(**{"e new": 3})
    assert found.index(with_new)["raw"].tolist() == found.index(counted.head(3))["raw"].tolist()


def test_the_index_is_checked_on_later_sign_ups_and_keeps_its_word():
    counted, activated, began = planted()
    checked = learn_and_check(counted, activated, began)
    assert checked.learned_on + checked.checked_on == 3000 and checked.is_monotone and checked.is_calibrated
    told = checked.verdicts.set_index("verdict")
    assert told.loc["can_activate", "rate"] > 0.5 > told.loc["failed", "rate"]
    assert checked.bands["accounts"].sum() == checked.checked_on


def test_chance_outcomes_teach_no_steps():
    counted, _, began = planted(1500)
    activated = np.random.default_rng(9).random(1500) < 0.3
    sizes = learn_and_check(counted, activated, began).friction.steps["size"]
    assert sizes.abs().max() <= 5


def test_too_few_accounts_teach_nothing():
    counted, activated, began = planted(100)
    assert learn_and_check(counted, activated, began) is None
    counted, activated, began = planted(400)
    assert learn_and_check(counted, np.ones(400, dtype=bool), began) is None


def test_a_fall_beyond_chance_is_not_monotone():
    assert not is_monotone(pd.DataFrame({"accounts": [200, 200, 200], "activated": [20, 120, 40]}))
    assert is_monotone(pd.DataFrame({"accounts": [200, 20, 200], "activated": [20, 1, 40]}))


def test_what_became_of_each_verdict_by_hand():
    told = pd.DataFrame({"verdict": ["failed", "failed", "can_activate"], "probability": [0.1, 0.2, 0.9]})
    found = kept_by_verdict(told, np.array([True, False, False]), np.array([True, False, False]))
    assert found[["verdict", "bought", "kept"]].values.tolist() == [["failed", 1, 1], ["can_activate", 0, 0]]
    assert by_verdict(told, np.array([False, True, True]))["rate"].tolist() == [0.5, 1.0]


DAY = pd.Timestamp("2026-01-01")


def days(*numbers):
    return [pd.NaT if number is None else DAY + pd.Timedelta(days=number) for number in numbers]


def test_activation_counts_from_the_fifteenth_day_to_the_74th():
    columns = {
        "signed_up": days(*[0] * 6),
        "first_use": days(*[0] * 6),
        "first_value": days(13.9, 14, 73.9, 74, None, None),
        "bought_on": days(None, None, None, None, 20, None),
    }
    dates = pd.DataFrame(columns, index=list("ABCDEF")).astype("datetime64[us]")
    found = at_risk(dates, DAY + pd.Timedelta(days=74))
    # A had its first value within the first 14 days: nothing is left to foretell.
    assert found["activated"].to_dict() == {"B": True, "C": True, "D": False, "E": True, "F": False}
    assert found["is_over"].all()
    assert not at_risk(dates, DAY + pd.Timedelta(days=73))["is_over"].any()


def test_what_happened_or_became_known_after_the_first_days_is_no_early_step():
    used = pd.DataFrame({"account_id": list("ABC"), "action": "error", "first_at": days(1, 1, 14), "told_at": days(2, 14, 15)})
    found = early_uses(used, pd.Series(days(0, 0, 0), index=list("ABC")))
    assert found["account_id"].tolist() == ["A"] and found["step"].tolist() == ["use error"]


def test_a_step_counts_three_times_at_most():
    steps = pd.DataFrame({"account_id": ["A", "B", "X"], "step": "touchpoint call", "times": [9, 2, 5]})
    assert counted_steps([steps], pd.Index(["A", "B", "C"]))["touchpoint call"].tolist() == [3, 2, 0]


def test_the_regression_is_maximum_likelihood_under_a_wide_prior_and_clusters_widen_it():
    from sklearn.linear_model import LogisticRegression

    rng = np.random.default_rng(2)
    x = rng.normal(size=(500, 3))
    y = rng.random(500) < 1 / (1 + np.exp(-(0.5 + x @ np.array([1.0, -0.5, 0.0]))))
    mine, theirs = fit(x, y, spread=1e4), LogisticRegression(C=1e8, tol=1e-10, max_iter=1000).fit(x, y)
    assert mine.coefficients[1:] == pytest.approx(theirs.coef_[0], abs=1e-3)
    twice = fit(np.repeat(x, 4, axis=0), np.repeat(y, 4), spread=1e4, cluster=np.repeat(np.arange(500), 4))
    naive = fit(np.repeat(x, 4, axis=0), np.repeat(y, 4), spread=1e4)
    assert np.diag(twice.covariance)[1] > 2.5 * np.diag(naive.covariance)[1]
