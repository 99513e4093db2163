"""The best polars version we could write: one streaming roll-up to (account, week), then running sums of entries and exits.

It has the engine's idea in polars' words. Everything else we tried was slower: a roll-up of its own for users, modules and days
(twice as slow, in one plan or in several), the in-memory engine (twice), texts or categoricals as keys (a fifth), one wide table
of moves in place of joins (a third), every module and day counted like a user (a half). It is helped where its author knows
the data: ids are parsed to whole numbers by their digits, a user has one account, and the modules are known by name.

Late rows are honoured exactly. Replaced rows are not: with ``superseded_at`` filled in it must not be used.
"""

import datetime as dt

import polars as pl
from events import MODULES
from task import COUNTED_ACTIONS, COUNTED_MODULES, FEATURES, SUMS, WINDOWS, Task

DAY = 86_400_000_000  # microseconds
NEVER = -30_000  # a week before all others
ADD_UP = (*SUMS, "days")


def run(task: Task) -> pl.DataFrame:
    """Compute the panel.

    Returns
    -------
    polars.DataFrame
        One row per account and snapshot: ``account``, ``number`` and one column per feature.
    """
    weekly = _with_new_days(_roll_up(task).collect(engine="streaming"))
    end = task.weeks - 13  # one number beyond the last snapshot: by then everything that entered has left
    users = _pieces(weekly.select("account", "happened", "enter", "user").explode("user"))
    moves = [_sum_moves(weekly, window, end) for window in WINDOWS]
    moves += [_user_moves(users, window, end) for window in WINDOWS]
    accounts = pl.LazyFrame({"account": pl.int_range(task.accounts, dtype=pl.Int32, eager=True)})
    dense = accounts.join(pl.LazyFrame({"number": pl.int_range(end + 1, dtype=pl.Int16, eager=True)}), how="cross")
    for move in moves:
        moved = move.lazy().group_by("account", "number").agg(pl.all().sum())
        dense = dense.join(moved, on=["account", "number"], how="left")
    dense = dense.join(_module_sights(weekly, end).lazy(), on=["account", "number"], how="left").sort("account", "number")
    lift = pl.col("account").cast(pl.Int64) * 100_000
    # Nothing is left at the end of an account, and each is lifted above the one before: one running sum or maximum serves all.
    sights = [(pl.col(f"sight {name}").fill_null(NEVER) + lift).cum_max() - lift for name in MODULES]
    running = dense.with_columns(pl.col("^.*_\\d+$").fill_null(0).cum_sum(), *sights)
    for window in WINDOWS:
        seen = [(pl.col(f"sight {name}") + window // 7 >= pl.col("number")).cast(pl.Int64) for name in MODULES]
        running = running.with_columns(pl.sum_horizontal(seen).alias(f"modules_{window}"))
    chosen = running.filter(pl.col("number").is_in(task.numbers.tolist()))
    return chosen.select("account", "number", *FEATURES).collect(engine="streaming")


def cells(task: Task, found: pl.DataFrame):
    """Lay the result out for comparison; this is not timed."""
    columns = {name: found[name].to_numpy() for name in FEATURES}
    return task.dense(found["account"].to_numpy(), found["number"].to_numpy(), columns)


def _roll_up(task):
    """Return account, happened, enter (first snapshot that sees it), the sums, which modules and days, and the list of users."""
    origin = int((task.origin - dt.datetime(1970, 1, 1)).total_seconds()) * 1_000_000
    occurred, known = pl.col("occurred_at").to_physical() - origin, pl.col("known_at").to_physical() - origin
    events = pl.scan_parquet(task.path).select(
        "module", "action", "is_value_action", "quantity", "duration_s",
        account=pl.col("account_id").str.slice(1).cast(pl.Int32),
        user=pl.col("user_id").str.slice(1).cast(pl.Int32),
        happened=(occurred // (7 * DAY)).cast(pl.Int16),
        enter=(pl.max_horizontal(occurred, known) // (7 * DAY) + 1).cast(pl.Int16),
        weekday=(occurred // DAY % 7).cast(pl.Int8),
    )  # fmt: skip
    sums = {
        "events": pl.len(), "value_actions": pl.col("is_value_action").sum(), "quantity": pl.col("quantity").sum(),
        "seconds": pl.col("duration_s").sum(),
        **{name: (pl.col("module") == name).sum() for name in COUNTED_MODULES},
        **{name: (pl.col("action") == name).sum() for name in COUNTED_ACTIONS},
    }  # fmt: skip
    return events.group_by("account", "happened", "enter").agg(
        pl.col("user").unique(),
        **{name: total.cast(pl.Int64) for name, total in sums.items()},
        **{f"module {name}": (pl.col("module") == name).any() for name in MODULES},
        **{f"day {place}": (pl.col("weekday") == place).any() for place in range(7)},
    )


def _with_new_days(weekly):
    """Count in each row the days that no row of the same account and week showed earlier, so that days add up."""
    weekly = weekly.sort("account", "happened", "enter")
    is_new_week = (pl.col("account") != pl.col("account").shift()) | (pl.col("happened") != pl.col("happened").shift())
    weekly = weekly.with_columns(floor=is_new_week.fill_null(True).cast(pl.Int64).cum_sum() * 2)
    days = [pl.col(f"day {place}") for place in range(7)]
    # Each week is lifted above the one before, so that a running maximum need not know where weeks end.
    before = [(pl.col("floor") + day).cum_max().shift(fill_value=0) for day in days]
    first = [(day & (seen <= pl.col("floor"))).cast(pl.Int64) for day, seen in zip(days, before, strict=True)]
    return weekly.with_columns(days=pl.sum_horizontal(first))


def _sum_moves(weekly, window, end):
    piece = weekly.with_columns(
        start=pl.max_horizontal("enter", pl.lit(0, pl.Int16)),
        stop=pl.min_horizontal(pl.col("happened") + (window // 7 + 1), pl.lit(end, pl.Int16)),
    ).filter(pl.col("start") < pl.col("stop"))
    enter = piece.select("account", number="start", **{f"{name}_{window}": name for name in ADD_UP})
    leave = piece.select("account", number="stop", **{f"{name}_{window}": -pl.col(name) for name in ADD_UP})
    return pl.concat([enter, leave])


def _pieces(users):
    """Say for each sight of a user that tells anything new: the latest week in which he was seen, now and as known before."""
    users = users.sort("enter").sort("user", maintain_order=True)
    lift = pl.col("user").cast(pl.Int64) * 100_000
    users = users.with_columns(last=((pl.col("happened") + lift).cum_max() - lift).cast(pl.Int16))
    is_same = pl.col("user") == pl.col("user").shift()
    before = pl.when(is_same).then(pl.col("last").shift()).otherwise(pl.lit(NEVER, pl.Int16))
    return users.with_columns(before=before).filter(pl.col("last") > pl.col("before"))


def _user_moves(pieces, window, end):
    stay = window // 7 + 1
    piece = pieces.select(
        "account",
        start=pl.max_horizontal("enter", pl.col("before") + stay, pl.lit(0, pl.Int16)),
        stop=pl.min_horizontal(pl.col("last") + stay, pl.lit(end, pl.Int16)),
    ).filter(pl.col("start") < pl.col("stop"))
    column, one = f"users_{window}", pl.len().cast(pl.Int64)
    enter = piece.group_by("account", number="start").agg(one.alias(column))
    leave = piece.group_by("account", number="stop").agg((-one).alias(column))
    return pl.concat([enter, leave])


def _module_sights(weekly, end):
    """Say for each account and snapshot the latest week of each module among what becomes visible there."""
    sights = {f"sight {name}": pl.col("happened").filter(pl.col(f"module {name}")).max().cast(pl.Int64) for name in MODULES}
    seen = weekly.filter(pl.col("enter") < end).with_columns(number=pl.max_horizontal("enter", pl.lit(0, pl.Int16)))
    return seen.group_by("account", "number").agg(**sights)
