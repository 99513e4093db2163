"""The data check finds the known defects of a public data set (RavenStack); RENEWCAST_DATA says where it lies."""

import os
from pathlib import Path

import pytest
from small_project import params_of

from renewcast.sources import stage

FOLDER = Path(os.environ.get("RENEWCAST_DATA", "nowhere")) / "ravenstack"
DAY = "%d-%m-%Y"
pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason="RENEWCAST_DATA/ravenstack is not there: defects NOT counted")


@pytest.fixture(scope="module")
def reports(tmp_path_factory):
    names = ("accounts", "subscriptions", "feature_usage", "supports_ticket")
    files = {name: str(FOLDER / f"ravenstack_{name}.csv") for name in names}
    sources = {
        "accounts": {
            "files": files["accounts"],
            "columns": {"name": "account_name", "signed_up_at": "signup_date"},
            "formats": {"signed_up_at": DAY},
            "known_at": "static",
        },
        "contracts": {
            "files": files["subscriptions"],
            "columns": {"contract_id": "subscription_id", "starts_on": "start_date", "ends_on": "end_date", "mrr": "mrr_amount"},
            "formats": {"starts_on": DAY, "ends_on": DAY},
            "known_at": {"lag_days": 0},
        },
        "usage": {
            "inputs": {"events": {"files": files["feature_usage"]}, "subscriptions": {"files": files["subscriptions"]}},
            "sql": "SELECT e.*, s.account_id FROM events AS e JOIN subscriptions AS s USING (subscription_id)",
            "columns": {"occurred_at": "usage_date", "event_id": "usage_id", "contract_id": "subscription_id"},
            "formats": {"occurred_at": DAY},
            "known_at": {"lag_days": 1},
        },
        "tickets": {
            "files": files["supports_ticket"],
            "columns": {"opened_at": "submitted_at", "resolved_at": "closed_at", "csat": "satisfaction_score"},
            "formats": {"opened_at": DAY, "resolved_at": "%d-%m-%Y %H:%M"},
            "known_at": {"lag_days": 0},
        },
    }
    return {one.name: one for one in stage(params_of(sources), tmp_path_factory.mktemp("ravenstack")).reports}


def finding(report, code):
    return next(found for found in report.warnings if found.code == code)


def test_use_before_and_after_its_contract_is_counted(reports):
    before, after = finding(reports["usage"], "before_contract"), finding(reports["usage"], "after_contract")
    assert (before.rows, round(before.share, 3)) == (19_115, 0.766)
    assert (after.rows, round(after.share, 3)) == (291, 0.012)


def test_tickets_before_the_sign_up_are_counted(reports):
    assert finding(reports["tickets"], "before_sign_up").rows == 1_077  # 53.85 % of 2,000


def test_the_21_ids_given_twice_are_set_aside(reports):
    (group,) = reports["usage"].quarantined
    assert (group.reason, group.rows) == ("conflicting_duplicate", 2 * 21)
