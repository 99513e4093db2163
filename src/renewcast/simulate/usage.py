"""Usage: one row per person, day, module and action, in blocks of accounts so that memory does not grow with the company."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from renewcast.simulate.accounts import Accounts
from renewcast.simulate.calendar import Calendar
from renewcast.simulate.contracts import PRODUCTS, Cover
from renewcast.simulate.latent import Latent
from renewcast.simulate.modules import Modules
from renewcast.simulate.tables import table, texts, times
from renewcast.simulate.users import People

ACTIONS = (
    "login",
    "view_dashboard",
    "run_query",
    "import_data",
    "configure_alert",
    "share_link",
    "save_report",
    "build_funnel",
    "publish_dashboard",
    "export",
)
_IS_VALUE = np.array([False] * 6 + [True] * 4)
# Rows: modules in the order of PRODUCTS. Columns: the share of each action among a module's rows.
_ACTION_SHARE = (
    np.array(
        [
            [24, 26, 16, 4, 2, 6, 9, 5, 4, 4],
            [8, 6, 10, 56, 4, 1, 5, 2, 1, 7],
            [10, 30, 8, 2, 32, 5, 6, 1, 4, 2],
            [8, 28, 8, 2, 1, 9, 12, 4, 21, 7],
            [8, 10, 36, 3, 1, 4, 14, 16, 3, 5],
        ]
    )
    / 100
)
_QUANTITY = np.array([1.6, 4.0, 6.0, 9.0, 1.4, 1.5, 1.8, 1.3, 1.2, 2.0])
_SECONDS = np.array([60.0, 240, 420, 300, 180, 45, 360, 900, 600, 90])
_ADD_ON_WEIGHT = 0.42
_WEEKDAY = np.array([0.195, 0.205, 0.205, 0.19, 0.155, 0.022, 0.028])
_BLOCK = 2000

#: Quantity of an average row on the platform; quotas are agreed in this unit.
MEAN_QUANTITY = float(_ACTION_SHARE[0] @ _QUANTITY)


def usage_pieces(
    seeds: np.random.SeedSequence,
    calendar: Calendar,
    accounts: Accounts,
    people: People,
    latent: Latent,
    modules: Modules,
    cover: Cover,
):
    """Yield the usage table in blocks of accounts, each drawn from its own stream, rows in the order of time within a block.

    Yields
    ------
    pyarrow.Table
        Rows that happened and were known before the end of the data.

    Notes
    -----
    2 % of the rows are known 2 to 20 days late, the others within a day.
    """
    written = 0
    starts = range(0, accounts.count, _BLOCK)
    for stream, first in zip(seeds.spawn(len(starts)), starts, strict=True):
        last = min(first + _BLOCK, accounts.count)
        piece = _block(np.random.default_rng(stream), calendar, accounts, people, latent, modules, cover, (first, last), written)
        written += piece.num_rows
        yield piece


def _block(rng, calendar, accounts, people, latent, modules, cover, bounds, written) -> pa.Table:
    """Draw the rows of the accounts from ``bounds[0]`` up to ``bounds[1]``."""
    weeks = calendar.weeks
    first, last = np.searchsorted(people.account, bounds)
    rate = people.weekly_rates(first, last, weeks) * latent.level[people.account[first:last], :weeks]
    counts = rng.poisson(rate).ravel()
    cell = np.repeat(np.arange(counts.size), counts)
    person, week = cell // weeks + first, cell % weeks
    account = people.account[person]
    weekday = np.roll(_WEEKDAY, -calendar.start.weekday())
    day = week * 7 + np.searchsorted(np.cumsum(weekday)[:-1], rng.random(len(cell)))
    # Whoever joined while there was no contract is not among the users.
    inside = cover.holds(account, day) & cover.holds(account, people.joined[person])
    person, week, account, day = person[inside], week[inside], account[inside], day[inside]
    module = _draw_modules(rng, modules, account, week)
    action = _draw_actions(rng, module)
    quantity = 1 + rng.poisson(np.maximum(_QUANTITY[action] - 1, 0.1))

    # Two draws of the same person, day, module and action are one row that says how many.
    key = ((person * calendar.days + day) * len(PRODUCTS) + module) * len(ACTIONS) + action
    key, inverse = np.unique(key, return_inverse=True)
    quantity = np.bincount(inverse, weights=quantity, minlength=len(key))
    action, key = key % len(ACTIONS), key // len(ACTIONS)
    module, key = key % len(PRODUCTS), key // len(PRODUCTS)
    day, person = key % calendar.days, key // calendar.days

    occurred = day + np.clip(rng.normal(0.555, 0.12, len(day)), 0.02, 0.985)
    known = occurred + np.where(rng.random(len(day)) < 0.02, rng.uniform(2, 20, len(day)), rng.beta(1.2, 4, len(day)))
    seconds = np.round(_SECONDS[action] * np.sqrt(quantity) * rng.lognormal(-0.2, 0.6, len(day)))
    order = np.argsort(occurred, kind="stable")
    order = order[known[order] < calendar.days]
    person, module, action = person[order], module[order], action[order]
    return table(
        "usage",
        {
            "account_id": accounts.ids.take(pa.array(people.account[person])),
            "user_id": people.ids.take(pa.array(person)),
            "occurred_at": times(calendar, occurred[order]),
            "known_at": times(calendar, known[order]),
            "module": texts(PRODUCTS, module),
            "action": texts(ACTIONS, action),
            "is_value_action": pa.array(_IS_VALUE[action]),
            "quantity": pa.array(quantity[order]),
            "duration_s": pa.array(seconds[order]),
            "event_id": _event_ids(written + 1, len(order)),
        },
    )


def _draw_modules(rng, modules: Modules, account: np.ndarray, week: np.ndarray) -> np.ndarray:
    """Pick a module for each row: the platform, or an add-on that the account uses in that week."""
    weight = modules.active.transpose(0, 2, 1) * _ADD_ON_WEIGHT
    upto = np.cumsum(np.concatenate([np.ones((*weight.shape[:2], 1)), weight], axis=2), axis=2).astype(np.float32)
    upto = upto[account, week]
    drawn = rng.random(len(account)).astype(np.float32) * upto[:, -1]
    return (drawn[:, None] >= upto[:, :-1]).sum(axis=1)


def _draw_actions(rng, module: np.ndarray) -> np.ndarray:
    """Pick an action for each row by the module's shares."""
    upto = np.cumsum(_ACTION_SHARE, axis=1)
    action = np.empty(len(module), dtype=np.int64)
    for code in range(len(PRODUCTS)):
        rows = np.flatnonzero(module == code)
        action[rows] = np.searchsorted(upto[code][:-1], rng.random(len(rows)))
    return action


def _event_ids(first: int, count: int) -> pa.Array:
    """Write E000000001 and so on, without a loop in Python."""
    digits = pc.utf8_lpad(pa.array(np.arange(first, first + count)).cast(pa.string()), 9, padding="0")
    return pc.binary_join_element_wise(pa.scalar("E"), digits, pa.scalar(""))
