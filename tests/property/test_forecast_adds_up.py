"""The forecast on generated portfolios: every level adds up to the cent, and the order of the rows decides nothing.

20 portfolios by default, 1,000 with RENEWCAST_DEEP=1.
"""

import datetime as dt
import os

import numpy as np
import pandas as pd
import pytest
from made_up_portfolio import portfolio, rates_of
from revenue_histories import histories, known_before, section

from renewcast.forecast.coherent import CENTS, LEVELS
from renewcast.forecast.forecast import forecast
from renewcast.forecast.outcomes import expected
from renewcast.forecast.past_quarters import past_quarters
from renewcast.forecast.rates import rates
from renewcast.forecast.standing import cover_ahead, laid_out
from renewcast.revenue.ledger import build_ledger

PORTFOLIOS = 1000 if os.environ.get("RENEWCAST_DEEP") == "1" else 20
AS_OF = dt.date(2026, 1, 5)


def forecast_of(terms, churn, heads, **chosen):
    return forecast(terms, rates_of(unlike=0.1), as_of=AS_OF, days=90, probabilities=churn, groups=heads, seed=3, **chosen)


@pytest.mark.parametrize("seed", range(PORTFOLIOS))
def test_every_level_adds_up_and_every_sum_is_its_expectation_rounded(seed):
    terms, churn, heads = portfolio(1 + seed % 40, seed)
    found = forecast_of(terms, churn, heads, draws=10)
    total = found.total
    assert total["opening_cents"] == terms["opening"].sum()
    lost = total["churn_cents"] + total["contraction_cents"]
    assert total["closing_cents"] == total["opening_cents"] - lost + total["expansion_cents"]
    levels = {name: found.level(name) for name in LEVELS}
    for frame in levels.values():
        assert {name: int(frame[name].sum()) for name in CENTS} == total
        assert (frame[list(CENTS[:-1])] >= 0).all(axis=None)
        assert np.isfinite(frame["deviation"]).all() and (frame["deviation"] >= 0).all()
    # Each finer level adds up to the coarser one row by row.
    for fine, coarse in [("term", "product_of_account"), ("product_of_account", "account"), ("account", "group")]:
        keys, cents = list(LEVELS[coarse]), list(CENTS)
        assert levels[fine].groupby(keys)[cents].sum().reset_index().equals(levels[coarse][[*keys, *cents]])
    of_account = levels["account"].set_index("account_id").loc[found.accounts["account_id"]]
    for word, wanted in expected(found.accounts).items():
        assert np.abs(of_account[f"{word}_cents"].to_numpy() - wanted).max() < 1 + 1e-3
        assert abs(total[f"{word}_cents"] - wanted.sum()) <= 0.5 + 1e-3


def test_the_order_of_the_rows_decides_nothing():
    terms, churn, heads = portfolio(40, 5)
    one = forecast_of(terms, churn, heads)
    other = forecast_of(terms.sample(frac=1, random_state=1), churn.sample(frac=1, random_state=2), heads)
    for name in LEVELS:
        pd.testing.assert_frame_equal(one.level(name), other.level(name), check_exact=True)
    pd.testing.assert_frame_equal(one.retention(1.0), other.retention(1.0), check_exact=True)


@pytest.mark.parametrize("chosen", [{}, {"level": "product"}, {"level": "parent", "grace_days": 14}, {"unpaid_cover": "churned"}])
def test_the_opening_is_the_ledger_on_the_first_of_a_month(chosen):
    versions = histories(120, seed=4)
    accounts = sorted(set(versions["account_id"]))
    heads = {account: accounts[number - number % 3] for number, account in enumerate(accounts)}
    for day in (dt.date(2024, 3, 1), dt.date(2025, 1, 1))[: 1 if chosen else 2]:
        seen = known_before(versions, day)
        ledger = build_ledger(seen, day, section(**chosen), zone="UTC", heads=heads)
        pieces = laid_out(seen, section(**chosen), zone="UTC", heads=heads)
        terms = cover_ahead(pieces, day, 90, section(**chosen).definition.grace_days)
        assert terms["opening"].sum() == ledger.cents[:, -1].sum() > 0
        learnt = rates(past_quarters(seen, day, 90, section(**chosen), zone="UTC", heads=heads))
        found = forecast(terms, learnt, as_of=day, days=90, groups=heads, seed=0, draws=5)
        assert found.total["opening_cents"] == ledger.cents[:, -1].sum()
