"""Survival curves of a trained project: three horizons on one curve, the list's number untouched, old champions still welcome."""

import numpy as np
import pandas as pd
import pytest
from trained_company import AS_OF, artefact_of

from renewcast import Project
from renewcast.estimators import artefact
from renewcast.estimators.scorer import Scorer
from renewcast.scoring.survival import survival

HORIZONS = ["churn_probability_30d", "churn_probability_90d", "churn_probability_180d"]


@pytest.fixture(scope="module")
def project(trained_company):
    return Project.load(trained_company)


@pytest.fixture(scope="module")
def curves(project):
    return project.survival(AS_OF)


def test_every_scored_account_has_one_curve_and_no_longer_horizon_is_safer(project, curves):
    scores = project.scores(AS_OF)
    assert list(curves.columns) == ["account_id", *HORIZONS, "expected_lifetime_days", "lifetime_value"]
    assert curves["account_id"].tolist() == scores["account_id"].tolist()
    scored = (scores["status"] == "scored").to_numpy()
    assert (
        scored.sum() > 100 and curves.loc[scored].notna().all(axis=None) and curves.loc[~scored, HORIZONS].isna().all(axis=None)
    )
    shown = curves.loc[scored, HORIZONS].to_numpy()
    assert (np.diff(shown, axis=1) >= 0).all() and (shown > 0).all() and (shown < 1).all()
    assert np.array_equal(shown[:, 1], scores.loc[scored, "churn_probability"].to_numpy())


def test_an_account_whose_term_outlasts_a_horizon_is_safe_until_the_term_ends(project, curves):
    population = project.snapshots(AS_OF)
    left = (population["cover_ends_on"] - population["as_of"]).dt.days.to_numpy()
    for days in (30, 90, 180):
        covered = population["is_eligible"].to_numpy() & (left >= max(days, 90))
        assert covered.sum() > 10 and curves.loc[covered, f"churn_probability_{days}d"].max() < 0.02


def test_money_and_days_stay_within_what_the_parameters_allow(project, curves):
    lifetime, population = project.params.lifetime, project.snapshots(AS_OF)
    limit = lifetime.limit_months * 365.25 / 12
    scored = curves.dropna()
    assert scored["expected_lifetime_days"].between(0, limit).all()
    most = population["mrr"].to_numpy()[scored.index] * 12 / 365.25 * lifetime.gross_margin * scored["expected_lifetime_days"]
    assert (scored["lifetime_value"] <= most + 0.01).all() and (scored["lifetime_value"] >= most * 0.6 - 0.01).all()
    assert np.array_equal(scored["lifetime_value"], scored["lifetime_value"].round(2))


def test_the_list_carries_the_same_numbers(answers, trained_company, curves):
    rows = pd.read_parquet(trained_company / answers["week"]["list_dir"] / "risk_list.parquet").set_index("account_id")
    wanted = curves.set_index("account_id").loc[rows.index]
    for name in ("churn_probability_30d", "churn_probability_180d", "lifetime_value"):
        assert np.array_equal(rows[name].to_numpy(), wanted[name].to_numpy(), equal_nan=True)


def test_the_artefact_gives_the_same_curves_after_loading_and_one_without_a_hazard_gives_none(project, trained_company, curves):
    champions, scores = project.score_snapshot(AS_OF)
    params = project.params
    given = (scores, params.labels.churn, params.scoring.horizons_days, params.lifetime)
    loaded = artefact.load(artefact_of(trained_company))
    pd.testing.assert_frame_equal(survival(loaded, *given), curves, check_exact=True)
    old = Scorer(loaded.ranked_by, loaded.estimators, loaded.specs, loaded.levels)
    without = survival(old, *given)
    assert without.drop(columns="account_id").isna().all(axis=None) and len(without) == len(curves)
    assert "survival" in champions["churn"].scorer.companions
