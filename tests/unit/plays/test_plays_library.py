"""The library: the reference project's is whole, and every mistake is one sentence."""

import copy

import pytest
import yaml
from trained_company import ROOT

from renewcast.errors import RenewcastError
from renewcast.params import FAMILIES
from renewcast.plays.effects import in_force
from renewcast.plays.library import Library, load_library
from renewcast.simulate.plays import PLAYS

FILE = ROOT / "plays.yaml"
CONTENT = yaml.safe_load(FILE.read_text())


def test_the_reference_library_answers_to_every_driver_and_knows_the_plays_of_the_simulator():
    library = load_library(FILE)
    assert {driver for play in library.plays for driver in play.answers_to.drivers} == set(FAMILIES)
    assert set(PLAYS) <= {play.id for play in library.plays}
    assert {play.goal for play in library.plays} == {"prevent_churn", "expand", "cross_sell", "part_well"}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_it_is_told_as_plain_values_in_both_languages(language):
    told = load_library(FILE).told(language)
    assert [one["play"] for one in told] == [play["id"] for play in CONTENT["plays"]]
    for one in told:
        assert one["title"] and one["check"] and 1 <= len(one["steps"]) <= 5
        assert one["effect_from"] == "assumed" and one["effect_low"] <= one["effect"] <= one["effect_high"]
    chinese = sum("\u4e00" <= letter <= "\u9fff" for letter in "".join(one["title"] for one in told))
    assert (chinese > 40) == (language == "zh")


def _changed(**change):
    content = copy.deepcopy(CONTENT)
    content["plays"][0] |= change
    return content


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (_changed(colour="red"), "play key_user_handover, colour is not a known key"),
        (_changed(goal="please"), "play key_user_handover, goal: input should be"),
        (_changed(answers_to={"drivers": ["weather"], "signals": []}), "play key_user_handover, answers_to.drivers.0: input"),
        (_changed(steps={"en": ["one", "two"], "zh": ["一"]}), "give as many steps in English as in Chinese"),
        (_changed(effect={"log_odds": 1.0, "low": -1, "high": 0.5}), "low must lie below high"),
        (_changed(days=0), "play key_user_handover, days: input should be greater than or equal to 1"),
        ({"plays": CONTENT["plays"][:1] * 2}, "the id key_user_handover is given twice"),
        ({"plays": [{**CONTENT["plays"][0], "title": CONTENT["plays"][1]["title"]}, CONTENT["plays"][1]]}, "the same title"),
        ({"plays": []}, "plays: list should have at least 1 item"),
        ({"plays": [{name: v for name, v in CONTENT["plays"][0].items() if name != "days"}]}, "days is missing; add it"),
    ],
)
def test_every_mistake_is_one_sentence(tmp_path, content, said):
    path = tmp_path / "plays.yaml"
    path.write_text(yaml.safe_dump(content, allow_unicode=True))
    with pytest.raises(RenewcastError) as refused:
        load_library(path)
    assert said in str(refused.value) and "\n" not in str(refused.value)


def test_a_key_given_twice_names_the_file(tmp_path):
    path = tmp_path / "plays.yaml"
    path.write_text("plays: []\nplays: []\n")
    with pytest.raises(RenewcastError, match=r"^plays\.yaml line 1: key 'plays' is given twice"):
        load_library(path)


def test_what_was_measured_counts_with_its_weight_and_only_for_its_play():
    library = Library.model_validate(CONTENT)
    measured = {"as_of": "2026-01-05", "plays": {"usage_review": {"estimate": -1.0, "standard_error": 0.1, "treated": 90}}}
    found = in_force(library, measured)
    prior = next(play.effect for play in library.plays if play.id == "usage_review")
    assert -1.0 < found["usage_review"]["effect"] < prior.log_odds
    assert found["usage_review"]["effect_high"] - found["usage_review"]["effect_low"] < prior.high - prior.low
    assert found["usage_review"]["effect_from"] == "measured" and found["payment_call"]["effect_from"] == "assumed"
