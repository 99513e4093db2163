"""What to do, on the list of a trained company: plays, days, places and savings that agree with each other."""

import datetime as dt
import json

import numpy as np
import pandas as pd
import pytest
from trained_company import AS_OF, renewcast

from renewcast import Project
from renewcast.plays.known import days_since_contact, known_plays, next_deadlines
from renewcast.simulate.plays import PLAYS


@pytest.fixture(scope="module")
def project(trained_company):
    return Project.load(trained_company)


@pytest.fixture(scope="module")
def rows(project):
    return project.risk_list(AS_OF)


def test_every_row_with_a_play_says_all_of_it(project, rows):
    has_play = rows["play"].notna()
    assert has_play.sum() > 100 and not has_play[rows["status"] == "not_scored"].any()
    for name in ("goal", "due_on", "check", "expected_arr_saved"):
        assert (rows[name].notna() == has_play).all()
    assert set(rows["play"].dropna()) <= {play.title.en for play in project.plays_library().plays}
    day = dt.date.fromisoformat(str(AS_OF))
    assert all(day <= one <= day + dt.timedelta(days=28) for one in rows["due_on"].dropna())
    saved = rows.loc[has_play, "expected_arr_saved"]
    assert (saved >= 0).all() and (saved <= rows.loc[has_play, "arr"]).all() and saved.max() > 0


def test_each_owners_places_count_up_to_what_the_owner_has_time_for(project, rows):
    capacity = project.params.actions.capacity_per_owner
    for _, part in rows.dropna(subset="owner_place").groupby("owner", dropna=False):
        assert sorted(part["owner_place"]) == list(range(1, min(len(part), capacity) + 1))
        assert (part.sort_values("owner_place")["expected_arr_saved"].fillna(0).diff().dropna() <= 0).all()


def test_no_play_runs_already_and_no_whole_play_ends_after_its_deadline(project, rows):
    day = pd.Timestamp(str(AS_OF))
    known = known_plays(project.view, day.date())
    assert set(known["play"]) <= set(PLAYS) and (known["started_at"] < day).all() and not (known["finished_at"] >= day).any()
    running = known[known["finished_at"].isna() & (day - known["started_at"] < pd.Timedelta(days=180))]
    title = {play.id: play.title.en for play in project.plays_library().plays}
    given = set(zip(rows["account_id"], rows["play"], strict=True))
    assert not given & set(zip(running["account_id"], running["play"].map(title), strict=True))
    days = {play.title.en: play.days for play in project.plays_library().plays}
    whole = rows[rows["play"].notna() & ~rows["check"].astype(str).str.startswith("Too late")]
    ends = next_deadlines(project.view, day.date()).set_index("account_id").reindex(whole["account_id"])
    finish = pd.to_datetime(whole["due_on"]) + pd.to_timedelta(whole["play"].map(days), unit="D")
    assert (ends["ends_on"].isna().to_numpy() | (finish.to_numpy() <= ends["ends_on"].to_numpy())).all()


def test_contacts_after_the_day_are_not_known(project, rows):
    since = days_since_contact(project.view, rows["account_id"], dt.date.fromisoformat(str(AS_OF)))
    assert (since >= 0).all() and np.isfinite(since).any()


def test_the_plays_are_printed_and_a_project_may_have_its_own(tmp_path, trained_company):
    told = json.loads(renewcast("plays", "--json", cwd=trained_company).stdout)["plays"]
    assert {one["play"] for one in told} >= set(PLAYS) and {one["effect_from"] for one in told} == {"assumed"}
    done = renewcast("init", "acme", cwd=tmp_path)
    assert done.returncode == 0 and (tmp_path / "acme" / "plays.yaml").exists()
    own = (tmp_path / "acme" / "plays.yaml").read_text().replace("Review the use with the customer", "Look at it together")
    (tmp_path / "acme" / "plays.yaml").write_text(own)
    shown = renewcast("plays", cwd=tmp_path / "acme").stdout
    assert "usage_review v1: Look at it together  [prevent_churn]" in shown and "assumed, not measured" in shown
    (tmp_path / "acme" / "plays.yaml").write_text(own.replace("version: 1", "vision: 1", 1))
    refused = renewcast("plays", cwd=tmp_path / "acme")
    assert refused.returncode == 2 and "play key_user_handover, vision is not a known key" in refused.stderr
