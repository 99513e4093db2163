"""Who would move if the challenger were in force."""

import numpy as np
import pytest

from renewcast.scoring.shadow import shadow, summary


def test_the_same_model_moves_nobody():
    told = summary(shadow([f"A{n:02d}" for n in range(30)], np.linspace(0, 1, 30), np.linspace(0, 1, 30)))
    assert (told["enter"], told["leave"], told["largest_change"], told["top"]) == (0, 0, 0.0, 3)
    assert told["rank_correlation"] == pytest.approx(1.0)


def test_as_many_enter_the_riskiest_tenth_as_leave_it():
    generator = np.random.default_rng(3)
    frame = shadow([f"A{n:02d}" for n in range(77)], generator.random(77), generator.random(77))
    told = summary(frame)
    assert told["enter"] == told["leave"] > 0 and told["top"] == 8
    assert sorted(frame["challenger_rank"]) == sorted(frame["champion_rank"]) == list(range(1, 78))
    distances = [abs(one["challenger_probability"] - one["champion_probability"]) for one in told["movers"]]
    assert distances == sorted(distances, reverse=True) and distances[0] == pytest.approx(told["largest_change"])


def test_where_everybody_carries_the_base_rate_there_is_no_rank_correlation():
    told = summary(shadow(["A", "B"], [0.1, 0.1], [0.2, 0.4]))
    assert told["rank_correlation"] is None and told["mean_change"] == pytest.approx(0.2)


def test_nobody_scored_is_an_empty_shadow():
    assert summary(shadow([], [], []))["accounts"] == 0
