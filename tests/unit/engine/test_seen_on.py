"""What some days see of a table at once is what each of them sees of it alone."""

import datetime as dt

import ibis
import numpy as np
import pandas as pd
import pytest

from renewcast.engine.visibility import known_by, seen_on

FIRST = dt.datetime(2026, 1, 5)


@pytest.mark.parametrize("days", [[0], [0, 7, 14], [3, 3, 20]])
def test_each_day_sees_the_rows_that_it_would_see_alone(days):
    rng = np.random.default_rng(0)
    known, lasts = rng.integers(-10, 25, 300), rng.integers(0, 20, 300)
    frame = pd.DataFrame({"row": np.arange(300), "known_at": pd.Timestamp(FIRST) + pd.to_timedelta(known, "D")})
    frame["superseded_at"] = (frame["known_at"] + pd.to_timedelta(lasts, "D")).where(rng.random(300) < 0.5)
    table, instants = ibis.memtable(frame), [FIRST + dt.timedelta(days=day) for day in days]
    found = seen_on(table, instants).to_pandas()
    for place, instant in enumerate(instants):
        alone = known_by(table, instant).to_pandas()
        here = found[(found["seen_from"] <= place) & (place < found["seen_until"])]
        assert sorted(here["row"]) == sorted(alone["row"]) and len(alone)
