"""The outcome window and what rests on it: finished snapshots, spells of cover, indexes that stay."""

import datetime as dt

import pandas as pd
import pytest

from renewcast.labels import churn, inactivity
from renewcast.labels.window import finished_days, holds_day
from renewcast.params import InactivityLabel, TermLabel
from renewcast.snapshots.terms import spells


@pytest.mark.parametrize(("lead", "horizon"), [(0, 1), (0, 90), (14, 30)])
def test_a_window_holds_as_many_days_as_its_horizon(lead, horizon):
    days = pd.Series(pd.date_range("2026-01-01", "2027-01-01"))
    inside = holds_day(days, pd.Series([pd.Timestamp("2026-06-29")] * len(days)), lead, horizon)
    assert inside.sum() == horizon
    assert days[inside].min() == pd.Timestamp("2026-06-29") + pd.Timedelta(days=lead)


def test_no_term_end_lies_in_the_window_of_a_snapshot():
    assert not holds_day(pd.Series([pd.NaT]), pd.Series([pd.Timestamp("2026-06-29")]), 0, 90).any()


def test_a_snapshot_is_finished_once_lead_horizon_and_grace_are_over():
    days = [dt.date(2026, 1, 5), dt.date(2026, 1, 12)]
    end = dt.datetime(2026, 1, 5) + dt.timedelta(days=120)
    assert finished_days(days, end, 120) == days[:1]
    assert finished_days(days, end - dt.timedelta(microseconds=1), 120) == []
    assert finished_days(days, end + dt.timedelta(days=7), 120) == days


def test_a_short_term_inside_a_longer_one_does_not_end_a_spell():
    terms = pd.DataFrame(
        {
            "account_id": ["A", "A", "A"],
            "starts_on": pd.to_datetime(["2025-01-01", "2025-02-01", "2026-01-15"]),
            "ends_on": pd.to_datetime(["2026-01-01", "2025-03-01", "2027-01-15"]),
        }
    )
    found = spells(terms.sample(frac=1, random_state=0), 30)
    assert found[["starts_on", "ends_on"]].astype(str).values.tolist() == [["2025-01-01", "2027-01-15"]]


def test_spells_of_two_accounts_never_merge():
    terms = pd.DataFrame(
        {
            "account_id": ["A", "B"],
            "starts_on": pd.to_datetime(["2025-01-01", "2025-06-01"]),
            "ends_on": pd.to_datetime(["2025-06-01", "2026-01-01"]),
        }
    )
    assert len(spells(terms, 30)) == 2


def test_labels_keep_the_index_of_the_snapshots():
    snapshots = pd.DataFrame({"account_id": ["B", "A"], "as_of": pd.to_datetime(["2026-06-29"] * 2)}, index=[7, 3])
    terms = pd.DataFrame(
        {
            "account_id": ["A", "B"],
            "starts_on": pd.to_datetime(["2025-07-01"] * 2),
            "ends_on": pd.to_datetime(["2026-07-01", None]),
        }
    )
    assert churn(snapshots, terms, TermLabel(lead_days=0, horizon_days=90, grace_days=30)).to_dict() == {7: False, 3: True}
    events = pd.DataFrame({"account_id": ["A"], "occurred_at": pd.to_datetime(["2026-07-01"])})
    label = InactivityLabel(lead_days=0, horizon_days=90, active_within_days=180)
    assert inactivity(snapshots, events, label).to_dict() == {7: True, 3: False}
