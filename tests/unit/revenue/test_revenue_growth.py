"""Rates of growth, worth of a point of retention, the bars of a good year."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from revenue_histories import histories, known_before, section

from renewcast.revenue.bars import bars
from renewcast.revenue.growth import arr_of_a_point, growth, monthly_growth
from renewcast.revenue.ledger import build_ledger
from renewcast.revenue.movements import roll_forward
from renewcast.revenue.retention import retention

AS_OF = dt.date(2025, 11, 3)
BARS = section().bars


def test_three_to_five_percent_become_a_gulf_in_two_years():
    """C78."""
    table = growth()
    assert table.loc[12].round(3).tolist() == [1.0, 1.426, 0.694, 0.540]
    assert table.loc[24].round(3).tolist() == [1.0, 2.033, 0.481, 0.292]
    assert round(table.loc[12, 0.03] / table.loc[12, -0.05], 2) == 2.64
    assert round(table.loc[24, 0.03] / table.loc[24, -0.05], 2) == 6.96
    assert growth(250.0, (0.1,), 1).loc[1].tolist() == [275.0]
    with pytest.raises(ValueError, match="a rate of -1"):
        growth(monthly_rates=(-1,))


def ledger_of(rows):
    """A ledger of terms (account, first day, end, currency units a month), each known when it begins."""
    frame = pd.DataFrame(rows, columns=["account_id", "starts_on", "ends_on", "mrr"])
    frame["contract_id"] = [f"c{number}" for number in range(len(frame))]
    for name in ("starts_on", "ends_on"):
        frame[name] = pd.to_datetime(frame[name]).astype("datetime64[us]")
    frame = frame.assign(product=None, cents=100 * frame.pop("mrr"), known_at=frame["starts_on"])
    frame["superseded_at"] = pd.Series(pd.NaT, index=frame.index, dtype="datetime64[us]")
    return build_ledger(frame, dt.date(2025, 2, 1), section(), zone="UTC")


def four_accounts():
    return ledger_of(
        [
            ("stays", "2024-01-01", "2026-01-01", 100),
            ("grows", "2024-01-01", "2024-06-01", 100),
            ("grows", "2024-06-01", "2026-01-01", 300),
            ("shrinks", "2024-01-01", "2024-07-01", 100),
            ("shrinks", "2024-07-01", "2026-01-01", 40),
            ("leaves", "2024-01-01", "2024-08-15", 100),
            ("arrives", "2024-03-01", "2026-01-01", 500),
        ]
    )


def test_a_year_by_hand():
    row = retention(four_accounts(), (12,)).iloc[-1]
    assert (row["opening_cents"], row["closing_cents"], row["new_cents"]) == (40000, 94000, 50000)
    assert row["net_dollar_retention"] == 440 / 400 and row["gross_dollar_retention"] == 240 / 400
    assert row["logo_retention"] == 3 / 4
    assert row["gap"] == pytest.approx(1.1 - 0.75)
    assert row["gap_size"] + row["gap_contraction"] + row["gap_expansion"] == pytest.approx(row["gap"])
    assert row["quick_ratio"] == (500 + 200) / (100 + 60)
    assert arr_of_a_point(four_accounts()) == pytest.approx(940 * 12 / 100)
    assert monthly_growth(four_accounts(), 12) == pytest.approx((940 / 400) ** (1 / 12) - 1)
    assert np.isnan(monthly_growth(four_accounts(), 24))


def test_the_quick_ratio_is_told_only_where_something_was_lost():
    first, second = (retention(four_accounts(), (1,)).iloc[place] for place in (0, 1))
    assert np.isnan(first["net_dollar_retention"]), "nobody was there before"
    assert np.isnan(second["quick_ratio"]) and second["net_dollar_retention"] == 1.0


def test_what_a_running_grace_may_still_bring_back_is_told():
    rows = [("renewed late?", "2024-01-01", "2025-01-20", 100), ("stays", "2024-01-01", "2026-01-01", 50)]
    found = retention(ledger_of(rows), (1,)).set_index("month")[["is_settled", "churn_cents", "unsettled_cents"]]
    assert found.loc["2025-01-01"].tolist() == [False, -10000, -10000]
    assert found.loc["2024-12-01"].tolist() == [True, 0, 0]


def test_the_gap_between_dollars_and_logos_always_adds_up():
    ledger = build_ledger(known_before(histories(200, 3), AS_OF), AS_OF, section(), zone="UTC")
    found = retention(ledger, (1, 6, 12)).dropna(subset=["gap"])
    assert np.allclose(found["gap"], found[["gap_size", "gap_contraction", "gap_expansion"]].sum(axis=1), atol=1e-12)
    assert (found["gross_dollar_retention"] <= np.minimum(1, found["net_dollar_retention"]) + 1e-15).all()
    assert len(roll_forward(ledger, 6)) == (found["period_months"] == 6).sum() or len(found)


def test_the_chance_of_reaching_the_bars_comes_from_drawing_accounts_anew():
    ledger = four_accounts()
    answers = pd.DataFrame({"account_id": ["a", "a", "b", "c"], "score": [10.0, 9.0, 3.0, 8.0]})
    found = bars(ledger, answers, BARS, seed=1).set_index("measure")
    ndr, nps = found.loc["net_dollar_retention"], found.loc["nps"]
    assert (ndr["value"], ndr["accounts"], ndr["bar"]) == (1.1, 4, 1.2)
    assert (nps["value"], nps["accounts"], nps["bar"]) == (25.0, 3, 10.0)
    # Four accounts that end at 1, 3, 0.4 and 0 of what they paid: counted out over all 256 ordered draws.
    ends = np.array([1.0, 3.0, 0.4, 0.0])
    draws = np.array(np.meshgrid(*[ends] * 4)).reshape(4, -1).mean(axis=0)
    assert ndr["chance"] == pytest.approx((draws > 1.2).mean(), abs=0.03)
    assert ndr["low"] <= ndr["value"] <= ndr["high"]
    again = bars(ledger, answers, BARS, seed=1).set_index("measure")
    assert again.equals(found)


def test_without_a_year_or_answers_nothing_is_claimed():
    ledger = ledger_of([("A", "2024-10-01", "2026-01-01", 100)])
    found = bars(ledger, None, BARS, seed=0)
    assert found[["value", "low", "high", "chance"]].isna().all(axis=None)
