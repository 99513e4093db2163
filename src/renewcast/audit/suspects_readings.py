"""What a column says of each account at its snapshot: its readings, over exactly the rows that the engine shows then."""

import dataclasses
from collections.abc import Iterator

import numpy as np

from renewcast.engine.visibility import visible_rows

FEWEST_OF_A_LEVEL = 8
"""A level that fewer accounts carry proves nothing."""
MOST_LEVELS = 200
FEW_VALUES = 20


@dataclasses.dataclass(frozen=True, eq=False)
class Reading:
    """One way to read one column, for every row of a panel.

    Attributes
    ----------
    table, column : str
        ``column`` is None where the rows as such are read.
    words : str
        What is read, for the sentence: "the last value", "the level 'gold'".
    kind : {"value", "missing", "level"}
        A number to rank by; a share of empty cells or of absent rows; who carries a mark (1) and who does not (0).
    values : array of float, shape (n_accounts,)
        NaN: nothing to read.
    feature : str, optional
        Where a feature is read rather than a column.
    """

    table: str
    column: str | None
    words: str
    kind: str
    values: np.ndarray
    feature: str | None = None


def readings(view, table: str, panel, mapped: set[str]) -> Iterator[Reading]:
    """Read every mapped column of one staged table as it was known at the panel's snapshots.

    Parameters
    ----------
    view : renewcast.datasets.view.View
    table : str
        A staged table.
    panel : renewcast.audit.suspects_panel.Panel
    mapped : set of str
        The columns that hold anything.

    Yields
    ------
    Reading
    """
    contract = view.store.contracts[table]
    names = [name for name in contract.columns if name in mapped and name != "account_id"]
    rows = _visible(view.store.tables[table], contract, panel, names)
    size = len(panel.rows)
    seen = np.bincount(rows["row"], minlength=size)
    yield Reading(table, None, "the number of rows", "value", seen.astype(float))
    yield from _marks(table, None, "that no row is there", "that a row is there", seen == 0)
    for name in names:
        yield from _of_column(table, name, contract.columns[name], rows, size)
    if {"starts_on", "ends_on"} <= set(names):
        yield from _of_ends(table, rows, size)


def _visible(table, contract, panel, names):
    """Fetch the visible rows, in an order that nothing but their content decides; ``row`` is the place in the panel."""
    import ibis
    import pandas as pd

    snapshots = panel.rows.assign(as_of=panel.rows["as_of"].astype("datetime64[us]"))
    rows = visible_rows(table, ibis.memtable(snapshots), contract)
    casts = {name: rows[name].cast("float64") for name in names if rows[name].type().is_decimal()}
    casts |= {name: rows[name].cast("timestamp") for name in names if rows[name].type().is_date()}
    rows = rows.mutate(**casts).select("account_id", "as_of", "known_at", *names)
    when = [name for name in (contract.event_time, "known_at") if name in (*names, "known_at")]
    frame = rows.order_by([*when, *[name for name in names if name not in when]]).to_pandas()
    place = pd.Series(np.arange(len(panel.rows)), index=pd.MultiIndex.from_frame(snapshots))
    frame["as_of"] = frame["as_of"].astype("datetime64[us]")
    frame["row"] = place.reindex(pd.MultiIndex.from_frame(frame[["account_id", "as_of"]])).to_numpy()
    return frame


def _of_column(table, name, column, rows, size) -> Iterator[Reading]:
    cells, where = rows[name], rows["row"].to_numpy()
    filled = cells.notna().to_numpy()
    share = _mean(where, (~filled).astype(float), size)
    yield Reading(table, name, "the share of empty cells", "missing", share)
    yield from _marks(table, name, "that it is empty", "that it is filled in", share == 1.0, ~np.isnan(share))
    cells, at, as_of = cells[filled], where[filled], rows["as_of"][filled]
    if column.type == "text":
        yield from _of_texts(table, name, column, cells.astype(str), at, size)
        return
    if column.type in ("timestamp", "date"):
        days = (as_of - cells.astype("datetime64[us]")).dt.total_seconds().to_numpy() / 86_400.0
        yield from _of_numbers(table, name, days, at, size, "days since ")
        second = (cells.astype("datetime64[us]") - cells.astype("datetime64[us]").dt.normalize()).dt.total_seconds().to_numpy()
        if column.type == "timestamp":
            yield Reading(table, name, "the last time of day", "value", _last(at, second, size))
        yield from levels_of(table, name, "day of the month ", cells.dt.day.astype(str).to_numpy(), at, size)
        return
    numbers = cells.astype("float64").to_numpy()
    yield from _of_numbers(table, name, numbers, at, size, "")
    if column.type in ("money", "number"):
        last_digit = np.round(np.abs(numbers) * 100).astype(np.int64) % 10
        yield from levels_of(table, name, "second decimal ", last_digit.astype(str), at, size)
    yield from levels_of(table, name, "sign ", np.sign(numbers).astype(int).astype(str), at, size)
    if len(np.unique(numbers)) <= FEW_VALUES:
        yield from levels_of(table, name, "value ", numbers.astype(str), at, size)


def _of_numbers(table, name, numbers, at, size, before) -> Iterator[Reading]:
    for words, values in (
        ("last", _last(at, numbers, size)),
        ("smallest", _extreme(at, numbers, size, np.minimum)),
        ("largest", _extreme(at, numbers, size, np.maximum)),
        ("mean", _mean(at, numbers, size)),
    ):
        yield Reading(table, name, f"the {words} {before}value".replace("days since value", "age in days"), "value", values)


def _of_texts(table, name, column, texts, at, size) -> Iterator[Reading]:
    import pandas as pd

    distinct, code = np.unique(texts.to_numpy(dtype=object), return_inverse=True)
    plain = pd.Series(distinct, dtype=object)
    yield Reading(table, name, "the length of the text", "value", _last(at, plain.str.len().to_numpy(float)[code], size))
    digits = plain.str.extract(r"(\d{1,15})", expand=False).astype("float64").to_numpy()
    yield Reading(table, name, "the number inside the text", "value", _last(at, digits[code], size))
    shape = plain.map(writing_of).to_numpy(dtype=object)
    yield from levels_of(table, name, "writing ", shape[code], at, size)
    if column.is_id:
        return
    yield from levels_of(table, name, "level ", distinct[code], at, size)
    if len(distinct) > FEW_VALUES:
        words = plain.str.lower().str.split(r"[^\w]+", regex=True)
        pairs = pd.DataFrame({"row": at, "word": words.to_numpy()[code]}).explode("word")
        pairs = pairs[pairs["word"].fillna("") != ""]
        yield from levels_of(table, name, "word ", pairs["word"].to_numpy(dtype=object), pairs["row"].to_numpy(), size)


def writing_of(text: str) -> str:
    """Say how a text is written: its case and what stands at its ends, not what it says."""
    case = "upper" if text.isupper() else "lower" if text.islower() else "mixed"
    ends = "".join("0" if end.isdigit() else "a" if end.isalpha() else end for end in (text[:1], text[-1:]))
    return f"{case} case, ends {ends}"


def _of_ends(table, rows, size) -> Iterator[Reading]:
    """Read whether terms end on the day of the month on which one of the account's began: one that was cut short seldom does."""
    import pandas as pd

    terms = rows.dropna(subset=["starts_on", "ends_on"])
    days = pd.DataFrame({"row": terms["row"], "start": terms["starts_on"].dt.day, "end": terms["ends_on"].dt.day})
    is_last = terms["ends_on"].dt.is_month_end.to_numpy()
    pairs = days[["row", "end"]].drop_duplicates().merge(days[["row", "start"]].drop_duplicates(), on="row")
    distance = (pairs["end"] - pairs["start"]).abs()
    pairs["distance"] = np.minimum(distance, 31 - distance)
    nearest = pairs.groupby(["row", "end"])["distance"].min()
    at = days["row"].to_numpy()
    off = nearest.reindex(pd.MultiIndex.from_frame(days[["row", "end"]])).to_numpy() > 1
    odd = _extreme(at, (off & ~is_last).astype(float), size, np.maximum)
    yield from _marks(
        table, "ends_on", "that every term ends on a day of the month on which one began",
        "that a term ends in the midst of a month of cover", odd == 0.0, ~np.isnan(odd),
    )  # fmt: skip


def _marks(table, name, yes: str, no: str, is_yes, is_known=None) -> Iterator[Reading]:
    """Yield who carries a mark, and who does not, as two levels."""
    known = np.ones(len(is_yes), dtype=bool) if is_known is None else is_known
    yield Reading(table, name, yes, "level", (known & is_yes).astype(float))
    yield Reading(table, name, no, "level", (known & ~is_yes).astype(float))


def levels_of(table, name, before: str, levels, at, size) -> Iterator[Reading]:
    """Yield who carries each level in any row, and who has rows but none of that level, for levels that enough accounts carry."""
    import pandas as pd

    pairs = pd.DataFrame({"row": at, "level": levels}).drop_duplicates()
    is_there = np.bincount(at, minlength=size) > 0
    counts = pairs["level"].value_counts()
    counts = counts[counts >= FEWEST_OF_A_LEVEL]
    chosen = sorted(counts.index, key=lambda level: (-counts[level], level))[:MOST_LEVELS]
    for level, rows in pairs[pairs["level"].isin(chosen)].groupby("level")["row"]:
        carries = np.zeros(size)
        carries[rows.to_numpy()] = 1.0
        words = f"the {before}{str(level)[:60]!r}"
        yield Reading(table, name, words, "level", carries)
        if (is_there & (carries == 0.0)).sum() >= FEWEST_OF_A_LEVEL:
            yield Reading(table, name, f"having rows without {words}", "level", (is_there & (carries == 0.0)).astype(float))


def _last(at, values, size):
    found = np.full(size, np.nan)
    found[at] = values  # rows stand in the order of time, and numpy keeps the last of equal places
    return found


def _extreme(at, values, size, pick):
    start = np.inf if pick is np.minimum else -np.inf
    found = np.full(size, start)
    pick.at(found, at, values)
    return np.where(np.isinf(found), np.nan, found)


def _mean(at, values, size):
    number = np.bincount(at, minlength=size)
    with np.errstate(invalid="ignore"):
        return np.round(np.bincount(at, weights=values, minlength=size) / number, 9)
