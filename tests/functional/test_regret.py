"""Regret on lists published week by week: nothing later is read, nothing is lost, what was said stays as it was said."""

import datetime as dt
import json
import os
import shutil

import numpy as np
import pandas as pd
import pytest
from arriving_weeks import WEEKS, arrive, exports
from trained_company import answer, renewcast

from renewcast.evaluation.actionable_recall import churned_spells
from renewcast.project import Project
from renewcast.publishing import published_lists, read_list
from renewcast.regret.classes import CLASSES
from renewcast.regret.report import report
from renewcast.regret.run import Regret, run_regret

pytestmark = pytest.mark.skipif(os.environ.get("RENEWCAST_DEEP") != "1", reason="heavy: make test-deep runs it")
AS_OF = "2025-12-01"


@pytest.fixture(scope="module")
def project(weeks, tmp_path_factory):
    return Project.load(shutil.copytree(weeks, tmp_path_factory.mktemp("regret") / "company"))


@pytest.fixture(scope="module")
def found(project):
    return project.regret(AS_OF)


def churns_by_hand(project, first_list) -> set:
    """Accounts and days of churn, known by the day, that the first list could have been in time for."""
    view, day = project.view, dt.date.fromisoformat(AS_OF)
    churned = churned_spells(view.known_contracts(day), project.params.labels.churn.grace_days, pd.Timestamp(AS_OF))
    terms, expected = view.known_deadlines(day), set()
    for one in churned.itertuples():
        mine = terms[(terms["account_id"] == one.account_id) & (terms["ends_on"] == one.churned_on)]
        notice = mine["notice_days"].fillna(0).max()
        if one.churned_on - pd.Timedelta(days=notice + min(project.params.backtest.lead_days)) >= first_list:
            expected.add((one.account_id, one.churned_on))
    return expected


def test_every_churn_since_the_first_list_is_in_exactly_one_class(project, found):
    told = found.churns
    assert not told.duplicated(["account_id", "churned_on"]).any() and told["class"].isin(CLASSES).all()
    expected = churns_by_hand(project, found.weeks["as_of"].min())
    assert set(told[["account_id", "churned_on"]].itertuples(index=False, name=None)) == expected
    counted = found.answer()
    assert sum(counted["classes"].values()) == len(told) > 5
    assert sum(counted["arr_by_class"].values()) == pytest.approx(told["arr"].sum())
    print(f"classes of {len(told)} churns: {counted['classes']}")


def test_what_the_lists_said_is_added_up_as_it_was_published(project, found):
    assert len(found.weeks) == WEEKS
    for one in published_lists(project.lists_directory):
        rows = read_list(one.list_dir)
        week = found.weeks[found.weeks["week"] == one.week]
        if len(week):
            scored = rows[rows["status"] == "scored"]
            left = week["scored"].item()
            # Accounts whose cover turned out to have been over are judged by nobody.
            assert 0.95 * len(scored) <= left <= len(scored)
            assert week["expected_churns"].item() <= scored["churn_probability"].sum() + 1e-9
    assert (found.weeks["churns_in_top"] <= found.weeks["churns"]).all()
    totals = found.owners.groupby("week")[["scored", "churns", "lost_arr"]].sum()
    same = found.weeks.set_index("week")[["scored", "churns", "lost_arr"]]
    assert np.allclose(totals.to_numpy(dtype=float), same.loc[totals.index].to_numpy(dtype=float))
    assert found.calibration["rows"].sum() == found.weeks["scored"].sum()
    assert found.calibration["churned"].sum() == found.weeks["churns"].sum()


def test_an_account_of_which_nothing_is_late_looks_the_same_when_everything_is_known_at_once(project, found):
    """Bit for bit, whatever is late of others; where facts are late the account may look another way, and some do."""
    from renewcast.regret.late import known_at_once, late_on

    day = dt.date.fromisoformat(AS_OF)
    accounts = sorted(project.snapshots("2025-06-30")["account_id"])[:60]
    days = pd.DataFrame({"as_of": pd.to_datetime(["2025-04-07", "2025-06-30"]).astype("datetime64[us]")})
    keys = pd.DataFrame({"account_id": accounts}).merge(days, how="cross")
    with known_at_once(project.view, project.staged, accounts, day) as (view, late):
        at_once, late = view.features(keys), late_on(late, keys)
    as_known = project.view.features(keys)
    is_late = keys.merge(late, on=["account_id", "as_of"], how="left")["what"].notna().to_numpy()
    assert is_late.any() and not is_late.all()
    pd.testing.assert_frame_equal(at_once[~is_late], as_known[~is_late], check_exact=True)
    assert not at_once[is_late].equals(as_known[is_late])


def same_tables(one: Regret, other: Regret):
    for name in Regret.TABLES:
        pd.testing.assert_frame_equal(getattr(one, name), getattr(other, name), obj=name)
    assert one.left_out == other.left_out


def test_no_later_list_and_no_later_fact_is_read(project, found, tmp_path):
    place = shutil.copytree(project.directory, tmp_path / "then", ignore=shutil.ignore_patterns("work"))
    arrive(exports(place / "data" / "raw"), place / "data" / "raw", dt.date.fromisoformat(AS_OF))
    later = [one for one in published_lists(place / "lists") if one.week >= "2025-W49"]
    assert later
    for one in later:
        shutil.rmtree(one.list_dir.parent)
    same_tables(found, Project.load(place).regret(AS_OF))


def test_signals_that_fired_are_told_where_nothing_else_is_earlier(project, found):
    missed = found.churns[~found.churns["class"].isin(("warned", "no_list"))]
    assert len(missed)
    fired = missed[["account_id"]].merge(pd.DataFrame({"as_of": found.weeks["as_of"]}), how="cross").assign(signal="planted")
    told = run_regret(project, project.day(AS_OF), fired=lambda days: fired[fired["as_of"].dt.date.isin(days)])
    assert (told.evidence["what"] == "planted").any()
    assert not (told.churns["class"] == "no_sign").any()
    warned = found.churns["class"].isin(("warned", "no_list"))
    # Days are whole numbers where every churn has a day, and numbers with a gap where one has none.
    pd.testing.assert_frame_equal(told.churns[warned], found.churns[warned], check_dtype=False)


@pytest.mark.parametrize(("language", "says"), [("en", "Churns that no list had warned of"), ("zh", "名单未曾预警的流失")])
def test_the_report_speaks_the_language_of_the_project(project, found, language, says):
    params = project.params.model_copy(update={"project": project.params.project.model_copy(update={"language": language})})
    text = report(found, params)
    assert says in text and "{" not in text and "None" not in text and "nan" not in text
    missed = found.churns[found.churns["class"] != "warned"]
    assert all(f"| {account} |" in text for account in missed["account_id"])


def test_the_command_writes_the_report_and_its_tables(project, found):
    told = answer("run", "regret", "--as-of", AS_OF, cwd=project.directory)
    folder = project.directory / "data" / "work" / "regret" / AS_OF
    assert (folder / "report.md").read_text(encoding="utf-8") == report(found, project.params)
    assert json.loads((folder / "summary.json").read_text())["classes"] == told["classes"] == found.answer()["classes"]
    for name in Regret.TABLES:
        pd.testing.assert_frame_equal(pd.read_parquet(folder / f"{name}.parquet"), getattr(found, name), check_dtype=False)


def test_without_a_list_there_is_nothing_to_look_back_on(project):
    done = renewcast("run", "regret", "--as-of", "2024-07-01", cwd=project.directory)
    assert done.returncode == 2 and "no list of a day before 2024-07-01 is published" in done.stderr
