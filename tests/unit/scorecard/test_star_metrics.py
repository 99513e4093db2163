"""The star metrics: a whole catalogue, each recounted in another way, and honest about what cannot be told."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from renewcast.activity.readings import features_of
from renewcast.datasets.known import Known
from renewcast.revenue.movements import roll_forward
from renewcast.revenue.retention import retention
from renewcast.scorecard._definition import TEAMS, ratio, share
from renewcast.scorecard.months import ORDINARY, YEAR, Months
from renewcast.scorecard.stars import BY_NAME, CATALOGUE, star_months, star_series, stars

HAN = range(0x4E00, 0x9FFF)


@pytest.fixture(scope="module")
def day(company):
    return company.snapshot_days(4)[-1]


def months_of(company, day):
    accounts = company.view.attributes(day).reset_index()[["account_id"]].sort_values("account_id")
    return Months(Known(company.view, day, accounts), company.ledger(day))


@pytest.fixture(scope="module")
def months(company, day):
    return months_of(company, day)


@pytest.fixture(scope="module")
def series(months):
    return star_series(months)


@pytest.mark.parametrize("one", CATALOGUE, ids=lambda one: one.name)
def test_every_metric_is_declared_in_full(one):
    assert one.team in TEAMS and one.stars in (3, 4, 5) and one.better in (1, -1)
    assert one.unit in ("share", "points", "money", "integer", "number")
    for english, chinese in ((one.en, one.zh), (one.meaning_en, one.meaning_zh)):
        assert english.strip() and any(ord(letter) in HAN for letter in chinese)
    if one.compute is None:
        assert one.why_not_en.strip() and any(ord(letter) in HAN for letter in one.why_not_zh)
    else:
        assert one.needs and not one.why_not_en


def test_every_team_has_stars_and_no_name_stands_twice():
    assert len(BY_NAME) == len(CATALOGUE)
    for team in TEAMS:
        mine = [one.stars for one in CATALOGUE if one.team == team]
        assert 5 in mine and 4 in mine and mine == sorted(mine, reverse=True)


def test_what_no_table_can_tell_is_listed_with_the_reason(months, series):
    table = stars(months, series).set_index("metric")
    assert list(table.index) == [one.name for one in CATALOGUE]
    for one in CATALOGUE:
        row = table.loc[one.name]
        if one.compute is None:
            assert not row["is_measured"] and row["lacks"] == "no_table" and np.isnan(row["value"])
        else:
            assert row["is_measured"] == (row["lacks"] == "")
    assert table["is_measured"].sum() >= 22
    inside = table.dropna(subset=["low"])
    assert ((inside["low"] <= inside["value"] + 1e-9) & (inside["value"] <= inside["high"] + 1e-9)).all()


def test_revenue_metrics_are_those_of_the_ledger(company, day, months, series):
    ledger = company.ledger(day)
    kept = retention(ledger, (1, 12))
    month, year = kept[kept["period_months"] == 1].tail(len(months)), kept[kept["period_months"] == 12]
    np.testing.assert_allclose(series["churn_rate"].value, 1 - month["logo_retention"], atol=1e-12)
    np.testing.assert_allclose(series["net_dollar_retention"].value[-len(year) :], year["net_dollar_retention"], rtol=1e-12)
    rolled = roll_forward(ledger).tail(len(months))
    change = (rolled["closing_cents"] - rolled["opening_cents"]) * 12 / 100
    np.testing.assert_allclose(series["arr_increment"].value, change)
    from renewcast.scorecard.growth_teams import arrived, expansion

    np.testing.assert_allclose(expansion(months), rolled["expansion_cents"] / 100)
    assert arrived(months).sum(axis=0).tolist() == rolled["new"].tolist()


def test_tiers_follow_the_policy_at_each_months_end(company, months):
    policy, at = company.params.segments.tiers, len(months) - 1
    for place in range(0, len(months.account_id), 7):
        now, then = months.cents[place, YEAR + at], months.cents[place, at]
        if not months.is_customer[place, YEAR + at]:
            assert months.tiers[place, at] == -1
            continue
        promotes = months.promoters[place, at] >= policy.benchmark_min_advocacy
        grows = then > 0 and now / then - 1 >= policy.value_add_min_arr_growth
        expected = 2 if 12 * now / 100 >= policy.benchmark_min_arr and promotes else 1 if grows else ORDINARY
        assert months.tiers[place, at] == expected


def test_promoters_are_counted_over_a_year(company, day, months):
    answers = company.table("feedback", as_of=day)
    answers = answers[answers["kind"].eq("nps") & (answers["score"] >= 9)]
    for at in (len(months) - 1, len(months) - 7):
        end = pd.Timestamp(months.ends[at])
        inside = answers[(answers["occurred_at"] < end) & (answers["occurred_at"] >= end - pd.Timedelta(days=364))]
        assert months.promoters[:, at].sum() == len(inside)


def test_facts_are_counted_in_the_month_in_which_they_happened(company, day, series, months):
    at = len(months) - 3
    first, after = pd.Timestamp(months.begins[at]), pd.Timestamp(months.ends[at])
    contacts, tickets = company.table("touchpoints", as_of=day), company.table("tickets", as_of=day)
    held = contacts[contacts["kind"].eq("training") & contacts["occurred_at"].between(first, after, inclusive="left")]
    assert series["trainings"].value[at] == len(held)
    solved = tickets[tickets["resolved_at"].between(first, after, inclusive="left")]
    assert series["problems_solved"].value[at] == len(solved)
    assert series["problem_rating"].value[at] == pytest.approx(solved["csat"].mean())
    plays = company.table("plays", as_of=day)
    assert series["improvement_items"].value[at] == plays["started_at"].between(first, after, inclusive="left").sum()


def test_daily_use_is_the_features_active_days(company, series, months):
    at = len(months) - 2
    last = [one for one in company.snapshot_days() if pd.Timestamp(one) <= pd.Timestamp(months.ends[at])][-1]
    accounts = company.view.attributes(months.known.as_of.date()).index
    rows = pd.DataFrame({"account_id": accounts, "as_of": pd.Timestamp(last)})
    assert series["daily_active_use"].value[at] == pytest.approx(
        features_of(company.view, rows, ["active_days_28d"])["active_days_28d"].sum() / 28
    )


def test_renewals_are_recounted_term_by_term(company, day, months, series):
    terms = company.view.known_deadlines(day)
    at = int(np.flatnonzero(np.isfinite(series["ordinary_renewed"].value))[-1])
    month = pd.Period(str(months.months[at]), "M")
    due = renewed = 0.0
    for term in terms.itertuples():
        if pd.isna(term.ends_on) or term.ends_on.to_period("M") != month:
            continue
        place = np.searchsorted(months.account_id, term.account_id)
        if months.tiers[place, at - 1] == ORDINARY:
            due += 12 * term.mrr
            renewed += 12 * term.mrr * bool(term.is_succeeded)
    assert series["ordinary_renewed"].value[at] == pytest.approx(renewed)
    assert series["ordinary_renewal_rate"].value[at] == pytest.approx(renewed / due)
    assert np.isnan(series["ordinary_renewed"].value[-1])  # the grace of its last days is not over


def test_the_past_reads_as_it_was_known(company, day, months, series):
    """A quarter earlier, counts of facts that are told at once read the same; nothing is told of later months."""
    earlier = company.snapshot_days(4)[-4]
    then = months_of(company, earlier)
    assert then.ends[-1] <= np.datetime64(earlier, "us") < months.ends[-1]
    old = star_series(then)
    both = sorted(set(then.months.tolist()) & set(months.months.tolist()))
    for name in ("trainings", "improvement_items"):
        a = dict(zip(then.months.tolist(), old[name].value, strict=True))
        b = dict(zip(months.months.tolist(), series[name].value, strict=True))
        assert all(a[month] <= b[month] for month in both if np.isfinite(a[month]))


def test_series_are_laid_out_month_by_month(months, series):
    frame = star_months(months, series)
    assert frame.groupby("metric").size().to_dict() == {name: np.isfinite(one.value).sum() for name, one in series.items()}
    assert set(frame["team"]) == set(TEAMS)


def test_a_business_without_contracts_keeps_what_its_tables_tell(company, day):
    accounts = company.view.attributes(day).reset_index()[["account_id"]].sort_values("account_id")
    months = Months(Known(company.view, day, accounts), None)
    found = star_series(months)
    assert {"trainings", "problems_solved", "daily_active_use", "nps"} <= set(found)
    assert not {"net_dollar_retention", "churn_rate", "value_add_ratio", "participation"} & set(found)
    assert months.ends[-1] <= np.datetime64(day, "us") and isinstance(day, dt.date)


def test_ratios_by_hand():
    """Two accounts in month 0 (1 of 2, 3 of 4), one in month 1 (no interval), none in month 2."""
    found = ratio([1, 3, 2], [2, 4, 4], [0, 0, 1], [0, 1, 0], 3)
    assert found.value[:2].tolist() == [4 / 6, 0.5] and np.isnan(found.value[2]) and np.isnan(found.low[1])
    rest = np.array([1 - 4 / 6 * 2, 3 - 4 / 6 * 4])
    error = np.sqrt((rest**2).sum() * 2) / 6
    assert found.high[0] - found.value[0] == pytest.approx(1.6448536 * error)
    assert share(np.array([0.0]), np.array([0.0])).low.tolist() == pytest.approx([np.nan], nan_ok=True)
