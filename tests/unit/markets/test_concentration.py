"""How concentrated revenue is: by hand, and what must not change it."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from renewcast.markets.concentration import concentration, verticals_needed
from renewcast.revenue.ledger import Ledger


def ledger(cents_by_year: list[list[int]]) -> Ledger:
    """A ledger in which each account pays the same in every month of a year; one list of accounts a year."""
    years = np.array(cents_by_year, dtype=np.int64)
    cents = np.concatenate([np.zeros((years.shape[1], 1), dtype=np.int64), np.repeat(years.T, 12, axis=1)], axis=1)
    months = np.arange("2024-01", f"{2024 + len(years)}-01", dtype="datetime64[M]")
    units = pd.DataFrame({"account_id": [f"A{number:03d}" for number in range(years.shape[1])], "product": None})
    nothing = np.zeros((years.shape[1], len(months)), dtype=np.int8)
    return Ledger(dt.date(2026, 1, 1), None, units, months, cents, cents > 0, nothing, nothing, nothing[:, 0])


def named(*verticals) -> pd.Series:
    return pd.Series(verticals, index=[f"A{number:03d}" for number in range(len(verticals))])


def test_shares_by_hand():
    found = concentration(ledger([[500, 200, 100, 100, 60, 40]]), named("a", "b", "c", "d", "e", "a"), seed=1, draws=50)
    assert found.verticals["vertical"].tolist() == ["a", "b", "c", "d", "e"]
    assert found.verticals["revenue_cents"].tolist() == [6480, 2400, 1200, 1200, 720]
    assert found.verticals["share"].tolist() == pytest.approx([0.54, 0.2, 0.1, 0.1, 0.06])
    assert found.top["share"].tolist() == pytest.approx([0.84, 0.94, 1.0])
    assert found.top["is_in_target"].tolist() == [True, False, False]
    assert verticals_needed(found.verticals, 0.8) == 3 and verticals_needed(found.verticals, 0.9) == 4
    assert found.verticals["share_before"].isna().all() and not found.verticals["is_drift"].any()


def test_accounts_of_no_known_vertical_are_counted_and_named_by_a_dash():
    found = concentration(ledger([[300, 100]]), named("a"), seed=1, draws=20)
    assert found.verticals[["vertical", "share"]].values.tolist() == [["a", 0.75], ["-", 0.25]]


def test_a_vertical_that_grew_far_beyond_chance_has_drifted_and_the_same_year_twice_has_not():
    rng = np.random.default_rng(5)
    before = rng.integers(900, 1100, 400)
    code = np.arange(400) % 4
    after = np.where(code == 0, before * 3, before)
    verticals = named(*np.array(list("abcd"))[code])
    moved = concentration(ledger([before.tolist(), after.tolist()]), verticals, seed=1, draws=100).verticals
    assert bool(moved.set_index("vertical").loc["a", "is_drift"]) and moved.set_index("vertical").loc["a", "change"] > 0.2
    still = concentration(ledger([before.tolist(), before.tolist()]), verticals, seed=1, draws=100).verticals
    assert not still["is_drift"].any() and still["change"].abs().max() == 0


def test_neither_the_order_of_the_accounts_nor_the_currency_changes_the_shares():
    cents = np.random.default_rng(2).integers(100, 9000, 60)
    verticals = named(*np.array(list("abc"))[np.arange(60) % 3])
    one = concentration(ledger([cents.tolist()]), verticals, seed=3, draws=30).verticals
    other = concentration(ledger([(cents * 7).tolist()]), verticals.sample(frac=1, random_state=0), seed=3, draws=30).verticals
    assert one["share"].tolist() == pytest.approx(other["share"].tolist())
    assert (one["low"] <= one["share"]).all() and (one["share"] <= one["high"]).all()
