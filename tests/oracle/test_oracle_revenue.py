"""Revenue, retention and cohorts on data that none of us wrote, recomputed by plain SQL and by pandas from the raw files."""

import os
import shutil
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pytest

from renewcast import Project

ROOT = Path(__file__).resolve().parents[2]
SHARED_DATA = Path(os.environ["RENEWCAST_DATA"])  # tests/conftest.py sets it


def open_example(tmp_path_factory, name: str, folder: str):
    if not (SHARED_DATA / folder).is_dir():
        pytest.skip(f"{folder} is not under RENEWCAST_DATA")
    directory = tmp_path_factory.mktemp(name)
    shutil.copy(ROOT / "examples" / name / "params.yaml", directory / "params.yaml")
    return Project.load(directory)


@pytest.fixture(scope="module")
def crm6(tmp_path_factory):
    return open_example(tmp_path_factory, "fightchurn_crm6", "fightchurn_crm6")


@pytest.fixture(scope="module")
def saas(tmp_path_factory):
    return open_example(tmp_path_factory, "miaadnbz_saas", "miaadnbz_saas")


@pytest.fixture(scope="module")
def retail(tmp_path_factory):
    return open_example(tmp_path_factory, "online_retail", "online_retail_II")


MONTHLY = """
with months as (
  select unnest(generate_series(date '{first}', date '{last}', interval 1 month))::date as month
), held as (
  select account_id, month, sum(mrr) as mrr
  from months join paid on starts_on <= last_day(month) and (ends_on is null or ends_on > last_day(month))
  group by all
), ends as (
  select a.account_id, a.month, a.mrr as opening, coalesce(b.mrr, 0) as closing
  from held a left join held b on a.account_id = b.account_id and b.month = a.month + interval {period} month
)
select (month + interval {period} month)::date as month, sum(opening) as opening, count(*) as customers,
       sum(closing) / sum(opening) as net, sum(least(opening, closing)) / sum(opening) as gross,
       count(*) filter (closing > 0) / count(*) as logos
from ends where month + interval {period} month <= date '{last}' group by all order by all
"""


def by_sql(paid: str, first: str, last: str, period: int, **files) -> pd.DataFrame:
    """Ask DuckDB for retention; ``paid`` selects account_id, starts_on, ends_on, mrr from the raw files."""
    with duckdb.connect() as connection:
        for name, path in files.items():
            connection.read_csv(str(path), all_varchar=True).create_view(name)
        connection.execute(f"create table paid as {paid}")
        return connection.execute(MONTHLY.format(first=first, last=last, period=period)).df()


def agree(project, wanted, period, as_of):
    found = project.retention(as_of, (period,))
    both = found.merge(wanted.assign(month=pd.to_datetime(wanted["month"])), on="month", suffixes=("", "_sql"))
    assert len(both) == len(wanted) > 10
    assert both["opening_cents"].tolist() == (100 * both["opening"]).round().astype("int64").tolist()
    assert both["customers"].tolist() == both["customers_sql"].tolist()
    for ours, theirs in (("net_dollar_retention", "net"), ("gross_dollar_retention", "gross"), ("logo_retention", "logos")):
        assert np.allclose(both[ours], both[theirs], rtol=0, atol=1e-12)


@pytest.mark.parametrize("period", [1, 12])
def test_retention_of_miaadnbz_equals_sql(saas, period):
    """One open-ended subscription an account; a cancellation ends it."""
    paid = """
      select account_id, conversion_date::date as starts_on, nullif(cancel_date, '')::date as ends_on,
             monthly_recurring_revenue::decimal(18, 2) as mrr
      from subscriptions where nullif(conversion_date, '') is not null and monthly_recurring_revenue::double > 0
    """
    file = SHARED_DATA / "miaadnbz_saas" / "subscriptions.csv"
    agree(saas, by_sql(paid, "2024-01-01", "2026-02-01", period, subscriptions=file), period, "2026-03-05")


@pytest.mark.parametrize("period", [1, 12])
def test_retention_of_crm6_equals_sql(crm6, period):
    """Terms of one product follow one another; two of a product overlap only when the later one takes its place.

    A gap of at most 30 days of a product, and then of the account, costs what comes after it.
    """
    paid = """
      with term as (
        select account_id, product, start_date::date as s, coalesce(end_date::date, date '2100-01-01') as e,
               mrr::decimal(18, 2) as mrr
        from subscription
      ), placed as (
        select t.*, (select min(o.s) from term o where o.account_id = t.account_id and o.product = t.product
                     and o.s > t.s and o.e > t.e) as replaced_on
        from term t
      ), clipped as (
        select account_id, product, s, least(e, coalesce(replaced_on, e)) as e, mrr from placed
      ), of_product as (
        select *, (select max(o.e) from clipped o
                   where o.account_id = c.account_id and o.product = c.product and o.s < c.s) as reach
        from clipped c
      ), closed as (
        select account_id, case when s > reach and s <= reach + 30 then reach else s end as s, e, mrr from of_product
      ), of_account as (
        select *, (select max(o.e) from closed o where o.account_id = c.account_id and o.s < c.s) as reach from closed c
      )
      select account_id, case when s > reach and s <= reach + 30 then reach else s end as starts_on, e as ends_on, mrr
      from of_account
    """
    file = SHARED_DATA / "fightchurn_crm6" / "subscription.csv"
    agree(crm6, by_sql(paid, "2022-01-01", "2023-11-01", period, subscription=file), period, "2023-12-05")


def test_the_ledger_of_crm6_conserves_and_has_every_kind_of_movement(crm6):
    rows = crm6.mrr_ledger("2023-12-05")
    assert (rows["opening_cents"] + rows["change_cents"] == rows["closing_cents"]).all()
    assert set(rows["movement"]) >= {"new", "expansion", "contraction", "churn"}


def purchases():
    """Days of purchase by customer, from the raw file, as the example maps it."""
    raw = pd.read_parquet(SHARED_DATA / "online_retail_II" / "online_retail_combined_2009_2011.parquet")
    raw = raw[raw["CustomerID"].notna() & (raw["Quantity"] > 0) & (raw["UnitPrice"] > 0)]
    raw = raw[~raw["InvoiceNo"].astype(str).str.startswith("C")]
    return raw.assign(CustomerID=raw["CustomerID"].astype(str), month=raw["InvoiceDate"].dt.to_period("M"))


@pytest.fixture(scope="module")
def cohorts(retail):
    return retail.cohorts("usage", as_of="2011-12-10")


def test_cohorts_of_online_retail_equal_a_pandas_recount(cohorts):
    bought = purchases()
    bought["cohort"] = bought.groupby("CustomerID")["month"].transform("min")
    bought = bought[bought["month"] < "2011-12"]  # the last month is not over
    bought["age"] = (bought["month"] - bought["cohort"]).map(lambda step: step.n)
    counted = bought.groupby(["cohort", "age"])["CustomerID"].nunique().unstack()
    wanted = counted.div(counted[0], axis=0)
    found = cohorts.triangle()
    assert found.index.tolist() == wanted.index.astype(str).tolist() and len(found) == 24
    mature = np.tri(24, dtype=bool)[::-1]
    assert np.array_equal(found.notna().to_numpy(), mature)
    assert np.allclose(found.to_numpy()[mature], wanted.fillna(0.0).to_numpy()[mature], rtol=0, atol=1e-15)
    sizes = cohorts.table().groupby("cohort")["size"].first()
    assert sizes.tolist() == counted[0].astype(int).tolist()


def test_who_has_been_silent_for_three_months_is_lost_in_the_first_of_them(cohorts):
    bought = purchases()
    last = bought[bought["month"] < "2011-12"].groupby("CustomerID")["month"].agg(["min", "max"])
    judged_until = pd.Period("2011-08", "M")  # silence from September on takes until November
    is_lost = last["max"] <= judged_until
    wanted = (last["max"] - last["min"]).map(lambda step: step.n) + 1
    wanted = wanted.where(is_lost, (judged_until - last["min"]).map(lambda step: step.n + 1).clip(lower=0))
    found = pd.DataFrame({"duration": cohorts.duration, "is_lost": cohorts.is_lost}, index=cohorts.account_id).sort_index()
    last = last.sort_index()
    assert found.index.astype(str).tolist() == last.index.tolist()
    assert found["is_lost"].tolist() == is_lost.reindex(last.index).tolist()
    assert found["duration"].tolist() == wanted.reindex(last.index).tolist()
