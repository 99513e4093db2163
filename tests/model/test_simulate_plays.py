"""Plays of the made-up company: what each does is written down, true, and can be told from the hazard."""

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression

from renewcast.simulate import simulate
from renewcast.simulate.decisions import unexplained_share
from renewcast.simulate.truth import load_truth, load_truth_play_effects, load_truth_plays, load_truth_terms


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    directory = tmp_path_factory.mktemp("plays")
    simulate(directory, accounts=1200, weeks=130, seed=7)
    return directory


@pytest.fixture(scope="module")
def terms(folder):
    return load_truth_terms(folder).to_pandas().set_index("contract_id")


@pytest.fixture(scope="module")
def felt(folder):
    return load_truth_play_effects(folder).to_pandas()


@pytest.fixture(scope="module")
def effects(folder):
    return load_truth_plays(folder).to_pandas().set_index("play")


def test_some_kinds_of_play_help_and_some_do_nothing(effects):
    assert len(effects) == 6 and (effects["effect_log_odds"] <= 0).all()
    assert (effects["effect_log_odds"] == 0).sum() == 2 and (effects["effect_log_odds"] < -0.4).sum() == 4


def test_each_decision_says_what_it_would_have_been_without_a_play(terms, felt, effects):
    effect = felt["play"].map(effects["effect_log_odds"])
    assert (felt["p_renew_without"][effect == 0] == felt["p_renew"][effect == 0]).all()
    assert (felt["p_renew_without"][effect < 0] < felt["p_renew"][effect < 0]).all()
    np.testing.assert_array_equal(felt["contract_id"].map(terms["p_renew"]), felt["p_renew"])
    helped = felt[effect < 0]
    alone = helped[~helped.duplicated("contract_id", keep=False)]
    assert len(alone) > 300
    np.testing.assert_allclose(alone["contract_id"].map(terms["p_renew_untreated"]), alone["p_renew_without"], rtol=1e-9)
    untouched = terms[~terms.index.isin(helped["contract_id"])]
    np.testing.assert_array_equal(untouched["p_renew"], untouched["p_renew_untreated"])
    assert (terms["p_renew_untreated"] <= terms["p_renew"]).all()


def test_a_play_is_felt_from_its_start_for_as_long_as_it_lasts(folder, terms, felt, effects):
    plays = pd.read_parquet(folder / "plays.parquet").set_index("play_id")
    own = plays.loc[felt["play_id"]].reset_index()
    assert (own["account_id"] == felt["account_id"]).all() and (own["play"] == felt["play"]).all()
    decided = pd.to_datetime(felt["contract_id"].map(terms["decided_on"]))
    age = (decided.to_numpy() - own["started_at"].to_numpy()) / np.timedelta64(1, "D")
    assert (age > 0).all() and (age <= felt["play"].map(effects["lasts_days"]).to_numpy()).all()


def test_the_effects_can_be_told_from_the_hazard(folder, terms, felt, effects):
    """A logistic regression on the part of the risk that has causes, with that risk without plays as the other input."""
    contracts = pd.read_parquet(folder / "contracts.parquet").drop_duplicates("contract_id", keep="last").set_index("contract_id")
    days = (pd.to_datetime(contracts["ends_on"]) - pd.to_datetime(contracts["starts_on"])).dt.days.reindex(terms.index)
    months = np.select([days < 45, days < 120, days < 600], [1, 3, 12], 24)
    most = 1 - unexplained_share(months)
    inputs = pd.crosstab(felt["contract_id"], felt["play"]).reindex(terms.index, fill_value=0)[effects.index]
    base = np.log(most / terms["p_renew_untreated"] - 1)
    x = np.column_stack([base, inputs])
    leaves = 1 - terms["p_renew"].to_numpy() / most
    fitted = LogisticRegression(C=1e8, max_iter=5000, tol=1e-9).fit(
        np.vstack([x, x]), np.repeat([1, 0], len(x)), sample_weight=np.concatenate([leaves, 1 - leaves])
    )
    assert fitted.coef_[0, 0] == pytest.approx(1, abs=0.01)
    np.testing.assert_allclose(fitted.coef_[0, 1:], effects["effect_log_odds"], atol=0.02)


def test_those_who_get_a_play_are_at_greater_risk_all_the_same(terms, felt):
    """Plays answer trouble: who compares accounts with and without a play finds that plays do harm."""
    treated = terms.index.isin(felt["contract_id"])
    assert terms["p_renew_untreated"][treated].mean() < terms["p_renew_untreated"][~treated].mean() - 0.03
    assert terms["p_renew"][treated].mean() < terms["p_renew"][~treated].mean()


def test_a_verdict_is_no_measure_of_the_effect(folder, effects):
    plays = pd.read_parquet(folder / "plays.parquet").dropna(subset="verdict")
    worked = (plays["verdict"] == "worked").groupby(plays["play"]).mean()
    assert worked[effects["effect_log_odds"] == 0].min() > 0.15


def test_without_plays_the_weekly_risk_is_higher_and_never_lower(folder):
    truth = load_truth(folder).to_pandas()
    assert (truth["p_churn_90d_untreated"] >= truth["p_churn_90d"] - 1e-12).all()
    assert truth["p_churn_90d_untreated"].mean() > 1.03 * truth["p_churn_90d"].mean()
