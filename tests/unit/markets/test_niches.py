"""Niches: the settle cycle with censoring, the Pareto front, corrections for many comparisons, and what must not matter."""

import numpy as np
import pandas as pd
import pytest

from renewcast.markets.niches import benjamini_yekutieli, find_niches
from renewcast.markets.prospects import willingness
from renewcast.markets.settle import counts, faster_than_the_rest, mean_days, median_days, still_waiting
from renewcast.markets.standing import composite, front, ranks
from renewcast.revenue.cohorts import holm


def test_the_settle_cycle_by_hand():
    # Five accounts: bought on days 1, 3 and 3; two had not after 2 and 5 days.
    days, bought = np.array([1, 3, 3, 2, 5]), np.array([True, True, True, False, False])
    waiting, buying = counts(days, bought, np.zeros(5, dtype=int), 1, limit=5)
    assert still_waiting(waiting, buying)[0].tolist() == pytest.approx([1, 0.8, 0.8, 0.8 / 3, 0.8 / 3, 0.8 / 3])
    assert mean_days(waiting, buying)[0] == pytest.approx(1 + 0.8 + 0.8 + 2 * 0.8 / 3)
    assert median_days(waiting, buying).tolist() == [3.0]


def test_whoever_bought_after_the_limit_counts_as_waiting_at_it():
    early = counts(np.array([2, 40]), np.array([True, True]), np.zeros(2, dtype=int), 1, limit=10)
    waits = counts(np.array([2, 10]), np.array([True, False]), np.zeros(2, dtype=int), 1, limit=10)
    assert mean_days(*early) == pytest.approx(mean_days(*waits))


def test_the_test_of_one_stratum_is_the_log_rank_test():
    from renewcast.revenue.survival import log_rank

    rng = np.random.default_rng(4)
    days, bought, group = rng.integers(0, 90, 300), rng.random(300) < 0.6, rng.integers(0, 2, 300)
    waiting, buying = (one[:, None, :] for one in counts(days, bought, group, 2, limit=100))
    found = faster_than_the_rest(waiting, buying)
    theirs = log_rank((days[group == 0], bought[group == 0]), (days[group == 1], bought[group == 1]))
    assert found[0] == pytest.approx(theirs["statistic"]) and found[1] == pytest.approx(-theirs["statistic"])


def test_weights_count_an_account_as_often_as_it_was_drawn():
    days, bought, group = np.array([1, 4, 6]), np.array([True, False, True]), np.array([0, 0, 1])
    weighted = counts(days, bought, group, 2, limit=8, weight=np.array([2, 0, 1]))
    repeated = counts(days[[0, 0, 2]], bought[[0, 0, 2]], group[[0, 0, 2]], 2, limit=8)
    assert all((one == other).all() for one, other in zip(weighted, repeated, strict=True))


def test_the_pareto_front_by_hand():
    values = {"settle_days": np.array([30.0, 20.0, 30.0, 90.0]), "willingness": np.array([6.0, 5.0, 5.0, np.nan])}
    # The third is beaten by the first; the last is beaten by all, for nothing is known of its price.
    assert front(values, tuple(values)).tolist() == [True, True, False, False]
    assert front({"potential": np.array([4.0, 4.0])}, ("potential",)).tolist() == [True, True]


def test_ranks_and_composite_by_hand():
    values = {"settle_days": np.array([10.0, 30.0, 20.0]), "potential": np.array([5.0, 7.0, 7.0])}
    assert ranks(values["settle_days"], -1).tolist() == [1, 3, 2] and ranks(values["potential"], 1).tolist() == [3, 1, 1]
    assert composite(values, {"settle_days": 0.5, "potential": 0.5}).tolist() == pytest.approx([0.5, 0.375, 0.625])


@pytest.mark.parametrize(
    ("correct", "expected"),
    [(holm, [0.03, 0.06, 0.06]), (benjamini_yekutieli, [0.055, 0.0733, 0.0733])],
    ids=["Holm: 3 x 0.01, 2 x 0.03, at least as much", "Benjamini-Yekutieli: x 11/6"],
)
def test_corrections_by_hand(correct, expected):
    assert correct(np.array([0.01, 0.03, 0.04])).tolist() == pytest.approx(expected, abs=1e-4)


def test_willingness_grows_with_the_price_and_shrinks_with_the_discount_and_knows_no_currency():
    terms = pd.DataFrame({"account_id": list("ABCD"), "mrr": [100.0, 300.0, 200.0, 200.0], "seats": [10, 10, 10, 10]})
    terms["discount"] = [0.1, 0.1, 0.0, 0.2]
    score = willingness(terms)
    assert score["B"] > score["A"] and score["C"] > score["D"] and score.between(1, 10).all()
    assert score["C"] == pytest.approx(1 + 9 * (0.7 * 0.5 + 0.3 * 0.875))
    assert willingness(terms.assign(mrr=terms["mrr"] * 7.1)).tolist() == pytest.approx(score.tolist())


def test_a_large_company_is_compared_with_large_ones():
    terms = pd.DataFrame({"account_id": list("ABCD"), "mrr": [10.0, 20.0, 1000.0, 2000.0]})
    score = willingness(terms, pd.Series({"A": "small", "B": "small", "C": "large", "D": "large"}))
    assert score["A"] == score["C"] and score["B"] == score["D"]


def made_up(seed=0, segments=6, each=60):
    """Accounts without any difference between segments."""
    rng = np.random.default_rng(seed)
    n = segments * each
    frame = pd.DataFrame(
        {"account_id": [f"A{number:05d}" for number in range(n)], "segment": [f"s{k}" for k in np.arange(n) % segments]}
    )
    frame["stratum"] = "- · account"
    frame["settle_days"], frame["has_bought"] = rng.integers(1, 200, n), rng.random(n) < 0.6
    frame["is_customer"] = frame["has_bought"]
    for name in ("willingness", "use", "arr", "acquisition_cost"):
        frame[name] = np.where(frame["has_bought"], rng.random(n), np.nan)
    return frame


def test_the_order_of_the_rows_does_not_matter():
    frame = made_up()
    one, other = find_niches(frame, seed=1, draws=20), find_niches(frame.sample(frac=1, random_state=5), seed=1, draws=20)
    pd.testing.assert_frame_equal(one.segments, other.segments)
    pd.testing.assert_frame_equal(one.indicators, other.indicators)


def test_ranks_lie_in_their_intervals_and_weights_add_up():
    found = find_niches(made_up(3), seed=1, draws=60)
    segments = found.segments
    assert sum(found.weights.values()) == pytest.approx(1)
    assert (segments["rank_low"] <= segments["rank_high"]).all() and segments["rank"].tolist() == sorted(segments["rank"])
    assert segments["chance_of_first"].sum() == pytest.approx(1, abs=0.2)


def test_what_is_not_known_takes_no_part_and_small_segments_are_left_out():
    frame = made_up().assign(use=np.nan, willingness=np.nan)
    small = frame.iloc[:5].assign(segment="few", account_id=[f"B{k}" for k in range(5)])
    found = find_niches(pd.concat([frame, small]), seed=1, draws=10)
    assert set(found.weights) == {"settle_days", "potential"} and found.left_out == 5
    # One tested indicator alone never makes a niche.
    assert not found.segments["is_niche"].any()
    assert find_niches(small, seed=1) is None


def test_only_those_whose_ninety_days_are_over_are_judged():
    from renewcast.markets.lift import outcomes

    columns = {"has_bought": [True, True, False, False], "settle_days": [5, 120, 30, 90], "age_days": [30, 200, 30, 90]}
    found = outcomes(pd.DataFrame({"account_id": list("ABCD"), **columns}))
    assert found["conversion"].fillna(-1).tolist() == [-1, 0, -1, 0]


def test_expansion_stands_for_use_where_there_is_none():
    import datetime as dt

    from renewcast.markets.prospects import expansion, prospects
    from renewcast.revenue.ledger import Ledger
    from renewcast.revenue.movements import WORDS

    # A expands by half, B contracts, C comes in between.
    cents = np.array([[100] * 7 + [150] * 7, [100] * 7 + [60] * 7, [0] * 7 + [80] * 7])
    movement = np.full((3, 13), WORDS.index("none"), dtype=np.int8)
    movement[:, 6] = [WORDS.index("expansion"), WORDS.index("contraction"), WORDS.index("new")]
    units = pd.DataFrame({"account_id": list("ABC"), "product": None})
    months = np.arange("2025-01", "2026-02", dtype="datetime64[M]")
    ledger = Ledger(dt.date(2026, 2, 1), None, units, months, cents, cents > 0, movement, None, None)
    assert expansion(ledger).to_dict() == {"A": 0.5, "B": 0.0}
    accounts = pd.DataFrame({"signed_up_at": pd.to_datetime(["2024-12-01"] * 3)}, index=list("ABC"))
    terms = pd.DataFrame(
        {"account_id": list("ABC"), "starts_on": accounts["signed_up_at"].to_numpy(), "ends_on": pd.NaT, "mrr": 1.0}
    )
    found = prospects(accounts, terms, None, None, pd.Timestamp("2026-02-01"), [], grown=expansion(ledger))
    assert found["use"].tolist()[:2] == [0.5, 0.0] and np.isnan(found["use"].iloc[2])
