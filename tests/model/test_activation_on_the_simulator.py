"""The planted friction is learned: signs of the steps, a chance that rises with the index, a cut at 0 that holds."""

import os

import numpy as np
import pytest
from freemium_frames import blocks_of, company_of, counted_of, dates_of, drawn, motion_of

from renewcast.markets.early_steps import at_risk
from renewcast.markets.free_panel import free_panel
from renewcast.markets.friction_check import learn_and_check
from renewcast.markets.handover import handover
from renewcast.simulate.freemium_purchases import ACTIVE_THRESHOLD

DEEP = os.environ.get("RENEWCAST_DEEP") == "1"
SEEDS = 100 if DEEP else 4


def learned(seed: int):
    frames = drawn(seed)
    dates = dates_of(frames)
    rows = at_risk(dates, frames["today"])
    rows = rows[rows["is_over"] & (motion_of(frames).reindex(rows.index) == "product_led")]
    counted = counted_of(frames).reindex(rows.index, fill_value=0)
    return learn_and_check(counted, rows["activated"], rows["signed_up"].to_numpy()), frames["truth_steps"].set_index("step")[
        "points"
    ]


def test_signs_are_those_that_were_planted_and_activation_rises_with_the_index():
    signs, sure, wrong, monotone, calibrated = [], [], [], [], []
    above, below = np.zeros(2), np.zeros(2)
    for seed in range(SEEDS):
        checked, truth = learned(seed)
        truth = truth[truth != 0]
        steps = checked.friction.steps.set_index("step").reindex(truth.index)
        signs += (np.sign(steps["points"]) == np.sign(truth)).tolist()
        sure += (np.sign(steps["size"]) == np.sign(truth)).tolist()
        wrong += (np.sign(steps["size"]) == -np.sign(truth)).tolist()
        monotone.append(checked.is_monotone)
        calibrated.append(checked.is_calibrated)
        told = checked.verdicts.set_index("verdict")
        above += told.loc["can_activate", ["activated", "accounts"]].to_numpy(dtype=float)
        below += told.loc["failed", ["activated", "accounts"]].to_numpy(dtype=float)
    print(
        f"signs right {np.mean(signs):.3f}, sure and right {np.mean(sure):.3f}, sure and wrong {np.mean(wrong):.3f}, "
        f"monotone {np.mean(monotone):.2f}, calibrated {np.mean(calibrated):.2f}, "
        f"activated above 0 {above[0] / above[1]:.3f}, below {below[0] / below[1]:.3f}"
    )
    assert np.mean(signs) >= 0.9 and np.mean(sure) >= 0.85 and np.mean(wrong) <= 0.02
    assert np.mean(monotone) >= 0.9 and np.mean(calibrated) >= 0.9
    assert above[0] / above[1] > 0.5 > below[0] / below[1]


@pytest.mark.skipif(not DEEP, reason="many large companies: RENEWCAST_DEEP=1")
def test_the_threshold_of_the_hand_over_is_found():
    found = []
    for seed in range(50):
        frames = drawn(seed, accounts=4000)
        panel = free_panel(dates_of(frames), motion_of(frames), company_of(frames), blocks_of(frames), frames["today"])
        found.append(handover(panel, seed=1, draws=100))
    near = [abs(one.threshold - ACTIVE_THRESHOLD) <= 1 for one in found]
    inside = [one.threshold_low <= ACTIVE_THRESHOLD <= one.threshold_high for one in found]
    print(f"within one of the planted threshold {np.mean(near):.2f}, in the interval {np.mean(inside):.2f}")
    assert np.mean(near) >= 0.7 and np.mean(inside) >= 0.85
