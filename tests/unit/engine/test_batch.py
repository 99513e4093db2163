"""What a batch of rows says of its places is what looking at the rows one by one says, near to each other or far apart."""

from collections import Counter

import numpy as np
import pyarrow as pa
import pytest

from renewcast.engine.batch import Batch

ACCOUNTS = 7
TEXTS = [None, "view", "edit", "", "👁"]


def drawn(seed: int, weeks: int, n_texts: int, share_apart: float, rows: int = 400):
    """Draw a batch and its rows as tuples (week, account, weekday, text, flag, number) of those that do not stand apart."""
    rng = np.random.default_rng([seed, 11])
    text = [TEXTS[code] if code < len(TEXTS) else f"text {code}" for code in rng.integers(0 if seed % 2 else 1, n_texts, rows)]
    flag = [[True, False, None][code] for code in rng.integers(3 if seed % 2 else 2, size=rows)]
    number = rng.integers(-5, 1000, rows).astype("float64")
    account, week, weekday = (rng.integers(high, size=rows).astype("int32") for high in (ACCOUNTS, weeks, 7))
    apart = np.flatnonzero(rng.random(rows) < share_apart)
    week[apart] = weeks
    table = pa.table({"text": pa.array(text, pa.string()).dictionary_encode(), "flag": pa.array(flag, pa.bool_())})
    told = list(zip(*(part.tolist() for part in (week, account, weekday)), text, flag, number.tolist(), strict=True))
    return Batch(table, account, week, weekday, apart, ACCOUNTS), [row for row in told if row[0] < weeks], number


def on_grid(batch, totals, weeks: int) -> dict:
    """Return what is not zero, by week and account."""
    grid = np.zeros(weeks * ACCOUNTS)
    grid[batch.where] += totals
    return {divmod(int(place), ACCOUNTS): grid[place] for place in np.flatnonzero(grid)}


CASES = [(0, 3, 4, 0), (1, 3, 5, 0.3), (2, 30, 5, 0.01), (3, 1500, 5, 0.2), (4, 1500, 3, 0), (5, 3, 300, 0.1), (6, 60, 4, 0.97)]


@pytest.mark.parametrize(("seed", "weeks", "n_texts", "share_apart"), CASES)
def test_counts_sums_and_days_are_those_of_the_rows(seed, weeks, n_texts, share_apart):
    batch, rows, number = drawn(seed, weeks, n_texts, share_apart)
    assert on_grid(batch, batch.counts(), weeks) == Counter(row[:2] for row in rows)
    sums, days, days_of_flag = Counter(), Counter(), Counter()
    for week, account, weekday, _, flag, value in rows:
        sums[week, account] += value
        days[week, account] |= 1 << weekday
        days_of_flag[week, account] |= (1 << weekday) if flag else 0
    assert on_grid(batch, batch.sums(number), weeks) == {place: total for place, total in sums.items() if total}
    assert on_grid(batch, batch.days(), weeks) == days
    flags = np.array(batch.rows["flag"].fill_null(False))
    assert on_grid(batch, batch.days(flags), weeks) == {place: bits for place, bits in days_of_flag.items() if bits}


@pytest.mark.parametrize(("seed", "weeks", "n_texts", "share_apart"), CASES)
@pytest.mark.parametrize("name", ["text", "flag"])
def test_tallies_and_sights_are_those_of_the_rows(name, seed, weeks, n_texts, share_apart):
    batch, rows, _ = drawn(seed, weeks, n_texts, share_apart)
    of_name = {"text": 3, "flag": 4}[name]
    different = [*batch.codes(name)[0].to_pylist(), None]
    assert [different[code] for code in batch.codes(name)[1]] == batch.rows[name].to_pylist()
    tally = batch.tally(name)
    # So many different values are for the caller to count in another way.
    assert (tally is None) == (len(different) > 100)
    for code, counts in enumerate(() if tally is None else tally):
        assert on_grid(batch, counts, weeks) == Counter(row[:2] for row in rows if row[of_name] == different[code])
    seen = {(different[code], int(account), int(week)) for code, account, week in zip(*batch.sights(name), strict=True)}
    wanted = {(row[of_name], row[1], row[0]) for row in rows if row[of_name] is not None}
    assert {sight for sight in seen if sight[2] < weeks} == wanted


def test_rows_that_are_taken_keep_their_values():
    batch, _, _ = drawn(seed=1, weeks=3, n_texts=5, share_apart=0.3)
    chosen = np.array([3, 200, 201])
    for looked_at in (False, True):
        different, code = batch.take(chosen).codes("text")
        assert [[*different.to_pylist(), None][place] for place in code] == batch.rows["text"].take(chosen).to_pylist()
        assert (different is batch.codes("text")[0]) == looked_at
