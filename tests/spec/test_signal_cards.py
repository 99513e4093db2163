"""When a signal has earned its place, and what its card says of alarms whose outcomes are written down."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from spec.signals_example import company
from spec.worked_example import usage

from renewcast.signals import operating_characteristics as oc
from renewcast.signals.catalogue import BY_NAME
from renewcast.signals.firing import firing, known_at
from renewcast.signals.seasonal import discoveries, discrete_discoveries
from renewcast.signals.week import Noticed

LOOKS = pd.to_datetime(["2026-01-05", "2026-02-02", "2026-03-02"])


def rows(labels: dict) -> pd.DataFrame:
    """Rows of three looks a day for accounts whose outcome is the same at each of them; a fifth is what is to be expected."""
    frame = pd.DataFrame([(account, day, float(label)) for account, label in labels.items() for day in LOOKS])
    frame.columns = ["account_id", "as_of", "label"]
    ends = LOOKS[1] + pd.Timedelta(days=100)
    frame["ends_on"] = frame["label"].map({1.0: ends, 0.0: pd.NaT})
    return frame.assign(group=frame["account_id"], expected=0.2, notice_days=30.0)


def card_of(n_right: int, n_wrong: int) -> dict:
    labels = {f"R{number}": 1 for number in range(n_right)} | {f"W{number}": 0 for number in range(n_wrong)}
    # Each alarms at the second look and still at the third: one episode.
    fired = pd.DataFrame([(account, day, "late_payment") for account in labels for day in LOOKS[1:]])
    fired.columns = ["account_id", "as_of", "signal"]
    return oc._measure(BY_NAME["late_payment"], rows(labels | {f"Q{number}": 0 for number in range(50)}), fired)


def test_a_card_counts_each_episode_once_and_tells_precision_lift_lead_and_false_alarms():
    card = card_of(10, 30)
    assert (card["alarms"], card["accounts"], card["outcomes"]) == (40, 40, 10)
    assert card["precision"] == 0.25 and card["lift"] == pytest.approx(1.25)
    assert (card["lead_days"], card["notice_lead_days"]) == (100.0, 70.0)
    # 90 accounts, two looks after the first, four weeks each.
    assert card["account_weeks"] == 720
    assert card["false_alarms_per_100_account_weeks"] == pytest.approx(100 * 30 / 720)


@pytest.mark.parametrize(
    ("right", "wrong", "speaks", "said"),
    [
        (30, 30, True, None),
        (15, 4, False, "too few accounts"),
        (4, 30, False, "too few accounts"),
        (8, 32, False, "not shown to be better"),
    ],
)
def test_a_signal_is_silent_until_it_has_earned_its_place(right, wrong, speaks, said):
    view = company(invoices="account | issued_on | due_on | amount\nA | 2026-01-01 | 2026-02-01 | 1")
    card = {"name": "late_payment", "absent": [], **card_of(right, wrong)}
    oc._judge(view, [card])
    assert card["speaks"] is speaks
    assert card["why_silent"] is None if speaks else said in card["why_silent"]


def test_a_company_without_history_hears_nothing_and_is_told_why():
    view = company(invoices="account | issued_on | due_on | amount | paid_on\nA | 2026-01-01 | 2026-02-01 | 1 | 2026-02-03")
    cards = {card["name"]: card for card in oc.signal_cards(view, view.calendar.first)}
    assert not any(card["speaks"] for card in cards.values())
    assert "usage.occurred_at" in cards["usage_drop"]["why_silent"]
    assert "no past outcome" in cards["late_payment"]["why_silent"]


def test_the_strongest_signal_comes_first_and_what_is_said_better_is_not_said_twice():
    fired = pd.DataFrame(
        [("A", "usage_drop_raw"), ("A", "usage_drop"), ("A", "late_payment"), ("B", "usage_drop_raw"), ("C", "module_gap")],
        columns=["account_id", "signal"],
    ).assign(kind="risk", evidence="seen")
    lifts = {"usage_drop": 1.2, "usage_drop_raw": 1.1, "late_payment": 1.5, "module_gap": 0.9}
    cards = [{"name": name, "speaks": lift > 1, "lift_low": lift} for name, lift in lifts.items()]
    said = Noticed(fired, cards, frozenset(), "en").sentences(["A", "B", "C", "D"])
    assert said == ["Payment overdue: seen; Use has halved: seen", "Use has halved within a week: seen", None, None]
    assert Noticed(fired, cards, frozenset(), "zh").sentences(["B"]) == ["一周内使用量减半：seen"]


@pytest.mark.parametrize("procedure", ["plain", "discrete"])
def test_of_what_is_discovered_among_many_tests_a_tenth_is_false(procedure):
    """Weekly counts of 400 people, of whom 40 have left, in 200 weeks: the mean share of false ones among those named."""
    rng, shares, found = np.random.default_rng(0), [], 0
    mean = rng.uniform(1, 8, 400)
    for _ in range(200):
        seen = rng.poisson(mean)
        seen[:40] = 0
        attainable = np.exp(-mean)[:, None]
        chance = np.where(seen == 0, attainable[:, 0], 1.0)
        named = discrete_discoveries(chance, attainable, 0.1) if procedure == "discrete" else discoveries(chance, 0.1)
        shares.append(named[40:].sum() / max(named.sum(), 1))
        found += named[:40].sum()
    assert np.mean(shares) <= 0.1 + 2 * np.std(shares) / np.sqrt(200)
    if procedure == "discrete":
        assert found / 8000 > 0.5


def test_a_business_without_contracts_has_signals_too():
    weeks = [dt.date(2025, 6, 2) + dt.timedelta(days=7 * number) for number in range(50)]
    events = [f"A | {day} | " for day in weeks for _ in range(6)] + [f"B | {day} | " for day in weeks[:30] for _ in range(6)]
    view = usage("account | occurred_at | known_at\n" + "\n".join(events))
    as_of = dt.date(2026, 5, 11)
    assert set(firing(known_at(view, weeks[31]))["account_id"]) == {"B"}
    cards = {card["name"]: card for card in oc.signal_cards(view, as_of)}
    assert cards["usage_drop"]["alarms"] is not None and cards["usage_drop"]["lead_days"] is None
    assert "contracts.quota" in cards["quota_unused"]["why_silent"]


@pytest.mark.parametrize("labels", [(1.0, 0.0), (1.0, 1.0)])
def test_where_all_draws_say_the_same_nothing_is_shown(labels):
    alarmed = pd.DataFrame({"group": ["A", "B"], "label": labels, "expected": [0.158537, 0.0 if labels[1] == 0 else 0.158537]})
    assert oc._ratios(pd.concat([alarmed] * 3))["p_value"] == 1.0
