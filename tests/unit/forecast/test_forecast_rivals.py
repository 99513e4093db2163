"""The rivals of the forecast against what their authors published, and growth driven by the forecast against C78."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from made_up_portfolio import rates_of

from renewcast.forecast.forecast import DAYS_A_MONTH, forecast
from renewcast.forecast.growth_ahead import growth_ahead, growth_rates
from renewcast.forecast.rivals import last_year_rate, sbg_rate
from renewcast.forecast.sbg import ShiftedBetaGeometric, fit_sbg
from renewcast.forecast.term_table import OUTCOMES, term_table

# Fader and Hardie (2007), table 1: share of the "high end" and "regular" customers left after 0 to 12 years, in percent.
HIGH_END = np.array([100, 86.9, 74.3, 65.3, 59.3, 55.1, 51.7, 49.1, 46.8, 44.5, 42.7, 40.9, 39.4])
REGULAR = np.array([100, 63.1, 46.8, 38.2, 32.6, 28.9, 26.2, 24.1, 22.3, 20.7, 19.4, 18.3, 17.3])
AS_OF = dt.date(2026, 1, 5)


@pytest.mark.parametrize(("left", "alpha", "beta"), [(HIGH_END, 0.668, 3.806), (REGULAR, 0.704, 1.182)])
def test_sbg_fits_the_published_data_as_published(left, alpha, beta):
    seven = 10 * left[:8]
    found = fit_sbg(seven[:-1], -np.diff(seven))
    assert (round(found.alpha, 3), round(found.beta, 3)) == (alpha, beta)


def test_sbg_projects_five_years_ahead_within_two_points():
    found = fit_sbg(10 * HIGH_END[:7], -10 * np.diff(HIGH_END[:8]))
    assert np.abs(100 * found.survival(12)[8:] - HIGH_END[8:]).max() < 2.0
    assert np.abs(100 * found.survival(12)[:8] - HIGH_END[:8]).max() < 2.0


def test_sbg_with_nothing_lost_or_everything_lost_stays_finite():
    for lost, wanted in ((0.0, 1.0), (100.0, 0.0)):
        kept = fit_sbg([100.0], [lost]).retention([1])[0]
        assert kept == pytest.approx(wanted, abs=0.01)
    assert np.all(np.diff(ShiftedBetaGeometric(0.7, 1.2).retention(np.arange(1, 30))) > 0)


def history(churn: float, growth: float):
    rows = []
    for quarter in range(6):
        share = churn if quarter >= 2 else 0.9  # only the newest four count
        for number in range(100):
            rows.append((quarter, f"A{number}", 100, 0 if number < 100 * share else int(100 * growth)))
    return pd.DataFrame(rows, columns=["origin", "account_id", "opening", "closing"])


def test_last_years_rate_is_that_of_four_quarters_together():
    assert last_year_rate(history(0.1, 1.2)) == pytest.approx(0.9 * 1.2)


def test_sbg_of_accounts_that_leave_at_one_rate_is_a_quarter_of_that_rate():
    rng = np.random.default_rng(3)
    today = int(np.datetime64(AS_OF, "D").astype(np.int64))
    rows = []
    for number in range(3000):
        start = today - int(rng.integers(365, 6 * 365))
        years = int(rng.geometric(0.2))  # leaves at each anniversary with one chance in five
        rows.append((f"A{number:04d}", start, min(start + round(years * 365.25), today + 300)))
    pieces = pd.DataFrame(rows, columns=["account_id", "from_day", "to_day"])
    open_ones = pieces[pieces["to_day"] > today]
    terms = open_ones[["account_id"]].assign(opening=100)
    found = sbg_rate(pieces, history(0.1, 1.0), terms, AS_OF, 90, 30)
    assert found == pytest.approx(0.8 ** (90 / 365.25), abs=0.008)


def found_with(change: float, days: int):
    """A forecast whose expected change a month is given: one account whose new price is signed."""
    closing = round(1_000_000_000 * (1 + change) ** (days / DAYS_A_MONTH))
    terms = pd.DataFrame(
        {
            "account_id": ["A"],
            "product": "",
            "contract_id": ["a"],
            "opening": 1_000_000_000,
            "signed": closing,
            "is_due": False,
            "ends": 0,
        }
    )
    nothing = rates_of(churn=0, contraction=0, expansion=0, spread=0)
    return forecast(terms, nothing, as_of=AS_OF, days=days, seed=0)


@pytest.mark.parametrize(
    ("rate", "year", "two_years"), [(0.0, 1.0, 1.0), (0.03, 1.426, 2.033), (-0.03, 0.694, 0.481), (-0.05, 0.540, 0.292)]
)
def test_growth_driven_by_the_forecast_matches_the_simulation(rate, year, two_years):
    found = found_with(rate, days=90)
    ahead = growth_ahead(growth_rates(found), 24)
    assert ahead.loc[[12, 24], "base"].round(3).tolist() == [year, two_years]
    assert ahead.loc[12, ["flat", "up_3", "down_3", "down_5"]].round(3).tolist() == [1.0, 1.426, 0.694, 0.54]
    assert ahead.loc[24, ["flat", "up_3", "down_3", "down_5"]].round(3).tolist() == [1.0, 2.033, 0.481, 0.292]
    added = growth_rates(found, 0.01)
    assert added["with_new"] == pytest.approx(rate + 0.01) and added["base_low"] == pytest.approx(added["base_high"])


def test_the_outcomes_of_a_term_add_up_and_its_amounts_are_in_order():
    terms = pd.DataFrame(
        {"account_id": ["A", "B"], "product": ["base", ""], "contract_id": ["a", "b"], "opening": 10000, "signed": 10000}
    ).assign(is_due=[True, False], ends=20500)
    churn = pd.DataFrame({"account_id": ["A", "B"], "churn_probability": [0.1, 0.0]})
    found = forecast(terms, rates_of(), as_of=AS_OF, days=90, probabilities=churn, seed=0)
    own = term_table(found)
    assert own["contract_id"].tolist() == ["a"] and own["ends_on"].iloc[0] == pd.Timestamp("2026-02-16")
    told = own[[f"{name}_probability" for name in OUTCOMES]].iloc[0]
    assert told.round(12).fillna(-1).tolist() == [0.1, -1, 0.045, 0.585, 0.27]
    assert own[["expected_mrr", "low_mrr", "high_mrr"]].iloc[0].tolist() == [91.8, 0.0, 110.0]
    columns = {f"{name}_probability": [chance] for name, chance in zip(OUTCOMES, (0.04, 0.1, 0.06, 0.7, 0.1), strict=True)}
    outlook = pd.DataFrame(
        {"account_id": ["A"], "contract_id": ["a"], "product": ["base"], "ends_on": [pd.Timestamp("2026-02-16")], "mrr": [100.0]}
    )
    given = term_table(found, outlook.assign(**columns))
    assert given[[f"{name}_probability" for name in OUTCOMES]].sum(axis=1).tolist() == pytest.approx([1.0])
    assert given[["expected_mrr", "low_mrr", "high_mrr"]].iloc[0].tolist() == [95.8, 80.0, 110.0]
