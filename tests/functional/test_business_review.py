"""The business review of a trained company: published by its pipeline, the same again, another language, a day of its own."""

import shutil

import pytest

from renewcast import Project
from renewcast.layout import pipeline
from renewcast.review.publish import PAGE, REVIEWS, WORKBOOK
from renewcast.review.review import PARTS


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
