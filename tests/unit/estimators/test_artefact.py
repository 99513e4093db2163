"""A saved model: loads to the same numbers, and nothing damaged or tampered with is ever parsed."""

import json

import numpy as np
import pytest
from synthetic_panel import EMBARGO_DAYS, MODEL, SPECS, SPLITS, panel

from renewcast.errors import RenewcastError
from renewcast.estimators import artefact
from renewcast.evaluation.training import train


@pytest.fixture(scope="module")
def rows():
    return panel(accounts=150, dates=12)[0]


@pytest.fixture(scope="module")
def trained(rows):
    return train(rows, SPECS, MODEL, SPLITS, EMBARGO_DAYS)


@pytest.fixture
def saved(trained, tmp_path):
    artefact.save(trained, tmp_path / "artefact")
    return tmp_path / "artefact"


def test_a_loaded_model_predicts_exactly_what_the_trained_one_does(trained, saved, rows):
    scorer = artefact.load(saved, expected_sha256=artefact.sha256(saved))
    for name, estimator in trained.final.items():
        loaded = scorer.estimators[name]
        assert np.array_equal(loaded.predict(rows.features, rows.gated), estimator.predict(rows.features, rows.gated))
    assert scorer.ranked_by == trained.ranked_by
    assert [feature["name"] for feature in scorer.signature["features"]] == sorted(spec.name for spec in SPECS)


def test_saving_twice_gives_the_same_digest_and_leaves_nothing_behind(trained, saved):
    before = artefact.sha256(saved)
    assert artefact.save(trained, saved) == before and [path.name for path in saved.parent.iterdir()] == ["artefact"]


def test_any_changed_file_is_refused_before_it_is_parsed(saved, monkeypatch):
    monkeypatch.setattr("lightgbm.Booster.__init__", lambda *a, **k: pytest.fail("a booster was parsed"))
    for path in sorted(saved.iterdir()):
        good = path.read_bytes()
        for bad in (good[: len(good) // 2], bytes([good[0] ^ 1]) + good[1:], good + b"\n", b""):
            path.write_bytes(bad)
            with pytest.raises(RenewcastError):
                artefact.load(saved, expected_sha256=None if path.name != "digest.json" else "0" * 64)
        path.write_bytes(good)


def test_a_file_too_many_or_too_few_is_refused(saved):
    (saved / "extra.txt").write_text("tree")
    with pytest.raises(RenewcastError, match=r"extra\.txt was changed"):
        artefact.load(saved)
    (saved / "extra.txt").unlink()
    (saved / "scorer.json").unlink()
    with pytest.raises(RenewcastError, match=r"scorer\.json was changed"):
        artefact.load(saved)


def test_a_file_changed_together_with_its_digest_is_refused_when_the_digest_is_kept_elsewhere(saved):
    import hashlib

    kept = artefact.sha256(saved)
    content = (saved / "base_rate__prior.json").read_bytes().replace(b"0.", b"0.9")
    (saved / "base_rate__prior.json").write_bytes(content)
    digest = json.loads((saved / "digest.json").read_text())
    digest["files"]["base_rate__prior.json"] = hashlib.sha256(content).hexdigest()
    (saved / "digest.json").write_text(json.dumps(digest))
    with pytest.raises(RenewcastError, match="not the champion's"):
        artefact.load(saved, expected_sha256=kept)
    with pytest.raises(RenewcastError, match="no longer predicts"):
        artefact.load(saved)


def test_what_is_not_an_artefact_is_refused(tmp_path):
    with pytest.raises(RenewcastError, match="is not a model artefact"):
        artefact.load(tmp_path / "nowhere")
    (tmp_path / "note.txt").write_text("hello")
    with pytest.raises(RenewcastError, match="is not a model artefact"):
        artefact.load(tmp_path)


def test_columns_are_found_by_name_and_a_missing_or_mistyped_one_is_refused_by_name(saved, rows):
    scorer = artefact.load(saved)
    turned = rows.features[rows.features.columns[::-1]].assign(something_else=1)
    assert np.array_equal(scorer.predict(turned, rows.gated), scorer.predict(rows.features, rows.gated))
    with pytest.raises(RenewcastError, match="lack industry"):
        scorer.predict(rows.features.drop(columns="industry"), rows.gated)
    with pytest.raises(RenewcastError, match="Feature tenure_days"):
        scorer.predict(rows.features.assign(tenure_days="long"), rows.gated)
