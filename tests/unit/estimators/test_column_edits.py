"""Columns are found by name: any order scores alike, and every single-column edit is refused by name. 500 shuffles when deep."""

import os

import numpy as np
import pandas as pd
import pytest
from synthetic_panel import EMBARGO_DAYS, MODEL, SPECS, SPLITS, panel

from renewcast.errors import RenewcastError
from renewcast.estimators import artefact
from renewcast.evaluation.training import train

SHUFFLES = 500 if os.environ.get("RENEWCAST_DEEP") == "1" else 20
NUMERIC = [spec.name for spec in SPECS if not spec.is_categorical]
CATEGORICAL = [spec.name for spec in SPECS if spec.is_categorical]


@pytest.fixture(scope="module")
def rows():
    return panel(accounts=150, dates=12)[0]


@pytest.fixture(scope="module")
def scorer(rows, tmp_path_factory):
    folder = tmp_path_factory.mktemp("columns") / "artefact"
    artefact.save(train(rows, SPECS, MODEL, SPLITS, EMBARGO_DAYS), folder)
    return artefact.load(folder)


def everything(scorer, features, gated):
    base, parts = scorer.contributions(features, gated)
    return (scorer.predict(features, gated), *scorer.interval(features, gated), base, parts.to_numpy())


def test_the_order_of_the_columns_and_more_of_them_change_nothing(scorer, rows):
    features, gated = rows.features.head(200), rows.gated[:200]
    before, generator = everything(scorer, features, gated), np.random.default_rng(0)
    for _ in range(SHUFFLES):
        turned = features[generator.permutation(features.columns)]
        turned.insert(int(generator.integers(0, len(SPECS))), "not_a_feature", 1.0)
        assert all(np.array_equal(one, other) for one, other in zip(before, everything(scorer, turned, gated), strict=True))


def retyped_as_text(features, name):
    return features.assign(**{name: features[name].astype(object).where(features[name].isna(), "7")})


def retyped_as_number(features, name):
    return features.assign(**{name: np.arange(len(features), dtype=float)})


def retyped_as_days(features, name):
    return features.assign(**{name: pd.Timestamp("2026-06-29")})


def dropped(features, name):
    return features.drop(columns=name)


def renamed(features, name):
    return features.rename(columns={name: f"{name} "})


def twice(features, name):
    return pd.concat([features, features[[name]]], axis=1)


def infinite(features, name):
    return features.assign(**{name: np.inf})


EDITS = [(edit, spec.name) for edit in (dropped, renamed, twice, retyped_as_days) for spec in SPECS]
EDITS += [(edit, name) for edit in (retyped_as_text, infinite) for name in NUMERIC]
EDITS += [(retyped_as_number, name) for name in CATEGORICAL]


@pytest.mark.parametrize("edit, name", EDITS, ids=lambda one: getattr(one, "__name__", one))
def test_every_edit_of_a_column_is_refused_by_its_name(scorer, rows, edit, name):
    features = edit(rows.features.head(50), name)
    for ask in (scorer.predict, scorer.contributions, scorer.interval):
        with pytest.raises(RenewcastError, match=name):
            ask(features, rows.gated[:50])
