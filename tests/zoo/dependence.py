"""Kind 7, non-independence of train and test: outcome windows overlap, the future is learnt from, companies are torn apart."""

import dataclasses

import numpy as np
import pandas as pd
from zoo.no_test import FITTED
from zoo.plant import KINDS, Plant
from zoo.rigged_training import rebuilt, rigged

from renewcast.estimators.splits import Slice, Splits, cut

KIND = KINDS[6]
OVERLAP = "outcome windows overlap"


def _shorter_embargo(days: int):
    def cut_early(rows, *, embargo_days, **settings):
        return cut(rows, embargo_days=max(embargo_days - days, 0), **settings)

    return cut_early


def _random_rows(rows, *, seed, **settings):
    test = np.random.default_rng(seed).random(len(rows)) < 0.25
    return Splits(~test, test, (), by_time=True)


def _random_accounts(rows, *, seed, **settings):
    names, place = np.unique(rows.group, return_inverse=True)
    test = (np.random.default_rng(seed).random(len(names)) < 0.25)[place]
    return Splits(~test, test, (), by_time=False)


def _backwards(rows, *, test_weeks, embargo_days, **settings):
    """The oldest weeks are the test, everything after them trains."""
    day = np.timedelta64(1, "D")
    test = rows.as_of < rows.as_of.min() + test_weeks * 7 * day
    return Splits(rows.as_of > rows.as_of[test].max() + embargo_days * day, test, (), by_time=True)


def _every_other_snapshot(rows, **settings):
    dates = np.unique(rows.as_of)
    test = np.isin(rows.as_of, dates[len(dates) // 2 :: 2])
    return Splits(~test, test, (), by_time=True)


def _slices_look_at_what_they_fit(rows, **settings):
    parts = cut(rows, **settings)
    return dataclasses.replace(parts, slices=tuple(Slice(parts.development, one.look) for one in parts.slices))


def _slices_without_embargo(rows, **settings):
    parts = cut(rows, **settings)
    slices = [Slice(parts.development & (rows.as_of < rows.as_of[one.look].min()), one.look) for one in parts.slices]
    return dataclasses.replace(parts, slices=tuple(slices))


def _slices_in_the_test(rows, **settings):
    parts = cut(rows, **settings)
    return dataclasses.replace(parts, slices=(Slice(parts.development, parts.test),))


class GapFiller:
    """Claims an embargo, and fits on the rows inside it as well."""

    def prepare(self, rows, specs, parts):
        self.rows = rows.take(rows.as_of < rows.as_of[parts.test].min())
        return rows, specs

    def fit(self, development, specs, trees, tuning):
        from renewcast.estimators.fitting import fit_all

        return fit_all(self.rows, specs, trees, tuning)


def _filled_gap():
    memory = GapFiller()
    return rigged(prepare=memory.prepare, fit=memory.fit)


def _no_embargo(project, training_set):
    return dataclasses.replace(training_set, embargo_days=0)


def _without_grace(project, training_set):
    return dataclasses.replace(training_set, embargo_days=training_set.embargo_days - 30)


def _torn_apart(project, training_set):
    return dataclasses.replace(training_set, frame=training_set.frame.assign(group=training_set.frame["account_id"]))


def _longer_window(project, training_set):
    """Labels look 90 days further than the embargo: who is lost within half a year counts."""
    frame = training_set.frame.copy()
    first = frame[frame["label"]].groupby("account_id")["as_of"].min()
    ahead = frame["account_id"].map(first) - frame["as_of"]
    frame["label"] |= ((ahead > pd.Timedelta(0)) & (ahead <= pd.Timedelta(days=91))).to_numpy()
    return dataclasses.replace(training_set, frame=frame)


def _cut(disguise, how, says, **more):
    return Plant(KIND, disguise, "procedure", rigged(cut=how), "training", says, **more)


PLANTS = [
    Plant(KIND, "no embargo", "procedure", rebuilt(_no_embargo), "training", "the embargo is 0 days", names_account=False),
    Plant(KIND, "an embargo without the grace", "procedure", rebuilt(_without_grace), "training", OVERLAP),
    _cut("an embargo that is forgotten in the cut", _shorter_embargo(90), OVERLAP),
    _cut("rows drawn at random", _random_rows, OVERLAP),
    _cut("accounts drawn at random", _random_accounts, "drawn by account although"),
    _cut("the past judged by the future", _backwards, OVERLAP),
    _cut("every other snapshot", _every_other_snapshot, OVERLAP),
    _cut("slices that look at what they fitted", _slices_look_at_what_they_fit, "both learnt from and judged on .slice"),
    _cut("slices without an embargo", _slices_without_embargo, OVERLAP),
    _cut("tuned on the test rows", _slices_in_the_test, "are not development rows"),
    Plant(KIND, "the embargo is claimed, but learnt from", "procedure", _filled_gap(), "training", FITTED),
    Plant(KIND, "subsidiaries torn from their parents", "procedure", rebuilt(_torn_apart), "training", "group of their company"),
    Plant(KIND, "labels that look further than the embargo", "procedure", rebuilt(_longer_window), "training", "labels differ"),
]
