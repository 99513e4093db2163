"""`renewcast labels --compare`: whom another definition of churn would flip."""

import json

import pytest
from functional.refusals import refused
from trained_company import answer, renewcast

HERE = {"level": "account", "grace_days": 30, "pause_days": 0, "unpaid_cover": "stays"}


def definition(tmp_path, **changed):
    path = tmp_path / "other.yaml"
    path.write_text(json.dumps(HERE | changed))  # JSON is YAML
    return path


def test_every_flip_is_listed_with_day_and_reason(company, tmp_path):
    same = answer("labels", "--compare", definition(tmp_path), cwd=company.directory)
    assert same["flips"] == [] and same["ends"] > 0 and same["churned_here"] == same["churned_there"] > 0
    stricter = answer("labels", "--compare", definition(tmp_path, level="product", grace_days=0), cwd=company.directory)
    assert len(stricter["flips"]) == stricter["churned_there"] - stricter["churned_here"] > 0
    for flip in stricter["flips"]:
        assert set(flip) == {"account_id", "product", "ended_on", "lost_cents", "churned_here", "churned_there", "reason"}
        assert flip["churned_there"] and len(flip["reason"]) > 10
    shown = renewcast("labels", "--compare", definition(tmp_path, level="product", grace_days=0), cwd=company.directory)
    assert shown.returncode == 0
    assert all(flip["ended_on"] in shown.stdout and flip["reason"] in shown.stdout for flip in stricter["flips"])


def test_a_whole_params_file_is_a_definition_too(company):
    assert answer("labels", "--compare", company.directory / "params.yaml", cwd=company.directory)["flips"] == []


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"level": "logo"}, "level: input should be 'account', 'product' or 'parent'"),
        ({"grase_days": 3}, "grase_days is not a known key; did you mean grace_days?"),
        ({"grace_days": -1}, "grace_days: input should be greater than or equal to 0"),
    ],
)
def test_a_definition_that_is_wrong_is_refused_in_one_sentence(changed, words, company, tmp_path):
    refused(renewcast("labels", "--compare", definition(tmp_path, **changed), cwd=company.directory), words)


def test_a_definition_that_is_not_there_is_refused(company):
    refused(renewcast("labels", "--compare", "nowhere.yaml", cwd=company.directory), "nowhere.yaml does not exist")
