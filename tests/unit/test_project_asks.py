"""What a project answers in a notebook is what the business review publishes of the same day."""

import datetime as dt

import pytest

from renewcast import RenewcastError
from renewcast.review.inputs import Inputs
from renewcast.review.parts.activation import activation
from renewcast.review.parts.forecast import forecast
from renewcast.review.parts.markets import markets
from renewcast.review.parts.milestones import milestones

T = dt.date(2025, 12, 1)


@pytest.fixture(scope="module")
def frames(company):
    """Everything that four parts show, by table."""
    inputs = Inputs(company, T)
    return {table.name: table.frame for make in (forecast, milestones, markets, activation) for table in make(inputs).tables}


def test_the_forecast_is_the_reviews(company, frames):
    found = company.forecast(T)
    steps = frames["forecast_waterfall"].set_index("step")["mrr"].mul(100).round()
    assert (found.total["opening_cents"], found.total["closing_cents"]) == (steps["opening"], steps["closing"])
    assert found.retention()["value"].head(2).tolist() == frames["forecast_retention"]["value"].head(2).tolist()


def test_first_value_milestones_and_goals_are_the_reviews(company, frames):
    from renewcast.lifecycle.first_value import curve
    from renewcast.lifecycle.goals import steps
    from renewcast.lifecycle.milestones import on_time

    told = frames["first_value_curve"]
    assert curve(company.first_value(T))["share"].tolist() == told.loc[told["cohort"] == "all", "share"].tolist()
    assert on_time(company.milestones(T), ["kind", "milestone"])["late"].tolist() == frames["milestone_status"]["late"].tolist()
    assert steps(company.goals(T))["goals"].tolist() == frames["goal_steps"]["goals"].tolist()
    assert set(company.stages(T)["account_id"]) == set(company.snapshots(T)["account_id"])


def test_markets_are_the_reviews(company, frames):
    assert company.verticals(T).verticals["vertical"].tolist() == frames["verticals"]["vertical"].tolist()
    assert company.double_funnel(T)["accounts"].tolist() == frames["double_funnel"]["accounts"].tolist()
    found = company.niches(T)
    assert (found is None) == ("market_segments" not in frames)
    if found is not None:
        assert found.segments["composite"].tolist() == frames["market_segments"]["composite"].tolist()
    assert bool(company.activation(T)) == ("activation_steps" in frames)


def test_what_the_tables_cannot_answer_is_said_in_one_sentence(company):
    with pytest.raises(RenewcastError, match="accounts have no column shoe_size; they have"):
        company.lifetime_value("shoe_size", T)
    channels = company.lifetime_value(as_of=T)
    assert channels["shrunken_ratio"].is_monotonic_decreasing and len(channels)
    assert set(company.tiers(T)["tier"]) <= {"benchmark", "value_add", "ordinary"}
