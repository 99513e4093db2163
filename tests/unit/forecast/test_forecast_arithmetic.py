"""The arithmetic of the forecast, worked by hand."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from made_up_portfolio import portfolio, rates_of
from revenue_histories import section

from renewcast.errors import RenewcastError
from renewcast.forecast.cents import whole_cents
from renewcast.forecast.forecast import forecast
from renewcast.forecast.past_quarters import by_account, known_before, past_quarters, price_told
from renewcast.forecast.rates import rates
from renewcast.forecast.standing import cover_ahead, laid_out

AS_OF = dt.date(2026, 1, 5)
DAY = np.datetime64


def number(text: str) -> int:
    return int(DAY(text, "D").astype(np.int64))


def terms_of(*rows):
    columns = ["account_id", "product", "contract_id", "opening", "signed", "is_due", "ends"]
    return pd.DataFrame([(*row, 20600) for row in rows], columns=columns)


def churn_of(**probability):
    return pd.DataFrame({"account_id": list(probability), "churn_probability": list(probability.values())})


def test_three_accounts_by_hand():
    terms = terms_of(
        ("A", "base", "a1", 60000, 60000, True),  # may leave; else 0.05 lose 20 %, 0.30 gain 10 %
        ("A", "plus", "a2", 40000, 40000, True),
        ("B", "base", "b1", 50000, 0, False),  # replaced by what was signed: 70,000
        ("B", "base", "b2", 0, 70000, False),
        ("C", "base", "c1", 20000, 20000, False),  # no model scored it: the rate of its like
    )
    found = forecast(
        terms, rates_of(), as_of=AS_OF, days=90, probabilities=churn_of(A=0.2, B=0.0), groups={"B": "A", "A": "A"}, seed=0
    )
    account = found.level("account").set_index("account_id")
    assert account["churn_cents"].tolist() == [20000, 0, 2000]
    # A: 0.8 x 0.05 x 20,000. B stays above its opening even where it falls 10,000 short. C: 0.9 x 0.05 x 4,000.
    assert account["contraction_cents"].tolist() == [800, 0, 180]
    # A: 0.8 x 0.3 x 10,000. B: 0.65 x 20,000 + 0.05 x 10,000 + 0.30 x 25,000. C: 0.9 x 0.3 x 2,000.
    assert account["expansion_cents"].tolist() == [2400, 21000, 540]
    assert found.total["closing_cents"] == 170000 - 22000 - 980 + 23940
    term = found.level("term").set_index("contract_id")
    assert term["churn_cents"].to_dict() == {"a1": 12000, "a2": 8000, "b1": 0, "b2": 0, "c1": 2000}
    assert term.loc["b2", "expansion_cents"] > term.loc["b1", "expansion_cents"]
    group = found.level("group")
    assert group["group"].tolist() == ["A", "C"] and group["opening_cents"].tolist() == [150000, 20000]
    assert group["accounts"].tolist() == [2, 1] and group["due_cents"].tolist() == [100000, 0]
    assert found.accounts["is_scored"].tolist() == [True, True, False]


def test_one_account_has_the_spread_of_a_coin():
    terms = terms_of(("A", "", "a", 10000, 10000, True))
    nothing = rates_of(contraction=0, expansion=0, spread=0)
    found = forecast(terms, nothing, as_of=AS_OF, days=90, probabilities=churn_of(A=0.25), seed=0)
    assert found.level("total")["deviation"].iloc[0] == pytest.approx(10000 * np.sqrt(0.25 * 0.75))
    drawn = found.draws["churn"]
    assert set(drawn) == {0.0, 10000.0} and abs((drawn > 0).mean() - 0.25) < 0.03


def test_draws_agree_with_the_sums_and_a_bad_weather_widens_them():
    terms, churn, heads = portfolio(300, 8)
    shared = {"as_of": AS_OF, "days": 90, "probabilities": churn, "groups": heads, "seed": 1}
    calm, rough = (forecast(terms, rates_of(unlike=unlike), **shared) for unlike in (0.0, 0.4))
    closing = terms["opening"].sum() - calm.draws["churn"] - calm.draws["contraction"] + calm.draws["expansion"]
    deviation = calm.level("total")["deviation"].iloc[0]
    assert abs(closing.mean() - calm.total["closing_cents"]) < 4 * deviation / np.sqrt(len(closing))
    assert closing.std() == pytest.approx(deviation, rel=0.08)
    width = [
        found.retention().set_index("measure").loc["net_dollar_retention", ["low", "high"]].diff().iloc[1]
        for found in (calm, rough)
    ]
    assert width[1] > 1.3 * width[0]


def test_retention_follows_from_the_cents_and_the_bar_from_the_draws():
    terms = terms_of(("A", "", "a", 10000, 10000, True), ("B", "", "b", 10000, 12000, False))
    found = forecast(
        terms, rates_of(contraction=0, expansion=0), as_of=AS_OF, days=90, probabilities=churn_of(A=0.5, B=0.0), seed=2
    )
    told = found.retention(1.0).set_index("measure")
    assert told["value"].round(12).to_dict() == {
        "net_dollar_retention": 0.85,
        "gross_dollar_retention": 0.75,
        "churn": 0.25,
        "contraction": 0.0,
        "expansion": 0.1,
    }
    # Above 1 exactly when A stays.
    assert told.loc["net_dollar_retention", "chance"] == (found.draws["churn"] == 0).mean()
    assert found.monthly_growth == pytest.approx(0.85 ** (365.25 / 12 / 90) - 1)


def test_nobody_who_pays_is_refused_in_words():
    with pytest.raises(RenewcastError, match="nobody pays anything on 2026-01-05"):
        forecast(terms_of(), rates_of(), as_of=AS_OF, days=90, seed=0)


@pytest.mark.parametrize(
    ("amount", "levels", "wanted"),
    [
        ([0.5], [], [1]),
        ([0.3, 0.3, 0.3], [], [1, 0, 0]),
        ([1.6, 1.6, 1.6], [], [2, 2, 1]),
        ([2.0, 0.0, 3.0], [[0, 0, 1]], [2, 0, 3]),
        ([0.9, 0.6, 0.6, 0.9], [[0, 1, 1, 0]], [1, 1, 0, 1]),
        ([], [[]], []),
    ],
)
def test_cents_left_over_go_to_the_largest_fractions(amount, levels, wanted):
    assert whole_cents(np.array(amount), [np.array(level, dtype=int) for level in levels]).tolist() == wanted


def test_a_term_is_due_unless_what_follows_it_is_signed():
    rows = [
        ("A", "base", "runs on", "2025-01-01", "2026-12-31", 100),
        ("B", "base", "due", "2025-01-01", "2026-02-01", 100),
        ("C", "base", "renewed", "2025-01-01", "2026-02-01", 100),
        ("C", "base", "renewal", "2026-02-01", "2027-02-01", 130),
        ("D", "base", "changed", "2025-01-01", "2026-02-01", 100),
        ("D", "pro", "into", "2026-02-10", "2027-02-01", 250),
        ("E", "base", "beside", "2025-01-01", "2026-04-01", 100),
        ("E", "pro", "add-on", "2026-01-20", "2027-01-20", 50),
        ("F", "base", "monthly", "2026-01-01", "2026-02-01", 100),
        ("F", "base", "next month", "2026-02-01", "2026-03-01", 100),
        ("G", "base", "over", "2025-01-01", "2026-01-05", 100),
    ]
    pieces = pd.DataFrame(
        [
            (account, product, contract, number(begins), number(ends), cents)
            for account, product, contract, begins, ends, cents in rows
        ],
        columns=["account_id", "product", "contract_id", "from_day", "to_day", "cents"],
    )
    found = cover_ahead(pieces, AS_OF, 90, 30).set_index("contract_id")
    assert found.index[found["is_due"]].tolist() == ["due", "beside", "monthly", "over"]
    assert found.groupby("account_id")[["opening", "signed"]].sum().values.tolist() == [
        [100, 100],
        [100, 100],
        [100, 130],
        [100, 250],
        [100, 150],
        [100, 100],
        [100, 100],
    ]


def test_the_past_is_seen_as_it_was_known_and_its_end_as_it_is_known_now():
    day = pd.to_datetime
    versions = pd.DataFrame(
        {
            "contract_id": ["a1", "a2", "b1"],
            "account_id": ["A", "A", "B"],
            "product": [None, None, None],
            "starts_on": day(["2024-01-01", "2025-03-01", "2024-01-01"]),
            "ends_on": day(["2025-03-01", "2026-03-01", "2025-03-01"]),
            "cents": [10000, 15000, 20000],
            "known_at": day(["2023-12-01", "2025-03-10", "2023-12-01"]),
            "superseded_at": day([None, None, None]),
        }
    )
    assert known_before(versions, dt.date(2025, 3, 10))["contract_id"].tolist() == ["a1", "b1"]
    past = past_quarters(versions, dt.date(2025, 6, 1), 90, section(), zone="UTC", count=1)
    assert past[["account_id", "opening", "signed", "closing", "is_due"]].values.tolist() == [
        ["A", 10000, 10000, 15000, True],
        ["B", 20000, 20000, 0, True],
    ]


def test_rates_give_the_cents_back_that_the_past_saw():
    rng = np.random.default_rng(1)
    size, due = rng.integers(0, 2, 4000), rng.random(4000) < 0.4
    opening = np.where(size == 1, 30000, 10000)
    fate = rng.random(4000)
    closing = np.where(due & (fate < 0.2), 0, np.where(fate > 0.7, opening * 1.2, np.where(fate > 0.6, opening * 0.5, opening)))
    quarters = np.arange(4000) % 8
    past = pd.DataFrame(
        {"origin": quarters, "account_id": np.arange(4000).astype(str), "opening": opening, "signed": opening, "closing": closing}
    ).assign(is_due=due, size=size)
    found = rates(past)
    assert found.quarters == 8 and found.accounts == 4000
    assert found.churn == pytest.approx([0, 0, 0.2, 0.2], abs=0.03)
    cell, stays = 2 * due.astype(int) + size, closing > 0
    for word, came in {"contraction": np.maximum(opening - closing, 0), "expansion": np.maximum(closing - opening, 0)}.items():
        told = (found.often[word] * found.much[word])[cell] * opening
        assert told[stays].sum() == pytest.approx(came[stays].sum())
    # The weather is the same in all quarters, so little is left beside chance; lose far more in one, and it shows.
    assert max(found.unlike.values()) < 0.2
    worse = past.assign(closing=np.where((quarters == 0) & due & (fate < 0.8), 0, closing))
    assert rates(worse).unlike["churn"] > 0.5


def test_without_a_past_nothing_is_expected_but_what_is_signed():
    pieces = laid_out(
        pd.DataFrame(
            {
                "contract_id": ["a"],
                "account_id": ["A"],
                "product": [None],
                "starts_on": pd.to_datetime(["2026-01-02"]),
                "ends_on": pd.to_datetime(["2026-02-01"]),
                "cents": [100],
                "known_at": pd.to_datetime(["2026-01-01"]),
                "superseded_at": pd.to_datetime([None]),
            }
        ),
        section(),
        zone="UTC",
    )
    none = past_quarters(
        pd.DataFrame({"account_id": [], "known_at": pd.to_datetime([]), "superseded_at": pd.to_datetime([])}).assign(
            contract_id=[], product=[], starts_on=pd.to_datetime([]), ends_on=pd.to_datetime([]), cents=[]
        ),
        AS_OF,
        90,
        section(),
        zone="UTC",
    )
    found = forecast(cover_ahead(pieces, AS_OF, 90, 30), rates(none), as_of=AS_OF, days=90, seed=0)
    assert found.total["closing_cents"] == found.total["opening_cents"] == 100


def test_renewals_signed_ahead_tell_the_price_of_what_is_due():
    signed = [(f"S{number}", "", f"s{number}", 10000, 0, False) for number in range(9)]
    signed += [
        (f"S{number}", "", f"t{number}", 0, [5000, 11000, 11100, 11100, 11200, 11200, 11300, 12000, 15000][number], False)
        for number in range(9)
    ]
    terms = terms_of(*signed, ("D", "", "d", 20000, 20000, True), ("G", "", "g", 20000, 20000, False))
    accounts = by_account(terms.sort_values(["account_id", "contract_id"], ignore_index=True)).set_index("account_id")
    # The second smallest and the second largest of nine hold the median with a probability of 96 %.
    assert accounts.loc["D", "signed"] == 22000 and accounts.loc["G", "signed"] == 20000
    assert accounts.loc["S0", "signed"] == 5000
    few = by_account(terms[~terms["account_id"].isin([f"S{number}" for number in range(4, 9)])]).set_index("account_id")
    assert few.loc["D", "signed"] == 20000


@pytest.mark.parametrize("count", [1, 4, 5, 8, 11, 40])
def test_a_price_is_told_falsely_at_most_one_time_in_ten(count):
    rng = np.random.default_rng(count)
    told = np.array([price_told(np.exp(rng.normal(0, 0.2, count))) for _ in range(400)])
    assert (told != 1).mean() <= 0.13
    assert count < 5 or np.mean([price_told(1.1 * np.exp(rng.normal(0, 0.03, count))) > 1.02 for _ in range(50)]) > 0.9
