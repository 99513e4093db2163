"""The gate: twelve planted bad models and more, each refused by the check that should; healthy models pass."""

import os

import numpy as np
import pytest
from gate.bad_models import BAD, case, changed, fitted, healthy, world
from trained_company import ROOT

from renewcast.evaluation.checks import CHECKS, Case, Verdict, judge
from renewcast.evaluation.checks.drift import distances
from renewcast.evaluation.checks.segments import FAMILY_LEVEL, gaps, worst

DEEP = os.environ.get("RENEWCAST_DEEP") == "1"
SEEDS = range(20) if DEEP else range(1)
HEALTHY = range(60) if DEEP else range(3)
WEEKS = 1000 if DEEP else 60


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("id", BAD)
def test_a_bad_model_is_refused_by_the_check_that_should(id, seed):
    assert len(BAD) >= 12
    verdict = judge(BAD[id](seed))
    assert not verdict.passes and id in {one.id for one in verdict.stops}, BAD[id].__doc__


@pytest.mark.parametrize("seed", HEALTHY)
def test_a_healthy_model_passes_every_stop_check(seed):
    assert not judge(healthy(seed)).stops


def test_a_model_without_skill_that_ships_the_base_rate_passes():
    rows = world(0, strength=0.0, gated_share=0.0)
    trained = fitted(rows)
    assert trained.ranked_by == "base_rate" and not trained.has_skill
    assert not judge(case(rows, trained)).stops


def test_what_is_not_given_is_not_applicable_and_never_passed():
    one = healthy(0)
    found = {each.id: each for each in judge(Case(one.trained, one.rows)).findings}
    assert {id for id, each in found.items() if each.outcome == "not_applicable"} == {
        "RC104", "RC105", "RC401", "RC402", "RC403", "RC404", "RC501", "RC502",
    }  # fmt: skip
    assert all(len(each.said) > 15 for each in found.values())


def test_every_check_has_an_id_of_its_own_a_title_and_one_sentence_of_remedy():
    ids = [check.id for check in CHECKS]
    assert len(set(ids)) == len(ids) >= 20 and ids == sorted(ids)
    for check in CHECKS:
        assert check.id[:2] == "RC" and check.id[2:].isdigit() and check.severity in ("stop", "warn")
        assert check.title[0].islower() and check.remedy[0].isupper() and check.remedy.endswith(".")
        assert check.remedy.count(". ") == 0


def test_a_verdict_survives_json():
    verdict = judge(healthy(0))
    assert Verdict.of(verdict.to_list()) == verdict
    assert len(verdict.to_frame()) == len(CHECKS) == verdict.brief()["checks"]


def test_the_verdict_depends_on_no_order_of_rows_and_repeats():
    one = healthy(0)
    shuffled = one.recent.sample(frac=1.0, random_state=1)
    again = case(one.rows, one.trained, recent=shuffled, rebuilt=one.rebuilt.iloc[::-1])
    assert judge(again) == judge(one)


def test_a_champion_that_is_as_good_brings_a_warning_and_one_that_is_worse_does_not():
    one = healthy(0)
    told = one.trained.test_predictions
    kept = told[["account_id", "as_of", "label"]].assign(unit=one.test.unit)
    same = judge(case(one.rows, one.trained, champion_predictions=kept.assign(probability=told["blend"])))
    worse = judge(case(one.rows, one.trained, champion_predictions=kept.assign(probability=told["base_rate"])))
    assert "RC104" in {each.id for each in same.warnings} and same.passes
    assert "RC104" not in {each.id for each in worse.warnings}


def test_a_feature_that_is_empty_for_those_who_leave_is_suspected():
    rows = world(0)
    empty = np.where(rows.label, np.nan, rows.features["nps_last"].fillna(5.0))
    leaky = changed(rows, features=rows.features.assign(nps_last=empty))
    assert "RC302" in {one.id for one in judge(case(leaky, fitted(leaky))).stops}


def _outcomes(generator, accounts: int, dates: int):
    """Calibrated probabilities and outcomes that cluster: an account that churns does so at up to three dates in a row."""
    p = np.repeat(1 / (1 + np.exp(2.5 - generator.normal(0, 1.2, accounts))), dates)
    group = np.repeat(np.arange(accounts), dates)
    run = generator.random((accounts, -(-dates // 3)))[:, np.arange(dates) // 3].ravel()
    return run < p, p, group


def test_the_segments_of_calibrated_models_are_refused_no_more_often_than_promised():
    generator, refused, runs = np.random.default_rng(0), 0, 400 if DEEP else 150
    for _ in range(runs):
        label, p, group = _outcomes(generator, 400, 6)
        cells = {f"{d} {n}": generator.integers(0, 8, 400)[group] == n for d in range(5) for n in range(8)}
        refused += worst(gaps(label, p, group, cells)).outcome == "failed"
    assert refused <= FAMILY_LEVEL * runs


def test_a_broken_segment_of_a_twentieth_of_the_rows_is_caught_nineteen_times_of_twenty():
    generator, caught, runs = np.random.default_rng(1), 0, 300 if DEEP else 100
    for _ in range(runs):
        label, p, group = _outcomes(generator, 2000, 6)
        segment = np.arange(2000)[group] % 20
        told = np.where(segment == 3, np.clip(4 * p, 0, 0.9), p)
        answer = worst(gaps(label, told, group, {f"segment {n}": segment == n for n in range(20)}))
        caught += answer.outcome == "failed" and "segment 3:" in answer.said
    assert caught >= 0.95 * runs


@pytest.mark.parametrize("accounts", [50, 200, 1000])
def test_quiet_weeks_raise_an_alarm_once_in_a_hundred_at_most(accounts):
    """With 24 features of many kinds, some of them ties, in companies of which four fifths stay."""
    import pandas as pd

    from renewcast.estimators._definition import InputSpec

    specs = [InputSpec(f"f{number}", "usage", number % 8 == 7) for number in range(24)]
    generator, alarms, weeks = np.random.default_rng(accounts), 0, max(20, WEEKS // {50: 1, 200: 2, 1000: 5}[accounts])
    for week in range(weeks):
        everybody = {}
        for number, spec in enumerate(specs):
            drawn = generator.lognormal(0, 1, accounts * 6 // 5) if number % 2 else generator.poisson(1.5, accounts * 6 // 5)
            drawn = np.where(generator.random(len(drawn)) < 0.1, np.nan, drawn)
            levels = np.array(["a", "b", "c", None], dtype=object)[generator.integers(0, 4, len(drawn))]
            everybody[spec.name] = levels if spec.is_categorical else drawn
        frame = pd.DataFrame(everybody)
        moved, bound = distances(frame[:accounts], frame[-accounts:].reset_index(drop=True), specs, seed=week)
        alarms += bool(moved.max() > bound)
    assert alarms <= max(1, 0.01 * weeks)


def test_the_document_of_the_gate_lists_every_check_with_its_title_and_severity():
    text = (ROOT / "docs" / "gate.md").read_text()
    listed = [line.split(" | ")[:3] for line in text.splitlines() if line.startswith("| RC")]
    assert [(one[0][2:], *one[1:]) for one in listed] == [(check.id, check.title, check.severity) for check in CHECKS]
