"""The business review of a trained company: published by its pipeline, the same again, another language, a day of its own."""

import datetime as dt
import shutil

import pytest
from trained_company import AS_OF, artefact_of

from renewcast import Project
from renewcast.errors import RenewcastError
from renewcast.layout import pipeline
from renewcast.review.inputs import Inputs
from renewcast.review.publish import PAGE, REVIEWS, WORKBOOK
from renewcast.review.review import PARTS, make_parts


@pytest.fixture(scope="module")
def project(trained_company, tmp_path_factory):
    return Project.load(shutil.copytree(trained_company, tmp_path_factory.mktemp("reviewed") / "project"))


def test_the_pipeline_publishes_once_and_says_where(project):
    run = pipeline(project.directory, "business_review")
    steps = []
    project.progress = lambda done, total, text: steps.append(text)
    first = run(project)
    assert first["status"] == "published" and list(first["parts"]) == list(PARTS)
    folder = REVIEWS.current(project.reviews_directory)
    assert (first["review_dir"], first["page"]) == (str(folder), str(folder / PAGE))
    manifest = REVIEWS.verify(folder)
    assert {PAGE, WORKBOOK} < set(manifest["files"]) and len(manifest["files"]) == first["tables"] + 2
    assert manifest["made_from"]["fingerprint"] == project.staged.fingerprint
    told = [step for step in steps if step.startswith("review: ")]
    assert told[0].startswith("review: headline (1 of ") and len(told) == len(PARTS)
    again = run(project)
    assert again == first | {"status": "unchanged"}


@pytest.mark.parametrize("target", ["churn", "renewal"])
def test_a_damaged_champion_stops_the_review(copy, target):
    """A review without a champion is another thing: nothing may look like one because a byte changed."""
    scorer = artefact_of(copy, target) / "scorer.json"
    scorer.write_bytes(scorer.read_bytes() + b" ")
    inputs = Inputs(Project.load(copy), dt.date.fromisoformat(AS_OF))
    for asked in (lambda: inputs.scores, lambda: make_parts(inputs)):
        with pytest.raises(RenewcastError, match="is not the one that champion.yaml vouches for"):
            asked()
