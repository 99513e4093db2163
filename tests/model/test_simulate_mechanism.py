"""The made-up company's mechanism: the known hazard is the hazard, and every cause can be seen before the decision."""

import duckdb
import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from renewcast.simulate import simulate
from renewcast.simulate.truth import load_truth, load_truth_terms

VERSIONED = {
    "accounts": "account_id",
    "contracts": "contract_id",
    "users": "user_id",
    "tickets": "ticket_id",
    "invoices": "invoice_id",
    "milestones": "(account_id, milestone)",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    directory = tmp_path_factory.mktemp("demo")
    simulate(directory)
    return directory


@pytest.fixture(scope="module")
def terms(folder):
    return load_truth_terms(folder).to_pandas()


@pytest.fixture(scope="module")
def ask(folder):
    """Ask in SQL; ``long_terms`` are the decisions on terms of a quarter or more, seen (as_of) 2 days before they are taken.

    The tables with versions show the latest one of each key, with the time at which the key was first known.
    """
    connection = duckdb.connect()
    for path in sorted(folder.glob("*.parquet")):
        connection.read_parquet(str(path)).create_view(path.stem if path.stem not in VERSIONED else f"every_{path.stem}")
    for name, key in VERSIONED.items():
        connection.execute(f"""create view {name} as select * replace (min(known_at) over (partition by {key}) as known_at)
            from every_{name} qualify known_at = max(known_at) over (partition by {key})""")
    connection.execute("""create temp table long_terms as
        select t.*, c.starts_on, c.quota, (decided_on - interval 2 day)::timestamp as as_of, a.company_size,
            date_diff('day', a.signed_up_at, ends_on) as tenure
        from truth_terms t join contracts c using (contract_id, account_id, ends_on) join accounts a using (account_id)
        where date_diff('day', c.starts_on, ends_on) > 80 and ends_on >= date '2024-07-01'""")
    yield connection.sql
    connection.close()


def test_the_demo_has_the_promised_size(ask):
    assert ask("select count(*) from accounts").fetchall() == [(2000,)]
    assert 2_000_000 <= ask("select count(*) from usage").fetchone()[0] <= 3_500_000


def test_p_renew_is_calibrated(terms):
    """Within four standard errors of the share renewed, in every tenth of the risk."""
    tenth = np.argsort(np.argsort(terms.p_renew, kind="stable"), kind="stable") * 10 // len(terms)
    for _, group in terms.groupby(tenth):
        error = np.sqrt((group.p_renew * (1 - group.p_renew)).sum()) / len(group)
        assert group.renewed.mean() == pytest.approx(group.p_renew.mean(), abs=4 * error + 1e-9)


def test_the_ceiling_leaves_room_and_is_in_reach(terms, ask):
    long = ask("select renewed, p_renew from long_terms").df()
    assert 0.88 < roc_auc_score(terms.renewed, terms.p_renew) < 0.95
    assert 0.86 < roc_auc_score(long.renewed, long.p_renew) < 0.94


def test_a_fifth_to_a_quarter_of_the_live_years_end_in_churn(folder, terms):
    live_years = load_truth(folder).num_rows * 7 / 365.25
    assert 0.18 < (~terms.renewed).sum() / live_years < 0.28


def test_the_contracts_show_what_was_decided(ask):
    """A base term went on exactly where a base term follows within 30 days, or was signed early and overlaps its end."""
    [(both, different)] = ask("""select count(*), count(*) filter (renewed != exists (
        select 1 from contracts c where c.account_id = t.account_id and c.quota is not null
        and c.starts_on between t.ends_on - interval 80 day and t.ends_on + interval 30 day and c.ends_on > t.ends_on))
        from truth_terms t where ends_on < (select max(as_of) from truth) - interval 31 day""").fetchall()
    assert both > 5000 and different == 0


def test_the_weekly_risk_adds_up_to_the_churn_of_the_next_90_days(ask):
    [(expected, happened, outside)] = ask("""select avg(p_churn_90d), avg((lost is not null)::int),
            count(*) filter (p_churn_90d not between 0 and 1)
        from (select p_churn_90d, (select min(t.ends_on) from truth_terms t where t.account_id = w.account_id and not t.renewed
            and t.ends_on between w.as_of and w.as_of + interval 90 day) as lost
        from truth w where as_of < (select max(as_of) from truth) - interval 91 day)""").fetchall()
    assert outside == 0
    assert happened == pytest.approx(expected, rel=0.08)


CAUSES = {
    "usage_fell": """select sum(quantity) filter (occurred_at >= as_of - interval 28 day) / 28
        < 0.5 * sum(quantity) filter (occurred_at < as_of - interval 119 day) / 63 from usage u
        where u.account_id = t.account_id and known_at < as_of and occurred_at between as_of - interval 182 day and as_of""",
    "key_user_left": """select count(*) filter (left_at < as_of and left_at > as_of - interval 200 day) > 0
        and count(*) filter (left_at is null or left_at >= as_of) = 0 from users u
        where u.account_id = t.account_id and role = 'key_user' and known_at < as_of""",
    "sponsor_left": """select count(*) filter (left_at < as_of and left_at > as_of - interval 200 day) > 0 from users u
        where u.account_id = t.account_id and role = 'executive' and known_at < as_of""",
    "module_never_used": """select count(*) > 0 from contracts c where c.account_id = t.account_id and c.product != 'platform'
        and c.starts_on <= t.starts_on and c.ends_on >= t.ends_on and company_size in ('1-50', '51-200') and not exists (
        select 1 from usage u where u.account_id = c.account_id and u.module = c.product and u.known_at < as_of)""",
    "support_pain_in_the_first_year": """select count(*) >= 4 and tenure < 400 from tickets k where k.account_id = t.account_id
        and opened_at between as_of - interval 70 day and as_of group by tenure""",
    "poor_csat": """select avg(csat) < 3 from tickets k where k.account_id = t.account_id
        and resolved_at between as_of - interval 91 day and as_of""",
    "customer_milestone_overdue": """select count(*) > 0 from milestones m where m.account_id = t.account_id and kind = 'customer'
        and due_on < as_of and due_on > as_of - interval 400 day
        and (achieved_at is null or achieved_at >= as_of)""",
    "functions_done_outcome_missing": """select bool_and(kind = 'customer' or (achieved_at is not null and achieved_at < as_of))
        and bool_or(milestone = 'business_outcome' and due_on < as_of and (achieved_at is null or achieved_at >= as_of))
        from milestones m where m.account_id = t.account_id and known_at < as_of""",
    "quota_hardly_touched": """select sum(quantity) / 182 * 365 < 0.4 * t.quota from usage u where u.account_id = t.account_id
        and known_at < as_of and occurred_at between as_of - interval 182 day and as_of""",
    "departments_lost": """select count(distinct department) filter (occurred_at >= as_of - interval 35 day) = 1
        and count(distinct department) filter (occurred_at < as_of - interval 140 day) >= 3
        and count(distinct user_id) filter (occurred_at >= as_of - interval 35 day) <= 3
        from usage u join users using (user_id, account_id)
        where account_id = t.account_id and occurred_at between as_of - interval 365 day and as_of""",
    "paid_late": """select avg(least(coalesce(paid_on, as_of::date), as_of::date) - due_on) > 15
            and company_size in ('1-50', '51-200')
        from invoices i where i.account_id = t.account_id and due_on < as_of and issued_on > as_of - interval 280 day
        group by company_size""",
    "unwilling": """select avg(willingness) < -0.2 from touchpoints p where p.account_id = t.account_id
        and known_at < as_of and occurred_at > as_of - interval 120 day""",
    "silent_in_surveys": """select count(*) = 0 from feedback f where f.account_id = t.account_id and kind = 'nps'
        and occurred_at between as_of - interval 190 day and as_of""",
}


@pytest.mark.parametrize("cause", CAUSES)
def test_each_cause_shows_before_the_decision_and_raises_churn(ask, cause):
    rates = dict(
        ask(f"""select shows, struct_pack(n := count(*), churn := avg((not renewed)::int)) from (
        select renewed, coalesce(({CAUSES[cause]}), false) as shows from long_terms t) group by 1""").fetchall()
    )
    assert rates[True]["n"] >= 20, rates
    assert rates[True]["churn"] > 1.25 * rates[False]["churn"], rates


def test_seasonal_dips_show_in_usage(ask):
    [(christmas, before)] = ask("""select count(*) filter (occurred_at >= '2024-12-23' and occurred_at < '2024-12-30'),
        count(*) filter (occurred_at >= '2024-11-25' and occurred_at < '2024-12-02') from usage""").fetchall()
    assert christmas < 0.8 * before


def test_the_lunar_new_year_empties_china_and_nobody_else(ask):
    """The week of the 29th of January 2025 beside the weeks three before and three after."""
    rows = dict(
        ask("""select if(country = 'CN', 'CN', 'others') as place, struct_pack(
            during := count(*) filter (occurred_at >= '2025-01-28' and occurred_at < '2025-02-04'),
            around := count(*) filter (occurred_at >= '2025-01-07' and occurred_at < '2025-01-14'
                or occurred_at >= '2025-02-18' and occurred_at < '2025-02-25') / 2)
            from usage join accounts using (account_id) where country in ('CN', 'US', 'DE', 'FR') group by 1""").fetchall()
    )
    assert rows["CN"]["during"] < 0.25 * rows["CN"]["around"]
    assert 0.85 < rows["others"]["during"] / rows["others"]["around"] < 1.15


@pytest.mark.parametrize(
    ("country", "day"), [("US", "2024-07-04"), ("US", "2024-11-28"), ("CN", "2024-10-02"), ("FR", "2025-07-14")]
)
def test_a_public_holiday_is_quiet(ask, country, day):
    """Beside the same weekday two weeks before."""
    [(during, before)] = ask(f"""select count(*) filter (occurred_at::date = date '{day}'),
        count(*) filter (occurred_at::date = date '{day}' - 14) from usage join accounts using (account_id)
        where country = '{country}'""").fetchall()
    assert during < 0.4 * before


def test_a_holiday_is_no_sign_of_churn(ask):
    """Terms of Chinese accounts that are decided around their new year end in churn no more often than their hazard says."""
    [(count, left, expected, spread)] = ask("""select count(*), sum((not renewed)::int), sum(1 - p_renew),
        sqrt(sum(p_renew * (1 - p_renew))) from truth_terms join accounts using (account_id)
        where country = 'CN' and extract(month from decided_on) in (1, 2)""").fetchall()
    assert count > 50 and abs(left - expected) < 4 * spread


def test_the_list_price_rises_in_some_years_and_drives_some_away(ask):
    """Price a seat of consecutive yearly base terms, before discounts."""
    rows = dict(
        ask("""with price as (select account_id, starts_on, mrr / seats / (1 - discount) as a_seat from contracts
            where quota is not null and date_diff('day', starts_on, ends_on) between 300 and 800),
        pairs as (select *, a_seat / lag(a_seat) over (partition by account_id order by starts_on) as ratio from price)
        select extract(year from starts_on)::int, median(ratio) from pairs where ratio is not null group by 1""").fetchall()
    )
    assert 1.10 < rows[2025] < 1.15 and 1.02 < rows[2024] < 1.06 and 1.0 <= rows[2026] < 1.03
    by_year = dict(
        ask("""select extract(year from ends_on)::int, count(*) filter (reason = 'price_increase') from truth_terms
            where not renewed group by 1""").fetchall()
    )
    assert by_year[2025] > 5 and by_year[2026] == 0


def test_who_returns_comes_back_after_months_with_a_new_term(ask):
    assert ask("""with base as (select *, max(ends_on) over (partition by account_id order by starts_on
            rows between unbounded preceding and 1 preceding) as covered_until from contracts where quota is not null)
        select count(*) > 10, min(date_diff('day', covered_until, starts_on)) > 90 from base
        where date_diff('day', covered_until, starts_on) > 30""").fetchall() == [(True, True)]


def test_the_check_of_the_data_sets_nothing_aside(company):
    report = company.check()
    assert report.stops == [] and len(report.tables) == 10
    assert {one.name: one.rows_quarantined for one in report.tables if one.rows_quarantined} == {}
    replaced = {one.name for one in report.tables for found in one.notes if found.code == "superseded"}
    assert replaced == set(VERSIONED) | {"usage"}
