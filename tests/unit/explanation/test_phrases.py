"""Sentences: one form, one value, one language at a time."""

import dataclasses
import math

import pytest

from renewcast.explanation.phrases import number, sentence
from renewcast.features import FeatureSpec
from renewcast.features.catalogue import everything


def said(form, value, typical=None, *, unit="count", window=28, language="en", categorical=False, recent=None):
    spec = FeatureSpec("x", "usage", "usage events", "使用事件", unit, "usage", window, "0", form, "kernel", categorical)
    return sentence(dataclasses.replace(spec, recent_days=7), value, typical, language, "EUR", recent)


@pytest.mark.parametrize(
    ("form", "value", "more", "text"),
    [
        ("window", 12.0, {"typical": 40.0}, "Usage events in the last 28 days: 12 (typical account: 40)"),
        ("window", 0.0, {}, "Usage events in the last 28 days: 0"),
        ("share", 0.256, {"unit": "share", "typical": 0.5}, "Usage events over 28 days: 26 % (typical account: 50 %)"),
        ("mean", 3.14159, {"unit": "score"}, "Usage events over 28 days: 3.1"),
        ("level", 1234.4, {"unit": "money", "window": None}, "Usage events: EUR 1,234"),
        ("recency", 45.0, {"unit": "days", "typical": 1.0}, "45 days since the last usage events (typical account: 1)"),
        ("recency", math.nan, {"unit": "days"}, "No usage events on record"),
        ("level", None, {}, "Usage events: not known"),
        ("text", "retail", {"categorical": True, "typical": "bank"}, "Usage events: retail"),
        ("trend", math.log(0.25), {}, "Usage events is 75 % below that of 28 days ago"),
        ("trend", math.log(2), {}, "Usage events is 100 % above that of 28 days ago"),
        ("trend", 0.001, {}, "Usage events is that of 28 days ago"),
        ("trend", math.nan, {}, "Usage events: no past to compare with"),
        ("trend", math.log(3 / 11), {"recent": 2.0},
         "Usage events fell to 2 in the last 7 days, from 10 per 7 days in the 21 days before"),
        ("trend", math.log(2), {"recent": 5.0},
         "Usage events rose to 5 in the last 7 days, from 2 per 7 days in the 21 days before"),
        ("trend", 0.0, {"recent": 4.0}, "Usage events in the last 7 days: 4, as before"),
        ("window", 12.0, {"typical": math.nan}, "Usage events in the last 28 days: 12"),
        ("window", 12.0, {"language": "zh", "typical": 40.0}, "近28天使用事件：12（典型客户：40）"),
        ("trend", math.log(0.25), {"language": "zh"}, "使用事件比28天前低75%"),
        ("trend", math.log(3 / 11), {"language": "zh", "recent": 2.0}, "近7天使用事件降至2，此前21天平均每7天为10"),
        ("recency", math.nan, {"language": "zh"}, "没有使用事件记录"),
    ],
)  # fmt: skip
def test_a_value_is_said_in_a_sentence(form, value, more, text):
    assert said(form, value, **more) == text


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (0.0, "share", "0 %"), (1.0, "share", "100 %"), (0.004, "share", "0 %"), (-5.0, "money", "EUR -5"),
        (1e6, "money", "EUR 1,000,000"),
        (12.0, "score", "12"), (12.34, "score", "12.3"), (123.4, "units", "123"), (2.6, "days", "3"), ("DE", "text", "DE"),
    ],
)  # fmt: skip
def test_a_number_is_written_in_its_unit(value, unit, text):
    assert number(value, unit, "EUR") == text


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_feature_can_be_said_with_a_value_and_without(language):
    for spec in everything((7, 28, 91)):
        for value in ("retail" if spec.is_categorical else 1.5, None):
            text = sentence(spec, value, None, language, "EUR")
            assert text and "{" not in text and " nan" not in text and "None" not in text, spec.name
