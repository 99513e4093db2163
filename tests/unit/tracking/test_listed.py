"""What lists were made from is kept: found by digest, never half there, and no artefact that a list used is swept."""

import shutil

import numpy as np
import pytest
from synthetic_panel import EMBARGO_DAYS, MODEL, SPECS, SPLITS, panel
from tracking_papers import papers_of

from renewcast.errors import RenewcastError
from renewcast.estimators import artefact
from renewcast.evaluation.training import train
from renewcast.params import TermLabel
from renewcast.tracking.champion import load_by_digest, load_champion, load_listed
from renewcast.tracking.listed import keep_document, listed_records, read_document
from renewcast.tracking.promotion import FORMER_ARTEFACTS, artefact_folder, challenge, keep_listed, promote, staging_folder

LABEL = TermLabel(lead_days=0, horizon_days=90, grace_days=30)


@pytest.fixture(scope="module")
def models(tmp_path_factory):
    """Of the first two of so many, one after another in force, a promotion no longer keeps the artefacts."""
    saved = []
    for seed in range(FORMER_ARTEFACTS + 3):
        trained = train(panel(accounts=120, dates=10, seed=seed)[0], SPECS, MODEL, SPLITS, EMBARGO_DAYS)
        folder = tmp_path_factory.mktemp("models") / "model"
        saved.append((trained, folder, artefact.save(trained, folder)))
    return saved


def put_in_force(directory, model, version):
    trained, folder, digest = model
    staged = shutil.copytree(folder, staging_folder(directory, "churn"))
    challenge(directory, "churn", papers_of(trained, digest, LABEL, version=version), staged)
    promote(directory, "churn")


def test_a_model_that_a_list_used_is_loaded_however_many_came_after_it(tmp_path, models):
    put_in_force(tmp_path, models[0], "1")
    used = load_champion(tmp_path, "churn")
    record_sha256 = keep_listed(tmp_path, "churn", used.record)
    rows = panel(accounts=60, dates=3, seed=9)[0]
    said = used.scorer.predict(rows.features, rows.gated)
    for number, model in enumerate(models[1:], 2):
        put_in_force(tmp_path, model, str(number))
    assert load_champion(tmp_path, "churn").version == str(len(models))
    for again in (load_by_digest(tmp_path, "churn", models[0][2]), load_listed(tmp_path, "churn", record_sha256)):
        assert (again.version, again.record) == ("1", used.record)
        assert np.array_equal(again.scorer.predict(rows.features, rows.gated), said)
    # The second model, which no list used, has gone the way of old artefacts.
    assert not artefact_folder(tmp_path, "churn", models[1][2]).exists()


def test_a_model_is_found_by_digest_whether_or_not_a_list_used_it(tmp_path, models):
    for number, model in enumerate(models[:2], 1):
        put_in_force(tmp_path, model, str(number))
    assert [load_by_digest(tmp_path, "churn", models[at][2]).version for at in (0, 1)] == ["1", "2"]
    with pytest.raises(RenewcastError, match="no record of a model for churn with SHA-256 000000000000 is kept"):
        load_by_digest(tmp_path, "churn", "0" * 64)


def test_keeping_twice_changes_nothing(tmp_path, models):
    put_in_force(tmp_path, models[0], "1")
    record = load_champion(tmp_path, "churn").record
    first = keep_listed(tmp_path, "churn", record)
    (path,) = (tmp_path / "models" / "churn" / "listed").iterdir()
    before = path.stat().st_mtime_ns
    assert keep_listed(tmp_path, "churn", record) == first and path.stat().st_mtime_ns == before
    assert listed_records(tmp_path, "churn") == [record]


def test_a_document_that_was_changed_is_refused(tmp_path):
    digest = keep_document(tmp_path, "params", b'{"a": 1}')
    (path,) = (tmp_path / "models" / "params" / "listed").iterdir()
    path.write_bytes(b'{"a": 2}')
    with pytest.raises(RenewcastError, match="was changed after it was kept"):
        read_document(tmp_path, "params", digest)
