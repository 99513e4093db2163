"""How answers are written for people, and what the progress lines say."""

import pytest

from renewcast.cli_text import explanation_text, lines_of, short
from renewcast.progress import Progress


def test_an_answer_is_written_a_line_a_fact():
    text = lines_of({"rows": 3, "auc": 0.81234, "baselines": {"base_rate": {"auc": 0.5}}, "banners": ["a", "b"]})
    assert text.splitlines() == [
        f"{'rows':<26} 3",
        f"{'auc':<26} 0.8123",
        "baselines:",
        f"  {'base_rate':<24} auc 0.5000",
        f"{'banners':<26} a; b",
    ]


@pytest.mark.parametrize(("value", "text"), [(None, "None"), (True, "True"), (1.0, "1.0000"), ([], ""), ({}, "")])
def test_a_value_is_writtenshort(value, text):
    assert short(value) == text


def test_an_explanation_reads_from_the_probability_to_its_parts():
    told = {
        "account_id": "A1", "as_of": "2026-06-29", "model_version": "3", "ranked_by": "blend", "status": "scored",
        "churn_probability": 0.25, "base_probability": 0.1, "term_outlasts_horizon_points": -0.05, "ties": "1 = 2",
        "drivers": [{"driver": "usage", "points": 0.2, "reason": "Fewer events",
                     "features": [{"points": 0.15, "role": "lever", "sentence": "Fewer events"}]}],
    }  # fmt: skip
    lines = explanation_text(told).splitlines()
    assert lines[1] == "churn probability 25.0%, of which base 10.0%"
    assert "-5.0 points  the term outlasts" in lines[2]
    assert lines[3] == "  too close to tell apart: 1 = 2"
    assert lines[4].split() == ["+20.0", "points", "usage:", "Fewer", "events"]
    assert lines[5].split() == ["+15.0", "lever", "Fewer", "events"]


def test_progress_says_each_step_once_on_stderr(capsys):
    with Progress() as progress:
        for done in (0, 1, 2, 3):
            progress(done, 3, "features" if done else "rolling up")
        progress(0, 0, "tuning")
        progress(0, 0, "tuning")
    said = capsys.readouterr()
    assert said.out == "" and said.err.splitlines() == ["  rolling up", "  features", "  tuning"]
