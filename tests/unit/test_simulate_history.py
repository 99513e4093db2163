"""What the made-up company corrects, amends and learns late: versions, lags, groups and terms that overlap."""

import datetime as dt
from pathlib import Path

import duckdb
import numpy as np
import pytest

from renewcast.simulate import simulate
from renewcast.simulate.accounts import draw_accounts
from renewcast.simulate.calendar import Calendar
from renewcast.simulate.latent import draw_latent
from renewcast.simulate.versions import Change, with_versions

KEYS = {
    "accounts": "account_id",
    "contracts": "contract_id",
    "usage": "event_id",
    "users": "user_id",
    "tickets": "ticket_id",
    "invoices": "invoice_id",
    "milestones": "account_id, milestone",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    directory = tmp_path_factory.mktemp("company")
    simulate(directory, accounts=500, weeks=104, seed=11)
    return directory


@pytest.fixture(scope="module")
def ask(folder):
    """Ask in SQL; every table with a key has ``version`` (from 1), ``versions``, and the row before as ``before``."""
    connection = duckdb.connect()
    for path in sorted(folder.glob("*.parquet")):
        table = connection.read_parquet(str(path))
        key = KEYS.get(path.stem)
        if key is None:
            table.create_view(path.stem)
            continue
        table.create_view(f"rows_of_{path.stem}")
        connection.execute(f"""create view {path.stem} as select *, row_number() over told as version,
            count(*) over (partition by {key}) as versions, lag(columns(*)) over told as "before_\\0"
            from rows_of_{path.stem} window told as (partition by {key} order by known_at)""")
    yield lambda question: connection.sql(question).fetchall()
    connection.close()


@pytest.mark.parametrize("name", KEYS)
def test_a_share_of_the_keys_has_versions(ask, name):
    [(share, most)] = ask(f"select avg((versions > 1)::int), max(versions) from {name} where version = 1")
    assert 0.003 < share < 0.4 and 2 <= most <= 6


FIXED = {
    "accounts": ["name", "signed_up_at", "company_size", "region", "country", "acquisition_channel", "acquisition_cost"],
    "contracts": ["account_id", "product", "starts_on", "currency", "billing_months", "notice_days", "discount"],
    "usage": ["account_id", "user_id", "occurred_at", "module", "action", "is_value_action", "duration_s"],
    "users": ["account_id", "joined_at"],
    "tickets": ["account_id", "opened_at", "channel", "first_response_at", "picked_up"],
    "invoices": ["account_id", "issued_on", "due_on"],
    "milestones": ["kind", "achieved_at"],
}


@pytest.mark.parametrize("name", FIXED)
def test_a_version_says_nothing_else_about_what_cannot_change(ask, name):
    different = " or ".join(f"{column} is distinct from before_{column}" for column in FIXED[name])
    assert ask(f"select count(*) from {name} where version > 1 and ({different})") == [(0,)]


CHANGED = {
    "accounts": ["industry", "owner", "parent_account_id"],
    "contracts": ["ends_on", "seats", "mrr", "quota", "auto_renews"],
    "usage": ["quantity"],
    "users": ["role", "department", "left_at"],
    "tickets": ["severity", "resolved_at", "csat"],
    "invoices": ["amount", "paid_on"],
    "milestones": ["due_on"],
}


@pytest.mark.parametrize(("name", "column"), [(name, column) for name in CHANGED for column in CHANGED[name]])
def test_every_column_that_may_change_does(ask, name, column):
    changed = f"version > 1 and {column} is distinct from before_{column}"
    assert ask(f"select count(*) > 0 from {name} where {changed}") == [(True,)]


# Table: the event time, and between which shares of the rows it is over a day late.
LATE = {
    "usage": ("occurred_at", 0.04, 0.065),
    "tickets": ("opened_at", 0.005, 0.02),
    "invoices": ("issued_on", 0.025, 0.055),
    "feedback": ("occurred_at", 0.04, 0.08),
    "touchpoints": ("occurred_at", 0.10, 0.14),
    "users": ("joined_at", 0.04, 0.08),
    "plays": ("started_at", 0.02, 0.09),
}


@pytest.mark.parametrize("name", LATE)
def test_each_table_is_late_in_its_own_way(ask, name):
    event, low, high = LATE[name]
    first = "version = 1" if name in KEYS else "true"
    [(share, most)] = ask(f"""select avg((known_at > {event}::timestamp + interval 1 day)::int),
        max(known_at - {event}::timestamp) from {name} where {first}""")
    assert low < share < high and dt.timedelta(days=3) < most <= dt.timedelta(days=40)


def test_a_restated_event_is_known_within_forty_days(ask):
    assert ask("select max(known_at - occurred_at) <= interval 40 day from usage") == [(True,)]
    [(share,)] = ask("select avg((versions > 1)::int) from usage where version = 1")
    assert 0.003 < share < 0.01


def test_what_a_later_version_tells_had_happened_by_then(ask):
    assert ask("select count(*) from users where version > 1 and before_left_at is null and left_at > known_at") == [(0,)]
    assert ask("select count(*) from invoices where version > 1 and before_paid_on is null and paid_on > known_at") == [(0,)]
    # A ticket is opened again after it was resolved, and resolved again after that.
    again = "version > 1 and resolved_at is distinct from before_resolved_at"
    assert ask(f"""select count(*) > 0, bool_and(before_resolved_at < known_at), bool_and(coalesce(resolved_at > known_at, true))
        from tickets where {again}""") == [(True, True, True)]
    assert ask("select bool_and(due_on > before_due_on) from milestones where version > 1") == [(True,)]


def test_ends_are_amended_before_they_come(ask):
    """An extension moves the end back by a month or two, days before it; a mistyped end is noticed long before."""
    rows = ask("""select date_diff('day', before_ends_on, ends_on), date_diff('day', known_at::date, before_ends_on),
        date_diff('day', known_at::date, ends_on) from contracts where version > 1 and ends_on != before_ends_on""")
    extended = [left for days, left, _ in rows if days in range(28, 63) and left <= 25]
    assert extended and all(left >= 2 for left in extended)
    assert all(still > 20 for _, _, still in rows)


def test_whoever_renews_by_itself_may_lose_that_and_nobody_gains_it(ask):
    assert ask("select count(*) from contracts where version > 1 and auto_renews and not before_auto_renews") == [(0,)]
    [(told, went)] = ask("""select count(*), count(*) filter (renewed) from contracts c join truth_terms t using (contract_id)
        where version = versions and not auto_renews and version > 1 and before_auto_renews""")
    assert told > 5 and went < told / 2


def test_additions_in_mid_term_end_with_the_base_term_and_early_renewals_overlap_it(ask):
    latest = "select * from contracts where version = versions"
    [(add_ons, seats)] = ask(f"""with now as ({latest}) select count(*) filter (a.product != 'platform'),
        count(*) filter (a.product = 'platform') from now a join now b on a.account_id = b.account_id and b.quota is not null
        and a.quota is null and a.ends_on = b.ends_on and a.starts_on > b.starts_on + interval 30 day""")
    assert add_ons > 5 and seats > 5
    [(early, shortest, longest)] = ask(f"""with now as ({latest} and quota is not null)
        select count(*), min(date_diff('day', b.starts_on, a.ends_on)), max(date_diff('day', b.starts_on, a.ends_on))
        from now a join now b on a.account_id = b.account_id and b.starts_on > a.starts_on and b.starts_on < a.ends_on""")
    assert early > 5 and shortest >= 1 and longest <= 76


def test_notice_fits_the_length_of_the_term(ask):
    assert ask("""select bool_and(notice_days < date_diff('day', starts_on, ends_on)) from contracts
        where version = versions and quota is not null""") == [(True,)]
    assert ask("select count(distinct notice_days) >= 4 from contracts") == [(True,)]


def test_the_decision_comes_before_notice_is_due_and_before_the_renewal_is_signed(ask):
    base = "truth_terms t join contracts c using (contract_id, account_id) where c.version = 1"
    assert ask(f"""select count(*) filter (c.auto_renews and decided_on > t.ends_on - to_days(c.notice_days)),
        count(*) filter (decided_on >= t.ends_on) from {base}""") == [(0, 0)]
    assert ask("""select count(*) from truth_terms t join contracts c on c.account_id = t.account_id and c.version = 1
        and c.quota is not null and c.starts_on between t.ends_on - interval 76 day and t.ends_on
        and c.ends_on > t.ends_on and c.known_at::date < t.decided_on""") == [(0,)]


def test_groups_have_two_levels_and_no_circle_at_any_time(ask):
    edges = {
        (child, parent)
        for child, parent in ask("""select distinct account_id, parent_account_id from accounts
        where parent_account_id is not null""")
    }
    assert edges and not {child for child, _ in edges} & {parent for _, parent in edges}
    moved = ask("""select before_parent_account_id, parent_account_id from accounts
        where version > 1 and parent_account_id is distinct from before_parent_account_id""")
    assert any(before is None for before, _ in moved) and any(before is not None for before, _ in moved)


def test_a_subsidiary_shares_the_stress_of_its_group_and_only_of_that():
    calendar = Calendar(dt.date(2024, 1, 1), 104)
    accounts = draw_accounts(np.random.default_rng(0), calendar, 800)
    latent = draw_latent(np.random.default_rng(1), calendar, accounts)
    groups = accounts.groups
    settled = np.flatnonzero((groups.parent >= 0) & np.isinf(groups.changed))
    assert len(settled) > 50
    np.testing.assert_array_equal(latent.stress[settled], latent.stress[groups.parent[settled]])
    bought = np.flatnonzero((groups.parent < 0) & np.isfinite(groups.changed))
    for account in bought:
        week = int(np.ceil(groups.changed[account] / 7))
        np.testing.assert_array_equal(latent.stress[account, week:], latent.stress[groups.later_parent[account], week:])
    assert latent.mood[latent.stress > 0.6].mean() < latent.mood[latent.stress == 0].mean() - 0.2


def test_versions_of_one_row_carry_forward_what_was_told_and_never_share_a_time():
    changes = [
        Change(np.array([0, 0]), np.array([5.0, 5.0]), {"seats": np.array([7, 8])}),
        Change(np.array([0]), np.array([4.0]), {"ends": np.array([90])}),
        Change(np.array([1]), np.array([0.5]), {"seats": np.array([3])}),
        Change(np.array([1]), np.array([50.0]), {"seats": np.array([4])}),
    ]
    first = {"seats": np.array([1, 2]), "ends": np.array([60, np.nan])}
    row, known, columns = with_versions(np.array([2.0, 2.0]), first, changes, until=40.0)
    assert row.tolist() == [0, 0, 0, 0, 1, 1]
    assert columns["seats"].tolist() == [1, 1, 7, 8, 2, 3]
    assert columns["ends"][:4].tolist() == [60, 90, 90, 90] and np.isnan(columns["ends"][4:]).all()
    assert all(later > earlier for one in (known[:4], known[4:]) for earlier, later in zip(one, one[1:], strict=False))
    assert known[4:6].tolist() == [2.0, pytest.approx(2.0 + 60 / 86_400)]
