"""What is read at one snapshot alone is what the running sums over all snapshots say there."""

import numpy as np
import pytest

from renewcast.engine.accumulate import Days, Distincts, Sums
from renewcast.engine.extremes import extreme_at, running_extreme
from renewcast.engine.facts import EARLIEST, FOREVER, Facts, MeasureCells

ACCOUNTS, SNAPSHOTS = 5, 9


@pytest.fixture(scope="module", params=range(4))
def facts(request):
    """Prompt, late, replaced and ended facts, some of them from long before the first snapshot."""
    chance = np.random.default_rng(request.param)
    owner, happened = chance.integers(ACCOUNTS, size=60), chance.integers(-6, SNAPSHOTS, size=60)
    happened[:2] = EARLIEST - 3
    enter = happened + 1 + chance.integers(4, size=60) * (chance.random(60) < 0.4)
    gone = np.where(chance.random(60) < 0.3, enter + chance.integers(1, 5, size=60), FOREVER)
    seen = (enter < SNAPSHOTS) & (enter < gone)
    return Facts(*(np.asarray(part[seen], dtype="int32") for part in (owner, happened, enter, gone)))


def measured(facts, together, value):
    weeks = facts.prompt.weeks(together, value[facts.is_prompt], ACCOUNTS, SNAPSHOTS)
    return MeasureCells(weeks, facts.late, value[~facts.is_prompt])


@pytest.mark.parametrize("weeks", [None, 1, 3])
@pytest.mark.parametrize("skip", [0, 2])
@pytest.mark.parametrize("together", ["sum", "any", "days"])
def test_a_window_at_one_snapshot_is_that_of_all_snapshots(facts, together, weeks, skip):
    value = {"sum": facts.owner * 7 - facts.enter, "any": np.ones(len(facts.owner)), "days": facts.owner + 1}[together]
    cells = measured(facts, together, value)
    if together == "any":
        windows = Distincts(cells.weeks, cells.late, np.arange(ACCOUNTS) // 2, 3, SNAPSHOTS)
    else:
        windows = {"sum": Sums, "days": Days}[together](cells.weeks, cells.late, cells.late_value, ACCOUNTS, SNAPSHOTS)
    everywhere = windows.read(np.arange(SNAPSHOTS), weeks, skip)
    for snapshot in range(SNAPSHOTS):
        np.testing.assert_array_equal(windows.read(np.array([snapshot]), weeks, skip)[:, 0], everywhere[:, snapshot])


def test_the_largest_at_one_snapshot_is_that_of_the_running_maximum(facts):
    cells = measured(facts, "largest", facts.owner * 11 - facts.happened)
    everywhere = running_extreme(cells.weeks, cells.late, cells.late_value, ACCOUNTS, SNAPSHOTS)
    for snapshot in range(SNAPSHOTS):
        alone = extreme_at(cells.weeks, cells.late, cells.late_value, ACCOUNTS, snapshot)
        np.testing.assert_array_equal(alone, everywhere[:, snapshot])
