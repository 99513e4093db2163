"""Which snapshots are trials of a play, which stand beside, and what the estimate makes of made-up trials."""

import numpy as np
import pandas as pd
import pytest

from renewcast.plays.effects import Trials, estimate, in_force, read_effects, to_bytes
from renewcast.plays.library import load_library
from renewcast.plays.trials import _begun, _notice


def test_a_play_is_of_the_week_in_which_it_was_begun_and_only_before_the_last_day_of_notice():
    days = pd.to_datetime(["2026-01-05", "2026-01-12", "2026-01-19", "2026-01-26"])
    rows = pd.DataFrame({"account_id": "A", "as_of": days, "row": range(4), "left": [60.0, 53.0, 46.0, 39.0]})
    plays = pd.DataFrame({"account_id": ["A"], "started_at": pd.to_datetime(["2026-01-14 10:00"])})
    now, before, later = _begun(rows, plays, rows["left"].to_numpy() - 30, 10)
    assert now.tolist() == [False, True, False, False]
    assert before.tolist() == [False, False, True, False]  # felt for ten days
    assert later.tolist() == [True, True, False, False]
    too_late, _, _ = _begun(rows, plays, rows["left"].to_numpy() - 52, 10)  # one day to the notice, begun two days after
    assert not too_late.any()


def test_the_notice_is_that_of_the_next_term_to_end():
    rows = pd.DataFrame({"account_id": ["A", "A", "B"], "as_of": pd.to_datetime(["2026-02-01", "2026-01-01", "2026-01-01"])})
    rows["row"] = range(3)
    terms = pd.DataFrame({"account_id": "A", "ends_on": pd.to_datetime(["2026-01-15", "2026-03-01", None])})
    assert _notice(rows, terms.assign(notice_days=[30.0, 60.0, 90.0])).tolist() == [60.0, 30.0, 0.0]


def made_up(seed: int, effect: float, n: int = 4000, accounts: int = 900) -> Trials:
    """Trials whose treatment goes by the risk (and so would look harmful), with accounts that have a temper of their own."""
    rng = np.random.default_rng(seed)
    account = rng.integers(0, accounts, n)
    z = rng.normal(-1.5, 1, n) + rng.normal(0, 0.3, accounts)[account]
    treated = (rng.random(n) < 1 / (1 + np.exp(-(z - 0.5)))).astype(float)
    left = rng.random(n) < 1 / (1 + np.exp(-(z + effect * treated)))
    return Trials(left, z[:, None], rng.integers(1, 90, n).astype(float), account.astype(str), {"usage_review": treated})


@pytest.mark.parametrize("effect", [-0.8, 0.0])
def test_the_estimate_is_right_on_average_and_its_error_honest(effect):
    found = [estimate(made_up(seed, effect))["usage_review"] for seed in range(20)]
    errors = np.array([one["estimate"] - effect for one in found])
    assert abs(errors.mean()) < 0.12
    holds = np.abs(errors) <= 1.645 * np.array([one["standard_error"] for one in found])
    assert holds.mean() >= 0.75  # 20 intervals of 90 %: fewer than 15 would be one chance in a hundred


def test_kinds_of_which_little_is_known_are_not_measured():
    case = made_up(0, -0.5)
    few = np.zeros(len(case.label))
    few[:10] = 1
    found = estimate(Trials(case.label, case.risk, case.days_to_end, case.group, case.treated | {"payment_call": few}))
    assert set(found) == {"usage_review"}
    assert estimate(Trials(case.label, case.risk, case.days_to_end, case.group, {})) == {}


def test_what_was_measured_is_kept_in_the_same_bytes_and_read_back(tmp_path):
    found = estimate(made_up(1, -0.5))
    path = tmp_path / "effects.json"
    path.write_bytes(to_bytes("2026-06-29", found))
    assert to_bytes("2026-06-29", estimate(made_up(1, -0.5))) == path.read_bytes()
    from trained_company import ROOT

    library = load_library(ROOT / "plays.yaml")
    assert in_force(library, read_effects(path))["usage_review"]["effect_from"] == "measured"
    assert read_effects(tmp_path / "none.json") is None
