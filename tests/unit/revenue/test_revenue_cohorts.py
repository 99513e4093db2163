"""Cohorts: life tables against another library, tests that find what was planted and nothing else, funnels, seasons."""

import numpy as np
import pandas as pd
import pytest
from sksurv.compare import compare_survival
from sksurv.nonparametric import kaplan_meier_estimator

from renewcast.errors import RenewcastError
from renewcast.revenue.cohorts import Cohorts, named_cohorts
from renewcast.revenue.funnel import trends
from renewcast.revenue.season import seasonality
from renewcast.revenue.survival import early_loss, life_table, log_rank, settles


def drawn(rng, hazards, count, longest=24):
    """Lives with a hazard an age, censored at random."""
    hazards = np.broadcast_to(hazards, longest)
    dies = rng.random((count, longest)) < hazards
    age = np.where(dies.any(axis=1), dies.argmax(axis=1) + 1, longest)
    censored = rng.integers(1, longest + 1, count)
    return np.minimum(age, censored), (age <= censored) & dies.any(axis=1)


def cohorts_of(duration, is_lost, cohort):
    longest = int(duration.max())
    ages = np.arange(longest + 1)
    active = ages < np.where(is_lost, duration, longest + 1)[:, None]
    observed = np.where(is_lost, longest, duration)
    began = np.zeros(len(duration), dtype=np.int64)
    ids = np.array([f"A{number}" for number in range(len(duration))], dtype=object)
    return Cohorts("month", ids, np.asarray(cohort, dtype=object), began, observed, active, None, duration, is_lost)


def test_the_life_table_is_that_of_kaplan_and_meier():
    duration, is_lost = drawn(np.random.default_rng(0), 0.08, 300)
    table = life_table(duration, is_lost)
    time, survival = kaplan_meier_estimator(is_lost, duration.astype(float))
    assert np.allclose(table.set_index("age")["survival"].reindex(time.astype(int)), survival)
    inside = table["survival"].between(0, 1, inclusive="neither")
    assert (table["low"] <= table["survival"])[inside].all() and (table["survival"] <= table["high"])[inside].all()
    assert ((table["band_low"] <= table["low"]) & (table["high"] <= table["band_high"])).all()
    _, theirs, interval = kaplan_meier_estimator(is_lost, duration.astype(float), conf_level=0.9, conf_type="log-log")
    rows = table.set_index("age").loc[time.astype(int)]
    assert np.allclose(rows[["low", "high"]].to_numpy().T, interval, atol=1e-12)


def test_the_log_rank_test_is_the_usual_one():
    rng = np.random.default_rng(1)
    one, other = drawn(rng, 0.05, 150), drawn(rng, 0.08, 150)
    found = log_rank(one, other)
    outcome = np.array(
        list(zip(np.append(one[1], other[1]), np.append(one[0], other[0]).astype(float), strict=True)),
        dtype=[("event", bool), ("time", float)],
    )
    chi2, p_value = compare_survival(outcome, np.repeat([0, 1], 150))
    assert found["p_value"] == pytest.approx(p_value, rel=1e-6) and found["statistic"] ** 2 == pytest.approx(chi2, rel=1e-6)
    assert found["statistic"] < 0, "the first is lost more slowly"


def test_the_interval_holds_the_truth_as_often_as_it_says():
    rng, inside, band = np.random.default_rng(2), 0, 0
    truth = np.cumprod(np.full(24, 0.95))
    for _ in range(200):
        table = life_table(*drawn(rng, 0.05, 120))
        inside += table["low"].iloc[11] <= truth[11] <= table["high"].iloc[11]
        first = table.iloc[:18]
        band += bool(((first["band_low"] <= truth[:18]) & (truth[:18] <= first["band_high"])).all())
    assert 0.84 <= inside / 200 <= 0.96
    assert band / 200 >= 0.88


def test_cohorts_that_differ_are_told_apart_and_equal_ones_are_not():
    rng = np.random.default_rng(3)
    better, worse = drawn(rng, 0.03, 400), drawn(rng, 0.09, 400)
    both = cohorts_of(np.append(better[0], worse[0]), np.append(better[1], worse[1]), ["june"] * 400 + ["january"] * 400)
    assert both.compare("june", "january")["stays_longer"] == "june" == both.compare("january", "june")["stays_longer"]
    table = both.comparisons()
    assert table["cohort"].tolist() == ["june"] and table["statistic"].iloc[0] < 0 and table["adjusted_p_value"].iloc[0] < 0.001
    false = 0
    for _ in range(100):
        duration, is_lost = drawn(rng, 0.05, 200)
        same = cohorts_of(duration, is_lost, ["a"] * 100 + ["b"] * 100)
        false += same.compare("a", "b")["stays_longer"] is not None
    assert false <= 11
    with pytest.raises(RenewcastError, match="there is no cohort 'march'; there are january, june"):
        both.curve("march")


def test_early_loss_and_the_age_at_which_retention_settles_are_found():
    rng = np.random.default_rng(4)
    hazards = np.append([0.20, 0.12, 0.08], np.full(21, 0.01))
    duration, is_lost = drawn(rng, hazards, 3000)
    early = early_loss(duration, is_lost, 3)
    truth = 1 - np.prod(1 - hazards[:3])
    assert early["lost_by_then"] == pytest.approx(truth, abs=0.03)
    assert early["share_of_loss"] == pytest.approx(truth / (1 - np.prod(1 - hazards)), abs=0.04)
    told = settles(duration, is_lost, seed=5)
    assert told["age"] == 4 and told["low"] <= 4 <= told["high"]
    assert told["hazard"] == pytest.approx(0.01, abs=0.004)
    rising = settles(*drawn(rng, np.linspace(0.01, 0.4, 24), 20_000), seed=5)
    assert rising["age"] is None or rising["age"] > 12, "later too few are left to tell"
    steady = settles(*drawn(rng, 0.03, 2000), seed=5)
    assert steady["age"] == 1


def test_lift_compares_each_cohort_with_all_others():
    rng = np.random.default_rng(6)
    parts = [drawn(rng, 0.02, 300), drawn(rng, 0.08, 300), drawn(rng, 0.08, 300)]
    duration, is_lost = (np.concatenate([part[side] for part in parts]) for side in (0, 1))
    told = cohorts_of(duration, is_lost, np.repeat(["referral", "fair", "advert"], 300)).lift(6).set_index("cohort")
    assert told.loc["referral", "lift"] > 1.2 and told.loc["referral", "adjusted_p_value"] < 0.01
    assert told.loc["advert", "lift"] < 1


def test_an_attribute_that_is_missing_names_a_cohort_of_its_own():
    names = named_cohorts(np.zeros(3, dtype=np.int64), np.array(["ads", None, float("nan")], dtype=object), "month")
    assert names.tolist() == ["ads", "not known", "not known"]


def funnel_table(shares):
    rows = [
        {"cohort": f"2025-{month + 1:02d}", "step": step, "size": 1000, "reached": int(1000 * share), "share": share}
        for step, row in shares.items()
        for month, share in enumerate(row)
    ]
    return pd.DataFrame(rows)


def test_activity_that_grows_while_nobody_pays_more_is_flagged():
    """Ries: used five times rose from under 5 % to 20 %, paid stayed at 1 %."""
    shares = {"active_1": [0.60, 0.60, 0.61, 0.60], "active_5": [0.05, 0.09, 0.15, 0.20], "paid": [0.01, 0.01, 0.011, 0.01]}
    found = trends(funnel_table(shares))
    assert found.attrs["activity_up_value_flat"]
    by_step = found.set_index("step")
    assert by_step.loc["active_5", "p_value"] < 1e-6 and by_step.loc["active_5", "slope"] == pytest.approx(0.051, abs=0.001)
    assert by_step.loc["paid", "p_value"] > 0.5
    assert not trends(funnel_table(shares | {"paid": [0.01, 0.02, 0.03, 0.04]})).attrs["activity_up_value_flat"]
    assert not trends(funnel_table(shares | {"active_5": [0.05] * 4})).attrs["activity_up_value_flat"]
    # The statistic of Armitage's test is that of a straight line fitted to zeros and ones.
    y = np.concatenate([np.repeat([1.0, 0.0], [50 * k + 10, 190 - 50 * k]) for k in range(3)])
    x = np.repeat([0.0, 1.0, 2.0], 200)
    table = pd.DataFrame({"cohort": list("abc"), "step": "s", "size": 200, "reached": [10, 60, 110], "share": [0.05, 0.3, 0.55]})
    correlation = np.corrcoef(x, y)[0, 1]
    assert trends(table)["statistic"].iloc[0] == pytest.approx(correlation * np.sqrt(600), rel=1e-9)


def test_seasons_are_found_where_there_are_some():
    rng = np.random.default_rng(7)
    months = np.arange(48).astype("datetime64[M]")
    season = np.array([1.3, 1.0, 1.0, 0.9, 0.9, 0.9, 0.8, 0.8, 1.0, 1.1, 1.1, 1.2])
    series = (100 + np.arange(48)) * np.tile(season, 4) * rng.normal(1, 0.01, 48)
    found = seasonality(series, months)
    assert found.attrs["kind"] == "factor" and found.attrs["p_value"] < 0.01
    assert np.allclose(found["effect"], season / season.mean(), atol=0.03)
    noise = [seasonality(rng.normal(0, 1, 48), months).attrs["p_value"] for _ in range(40)]
    assert np.mean(np.array(noise) < 0.05) <= 0.2
    with pytest.raises(RenewcastError, match="seasons need 36 months, there are 24"):
        seasonality(np.ones(24), months[:24])


def test_cohorts_of_a_company_begin_whole_and_never_exceed_it(company):
    table = company.cohorts(period="quarter").table()
    assert (table.loc[table["age"] == 0, "retention"] == 1).all()
    assert (table.loc[table["age"] == 0, "dollar_retention"] == 1).all()
    assert table["retention"].between(0, 1).all() and (table["active"] <= table["observed"]).all()
    assert (table["band_low"] <= table["low"]).all() and (table["high"] <= table["band_high"]).all()
    whole = company.cohorts(by="industry")
    some = company.cohorts(by="industry", where=lambda accounts: accounts["industry"] == whole.names[0])
    assert some.names == whole.names[:1] and (whole.cohort == some.names[0]).sum() == len(some.cohort)
    for broken, words in (({"by": "colour"}, "no column colour"), ({"activity": "contract"}, "no table of events")):
        with pytest.raises(RenewcastError, match=words):
            company.cohorts(**broken)


def test_cohorts_of_contracts_are_those_of_the_ledger(company):
    rows = company.mrr_ledger()
    found = company.cohorts()
    first = rows[rows["movement"] == "new"].set_index("account_id")["month"]
    lost = rows[rows["movement"] == "churn"].groupby("account_id")["month"].min()
    months = lambda column: column.dt.year * 12 + column.dt.month  # noqa: E731
    for account, duration, is_lost in zip(found.account_id, found.duration, found.is_lost, strict=True):
        assert is_lost == (account in lost.index)
        if is_lost:
            span = pd.Series([first[account], lost[account]])
            assert duration == months(span).diff().iloc[-1]


def test_the_funnel_counts_days_of_activity_and_payment(company):
    table = company.funnel(period="quarter", within_days=91)
    assert table["step"].unique().tolist() == ["active_1", "active_5", "paid"]
    wide = table.pivot(index="cohort", columns="step", values="reached")
    assert (wide["active_1"] >= wide["active_5"]).all() and table["share"].between(0, 1).all()
    usage = company.table("usage")
    accounts = company.view.attributes(company.event_day())
    signed = pd.to_datetime(accounts["signed_up_at"])
    usage["since"] = (usage["occurred_at"].dt.normalize() - usage["account_id"].map(signed.dt.normalize())).dt.days
    usage = usage[usage["since"].between(0, 90) & (usage["known_at"] < pd.Timestamp(company.event_day()))]
    days = usage.groupby("account_id")["since"].nunique()
    judged = signed[signed.dt.normalize() + pd.Timedelta(days=91) <= pd.Timestamp(company.event_day())]
    first = company.table("usage")["occurred_at"].min().normalize()
    judged = judged[judged.dt.normalize() >= first]
    assert wide["active_5"].sum() == (days.reindex(judged.index).fillna(0) >= 5).sum()
    assert table[table["step"] == "paid"]["size"].sum() == len(judged)
