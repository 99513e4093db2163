"""Why probabilities changed, on published lists: the parts add up, each is zero without its cause, the gone stay as they were."""

import dataclasses
import datetime as dt
import json
import os
import shutil

import numpy as np
import pandas as pd
import pytest
from functional.refusals import refused
from planted_changes import another_calibration, another_model
from trained_company import AS_OF, WEEK_BEFORE, answer, renewcast

from renewcast.datasets.two_snapshots import TwoSnapshots
from renewcast.project import Project
from renewcast.scoring.changes import PARTS, causes, changes

pytestmark = pytest.mark.skipif(os.environ.get("RENEWCAST_DEEP") != "1", reason="heavy: make test-deep runs it")
COLUMNS = [f"change_{name}" for name in PARTS]
BEFORE, NOW = "2025-W52", "2026-W01"


@pytest.fixture(scope="module")
def project(trained_company):
    return Project.load(trained_company)


@pytest.fixture(scope="module")
def lists(trained_company):
    """The last list and this one."""
    return [pd.read_parquet(trained_company / "lists" / week / "r1" / "risk_list.parquet") for week in (BEFORE, NOW)]


def change_of(frame):
    return frame["churn_probability"] - frame["churn_probability_last_list"]


def split(project, then, now=None):
    """The ledger between the two weeks, the last list as ``then`` would have published it."""
    champion = project.champion()
    two = TwoSnapshots(project.view, "churn", *(dt.date.fromisoformat(day) for day in (WEEK_BEFORE, AS_OF)))
    now = now or champion.scorer
    scores = [project.scored_by(champion, day) for day in (WEEK_BEFORE, AS_OF)]
    frame, scored = scores[0].frame, scores[0].scored
    last = frame[["account_id"]].assign(churn_probability=np.nan)
    gated = frame["gated"].to_numpy(dtype=bool)[scored]
    last.loc[scored, "churn_probability"] = (then or champion.scorer).predict(scores[0].features[scored], gated)
    return changes(two, last, scores[1], then, now, project.view.catalogue.specs)


def test_the_parts_of_every_account_add_up(lists):
    both = lists[1].dropna(subset=["churn_probability", "churn_probability_last_list"])
    assert len(both) > 100
    assert (both[COLUMNS].sum(axis=1) - change_of(both)).abs().max() < 1e-9
    only_once = lists[1].drop(both.index)
    assert len(only_once) and only_once[COLUMNS].isna().all(axis=None)


def test_the_first_list_has_nothing_to_say_of_changes(lists):
    assert lists[0][[*COLUMNS, "movement", "change_reason"]].isna().all(axis=None)


def test_movement_and_reason(lists):
    before, now = lists
    told = now.set_index("account_id")
    assert set(told.index[told["movement"] == "new"]) == set(now["account_id"]) - set(before["account_id"])
    moved = now["movement"].isin(["up", "down"])
    assert moved.any() and now.loc[moved, "change_reason"].notna().all()
    assert (np.sign(change_of(now[moved])) == now.loc[moved, "movement"].map({"up": 1, "down": -1})).all()
    assert not now.loc[change_of(now).abs() < 1e-3, "change_reason"].notna().any()


def test_without_another_model_model_and_calibration_are_zero(lists):
    both = lists[1].dropna(subset=COLUMNS)
    assert (both[["change_model", "change_calibration"]] == 0).all(axis=None)


def test_without_late_rows_data_are_zero(project, lists):
    both = lists[1].dropna(subset=COLUMNS)
    two = TwoSnapshots(project.view, "churn", *(dt.date.fromisoformat(day) for day in (WEEK_BEFORE, AS_OF)))
    late = two.late(both["account_id"])
    assert late.any() and not late.all()
    assert (both.loc[~late, "change_data"] == 0).all()


@pytest.mark.parametrize(("another", "part"), [(another_model, "model"), (another_calibration, "calibration")])
def test_another_model_and_another_calibration_are_told_apart(project, another, part):
    now = project.champion().scorer
    found = split(project, another(now), now)
    assert found.judged_by_the_model_of_then
    assert (found.parts[COLUMNS].sum(axis=1) - change_of(found.parts)).abs().max() < 1e-9
    other = {"model": "calibration", "calibration": "model"}[part]
    assert found.parts[f"change_{part}"].abs().max() > 0.01
    assert found.parts[f"change_{other}"].abs().max() < 1e-9


@pytest.mark.parametrize("lost", ["the model", "a feature"])
def test_where_the_model_of_then_cannot_be_had_model_holds_the_calibration_too(project, lost):
    now = project.champion().scorer
    then = None
    if lost == "a feature":
        then = dataclasses.replace(another_model(now), specs=(*now.specs, now.specs[0]._replace(name="no_longer_built")))
    found = split(project, then, now) if then is None else _published_by(project, another_model(now), then)
    assert not found.judged_by_the_model_of_then
    assert (found.parts["change_calibration"] == 0).all()
    assert (found.parts[COLUMNS].sum(axis=1) - change_of(found.parts)).abs().max() < 1e-9
    assert (causes(found).sum(axis=1) - change_of(found.parts)).abs().max() < 1e-9


def _published_by(project, published, then):
    """The ledger of a list that was published by one model and is judged with another in its place."""
    champion = project.champion()
    two = TwoSnapshots(project.view, "churn", *(dt.date.fromisoformat(day) for day in (WEEK_BEFORE, AS_OF)))
    scores = [project.scored_by(champion, day) for day in (WEEK_BEFORE, AS_OF)]
    scored = scores[0].scored
    told = published.predict(scores[0].features[scored], scores[0].frame["gated"].to_numpy(dtype=bool)[scored])
    last = pd.DataFrame({"account_id": scores[0].frame.loc[scored, "account_id"], "churn_probability": told})
    return changes(two, last, scores[1], then, champion.scorer, project.view.catalogue.specs)


def test_the_api_and_the_list_say_the_same(project, lists):
    found = project.changes(BEFORE, NOW)
    assert found.notes == []
    told = found.accounts.set_index("account_id")
    listed = lists[1].set_index("account_id")
    for name in COLUMNS:
        assert np.allclose(told[name], listed[name], rtol=0, atol=1e-12, equal_nan=True)
    assert told["movement"].equals(listed["movement"]) and told["change_reason"].equals(listed["change_reason"])
    drivers = told.filter(like="behaviour_").sum(axis=1, skipna=False)
    assert np.allclose(drivers, told["change_behaviour"], rtol=0, atol=1e-9, equal_nan=True)
    risk = found.arr_at_risk()
    assert sum(value for name, value in risk.items() if name != "now") == pytest.approx(risk["now"], abs=1e-6)
    for end, frame in zip(("before", "now"), lists, strict=True):
        assert risk[end] == pytest.approx((frame["arr"] * frame["churn_probability"]).sum(), abs=1e-6)


def test_who_is_gone_keeps_the_probability_that_was_published(project, lists):
    gone = project.changes(BEFORE, NOW).gone
    before, now = lists
    assert set(gone["account_id"]) == set(before["account_id"]) - set(now["account_id"]) != set()
    published = before.set_index("account_id")["churn_probability"].reindex(gone["account_id"])
    assert published.reset_index(drop=True).equals(gone["churn_probability_last_list"].rename("churn_probability"))
    assert gone["why"].str.startswith("churned: its last term ended on 2025-1").all()


def test_diff_on_the_command_line(trained_company, lists):
    told = answer("diff", BEFORE, NOW, cwd=trained_company)
    assert (told["earlier"]["week"], told["later"]["week"]) == (BEFORE, NOW)
    counts = lists[1]["movement"].value_counts()
    assert {name: told["accounts"][name] for name in ("up", "down", "steady")} == {
        name: int(counts.get(name, 0)) for name in ("up", "down", "steady")
    }
    assert [abs(one["change"]) for one in told["movers"]] == sorted((abs(one["change"]) for one in told["movers"]), reverse=True)
    text = renewcast("diff", BEFORE, NOW, cwd=trained_company).stdout
    assert f"{BEFORE} r1" in text and "ARR at risk" in text
    assert all(one["account_id"] in text and one["change_reason"] in " ".join(text.split()) for one in told["movers"][:5])


@pytest.mark.parametrize(
    ("weeks", "sentence"),
    [
        ((NOW, BEFORE), "does not come before"),
        (("2025-W01", NOW), "no list was published for 2025-W01"),
        ((BEFORE, "2026-W1"), "is not an ISO week"),
    ],
)
def test_weeks_that_cannot_be_compared_are_refused(weeks, sentence, trained_company):
    refused(renewcast("diff", *weeks, cwd=trained_company), sentence)


def test_a_list_whose_model_is_lost_is_compared_all_the_same(copy, lists):
    """The manifest names a model of which no record is left: the change of model and calibration is one, and the note says so."""
    manifest = copy / "lists" / BEFORE / "r1" / "manifest.json"
    said = json.loads(manifest.read_text())
    said["model"]["sha256"] = said["made_from"]["models"]["churn"]["record_sha256"] = "0" * 64
    manifest.write_text(json.dumps(said))
    shutil.rmtree(copy / "lists" / NOW)
    told = answer("run", "weekly_risk_list", "--as-of", AS_OF, cwd=copy)
    (note,) = json.loads((copy / told["list_dir"] / "manifest.json").read_text())["notes"]
    assert "are told as one" in note and "is not kept" in note
    rows = pd.read_parquet(copy / told["list_dir"] / "risk_list.parquet")
    both = rows.dropna(subset=COLUMNS)
    assert len(both) == lists[1]["change_model"].notna().sum()
    assert (both[COLUMNS].sum(axis=1) - change_of(both)).abs().max() < 1e-9
    assert (both["change_calibration"] == 0).all()
