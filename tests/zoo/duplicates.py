"""Kind 4, duplicates across train and test: the same customer, or the same snapshot, stands on both sides."""

import dataclasses

import numpy as np
import pandas as pd
from zoo.no_test import FITTED
from zoo.plant import KINDS, Plant
from zoo.rigged_training import rebuilt, rigged

KIND = KINDS[3]
COPY = "all but copies"


def _numbers(training_set):
    return [spec.name for spec in training_set.specs if not spec.is_categorical]


def _added(training_set, copies):
    frame = pd.concat([training_set.frame, copies], ignore_index=True)
    return dataclasses.replace(training_set, frame=frame)


def _of_late_lost_rows(training_set):
    """Rows of the last weeks whose account was lost: what a test is short of."""
    frame = training_set.frame
    return frame[frame["label"] & (frame["as_of"] > frame["as_of"].max() - pd.Timedelta(weeks=16))].copy()


def _copied_to_the_past(days: int):
    def change(project, training_set):
        """Lost rows are repeated under an earlier date, to have more of them to learn from."""
        copies = _of_late_lost_rows(training_set)
        return _added(training_set, copies.assign(as_of=copies["as_of"] - pd.Timedelta(days=days)))

    return change


def _copied_under_new_ids(project, training_set):
    """Lost rows are repeated under ids of their own, spread over the development weeks."""
    copies = _of_late_lost_rows(training_set)
    dates = np.sort(training_set.frame["as_of"].unique())[:6]
    copies["account_id"] = [f"X{number:05d}" for number in range(len(copies))]
    return _added(training_set, copies.assign(as_of=dates[np.arange(len(copies)) % 6], group=copies["account_id"]))


def _jittered(project, training_set):
    """The repeated rows carry a little noise, so that no two rows are equal."""
    changed, names = _copied_under_new_ids(project, training_set), _numbers(training_set)
    copies = changed.frame["account_id"].str.startswith("X").to_numpy()
    values = changed.frame.loc[copies, names].to_numpy(dtype=float)
    changed.frame.loc[copies, names] = values * np.random.default_rng(0).uniform(0.998, 1.002, values.shape)
    return changed


def _rounded(project, training_set):
    """The repeated rows come from an export with three significant digits."""
    changed, names = _copied_under_new_ids(project, training_set), _numbers(training_set)
    copies = changed.frame["account_id"].str.startswith("X").to_numpy()
    values = changed.frame.loc[copies, names]
    changed.frame.loc[copies, names] = values.map(lambda value: value if value != value else float(f"{value:.3g}"))
    return changed


def _twice_the_same(project, training_set):
    """A join fans out: some rows come twice under the same account and snapshot."""
    return _added(training_set, _of_late_lost_rows(training_set))


def _second_ids(turn, share):
    """Export part of the accounts a second time under other ids, with all that belongs to them."""

    def plant(company):
        ids = company.table("accounts")["account_id"]
        chosen = set(ids[np.random.default_rng(0).random(len(ids)) < share])
        for name in company.names():
            table = company.table(name)
            copies = table[table["account_id"].isin(chosen)].copy()
            copies["account_id"] = copies["account_id"].map(turn)
            for key in ("contract_id", "event_id", "ticket_id", "invoice_id", "play_id"):
                if key in copies:
                    copies[key] = copies[key].astype(str) + "b"
            company.put(name, pd.concat([table, copies], ignore_index=True))
        company.concerned = chosen | {turn(account) for account in chosen}

    return plant


def _in_lower_case(account):
    return account.lower()


def _numbered_anew(account):
    return f"CRM-{90_000 - int(account[1:])}"


def _between_neighbours(rows, specs, parts):
    """Lost rows are moved halfway to their nearest lost neighbour, wherever that stands: synthetic rows before the split."""
    names = [spec.name for spec in specs if not spec.is_categorical]
    values = rows.features[names].to_numpy(dtype=float)
    lost = np.flatnonzero(rows.label)
    ranks = np.argsort(np.argsort(np.nan_to_num(values), axis=0), axis=0) / len(values)
    far = ((ranks[lost][:, None, :] - ranks[lost][None, :, :]) ** 2).sum(axis=2) + np.where(np.eye(len(lost)) > 0, np.inf, 0)
    other = lost[far.argmin(axis=1)]
    moved = values.copy()
    moved[lost] = np.where(np.isnan(values[other]), values[lost], (values[lost] + values[other]) / 2)
    features = rows.features.copy()
    features[names] = moved
    return dataclasses.replace(rows, features=features), specs


def _plant(disguise, procedure, says):
    return Plant(KIND, disguise, "procedure", procedure, "training", says)


PLANTS = [
    _plant("lost rows repeated a year earlier", rebuilt(_copied_to_the_past(357)), COPY),
    _plant("lost rows repeated half a year earlier", rebuilt(_copied_to_the_past(189)), COPY),
    _plant("lost rows repeated under new ids", rebuilt(_copied_under_new_ids), COPY),
    _plant("repeated with a little noise", rebuilt(_jittered), COPY),
    _plant("repeated with three digits", rebuilt(_rounded), COPY),
    _plant("rows doubled by a join", rebuilt(_twice_the_same), "more than once"),
    _plant("oversampled between neighbours before the split", rigged(prepare=_between_neighbours), FITTED),
    Plant(
        KIND, "accounts exported again in lower case", "tables", _second_ids(_in_lower_case, 0.3), "suspect",
        "one company under two ids", "usage", "account_id",
    ),
    Plant(
        KIND, "accounts imported again under new numbers", "tables", _second_ids(_numbered_anew, 0.2), "suspect",
        "one company under two ids", "usage", "account_id",
    ),
]  # fmt: skip
