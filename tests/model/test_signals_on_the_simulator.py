"""What signals find on a made-up company whose truth is known: who left, whose use fell, and how soon it is noticed.

RENEWCAST_DEEP=1 takes a company of 1,000 accounts; the default is 150, of which two or three departures a month are seen.
"""

import dataclasses
import datetime as dt
import os
import shutil

import numpy as np
import pandas as pd
import pytest

from renewcast import Project
from renewcast.signals.catalogue import BY_NAME
from renewcast.signals.firing import known_at
from renewcast.simulate.accounts import draw_accounts
from renewcast.simulate.block import _STREAMS, split
from renewcast.simulate.calendar import Calendar
from renewcast.simulate.latent import draw_latent
from renewcast.simulate.users import KEY_USER, draw_people

DEEP = os.environ.get("RENEWCAST_DEEP") == "1"
START, WEEKS = dt.date(2024, 1, 1), 104
@dataclasses.dataclass
class Truth:
    """Who stopped in which week, and what use was to be expected of each account without season and noise."""

    people: pd.DataFrame
    usual: pd.DataFrame


@pytest.fixture(scope="module")
def looked(company, tmp_path_factory):
    """Return the project, the truth, and what two signals said every week from October on."""
    project, accounts, seed = company, 150, 3
    if DEEP:
        from renewcast.simulate import simulate

        accounts, seed, directory = 1000, 7, tmp_path_factory.mktemp("large")
        shutil.copy(company.directory / "params.yaml", directory / "params.yaml")
        simulate(directory / "data" / "raw", accounts=accounts, weeks=WEEKS, start=START, seed=seed)
        project = Project.load(directory)
    days = [day for day in project.snapshot_days() if day >= dt.date(2024, 10, 1)]
    parts = {name: [] for name in ("key_user_left", "usage_drop", "scope")}
    for day in days:
        known = known_at(project.view, day)
        for name in ("key_user_left", "usage_drop"):
            parts[name].append(BY_NAME[name].fires(known).assign(day=pd.Timestamp(day)))
        parts["scope"].append(known.accounts[["account_id"]].assign(day=pd.Timestamp(day)))
    return truth(accounts, seed), {name: pd.concat(frames, ignore_index=True) for name, frames in parts.items()}


def truth(accounts: int, seed: int) -> Truth:
    """Draw the hidden state again, as the simulator does."""
    calendar = Calendar(START, WEEKS)
    people, usual = [], []
    for block in split(accounts, seed, 1000):
        seeds = block.seed.spawn(len(_STREAMS))
        rng = {name: np.random.default_rng(one) for name, one in zip(_STREAMS, seeds, strict=True)}
        drawn = draw_accounts(rng["accounts"], calendar, block.accounts, block.first)
        latent = draw_latent(rng["latent"], calendar, drawn)
        who = draw_people(rng["people"], calendar, drawn, latent, block.number)
        ids = np.array(drawn.ids.to_pylist(), dtype=object)
        stops = pd.Timestamp(START) + pd.to_timedelta(7 * np.minimum(who.works_until, 10_000), unit="D")
        columns = {"account_id": ids[who.account], "user_id": who.ids.to_pylist(), "role": who.role, "rate": who.rate}
        people.append(pd.DataFrame(columns).assign(stops=stops))
        usual.append(pd.DataFrame(who.per_account(calendar.latent_weeks)[0] * (1 - latent.decline), index=ids))
    return Truth(pd.concat(people, ignore_index=True), pd.concat(usual))


def test_the_departure_of_a_key_user_is_noticed_within_ten_days(looked):
    hidden, said = looked
    gone = hidden.people[hidden.people["role"] == KEY_USER]
    scope = said["scope"].groupby("day")["account_id"].agg(set)
    alarms = said["key_user_left"].groupby(["account_id", "user_id"])["day"].agg(list)
    took = []
    for one in gone.itertuples():
        after = [day for day in scope.index if one.stops < day <= one.stops + pd.Timedelta(days=56)]
        if len(after) == 8 and all(one.account_id in scope[day] for day in after):
            days = [day for day in alarms.get((one.account_id, one.user_id), []) if day > one.stops]
            took.append((min(days) - one.stops).days if days else 10_000)
    assert len(took) >= (60 if DEEP else 10)
    assert np.median(took) <= 10
    assert np.mean(np.array(took) <= 21) >= 0.9


def test_no_more_key_users_are_named_in_error_than_the_params_allow(looked, company):
    hidden, said = looked
    allowed = company.params.signals.false_departures
    named = said["key_user_left"].merge(hidden.people, on=["account_id", "user_id"])
    assert len(named) == len(said["key_user_left"]) > 100
    # An alarm stands for weeks, so the people count, not their weeks.
    error = np.sqrt(allowed * (1 - allowed) / len(named.drop_duplicates(["account_id", "user_id"])))
    assert (named["stops"] >= named["day"]).mean() <= allowed + 2 * error


def test_what_is_called_a_fall_of_use_is_one(looked):
    hidden, said = looked
    drops = said["usage_drop"]
    week = ((drops["day"] - pd.Timestamp(START)).dt.days // 7).to_numpy()[:, None]
    row = hidden.usual.index.get_indexer(drops["account_id"])[:, None]
    usual = hidden.usual.to_numpy()
    now = np.minimum(usual[row, week - 1][:, 0], usual[row, week - np.arange(1, 5)].mean(axis=1))
    before = usual[row, week - np.arange(6, 14)].mean(axis=1)
    assert len(drops) > 100
    assert (now > 0.9 * before).mean() <= 0.1
    assert (now <= 0.75 * before).mean() >= 0.85


def test_a_planted_fall_is_found(looked):
    """An account of twelve rows a week or more that has lost two thirds is named within three weeks."""
    hidden, said = looked
    usual, found = hidden.usual.to_numpy(), []
    scope, alarms = (said[name].groupby("account_id")["day"].agg(set) for name in ("scope", "usage_drop"))
    for account, weeks in zip(hidden.usual.index, usual, strict=True):
        for week in range(40, WEEKS - 6):
            fell = weeks[week] <= 0.34 * weeks[week - 13 : week - 5].mean()
            if fell and weeks[week - 13 : week - 5].min() >= 12:
                days = {pd.Timestamp(START) + pd.Timedelta(days=7 * (week + later)) for later in range(1, 5)}
                if days <= scope.get(account, set()):
                    found.append(bool(days & alarms.get(account, set())))
                break
    assert len(found) >= (20 if DEEP else 3)
    # Nine in ten, give or take what so few can tell.
    assert np.mean(found) >= 0.9 - 2 * np.sqrt(0.9 * 0.1 / len(found))
