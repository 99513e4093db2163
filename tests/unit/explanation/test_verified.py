"""A sentence is read back: what was written is true, and whatever is changed in it is found."""

import dataclasses
import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renewcast.explanation.phrases import sentence
from renewcast.explanation.verified import is_true
from renewcast.features.catalogue import everything

SPECS = everything((7, 28, 91))
NUMBERS = st.one_of(
    st.integers(0, 10**7).map(float),
    st.floats(-3, 3),
    st.floats(0, 10**6),
    st.sampled_from([0.0, 0.005, 0.015, 0.05, 99.95, 0.5]),
)


def given_to(spec, value, typical, recent):
    """What a sentence of this feature is made from."""
    if spec.is_categorical:
        return "51-200", "1", None
    if spec.form == "trend":
        return math.log1p(abs(value)) * (1 if typical > 1 else -1), typical, abs(recent) if spec.beside else None
    return value, typical, None


@given(spec=st.sampled_from(SPECS), value=NUMBERS, typical=NUMBERS, recent=NUMBERS, language=st.sampled_from(["en", "zh"]))
def test_what_was_written_is_true(spec, value, typical, recent, language):
    value, typical, recent = given_to(spec, value, typical, recent)
    text = sentence(spec, value, typical, language, "USD", recent)
    assert is_true(text, spec, value, typical, language, "USD", recent), text


@given(
    spec=st.sampled_from([one for one in SPECS if not one.is_categorical]), value=NUMBERS, typical=NUMBERS, recent=NUMBERS,
    language=st.sampled_from(["en", "zh"]), place=st.integers(0, 9),
)  # fmt: skip
def test_another_number_anywhere_in_it_is_found(spec, value, typical, recent, language, place):
    value, typical, recent = given_to(spec, value, typical, recent)
    text = sentence(spec, value, typical, language, "USD", recent)
    numbers = list(re.finditer(r"\d[\d,]*(?:\.\d+)?", text))
    if not numbers:
        return
    changed = numbers[place % len(numbers)]
    # More than one unit of the last digit away, whichever way the number was rounded.
    other = f"{float(changed.group().replace(',', '')) + 2:,.1f}".removesuffix(".0")
    wrong = text[: changed.start()] + other + text[changed.end() :]
    assert not is_true(wrong, spec, value, typical, language, "USD", recent), wrong


@pytest.mark.parametrize("language", ["en", "zh"])
def test_fell_and_rose_must_be_so_and_unknown_must_be_unknown(language):
    trend = next(one for one in SPECS if one.name == "usage_events_trend_28d")
    fell, rose = (sentence(trend, value, 0.0, language, "USD", 5.0) for value in (-1.0, 1.0))
    assert is_true(fell, trend, -1.0, 0.0, language, "USD", 5.0) and is_true(rose, trend, 1.0, 0.0, language, "USD", 5.0)
    word = {"en": (" fell ", " rose "), "zh": ("降至", "升至")}[language]
    assert not is_true(fell.replace(*word), trend, -1.0, 0.0, language, "USD", 5.0)
    unknown = sentence(trend, None, 0.0, language, "USD")
    assert is_true(unknown, trend, None, 0.0, language, "USD") and not is_true(unknown, trend, 0.5, 0.0, language, "USD", 5.0)
    assert not is_true(fell, trend, None, 0.0, language, "USD", 5.0)


def test_a_text_must_be_the_accounts_own():
    region = next(one for one in SPECS if one.name == "region")
    assert is_true("Region: DE 2", region, "DE 2", "FR", "en", "USD")
    assert not is_true("Region: DE 2", region, "DE 3", "FR", "en", "USD")


def test_numbers_in_a_features_name_are_not_read():
    score = next(one for one in SPECS if one.name == "willingness_last")
    named = dataclasses.replace(score, meaning="rank (of 3) in 7 (+) regions?")
    text = sentence(named, -2.0, 1.0, "en", "USD")
    assert text == "Rank (of 3) in 7 (+) regions?: -2 (typical account: 1)" and is_true(text, named, -2.0, 1.0, "en", "USD")
