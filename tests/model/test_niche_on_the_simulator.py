"""The planted niche is found, and where none was planted none is declared."""

import os

import pytest
from freemium_frames import drawn, motion_of, prospects_of

from renewcast.markets.niches import find_niches

DEEP = os.environ.get("RENEWCAST_DEEP") == "1"
SEEDS = 100 if DEEP else 4
PLANTED = ("healthcare", "51-200")


def found(seed: int, niche):
    frames = drawn(seed, niche=niche)
    return find_niches(prospects_of(frames, motion=motion_of(frames)), seed=1, draws=40).segments


def test_the_planted_niche_stands_first_in_nine_companies_of_ten():
    first = [found(seed, PLANTED) for seed in range(SEEDS)]
    told = [table["segment"].iloc[0] == " · ".join(PLANTED) for table in first]
    declared = [bool(table.set_index("segment").loc[" · ".join(PLANTED), "is_niche"]) for table in first]
    others = [bool(table.loc[table["segment"] != " · ".join(PLANTED), "is_niche"].any()) for table in first]
    print(f"first in {sum(told)}, declared in {sum(declared)}, another declared in {sum(others)} of {SEEDS}")
    assert sum(told) >= 0.9 * SEEDS
    assert sum(declared) >= 0.7 * SEEDS
    assert sum(others) <= 0.1 * SEEDS


def test_no_niche_is_declared_where_none_was_planted():
    false = [bool(found(1000 + seed, None)["is_niche"].any()) for seed in range(SEEDS)]
    print(f"false niches in {sum(false)} of {SEEDS}")
    assert sum(false) <= 0.1 * SEEDS


@pytest.mark.skipif(not DEEP, reason="many seeds: RENEWCAST_DEEP=1")
def test_small_companies_declare_nothing_either():
    false = 0
    for seed in range(SEEDS):
        frames = drawn(2000 + seed, niche=None, accounts=700)
        table = find_niches(prospects_of(frames, motion=motion_of(frames)), seed=1, draws=20).segments
        false += bool(table["is_niche"].any())
    print(f"false niches in {false} of {SEEDS} small companies")
    assert false <= 0.1 * SEEDS
