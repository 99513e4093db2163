"""Ties: what another training could turn round is not called an order."""

import numpy as np
import pandas as pd
import pytest

from renewcast.explanation.attribution import Attribution
from renewcast.explanation.ties import rank_drivers, ties_of

NAMES = ["a", "b", "c", "d", "e"]


def ranked(totals, fits=None):
    totals = np.array([totals])
    fits = np.zeros((0, 0, 1)) if fits is None else np.array(fits, dtype=float)[:, :, None]
    attribution = Attribution(np.zeros(1), np.zeros(1), pd.DataFrame(), None, fits, tuple(NAMES[: fits.shape[1]]))
    found = rank_drivers(attribution, NAMES[: totals.shape[1]], totals)
    return [NAMES[at] for at in found.order[0]], ties_of(found, 3, NAMES)[0]


@pytest.mark.parametrize(
    ("totals", "order", "ties"),
    [
        ([0.1, 0.2, 0.05], "bac", None),
        ([0.2, 0.2, 0.05], "abc", "1 = 2"),
        ([0.05, 0.2003, 0.2], "bca", "1 = 2"),
        ([0.1, 0.1, 0.1], "abc", "1 = 2 = 3"),
        ([0.3, 0.2, 0.1001, 0.1003], "abcd", "3 = d"),
        ([0.3, 0.3, 0.1001, 0.1003], "abcd", "1 = 2; 3 = d"),
        ([0.1004, 0.1002, 0.1, 0.1, 0.05], "abcde", "1 = 2 = 3 = d"),
        ([-0.1, -0.1, -0.1], "abc", None),  # what lowers the probability is no reason
        ([0.3, 0.00005, 0.00005], "abc", None),
        ([0.1, 0.1009, 0.1005], "bca", "1 = 2"),  # the leader counts, a chain does not
    ],
)
def test_points_that_look_alike_are_tied_and_stand_by_name(totals, order, ties):
    found, told = ranked(totals)
    assert "".join(found) == order and told == ties


def test_drivers_are_tied_as_far_as_the_fits_disagree_on_their_difference():
    # The difference of a and b is 0.00 in half of the fits and 0.04 in the others: standard error 0.0214 / 2 of the mean.
    fits = [[0.1 + 0.04 * (fit % 2), 0.08, 0.0] for fit in range(8)]
    assert ranked([0.12, 0.10, 0.01], fits) == (["a", "b", "c"], "1 = 2")
    assert ranked([0.12, 0.0985, 0.01], fits)[1] is None


def test_noise_that_moves_two_drivers_together_does_not_tie_them():
    fits = [[0.1 + 0.04 * (fit % 2), 0.08 + 0.04 * (fit % 2), 0.0] for fit in range(8)]
    assert ranked([0.12, 0.10, 0.01], fits)[1] is None


def test_the_order_holds_still_where_the_noise_turns_it_round():
    fits = [[0.1 + 0.04 * (fit % 2), 0.08, 0.0] for fit in range(8)]
    assert ranked([0.12, 0.11, 0.01], fits) == ranked([0.11, 0.12, 0.01], fits)


def test_a_row_is_ranked_the_same_in_any_batch():
    generator = np.random.default_rng(3)
    totals, fits = generator.normal(0.0, 0.05, (60, 5)), generator.normal(0.0, 0.02, (8, 5, 60))
    nothing = np.zeros(60)
    whole = rank_drivers(Attribution(nothing, nothing, pd.DataFrame(), None, fits, tuple(NAMES)), NAMES, totals)
    for row in range(0, 60, 7):
        one = Attribution(nothing[:1], nothing[:1], pd.DataFrame(), None, fits[:, :, [row]], tuple(NAMES))
        alone = rank_drivers(one, NAMES, totals[[row]])
        assert np.array_equal(alone.order[0], whole.order[row]) and np.array_equal(alone.group[0], whole.group[row])
