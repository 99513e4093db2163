"""The cut: outcome windows of what is fitted never reach into what is looked at, on any calendar."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from renewcast.errors import RenewcastError
from renewcast.estimators._definition import TrainingRows
from renewcast.estimators.splits import cut


def calendar(weeks, accounts=40, seed=0):
    generator = np.random.default_rng(seed)
    as_of = np.tile(np.datetime64("2023-01-02", "s") + np.array(sorted(weeks)) * np.timedelta64(7, "D"), accounts)
    names = np.repeat([f"A{number:03d}" for number in range(accounts)], len(weeks))
    label = generator.random(len(names)) < 0.4
    return TrainingRows(pd.DataFrame(index=range(len(names))), label, names, names, as_of, np.zeros(len(names), dtype=bool))


@settings(max_examples=150, deadline=None)
@given(
    st.sets(st.integers(0, 150), min_size=2, max_size=40),
    st.integers(1, 40),
    st.integers(1, 40),
    st.integers(1, 200),
)
def test_no_outcome_window_reaches_from_what_is_fitted_into_what_is_looked_at(weeks, test_weeks, calibration_weeks, embargo):
    rows = calendar(weeks)
    try:
        splits = cut(rows, test_weeks=test_weeks, calibration_weeks=calibration_weeks, embargo_days=embargo, seed=0)
    except RenewcastError:
        return
    gap = np.timedelta64(embargo, "D")
    assert not (splits.development & splits.test).any()
    assert rows.as_of[splits.development].max() + gap <= rows.as_of[splits.test].min()
    assert len(splits.slices) <= 3
    for one in splits.slices:
        assert not (one.look & ~splits.development).any() and not (one.fit & ~splits.development).any()
        assert rows.as_of[one.fit].max() + gap <= rows.as_of[one.look].min()
    for earlier, later in zip(splits.slices, splits.slices[1:], strict=False):
        assert rows.as_of[earlier.look].max() < rows.as_of[later.look].min()


def test_a_short_history_has_fewer_slices_or_none():
    assert len(cut(calendar(range(60)), test_weeks=10, calibration_weeks=12, embargo_days=84, seed=0).slices) == 3
    assert len(cut(calendar(range(40)), test_weeks=10, calibration_weeks=15, embargo_days=84, seed=0).slices) == 1
    assert cut(calendar(range(24)), test_weeks=10, calibration_weeks=12, embargo_days=84, seed=0).slices == ()


def test_a_history_with_nothing_to_train_on_is_refused():
    with pytest.raises(RenewcastError, match="span 9 weeks"):
        cut(calendar(range(10)), test_weeks=10, calibration_weeks=12, embargo_days=84, seed=0)


def test_one_date_is_cut_by_whole_groups_and_seed_zero_is_a_seed():
    rows = calendar([0], accounts=400)
    families = [f"P{at // 4}" for at in range(400)]
    parents = TrainingRows(rows.features, rows.label, rows.account_id, families, rows.as_of, rows.gated)
    splits = [cut(parents, test_weeks=1, calibration_weeks=1, embargo_days=1, seed=seed) for seed in (0, 0, 1)]
    assert np.array_equal(splits[0].test, splits[1].test) and not np.array_equal(splits[0].test, splits[2].test)
    pairs = [(splits[0].development, splits[0].test)] + [(one.fit, one.look) for one in splits[0].slices]
    assert len(splits[0].slices) == 4 and not any(set(parents.group[a]) & set(parents.group[b]) for a, b in pairs)
