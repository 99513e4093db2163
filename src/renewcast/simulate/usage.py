"""Usage: one row per person, day, module and action, in blocks of accounts so that memory does not grow with the company."""

import numpy as np
import pyarrow as pa

from renewcast.simulate.accounts import COUNTRIES, Accounts
from renewcast.simulate.behaviours import Behaviours, with_value_share
from renewcast.simulate.calendar import Calendar
from renewcast.simulate.contracts import PRODUCTS
from renewcast.simulate.holidays import daily_share
from renewcast.simulate.lags import LONGEST_DAYS, known_after
from renewcast.simulate.latent import WEEKDAY, Latent
from renewcast.simulate.modules import Modules
from renewcast.simulate.tables import numbered_in_block, picked, table, texts, times
from renewcast.simulate.terms import Cover
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
_RESTATED = 0.006

#: Quantity of an average row on the platform; quotas are agreed in this unit.
MEAN_QUANTITY = float(_ACTION_SHARE[0] @ _QUANTITY)


def usage_table(
    rng: np.random.Generator,
    calendar: Calendar,
    accounts: Accounts,
    people: People,
    latent: Latent,
    modules: Modules,
    cover: Cover,
    block: int,
    kinds: Behaviours | None = None,
) -> pa.Table:
    """Draw the rows of usage that happened and were known before the end of the data, person by person.

    Notes
    -----
    5 % of the rows are known more than a day late, a few as late as 40 days. 0.6 % are restated: the same ``event_id`` comes
    again days or weeks later with another quantity, at the end of the block.
    """
    person, day, module, action, quantity = _draw_rows(rng, calendar, accounts, people, latent, modules, cover, kinds)
    count = len(day)
    occurred = day + np.clip(rng.normal(0.555, 0.12, count), 0.02, 0.985)
    known = known_after(rng, "usage", occurred)
    seconds = np.round(_SECONDS[action] * np.sqrt(quantity) * rng.lognormal(-0.2, 0.6, count))
    # Restated rows follow the others; both kinds are left out when nobody knew of them before the data end.
    again = np.flatnonzero(rng.random(count) < _RESTATED)
    told_again = np.minimum(known[again] + rng.uniform(2, 30, len(again)), occurred[again] + LONGEST_DAYS)
    counted = np.maximum(np.round(quantity[again] * rng.choice([0.0, 0.5, 1.5, 2.0], len(again))), 1)
    counted = np.where(counted == quantity[again], quantity[again] + 1, counted)
    in_time = (told_again > known[again] + 0.5) & (told_again < calendar.days)
    again, told_again, counted = again[in_time], told_again[in_time], counted[in_time]
    seen = known < calendar.days
    number = np.cumsum(seen) - 1
    row = np.concatenate([np.flatnonzero(seen), again])
    person, module, action = person[row], module[row], action[row]
    ids = numbered_in_block("E", int(seen.sum()), digits=9, block=block)
    if len(again):
        ids = pa.concat_arrays([ids, ids.take(pa.array(number[again]))])
    return table(
        "usage",
        {
            "account_id": picked(accounts.ids, people.account[person]),
            "user_id": picked(people.ids, person),
            "occurred_at": times(calendar, occurred[row]),
            "known_at": times(calendar, np.concatenate([known[seen], told_again])),
            "module": texts(PRODUCTS, module),
            "action": texts(ACTIONS, action),
            "is_value_action": _IS_VALUE[action],
            "quantity": np.concatenate([quantity[seen], counted]),
            "duration_s": seconds[row],
            "event_id": ids,
        },
    )


def _draw_rows(rng, calendar, accounts, people, latent, modules, cover, kinds) -> tuple[np.ndarray, ...]:
    """Draw who did what on which day, in the order of people and days: person, day, module, action and quantity."""
    weeks = calendar.weeks
    counts = rng.poisson(people.weekly_rates(weeks) * latent.level[people.account, :weeks]).ravel()
    cell = np.repeat(np.arange(counts.size, dtype=np.int32), counts)
    person, week = np.divmod(cell, np.int32(weeks))
    weekday = np.roll(WEEKDAY, -calendar.start.weekday())
    day = week * np.int32(7) + _pick(rng, weekday, len(cell)).astype(np.int32)
    account = people.account[person]
    inside = _on_duty(rng, calendar, accounts, account, day)
    # Whoever joined while there was no contract is not among the users.
    is_user = cover.holds(people.account, people.joined)
    inside &= is_user[person] & cover.holds(account, day)
    person, week, account, day = person[inside], week[inside], account[inside], day[inside]
    module = _draw_modules(rng, modules, account, week, kinds)
    action = _draw_actions(rng, module)
    if kinds is not None:
        action = with_value_share(rng, action, _IS_VALUE, kinds.value[account])
    quantity = 1 + rng.poisson(np.maximum(_QUANTITY - 1, 0.1)[action])

    # Two draws of the same person, day, module and action are one row that says how many.
    key = ((person.astype(np.int64) * calendar.days + day) * len(PRODUCTS) + module) * len(ACTIONS) + action
    order = np.argsort(key)
    key = key[order]
    begins = np.flatnonzero(np.diff(key, prepend=-1))
    quantity = np.add.reduceat(quantity[order], begins).astype(np.float64) if len(begins) else np.zeros(0)
    order = order[begins]
    return person[order], day[order], module[order], action[order], quantity


def _on_duty(rng, calendar: Calendar, accounts: Accounts, account: np.ndarray, day: np.ndarray) -> np.ndarray:
    """Drop most rows of public holidays, by the country of the account."""
    share = daily_share(calendar, COUNTRIES)[accounts.country[account], day]
    holidays = np.flatnonzero(share < 1)
    kept = np.ones(len(day), dtype=bool)
    kept[holidays] = rng.random(len(holidays)) < share[holidays]
    return kept


def _pick(rng, shares: np.ndarray, count: int) -> np.ndarray:
    """Draw places with the given shares."""
    return np.searchsorted(np.cumsum(shares)[:-1] / shares.sum(), rng.random(count))


def _draw_modules(rng, modules: Modules, account: np.ndarray, week: np.ndarray, kinds: Behaviours | None) -> np.ndarray:
    """Pick a module for each row: the platform, or an add-on that the account uses in that week."""
    weight = modules.active.transpose(0, 2, 1) * _ADD_ON_WEIGHT
    if kinds is not None:
        weight = weight * kinds.widely[:, None, None]
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
