"""Promotion and rollback: what is in force changes whole or not at all, comes back byte for byte, and nobody is in two minds."""

import contextlib
import dataclasses
import functools
import multiprocessing
import os
import shutil
import time

import numpy as np
import pytest
from synthetic_panel import EMBARGO_DAYS, MODEL, SPECS, SPLITS, panel
from tracking_papers import PASSES, STOPS, papers_of

from renewcast import filesystem
from renewcast.errors import RenewcastError
from renewcast.estimators import artefact
from renewcast.evaluation.training import train
from renewcast.params import TermLabel
from renewcast.tracking import papers as kept
from renewcast.tracking import promotion
from renewcast.tracking.champion import load_challenger, load_champion, verified_artefact
from renewcast.tracking.promotion import FORMER_ARTEFACTS, challenge, promote, rollback, staging_folder

LABEL = TermLabel(lead_days=0, horizon_days=90, grace_days=30)
CYCLES = 100 if os.environ.get("RENEWCAST_DEEP") == "1" else 3


@pytest.fixture(scope="module")
def rows():
    return panel(accounts=150, dates=12)[0]


@pytest.fixture(scope="module")
def models(tmp_path_factory):
    """Eight models that differ, saved: the estimators of two trainings, each ranking in turn."""
    saved = []
    for seed in (0, 1):
        trained = train(panel(accounts=150, dates=12, seed=seed)[0], SPECS, MODEL, SPLITS, EMBARGO_DAYS)
        for name in ("blend", "logistic", "health_score", "base_rate"):
            one, folder = dataclasses.replace(trained, ranked_by=name), tmp_path_factory.mktemp("models") / "model"
            saved.append((one, folder, artefact.save(one, folder)))
    return [*saved[::4], *saved[1::4], *saved[2::4], *saved[3::4]]


def put_forward(directory, model, **more):
    trained, folder, digest = model
    staged = shutil.copytree(folder, staging_folder(directory, "churn"))
    papers = papers_of(trained, digest, LABEL, **more)
    challenge(directory, "churn", papers, staged)
    return papers


def scores(directory, rows) -> bytes:
    scorer = load_champion(directory, "churn").scorer
    return np.ascontiguousarray(scorer.predict(rows.features, rows.gated)).tobytes()


def in_force(directory) -> dict:
    """Every file that says what is in force, by name."""
    folder = directory / "models" / "churn"
    return {name: (folder / name).read_bytes() for name in (kept.CHAMPION, kept.CARD, kept.SIGNATURE, kept.CHECKS)}


def test_the_drill_promote_another_and_roll_back_gives_the_first_ones_scores_to_the_byte(tmp_path, models, rows):
    """As often as it may be needed; how long it takes is told, not judged."""
    put_forward(tmp_path, models[0], version="1")
    promote(tmp_path, "churn")
    first, said, longest, passed = in_force(tmp_path), scores(tmp_path, rows), 0.0, 0
    for cycle in range(CYCLES):
        put_forward(tmp_path, models[1], version=str(cycle + 2))
        promote(tmp_path, "churn")
        other = scores(tmp_path, rows)
        begun = time.monotonic()
        told = rollback(tmp_path, "churn")
        longest = max(longest, time.monotonic() - begun)
        assert (told["model_version"], told["withdrawn"], told["former_left"]) == ("1", str(cycle + 2), 0)
        passed += other != said and scores(tmp_path, rows) == said and in_force(tmp_path) == first
    print(f"rollback drill: {passed} of {CYCLES}, the longest took {longest:.2f} s")
    assert passed == CYCLES


def test_a_challenger_is_not_in_force_until_it_is_promoted(tmp_path, models, rows):
    put_forward(tmp_path, models[0], version="1")
    with pytest.raises(RenewcastError, match="no champion for churn"):
        load_champion(tmp_path, "churn")
    assert load_challenger(tmp_path, "churn").version == "1"
    told = promote(tmp_path, "churn")
    assert (told["promoted"], told["model_version"], told["replaced"]) == (True, "1", None)
    with pytest.raises(RenewcastError, match="no challenger for churn"):
        load_challenger(tmp_path, "churn")
    put_forward(tmp_path, models[1], version="2")
    assert load_champion(tmp_path, "churn").version == "1"


def test_there_must_be_a_challenger_to_promote_and_a_former_champion_to_go_back_to(tmp_path, models):
    with pytest.raises(RenewcastError, match="no challenger for churn.*renewcast run train --target churn"):
        promote(tmp_path, "churn")
    with pytest.raises(RenewcastError, match="no former champion for churn"):
        rollback(tmp_path, "churn")
    put_forward(tmp_path, models[0])
    promote(tmp_path, "churn")
    before = in_force(tmp_path)
    with pytest.raises(RenewcastError, match="what is in force stays in force"):
        rollback(tmp_path, "churn")
    assert in_force(tmp_path) == before


def test_a_stopped_challenger_is_refused_by_name_and_may_be_accepted_for_a_reason_that_is_kept(tmp_path, models):
    put_forward(tmp_path, models[0], version="1", checks=(STOPS, PASSES | {"id": "RC202"}))
    with pytest.raises(RenewcastError, match="version 1 for churn is not promoted: RC201 uncalibrated overall .the odds.*Train"):
        promote(tmp_path, "churn")
    with pytest.raises(RenewcastError, match="--accept RC202: no such check stops version 1.*those that do are RC201"):
        promote(tmp_path, "churn", accepted={"RC202": "why not"})
    assert not (tmp_path / "models/churn/champion.yaml").exists()
    promote(tmp_path, "churn", accepted={"RC201": "prices changed in May; Ada"})
    assert load_champion(tmp_path, "churn").record["accepted"] == {"RC201": "prices changed in May; Ada"}


def test_a_failing_check_of_severity_warn_stops_nothing(tmp_path, models):
    put_forward(tmp_path, models[0], checks=(STOPS | {"severity": "warn"},))
    assert promote(tmp_path, "churn")["promoted"]


def test_rolling_back_again_walks_back_through_the_champions(tmp_path, models):
    digests = []
    for version in range(1, 6):
        digests.append(put_forward(tmp_path, models[version % 2], version=str(version)).record["sha256"])
        promote(tmp_path, "churn")
    for version in (4, 3, 2, 1):
        assert rollback(tmp_path, "churn")["model_version"] == str(version)
        champion = load_champion(tmp_path, "churn")
        assert (champion.version, champion.record["sha256"]) == (str(version), digests[version - 1])
    with pytest.raises(RenewcastError, match="no former champion"):
        rollback(tmp_path, "churn")


def test_a_withdrawn_model_waits_and_comes_back_only_for_a_reason(tmp_path, models):
    for version, model in enumerate(models[:2]):
        put_forward(tmp_path, model, version=str(version))
        promote(tmp_path, "churn")
    rollback(tmp_path, "churn")
    assert load_challenger(tmp_path, "churn").version == "1"
    with pytest.raises(RenewcastError, match="version 1 for churn was rolled back.*--accept withdrawn"):
        promote(tmp_path, "churn")
    told = promote(tmp_path, "churn", accepted={"withdrawn": "rolled back by mistake"})
    assert (told["model_version"], told["replaced"]) == ("1", "0")
    assert "withdrawn" not in load_champion(tmp_path, "churn").record


def test_a_waiting_challenger_is_not_displaced_by_a_withdrawn_model(tmp_path, models):
    for version, model in enumerate(models[:2]):
        put_forward(tmp_path, model, version=str(version))
        promote(tmp_path, "churn")
    put_forward(tmp_path, models[0], version="7")
    rollback(tmp_path, "churn")
    assert load_challenger(tmp_path, "churn").version == "7"


def test_the_same_model_trained_again_takes_its_own_place(tmp_path, models):
    for version in ("1", "2"):
        put_forward(tmp_path, models[0], version=version)
        promote(tmp_path, "churn")
    assert load_champion(tmp_path, "churn").version == "2" and not kept.former(tmp_path, "churn")


def test_artefacts_of_long_ago_are_dropped_and_their_papers_stay(tmp_path, models):
    place = tmp_path / "models" / "churn" / "artefact"
    for number in range(FORMER_ARTEFACTS + 3):
        put_forward(tmp_path, models[number], version=str(number))
        promote(tmp_path, "churn")
    assert len(list(place.iterdir())) == FORMER_ARTEFACTS + 1
    assert len(kept.former(tmp_path, "churn")) == FORMER_ARTEFACTS + 2


@pytest.mark.parametrize("spoil", ["change", "remove"])
def test_a_rollback_to_an_artefact_that_is_not_whole_changes_nothing(tmp_path, models, spoil, monkeypatch):
    for version, model in enumerate(models[:2]):
        digest = put_forward(tmp_path, model, version=str(version)).record["sha256"]
        promote(tmp_path, "churn")
    first = kept.read_former(kept.former(tmp_path, "churn")[0]).record["sha256"]
    folder = tmp_path / "models" / "churn" / "artefact" / first[:16]
    (folder / "scorer.json").write_text("{}") if spoil == "change" else (folder / "scorer.json").unlink()
    before = in_force(tmp_path)
    with pytest.raises(RenewcastError, match="vouches for.*SHA-256"):
        rollback(tmp_path, "churn")
    assert in_force(tmp_path) == before and load_champion(tmp_path, "churn").record["sha256"] == digest
    assert len(kept.former(tmp_path, "churn")) == 1


class Died(Exception):
    """The process ended here."""


def operations(monkeypatch, die_at: int):
    """Let the process die before its n-th change of a file; return how many there were."""
    counted = {"n": 0}

    def counting(real, *arguments):
        counted["n"] += 1
        if counted["n"] == die_at:
            raise Died
        return real(*arguments)

    for name in ("create_file", "replace_file", "move_folder", "remove_folder"):
        for module in (kept, promotion):
            if hasattr(module, name):
                monkeypatch.setattr(module, name, functools.partial(counting, getattr(filesystem, name)))
    return counted


def version_in_force(directory) -> str:
    """The version of the champion, whose artefact is whole."""
    record = kept.read_record(directory, "churn")
    verified_artefact(directory, record)
    return record["model_version"]


@pytest.mark.parametrize("job", [promote, rollback])
def test_a_run_that_dies_at_any_step_leaves_one_whole_champion_and_the_next_run_ends_what_it_began(
    tmp_path, models, monkeypatch, job
):
    before, after = ("0", "1") if job is promote else ("1", "0")
    for die_at in range(1, 60):
        place = tmp_path / str(die_at)
        for version, model in enumerate(models[:2]):
            put_forward(place, model, version=str(version))
            if version == 0 or job is rollback:
                promote(place, "churn")
        with monkeypatch.context() as patched:
            counted = operations(patched, die_at)
            with contextlib.suppress(Died):
                job(place, "churn")
        assert version_in_force(place) in (before, after)
        if version_in_force(place) == before:
            job(place, "churn")
        assert version_in_force(place) == after
        if job is promote:
            assert rollback(place, "churn")["model_version"] == "0"
        assert (place / "models/churn/CARD.md").read_text().startswith("# churn: version 0")
        if counted["n"] < die_at:
            break
    assert 8 < counted["n"] < die_at


def _promote_once(directory):
    try:
        return promote(directory, "churn")["model_version"]
    except RenewcastError as refused:
        return str(refused)


def test_of_two_promotions_at_once_one_promotes_and_the_other_finds_no_challenger(tmp_path, models, rows):
    put_forward(tmp_path, models[0], version="1")
    promote(tmp_path, "churn")
    put_forward(tmp_path, models[1], version="2")
    with multiprocessing.get_context("fork").Pool(4) as pool:
        told = pool.map(_promote_once, [tmp_path] * 4)
    assert told.count("2") == 1 and sum("no challenger" in one for one in told) == 3
    assert load_champion(tmp_path, "churn").version == "2" and len(kept.former(tmp_path, "churn")) == 1


def test_papers_that_do_not_belong_together_are_not_promoted(tmp_path, models):
    put_forward(tmp_path, models[0])
    (tmp_path / "models" / "churn" / "challenger" / "CARD.md").write_text("# of another model")
    with pytest.raises(RenewcastError, match="is not the card of the model in challenger.yaml"):
        promote(tmp_path, "churn")
    assert not (tmp_path / "models/churn/champion.yaml").exists()


def test_what_a_training_that_died_was_saving_is_cleared_and_what_a_running_one_saves_is_not(tmp_path, models):
    place = tmp_path / "models" / "churn" / "artefact"
    put_forward(tmp_path, models[0])
    ended = multiprocessing.get_context("fork").Process(target=int)
    ended.start()
    ended.join()
    names = {"0123456789abcdef": False, f"new-{ended.pid}": False, f".new-{ended.pid}.staged-{ended.pid}": False,
             f"new-{os.getppid()}": True, "tmpfetching": True}  # fmt: skip
    for name in names:
        (place / name).mkdir()
    promote(tmp_path, "churn")
    assert {name for name in names if (place / name).exists()} == {name for name, stays in names.items() if stays}
