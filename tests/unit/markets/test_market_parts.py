"""The parts of the review on markets and activation: whole, told in both languages, and the same as frames without staging."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest
import yaml
from freemium_frames import START, blocks_of, counted_of, dates_of, drawn, motion_of, prospects_of
from trained_company import ROOT

from renewcast import Project
from renewcast.review.inputs import Inputs
from renewcast.review.parts.activation import activation
from renewcast.review.parts.markets import markets

SEED, ACCOUNTS, WEEKS = 5, 600, 78
TODAY = START + dt.timedelta(weeks=WEEKS)


@pytest.fixture(scope="module")
def free_tier(tmp_path_factory):
    """Open the inputs of a project with a free tier."""
    from renewcast.simulate.freemium import simulate_freemium

    directory = tmp_path_factory.mktemp("free_tier")
    simulate_freemium(directory / "data" / "raw", accounts=ACCOUNTS, weeks=WEEKS, start=START, seed=SEED)
    params = yaml.safe_load((ROOT / "params.yaml").read_text())
    params["sources"] = {name: params["sources"][name] for name in ("accounts", "contracts", "usage", "touchpoints")}
    params["features"]["families"] = ["usage", "tenure", "contract", "relationship"]
    (directory / "params.yaml").write_text(yaml.safe_dump(params, sort_keys=False))
    return Inputs(Project.load(directory), TODAY)


@pytest.fixture(scope="module")
def parts(free_tier):
    """Make both parts once."""
    return markets(free_tier), activation(free_tier)


@pytest.fixture(scope="module")
def frames():
    return drawn(SEED, accounts=ACCOUNTS, weeks=WEEKS)


def is_whole(part):
    """Every table has what its columns say, every chart stands on a table, every word is there in both languages."""
    told = [part.title, *part.says, *(one.label for one in part.figures), *([part.missing] if part.missing else [])]
    tables = {table.name: table for table in part.tables}
    assert len(tables) == len(part.tables)
    for table in part.tables:
        told += [table.title, *([table.note] if table.note else [])]
        assert [one.name for one in table.columns] == list(table.frame.columns), table.name
        for one in table.columns:
            told += [one.heading, one.meaning]
            assert not one.required or table.frame[one.name].notna().all(), (table.name, one.name)
            assert one.kind != "share" or table.frame[one.name].dropna().between(0, 1).all(), (table.name, one.name)
        for name, words in (table.words or {}).items():
            assert set(table.frame[name].dropna()) <= set(words) if name in table.frame else True, (table.name, name)
            told += list(words.values())
    for chart in part.charts:
        told.append(chart.title)
        named = {chart.x, *chart.y, *(one for one in (chart.group, chart.low, chart.high) if one)}
        assert named <= set(tables[chart.table].frame.columns)
    assert all(one.get("en") and one.get("zh") for one in told)


def test_the_parts_of_a_free_tier_are_whole(parts):
    for part in parts:
        is_whole(part)
    names = {table.name for table in parts[1].tables}
    assert {"activation_steps", "activation_bands", "double_funnel", "three_f", "handover_companies", "free_to_paid"} <= names


def test_contacts_before_the_sale_are_attributed_where_there_are_any(free_tier):
    from renewcast.review.parts._contacts import contacts_before_sale

    pieces = list(contacts_before_sale(free_tier))
    table = pieces[-1]["tables"][0]
    assert table.name == "contacts_attributed" and abs(table.frame["credit_share"].sum() - 1) < 1e-12
    assert table.frame["credit_share"].between(table.frame["low"], table.frame["high"]).all()
    found = free_tier.project.attribution(TODAY)
    assert table.frame["bought"].le(found.accounts["is_bought"].sum()).all()
    assert set(found.accounts["strongest_kind"]) <= set(table.frame["kind"])


def test_the_parts_of_a_company_without_a_free_tier_are_whole(company):
    inputs = Inputs(company, company.view.calendar.latest(dt.date(2025, 12, 28)))
    for make in (markets, activation):
        part = make(inputs)
        is_whole(part)
        assert part.missing is None
        assert "handover_companies" not in {table.name for table in part.tables}


def test_the_same_inputs_give_the_same_tables(free_tier, parts):
    again = Inputs(free_tier.project, TODAY)
    for make, part in zip((markets, activation), parts, strict=True):
        for one, other in zip(part.tables, make(again).tables, strict=True):
            pd.testing.assert_frame_equal(one.frame, other.frame)


def test_what_is_read_of_staged_tables_is_what_the_raw_rows_say(free_tier, frames):
    """Nothing in these rows is late by more than a minute, so the engine's cut leaves what plain pandas finds."""
    from renewcast.markets import reading
    from renewcast.markets.early_steps import counted_steps, steps_of
    from renewcast.markets.free_panel import days_by_block

    known = free_tier.everyone
    dates = reading.dates_of(known)
    expected = dates_of(frames).sort_index()
    for name in expected:
        assert (dates[name].to_numpy() == expected[name].to_numpy().astype("datetime64[us]"))[expected[name].notna()].all(), name
        assert (dates[name].isna() == expected[name].isna().to_numpy()).all(), name
    assert reading.motion_of(known).tolist() == motion_of(frames).sort_index().tolist()
    ours = reading.prospects_of(known, free_tier.accounts, ["industry", "company_size"])
    theirs = prospects_of(frames, motion=motion_of(frames))
    assert (
        ours["segment"].tolist() == theirs["segment"].tolist() and ours["settle_days"].tolist() == theirs["settle_days"].tolist()
    )
    for name in ("willingness", "use", "arr"):
        assert np.allclose(ours[name], theirs[name], equal_nan=True), name
    counted = counted_steps(steps_of(known, dates), dates.index)
    expected = counted_of(frames).sort_index()
    pd.testing.assert_frame_equal(counted[expected.columns], expected, check_dtype=False, check_names=False)
    blocks = days_by_block(known, dates.index).set_index(["account_id", "block"])["days"]
    expected = blocks_of(frames).query("block < 17").set_index(["account_id", "block"])["days"]
    assert blocks.sort_index().astype(int).to_dict() == expected.sort_index().astype(int).to_dict()


def test_what_became_known_later_changes_nothing(free_tier):
    """The parts of an earlier day rest on what was known then: nothing in their dates lies later."""
    from renewcast.markets import reading

    early = Inputs(free_tier.project, TODAY - dt.timedelta(weeks=26))
    dates = reading.dates_of(early.everyone)
    cut = pd.Timestamp(early.as_of)
    assert len(dates) < len(reading.dates_of(free_tier.everyone))
    for name in ("signed_up", "first_use", "first_value", "last_use"):
        assert (dates[name].dropna() < cut).all()
    is_whole(activation(early))


def test_a_project_whose_accounts_tell_nothing_says_what_is_missing(free_tier):
    other = Inputs(free_tier.project, TODAY)
    other.params = free_tier.params.model_copy(
        update={"markets": free_tier.params.markets.model_copy(update={"vertical": "country", "segment_by": ["country"]})}
    )
    part = markets(other)
    is_whole(part)
    assert "country" in part.missing["en"] and not part.tables
