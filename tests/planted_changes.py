"""A quiet week between two lists of a simulated company, and one planted cause an account: what the ledger has to find.

In the quarter before the first list each week of use is the same as the next one, and so is the week between the lists; of what
happens seldom nothing enters a window in that week, and nothing leaves one. Nothing is told late, and no contract, user or
milestone changes. Every account's term ends within the horizon, so that it can churn. Into that week a cause is planted.
"""

import contextlib
import copy
import dataclasses
import datetime as dt
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from renewcast.audit.company_slice import VOCABULARY, cut
from renewcast.datasets.two_snapshots import TwoSnapshots
from renewcast.datasets.view import View
from renewcast.scoring.changes import changes, main_cause
from renewcast.scoring.scores import score
from renewcast.scoring.since_last_list import movement
from renewcast.sources import CONTRACTS

EVENTS = {name: contract.event_time for name, contract in CONTRACTS.items() if contract.kind == "event" and contract.event_time}
WEEK = pd.Timedelta(days=7)
IN_FACTS = {
    "usage falls": "usage",
    "key users leave": "people",
    "tickets pile up": "support",
    "renewal comes nearer": "time",
    "facts come late": "data",
}
"""What is planted into the facts, and the cause that the ledger should put first."""
IN_MODELS = {"another model": "model", "another calibration": "calibration"}


@dataclasses.dataclass(frozen=True)
class Quiet:
    """The tables of some accounts with a quiet week before ``now``, as DataFrames by name."""

    params: object
    staged: object
    tables: dict
    schemas: dict
    before: pd.Timestamp
    now: pd.Timestamp
    accounts: list

    @contextlib.contextmanager
    def opened(self, tables: dict):
        """Open a view on changed tables."""
        with tempfile.TemporaryDirectory(prefix="renewcast-planted-") as folder:
            paths = {}
            for name, frame in tables.items():
                paths[name] = Path(folder) / f"{name}.parquet"
                pq.write_table(pa.Table.from_pandas(frame, schema=self.schemas[name], preserve_index=False), paths[name])
            yield View(self.params, dataclasses.replace(self.staged, tables=paths), Path(folder) / "spill")


def quiet_company(project, before: dt.date, now: dt.date, accounts: int) -> Quiet:
    """Make the week between two snapshots quiet, for at most so many accounts; what they hold ends soon, and nothing follows."""
    scope = project.view.population([before])
    accounts = sorted(scope.loc[scope["is_eligible"], "account_id"])[:accounts]
    slice_ = cut(project.params, project.staged, accounts)
    first, last = pd.Timestamp(before), pd.Timestamp(now)
    tables = {name: table.to_pandas() for name, table in slice_.tables.items()}
    for name, frame in tables.items():
        frame = frame[frame["known_at"] < first].reset_index(drop=True)
        frame.loc[frame["superseded_at"] >= first, "superseded_at"] = pd.NaT
        tables[name] = frame if name == "usage" else _nothing_crosses(name, frame, first)
    tables["usage"] = _same_weeks(tables["usage"], first)
    held = tables["contracts"]
    held = held[pd.to_datetime(held["starts_on"]) < first].reset_index(drop=True)
    is_last = held["ends_on"].isna() | (pd.to_datetime(held["ends_on"]) >= first)
    ends = held["account_id"].map(dict(zip(accounts, _ends_soon(len(accounts), first), strict=True)))
    tables["contracts"] = held.assign(ends_on=held["ends_on"].where(~is_last, ends))
    schemas = {name: table.schema for name, table in slice_.tables.items()}
    return Quiet(project.params, project.staged, tables, schemas, first, last, accounts)


def _ends_soon(count: int, first) -> list:
    return [(first + pd.Timedelta(days=30 + 7 * (place % 7))).date() for place in range(count)]


def _same_weeks(usage, first):
    """Let the week before the snapshot happen in each week of the quarter before it, and in the week after it."""
    happened = usage["occurred_at"]
    week = usage[(happened >= first - WEEK) & (happened < first) & usage["superseded_at"].isna()]
    week = week[week["account_id"] != VOCABULARY]
    told = week["occurred_at"] + (week["known_at"] - week["occurred_at"]).clip(upper=pd.Timedelta(hours=1))
    told = told.clip(upper=first - pd.Timedelta(seconds=1))
    parts = [usage[(happened < first - 13 * WEEK) | (usage["account_id"] == VOCABULARY)]]
    for back in range(-1, 13):
        move = {"occurred_at": week["occurred_at"] - back * WEEK, "known_at": told - back * WEEK}
        parts.append(week.assign(**move, event_id=f"{back}-" + week["event_id"].astype(str)))
    return pd.concat(parts, ignore_index=True)


def _nothing_crosses(name: str, frame, first):
    """Leave out events that would enter or leave a window in the week after the snapshot, and what falls due in it."""
    stays = pd.Series(True, index=frame.index)
    times = [one for one in frame if one.endswith(("_at", "_on")) and one not in ("known_at", "superseded_at")]
    if name in EVENTS:
        for one in times:
            age = (first - pd.to_datetime(frame[one])) / WEEK
            for weeks in (1, 4, 13, 26, 52):
                stays &= ~((age > weeks - 1) & (age <= weeks))
            stays &= ~((age <= 0) & (age > -2))
    if name == "milestones":
        due = (pd.to_datetime(frame["due_on"]) - first) / WEEK
        stays &= ~((due > -1) & (due < 2))
    return frame[stays].reset_index(drop=True)


def planted(quiet: Quiet, cause_of: dict, seed: int) -> dict:
    """Plant a cause into the facts of each account; causes of `IN_MODELS` leave the facts alone."""
    random = np.random.default_rng(seed)
    tables = {name: frame.copy() for name, frame in quiet.tables.items()}
    mine = {cause: sorted(account for account, one in cause_of.items() if one == cause) for cause in IN_FACTS}
    usage, first = tables["usage"], quiet.before
    in_week = usage["occurred_at"] >= first
    falls = usage["account_id"].isin(mine["usage falls"]) & in_week
    # Everybody still comes, and whatever was done is still done once: people and adoption stay as they are.
    spare = _again(usage, in_week, ["account_id", "user_id"]) & _again(usage, in_week, ["account_id", "module", "action"])
    leave = _key_users(tables["users"], mine["key users leave"], first)
    left = in_week & pd.MultiIndex.from_frame(usage[["account_id", "user_id"]]).isin(leave)
    late = usage["account_id"].isin(mine["facts come late"]) & usage["occurred_at"].between(first - 4 * WEEK, first)
    late &= usage["occurred_at"] < first
    usage.loc[late & (random.random(len(usage)) < 0.7), "known_at"] = first + pd.Timedelta(days=2)
    tables["usage"] = usage[~(falls & spare) & ~left].reset_index(drop=True)
    tables["users"] = _gone(tables["users"], leave, first)
    tables["tickets"] = _piled_up(tables["tickets"], mine["tickets pile up"], first)
    held, crossing = tables["contracts"], mine["renewal comes nearer"]
    horizon = pd.Timedelta(days=quiet.params.labels.churn.lead_days + quiet.params.labels.churn.horizon_days)
    is_last = held["account_id"].isin(crossing) & (pd.to_datetime(held["ends_on"]) >= first)
    held.loc[is_last, "ends_on"] = (first + horizon + pd.Timedelta(days=3)).date()
    return tables


def _again(usage, in_week, names):
    """Say which events of the week are not the first of their kind in it."""
    found = pd.Series(False, index=usage.index)
    found[in_week] = usage.loc[in_week, names].duplicated()
    return found


def _key_users(users, accounts, first):
    known = users[users["superseded_at"].isna() & users["account_id"].isin(accounts) & (users["role"] == "key_user")]
    stays = known["left_at"].isna() | (known["left_at"] >= first)
    return list(known.loc[stays, ["account_id", "user_id"]].itertuples(index=False, name=None))


def _gone(users, leave, first):
    chosen = pd.MultiIndex.from_frame(users[["account_id", "user_id"]]).isin(leave) & users["superseded_at"].isna()
    told = users[chosen].copy()
    told["left_at"], told["known_at"] = first + pd.Timedelta(days=1), first + pd.Timedelta(days=1, hours=1)
    users = users.copy()
    users.loc[chosen, "superseded_at"] = first + pd.Timedelta(days=1, hours=1)
    return pd.concat([users, told], ignore_index=True)


def _piled_up(tickets, accounts, first):
    if not accounts:
        return tickets
    rows = []
    for account in accounts:
        for number in range(6):
            opened = first + pd.Timedelta(hours=20 * number + 1)
            row = dict.fromkeys(tickets.columns) | {"account_id": account, "ticket_id": f"pile-{account}-{number}"}
            row |= {"opened_at": opened, "known_at": opened, "severity": "urgent", "channel": "phone"}
            rows.append(row)
    piled = pd.DataFrame(rows).astype(tickets.dtypes.to_dict())
    return pd.concat([tickets, piled], ignore_index=True)


def another_model(scorer):
    """Return the scorer with other shares of its members and the same calibration."""
    blend = copy.copy(scorer.estimators["blend"])
    blend.weights = {name: float(name == "logistic") for name in blend.weights}
    return dataclasses.replace(scorer, estimators=scorer.estimators | {"blend": blend})


def another_calibration(scorer):
    """Return the scorer with a level that lies higher."""
    blend = copy.copy(scorer.estimators["blend"])
    blend.calibration = dataclasses.replace(blend.calibration, level=blend.calibration.level + 0.7)
    return dataclasses.replace(scorer, estimators=scorer.estimators | {"blend": blend})


def quiet_change(quiet: Quiet, champion):
    """Return by how much each account's probability changes in the quiet week, nothing planted, and how that is called."""
    with quiet.opened(quiet.tables) as view:
        before, now = (score(view, champion, None, day.date()).frame.set_index("account_id") for day in (quiet.before, quiet.now))
    now, old = now.loc[before.index], before["churn_probability"]
    bounds = [now[name] for name in ("churn_probability", "churn_low", "churn_high")]
    told = movement(old, *bounds, is_new=np.zeros(len(now), dtype=bool))
    return pd.DataFrame({"change": now["churn_probability"] - old, "movement": told})


def ledger(quiet: Quiet, champion, cause_of: dict, seed: int, unplanted):
    """Return a row a case: account_id, planted, cause (as the ledger says), change, points, off and effect.

    ``effect`` is what the plant changed: the change with it, less the change without it.
    """
    found = []
    with quiet.opened(planted(quiet, cause_of, seed)) as view:
        now = score(view, champion, None, quiet.now.date())
        two = TwoSnapshots(view, champion.target, quiet.before.date(), quiet.now.date())
        pairs = [(champion.scorer, list(IN_FACTS))]
        pairs += [(another_model(champion.scorer), ["another model"])]
        pairs += [(another_calibration(champion.scorer), ["another calibration"])]
        for then, causes in pairs:
            last = _scored(view, dataclasses.replace(champion, scorer=then), quiet.before).reset_index()
            split = changes(two, last, now, then, champion.scorer, view.catalogue.specs)
            top = main_cause(split).assign(account_id=split.parts["account_id"])
            change = split.parts["churn_probability"] - split.parts["churn_probability_last_list"]
            effect = change - top["account_id"].map(unplanted)
            top = top.assign(change=change, effect=effect, planted=top["account_id"].map(cause_of), off=_off(split))
            found.append(top[top["planted"].isin(causes)])
    return pd.concat(found, ignore_index=True)


def _scored(view, champion, day):
    frame = score(view, champion, None, day.date()).frame
    return frame.set_index("account_id")["churn_probability"]


def _off(split):
    """By how much the parts miss the change."""
    parts = split.parts.filter(like="change_").sum(axis=1)
    return (parts - (split.parts["churn_probability"] - split.parts["churn_probability_last_list"])).abs()
