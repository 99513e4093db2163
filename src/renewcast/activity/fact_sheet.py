"""The fact sheet of one account (C24): who, how often, how long, with which functions, in the numbers of the model's row."""

import dataclasses

from renewcast.activity.company import METRICS, levels
from renewcast.activity.modules import counts, has_modules, held, windows_of
from renewcast.activity.persons import UNNAMED, by_role, has_people, people, reliance
from renewcast.datasets.known import Known
from renewcast.errors import RenewcastError


@dataclasses.dataclass(frozen=True, eq=False)
class FactSheet:
    """What one account does, at three levels.

    Attributes
    ----------
    account_id : str
    as_of : pandas.Timestamp
    company : pandas.DataFrame
        metric, window_days, level: see :func:`renewcast.activity.company.levels`; the numbers of the model's row.
    modules : pandas.DataFrame
        module, window_days, events, value_actions, active_days, users, is_bought; bought and idle ones with 0 events.
    actions : pandas.DataFrame
        module, action, window_days, events, value_actions, active_days, users.
    people : pandas.DataFrame
        See :func:`renewcast.activity.persons.people`.
    roles : pandas.DataFrame
        See :func:`renewcast.activity.persons.by_role`, of the middle window.
    reliance : pandas.DataFrame
        See :func:`renewcast.activity.persons.reliance`, of the middle window; one row, or none.
    """

    account_id: str
    as_of: object
    company: object
    modules: object
    actions: object
    people: object
    roles: object
    reliance: object

    def sums(self) -> dict[str, float]:
        """Add modules, actions and persons up to the company's numbers, by the name of the feature that each must equal.

        Returns
        -------
        dict of str to float
            usage_events, value_actions, active_modules, active_actions, active_users of each window, for levels that there are.
        """
        found = {}
        for days in sorted(self.company["window_days"].unique()):
            if len(self.modules):
                mine = self.modules[self.modules["window_days"] == days]
                found[f"usage_events_{days}d"] = float(mine["events"].sum())
                found[f"value_actions_{days}d"] = float(mine["value_actions"].sum())
                found[f"active_modules_{days}d"] = float(((mine["module"] != UNNAMED) & (mine["events"] > 0)).sum())
            if len(self.actions):
                mine = self.actions[(self.actions["window_days"] == days) & (self.actions["action"] != UNNAMED)]
                found[f"active_actions_{days}d"] = float(mine["action"].nunique())
            if len(self.people):
                acting = (self.people["user_id"] != UNNAMED) & (self.people[f"events_{days}"] > 0)
                found[f"active_users_{days}d"] = float(acting.sum())
        return found


def middle(windows: list[int]) -> int:
    """Return the window that is shown where there is room for one: the middle, of two the longer.

    Examples
    --------
    >>> middle([7, 28, 91]), middle([28, 91]), middle([28])
    (28, 91, 28)
    """
    return windows[len(windows) // 2]


def fact_sheet(known: Known, features, account_id: str) -> FactSheet:
    """Tell what one account does, at the three levels.

    Parameters
    ----------
    known : Known
        Of a day.
    features : pandas.DataFrame
        The feature rows of that day, indexed by account_id.
    account_id : str

    Returns
    -------
    FactSheet

    Raises
    ------
    RenewcastError
        "... is not in scope on ...".
    """
    import pandas as pd

    if account_id not in features.index:
        raise RenewcastError(f"{account_id} is not in scope on {known.as_of.date()}; `renewcast check` tells the tables' dates.")
    row = features.loc[[account_id]]
    windows = windows_of(known)
    level = levels(row, windows)
    rows = [(metric, days, float(level[metric, days][0])) for metric in METRICS for days in windows if (metric, days) in level]
    company = pd.DataFrame(rows, columns=["metric", "window_days", "level"])
    alone = Known(known.view, known.as_of.date(), known.accounts[known.accounts["account_id"] == account_id])
    empty = pd.DataFrame()
    has_use = "usage" in known.view.store.tables
    persons = people(alone) if has_use and has_people(alone) else empty
    shown = middle(windows)
    return FactSheet(
        account_id=account_id,
        as_of=known.as_of,
        company=company,
        modules=_modules(alone) if has_use and has_modules(alone) else empty,
        actions=counts(alone, ("module", "action"), ("active_days", "users")) if has_use and alone.has("usage.action") else empty,
        people=persons,
        roles=by_role(persons, shown) if len(persons) else empty,
        reliance=reliance(persons, shown) if len(persons) else empty,
    )


def _modules(alone: Known):
    import pandas as pd

    used = counts(alone, ("account_id", "module"), ("active_days", "users")).drop(columns="account_id")
    bought = held(alone)["module"]
    every = {(module, days) for module in bought for days in windows_of(alone)}
    idle = sorted(every - set(zip(used["module"], used["window_days"], strict=True)))
    rows = [{"module": m, "window_days": days, "events": 0, "value_actions": 0, "active_days": 0, "users": 0} for m, days in idle]
    frame = pd.concat([used, pd.DataFrame(rows, columns=used.columns)], ignore_index=True) if rows else used
    frame = frame.assign(is_bought=frame["module"].isin(bought))
    return frame.sort_values(["module", "window_days"], ignore_index=True)
