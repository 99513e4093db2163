"""What may become of accounts and terms: probabilities that add up to one and never contradict the list."""

import numpy as np
import pytest
from trained_company import AS_OF

from renewcast import Project
from renewcast.scoring.outlook import account_outlook

TERM = [f"{name}_probability" for name in ("churned", "late", "contracted", "flat", "expanded")]


@pytest.fixture(scope="module")
def project(trained_company):
    return Project.load(trained_company)


@pytest.fixture(scope="module")
def terms(project):
    return project.term_outlook(AS_OF)


def test_the_outcomes_of_a_term_add_up_to_one_and_no_term_is_safer_than_its_account(project, terms):
    told = terms[TERM].to_numpy()
    assert len(terms) > 20 and np.abs(told.sum(axis=1) - 1).max() < 1e-12 and (told >= 0).all()
    churn = project.scores(AS_OF).set_index("account_id")["churn_probability"]
    assert (terms["churned_probability"].to_numpy() >= churn[terms["account_id"]].to_numpy() - 1e-15).all()
    assert np.allclose(terms["renewal_probability"], 1 - terms["churned_probability"], atol=1e-15)
    assert ((terms["expected_mrr"] >= 0) & (terms["expected_mrr"] < 3 * terms["mrr"])).all()


def test_only_undecided_terms_that_end_inside_the_horizon_are_told_of(project, terms):
    left = (terms["ends_on"] - np.datetime64(AS_OF)).dt.days
    assert left.between(0, project.params.labels.renewal.horizon_days - 1).all()
    assert not terms["contract_id"].duplicated().any()


def test_the_list_shows_the_renewal_of_the_term_outlook(project, terms):
    scores = project.scores(AS_OF).set_index("account_id")["renewal_probability"].dropna()
    first = terms.sort_values(["ends_on", "mrr", "contract_id"], ascending=[True, False, True]).drop_duplicates("account_id")
    assert np.allclose(scores, first.set_index("account_id")["renewal_probability"][scores.index], atol=1e-15)


def test_leaving_voluntarily_and_involuntarily_add_up_to_churn(project):
    told = project.account_outlook(AS_OF)
    parts = told["voluntary_probability"] + told["involuntary_probability"]
    assert len(told) > 100 and np.allclose(parts, told["churn_probability"], atol=1e-15)
    assert told["involuntary_probability"].gt(0).all()
    # Nobody was trained for contraction or expansion here, so nothing is made up.
    assert told[["contraction_probability", "expansion_probability", "flat_probability", "expected_mrr"]].isna().all(axis=None)


@pytest.mark.parametrize(("contracts", "expands"), [(0.1, 0.2), (0.7, 0.6)])
def test_contraction_and_expansion_share_what_churn_leaves(project, contracts, expands):
    class Always:
        def __init__(self, probability):
            self.scorer, self.probability, self.companions = self, probability, {}

        def predict(self, features, gated):
            return np.full(len(features), self.probability)

    champions, scores = project.score_snapshot(AS_OF)
    told = account_outlook(scores, champions | {"contraction": Always(contracts), "expansion": Always(expands)})
    four = [f"{name}_probability" for name in ("churn", "contraction", "flat", "expansion")]
    assert np.allclose(told[four].sum(axis=1), 1, atol=1e-12) and (told[four] >= 0).all(axis=None)
    assert np.allclose(told["contraction_probability"] / told["expansion_probability"], contracts / expands)
    assert np.allclose(told["expected_mrr"], (told["mrr"] * (1 - told["churn_probability"])).round(2), atol=0.011)
