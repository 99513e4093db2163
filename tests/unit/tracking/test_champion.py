"""The champion's record: nothing is loaded that it does not vouch for."""

import pytest
import yaml
from synthetic_panel import EMBARGO_DAYS, MODEL, SPECS, SPLITS, panel
from tracking_papers import papers_of

from renewcast.errors import RenewcastError
from renewcast.estimators import artefact
from renewcast.evaluation.training import train
from renewcast.params import TermLabel
from renewcast.tracking.champion import has_champion, load_champion
from renewcast.tracking.figures import draw
from renewcast.tracking.promotion import artefact_folder, challenge, promote, settle, staging_folder

LABEL = TermLabel(lead_days=0, horizon_days=90, grace_days=30)


@pytest.fixture(scope="module")
def trained():
    rows, _ = panel(accounts=200, dates=12)
    return train(rows, SPECS, MODEL, SPLITS, EMBARGO_DAYS)


@pytest.fixture
def project(trained, tmp_path):
    """A project directory with a promoted model and no MLflow."""
    digest = artefact.save(trained, staging_folder(tmp_path, "churn"))
    challenge(tmp_path, "churn", papers_of(trained, digest, LABEL), staging_folder(tmp_path, "churn"))
    promote(tmp_path, "churn")
    return tmp_path


def test_what_was_promoted_is_loaded_with_its_record(project):
    champion = load_champion(project, "churn")
    assert (champion.target, champion.version, champion.record["model_name"]) == ("churn", "3", "demo-churn")
    assert {spec.name for spec in champion.scorer.specs} == {spec.name for spec in SPECS}
    assert has_champion(project, "churn") and not has_champion(project, "renewal")


def test_without_a_record_there_is_no_champion(project):
    with pytest.raises(RenewcastError, match="no champion for renewal.*renewcast run train --target renewal"):
        load_champion(project, "renewal")


@pytest.mark.parametrize("spoil", ["change", "add", "remove"])
def test_an_artefact_that_the_record_does_not_vouch_for_is_refused(project, spoil):
    (folder,) = (project / "models" / "churn" / "artefact").iterdir()
    if spoil == "change":
        (folder / "scorer.json").write_text((folder / "scorer.json").read_text() + " ")
    elif spoil == "add":
        (folder / "more.json").write_text("{}")
    else:
        (folder / "probe.json").unlink()
    with pytest.raises(RenewcastError, match="vouches for.*SHA-256"):
        load_champion(project, "churn")


def test_a_scorer_that_was_loaded_before_serves_again_but_its_bytes_are_verified_each_time(project):
    loaded = {}
    first, second = (load_champion(project, "churn", scorers=loaded) for _ in range(2))
    assert first.scorer is second.scorer and list(loaded) == [first.record["sha256"]]
    (folder,) = (project / "models" / "churn" / "artefact").iterdir()
    (folder / "scorer.json").write_text((folder / "scorer.json").read_text() + " ")
    with pytest.raises(RenewcastError, match="vouches for.*SHA-256"):
        load_champion(project, "churn", scorers=loaded)


def test_a_record_of_another_model_is_refused(project):
    path = project / "models" / "churn" / "champion.yaml"
    record = yaml.safe_load(path.read_text())
    path.write_text(yaml.safe_dump(record | {"sha256": record["sha256"][:16] + "0" * 48}))
    with pytest.raises(RenewcastError, match=f"expected {record['sha256'][:12]}"):
        load_champion(project, "churn")


@pytest.mark.parametrize("change", [{"lead_days": 14}, {"horizon_days": 60}, {"grace_days": 0}])
def test_a_champion_for_another_outcome_is_refused(project, change):
    assert load_champion(project, "churn", LABEL).target == "churn"
    with pytest.raises(RenewcastError, match="labels.churn in params.yaml is not the one that the champion was trained for"):
        load_champion(project, "churn", LABEL.model_copy(update=change))


def test_figures_are_drawn_without_a_screen(trained, tmp_path):
    figures = draw(trained, "churn")
    assert set(figures) == {"reliability", "gain", "log_loss"}
    for name, figure in figures.items():
        figure.savefig(tmp_path / f"{name}.png")
        assert (tmp_path / f"{name}.png").stat().st_size > 5_000


def test_training_the_same_model_again_mends_an_artefact_that_was_damaged(project, trained):
    (folder,) = (project / "models" / "churn" / "artefact").iterdir()
    (folder / "scorer.json").write_text("damaged")
    staged = artefact_folder(project, "churn", "new")
    assert artefact.save(trained, staged)[:16] == folder.name
    settle(staged, folder)
    assert load_champion(project, "churn").version == "3" and not staged.exists()
