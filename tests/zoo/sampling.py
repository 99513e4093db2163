"""Kind 8, sampling bias in the test: survivors only, unfinished outcomes, hard cases left out, accounts deleted by the CRM."""

import dataclasses

import numpy as np
import pandas as pd
from zoo.plant import KINDS, Plant
from zoo.rigged_training import numbers, rebuilt, retold, rigged

from renewcast.estimators.splits import Splits

KIND = KINDS[7]
LEFT_OUT = "eligible snapshots are not in the training set"


def _kept(training_set, keep):
    return dataclasses.replace(training_set, frame=training_set.frame[keep].reset_index(drop=True))


def _survivors(project, training_set):
    """Accounts that are customers today, as a CRM lists them."""
    frame = training_set.frame
    return _kept(training_set, frame.groupby("account_id")["as_of"].transform("max") == frame["as_of"].max())


def _complete_cases(project, training_set):
    names = [spec.name for spec in training_set.specs]
    empty = training_set.frame[names].isna()
    usual = empty.mean() < 0.2
    return _kept(training_set, ~empty.loc[:, usual].any(axis=1))


def _easy_cases(project, training_set):
    """Accounts whose term ends soon are left out of the last weeks, where it would show."""
    frame = training_set.frame
    late = frame["as_of"] > frame["as_of"].max() - pd.Timedelta(weeks=16)
    return _kept(training_set, ~late | frame["gated"] | frame["label"] | (np.arange(len(frame)) % 2 == 0))


def _long_standing(project, training_set):
    return _kept(training_set, training_set.frame["tenure_days"] > 180)


def _finished_by(known):
    """Add snapshots whose outcome window is not over: all of them as kept, or only those already known to be lost."""

    def change(project, training_set):
        view, as_of = project.view, project.last_snapshot_day()
        last = training_set.frame["as_of"].max()
        days = [day for day in view.calendar.days(as_of) if last < pd.Timestamp(day) <= last + pd.Timedelta(weeks=8)][::4]
        snapshots = view.population(days)
        snapshots = snapshots[snapshots["is_eligible"]].reset_index(drop=True)
        from renewcast.labels import churn

        label = churn(snapshots, view.known_contracts(as_of), project.params.labels.churn)
        more = snapshots[["account_id", "as_of", "gated"]].assign(label=(label == True).to_numpy(bool))  # noqa: E712
        more = more[known(more)].reset_index(drop=True)
        more["group"] = view.groups(more["account_id"], as_of)
        more = pd.concat([more, view.features(more).reset_index(drop=True)], axis=1)
        return dataclasses.replace(training_set, frame=pd.concat([training_set.frame, more], ignore_index=True))

    return change


def _balanced(trained, rows):
    """The test is thinned until half of it is lost."""
    told = trained.test_predictions
    kept = told[told["label"] | (np.arange(len(told)) % 8 == 0)].reset_index(drop=True)
    return dataclasses.replace(trained, test_predictions=kept, evaluation=trained.evaluation | numbers(kept, trained.development))


def _quiet_weeks(rows, *, test_weeks, embargo_days, **settings):
    """The test is the four snapshot days with the fewest losses."""
    days = np.unique(rows.as_of)
    rate = np.array([rows.label[rows.as_of == day].mean() for day in days])
    late = np.arange(len(days)) >= len(days) // 2
    chosen = days[late][np.argsort(rate[late], kind="stable")[1:4]]
    test = np.isin(rows.as_of, chosen)
    return Splits(rows.as_of + np.timedelta64(embargo_days, "D") <= chosen.min(), test, (), by_time=True)


def _deleted_accounts(company):
    """The CRM deletes whoever left; contracts and usage keep their rows."""
    company.put("accounts", company.table("accounts")[~company.is_lost("accounts")])


def _some_deleted(company):
    """Only a third of those who left are deleted."""
    accounts, lost = company.table("accounts"), sorted(company.lost)
    company.put("accounts", accounts[~accounts["account_id"].isin(lost[::3])])


def _users_deleted(company):
    """The people of whoever left are deleted."""
    company.put("users", company.table("users")[~company.is_lost("users")])


PLANTS = [
    Plant(KIND, "only accounts that are still customers", "procedure", rebuilt(_survivors), "training", LEFT_OUT),
    Plant(KIND, "only rows without empty cells", "procedure", rebuilt(_complete_cases), "training", LEFT_OUT),
    Plant(KIND, "hard cases left out of the last weeks", "procedure", rebuilt(_easy_cases), "training", LEFT_OUT),
    Plant(KIND, "only customers of half a year and more", "procedure", rebuilt(_long_standing), "training", LEFT_OUT),
    Plant(
        KIND, "unfinished outcomes counted as kept", "procedure", rebuilt(_finished_by(lambda rows: np.ones(len(rows), bool))),
        "training", "no eligible snapshots with a finished outcome",
    ),
    Plant(
        KIND, "of unfinished outcomes only the losses", "procedure", rebuilt(_finished_by(lambda rows: rows["label"].to_numpy())),
        "training", "no eligible snapshots with a finished outcome",
    ),
    Plant(KIND, "a test thinned to half losses", "procedure", retold(_balanced), "training", "not the same rows"),
    Plant(KIND, "the quietest weeks as the test", "procedure", rigged(cut=_quiet_weeks), "training", "are not in the test"),
    Plant(
        KIND, "lost accounts deleted from the CRM", "tables", _deleted_accounts, "suspect", "accounts that accounts lacks",
        "accounts", "account_id",
    ),
    Plant(
        KIND, "a third of the lost accounts deleted", "tables", _some_deleted, "suspect", "accounts that accounts lacks",
        "accounts", "account_id",
    ),
    Plant(KIND, "the people of lost accounts deleted", "tables", _users_deleted, "suspect", "no row is there", "users"),
]  # fmt: skip
