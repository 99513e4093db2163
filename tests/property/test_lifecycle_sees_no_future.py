"""Facts known at or after a day never change what the lifecycle tells of it; stages are those of the population."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from as_it_stood import without_what_came_later

from renewcast import Project
from renewcast.datasets.known import Known
from renewcast.lifecycle.acquisition import before_the_sale
from renewcast.lifecycle.first_value import first_value
from renewcast.lifecycle.funnel import dates
from renewcast.lifecycle.goals import ladder
from renewcast.lifecycle.handover import handover, kickoff
from renewcast.lifecycle.history import month_starts, stage_history
from renewcast.lifecycle.milestones import outcome_gap, plan, status
from renewcast.lifecycle.phases import phases
from renewcast.lifecycle.renewals import by_lead, by_outcome, decided_terms
from renewcast.lifecycle.retained import payback, through_growth
from renewcast.lifecycle.stages import lifecycle_stage, stages_on
from renewcast.lifecycle.touches import by_stage, contacts

DAY = dt.date(2025, 6, 2)


@pytest.fixture(scope="module")
def project(company):
    return Project.load(company.directory)


@pytest.mark.parametrize("day", [DAY, dt.date(2025, 7, 7)])
def test_stages_are_those_of_the_population(project, day):
    found, frame = stages_on(project.view, day), project.view.population([day])
    left = (frame["cover_ends_on"] - frame["as_of"]).dt.days.to_numpy(dtype=float, na_value=np.nan)
    since = project.view.days_since_start(frame["account_id"], day)
    assert found["account_id"].tolist() == frame["account_id"].tolist()
    assert np.array_equal(found["days_to_end"], left, equal_nan=True)
    assert np.array_equal(found["days_since_start"], since)
    assert found["mrr"].to_numpy() == pytest.approx(frame["mrr"].to_numpy())
    assert found["stage"].tolist() == lifecycle_stage(since, left).tolist()
    assert found["stage"].nunique() == 4


def everything(view):
    """Whatever the room computes of a day, as frames."""
    names = view.attributes(DAY).reset_index()[["account_id"]].sort_values("account_id")
    known = Known(view, DAY, names)
    terms, value = decided_terms(known), first_value(known)
    history, met = stage_history(view, month_starts(view, DAY, 4)), contacts(known, 720)
    yield "terms", terms
    yield "by_lead", by_lead(terms, met)
    yield "by_outcome", by_outcome(terms, known.once(plan))
    yield "first_value", value.frame
    yield "history", history.reset_index()
    yield "touches", by_stage(history, met)
    yield "handover", handover(known).reset_index()
    yield "kickoff", kickoff(known)
    yield "phases", phases(known)
    yield "steps", dates(known).reset_index()
    yield "status", status(known)
    yield "gap", outcome_gap(known)
    yield "ladder", ladder(known)
    yield "payback", payback(known, 0.8)
    yield "before", before_the_sale(known)
    yield "growth", pd.DataFrame([through_growth(known)])


def test_what_becomes_known_later_changes_nothing(project):
    then, now = dict(everything(without_what_came_later(project, DAY))), dict(everything(project.view))
    for name, frame in now.items():
        assert len(frame) or name in ("before",), name
        pd.testing.assert_frame_equal(frame.reset_index(drop=True), then[name].reset_index(drop=True), obj=name)
