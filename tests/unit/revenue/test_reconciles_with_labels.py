"""The ledger and the churn labels agree on who left and when."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from renewcast.labels import churned_on
from renewcast.labels.revenue_change import held_mrr
from renewcast.revenue.churned import churn_events
from renewcast.revenue.ledger import build_ledger
from renewcast.revenue.pieces import pieces
from renewcast.revenue.versions import contract_versions
from renewcast.snapshots.terms import spells


@pytest.fixture(scope="module")
def day(company):
    return company.revenue_day()


def ended(company, day):
    """The ends of the spells that the labels are made of, settled ones."""
    found = spells(company.view.known_contracts(day), 30)
    return found[found["ends_on"] + pd.Timedelta(days=30) < pd.Timestamp(day)].reset_index(drop=True)


def test_every_churn_of_the_ledger_is_one_of_the_labels_and_the_other_way_round(company, day):
    rows = company.mrr_ledger(day)
    booked = rows[(rows["movement"] == "churn") & rows["is_settled"]]
    told = ended(company, day)
    told["month"] = told["ends_on"].to_numpy().astype("datetime64[M]")
    lasted = told["starts_on"].to_numpy().astype("datetime64[M]") < told["month"].to_numpy().astype("datetime64[M]")
    assert len(booked) > 10
    # Cover that begins and ends within one month is on no month's last day.
    assert set(zip(booked["account_id"], booked["month"], strict=True)) == set(
        zip(told["account_id"][lasted], told["month"].astype("datetime64[us]")[lasted], strict=True)
    )


def test_what_the_labels_call_churn_on_a_snapshot_is_lost_in_the_ledger_to_the_cent(company, day):
    """Sum of what churned accounts paid before they left, by the label's own look at the terms: the ledger's churn."""
    label = company.params.labels.churn
    known = company.view.known_contracts(day)
    snapshots = pd.concat(
        [company.view.population([one])[["account_id", "as_of", "is_eligible"]] for one in company.snapshot_days(4)[::3]]
    )
    snapshots = snapshots[snapshots["is_eligible"] & (snapshots["as_of"] + pd.Timedelta(days=121) < pd.Timestamp(day))]
    snapshots = snapshots.reset_index(drop=True)
    left_on = churned_on(snapshots, known, label)
    gone = snapshots[left_on.notna()].assign(left_on=left_on.dropna())
    gone = gone.drop_duplicates(["account_id", "left_on"])
    rows = company.mrr_ledger(day)
    booked = rows[rows["movement"] == "churn"].set_index(["account_id", "month"])["change_cents"]
    month = gone["left_on"].to_numpy().astype("datetime64[M]").astype("datetime64[us]")
    found = booked.loc[list(zip(gone["account_id"], month, strict=True))]
    at = gone[["account_id"]].assign(at=pd.to_datetime(month)).reset_index(drop=True)
    paid = held_mrr(at, known, 0)
    assert len(gone) > 10
    assert -int(found.sum()) == int(np.round(100 * paid).sum())


def test_the_days_of_churn_are_those_of_the_spells(company, day):
    section = company.params.revenue
    found = pieces(contract_versions(company.view, day), section, zone="UTC")
    events = churn_events(found, section.definition)
    told = spells(company.view.known_contracts(day), 30).dropna()
    days = events["ended_on"].to_numpy().astype("datetime64[D]").astype("datetime64[us]")
    assert sorted(zip(events["account_id"], days, strict=True)) == sorted(
        zip(told["account_id"], told["ends_on"].to_numpy(dtype="datetime64[us]"), strict=True)
    )


def test_every_level_conserves_the_same_money(company, day):
    versions = contract_versions(company.view, day)
    totals = []
    for level in ("account", "product", "parent"):
        definition = company.params.revenue.definition.model_copy(update={"level": level, "grace_days": 0})
        section = company.params.revenue.model_copy(update={"definition": definition})
        heads = dict(zip(accounts := versions["account_id"].unique(), accounts, strict=True))
        ledger = build_ledger(versions, day, section, zone="UTC", heads=heads)
        totals.append(ledger.cents.sum(axis=0).tolist())
    assert totals[0] == totals[1] == totals[2]


def test_a_day_after_the_data_is_refused(company):
    with pytest.raises(Exception, match="the data end on"):
        company.mrr_ledger("2031-01-01")
    assert company.mrr_ledger("2025-03-05")["month"].max() == pd.Timestamp(dt.date(2025, 2, 1))
