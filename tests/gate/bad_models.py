"""Planted bad models, each with the check that should refuse it, and the healthy one that they are spoilt from.

Each is a whole case as the gate sees it: rows, a training on them, the newest feature rows. Where it can be, the fault is in what
the model was trained on, not in the figures.
"""

import dataclasses
import datetime as dt
import functools

import numpy as np
import pandas as pd
from synthetic_panel import EMBARGO_DAYS, MODEL, SPECS, SPLITS, panel

from renewcast.estimators._definition import InputSpec, TrainingRows
from renewcast.estimators.blend import Blend
from renewcast.estimators.boosted import Trees
from renewcast.estimators.calibration import Shape
from renewcast.estimators.fitting import Tuning
from renewcast.estimators.logit import logit, sigmoid
from renewcast.evaluation.checks import Case
from renewcast.evaluation.training import train

ACCOUNTS, DATES = 400, 16
REGION = InputSpec("region", "tenure", True)
REGIONS = np.array([f"region {number:02d}" for number in range(20)], dtype=object)
ALL_SPECS = (*SPECS, REGION)


def with_region(rows: TrainingRows) -> TrainingRows:
    """Add a region an account, of which each holds 5 % of them; it means nothing."""
    number = pd.Series(rows.account_id).str.slice(1).astype(int).to_numpy() % len(REGIONS)
    return changed(rows, features=rows.features.assign(region=REGIONS[number]))


def changed(rows: TrainingRows, **new) -> TrainingRows:
    """The same rows with some fields replaced."""
    return TrainingRows(**{field.name: getattr(rows, field.name) for field in dataclasses.fields(rows)} | new)


@functools.cache
def world(seed: int = 0, accounts: int = ACCOUNTS, **panel_settings) -> TrainingRows:
    """A panel with regions, in order."""
    return with_region(panel(accounts=accounts, dates=DATES, seed=seed, **panel_settings)[0]).in_order()


def fitted(rows: TrainingRows, specs=ALL_SPECS, model=MODEL):
    """Train as the project does."""
    return train(rows, specs, model, SPLITS, EMBARGO_DAYS)


def case(rows: TrainingRows, trained, *, model=MODEL, recent_seed: int = 77, **more) -> Case:
    """What the gate is given: the newest rows come from the same world, and scoring makes the last rows as training did."""
    last = rows.as_of.max()
    at = rows.as_of == last
    recent = with_region(panel(accounts=len(np.unique(rows.account_id)), dates=1, seed=recent_seed)[0]).features
    for name in rows.features.columns.difference(recent.columns):
        recent[name] = rows.features[name].to_numpy()[: len(recent)]
    rebuilt = rows.features[at].assign(account_id=rows.account_id[at], unit=rows.unit[at], as_of=rows.as_of[at])
    as_of = dt.date.fromisoformat(str(last)[:10]) + dt.timedelta(days=EMBARGO_DAYS)
    given = {"as_of": as_of, "recent": recent, "rebuilt": rebuilt} | more
    return Case(trained, rows, model, EMBARGO_DAYS, **given)


@functools.cache
def healthy(seed: int = 0, accounts: int = ACCOUNTS) -> Case:
    """A model with nothing wrong."""
    rows = world(seed, accounts)
    return case(rows, fitted(rows), recent_seed=seed + 1000)


def retold(one: Case, told) -> Case:
    """The same case with other probabilities told of the test by the blend, which ranks."""
    predictions = one.trained.test_predictions.assign(blend=np.clip(told, 1e-6, 1 - 1e-6))
    return ranked_by_the_blend(dataclasses.replace(one, trained=dataclasses.replace(one.trained, test_predictions=predictions)))


def refitted(one: Case, trees: Trees, tuning: Tuning) -> Case:
    """The same case with the blend fitted otherwise, and shipped; the baselines stay."""
    blend = Blend(one.trained.specs, trees, tuning.rounds, tuning.shape).fit(one.development)
    development = one.trained.development | {"blend": blend}
    trained = dataclasses.replace(one.trained, development=development, tuning=tuning)
    return retold(dataclasses.replace(one, trained=trained), blend.predict(one.test.features, one.test.gated))


def ranked_by_the_blend(one: Case) -> Case:
    """The same case, shipped against the figures."""
    return dataclasses.replace(one, trained=dataclasses.replace(one.trained, ranked_by="blend", has_skill=True))


def class_reweighted(seed: int = 0) -> Case:
    """Those who churned stand so often among the training rows that both classes weigh the same."""
    rows = world(seed)
    share = rows.label.mean()
    copies = int(round((1 - share) / share)) * 2
    splits = healthy(seed).trained.splits
    again = np.flatnonzero(rows.label & splits.development)
    at = np.r_[np.arange(len(rows)), np.repeat(again, copies)]
    unit = np.r_[rows.unit, np.char.add(np.repeat(rows.unit[again], copies), np.tile(np.arange(copies).astype(str), len(again)))]
    more = changed(rows.take(at), unit=unit).in_order()
    return case(more, fitted(more))


def overfit(seed: int = 0) -> Case:
    """Deep trees learn the training rows by heart, and nothing calibrates them."""
    return refitted(healthy(seed), Trees(seed, 1, 127, 1, 0.5), Tuning(60, Shape(), 0, 0, 0, ()))


def twice_the_prior(seed: int = 0) -> Case:
    """Half of those who churned were missing from the training rows, at random: churn was recorded by halves."""
    rows = world(seed)
    splits = healthy(seed).trained.splits
    lost = np.random.default_rng(seed).random(len(rows)) < 0.5
    half = changed(rows, label=rows.label & ~(lost & splits.development))
    return case(half, fitted(half))


def leaky_feature(seed: int = 0) -> Case:
    """A column that is filled in after the outcome: days since a cancellation form was opened."""
    rows = world(seed)
    noise = np.random.default_rng(seed).normal(0, 0.2, len(rows))
    leaky = changed(rows, features=rows.features.assign(cancellation_form=np.where(rows.label, 1.0, 0.0) + noise))
    return case(leaky, fitted(leaky, (*ALL_SPECS, InputSpec("cancellation_form", "support", False))))


def one_feature(seed: int = 0) -> Case:
    """All but one feature were blanked to noise: the model rests on one number."""
    rows = world(seed)
    generator = np.random.default_rng(seed)
    z = -1.2 - 3 * rows.features["usage_events_trend_28d"].to_numpy()
    label = np.where(rows.gated, False, generator.random(len(rows)) < sigmoid(z))
    alone = changed(rows, label=label)
    return case(alone, fitted(alone))


def broken_segment(seed: int = 0) -> Case:
    """In one region of twenty the usage feed broke: accounts look as if they had left, or as safe as can be."""
    one = healthy(seed)
    region = REGIONS[seed % len(REGIONS)]
    features = one.test.features.copy()
    broken = (features["region"] == region).to_numpy()
    features.loc[broken, "usage_events_trend_28d"] = -2.5 if seed % 2 else 2.5
    features.loc[broken, "open_severe_tickets"] = 4.0 if seed % 2 else 0.0
    return retold(one, one.trained.development["blend"].predict(features, one.test.gated))


def other_feature_rows(seed: int = 0) -> Case:
    """Scoring divides usage by another number of days than training did."""
    one = healthy(seed)
    rebuilt = one.rebuilt.assign(usage_events_trend_28d=one.rebuilt["usage_events_trend_28d"] * 28 / 30)
    return dataclasses.replace(one, rebuilt=rebuilt)


def drifted_inputs(seed: int = 0) -> Case:
    """The newest usage comes in another unit, and severe tickets are counted anew."""
    one = healthy(seed)
    recent = one.recent.assign(
        usage_events_trend_28d=one.recent["usage_events_trend_28d"] - 1.0,
        open_severe_tickets=one.recent["open_severe_tickets"] + 2.0,
    )
    return dataclasses.replace(one, recent=recent)


def unstable_noise(seed: int = 0) -> Case:
    """There is nothing to find, and the model is shipped all the same."""
    rows = world(seed, strength=0.0)
    return ranked_by_the_blend(case(rows, fitted(rows)))


def worse_than_logistic(seed: int = 0) -> Case:
    """The calibration has flattened the blend on a truth that is a straight line; logistic regression stands beside it."""
    rows = world(seed, gated_share=0.0)
    return refitted(case(rows, fitted(rows)), Trees(seed, 2, 7, 10, 0.1), Tuning(10, Shape(0.4), 0, 0, 0, ()))


def worse_than_the_base_rate(seed: int = 0) -> Case:
    """The labels of the training were shifted by one account: confident, and wrong."""
    rows = world(seed)
    splits = healthy(seed).trained.splits
    at = np.flatnonzero(splits.development & ~rows.gated)
    label = rows.label.copy()
    label[at] = np.roll(label[at], DATES)
    shifted = changed(rows, label=label)
    trained = fitted(shifted)
    told = trained.test_predictions["blend"].to_numpy()
    return retold(case(shifted, trained), sigmoid(3 * (logit(told) - logit(told).mean()) + logit(told).mean()))


def random_ranking(seed: int = 0) -> Case:
    """The probabilities were joined to the wrong accounts."""
    one = healthy(seed)
    told, at = one.probability.copy(), np.flatnonzero(one.open)
    told[at] = told[at][np.random.default_rng(seed).permutation(len(at))]
    return retold(one, told)


def stale(seed: int = 0) -> Case:
    """Trained on outcomes that ended more than half a year before the day on which it is to score."""
    one = healthy(seed)
    return dataclasses.replace(one, as_of=one.as_of + dt.timedelta(days=210))


def too_few_outcomes(seed: int = 0) -> Case:
    """Fewer churned accounts than a training accepts, let through by hand."""
    one = healthy(seed)
    churned = np.unique(one.rows.group[one.rows.label & one.trained.splits.development])[12:]
    label = one.rows.label & ~(np.isin(one.rows.group, churned) & one.trained.splits.development)
    return dataclasses.replace(one, rows=changed(one.rows, label=label))


def a_column_is_gone(seed: int = 0) -> Case:
    """The newest tables have lost a column that the model needs."""
    one = healthy(seed)
    return dataclasses.replace(one, recent=one.recent.drop(columns="nps_last"))


BAD = {
    "RC203": class_reweighted,
    "RC202": overfit,
    "RC201": twice_the_prior,
    "RC302": leaky_feature,
    "RC303": one_feature,
    "RC205": broken_segment,
    "RC403": other_feature_rows,
    "RC401": drifted_inputs,
    "RC501": unstable_noise,
    "RC101": worse_than_logistic,
    "RC102": worse_than_the_base_rate,
    "RC103": random_ranking,
    "RC105": stale,
    "RC601": too_few_outcomes,
    "RC404": a_column_is_gone,
}
"""Which check should refuse which model."""
