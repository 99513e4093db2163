"""The plain range join: every snapshot joined with the events that it can see, filtered aggregates over what was found.

This is how most projects build such features. It is given what helps it: ids and texts become small numbers first (whole
numbers by their digits, enumerations), the edges of the windows are worked out once per row, and accounts are joined in parts of
half a million events, so that what is being aggregated fits into memory. Tried, and no faster beyond noise: texts as they are, a
join on account and week, sub-aggregations for the distinct counts. Bit masks for modules and days make it 1.4 times faster, but
such a query is no longer the plain one.
"""

import duckdb
import pyarrow as pa
from events import ACTIONS, MODULES
from task import COUNTED_ACTIONS, COUNTED_MODULES, FEATURES, MEASURES, WINDOWS, Task

PART = 500_000  # events
LOAD = """
create temp table events as
select substr(account_id, 2)::integer as account, substr(user_id, 2)::integer as user_id, occurred_at, known_at,
       coalesce(superseded_at, 'infinity') as superseded_at, module::module as module, action::action as action,
       is_value_action, quantity, duration_s, datediff('day', timestamp '1970-01-01', occurred_at)::integer as day
from read_parquet($path) where substr(account_id, 2)::integer % $share = 0
"""
PANEL = """
create temp table panel as
select account, number, as_of, as_of - interval 7 day as from_7, as_of - interval 28 day as from_28,
       as_of - interval 91 day as from_91
from (select range::integer as account from range(0, $accounts, $share)),
     (select number, $origin + to_days(7 * number) as as_of from (select unnest($numbers)::integer as number))
"""
JOIN = """
with seen as (
    select p.account, p.number, e.user_id, e.module, e.action, e.is_value_action, e.quantity, e.duration_s, e.day,
           e.occurred_at >= p.from_7 as in_7, e.occurred_at >= p.from_28 as in_28, true as in_91
    from panel p join events e
      on e.account = p.account and e.occurred_at < p.as_of and e.occurred_at >= p.from_91
     and e.known_at < p.as_of and e.superseded_at >= p.as_of
    where e.account >= $first and e.account < $stop
)
select account, number, COLUMNS from seen group by all
"""
COUNT = {
    "events": ("count(*)", "true"), "value_actions": ("count(*)", "is_value_action"), "quantity": ("sum(quantity)", "true"),
    "seconds": ("sum(duration_s)", "true"), "users": ("count(distinct user_id)", "true"),
    "modules": ("count(distinct module)", "true"), "days": ("count(distinct day)", "true"),
    **{name: ("count(*)", f"module = '{name}'") for name in COUNTED_MODULES},
    **{name: ("count(*)", f"action = '{name}'") for name in COUNTED_ACTIONS},
}  # fmt: skip


def run(task: Task) -> pa.Table:
    """Compute the panel, for every ``task.share``-th account.

    Returns
    -------
    pyarrow.Table
        One row per account and snapshot that sees anything: ``account``, ``number`` and one column per feature.
    """
    con = duckdb.connect(config={"threads": task.threads})
    con.execute("set TimeZone = 'UTC'; set preserve_insertion_order = false; set enable_progress_bar = false")
    for name, texts in (("module", MODULES), ("action", ACTIONS)):
        con.execute(f"create type {name} as enum ({', '.join(map(repr, texts))})")
    con.execute(LOAD, {"path": task.path, "share": task.share})
    panel = {"accounts": task.accounts, "share": task.share, "origin": task.origin, "numbers": task.numbers.tolist()}
    con.execute(PANEL, panel)
    columns = ", ".join(_column(measure, window) for measure in MEASURES for window in WINDOWS)
    query = JOIN.replace("COLUMNS", columns)
    (events,) = con.execute("select count(*) from events").fetchone()
    parts = -(-events // PART)
    edges = [task.accounts * part // parts for part in range(parts + 1)]
    found = [con.execute(query, {"first": a, "stop": b}).to_arrow_table() for a, b in zip(edges, edges[1:], strict=False)]
    return pa.concat_tables(found)


def cells(task: Task, found: pa.Table):
    """Lay the result out for comparison; this is not timed."""
    columns = {name: found[name].to_numpy() for name in FEATURES}
    return task.dense(found["account"].to_numpy(), found["number"].to_numpy(), columns)


def _column(measure, window):
    aggregate, condition = COUNT[measure]
    counted = aggregate if window == WINDOWS[-1] and condition == "true" else f"{aggregate} filter (in_{window} and {condition})"
    return f"coalesce({counted}, 0)::integer as {measure}_{window}"
