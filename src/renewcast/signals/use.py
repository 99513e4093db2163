"""How much the product was used, by person and by account, in each of the thirteen weeks before a snapshot."""

import dataclasses

import numpy as np

from renewcast.datasets.known import Known, countries
from renewcast.engine.visibility import cell
from renewcast.signals.seasonal import excess_variance, seasonal_index

WEEKS = 13
"""A quarter: four weeks that are judged, eight against which they are judged, and one of distance."""


@dataclasses.dataclass(frozen=True, eq=False)
class Use:
    """Use by week; week 0 is the seven days before the snapshot, so weekdays are the same in every week.

    Attributes
    ----------
    account : array of int, shape (n_people,)
        Place among ``known.accounts``.
    user_id : array of object, shape (n_people,)
        None for use that names nobody.
    people : array of float, shape (n_people, 13)
        Events of each person and week.
    days_silent : array of float, shape (n_people,)
        Days since the last event.
    value : array of float, shape (n_people,)
        Value actions of the last 28 days.
    weeks : array of float, shape (n_accounts, 13)
    season : array of float, shape (n_accounts, 13)
        What is usual in a week for companies of the account's country, 1 on average; see :mod:`renewcast.signals.seasonal`.
    account_excess, person_excess : float
        How much more than by chance weekly counts vary; see :func:`renewcast.signals.seasonal.excess_variance`.
    """

    account: np.ndarray
    user_id: np.ndarray
    people: np.ndarray
    days_silent: np.ndarray
    value: np.ndarray
    weeks: np.ndarray
    season: np.ndarray
    account_excess: float
    person_excess: float


def use(known: Known) -> Use:
    """Count the use of every account in scope, in one pass over a quarter of events."""
    rows = known.rows("usage", days=7 * WEEKS)
    week = -1 - cell(rows.occurred_at, known.instant)
    rows = rows.mutate(week=week)
    counts = {f"week_{number}": (rows.week == number).sum() for number in range(WEEKS)}
    is_value = rows.is_value_action & (rows.week < 4)
    found = rows.group_by("account_id", "user_id").aggregate(
        last=rows.occurred_at.max(), value=is_value.cast("int64").sum(), **counts
    )
    found = found.to_pandas().sort_values(["account_id", "user_id"], ignore_index=True)
    people = np.column_stack([found[name].to_numpy(dtype="float64") for name in counts])
    account = known.position(found["account_id"])
    weeks = np.zeros((len(known.accounts), WEEKS))
    for number in range(WEEKS):
        weeks[:, number] = np.bincount(account, weights=people[:, number], minlength=len(weeks))
    season = seasonal_index(weeks, known.once(countries), known.as_of)
    return Use(
        account=account,
        user_id=found["user_id"].astype(object).where(found["user_id"].notna(), None).to_numpy(),
        people=people,
        days_silent=((known.as_of - found["last"]).dt.total_seconds() / 86_400).to_numpy(dtype="float64"),
        value=found["value"].fillna(0).to_numpy(dtype="float64"),
        weeks=weeks,
        season=season,
        account_excess=excess_variance(weeks, season),
        person_excess=excess_variance(people, season[account]),
    )
