"""What happens to an account of the free tier: its first steps, whether it activates, and how it uses the product."""

from dataclasses import dataclass

import numpy as np

from renewcast.simulate.calendar import Calendar

FIRST_DAYS, ACTIVATION_DAYS = 14, 60
#: Points of the index that each early step adds once; ten points are one unit of log odds of activating.
EARLY_TOUCHES = {
    "guided_tour": 20,
    "welcome_call": 10,
    "webinar": 5,
    "newsletter": 0,
    "survey": -5,
    "sales_call": -10,
    "verification_loop": -20,
}
EARLY_ACTIONS = {"import_data": 10, "invite_colleague": 5, "view": 0, "error": -10, "blocked": -20}
ACTIONS = (*EARLY_ACTIONS, "publish", "login")
MOTIVATION = -3
_TOUCH_SHARE, _ACTION_SHARE = 0.3, 0.3
_EARLY_BIRDS, _NEVER_USE = 0.07, 0.08
_NICHE_USE = 1.5
_NEVER = np.inf


@dataclass(frozen=True)
class Journeys:
    """The first days of every account; days count from day 0, infinity is never.

    ``activated_on`` is the first value action of accounts that try the product by themselves, ``ends_on`` the day on which they
    stop using it, ``use_rate`` their active days a day; ``touches`` and ``early`` hold account, kind or action, and day.
    """

    first_use: np.ndarray
    activated_on: np.ndarray
    ends_on: np.ndarray
    use_rate: np.ndarray
    touches: dict
    early: dict

    def usage_after(self, rng, calendar: Calendar, traits, bought_on) -> dict:
        """Return every row of usage: account, day and action, in the order of accounts and days."""
        sold = traits.is_sold_to
        begins = np.where(sold, bought_on + 0.5, self.activated_on)
        stays = sold | np.isfinite(bought_on)
        ends = np.minimum(np.where(stays, calendar.days, self.ends_on), calendar.days - 0.01)
        length = np.where(np.isfinite(begins), np.maximum(ends - begins, 0), 0.0)
        many = rng.poisson(length * self.use_rate)
        account = np.repeat(np.arange(traits.count), many)
        day = begins[account] + rng.random(len(account)) * length[account]
        action = np.where(rng.random(len(account)) < 0.35, ACTIONS.index("publish"), ACTIONS.index("view"))
        active = np.flatnonzero((begins < calendar.days - 0.01) & np.isfinite(begins))
        # Everyone who tries it looks in now and then for some weeks, whatever comes of it.
        idle = np.flatnonzero(~sold & np.isfinite(self.first_use))
        started = idle
        looks = rng.poisson(3, len(idle))
        idle = np.repeat(idle, looks)
        parts = [
            (started, self.first_use[started], np.full(len(started), ACTIONS.index("login"))),
            (account, day, action),
            (active, begins[active], np.full(len(active), ACTIONS.index("publish"))),
            (idle, self.first_use[idle] + rng.uniform(0, 40, len(idle)), np.full(len(idle), ACTIONS.index("view"))),
            (self.early["account"], self.early["day"], self.early["action"]),
        ]
        account, day, action = (np.concatenate(column) for column in zip(*parts, strict=True))
        kept = day < calendar.days - 0.01
        account, day, action = account[kept], day[kept], action[kept]
        order = np.lexsort((action, day, account))
        return {"account": account[order], "day": day[order], "action": action[order]}


def draw_journeys(rng: np.random.Generator, calendar: Calendar, traits) -> Journeys:
    """Draw the first days of every account and whether it activates.

    Whoever has not activated within the first 14 days does so within the next 60 with probability
    ``sigmoid((motivation + points of the steps) / 10)``; 7 % activate at once, whatever happened.
    """
    count, sold = traits.count, traits.is_sold_to
    first_use = traits.signed_up + rng.lognormal(-1.2, 1.6, count)
    first_use = np.where((rng.random(count) < _NEVER_USE) | (first_use > traits.signed_up + 10) | sold, _NEVER, first_use)
    touched = (rng.random((count, len(EARLY_TOUCHES))) < _TOUCH_SHARE) & ~sold[:, None]
    acted = (rng.random((count, len(EARLY_ACTIONS))) < _ACTION_SHARE) & np.isfinite(first_use)[:, None]
    points = MOTIVATION + touched @ np.array(list(EARLY_TOUCHES.values())) + acted @ np.array(list(EARLY_ACTIONS.values()))
    activates = (rng.random(count) < 1 / (1 + np.exp(-points / 10))) & ~sold
    later = traits.signed_up + FIRST_DAYS + rng.uniform(0.2, ACTIVATION_DAYS - 0.2, count)
    at_once = (rng.random(count) < _EARLY_BIRDS) & np.isfinite(first_use)
    activated_on = np.where(at_once, first_use + 0.1, np.where(activates, later, _NEVER))
    first_use = np.minimum(first_use, activated_on)

    rate = (
        np.array([0.22, 0.25, 0.28, 0.31])[traits.size]
        * np.where(traits.in_niche, _NICHE_USE, 1.0)
        * rng.lognormal(0, 0.3, count)
    )
    account, kind = np.nonzero(touched)
    touch_day = traits.signed_up[account] + rng.uniform(0.05, FIRST_DAYS - 0.5, len(account))
    sold_rows = np.repeat(np.flatnonzero(sold), 1 + rng.poisson(1.2, sold.sum()))
    sold_day = traits.signed_up[sold_rows] + rng.exponential(12, len(sold_rows))
    touches = _in_time(
        calendar,
        account=np.concatenate([account, sold_rows]),
        kind=np.concatenate([kind, np.full(len(sold_rows), len(EARLY_TOUCHES))]),
        day=np.concatenate([touch_day, sold_day]),
    )
    account, action = np.nonzero(acted)
    last = traits.signed_up[account] + FIRST_DAYS - 0.5
    begins = first_use[account]
    action_day = begins + rng.random(len(account)) * np.maximum(last - begins, 0)
    early = _in_time(calendar, account=account, action=action, day=action_day)
    ends_on = activated_on + rng.exponential(220, count)
    return Journeys(first_use, activated_on, ends_on, np.minimum(rate, 0.95), touches, early)


def _in_time(calendar: Calendar, **columns) -> dict:
    kept = columns["day"] < calendar.days - 0.01
    return {name: values[kept] for name, values in columns.items()}
